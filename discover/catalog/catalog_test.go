package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

func TestFindIgnoresSpelling(t *testing.T) {
	c := catalog.Builtin()
	require.NotNil(t, c.Find("Link-Ding"))
	require.Equal(t, catalog.Yes, c.Find("linkding").Auth.OIDC.Support)
	require.Nil(t, c.Find("no such thing"))
}
