package discover_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
)

// TestRememberedAnswersNeedNoObjects asks about a tree twice, the second time
// with nothing of it in git; and about one that differs in a letter.
func TestRememberedAnswersNeedNoObjects(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	cache := &nixeval.Cache{Dir: t.TempDir()}
	query := discover.Query{Host: "forge", Only: []string{"host"}}
	ask := func() (domain string, evaluations int) {
		t.Helper()
		target, counted := openAt(t, nix, dir)
		target.Nix.Cache = cache
		hosts, err := target.Hosts(t.Context())
		require.NoError(t, err)
		require.Contains(t, hosts, "forge")
		f, err := target.Facts(t.Context(), query)
		require.NoError(t, err)
		return *f.Host.Domain, counted.evaluations(t)
	}
	scratch := filepath.Join(dir, ".git/scaffold/tree")
	domain, evaluations := ask()
	require.Equal(t, 2, evaluations)
	require.DirExists(t, scratch)
	require.NoError(t, os.RemoveAll(scratch))
	again, evaluations := ask()
	require.Equal(t, domain, again)
	require.Zero(t, evaluations)
	require.NoDirExists(t, scratch, "nothing was stored for it")

	file := filepath.Join(dir, "hosts/forge/core/networking.nix")
	info, err := os.Stat(file)
	require.NoError(t, err)
	replaceIn(t, dir, "hosts/forge/core/networking.nix", `"home.example"`, `"homE.example"`)
	require.NoError(t, os.Chtimes(file, info.ModTime(), info.ModTime()))
	other, evaluations := ask()
	require.Equal(t, "homE.example", other, "as long and as old, and not the same")
	require.Equal(t, 2, evaluations)
	require.DirExists(t, scratch)
}
