package specification_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/plan"
)

// able is a service of several users, or of one, that can do what is listed:
// oidc, header, off, key.
func able(several bool, can ...string) service {
	return container("linkding").but(func(in *plan.Input) {
		e := *in.Entry
		yes := func(a catalog.Ability) catalog.Ability {
			a.Support, a.Source, a.Seen = catalog.Yes, "https://docs.example/login", "2026-11-20"
			return a
		}
		no := catalog.Ability{Support: catalog.No, Source: "https://docs.example/login", Seen: "2026-11-20"}
		e.Auth = catalog.Auth{OIDC: no, TrustedHeader: no, Disable: no, APIKey: no, MultiUser: no}
		if several {
			e.Auth.MultiUser = yes(catalog.Ability{})
		}
		for _, c := range can {
			switch c {
			case "oidc":
				e.Auth.OIDC = yes(catalog.Ability{Environment: map[string]string{"OIDC_URL": "{discovery}", "OIDC_ID": "{clientId}"}, Secret: "OIDC_SECRET", Callback: "/oidc/callback"})
			case "header":
				e.Auth.TrustedHeader = yes(catalog.Ability{Header: "Remote-User", Environment: map[string]string{"PROXY_AUTH": "True"}, AutoCreate: catalog.Yes})
			case "off":
				e.Auth.Disable = yes(catalog.Ability{Environment: map[string]string{"LOGIN": "off"}})
			case "key":
				e.Auth.APIKey = yes(catalog.Ability{Header: "x-api-key", Pages: catalog.Yes, Secret: "APP_KEY"})
			}
		}
		in.Entry = &e
	})
}

// chosen requires the way to log in, and that each way before it was refused
// with a reason.
func chosen(t *testing.T, s service, want string, refused ...string) outcome {
	t.Helper()
	o := s.made(t)
	require.Equal(t, want, o.String("auth"))
	var ways []string
	for _, r := range o.decision("auth").Rejected {
		require.NotEmpty(t, r.Reason)
		ways = append(ways, r.Value.(string))
	}
	require.Equal(t, refused, ways)
	return o
}

