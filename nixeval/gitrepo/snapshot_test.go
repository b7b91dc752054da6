package gitrepo_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

func snapshot(t *testing.T, r *gitrepo.Repo, keep func(gitrepo.Entry, int64) bool) *gitrepo.Tree {
	t.Helper()
	tree, err := r.Snapshot(t.Context(), keep)
	require.NoError(t, err)
	return tree
}

func all(gitrepo.Entry, int64) bool { return true }

// TestIDsAreGits compares the ids with those that git computes, of a tree with
// everything in it that sorts or is spelt in an unusual way.
func TestIDsAreGits(t *testing.T) {
	dir := dirtyRepo(t)
	for _, name := range []string{"s/a", "s-b", "s.c", "s0", "sa/b/c", "sa.b", "empty", "s/sub/x"} {
		gittest.Write(t, dir, name, strings.Repeat("x", len(name)%5))
	}
	gittest.Write(t, dir, "empty", "")
	gittest.Git(t, dir, "add", "-N", ".")
	for name, keep := range map[string]func(gitrepo.Entry, int64) bool{"nothing kept": nil, "all kept": all} {
		r := open(t, dir)
		tree := snapshot(t, r, keep)
		require.NoError(t, tree.Store(t.Context()), name)
		git := filepath.Join(dir, ".git/scaffold/tree/.git")
		require.Equal(t, tree.ID, strings.TrimSpace(gittest.Git(t, git, "rev-parse", tree.Commit+"^{tree}")))
		commit, err := r.Commit(t.Context(), tree.ID)
		require.NoError(t, err)
		require.Equal(t, commit, tree.Commit)
		entries, err := r.ListTree(t.Context(), tree.ID)
		require.NoError(t, err)
		require.Equal(t, entries, tree.Entries, "in git's order")
		require.Equal(t, r.FlakeRef(commit), tree.FlakeRef())
	}
}

func TestSnapshotStoresNothing(t *testing.T) {
	dir := dirtyRepo(t)
	before := gittest.State(t, dir)
	tree := snapshot(t, open(t, dir), nil)
	require.NoDirExists(t, filepath.Join(dir, ".git/scaffold"), "until somebody needs it")
	require.Empty(t, tree.Content)
	require.Equal(t, before, gittest.State(t, dir))
	require.Equal(t, tree.ID, workTree(t, open(t, dir)))
}

func TestSnapshotKeepsWhatItIsAskedFor(t *testing.T) {
	dir := dirtyRepo(t)
	tree := snapshot(t, open(t, dir), func(e gitrepo.Entry, size int64) bool {
		return e.Mode != gitrepo.Symlink && strings.HasPrefix(e.Path, "e") && size == 3
	})
	require.Equal(t, map[string][]byte{"edited": []byte("new")}, tree.Content)
	kept := snapshot(t, open(t, dir), all)
	require.Equal(t, "edited", string(kept.Content["link"]), "git's bytes of a symlink are its target")
	require.Equal(t, tree.ID, kept.ID)
}

func TestStoreRefusesWhatChangedMeanwhile(t *testing.T) {
	dir := dirtyRepo(t)
	tree := snapshot(t, open(t, dir), nil)
	gittest.Write(t, dir, "edited", "wen") // as long as before
	err := tree.Store(t.Context())
	var e *gitrepo.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, gitrepo.Changed, e.Kind)
	gittest.Write(t, dir, "edited", "new")
	require.NoError(t, tree.Store(t.Context()), "a failure is not remembered")
	gittest.Write(t, dir, "edited", "newer")
	require.NoError(t, tree.Store(t.Context()), "and a success is")

	kept := snapshot(t, open(t, dir), all)
	require.NoError(t, os.Remove(filepath.Join(dir, "edited")))
	require.NoError(t, kept.Store(t.Context()), "what was kept needs no file")
	require.Equal(t, "100644 newer", contents(t, open(t, dir), kept.ID)["edited"])
}

func TestStoreByManyAtOnce(t *testing.T) {
	dir := dirtyRepo(t)
	tree := snapshot(t, open(t, dir), nil)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = tree.Store(t.Context()) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
}

func TestStoreKnowsADefectOfOurs(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	tree := snapshot(t, open(t, dir), nil)
	tree.ID = strings.Repeat("0", 40)
	require.ErrorContains(t, tree.Store(t.Context()), "git made tree")
}

