package build_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/writer/build"
)

// install puts a program into PATH that runs a script, and nothing else.
func install(t *testing.T, name, script string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o755))
	t.Setenv("PATH", dir)
	return file
}

// found is the command for host forge where task is installed.
func found(t *testing.T, files map[string]string) string {
	t.Helper()
	install(t, "task", "")
	all := map[string][]byte{}
	for name, text := range files {
		all[name] = []byte(text)
	}
	command := build.Find(all, "forge")
	require.Empty(t, command.Note)
	return command.String()
}

const (
	nixBuild = `nix build --no-link --print-build-logs .#nixosConfigurations."forge".config.system.build.toplevel`
	forge    = "tasks:\n  build-forge:\n    cmds: [ nix build ]\n"
)

func TestFind(t *testing.T) {
	const own = "task nix:build-forge"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no Taskfile", nil, nixBuild},
		{"other files", map[string]string{"flake.nix": "tasks: { nix:build-forge: {} }", "sub/Taskfile.yml": "tasks:\n  nix:build-forge: {}\n"}, nixBuild},
		{"in the file itself", map[string]string{"Taskfile.yml": "tasks:\n  nix:build-forge: echo\n"}, own},
		{"quoted", map[string]string{"Taskfile.yml": "tasks:\n  'nix:build-forge':\n    - echo\n"}, own},
		{"another host's", map[string]string{"Taskfile.yml": "tasks:\n  nix:build-nas-1: echo\n"}, nixBuild},
		{"without the namespace", map[string]string{"Taskfile.yml": forge}, nixBuild},
		{"include as text", map[string]string{"Taskfile.yml": "includes:\n  nix: ./nix/Taskfile.yml\n", "nix/Taskfile.yml": forge}, own},
		{"include as a folder", map[string]string{"Taskfile.yml": "includes:\n  nix: .taskfiles/nix\n", ".taskfiles/nix/Taskfile.yaml": forge}, own},
		{"include as a folder with a slash", map[string]string{"Taskfile.yml": "includes:\n  nix: ./nix/\n", "nix/taskfile.yml": forge}, own},
		{"include as a map", map[string]string{"Taskfile.yml": "includes:\n  nix:\n    taskfile: nix\n    dir: .\n", "nix/Taskfile.dist.yml": forge}, own},
		{"below the root", map[string]string{"Taskfile.yaml": "includes:\n  nix: '{{.ROOT_DIR}}/.taskfiles/nix/Taskfile.yaml'\n", ".taskfiles/nix/Taskfile.yaml": forge}, own},
		{"below the root, from a folder", map[string]string{
			"Taskfile.yml": "includes:\n  all: { taskfile: a, flatten: true }\n", "a/Taskfile.yml": "includes:\n  nix: '{{ .ROOT_DIR }}/b'\n", "b/Taskfile.yml": forge,
		}, own},
		{"relative to the file", map[string]string{
			"Taskfile.yml": "includes:\n  all: { taskfile: a, flatten: true }\n", "a/Taskfile.yml": "includes:\n  nix: ./b\n", "a/b/Taskfile.yml": forge, "b/Taskfile.yml": "tasks: {}",
		}, own},
		{"namespaces add up", map[string]string{"Taskfile.yml": "includes:\n  nix: a\n", "a/Taskfile.yml": "includes:\n  nix: b\n", "a/b/Taskfile.yml": forge}, nixBuild},
		{"flattened", map[string]string{"Taskfile.yml": "includes:\n  x:\n    taskfile: x.yml\n    flatten: true\n", "x.yml": "tasks:\n  nix:build-forge: echo\n"}, own},
		{"file that is not there", map[string]string{"Taskfile.yml": "includes:\n  nix: gone\n  x: { optional: true }\n  y: 3\n  z:\n"}, nixBuild},
		{"dist name", map[string]string{"Taskfile.dist.yaml": "tasks:\n  nix:build-forge: echo\n"}, own},
		{"the first name wins", map[string]string{"Taskfile.yml": "tasks: {}", "Taskfile.dist.yml": "tasks:\n  nix:build-forge: echo\n"}, nixBuild},
		{"takes the host", map[string]string{"Taskfile.yml": "tasks:\n  build-nixos:\n    requires: { vars: [host] }\n"}, "task build-nixos host=forge"},
		{"takes the host in capitals", map[string]string{"Taskfile.yml": "includes:\n  nix: nix\n", "nix/Taskfile.yml": "tasks:\n  build:\n    requires:\n      vars: [ HOST ]\n"}, "task nix:build HOST=forge"},
		{"takes the host among others", map[string]string{"Taskfile.yml": "tasks:\n  nix:build-nixos:\n    requires:\n      vars:\n        - name: host\n          enum: [forge]\n        - 3\n"}, "task nix:build-nixos host=forge"},
		{"takes no host", map[string]string{"Taskfile.yml": "tasks:\n  build-nixos: nixos-rebuild build\n  nix:build: { requires: { vars: [x] } }\n"}, nixBuild},
		{"the host's own goes first", map[string]string{"Taskfile.yml": "tasks:\n  nix:build: { requires: { vars: [host] } }\n  nix:build-forge: echo\n"}, own},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, found(t, c.files)) })
	}
}

