package nix_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/testdata"
)

// work is a folder for what all tests share.
var work string

// TestMain gives all tests a Nix that evaluates and builds offline, as root or
// not, and a git without settings.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "scaffold-flake-test-")
	if err != nil {
		panic(err)
	}
	work = dir
	for name, value := range map[string]string{
		"XDG_CACHE_HOME": filepath.Join(dir, "cache"),
		"NIX_CONFIG": `extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
sandbox = false
warn-dirty = false
`,
		"GIT_CONFIG_GLOBAL": filepath.Join(dir, "none"), "GIT_CONFIG_SYSTEM": filepath.Join(dir, "none"),
		"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org",
		"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org",
		"SCAFFOLD_HOST": "", "NO_COLOR": "1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// eachNix runs a test with every nix named in SCAFFOLD_NIX_VERSIONS, a list of
// programs separated by colons, or with the nix on PATH.
func eachNix(t *testing.T, test func(t *testing.T, nix string)) {
	t.Helper()
	programs := []string{"nix"}
	if list := os.Getenv("SCAFFOLD_NIX_VERSIONS"); list != "" {
		programs = strings.Split(list, ":")
	}
	for _, p := range programs {
		nix, err := exec.LookPath(p)
		if err != nil {
			t.Skipf("real nix is needed, and %s is not installed", p)
		}
		if len(programs) == 1 {
			test(t, nix)
			continue
		}
		t.Run(strings.ReplaceAll(strings.TrimPrefix(nix, "/"), "/", "."), func(t *testing.T) { test(t, nix) })
	}
}

// output runs a program that must succeed, and is what it printed.
func output(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir = dir
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	require.NoError(t, err, "%s %v: %s", program, args, stderr.String())
	return string(out)
}

// fleet is a copy of an example.
type fleet struct {
	t   *testing.T
	dir string
}

func newFleet(t *testing.T, example string) *fleet {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(dir, testdata.FS))
	f := &fleet{t, filepath.Join(dir, example)}
	output(t, f.dir, "git", "init", "-q", "-b", "main")
	f.commit()
	return f
}

func (f *fleet) commit() {
	f.t.Helper()
	output(f.t, f.dir, "git", "add", "-A")
	output(f.t, f.dir, "git", "commit", "-q", "--allow-empty", "-m", "fleet")
}

// run runs a program in the fleet's folder.
func (f *fleet) run(program string, args ...string) (code int, stdout, stderr string) {
	f.t.Helper()
	c := exec.CommandContext(f.t.Context(), program, args...)
	c.Dir = f.dir
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), out.String(), errOut.String()
	}
	require.NoError(f.t, err)
	return 0, out.String(), errOut.String()
}

// edit replaces text in a file of the fleet, which must be in it once.
func (f *fleet) edit(name, was, is string) {
	f.t.Helper()
	replace(f.t, filepath.Join(f.dir, name), was, is)
}

// replace changes text in a file, which must be in it once.
func replace(t *testing.T, name, was, is string) {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, 1, bytes.Count(data, []byte(was)), "%s has %q", name, was)
	require.NoError(t, os.WriteFile(name, bytes.Replace(data, []byte(was), []byte(is), 1), 0o644))
}
