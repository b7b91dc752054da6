//go:build reallib

package discover_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// With the real lib of nixpkgs the hosts are the same to the byte, so the small one is right in all they use.
func TestExampleWithTheRealLib(t *testing.T) {
	real := os.Getenv("SCAFFOLD_NIXPKGS_LIB")
	require.NotEmpty(t, real, "SCAFFOLD_NIXPKGS_LIB names a checkout of github:nix-community/nixpkgs.lib")
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			nix, dir := exampleNixes(t)[0], copyExample(t, name)
			ours := evalJSON(t, nix, dir, "nixosConfigurations", drvPaths)
			theirs := evalJSON(t, nix, dir, "nixosConfigurations", drvPaths, "--override-input", "nixpkgs-lib", "path:"+real)
			require.JSONEq(t, ours.Raw, theirs.Raw)
		})
	}
}
