package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

// embedded are the files of the embedded catalog, by the names that a reader of
// the program sees.
func embedded(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("services/*.yaml")
	require.NoError(tb, err)
	require.NotEmpty(tb, names)
	files := map[string][]byte{}
	for _, n := range names {
		data, err := os.ReadFile(n)
		require.NoError(tb, err)
		files["catalog/"+filepath.Base(n)] = data
	}
	return files
}

// TestEmbeddedIsSound reads every embedded entry as strictly as a repo's own,
// and wants a page for what no ability tells.
func TestEmbeddedIsSound(t *testing.T) {
	for name, data := range embedded(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			c, err := catalog.Read(map[string][]byte{name: data})
			require.NoError(t, err)
			e := c.Entries()[0]
			require.Equal(t, name, e.File)
			require.NotEmpty(t, e.Sources)
			require.NotEmpty(t, e.Group)
		})
	}
}

// TestEmbeddedTogether: no name twice, and what is found by line is what a
// reader of YAML finds.
func TestEmbeddedTogether(t *testing.T) {
	read, err := catalog.Read(embedded(t))
	require.NoError(t, err)
	c := catalog.Builtin()
	require.Equal(t, read.Entries(), c.Entries())
	for _, e := range read.Entries() {
		for _, n := range append([]string{e.Name}, e.Aliases...) {
			require.NotNil(t, c.Find(n), n)
			require.Equal(t, e.Name, c.Find(n).Name)
			require.Equal(t, e.Category, c.Category(n))
			require.Same(t, c.Find(n), c.Find(strings.ToUpper(strings.ReplaceAll(n, "-", "_"))), "it is read once")
		}
	}
}

// TestEmbeddedIsLarge: services that people who run a fleet run.
func TestEmbeddedIsLarge(t *testing.T) {
	require.GreaterOrEqual(t, len(catalog.Builtin().Entries()), 80)
}

func TestFindIgnoresSpelling(t *testing.T) {
	c := catalog.Builtin()
	for _, n := range []string{"linkding", "Link-Ding", "LINK_DING", "link ding"} {
		require.NotNil(t, c.Find(n), n)
		require.Equal(t, "documents", c.Category(n))
	}
	require.Equal(t, catalog.Yes, c.Find("linkding").Auth.OIDC.Support)
	for _, n := range []string{"no such thing", "", "link", "linkding2"} {
		require.Nil(t, c.Find(n), n)
		require.Empty(t, c.Category(n))
	}
}

// BenchmarkPeers is what a plan asks: the categories of all services of a repo,
// and one entry.
func BenchmarkPeers(b *testing.B) {
	names := make([]string, 60)
	for i, e := range catalog.Builtin().Entries() {
		if i < len(names) {
			names[i] = e.Name
		}
	}
	for b.Loop() {
		c := catalog.Fresh()
		for _, n := range names {
			c.Category(n)
		}
		c.Find("linkding")
	}
}
