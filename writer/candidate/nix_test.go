package candidate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
	"holthome.net/scaffold/writer/candidate"
)

func eval(t *testing.T, nix, ref string) gjson.Result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), nix, "eval", "--json", "--no-write-lock-file", ref+"#seen")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s %s: %s", nix, ref, stderr.String())
	require.True(t, gjson.ValidBytes(out))
	return gjson.ParseBytes(out)
}

// stored is the flake reference of a candidate that Nix can follow.
func stored(t *testing.T, c *candidate.Candidate) string {
	t.Helper()
	require.NoError(t, c.Store(t.Context()))
	return c.FlakeRef()
}

var files = []candidate.File{{Path: "new/file.nix", Content: []byte("{ answer = 42; }\n")}}

// TestNixEvaluatesCandidate checks that every Nix sees the uncommitted changes
// and the new file, byte for byte, and agrees on the hash of the source.
func TestNixEvaluatesCandidate(t *testing.T) {
	for _, name := range []string{"plain", "with space", "q?a", "h#a", "p%20a", "ü", "a+b&c=d;e@f:g,h~[i]", "quo'te\""} {
		t.Run(name, func(t *testing.T) {
			dir := dirtyRepo(t, name)
			nixes := gittest.Nixes(t)
			before := gittest.State(t, dir)
			c := build(t, open(t, dir), files...)
			for _, nix := range nixes {
				got := eval(t, nix, stored(t, c))
				require.Equal(t, "new\r\n$Id$\n", got.Get("edited").String())
				require.EqualValues(t, 42, got.Get("new.answer").Int())
				require.JSONEq(t, `[".gitattributes","dir","dir-b","dir.c","edited","flake.nix","intended","link","new","run.sh","staged"]`,
					got.Get("names").Raw)
				require.Equal(t, hash(t, c), got.Get("narHash").String())
			}
			require.Equal(t, before, gittest.State(t, dir))
		})
	}
}

// TestCandidateIsWhatNixSeesOnceWritten writes the files by hand and lets Nix
// evaluate the dirty work tree itself.
func TestCandidateIsWhatNixSeesOnceWritten(t *testing.T) {
	dir := dirtyRepo(t, "repo")
	nixes := gittest.Nixes(t)
	r := open(t, dir)
	c := build(t, r, files...)
	gittest.Write(t, dir, files[0].Path, string(files[0].Content))
	gittest.Git(t, dir, "add", "-N", files[0].Path)
	for _, nix := range nixes {
		require.Equal(t, hash(t, c), eval(t, nix, "git+file://"+dir).Get("narHash").String())
	}
	work, err := candidate.WorkNARHash(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, hash(t, c), work)
	tree, err := r.WorkTree(t.Context())
	require.NoError(t, err)
	require.Equal(t, c.ID, tree)
}

// TestDirtyTreesAreSeenAsNixDoes compares the whole work tree, in states that
// the index does not tell.
func TestDirtyTreesAreSeenAsNixDoes(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"deleted":        func(t *testing.T, dir string) { t.Helper(); remove(t, dir, "staged") },
		"folder deleted": func(t *testing.T, dir string) { t.Helper(); remove(t, dir, "dir") },
		"executable": func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Chmod(filepath.Join(dir, "staged"), 0o755))
		},
		"not executable": func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Chmod(filepath.Join(dir, "run.sh"), 0o644))
		},
		"link to elsewhere": func(t *testing.T, dir string) { t.Helper(); link(t, dir, "/etc/hostname", "link") },
		"file becomes link": func(t *testing.T, dir string) { t.Helper(); link(t, dir, "edited", "staged") },
		"empty, and not in git's objects": func(t *testing.T, dir string) {
			t.Helper()
			gittest.Write(t, dir, "empty", "")
			gittest.Git(t, dir, "add", "-N", "empty")
		},
		"removed from index": func(t *testing.T, dir string) { t.Helper(); gittest.Git(t, dir, "rm", "-q", "--cached", "run.sh") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := dirtyRepo(t, "repo")
			nixes := gittest.Nixes(t)
			change(t, dir)
			c := build(t, open(t, dir))
			for _, nix := range nixes {
				require.Equal(t, eval(t, nix, "git+file://"+dir).Get("narHash").String(), hash(t, c), nix)
			}
		})
	}
}

// TestSubmodule: in a dirty tree Nix leaves out the folder of a submodule; in a
// commit it is an empty one, and so it is in the candidate.
func TestSubmodule(t *testing.T) {
	dir := dirtyRepo(t, "repo")
	gittest.Git(t, dir, "-c", "protocol.file.allow=always", "submodule", "add", "-q", dir, "mod")
	nixes := gittest.Nixes(t)
	c := build(t, open(t, dir))
	for _, nix := range nixes {
		got := eval(t, nix, stored(t, c))
		require.Equal(t, hash(t, c), got.Get("narHash").String(), nix)
		require.Contains(t, got.Get("names").String(), `"mod"`)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(dir, name)))
}

func link(t *testing.T, dir, target, name string) {
	t.Helper()
	remove(t, dir, name)
	require.NoError(t, os.Symlink(target, filepath.Join(dir, name)))
}

func TestNixEvaluatesWithoutHistory(t *testing.T) {
	origin := dirtyRepo(t, "origin")
	gittest.Git(t, origin, "commit", "-q", "-a", "-m", "second")
	shallow := filepath.Join(t.TempDir(), "shallow")
	gittest.Git(t, origin, "clone", "-q", "--depth=1", "file://"+origin, shallow)
	linked := filepath.Join(t.TempDir(), "linked")
	gittest.Git(t, origin, "worktree", "add", "-q", linked)
	unborn := filepath.Join(t.TempDir(), "unborn")
	gittest.Git(t, origin, "init", "-q", unborn)
	gittest.Write(t, unborn, "flake.nix", flake)
	gittest.Write(t, unborn, "edited", "new\r\n$Id$\n")
	gittest.Git(t, unborn, "add", "-N", ".")
	nixes := gittest.Nixes(t)
	for _, dir := range []string{shallow, linked, unborn} {
		c := build(t, open(t, dir), files...)
		for _, nix := range nixes {
			require.EqualValues(t, 42, eval(t, nix, stored(t, c)).Get("new.answer").Int(), dir)
		}
	}
}
