package gitrepo_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// contents gives every file of a tree by path, with mode.
func contents(t *testing.T, r *gitrepo.Repo, tree string) map[string]string {
	t.Helper()
	entries, err := r.ListTree(t.Context(), tree)
	require.NoError(t, err)
	got, ids, names := map[string]string{}, []string{}, []string{}
	for _, e := range entries {
		if e.Mode == gitrepo.Submodule {
			got[e.Path] = e.Mode
			continue
		}
		ids, names = append(ids, e.ID), append(names, e.Path)
		got[e.Path] = e.Mode + " "
	}
	require.NoError(t, r.ReadBlobs(t.Context(), ids, func(i int, _ int64, content io.Reader) error {
		data, err := io.ReadAll(content)
		got[names[i]] += string(data)
		return err
	}))
	return got
}

func workTree(t *testing.T, r *gitrepo.Repo) string {
	t.Helper()
	tree, err := r.WorkTree(t.Context())
	require.NoError(t, err)
	return tree
}

// dirtyRepo has every kind of uncommitted state at once.
func dirtyRepo(t *testing.T) string {
	t.Helper()
	dir := gittest.Commit(t, map[string]string{
		"flake.nix": flake, "staged": "old", "edited": "old", "both": "old", "gone": "old", "removed": "old",
		"dir/with space": "1", "dir/new\nline": "2", "dir/ünï\xffcode": "3", "-rf": "4", "tab\t\"quote\\": "5", ".gitignore": "ignored\n",
		"run.sh": "x", "noexec.sh": "x", "turned": "file", "folder/inside": "1", ":(glob)*": "6", "assumed": "old",
	})
	require.NoError(t, os.Symlink("edited", filepath.Join(dir, "link")))
	require.NoError(t, os.Chmod(filepath.Join(dir, "noexec.sh"), 0o755))
	gittest.Git(t, dir, "add", "-A")
	gittest.Git(t, dir, "commit", "-q", "-m", "more")
	gittest.Write(t, dir, "staged", "new")
	gittest.Git(t, dir, "add", "staged")
	gittest.Write(t, dir, "both", "staged")
	gittest.Git(t, dir, "add", "both")
	gittest.Write(t, dir, "both", "newest")
	gittest.Write(t, dir, "edited", "new")
	gittest.Write(t, dir, "added", "new")
	gittest.Git(t, dir, "add", "-N", "added")
	gittest.Write(t, dir, "untracked", "x")
	gittest.Write(t, dir, "ignored", "x")
	gittest.Git(t, dir, "update-index", "--assume-unchanged", "assumed")
	gittest.Write(t, dir, "assumed", "new")
	gittest.Git(t, dir, "rm", "-q", "removed")
	for _, name := range []string{"gone", "turned", "folder/inside", "folder"} {
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
	}
	gittest.Write(t, dir, "turned/x", "not tracked")
	require.NoError(t, os.Symlink("dir", filepath.Join(dir, "folder")))
	require.NoError(t, os.Chmod(filepath.Join(dir, "run.sh"), 0o755))
	require.NoError(t, os.Chmod(filepath.Join(dir, "noexec.sh"), 0o644))
	return dir
}

func TestWorkTreeIsWhatNixSees(t *testing.T) {
	dir := dirtyRepo(t)
	before := gittest.State(t, dir)
	r := open(t, dir)
	tree := workTree(t, r)
	require.Equal(t, map[string]string{
		"flake.nix": "100644 " + flake, "staged": "100644 new", "edited": "100644 new", "both": "100644 newest", "added": "100644 new",
		"dir/with space": "100644 1", "dir/new\nline": "100644 2", "dir/ünï\xffcode": "100644 3", "-rf": "100644 4",
		"tab\t\"quote\\": "100644 5", ".gitignore": "100644 ignored\n", "run.sh": "100755 x", "noexec.sh": "100644 x",
		"link": "120000 edited", ":(glob)*": "100644 6", "assumed": "100644 new",
	}, contents(t, r, tree))
	require.Equal(t, tree, workTree(t, r), "the id is stable")
	commit, err := r.Commit(t.Context(), tree)
	require.NoError(t, err)
	again, err := open(t, dir).Commit(t.Context(), tree)
	require.NoError(t, err)
	require.Equal(t, commit, again)
	require.Equal(t, before, gittest.State(t, dir), "nothing in the repository changed")
	names, err := r.Untracked(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"folder", "turned/x", "untracked"}, names)
}