// loginRows are the order in which ways to log in are tried, the patterns that
// write them, and the matrix of scenarios.
var loginRows = []row{
	{"login/1 Native OIDC: first for several users", func(t *testing.T) {
		chosen(t, able(true, "oidc", "header", "off", "key"), "oidc")
	}},
	{"login/2 Trusted Header Auth: several users, no OIDC", func(t *testing.T) {
		chosen(t, able(true, "header", "off", "key"), "trusted-header", "oidc")
	}},
	{"login/3 Disable native auth and caddySecurity: first for a single user", func(t *testing.T) {
		chosen(t, able(false, "oidc", "header", "off", "key"), "caddy-security")
		chosen(t, able(true, "off", "key"), "caddy-security", "oidc", "trusted-header")
	}},
	{"login/4 Hybrid Auth: a key, and native auth stays on", func(t *testing.T) {
		chosen(t, able(false, "oidc", "header", "key"), "hybrid", "caddy-security")
		chosen(t, able(true, "key"), "hybrid", "oidc", "trusted-header", "caddy-security")
	}},
	{"login/5 Built-in Auth only: last resort", func(t *testing.T) {
		chosen(t, able(true), "builtin", "oidc", "trusted-header", "caddy-security", "hybrid")
		chosen(t, able(false), "builtin", "caddy-security", "hybrid", "oidc", "trusted-header")
	}},
	{"login/6 None: never for a page unless said", func(t *testing.T) {
		for _, several := range []bool{true, false} {
			require.NotEqual(t, "none", able(several).made(t).String("auth"))
		}
		o := bookmarks("auth=none").made(t)
		require.Equal(t, "user", o.decision("auth").Rule)
		require.Contains(t, strings.Join(o.Notes, "\n"), "Nobody has to log in")
		require.Equal(t, "none", withoutPage().made(t).String("auth"), "there is nothing to log in to")
	}},
	{"login/research: what is not known is asked, where it decides", func(t *testing.T) {
		s := able(true, "header").but(func(in *plan.Input) {
			e := *in.Entry
			e.Auth.OIDC = catalog.Ability{}
			in.Entry = &e
		})
		p := s.open(t)
		require.Equal(t, []string{"auth"}, asked(p))
		require.Contains(t, p.Questions[0].Why, "oidc (nobody has looked it up)")
		require.Equal(t, "trusted-header", p.Questions[0].Default)
	}},
	{"login/pattern 1 Native OIDC: client, secret and redirect", func(t *testing.T) {
		o := able(true, "oidc").made(t)
		require.Contains(t, o.module, `OIDC_URL = "https://id.${config.networking.domain}/.well-known/openid-configuration";`)
		require.Contains(t, o.module, `OIDC_ID = "linkding";`)
		require.Contains(t, o.host, `OIDC_SECRET=${config.sops.placeholder."linkding/oidc-secret"}`)
		require.Equal(t, "https://linkding.home.example/oidc/callback", o.want(plan.PromiseClient)["callback"])
		require.Contains(t, o.Checklist[stepOf(t, o, "make a client")].What, "redirect URL https://linkding.home.example/oidc/callback")
	}},
	{"login/pattern 2 Disable native auth: off in the software, on at the proxy", func(t *testing.T) {
		o := able(false, "off").made(t)
		require.Contains(t, o.module, `LOGIN = "off";`)
		require.Contains(t, o.host, "caddySecurity = forgeDefaults.caddySecurity.")
		require.Equal(t, "LOGIN", o.want(plan.PromiseLogin)["variables"])
	}},
	{"login/pattern 3 Trusted Header: the proxy sets it, and only the proxy reaches the service", func(t *testing.T) {
		o := able(true, "header").made(t)
		require.Contains(t, o.host, "header_up Remote-User {http.request.header.X-Token-User-Email}")
		require.Contains(t, o.module, `PROXY_AUTH = "True";`)
		require.Contains(t, o.module, `ports = [ "127.0.0.1:${toString cfg.port}:9090" ];`)
		able(true, "header").with("auth=trusted-header", "network=media-services").refused(t, "reaches the service without the proxy")
	}},
	{"login/pattern 4 Hybrid: the proxy sends the key from its environment", func(t *testing.T) {
		o := able(false, "key").made(t)
		require.Contains(t, o.host, "header_up x-api-key {$LINKDING_API_KEY}")
		require.Contains(t, o.host, `LINKDING_API_KEY=${config.sops.placeholder."linkding/app-key"}`)
		require.Contains(t, o.host, "caddySecurity = forgeDefaults.caddySecurity.")
		require.NotContains(t, o.module, "app-key", "the software reads it from the environment alone")
	}},
	{"login/pattern 5 caddySecurity only: software without a login", func(t *testing.T) {
		o := container("prometheus", "category=Monitoring").called("watch").made(t)
		require.Equal(t, "caddy-security", o.String("auth"))
		require.Equal(t, "it has no login of its own", o.decision("auth").Reason)
		require.Empty(t, o.promises(plan.PromiseLogin), "nothing has to be turned off")
	}},
	{"scenario/Several users, roles and permissions: OIDC", func(t *testing.T) {
		for _, name := range []string{"mealie", "paperless-ngx"} {
			require.Equal(t, "oidc", container(name, "category=productivity").on("example-registry").made(t).String("auth"))
		}
	}},
	{"scenario/Several users, auth proxy headers: trusted header", func(t *testing.T) {
		s := container("grafana", "category=observability").called("charts").on("example-registry")
		require.Equal(t, "oidc", s.made(t).String("auth"), "it can do both, and OIDC goes first")
		without := s.but(func(in *plan.Input) {
			in.Facts.Identity.Providers = nil
			delete(in.Facts.Vhosts, "pocketid")
		}).made(t)
		require.Equal(t, "trusted-header", without.String("auth"))
		require.Contains(t, without.module, `GF_AUTH_PROXY_HEADER_NAME = "Remote-User";`)
	}},
	{"scenario/Single user, login can be off: caddySecurity", func(t *testing.T) {
		for _, name := range []string{"radarr", "prowlarr"} {
			require.Equal(t, "caddy-security", container(name).made(t).String("auth"))
		}
	}},
	{"scenario/Login stays on, has a key: hybrid", func(t *testing.T) {
		require.Equal(t, "hybrid", container("paperless-ai").made(t).String("auth"))
	}},
	{"scenario/Login stays on, no key: built-in", func(t *testing.T) {
		o := container("plex").made(t)
		require.Equal(t, "builtin", o.String("auth"))
		require.Equal(t, map[string]string{"policy": ""}, o.want(plan.PromiseAuth))
	}},
	{"scenario/Internal API: none", func(t *testing.T) {
		o := withoutPage().made(t)
		require.Equal(t, "none", o.String("auth"))
		require.True(t, o.absent(plan.AbsentVhost), "nobody reaches it from outside")
	}},
}

// stepOf is the index of the step of the checklist that says something.
func stepOf(t *testing.T, o outcome, says string) int {
	t.Helper()
	for i, s := range o.Checklist {
		if strings.Contains(s.What+" "+s.Command, says) {
			return i
		}
	}
	require.Fail(t, "no step", "%s in %+v", says, o.Checklist)
	return -1
}
