package convention_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

// TestBypassHelpers: a helper that lets paths pass is none for the policy alone,
// however short its name is.
func TestBypassHelpers(t *testing.T) {
	f := facts.New()
	set := func(policy string, fields map[string]any) any {
		fields["policy"] = policy
		return fields
	}
	f.Libraries["lib.nix"] = facts.Library{Members: map[string]facts.Member{"x": {Kind: "set"}}, Values: map[string]map[string]any{"login": {
		"api":   set("media", map[string]any{"bypassPaths": []any{"/api", "/ping"}}),
		"media": set("media", map[string]any{"bypassPaths": []any{}}),
		"open":  set("home", map[string]any{"bypassResources": []any{"^/x$"}}),
	}}}
	f.KeyHelpers["lib.nix"] = facts.KeyHelpers{Members: map[string]facts.KeyHelper{"mkKey": {}}}
	f.KeyHelpers["other.nix"] = facts.KeyHelpers{Members: map[string]facts.KeyHelper{"mkOther": {}}}
	f.Services["a"] = service("m/a.nix", "h/a.nix")
	c := convention.Derive(f, tree(map[string]string{"lib.nix": "{ }", "h/a.nix": "let d = import ../lib.nix { }; in { }"}))
	require.Equal(t, map[string][]string{"media": {"login", "media"}}, c.PolicyHelpers)
	require.Equal(t, []convention.BypassHelper{
		{Policy: "media", Helper: []string{"login", "api"}, Paths: []string{"/api", "/ping"}},
		{Policy: "home", Helper: []string{"login", "open"}, Paths: []string{"^/x$"}},
	}, c.BypassHelpers)
	require.Contains(t, c.KeyHelpers, "mkKey")
	require.NotContains(t, c.KeyHelpers, "mkOther")
}
