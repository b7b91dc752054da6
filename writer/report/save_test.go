package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/writer/report"
)

func saved(t *testing.T, path string) string {
	t.Helper()
	placed, err := report.Place(path)
	require.NoError(t, err)
	require.NoError(t, full().Save(placed))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, report.IsReport(data), "it is known again")
	return string(data)
}

// TestSave: the name says the form, a former report is replaced, and nothing is
// left beside it.
func TestSave(t *testing.T) {
	dir := t.TempDir()
	require.True(t, strings.HasPrefix(saved(t, filepath.Join(dir, "a.md")), "# scaffold: "))
	require.True(t, strings.HasPrefix(saved(t, filepath.Join(dir, "b.json")), "{\n"))
	require.True(t, strings.HasPrefix(saved(t, filepath.Join(dir, "C.JSON")), "{\n"))
	require.True(t, strings.HasPrefix(saved(t, filepath.Join(dir, "a")), "# scaffold: "))
	saved(t, filepath.Join(dir, "a.md"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty.md"), []byte(" \n"), 0o600))
	saved(t, filepath.Join(dir, "empty.md"))
	// One form over the other.
	require.NoError(t, os.Rename(filepath.Join(dir, "b.json"), filepath.Join(dir, "b.md")))
	require.True(t, strings.HasPrefix(saved(t, filepath.Join(dir, "b.md")), "# scaffold: "))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 5)
}

// TestSaveThroughSymlink: the file is replaced, the link stays.
func TestSaveThroughSymlink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target.md"), filepath.Join(dir, "link.md")
	require.NoError(t, os.WriteFile(target, nil, 0o600))
	require.NoError(t, os.Symlink(target, link))
	saved(t, link)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.Equal(t, os.ModeSymlink, info.Mode().Type())
	data, err := os.ReadFile(target)
	require.NoError(t, err)
	require.True(t, report.IsReport(data))
}

// TestPlaceRefuses: nothing that somebody wrote is ever overwritten.
func TestPlaceRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	require.NoError(t, os.Symlink(filepath.Join(dir, "nothing"), filepath.Join(dir, "dangling")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	for name, c := range map[string]struct{ path, want string }{
		"notes":            {file("notes.md", "# My notes\n"), "something else in it than a report"},
		"JSON":             {file("x.json", `{"schema": 1}`), "something else"},
		"a plan as JSON":   {file("plan.json", `{"schema": 1, "service": "x", "decisions": []}`), "something else"},
		"mark not first":   {file("y.md", "\n# scaffold: add x\n"), "something else"},
		"a folder":         {dir, "it is a folder"},
		"a pipe":           {filepath.Join(dir, "pipe"), "no regular file"},
		"a device":         {"/dev/null", "no regular file"},
		"dangling symlink": {filepath.Join(dir, "dangling"), "symlink to nothing"},
		"no folder":        {filepath.Join(dir, "no", "x.md"), "make it first"},
		"file as folder":   {filepath.Join(dir, "notes.md", "x.md"), "its folder cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := report.Place(c.path)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "write report "+c.path)
		})
	}
	data, err := os.ReadFile(filepath.Join(dir, "notes.md"))
	require.NoError(t, err)
	require.Equal(t, "# My notes\n", string(data))
}

// TestSaveFails: what cannot be written is an error with the file's name.
func TestSaveFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	require.NoError(t, os.Mkdir(dir, 0o700))
	path, err := report.Place(filepath.Join(dir, "x.md"))
	require.NoError(t, err)
	require.NoError(t, os.Remove(dir))
	require.ErrorContains(t, full().Save(path), "write report "+path)
}

// FuzzIsReport: no bytes make it fail, and only what begins like a report is one.
func FuzzIsReport(f *testing.F) {
	for _, s := range []string{"", "# scaffold: x", "{", `{"schema":1,"service":"x","patterns":[],"validation":{}}`, "null", "[]", `{"schema":"a"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if report.IsReport(data) && !strings.HasPrefix(string(data), "# scaffold: ") {
			require.Contains(t, string(data), "{")
		}
	})
}