func TestWorkTreeTellsSmallChanges(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a": "1"})
	r := open(t, dir)
	first := workTree(t, r)
	info, err := os.Stat(filepath.Join(dir, "a"))
	require.NoError(t, err)
	// The same size and the same time: git's index would not notice.
	gittest.Write(t, dir, "a", "2")
	require.NoError(t, os.Chtimes(filepath.Join(dir, "a"), info.ModTime(), info.ModTime()))
	require.NotEqual(t, first, workTree(t, r))
	gittest.Write(t, dir, "a", "1")
	require.Equal(t, first, workTree(t, r))
	gittest.Write(t, dir, "untracked", "1")
	require.Equal(t, first, workTree(t, r))
}

func TestWorkTreeKeepsBytesDespiteAttributes(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{
		"flake.nix": flake, "t.txt": "a\nb\n", "secret": "plain", ".gitattributes": "*.txt text eol=crlf ident\nsecret filter=rot\n",
	})
	gittest.Git(t, dir, "config", "core.autocrlf", "true")
	gittest.Git(t, dir, "config", "filter.rot.clean", "tr a-z b-za")
	gittest.Git(t, dir, "config", "filter.rot.smudge", "tr b-za a-z")
	gittest.Write(t, dir, "t.txt", "a\r\n$Id$\r\n")
	gittest.Write(t, dir, "secret", "plain")
	gittest.Git(t, dir, "add", "-A")
	require.Equal(t, "qmbjo", gittest.Git(t, dir, "show", ":secret"), "the filter works")
	before := gittest.State(t, dir)
	r := open(t, dir)
	got := contents(t, r, workTree(t, r))
	require.Equal(t, "100644 a\r\n$Id$\r\n", got["t.txt"])
	require.Equal(t, "100644 plain", got["secret"])
	require.Equal(t, before, gittest.State(t, dir), "the plain text is not among the repository's objects")
}

func TestSubmodulesAreEmptyFolders(t *testing.T) {
	inner := gittest.Commit(t, map[string]string{"x": "1"})
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	gittest.Git(t, dir, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "mod")
	r := open(t, dir)
	require.Equal(t, map[string]string{"flake.nix": "100644 " + flake, "mod": gitrepo.Submodule},
		without(contents(t, r, workTree(t, r)), ".gitmodules"))
	names, err := r.Submodules(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"mod"}, names)
	tracked, err := r.Tracked(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{".gitmodules", "flake.nix"}, tracked)
}

func without(m map[string]string, key string) map[string]string {
	delete(m, key)
	return m
}

func TestMergeConflictIsNamed(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a b": "1"})
	gittest.Git(t, dir, "checkout", "-q", "-b", "other")
	gittest.Write(t, dir, "a b", "2")
	gittest.Git(t, dir, "commit", "-q", "-a", "-m", "2")
	gittest.Git(t, dir, "checkout", "-q", "main")
	gittest.Write(t, dir, "a b", "3")
	gittest.Git(t, dir, "commit", "-q", "-a", "-m", "3")
	r := open(t, dir)
	err := mergeFails(t, dir)
	require.Error(t, err)
	_, err = r.WorkTree(t.Context())
	require.Equal(t, gitrepo.Conflict, kindOf(t, err))
	require.ErrorContains(t, err, "a b")
	require.ErrorContains(t, err, "merge")
	_, err = gitrepo.Open(t.Context(), dir)
	require.Equal(t, gitrepo.Conflict, kindOf(t, err))
}

func TestSparseCheckoutIsRefused(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "in/a": "1", "out/b": "2"})
	gittest.Git(t, dir, "sparse-checkout", "set", "in")
	_, err := open(t, dir).WorkTree(t.Context())
	require.Equal(t, gitrepo.Sparse, kindOf(t, err))
	require.ErrorContains(t, err, "out/b")
	require.ErrorContains(t, err, "git sparse-checkout disable")
	gittest.Git(t, dir, "sparse-checkout", "set", "in", "out")
	_, err = open(t, dir).WorkTree(t.Context())
	require.NoError(t, err, "a sparse checkout in which nothing is missing is whole")
}

