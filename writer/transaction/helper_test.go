package transaction

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

const flake = "{ outputs = self: { }; }\n"

// template is the fixture that all are copied from.
var template string

// fixture is a checkout with every kind of uncommitted state.
func fixture(t *testing.T) string {
	t.Helper()
	if template == "" {
		keep, err := os.MkdirTemp("", "scaffold-test-") //nolint:usetesting // outlives the test; TestMain removes it
		require.NoError(t, err)
		template = filepath.Join(keep, "repo")
		copyDir(t, makeFixture(t), template)
	}
	gittest.Isolate(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir = filepath.Join(dir, "repo")
	copyDir(t, template, dir)
	return dir
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "cp", "-a", from, to).CombinedOutput()
	require.NoError(t, err, string(out))
}

// makeFixture holds an empty file because intent-to-add makes git store one.
func makeFixture(t *testing.T) string {
	t.Helper()
	dir := gittest.Commit(t, map[string]string{
		"flake.nix": flake, "empty": "", "mod/default.nix": "[\n]\n", "host/default.nix": "a\r\nb", "run.sh": "x",
		"staged": "1", "other/file": "1", ".gitignore": "*.log\n",
	})
	require.NoError(t, os.Chmod(filepath.Join(dir, "run.sh"), 0o750))
	gittest.Git(t, dir, "add", "-A")
	gittest.Git(t, dir, "commit", "-q", "-m", "more")
	gittest.Write(t, dir, "mod/default.nix", "[ # uncommitted\n]\n")
	gittest.Write(t, dir, "staged", "2")
	gittest.Git(t, dir, "add", "staged")
	gittest.Write(t, dir, "intended", "1")
	gittest.Git(t, dir, "add", "-N", "intended")
	gittest.Write(t, dir, "untracked", "1")
	return dir
}

// changes are two new files in new folders and three edits.
func changes() []Change {
	return []Change{
		{Path: "mod/new/deep/default.nix", After: []byte("{ }\n")},
		{Path: "mod/default.nix", Before: []byte("[ # uncommitted\n]\n"), After: []byte("[ # uncommitted\n  ./new\n]\n")},
		{Path: "host/new service.nix", After: []byte("{ }: { }\n"), Mode: 0o755},
		{Path: "host/default.nix", Before: []byte("a\r\nb"), After: []byte("a\r\nnew\r\nb")},
		{Path: "run.sh", Before: []byte("x"), After: []byte{}},
	}
}

func repo(t *testing.T, dir string) *gitrepo.Repo {
	t.Helper()
	r, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	return r
}

func apply(t *testing.T, dir string) *Record {
	t.Helper()
	rec, err := Apply(t.Context(), repo(t, dir), changes(), Options{Message: "new service"})
	require.NoError(t, err)
	return rec
}

// kindOf fails the test unless err is an *Error.
func kindOf(t *testing.T, err error) Kind {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	return e.Kind
}

// clean checks that nothing of ours is left in the checkout or waits to be mended.
func clean(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{journalName, undoName, indexName, stageName, "index.new.old"} {
		require.NoFileExists(t, filepath.Join(dir, ".git", folder, name))
	}
	require.NoFileExists(t, filepath.Join(dir, ".git", "index.lock"))
	require.NotContains(t, gittest.State(t, dir), ".scaffold-")
}

// written checks that the changes are there and that Nix would see them.
func written(t *testing.T, dir string) {
	t.Helper()
	for _, c := range changes() {
		data, err := os.ReadFile(filepath.Join(dir, c.Path))
		require.NoError(t, err)
		require.Equal(t, string(c.After), string(data))
	}
	tracked, err := repo(t, dir).Tracked(t.Context())
	require.NoError(t, err)
	for _, c := range changes() {
		require.Contains(t, tracked, c.Path)
	}
	status := gittest.Git(t, dir, "--no-optional-locks", "status", "--porcelain")
	require.Contains(t, status, " A mod/new/deep/default.nix\n")
	require.Contains(t, status, " A \"host/new service.nix\"\n")
	require.Contains(t, status, " A intended\n", "an older intent-to-add entry stays")
	require.Contains(t, status, "M  staged\n")
}

var errInjected = errors.New("injected")

// steps lists the steps that do makes, without failing any.
func steps(do func(fault func(string) error)) []string {
	var names []string
	do(func(name string) error { names = append(names, name); return nil })
	return names
}

// failAt fails the n-th step, counted from 0, and no other.
func failAt(n int) func(string) error {
	return func(string) error {
		n--
		if n == -1 {
			return errInjected
		}
		return nil
	}
}

// gittestStdin runs git with a file of dir as its input.
func gittestStdin(t *testing.T, dir, input string, args ...string) {
	t.Helper()
	in, err := os.Open(filepath.Join(dir, input))
	require.NoError(t, err)
	defer in.Close()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...)
	cmd.Stdin = in
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}
