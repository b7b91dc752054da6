package gitrepo

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzParseStage(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add([]byte("H 100644 " + id + " 0\ta b\n\x00S 100755 " + id + " 0\tc\x00M 100644 " + id + " 2\td\x00"))
	f.Add([]byte("H 100644\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		entries, unmerged, err := parseStage(out)
		if err != nil {
			require.Empty(t, entries)
			return
		}
		require.LessOrEqual(t, len(entries)+len(unmerged), strings.Count(string(out), "\x00"))
		for _, e := range entries {
			require.NotEmpty(t, e.Path)
			require.NotContains(t, e.Path, "\x00")
		}
	})
}

func TestParseStage(t *testing.T) {
	entries, unmerged, err := parseStage([]byte("H 100644 aa 0\ta\tb\n\x00S 100755 bb 0\tc\x00M 100644 cc 2\td\x00M 100644 dd 3\td\x00"))
	require.NoError(t, err)
	require.Equal(t, []Entry{
		{Path: "a\tb\n", Mode: Regular, ID: "aa"}, {Path: "c", Mode: Executable, ID: "bb", skipped: true},
	}, entries)
	require.Equal(t, []string{"d"}, unmerged)
	for _, bad := range []string{"x", "H 100644 aa 0\ta", "H 100644 aa\ta\x00", "H 100644 aa 0\t\x00"} {
		_, _, err := parseStage([]byte(bad))
		require.Error(t, err, "%q", bad)
	}
}

// FuzzEscapePath checks that a URL parser finds the path again, and neither a
// query nor a fragment.
func FuzzEscapePath(f *testing.F) {
	for _, p := range []string{"/a", "/a b", "/a?b#c", "/a%20b", "/\xff", "/ä", "/a;b@c:d", "/a'\"+&="} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		escaped := escapePath("/" + p)
		u, err := url.Parse("git+file://" + escaped + "?rev=1")
		require.NoError(t, err)
		require.Equal(t, "/"+p, u.Path)
		require.Equal(t, "rev=1", u.RawQuery)
		require.Empty(t, u.Fragment)
		if plainPath.MatchString("/" + p) {
			require.Equal(t, "/"+p, escaped)
		}
	})
}