func TestWith(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a/b": "1", "a.b": "2"})
	r := open(t, dir)
	base := snapshot(t, r, func(e gitrepo.Entry, _ int64) bool { return e.Path == "a/b" })
	id := base.ID
	next := base.With([]gitrepo.Entry{
		{Path: "a/b", Mode: gitrepo.Executable}, {Path: "a-new/c", Mode: gitrepo.Regular}, {Path: "nothing", Mode: gitrepo.Regular},
	}, [][]byte{[]byte("new"), []byte("more"), nil})
	require.NoError(t, next.Store(t.Context()))
	require.Equal(t, map[string]string{
		"flake.nix": "100644 " + flake, "a/b": "100755 new", "a.b": "100644 2", "a-new/c": "100644 more", "nothing": "100644 ",
	}, contents(t, r, next.ID))
	require.Equal(t, "new", string(next.Content["a/b"]))
	require.Equal(t, id, base.ID, "the tree it began from is as it was")
	require.Equal(t, "1", string(base.Content["a/b"]))
	require.Equal(t, id, base.With(nil, nil).ID)
}

// TestIndexIsReadAgain: what git said of an index is remembered by its bytes,
// so no time stamp can hide another index.
func TestIndexIsReadAgain(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "aa": "1", "ab": "1"})
	r := open(t, dir)
	index := filepath.Join(dir, ".git/index")
	info, err := os.Stat(index)
	require.NoError(t, err)
	old, err := os.ReadFile(index)
	require.NoError(t, err)
	require.Len(t, snapshot(t, r, nil).Entries, 3)

	gittest.Git(t, dir, "rm", "-q", "--cached", "ab")
	gittest.Write(t, dir, "ac", "1")
	gittest.Git(t, dir, "add", "ac")
	now, err := os.ReadFile(index)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(index, now, 0o600)) // the same inode
	require.NoError(t, os.Chtimes(index, info.ModTime(), info.ModTime()))
	tracked, err := r.Tracked(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"aa", "ac", "flake.nix"}, tracked)

	require.NoError(t, os.WriteFile(index, old, 0o600))
	tracked, err = r.Tracked(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"aa", "ab", "flake.nix"}, tracked)
	require.NoError(t, os.Remove(index))
	tracked, err = r.Tracked(t.Context())
	require.NoError(t, err)
	require.Empty(t, tracked, "without an index nothing is tracked")
}

// TestTreeIDOfAnyNames lets git make trees of random names.
func TestTreeIDOfAnyNames(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	r := open(t, dir)
	base := snapshot(t, r, nil)
	ctx := t.Context()
	segment := rapid.StringMatching(`[ab.\-0é]{1,3}`).Filter(func(s string) bool { return s != "." && s != ".." })
	rapid.Check(t, func(t *rapid.T) {
		tops := rapid.SliceOfNDistinct(segment, 1, 6, rapid.ID[string]).Draw(t, "tops")
		var files []gitrepo.Entry
		for _, top := range tops {
			for _, below := range rapid.SliceOfNDistinct(segment, 0, 3, rapid.ID[string]).Draw(t, "below") {
				files = append(files, gitrepo.Entry{Path: top + "/" + below, Mode: gitrepo.Regular})
			}
			if len(files) == 0 || !strings.HasPrefix(files[len(files)-1].Path, top+"/") {
				files = append(files, gitrepo.Entry{Path: top, Mode: gitrepo.Executable})
			}
		}
		contents := make([][]byte, len(files))
		for i := range contents {
			contents[i] = []byte(files[i].Path)
		}
		if err := base.With(files, contents).Store(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

// TestGitPathIsGits: where git is not asked, the answer is git's all the same.
func TestGitPathIsGits(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	linked := filepath.Join(t.TempDir(), "linked")
	gittest.Git(t, dir, "worktree", "add", "-q", linked)
	for _, top := range []string{dir, linked} {
		for _, name := range []string{"index", "scaffold", "scaffold/lock", "scaffold-not", "objects", "info/exclude", "HEAD"} {
			path, err := open(t, top).GitPath(t.Context(), name)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSpace(gittest.Git(t, top, "rev-parse", "--path-format=absolute", "--git-path", name)), path)
		}
	}
}