func TestUnreadableFileIsNamed(t *testing.T) {
	if !gittest.ObeysModes(t) {
		return
	}
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a": "1"})
	require.NoError(t, os.Chmod(filepath.Join(dir, "a"), 0))
	_, err := open(t, dir).WorkTree(t.Context())
	require.ErrorContains(t, err, "read a: permission denied")
}

func TestManyLargeFiles(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	for i := range 150 { // more than fast-import unpacks into single objects
		gittest.Write(t, dir, "f/"+strings.Repeat("x", i+1), strings.Repeat("y", i*1000))
	}
	gittest.Git(t, dir, "add", "-N", ".")
	r := open(t, dir)
	got := contents(t, r, workTree(t, r))
	require.Len(t, got, 151)
	require.Equal(t, workTree(t, r), workTree(t, open(t, dir)))
}

func TestWriteTree(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a/b": "1"})
	r := open(t, dir)
	base := workTree(t, r)
	ids, err := r.WriteBlobs(t.Context(), []byte("new"))
	require.NoError(t, err)
	tree, err := r.WriteTree(t.Context(), base, []gitrepo.Entry{
		{Path: "a/b"}, {Path: "c/d", Mode: gitrepo.Executable, ID: ids[0]},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"flake.nix": "100644 " + flake, "c/d": "100755 new"}, contents(t, r, tree))
	_, err = r.WriteTree(t.Context(), base, []gitrepo.Entry{{Path: "x", Mode: gitrepo.Regular, ID: strings.Repeat("1", 40)}})
	require.Error(t, err, "an object that is not there")
	_, err = r.WriteTree(t.Context(), strings.Repeat("1", 40), nil)
	require.Error(t, err)
}

func TestCancelled(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	r := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.WorkTree(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func TestReadBlobsStopsAtFirstError(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	r := open(t, dir)
	ids, err := r.WriteBlobs(t.Context(), bytes.Repeat([]byte("x"), 1<<20))
	require.NoError(t, err)
	err = r.ReadBlobs(t.Context(), []string{ids[0], ids[0]}, func(int, int64, io.Reader) error { return io.ErrShortWrite })
	require.ErrorIs(t, err, io.ErrShortWrite)
	err = r.ReadBlobs(t.Context(), []string{strings.Repeat("1", 40)}, func(int, int64, io.Reader) error { return nil })
	require.ErrorContains(t, err, "git does not have it")
}

func TestScratchIsMadeByManyAtOnce(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	trees := make([]string, 8)
	errs := make([]error, len(trees))
	var wg sync.WaitGroup
	for i := range trees {
		r := open(t, dir) // each as a process of its own would have it
		wg.Go(func() { trees[i], errs[i] = r.WorkTree(t.Context()) })
	}
	wg.Wait()
	for i := range trees {
		require.NoError(t, errs[i])
		require.Equal(t, trees[0], trees[i])
	}
}

func TestRepositoryIsMoved(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a": "1"})
	tree := workTree(t, open(t, dir))
	moved := dir + "-moved"
	require.NoError(t, os.Rename(dir, moved))
	require.Equal(t, tree, workTree(t, open(t, moved)))
	require.Equal(t, "100644 1", contents(t, open(t, moved), tree)["a"])
}

func TestScratchElsewhere(t *testing.T) {
	dir := gittest.Init(t, "with space", map[string]string{"flake.nix": flake})
	gittest.Git(t, dir, "add", ".")
	r := open(t, dir)
	tree := workTree(t, r)
	require.NoDirExists(t, filepath.Join(dir, ".git/scaffold/tree"))
	commit, err := r.Commit(t.Context(), tree)
	require.NoError(t, err)
	require.NotContains(t, r.FlakeRef(commit), "%", "a path that every Nix takes")
	// Without a usable cache folder, the one for temporary files.
	t.Setenv("XDG_CACHE_HOME", "/proc/none")
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	r = open(t, dir)
	require.Equal(t, tree, workTree(t, r))
	require.Contains(t, r.FlakeRef(commit), tmp)
}
