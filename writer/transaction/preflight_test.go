package transaction

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

func TestPreflight(t *testing.T) {
	add := func(p string) []Change { return []Change{{Path: p, After: []byte("x")}} }
	edit := func(p, before string) []Change {
		return []Change{{Path: p, Before: []byte(before), After: []byte("x")}}
	}
	nothing := func(*testing.T, string) {}
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		changes []Change
		kind    Kind
		says    string
	}{
		"outside":           {nothing, add("../x"), Unsafe, "below the root"},
		"outside by detour": {nothing, add("mod/../../x"), Unsafe, "below the root"},
		"absolute":          {nothing, add("/tmp/x"), Unsafe, "below the root"},
		"not clean":         {nothing, add("mod//x"), Unsafe, "below the root"},
		"empty":             {nothing, add(""), Unsafe, "printable"},
		"root":              {nothing, add("."), Unsafe, "below the root"},
		"backslash":         {nothing, add(`a\b`), Unsafe, "below the root"},
		"NUL":               {nothing, add("a\x00b"), Unsafe, "printable"},
		"line break":        {nothing, add("a\nb"), Unsafe, "printable"},
		"not UTF-8":         {nothing, add("a\xff"), Unsafe, "printable"},
		"git":               {nothing, add(".git/hooks/post-commit"), Unsafe, "git's own"},
		"git in capitals":   {nothing, add("mod/.GIT/config"), Unsafe, "git's own"},
		"git for DOS":       {nothing, add("GIT~1/config"), Unsafe, "git's own"},
		"too long":          {nothing, add(strings.Repeat("x", 201)), Unsafe, "too long"},
		"no content":        {nothing, []Change{{Path: "x"}}, Invalid, "no content"},
		"nothing":           {nothing, nil, Invalid, "nothing to change"},
		"twice":             {nothing, append(add("x"), add("x")...), Invalid, "twice"},
		"file and folder":   {nothing, append(add("x"), add("x/y")...), Invalid, "a file and a folder"},
		"folder and file":   {nothing, append(add("x/y"), add("x")...), Invalid, "a file and a folder"},
		"exists":            {nothing, append(add("staged"), add("run.sh")...), Exists, "staged, run.sh"},
		"exists untracked":  {nothing, add("untracked"), Exists, "untracked"},
		"exists as folder":  {nothing, add("mod"), Exists, "mod"},
		"stale":             {nothing, append(edit("staged", "1"), edit("run.sh", "y")...), Stale, "staged, run.sh"},
		"gone":              {nothing, edit("no", "1"), Stale, "no (it is gone)"},
		"not tracked":       {nothing, edit("untracked", "1"), Unsafe, "git does not track it"},
		"below a file":      {nothing, add("staged/x"), Unsafe, "staged is not a folder"},
		"case":              {nothing, add("Staged"), Unsafe, "differs from staged"},
		"case of folder":    {nothing, add("MOD/x"), Unsafe, "differs from mod"},
		"case of untracked": {nothing, add("UNTRACKED"), Unsafe, "differs from untracked"},
		"case among new":    {nothing, append(add("new/x"), add("New/y")...), Unsafe, "differs from new"},
		"ignored":           {nothing, add("mod/x.log"), Unsafe, "git ignores new files: mod/x.log"},
		"symlinked folder": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Symlink("mod", filepath.Join(dir, "link")))
		}, add("link/x"), Unsafe, "link is a symlink"},
		"symlink out": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(dir, "mod/out")))
		}, add("mod/out/x"), Unsafe, "mod/out is a symlink"},
		"symlinked file": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Symlink("staged", filepath.Join(dir, "link")))
			gittest.Git(t, dir, "add", "link")
		}, edit("link", "2"), Unsafe, "not a plain file"},
		"dangling symlink": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Symlink("/no/where", filepath.Join(dir, "link")))
		}, add("link"), Exists, "link"},
		"other repository": {func(t *testing.T, dir string) {
			t.Helper()
			gittest.Git(t, dir, "init", "-q", "nested")
		}, add("nested/x"), Unsafe, "nested is another git repository"},
		"submodule": {func(t *testing.T, dir string) {
			t.Helper()
			gittest.Git(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",sub")
			require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o755))
		}, add("sub/x"), Unsafe, "sub is a submodule"},
		"read-only file": {func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Chmod(filepath.Join(dir, "staged"), 0o444))
		}, edit("staged", "2"), IO, "read-only"},
		"git at work": {func(t *testing.T, dir string) {
			t.Helper()
			gittest.Write(t, dir, ".git/index.lock", "")
		}, add("x"), Locked, "git is at work"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fixture(t)
			c.prepare(t, dir)
			start := gittest.State(t, dir)
			_, err := Apply(t.Context(), repo(t, dir), c.changes, Options{})
			require.Equal(t, c.kind, kindOf(t, err), err)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, start, gittest.State(t, dir))
			require.NoFileExists(t, filepath.Join(dir, ".git", folder, journalName))
		})
	}
}

func TestBothSpellingsMayExistAlready(t *testing.T) {
	dir := gittest.Init(t, "r", map[string]string{"flake.nix": flake, "Docs/a": "1", "docs/b": "1"})
	if _, err := os.Stat(filepath.Join(dir, "DOCS")); err == nil {
		t.Skip("this file system does not tell upper from lower case")
	}
	gittest.Git(t, dir, "add", "-A")
	_, err := Apply(t.Context(), repo(t, dir), []Change{
		{Path: "Docs/c", After: []byte("1")}, {Path: "docs/d", After: []byte("1")},
	}, Options{})
	require.NoError(t, err)
}

func TestUnfinishedMergeIsNamed(t *testing.T) {
	dir := fixture(t)
	r := repo(t, dir)
	blob := strings.TrimSpace(gittest.Git(t, dir, "hash-object", "-w", "staged"))
	gittest.Write(t, dir, "list", "0 "+strings.Repeat("0", 40)+"\tstaged\n100644 "+blob+" 2\tstaged\n100644 "+blob+" 3\tstaged\n")
	gittestStdin(t, dir, "list", "update-index", "--index-info")
	require.NoError(t, os.Remove(filepath.Join(dir, "list")))
	start := gittest.State(t, dir)
	_, err := Apply(t.Context(), r, changes(), Options{})
	require.ErrorContains(t, err, "unmerged files: staged")
	require.Equal(t, start, gittest.State(t, dir))
}

func FuzzBadPath(f *testing.F) {
	for _, p := range []string{"a", "a/b", "../a", "a/../b", ".git/x", "/a", "", "a\x00", "ä/.Git", "a//b", "a\\b", "..0"} {
		f.Add(p)
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, p string) {
		if badPath(p) != "" {
			return
		}
		rel, err := filepath.Rel(root, filepath.Join(root, p))
		require.NoError(t, err)
		require.Equal(t, p, rel, "a good path is the only spelling of itself")
		require.True(t, rel != ".." && !strings.HasPrefix(rel, "../"))
		for part := range strings.SplitSeq(p, "/") {
			require.NotEqual(t, ".git", strings.ToLower(part))
		}
	})
}
