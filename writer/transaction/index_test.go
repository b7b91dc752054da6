package transaction

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// debugEntry is what git prints for one entry.
func debugEntry(head string, seconds, flags int) string {
	return fmt.Sprintf("%s\x00  ctime: %[2]d:0\n  mtime: %[2]d:0\n  dev: 1\tino: %[2]d\n  uid: 0\tgid: 0\n  size: 1\tflags: %[3]x\n",
		head, seconds, flags)
}

func TestParseDebug(t *testing.T) {
	const a, b = "100644 aa 0\ta", "100644 bb 0\tb\nflags: 0\n"
	first, err := parseDebug([]byte(debugEntry(a, 1, 0) + debugEntry(b, 2, 1<<29|1<<20)))
	require.NoError(t, err)
	require.Equal(t, []string{"0 " + a, "20000000 " + b}, first)
	later, err := parseDebug([]byte(debugEntry(a, 3, 0) + debugEntry(b, 4, 1<<29)))
	require.NoError(t, err)
	require.Equal(t, first, later, "times and passing flags do not count")
	for _, bad := range []string{"x", "x\x00", debugEntry(a, 1, 0) + "x", strings.Replace(debugEntry(a, 1, 0), "flags: 0", "flags: z", 1)} {
		_, err := parseDebug([]byte(bad))
		require.Error(t, err, "%q", bad)
	}
}

// TestEntriesOfRealGit holds git to the form that parseDebug knows.
func TestEntriesOfRealGit(t *testing.T) {
	dir := fixture(t)
	gittest.Git(t, dir, "update-index", "--assume-unchanged", "other/file")
	entries, err := parseDebug([]byte(gittest.Git(t, dir, "ls-files", "-z", "--stage", "--debug")))
	require.NoError(t, err)
	flags := map[string]string{}
	for _, e := range entries {
		head, name, _ := strings.Cut(e, "\t")
		flags[name], _, _ = strings.Cut(head, " ")
	}
	require.Len(t, flags, 9)
	require.Equal(t, "20000000", flags["intended"])
	require.Equal(t, "8000", flags["other/file"])
	require.Equal(t, "0", flags["staged"])
}

func FuzzParseDebug(f *testing.F) {
	f.Add([]byte(debugEntry("100644 aa 0\ta", 1, 0)))
	f.Add([]byte("x\x00\n\n\n\n\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		entries, err := parseDebug(out)
		if err == nil {
			require.LessOrEqual(t, len(entries)*6, len(out))
		}
	})
}
