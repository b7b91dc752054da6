package cmd_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// What is printed of an entry has the published form, and loses nothing on the
// way to another program.
func TestCatalogJSON(t *testing.T) {
	t.Parallel()
	f := &fleet{t, t.TempDir()}
	code, stdout, stderr := f.run("catalog", "--json")
	require.Zero(t, code, stderr)
	entries := gjson.Get(stdout, "entries").Array()
	require.NotEmpty(t, entries)
	for _, e := range entries {
		require.NoError(t, follows("catalog.schema.json", e.Get("entry").Raw), e.Get("file"))
		require.Equal(t, "catalog/"+e.Get("entry.name").String()+".yaml", e.Get("file").String())
	}
}

// Every entry can be shown, and nothing in it upsets a terminal.
func TestCatalogShowsAll(t *testing.T) {
	t.Parallel()
	f := &fleet{t, t.TempDir()}
	_, list, _ := f.run("catalog", "--json")
	for _, name := range gjson.Get(list, "entries.#.entry.name").Array()[:5] {
		code, stdout, stderr := f.run("catalog", name.String())
		require.Zero(t, code, stderr)
		require.Contains(t, stdout, "Logging in")
		require.NotContains(t, stdout, "\x1b")
		require.NotContains(t, stdout, "%!")
	}
}

// Shells complete names, of the repo's own entries too.
func TestCatalogCompletes(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	code, stdout, stderr := f.run("__complete", "catalog", "linkd")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "linkding\tbookmark manager\n")
}
