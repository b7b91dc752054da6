package candidate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
	"holthome.net/scaffold/writer/candidate"
)

// flake gives what the tests look at: names and contents of its own source.
const flake = `{ outputs = self: { seen = {
  names = builtins.attrNames (builtins.readDir ./.);
  edited = builtins.readFile ./edited;
  new = if builtins.pathExists ./new/file.nix then import ./new/file.nix else null;
  inherit (self.self) narHash;
}; }; }
`

func open(t *testing.T, dir string) *gitrepo.Repo {
	t.Helper()
	r, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	return r
}

func build(t *testing.T, r *gitrepo.Repo, files ...candidate.File) *candidate.Candidate {
	t.Helper()
	base, err := r.Snapshot(t.Context(), nil)
	require.NoError(t, err)
	c, err := candidate.Build(r, base, files)
	require.NoError(t, err)
	return c
}

// hash is the candidate's, which is stored by that.
func hash(t *testing.T, c *candidate.Candidate) string {
	t.Helper()
	h, err := c.NARHash(t.Context())
	require.NoError(t, err)
	return h
}

// dirtyRepo has staged, unstaged and intent-to-add changes, and attributes
// under which git would not keep the bytes as they are.
func dirtyRepo(t *testing.T, name string) string {
	t.Helper()
	dir := gittest.Init(t, name, map[string]string{
		"flake.nix": flake, "edited": "old", "staged": "old", "run.sh": "x", "dir/a": "1", "dir-b": "2", "dir.c": "3",
		".gitattributes": "edited text eol=lf ident\nstaged export-ignore\n",
	})
	require.NoError(t, os.Symlink("dir/a", filepath.Join(dir, "link")))
	require.NoError(t, os.Chmod(filepath.Join(dir, "run.sh"), 0o755))
	gittest.Git(t, dir, "add", "-A")
	gittest.Git(t, dir, "commit", "-q", "-m", "start")
	gittest.Write(t, dir, "edited", "new\r\n$Id$\n")
	gittest.Write(t, dir, "staged", "new")
	gittest.Git(t, dir, "add", "staged")
	gittest.Write(t, dir, "intended", "new")
	gittest.Git(t, dir, "add", "-N", "intended")
	gittest.Write(t, dir, "untracked", "x")
	return dir
}

func TestBuildTouchesNothing(t *testing.T) {
	dir := dirtyRepo(t, "repo")
	before := gittest.State(t, dir)
	c := build(t, open(t, dir),
		candidate.File{Path: "new/file.nix", Content: []byte("1")},
		candidate.File{Path: "staged", Content: []byte("newer")})
	require.Equal(t, before, gittest.State(t, dir))
	again := build(t, open(t, dir),
		candidate.File{Path: "staged", Content: []byte("newer")},
		candidate.File{Path: "new/file.nix", Content: []byte("1"), Mode: 0o644})
	require.Equal(t, c.ID, again.ID, "the same files give the same candidate")
	require.Equal(t, c.FlakeRef(), again.FlakeRef())
	require.Equal(t, hash(t, c), hash(t, again))
	require.Equal(t, before, gittest.State(t, dir), "nor does storing it")
}

func TestModes(t *testing.T) {
	dir := dirtyRepo(t, "repo")
	r := open(t, dir)
	c := build(t, r,
		candidate.File{Path: "run.sh", Content: []byte("y")},
		candidate.File{Path: "dir/a", Content: []byte("y"), Mode: 0o755},
		candidate.File{Path: "n", Content: nil, Mode: 0o700})
	require.NoError(t, c.Store(t.Context()))
	entries, err := r.ListTree(t.Context(), c.ID)
	require.NoError(t, err)
	got := map[string]string{}
	for _, e := range entries {
		got[e.Path] = e.Mode
	}
	require.Equal(t, gitrepo.Executable, got["run.sh"])
	require.Equal(t, gitrepo.Executable, got["dir/a"])
	require.Equal(t, gitrepo.Executable, got["n"])
	require.Equal(t, gitrepo.Symlink, got["link"])
}

func TestBuildRefuses(t *testing.T) {
	dir := dirtyRepo(t, "repo")
	r := open(t, dir)
	base, err := r.Snapshot(t.Context(), nil)
	require.NoError(t, err)
	for _, p := range []string{
		"", ".", "..", "../x", "a/../../x", "/etc/x", "a//b", "a/", "./a", ".git/config", "a/.GIT/x", "a\x00b",
		"link", "link/x", "edited/x", "dir",
	} {
		_, err := candidate.Build(r, base, []candidate.File{{Path: p, Content: []byte("x")}})
		require.Error(t, err, "%q", p)
		require.ErrorContains(t, err, "to candidate: ")
	}
	_, err = candidate.Build(r, base, []candidate.File{{Path: "x"}, {Path: "x"}})
	require.ErrorContains(t, err, "twice")
}

// export writes a tree the way git would, without any conversion.
func export(t *testing.T, r *gitrepo.Repo, files []string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "source")
	for _, f := range files {
		target := filepath.Join(to, f)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o755))
		require.NoError(t, exec.CommandContext(t.Context(), "cp", "-a", filepath.Join(r.Root, f), target).Run())
	}
	return to
}

func TestNARHashIsThatOfNix(t *testing.T) {
	dir := dirtyRepo(t, "repo")
	nix := gittest.Nixes(t)
	r := open(t, dir)
	c := build(t, r)
	work, err := candidate.WorkNARHash(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, hash(t, c), work)
	tracked, err := r.Tracked(t.Context())
	require.NoError(t, err)
	source := export(t, r, tracked)
	for _, program := range nix {
		out, err := exec.CommandContext(t.Context(), program, "hash", "path", source).Output()
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(string(out)), hash(t, c))
	}
	gittest.Write(t, dir, "dir/a", "other")
	work, err = candidate.WorkNARHash(t.Context(), r)
	require.NoError(t, err)
	require.NotEqual(t, hash(t, c), work)
}

func TestNARHashOfSpecialTrees(t *testing.T) {
	dir := gittest.Init(t, "repo", map[string]string{"flake.nix": flake})
	gittest.Git(t, dir, "add", "-N", ".")
	r := open(t, dir)
	empty, err := r.WriteTree(t.Context(), "", nil)
	require.NoError(t, err)
	got, err := candidate.NARHash(t.Context(), r, empty)
	require.NoError(t, err)
	require.Equal(t, "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=", got, "what nix hash path says of an empty folder")
	module, err := r.WriteTree(t.Context(), "", []gitrepo.Entry{{Path: "m", Mode: gitrepo.Submodule, ID: strings.Repeat("1", 40)}})
	require.NoError(t, err)
	got, err = candidate.NARHash(t.Context(), r, module)
	require.NoError(t, err)
	require.NotEmpty(t, got)
	_, err = candidate.NARHash(t.Context(), r, strings.Repeat("1", 40))
	require.ErrorContains(t, err, "hash tree")
}
