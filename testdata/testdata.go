// Package testdata embeds the example fleets, for the demonstration and tests.
package testdata

import "embed"

// FS holds the folders example and example-registry.
//
//go:embed all:example all:example-registry
var FS embed.FS
