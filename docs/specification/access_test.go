package specification_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/plan"
)

// hook is an API that only machines use.
func hook(answers ...string) service {
	return unknown("hook", append([]string{"packaging=container", "image=ghcr.io/x/hook:1.0.0@" + digest, "containerPort=8080", "workload=stateless",
		"category=Infrastructure", "description=hooks of others", "page=no"}, answers...)...)
}

// notes are everything that is told beside the decisions.
func (o outcome) notes() string { return strings.Join(o.Notes, "\n") }

// guards requires that a text of the host's file is gone when the service is off.
func (o outcome) guards(text string) {
	o.t.Helper()
	before, after, ok := strings.Cut(o.host, "(lib.mkIf serviceEnabled {")
	require.True(o.t, ok)
	require.Contains(o.t, after, text)
	require.NotContains(o.t, before, text)
}

// accessRows are who gets in from outside, and without a person.
var accessRows = []row{
	{"matrix/Cloudflare Tunnel: public access, on request", func(t *testing.T) {
		o := bookmarks("tunnel=yes", "tunnelReason=shared with the family").made(t)
		require.Equal(t, map[string]string{"tunnel": "forge", "hostName": "bookmarks.home.example", "unit": "cloudflared-forge"}, o.want(plan.PromiseTunnel))
		require.Equal(t, "user", o.decision("tunnel").Rule)
		require.False(t, o.absent(plan.AbsentTunnel))
	}},
	{"matrix/Cloudflare Tunnel: internal, or through a VPN", func(t *testing.T) {
		for _, s := range []service{bookmarks(), bookmarks("tunnel=no"), container("linkding"), jellyfin()} {
			o := s.made(t)
			require.Empty(t, o.promises(plan.PromiseTunnel))
			require.True(t, o.absent(plan.AbsentTunnel), "that it is in none is promised")
			require.NotContains(t, o.text(), "cloudflare")
		}
		require.Contains(t, bookmarks().made(t).decision("tunnel").Reason, "reached from the network at home, or through a VPN")
	}},
	{"pattern/Cloudflare Tunnel: the host opts in, behind the guard", func(t *testing.T) {
		s := bookmarks("tunnel=yes", "tunnelReason=shared with the family")
		o := s.made(t)
		require.NotContains(t, o.module, "cloudflare", "the module stays as it is")
		o.guards("modules.services.caddy.virtualHosts.bookmarks.cloudflare = {")
		require.Contains(t, o.host, "# On the internet: shared with the family.\n")
		require.Contains(t, o.host, "# What guards it: single sign-on at the proxy, policy home.\n")
		s.proved(t)
		s.with("category=productivity", "tunnel=guests").on("example-registry").proved(t)
	}},
	{"pattern/Cloudflare Tunnel: one that the host has and runs", func(t *testing.T) {
		bookmarks("tunnel=elsewhere").refused(t, `"elsewhere" is unknown; the host has forge`)
		bookmarks("tunnel=yes").but(func(in *plan.Input) { in.Facts.Tunnels = nil }).refused(t, "has none that is on")
		bookmarks("tunnel=yes").but(func(in *plan.Input) { in.Facts.Access.TunnelField = nil }).refused(t, "have no field that puts them into one")
		withoutPage("tunnel=yes").refused(t, "without a virtual host")
	}},
	{"pattern/Cloudflare Tunnel: DNS made by the repo, or on the checklist", func(t *testing.T) {
		stepOf(t, bookmarks("tunnel=yes").made(t), "let bookmarks.home.example point to tunnel forge on the internet")
		stepOf(t, bookmarks("tunnel=forge", "category=productivity").on("example-registry").made(t), "see that cloudflared-forge has made a DNS record")
	}},
	{"pattern/Cloudflare Tunnel: what guards it and what that means is told", func(t *testing.T) {
		behind := bookmarks("tunnel=yes", "tunnelReason=shared with the family").made(t)
		require.Contains(t, behind.notes(), "anyone can send requests to https://bookmarks.home.example")
		require.Contains(t, behind.notes(), "What guards it: single sign-on at the proxy, policy home. If the network at home or a VPN is enough, leave tunnel out.")
		own := container("linkding", "tunnel=yes").made(t)
		require.Contains(t, own.notes(), "Requests reach Linkding before anyone has logged in")
		require.Contains(t, own.notes(), "Nothing says why it is on the internet")
		films := bookmarks("tunnel=yes", "workload=media").made(t)
		require.Contains(t, films.notes(), "a VPN is the better way to them from outside")
		key := bookmarks("tunnel=yes", "apiKeys=ci").made(t)
		require.Contains(t, key.notes(), "Whoever has key ci gets in from anywhere on the internet")
		stepOf(t, behind, "see from outside of your network that a login is asked for")
	}},
	{"refused/Unauthenticated services on the internet: a login, or said twice", func(t *testing.T) {
		s := bookmarks("auth=none", "tunnel=yes")
		s.refused(t, "from the internet neither; choose another auth; or say --set tunnelWithoutLogin=yes too")
		o := s.with("tunnelWithoutLogin=yes").made(t)
		require.Contains(t, o.notes(), "Everybody on the internet may use it, as you said twice")
		bookmarks("tunnel=yes", "tunnelWithoutLogin=yes").refused(t, "auth caddy-security has a login")
		bookmarks("tunnel=yes", "apiKeys=ci", "apiKeys.ci.networks=127.0.0.0/8").refused(t, "from where everything comes that the tunnel carries")
	}},
	{"scenario/Internal API: a static key", func(t *testing.T) {
		o := hook("apiKeys=ci").made(t)
		require.Equal(t, plan.CaddySecurity, o.Model.Auth.Kind, "who has no key is refused")
		require.Equal(t, "keys of machines need a login to pass", o.decision("auth").Rule)
		require.Equal(t, map[string]string{"vhost": "hook", "variable": "HOOK_CI_API_KEY", "header": "X-Api-Key", "paths": "", "networks": "", "audited": "true"}, o.want(plan.PromiseMachine))
		require.Equal(t, "ci", o.want(plan.PromiseUnasked)["keys"], "and nobody else passes the login")
		hook("apiKeys=ci", "auth=none").refused(t, "with auth none everything passes already")
		hook("apiKeys=ci", "auth=builtin").refused(t, "with auth builtin the proxy asks nobody")
		hook("apiKeys=ci", "auth=trusted-header").refused(t, "who is not asked could send any name")
		container("linkding", "apiKeys=ci").refused(t, "with auth oidc the proxy asks nobody")
	}},
	{"helper/mkStaticApiKey: and its variants, by what is said of the key", func(t *testing.T) {
		for _, c := range []struct{ answer, want string }{
			{"page=no", `(forgeDefaults.mkStaticApiKey "ci" "HOOK_CI_API_KEY")`},
			{"apiKeys.ci.paths=/hooks", `(forgeDefaults.mkStaticApiKeyWithPaths "ci" "HOOK_CI_API_KEY" [ "/hooks" ])`},
			{"apiKeys.ci.networks=10.0.0.0/8", `(forgeDefaults.mkStaticApiKeyWithNetworks "ci" "HOOK_CI_API_KEY" [ "10.0.0.0/8" ])`},
			{"apiKeys.ci.header=X-Ci", "(forgeDefaults.mkStaticApiKeyFull {"},
		} {
			require.Contains(t, hook("apiKeys=ci", c.answer).made(t).host, c.want)
		}
		plain := hook("apiKeys=ci").but(func(in *plan.Input) { in.Conventions.KeyHelpers = nil }).made(t)
		require.Contains(t, plain.host, `envVar = "HOOK_CI_API_KEY";`, "written out where the library has none")
		require.NotContains(t, hook("auth=caddy-security").made(t).text(), "staticApiKeys", "none unless said")
	}},
	{"helper/mkStaticApiKey: the value is a secret of the proxy", func(t *testing.T) {
		s := hook("apiKeys=ci")
		o := s.made(t)
		require.NotContains(t, o.module, "API_KEY", "the software knows nothing of it")
		require.Contains(t, o.host, `HOOK_CI_API_KEY=${config.sops.placeholder."hook/ci-api-key"}`)
		stepOf(t, o, "add key ci, a long random value and never an empty one")
		stepOf(t, o, "see that another value than that of key ci is refused")
		s.proved(t)
		s.with("category=infrastructure").on("example-registry").proved(t)
		s.but(func(in *plan.Input) { in.Facts.Host.SOPS = false }).refused(t, "the host has no sops")
	}},
	{"helper/bypassPaths: only said, and what passes is promised", func(t *testing.T) {
		s := container("radarr", "bypassPaths=/api,/ping", "bypassNetworks=10.0.0.0/8")
		o := s.made(t)
		require.Equal(t, map[string]string{"paths": "/api /ping", "networks": "10.0.0.0/8"}, o.want(plan.PromiseUnasked))
		require.Contains(t, o.notes(), "Nobody is asked for a login at what begins with /api, /ping")
		s.proved(t)
		closed := container("radarr").made(t).want(plan.PromiseUnasked)
		require.Empty(t, closed["paths"]+closed["keys"], "nothing passes by itself")
		container("paperless-ai", "bypassPaths=/api").refused(t, "the proxy sends the service's key along")
		bookmarks("apiKeys=ci", "apiKeys.ci.paths=/api/v1", "bypassPaths=/api").refused(t, "what it opens passes without it")
	}},
	{"helper/bypassPaths: told of where the software asks for its own key", func(t *testing.T) {
		o := container("radarr").but(func(in *plan.Input) {
			e := *in.Entry
			e.Auth.APIKey = catalog.Ability{Support: catalog.Yes, Source: "https://docs.example", Paths: []string{"/api"}}
			in.Entry = &e
		}).made(t)
		require.Contains(t, o.notes(), "--set bypassPaths=/api lets those pass that have it")
		require.Nil(t, o.Model.Bypass)
	}},
	{"type/API-only service: tile optional, check required", func(t *testing.T) {
		o := hook("auth=builtin").made(t)
		require.Empty(t, o.promises(plan.PromiseTile))
		require.True(t, o.absent(plan.AbsentTile))
		require.Equal(t, "https://hook.home.example", o.want(plan.PromiseProbe)["url"])
		require.Equal(t, "only machines use it", omitted(t, o, "dashboard"))
		shown := hook("auth=builtin", "page=yes").made(t)
		require.Len(t, shown.promises(plan.PromiseTile), 1)
		require.Len(t, shown.promises(plan.PromiseProbe), 1)
		unchecked := hook("auth=builtin", "probe=no").made(t)
		require.True(t, unchecked.absent(plan.AbsentProbe), "without, it was said")
		require.Equal(t, "as asked", omitted(t, unchecked, "black-box check"))
	}},
	{"type/Database or backend: a check of its port on request", func(t *testing.T) {
		port := withoutPage("probe=yes")
		o := port.made(t)
		require.Equal(t, map[string]string{"url": "tcp://127.0.0.1:9190", "conditions": "[CONNECTED] == true", "tells": "pushover", "failures": "3"}, o.want(plan.PromiseProbe))
		require.Empty(t, o.promises(plan.PromiseTile))
		port.proved(t)
		health := withoutPage("probe=yes", "healthPath=/health").made(t)
		require.Equal(t, "http://127.0.0.1:9190/health", health.want(plan.PromiseProbe)["url"])
		require.Equal(t, "it has no web page, and its unit is watched", omitted(t, withoutPage().made(t), "black-box check"))
		withoutPage("page=yes").refused(t, "read page")
	}},
}

// omitted is why something of the host was left out.
func omitted(t *testing.T, o outcome, what string) string {
	t.Helper()
	for _, l := range o.Model.LeftOut {
		if l.What == what {
			return l.Reason
		}
	}
	require.Fail(t, "it is not left out", what)
	return ""
}
