package discover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo"
)

func TestDecodeNames(t *testing.T) {
	for _, c := range []struct {
		data string
		want []string
		err  string
	}{
		{`["a","b.c",""]`, []string{"a", "b.c", ""}, ""},
		{`[]`, nil, ""},
		{`{"a":1}`, nil, "decode names: JSON instead of a list"},
		{`null`, nil, "decode names: Null instead of a list"},
		{``, nil, "decode names: Null instead of a list"},
		{`["a",1]`, nil, "decode names: Number instead of a name"},
		{`["a",null]`, nil, "decode names: Null instead of a name"},
		{`[["a"]]`, nil, "decode names: JSON instead of a name"},
	} {
		got, err := decodeNames([]byte(c.data))
		require.Equal(t, c.want, got, c.data)
		if c.err == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, c.err)
	}
}

func TestListQuotes(t *testing.T) {
	require.Equal(t, `[ "a" "b c" "\${x}" "q\"" ]`, list([]string{"a", "b c", "${x}", `q"`}))
	require.Equal(t, "[  ]", list(nil))
}

// TestFactsFitOnACommandLine: nix takes the expression as one argument, which
// Linux limits to 128 KiB, and the cells to leave out come on top.
func TestFactsFitOnACommandLine(t *testing.T) {
	require.Less(t, len(FactsSource), 96<<10)
	require.False(t, strings.ContainsRune(FactsSource, 0))
}

func TestWhatIsReadAsText(t *testing.T) {
	for name, want := range map[string]bool{
		"flake.nix": true, "a/b.nix": true, "Taskfile.yml": true, ".taskfiles/nix/Taskfile.yaml": true, ".taskfiles/nix.yml": true,
		".scaffold.yaml": true, ".scaffold/templates/x.tmpl": true,
		"secrets.sops.yaml": false, "README.md": false, "nix": false, "a.nix.bak": false, "x/.scaffold.yaml": false, "taskfile.json": false,
	} {
		require.Equal(t, want, isText(gitrepo.Entry{Path: name, Mode: gitrepo.Regular}), name)
		require.Equal(t, want, isText(gitrepo.Entry{Path: name, Mode: gitrepo.Executable}), name)
		require.False(t, isText(gitrepo.Entry{Path: name, Mode: gitrepo.Symlink}), name)
		require.False(t, isText(gitrepo.Entry{Path: name, Mode: gitrepo.Submodule}), name)
	}
}
