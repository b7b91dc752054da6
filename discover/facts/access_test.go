package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

// TestDecodeAccess: tunnels, keys of machines and what passes unasked, typed;
// what is not known is not no.
func TestDecodeAccess(t *testing.T) {
	f, err := facts.Decode([]byte(`{
		"access": {"tunnelField": "cloudflare", "security": ["bypassPaths"], "keys": ["name"], "header": null},
		"tunnel a": {"enabled": true, "registers": true, "unit": "cloudflared-a", "digest": "00", "hostNames": ["x.y"]},
		"tunnel b": {"enabled": false, "registers": false, "unit": null, "digest": null, "hostNames": null},
		"keys lib.nix": {"members": {"mkKey": {"takes": ["paths"], "named": false, "header": "X-Key"}}},
		"vhost v": {"enable": true, "open": {"paths": ["/a"], "resources": [], "networks": ["10.0.0.0/8"],
			"keys": [{"name": "ci", "variable": "CI", "header": "X-Key", "paths": null, "networks": [], "audited": false}]}},
		"vhost w": {"enable": true, "open": null}
	}`))
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	require.Equal(t, "cloudflare", *f.Access.TunnelField)
	require.Nil(t, f.Access.Header)
	require.True(t, f.Access.Lets("bypassPaths"))
	require.Equal(t, []string{"x.y"}, f.Tunnels["a"].HostNames)
	require.Equal(t, "cloudflared-a", *f.Tunnels["a"].Unit)
	require.Nil(t, f.Tunnels["b"].HostNames)
	require.Nil(t, f.Tunnels["b"].Digest)
	require.Equal(t, []string{"paths"}, f.KeyHelpers["lib.nix"].Members["mkKey"].Takes)
	open := f.Vhosts["v"].Open
	require.Equal(t, []string{"/a"}, open.Paths)
	require.Nil(t, open.Keys[0].Paths)
	require.False(t, *open.Keys[0].Audited)
	require.Nil(t, f.Vhosts["w"].Open)

	f, err = facts.Decode([]byte(`{"tunnel a": {"enabled": "yes"}, "keys lib.nix": {"members": []}}`))
	require.NoError(t, err)
	require.Len(t, f.Unreadable, 2, "the repo declares them")
	_, err = facts.Decode([]byte(`{"access": {"security": 5}}`))
	require.ErrorContains(t, err, "access")
}
