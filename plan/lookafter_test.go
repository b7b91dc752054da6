package plan_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	discovered "holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// TestLookSteps: what evaluation cannot see is left to somebody who looks.
func TestLookSteps(t *testing.T) {
	const watched = "after deployment: see that its tile is on the dashboard, and that its black-box check succeeds"
	at := func(answers ...string) string { return steps(made(t, with(repo(), answers...))) }
	require.Contains(t, at(), "after deployment: log in once at the proxy's portal, and see that Linkding does not ask again")
	require.Contains(t, at(), watched)
	require.Contains(t, at("auth=oidc", "secrets=CLIENT_SECRET"), "after deployment: log in once through the identity provider")
	require.NotContains(t, at("auth=none"), "log in")
	require.NotContains(t, at("web=no", "-auth"), "see that its")
	require.NotContains(t, at("page=no"), "log in", "nobody opens it")
	require.Contains(t, at("page=no"), "see that its black-box check succeeds")
	require.Contains(t, at(), "see that it answers curl -fsS -o /dev/null -w '%{http_code}\\n' https://linkding.holthome.net\n", "many programs refuse HEAD")
	in := repo()
	in.Facts.Hubs[facts.DashboardHub] = nil
	require.Contains(t, steps(made(t, in)), "after deployment: see that its black-box check succeeds")
	in.Facts.Hubs[facts.BlackBoxHub] = nil
	require.NotContains(t, steps(made(t, in)), "see that its")
}

// TestUnseenHealthCheck: whether an image can be checked is looked at, unless its
// layers were.
func TestUnseenHealthCheck(t *testing.T) {
	has := func(in plan.Input) bool {
		return slices.ContainsFunc(made(t, in).Checklist, func(s plan.Step) bool {
			return s.Command == `ssh forge "podman exec linkding sh -c 'command -v curl || command -v wget'"`
		})
	}
	require.True(t, has(repo()))
	seen := repo()
	seen.Image = &discovered.Image{Reference: image, Config: discovered.Config{HealthCheck: []string{"CMD", "true"}}}
	require.False(t, has(seen))
	require.False(t, has(unitRepo()))
}

// TestNewGroupOnTheDashboard: where any word is a category, one that is misspelt
// makes a group of its own.
func TestNewGroupOnTheDashboard(t *testing.T) {
	in := with(repo(), "category=medai")
	in.Conventions.Categories = []convention.Category{{File: "modules/default.nix"}}
	in.Facts.Hubs[facts.DashboardHub] = &facts.Hub{Path: []string{"modules", "homepage"}}
	const note = "Nothing on the dashboard is in group Medai yet; it has Media, Home Automation."
	require.Contains(t, made(t, in).Notes, note)
	require.NotContains(t, made(t, with(in, "web=no", "-auth")).Notes, note, "without a tile there is no group")
	require.NotContains(t, notes(made(t, with(in, "category=media"))), "Nothing on the dashboard")
}
