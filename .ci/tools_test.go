// Package ci tests the shell that ./dev and .ci/run are made of, on machines made of stand-in programs.
package ci

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// machine is a PATH with a few real programs and stand-ins for those that the outcome depends on.
type machine struct {
	t   *testing.T
	bin string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	m := machine{t, t.TempDir()}
	for _, name := range []string{"bash", "cat", "mktemp", "rm", "sed", "ls", "ln", "mkdir", "dirname", "readlink"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(m.bin, name)))
	}
	m.add("id", "[ \"$1\" = -u ] && echo 0 || echo root")
	m.add("getent", "exit 2")
	return m
}

// add puts a program there; a second one of the name replaces the first.
func (m machine) add(name, script string) {
	m.t.Helper()
	path := filepath.Join(m.bin, name)
	require.NoError(m.t, os.WriteFile(path, []byte("#!"+filepath.Join(m.bin, "bash")+"\n"+script+"\n"), 0o600))
	require.NoError(m.t, os.Chmod(path, 0o700))
}

// link puts one more real program there.
func (m machine) link(t *testing.T, name string) {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(path, filepath.Join(m.bin, name)))
}

// addLogged adds a program that notes its arguments in the file that is returned.
func (m machine) addLogged(name string) string {
	m.t.Helper()
	log := filepath.Join(m.bin, name+".log")
	m.add(name, "echo \"$@\" >>'"+log+"'")
	return log
}

func (m machine) unprivileged() { m.add("id", "[ \"$1\" = -u ] && echo 1000 || echo ann") }

// run gives the script to bash after tools.bash and returns what it printed and its exit code.
func (m machine) run(script string, env ...string) (stdout, stderr string, code int) {
	m.t.Helper()
	command := exec.Command(filepath.Join(m.bin, "bash"), "-c", "set -euo pipefail; . ./tools.bash; "+script)
	command.Env = append([]string{"PATH=" + m.bin, "HOME=" + m.t.TempDir()}, env...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	if !errors.As(err, new(*exec.ExitError)) {
		require.NoError(m.t, err)
	}
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	return string(b)
}

const wantTwo = `want tool tool-package "does things"; want cat coreutils "is there"; install_missing`

func TestInstallMissing(t *testing.T) {
	t.Run("all there", func(t *testing.T) {
		m := newMachine(t)
		log := m.addLogged("apt-get")
		_, stderr, code := m.run(`want cat coreutils "is there"; install_missing`)
		require.Zero(t, code)
		require.Empty(t, stderr)
		require.Empty(t, read(t, log), "nothing is installed where all is there")
	})
	t.Run("root", func(t *testing.T) {
		m := newMachine(t)
		log := m.addLogged("apt-get")
		_, stderr, code := m.run(wantTwo)
		require.Zero(t, code, stderr)
		require.Contains(t, stderr, "missing: tool does things (Debian: tool-package)")
		calls := strings.Split(strings.TrimSpace(read(t, log)), "\n")
		require.Len(t, calls, 2)
		require.True(t, strings.HasSuffix(calls[0], " update"), calls[0])
		require.True(t, strings.HasSuffix(calls[1], " install --no-install-recommends tool-package"), calls[1])
	})
	t.Run("not root", func(t *testing.T) {
		m := newMachine(t)
		m.unprivileged()
		log := m.addLogged("apt-get")
		_, stderr, code := m.run(wantTwo)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "sudo apt-get update && sudo apt-get install -y tool-package\n")
		require.Empty(t, read(t, log))
	})
	t.Run("no Debian", func(t *testing.T) {
		_, stderr, code := newMachine(t).run(wantTwo)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "missing: tool does things")
		require.Contains(t, stderr, "this is no Debian")
	})
	t.Run("apt fails", func(t *testing.T) {
		m := newMachine(t)
		m.add("apt-get", "echo no network; exit 100")
		_, stderr, code := m.run(wantTwo)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "no network")
	})
}

