// Package gittest makes git repositories for tests, apart from the settings of
// the user who runs them.
package gittest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Isolate gives the test a home folder of its own and git no settings but
// those of the repository. It skips the test when git is missing.
func Isolate(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	// Not below t.TempDir: that has the test's name in it, which may hold what
	// Nix 2.8 does not take in a path.
	home, err := os.MkdirTemp("", "scaffold-test-") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	for name, value := range map[string]string{
		"HOME": home, "XDG_CACHE_HOME": filepath.Join(home, "cache"), "XDG_CONFIG_HOME": filepath.Join(home, "config"),
		"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_AUTHOR_DATE": "1700000000 +0000",
		"GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.org", "GIT_COMMITTER_DATE": "1700000000 +0000",
	} {
		t.Setenv(name, value)
	}
}

// Init makes an isolated repository without a commit, holding files by path,
// none of them tracked. The folder is named name inside a temporary one.
func Init(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	Isolate(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir = filepath.Join(dir, name)
	require.NoError(t, os.Mkdir(dir, 0o755)) //nolint:gosec // as a checkout is
	Git(t, dir, "init", "-q", "-b", "main")
	for p, content := range files {
		Write(t, dir, p, content)
	}
	return dir
}

// Commit makes an isolated repository whose one commit holds files.
func Commit(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := Init(t, "repo", files)
	Git(t, dir, "add", "-A")
	Git(t, dir, "commit", "-q", "-m", "start")
	return dir
}

// Git runs git in dir and gives its standard output. Failing fails the test.
func Git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "git %q: %s", args, stderr.String())
	return string(out)
}

// Write writes one file below dir, and its folders.
func Write(t *testing.T, dir, name, content string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))     //nolint:gosec // as a checkout is
	require.NoError(t, os.WriteFile(name, []byte(content), 0o644)) //nolint:gosec // as a checkout is
}

// State is everything about a checkout that must not change behind the user's
// back, as text that shows what differs: every file and folder with mode and
// hash, the bytes of the index, references, and what `git status` says. Our own
// folder in git's is left out.
func State(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	gitDir := strings.TrimSpace(Git(t, dir, "rev-parse", "--absolute-git-dir"))
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == filepath.Join(dir, ".git") && d.IsDir() {
			return firstOf(err, filepath.SkipDir)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		fmt.Fprintf(&b, "%s %q %s\n", info.Mode(), rel, content(p, info.Mode()))
		return nil
	}))
	for _, name := range []string{"index", "index.lock", "HEAD", "config"} {
		fmt.Fprintf(&b, "%s %s\n", name, content(filepath.Join(gitDir, name), 0))
	}
	b.WriteString(Git(t, dir, "--no-optional-locks", "status", "--porcelain=v2", "--ignored"))
	b.WriteString(Git(t, dir, "for-each-ref"))
	b.WriteString(Git(t, dir, "count-objects"))
	return b.String()
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// content is a short hash of a file or the target of a symlink.
func content(p string, mode fs.FileMode) string {
	if mode.IsDir() {
		return ""
	}
	if mode&fs.ModeSymlink != 0 {
		target, _ := os.Readlink(p)
		return "-> " + target
	}
	data, err := os.ReadFile(p)
	if err != nil {
		return "absent"
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Nixes are the nix programs to test with: those of SCAFFOLD_NIX_VERSIONS
// (separated by colons), else the one in PATH. Without any the test is skipped.
// NIX_CONFIG is set so that they evaluate flakes offline.
func Nixes(t *testing.T) []string {
	t.Helper()
	t.Setenv("NIX_CONFIG", os.Getenv("NIX_CONFIG")+"\nextra-experimental-features = nix-command flakes\n"+
		"flake-registry =\nsubstituters =\nbuild-users-group =\nwarn-dirty = false\n")
	if list := os.Getenv("SCAFFOLD_NIX_VERSIONS"); list != "" {
		return strings.Split(list, ":")
	}
	nix, err := exec.LookPath("nix")
	if err != nil {
		t.Skip("nix is not installed; this test needs a real one")
	}
	return []string{nix}
}

// obeysModes is set in the run of a test in which root obeys file modes.
const obeysModes = "SCAFFOLD_TEST_OBEYS_MODES"

// ObeysModes tells whether file modes hold for this process. For root they do
// not: then the test runs anew without the capabilities that override them, and
// the caller has nothing left to do.
func ObeysModes(t *testing.T) bool {
	t.Helper()
	if os.Getuid() != 0 || os.Getenv(obeysModes) != "" {
		return true
	}
	c := exec.CommandContext(t.Context(), "setpriv", "--bounding-set=-dac_override,-dac_read_search", //nolint:gosec // this very test
		os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), obeysModes+"=1")
	out, err := c.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	return false
}
