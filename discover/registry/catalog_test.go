package registry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
)

// What the catalog names can be asked for, in the form that it is shown in, and
// its examples of tags are some.
func TestCatalogImages(t *testing.T) {
	t.Parallel()
	images := 0
	for _, e := range catalog.Builtin().Entries() {
		for _, repository := range e.Images {
			shown, _, err := registry.Place(repository, nil)
			require.NoError(t, err, e.Name)
			require.Equal(t, repository, shown, e.Name)
			images++
		}
		if e.Tag != "" {
			c, ok := image.Choose([]string{e.Tag, "99.99.99", "latest"}, e.Tag)
			require.True(t, ok)
			require.Equal(t, e.Tag, c.Tag, e.Name)
		}
	}
	require.Greater(t, images, 50)
}