func TestUseNix(t *testing.T) {
	for _, tt := range []struct {
		name         string
		prepare      func(machine)
		unaccounted  bool
		env          []string
		alsoContains string
	}{
		{name: "root without build accounts", prepare: func(machine) {}, unaccounted: true},
		{name: "root with build accounts", prepare: func(m machine) { m.add("getent", "[ $2 = nixbld ]") }},
		{name: "not root", prepare: machine.unprivileged},
		{name: "own settings stay", prepare: machine.unprivileged, env: []string{"NIX_CONFIG=cores = 1"}, alsoContains: "cores = 1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			m.add("nix-instantiate", "exit 0")
			tt.prepare(m)
			stdout, stderr, code := m.run(`use_nix; echo "$NIX_CONFIG"`, tt.env...)
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "extra-experimental-features = nix-command flakes\n")
			require.Equal(t, tt.unaccounted, strings.Contains(stdout, "build-users-group =\n"))
			require.Contains(t, stdout, tt.alsoContains)
		})
	}
}

func TestUseNixNamesAnUnusableStore(t *testing.T) {
	m := newMachine(t)
	m.unprivileged()
	m.add("nix-instantiate", "echo 'error: Operation not permitted' >&2; exit 1")
	_, stderr, code := m.run("use_nix")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "Operation not permitted")
	require.Contains(t, stderr, "sudo adduser ann nix-users")
}

func TestNeedLintersTakesOnlyTheLinterNamedStatix(t *testing.T) {
	for _, tt := range []struct {
		name, statix string
		taken        bool
	}{
		{name: "the linter", statix: `[ "$1" = check ]`, taken: true},
		{name: "the web server", statix: "exit 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			m.add("cc", "")
			m.add("cargo", `while [ "$1" != --root ]; do shift; done; mkdir -p "$2/bin"`)
			m.add("statix", tt.statix)
			stdout, stderr, code := m.run(`need_linters; ls "$SCAFFOLD_LINTERS"`)
			require.Zero(t, code, stderr)
			require.Equal(t, tt.taken, strings.Contains(stdout, "statix"), stdout)
			require.Equal(t, !tt.taken, strings.Contains(stderr, "statix is not here"), stderr)
		})
	}
}

func TestNeedRegistry(t *testing.T) {
	const need = `need_registry; echo "$SCAFFOLD_REGISTRY"`
	unpacks := `mkdir -p usr/bin && echo >usr/bin/docker-registry && chmod +x usr/bin/docker-registry`
	for _, tt := range []struct {
		name, apt, cache, dpkg string
		code                   int
		calls                  []string // of apt-get, as they end
		stderr                 string
	}{
		{name: "fresh machine", apt: "exit 0", cache: "exit 0", dpkg: unpacks, calls: []string{" update", " download docker-registry"}, stderr: "unpack docker-registry of Debian into "},
		{name: "apt knows it", apt: "exit 0", cache: "echo Package: docker-registry", dpkg: unpacks, calls: []string{" download docker-registry"}},
		{name: "no network", apt: "echo no route; exit 100", cache: "echo Package", dpkg: unpacks, code: 1, calls: []string{" download docker-registry"}, stderr: "no route"},
		{name: "another package", apt: "exit 0", cache: "echo Package", dpkg: "exit 0", code: 1, calls: []string{" download docker-registry"}, stderr: "the package has no "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			log := m.addLogged("log")
			m.add("apt-get", "log \"$@\"; "+tt.apt)
			m.add("apt-cache", tt.cache)
			m.add("dpkg", tt.dpkg)
			m.link(t, "chmod")
			stdout, stderr, code := m.run(need)
			require.Equal(t, tt.code, code, stderr)
			require.Contains(t, stderr, tt.stderr)
			calls := strings.Split(strings.TrimSpace(read(t, log)), "\n")
			require.Len(t, calls, len(tt.calls))
			for n, c := range calls {
				require.True(t, strings.HasSuffix(c, tt.calls[n]), c)
			}
			if code == 0 {
				require.True(t, strings.HasSuffix(stdout, "/scaffold-ci/registry/usr/bin/docker-registry\n"), stdout)
			}
		})
	}
	t.Run("no Debian", func(t *testing.T) {
		_, stderr, code := newMachine(t).run(need)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "this is no Debian; run tests with SCAFFOLD_REGISTRY=")
	})
	t.Run("there already", func(t *testing.T) {
		m := newMachine(t)
		log := m.addLogged("apt-get")
		m.link(t, "chmod")
		_, stderr, code := m.run(`mkdir -p "${registry%/*}"; echo >"$registry"; chmod +x "$registry"; ` + need)
		require.Zero(t, code, stderr)
		require.Empty(t, read(t, log))
	})
}

