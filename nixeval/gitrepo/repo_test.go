package gitrepo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

const flake = "{ outputs = self: { }; }\n"

// kindOf fails the test unless err is a *gitrepo.Error.
func kindOf(t *testing.T, err error) gitrepo.Kind {
	t.Helper()
	var e *gitrepo.Error
	require.ErrorAs(t, err, &e)
	return e.Kind
}

func open(t *testing.T, dir string) *gitrepo.Repo {
	t.Helper()
	r, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	return r
}

func TestOpenFindsRoot(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake, "a/b/c.nix": "1"})
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(dir, link))
	for _, from := range []string{dir, filepath.Join(dir, "a", "b"), link, filepath.Join(link, "a")} {
		require.Equal(t, dir, open(t, from).Root, from)
	}
}

func TestOpenIgnoresVariablesOfHooks(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	other := t.TempDir()
	gittest.Git(t, other, "init", "-q")
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, ".git", "index"))
	t.Setenv("GIT_WORK_TREE", other)
	require.Equal(t, dir, open(t, dir).Root)
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T) string
		kind gitrepo.Kind
		says []string
	}{
		"nothing there": {
			func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "no") },
			gitrepo.NotARepository, []string{"no such file", "--repo"},
		},
		"a file": {
			func(t *testing.T) string { t.Helper(); gittest.Write(t, t.TempDir(), "f", ""); return os.Args[0] },
			gitrepo.NotARepository, []string{"it is a file"},
		},
		"no repository": {
			func(t *testing.T) string { t.Helper(); return t.TempDir() },
			gitrepo.NotARepository, []string{"not a git repository", "git init"},
		},
		"bare": {
			func(t *testing.T) string {
				t.Helper()
				dir := t.TempDir()
				gittest.Git(t, dir, "init", "-q", "--bare")
				return dir
			},
			gitrepo.Bare, []string{"no work tree", "clone"},
		},
		"inside .git": {
			func(t *testing.T) string {
				t.Helper()
				return filepath.Join(gittest.Commit(t, map[string]string{"flake.nix": flake}), ".git", "refs")
			},
			gitrepo.NotARepository, []string{"git's own folder"},
		},
		"no flake": {
			func(t *testing.T) string { t.Helper(); return gittest.Commit(t, map[string]string{"x": ""}) },
			gitrepo.NoFlake, []string{"no flake.nix"},
		},
		"flake below": {
			func(t *testing.T) string {
				t.Helper()
				return gittest.Commit(t, map[string]string{"nix/flake.nix": flake})
			},
			gitrepo.NoFlake, []string{"no flake.nix", "nix/flake.nix"},
		},
		"flake untracked": {
			func(t *testing.T) string {
				t.Helper()
				return gittest.Init(t, "r", map[string]string{"flake.nix": flake})
			},
			gitrepo.NoFlake, []string{"does not track", "git add -N flake.nix"},
		},
		"line break": {
			func(t *testing.T) string {
				t.Helper()
				return gittest.Init(t, "a\nb", map[string]string{"flake.nix": flake})
			},
			gitrepo.Unsupported, []string{"line break"},
		},
		"sha256": {
			func(t *testing.T) string {
				t.Helper()
				dir := t.TempDir()
				gittest.Git(t, dir, "init", "-q", "--object-format=sha256")
				return dir
			},
			gitrepo.Unsupported, []string{"sha256", "Nix does not read"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			gittest.Isolate(t)
			dir := c.make(t)
			_, err := gitrepo.Open(t.Context(), dir)
			require.Error(t, err)
			require.Equal(t, c.kind, kindOf(t, err), err.Error())
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
		})
	}
}

func TestOpenWithoutGit(t *testing.T) {
	gittest.Isolate(t)
	t.Setenv("PATH", t.TempDir())
	_, err := gitrepo.Open(t.Context(), t.TempDir())
	require.Equal(t, gitrepo.NoGit, kindOf(t, err))
	require.ErrorContains(t, err, "install git")
}

func TestOpenOfAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a repository to another user")
	}
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	for _, p := range []string{dir, filepath.Join(dir, ".git")} {
		require.NoError(t, os.Chown(p, 4242, 4242))
	}
	_, err := gitrepo.Open(t.Context(), dir)
	require.Equal(t, gitrepo.Ownership, kindOf(t, err))
	require.ErrorContains(t, err, "safe.directory")
}

func TestUnbornAndDetachedHead(t *testing.T) {
	dir := gittest.Init(t, "r", map[string]string{"flake.nix": flake})
	gittest.Git(t, dir, "add", "-N", ".")
	r := open(t, dir)
	unborn, err := r.WorkTree(t.Context())
	require.NoError(t, err)
	dirty, err := r.Dirty(t.Context())
	require.NoError(t, err)
	require.True(t, dirty)

	gittest.Git(t, dir, "add", ".")
	gittest.Git(t, dir, "commit", "-q", "-m", "x")
	gittest.Git(t, dir, "checkout", "-q", "--detach")
	detached, err := open(t, dir).WorkTree(t.Context())
	require.NoError(t, err)
	require.Equal(t, unborn, detached, "the same content is the same tree")
	require.Equal(t, detached, strings.TrimSpace(gittest.Git(t, dir, "rev-parse", "HEAD^{tree}")))
}

func TestGitPathOfLinkedWorkTree(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": flake})
	linked := filepath.Join(t.TempDir(), "linked")
	gittest.Git(t, dir, "worktree", "add", "-q", linked)
	main, err := open(t, dir).GitPath(t.Context(), "scaffold/lock")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, ".git/scaffold/lock"), main)
	own, err := open(t, linked).GitPath(t.Context(), "scaffold/lock")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, ".git/worktrees/linked/scaffold/lock"), own)

	gittest.Write(t, linked, "new.nix", "2")
	gittest.Git(t, linked, "add", "-N", "new.nix")
	r := open(t, linked)
	names, err := r.Tracked(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"flake.nix", "new.nix"}, names)
	_, err = r.WorkTree(t.Context())
	require.NoError(t, err)
}
