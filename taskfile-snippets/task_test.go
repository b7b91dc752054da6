package taskfile_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	taskfile "holthome.net/scaffold/taskfile-snippets"
)

// taskVersion is the task that the Taskfiles are tested with.
const taskVersion = "v3.53.1"

// tools are programs that are built once for all tests.
var tools struct {
	sync.Once
	dir string
	err error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "scaffold-task-")
	if err != nil {
		panic(err)
	}
	tools.dir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// needTools builds the real task and the program, and is the folder they are in.
func needTools(t *testing.T) string {
	t.Helper()
	if proxy := goEnv(t, "GOPROXY"); proxy == "off" {
		t.Skip("task is needed, and GOPROXY forbids to download it")
	}
	tools.Do(func() {
		for _, args := range [][]string{
			{"install", "github.com/go-task/task/v3/cmd/task@" + taskVersion},
			{"build", "-o", tools.dir, "holthome.net/scaffold/cmd/scaffold"},
		} {
			c := exec.Command("go", args...)
			c.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOBIN="+tools.dir)
			if args[0] == "build" {
				c.Env = append(c.Env, "GOFLAGS=-mod=mod")
			}
			if out, err := c.CombinedOutput(); err != nil {
				tools.err = errors.Join(err, errors.New(string(out)))
				return
			}
		}
	})
	require.NoError(t, tools.err)
	return tools.dir
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is needed to build task, and is not installed")
	}
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// repo is a folder whose Taskfile includes ours, and a nix that says how it was
// called instead of doing it.
type repo struct {
	t   *testing.T
	dir string
	env []string
}

// plain includes both files, each under its name.
const plain = `version: "3"
includes:
  service: .taskfiles/service/Taskfile.yml
  nix: .taskfiles/nix-build.yml
`

func newRepo(t *testing.T, files map[string]string) *repo {
	t.Helper()
	tools := needTools(t)
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	r := &repo{t: t, dir: filepath.Join(root, "repo")}
	write := func(name, text string, mode os.FileMode) {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), mode))
	}
	write(filepath.Join(r.dir, ".taskfiles/service/Taskfile.yml"), string(taskfile.Service), 0o644)
	write(filepath.Join(r.dir, ".taskfiles/nix-build.yml"), string(taskfile.Nix), 0o644)
	for name, text := range files {
		write(filepath.Join(r.dir, name), text, 0o644)
	}
	bin := filepath.Join(root, "bin")
	write(filepath.Join(bin, "nix"), `#!/bin/sh
printf '%s\0' "$PWD" "$@" > "$RECORD"
exit ${CODE:-0}
`, 0o755)
	r.env = append(os.Environ(), "PATH="+bin+":"+tools+":"+os.Getenv("PATH"), "RECORD="+r.record(), "NO_COLOR=1", "SCAFFOLD=")
	return r
}

func (r *repo) record() string { return filepath.Join(r.dir, "..", "record") }

// task runs task in a folder of the repo.
func (r *repo) task(in string, env []string, args ...string) (code int, output string) {
	r.t.Helper()
	c := exec.CommandContext(r.t.Context(), filepath.Join(tools.dir, "task"), args...)
	c.Dir = filepath.Join(r.dir, in)
	c.Env = slices.Concat(r.env, env)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	}
	require.NoError(r.t, err)
	return 0, string(out)
}

// called is the folder that nix was called in, and its arguments.
func (r *repo) called() (dir string, args []string) {
	r.t.Helper()
	data, err := os.ReadFile(r.record())
	require.NoError(r.t, err, "nix was not called")
	require.NoError(r.t, os.Remove(r.record()))
	words := strings.Split(string(bytes.TrimSuffix(data, []byte{0})), "\x00")
	return words[0], words[1:]
}
