package discover_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

// TestTunnels: which there are, what runs them, whether they make records, and
// which virtual hosts are in them.
func TestTunnels(t *testing.T) {
	f := serversOf(t, "example")
	require.Equal(t, "cloudflare", *f.Access.TunnelField)
	require.Len(t, f.Tunnels, 1)
	forge := f.Tunnels["forge"]
	require.True(t, forge.Enabled)
	require.False(t, forge.Registers, "no option of it says so")
	require.Equal(t, "cloudflared-forge", *forge.Unit)
	require.Regexp(t, "^[0-9a-f]{64}$", *forge.Digest)
	require.Nil(t, forge.HostNames)
	require.Equal(t, "forge", *f.Vhosts["pocketid"].Tunnel)
	require.Nil(t, f.Vhosts["sonarr"].Tunnel)

	f = serversOf(t, "example-registry")
	require.True(t, f.Tunnels["forge"].Registers)
	require.False(t, f.Tunnels["guests"].Registers)
	require.Equal(t, "cloudflared-guests", *f.Tunnels["guests"].Unit)
	require.NotEqual(t, *f.Tunnels["forge"].Digest, *f.Tunnels["guests"].Digest)
}

// TestKeysOfMachines: the fields that a key has, the helpers that make one, by
// what they take beside a name and a variable, and what passes unasked.
func TestKeysOfMachines(t *testing.T) {
	for example, file := range map[string]string{"example": "hosts/forge/lib/defaults.nix", "example-registry": "hosts/forge/lib/defaults.nix"} {
		f := serversOf(t, example)
		require.True(t, f.Access.Lets("bypassPaths"))
		require.False(t, f.Access.Lets("allowedGroups"))
		require.Equal(t, []string{"allowedNetworks", "envVar", "headerName", "injectAuthHeader", "name", "paths"}, f.Access.Keys)
		require.Equal(t, "X-Api-Key", *f.Access.Header)
		helpers := f.KeyHelpers[file].Members
		require.Len(t, helpers, 4, example)
		header := helpers["mkStaticApiKey"].Header
		require.Equal(t, "X-Api-Key", *header)
		require.Equal(t, facts.KeyHelper{Takes: []string{"paths"}, Header: header}, helpers["mkStaticApiKeyWithPaths"])
		require.Equal(t, facts.KeyHelper{Takes: []string{"allowedNetworks"}, Header: header}, helpers["mkStaticApiKeyWithNetworks"])
		full := helpers["mkStaticApiKeyFull"]
		require.True(t, full.Named)
		require.Equal(t, []string{"allowedNetworks", "envVar", "headerName", "injectAuthHeader", "name", "paths"}, full.Takes)
		if example == "example-registry" {
			require.Equal(t, []string{"/api", "/feed", "/ping"}, f.Vhosts["sonarr"].Open.Paths)
			require.Empty(t, f.Vhosts["sonarr"].Open.Keys)
			require.Equal(t, []any{"/api", "/feed", "/ping"}, f.Libraries[file].Values["caddySecurity"]["mediaWithApiBypass"].(map[string]any)["bypassPaths"])
		}
		require.Nil(t, f.Vhosts["enclosed"].Open, "nobody is asked there")
	}
}