func TestFuzz(t *testing.T) {
	const (
		input    = "--- FAIL: FuzzRead (0.02s)\n    --- FAIL: FuzzRead (0.00s)\n        read_test.go:9: panic\n\n    Failing input written to testdata/fuzz/FuzzRead/1f\n"
		overtime = "--- FAIL: FuzzRead (10.23s)\n    context deadline exceeded\nFAIL\n"
	)
	for _, tt := range []struct {
		name    string
		outputs []string // of each run that fails; the next one passes
		code    int
		runs    int
	}{
		{name: "passes", runs: 1},
		{name: "an input fails", outputs: []string{input}, code: 1, runs: 1},
		{name: "the time is over", outputs: []string{overtime}, runs: 2},
		{name: "the time is over, then an input fails", outputs: []string{overtime, input}, code: 1, runs: 2},
		{name: "the time is always over", outputs: []string{overtime, overtime, overtime, overtime}, code: 1, runs: 3},
		{name: "an input fails as the time ends", outputs: []string{overtime + input}, code: 1, runs: 1},
		{name: "a test of the target's own runs out of time", outputs: []string{"--- FAIL: FuzzRead (1s)\n    read_test.go:9: context deadline exceeded\n"}, code: 1, runs: 1},
		{name: "does not build", outputs: []string{"read_test.go:9:1: syntax error\n"}, code: 1, runs: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			log := m.addLogged("log")
			for _, name := range []string{"tee", "grep", "wc"} {
				m.link(t, name)
			}
			for n, output := range tt.outputs {
				require.NoError(t, os.WriteFile(filepath.Join(m.bin, "output."+strconv.Itoa(n+1)), []byte(output), 0o600))
			}
			m.add("go", `log "$@"; output='`+m.bin+`/output.'$(wc -l <'`+log+`'); [ -e "$output" ] || exit 0; cat "$output"; exit 1`)
			stdout, stderr, code := m.run("set +o pipefail; fuzz FuzzRead 7s ./read")
			require.Equal(t, tt.code, code, stderr)
			require.Equal(t, tt.runs, strings.Count(read(t, log), "-fuzz ^FuzzRead$ -fuzztime 7s -fuzzminimizetime 100x ./read\n"))
			require.Equal(t, strings.Join(tt.outputs[:min(tt.runs, len(tt.outputs))], ""), stdout, "all that Go prints is shown")
		})
	}
}

func TestDev(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
	}{
		{name: "no command"},
		{name: "help", args: []string{"help"}},
		{name: "flag", args: []string{"--help"}},
		{name: "unknown", args: []string{"tset"}, code: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			command := exec.Command("../dev", tt.args...)
			out, _ := command.CombinedOutput()
			require.Equal(t, tt.code, command.ProcessState.ExitCode())
			require.Contains(t, string(out), "usage: ./dev COMMAND")
		})
	}
}

func TestNixFromDebianLeavesAFolderAlone(t *testing.T) {
	folder := t.TempDir()
	out, err := exec.Command("./nix-from-debian", "sid", folder).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "exists: remove it to unpack again")
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
}