// TestFindBroken: what cannot be read is no task.
func TestFindBroken(t *testing.T) {
	for _, text := range []string{
		"", "tasks", "tasks: [", "\ttasks:\n", "tasks: []", "tasks: 3", "includes: []\ntasks:\n", "- a\n- b\n", "\x00", "\xff\xfe", "&a [*a]", "tasks: &a\n  x: *a\n",
		"tasks:\n  nix:build-forge:", "tasks:\n  nix:build: { requires: 3 }\n", "tasks:\n  nix:build: { requires: { vars: host } }\n", "a: b: c",
	} {
		command := found(t, map[string]string{"Taskfile.yml": text})
		if !strings.Contains(text, "build-forge") {
			require.Equal(t, nixBuild, command, "%q", text)
		}
	}
	require.Equal(t, "task nix:build-forge", found(t, map[string]string{
		"Taskfile.yml": "includes:\n  bad: bad\n  nix: nix\n", "bad/Taskfile.yml": "tasks: [", "nix/Taskfile.yml": forge,
	}), "one broken file does not hide the others")
}

// TestFindCircle: files that include each other come to an end.
func TestFindCircle(t *testing.T) {
	require.Equal(t, nixBuild, found(t, map[string]string{"Taskfile.yml": "includes:\n  a: Taskfile.yml\n"}))
	files := map[string]string{}
	var includes strings.Builder
	for i := range 30 {
		fmt.Fprintf(&includes, "  f%d: '{{.ROOT_DIR}}/f%d.yml'\n", i, i)
	}
	for i := range 30 {
		files[fmt.Sprintf("f%d.yml", i)] = "includes:\n" + includes.String()
	}
	files["Taskfile.yml"] = "includes:\n" + includes.String() + "tasks:\n  nix:build-forge: echo\n"
	require.Equal(t, "task nix:build-forge", found(t, files))
}

// TestFindQuotes: a host's name is quoted for Nix.
func TestFindQuotes(t *testing.T) {
	require.Contains(t, build.Find(nil, `a"${b}`).String(), `.#nixosConfigurations."a\"\${b}".config`)
}

// TestNoTask says why nix is run although the repo has a task.
func TestNoTask(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	command := build.Find(map[string][]byte{"Taskfile.yml": []byte("tasks:\n  nix:build-forge: echo\n")}, "forge")
	require.Equal(t, nixBuild, command.String())
	require.Equal(t, "The repo has task nix:build-forge, and the program task is not in PATH.", command.Note)
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("includes:\n  nix: ./x\ntasks:\n  nix:build-forge: echo\n"), []byte(forge))
	f.Add([]byte("tasks:\n  nix:build: { requires: { vars: [host] } }\n"), []byte(""))
	f.Fuzz(func(t *testing.T, root, other []byte) {
		command := build.Find(map[string][]byte{"Taskfile.yml": root, "x/Taskfile.yml": other}, "forge")
		require.NotEmpty(t, command.Args)
	})
}

// TestRun: output is streamed, the folder is the repo's, and what failed is
// named.
func TestRun(t *testing.T) {
	install(t, "task", `echo "in $(pwd): $*"; echo oops >&2; exit 3`)
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/bin:/bin")
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	var out bytes.Buffer
	err = build.Command{Args: []string{"task", "nix:build-forge", "a b"}}.Run(t.Context(), root, "nix", &out)
	require.EqualError(t, err, "run task nix:build-forge a b: exit status 3")
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, "in "+root+": nix:build-forge a b\noops\n", out.String())
	install(t, "task", "exit 0")
	require.NoError(t, build.Command{Args: []string{"task", "x"}}.Run(t.Context(), root, "nix", &out))
	t.Setenv("PATH", t.TempDir())
	require.ErrorIs(t, build.Command{Args: []string{"task", "x"}}.Run(t.Context(), root, "nix", &out), exec.ErrNotFound)
}

// TestRunNix: nix is the one that was chosen, and takes nothing on the flake's
// behalf.
func TestRunNix(t *testing.T) {
	nix := install(t, "my-nix", `printf '%s\n' "$@"`)
	var out bytes.Buffer
	require.NoError(t, build.Find(nil, "forge").Run(t.Context(), t.TempDir(), nix, &out))
	require.Equal(t, strings.Join([]string{
		"--extra-experimental-features", "nix-command flakes", "--option", "accept-flake-config", "false", "build", "--no-link", "--print-build-logs",
		`.#nixosConfigurations."forge".config.system.build.toplevel`, "--no-write-lock-file", "",
	}, "\n"), out.String())
}

// lines tells of each line as it is written.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// TestRunStreams: what is printed is seen while the build still runs, and a build
// that is told to end does.
func TestRunStreams(t *testing.T) {
	install(t, "task", "trap 'echo ending; exit 130' INT\necho begin\nwhile :; do sleep 0.05; done\n")
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/bin:/bin")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, done, root := make(lines, 10), make(chan error), t.TempDir()
	go func() { done <- build.Command{Args: []string{"task", "x"}}.Run(ctx, root, "nix", out) }()
	require.Equal(t, "begin\n", <-out)
	begun := time.Now()
	cancel()
	err := <-done
	require.Error(t, err)
	require.True(t, errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "exit status 130"), "%v", err)
	require.Equal(t, "ending\n", <-out, "it could clean up")
	require.Less(t, time.Since(begun), 4*time.Second)
}
