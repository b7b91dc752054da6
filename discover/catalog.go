package discover

import "holthome.net/scaffold/discover/catalog"

// Catalog is the embedded catalog with the repo's own entries. The error is a
// *catalog.Error that names files and fields.
func (t *Target) Catalog() (*catalog.Catalog, error) { return catalog.Builtin().With(t.Files) }
