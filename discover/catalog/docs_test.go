package catalog_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

// TestDocs: the examples hold, and every field is explained.
func TestDocs(t *testing.T) {
	data, err := os.ReadFile("../../docs/catalog.md")
	require.NoError(t, err)
	text := string(data)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1)
	ability, own := "", ""
	for _, b := range blocks {
		switch {
		case strings.HasPrefix(b[1], "auth:"):
			ability = b[1]
		case strings.Contains(b[1], "name: linkding"):
			own = b[1]
		default: // fields of another
			_, err := catalog.Builtin().With(map[string][]byte{catalog.RepoDir + "/teslamate.yaml": []byte("name: teslamate\n" + b[1])})
			require.NoError(t, err, b[1])
		}
	}
	c, err := catalog.Builtin().With(map[string][]byte{catalog.RepoDir + "/linkding.yaml": []byte(own)})
	require.NoError(t, err)
	require.Equal(t, 9091, c.Find("linkding").Port)
	require.False(t, c.Find("linkding").Auth.APIKey.Known())
	require.Contains(t, own, "/linkding.yaml\n")
	c, err = catalog.Builtin().With(map[string][]byte{catalog.RepoDir + "/linkding.yaml": []byte("name: linkding\n" + ability)})
	require.NoError(t, err)
	require.Equal(t, "OIDC_RP_CLIENT_SECRET", c.Find("linkding").Auth.OIDC.Secret)
	for _, list := range [][]string{catalog.Workloads, catalog.Needs, catalog.Placeholders} {
		for _, v := range list {
			require.True(t, strings.Contains(text, "`"+v+"`") || strings.Contains(text, "`{"+v+"}`"), v)
		}
	}
}
