package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

const page = "https://docs.example/auth"

func can(change ...func(*catalog.Ability)) catalog.Ability {
	a := catalog.Ability{Support: catalog.Yes, Source: page, Seen: "2026-11-20"}
	for _, c := range change {
		c(&a)
	}
	return a
}

func cannot() catalog.Ability {
	return catalog.Ability{Support: catalog.No, Source: page, Seen: "2026-11-20"}
}

// signed is a host on which people sign in: the proxy has an identity provider,
// its policies tell who was let in, and its environment has a template.
func signed(auth catalog.Auth) plan.Input {
	in := with(repo(), "-auth")
	in.Entry = &catalog.Entry{Name: "linkding", DisplayName: "Linkding", Category: "documents", Auth: auth, File: "catalog/linkding.yaml"}
	hub := in.Facts.Hubs[facts.Proxy]
	hub.Fields = append(hub.Fields, "reverseProxyBlock")
	dashboard := in.Facts.Hubs[facts.DashboardHub]
	dashboard.Fields = append(dashboard.Fields, "widget")
	for i := range in.Facts.Policies {
		in.Facts.Policies[i].Injects = ptr(true)
	}
	in.Facts.Identity = facts.Identity{
		Providers: []facts.IdentityProvider{{Name: "sso", Path: "modules.services.caddy.providers", Discovery: ptr("https://id.holthome.net/.well-known/openid-configuration")}},
		Unit:      ptr("caddy"), Templates: []string{"caddy-env"},
	}
	in.Facts.Templates = map[string]facts.Template{"caddy-env": {Variables: []string{"TOKEN"}}, "homepage-env": {Variables: []string{"HOMEPAGE_VAR_SONARR_API_KEY"}}}
	return in
}

// known are what is known of a service's abilities, of which a test changes some.
func known(multi catalog.Ability, change func(*catalog.Auth)) catalog.Auth {
	a := catalog.Auth{OIDC: cannot(), TrustedHeader: cannot(), Disable: cannot(), APIKey: cannot(), MultiUser: multi}
	change(&a)
	return a
}

func oidc(a *catalog.Ability) {
	a.Environment = map[string]string{"ID": "{clientId}", "WELL_KNOWN": "{discovery}", "BACK": "{callback}", "AT": "{issuer}/x", "URL": "{url}", "NAME": "{host}:{port}"}
	a.Secret, a.Callback = "CLIENT_SECRET", "/oidc/callback"
}

func header(a *catalog.Ability) {
	a.Header, a.AutoCreate, a.Environment = "Remote-User", catalog.Yes, map[string]string{"TRUST": "Remote-User"}
}

func off(a *catalog.Ability) { a.Environment = map[string]string{"LOGIN": "off"} }

func pageKey(a *catalog.Ability) {
	a.Header, a.Prefix, a.Pages, a.Secret = "X-Api-Key", "", catalog.Yes, "APP_KEY"
}

func all(a *catalog.Auth) {
	a.OIDC, a.TrustedHeader, a.Disable, a.APIKey = can(oidc), can(header), can(off), can(pageKey)
}

// TestOrder: the first way that the software can and the host has what it needs
// for, in the order that its users call for.
func TestOrder(t *testing.T) {
	unknown := catalog.Ability{}
	without := func(fields ...string) func(*catalog.Auth) {
		return func(a *catalog.Auth) {
			all(a)
			for _, f := range fields {
				*map[string]*catalog.Ability{"oidc": &a.OIDC, "header": &a.TrustedHeader, "disable": &a.Disable, "key": &a.APIKey}[f] = cannot()
			}
		}
	}
	for _, c := range []struct {
		name     string
		multi    catalog.Ability
		change   func(*catalog.Auth)
		want     string
		rejected []string
		rule     string
	}{
		{"several users, everything", can(), all, "oidc", nil, "several users: OIDC"},
		{"several users, no OIDC", can(), without("oidc"), "trusted-header", []string{"oidc"}, "several users"},
		{"several users, nothing that knows them", can(), without("oidc", "header"), "caddy-security", []string{"oidc", "trusted-header"}, "several users"},
		{"several users, only a key", can(), without("oidc", "header", "disable"), "hybrid", []string{"oidc", "trusted-header", "caddy-security"}, "several users"},
		{"several users, nothing", can(), without("oidc", "header", "disable", "key"), "builtin", []string{"oidc", "trusted-header", "caddy-security", "hybrid"}, "several users"},
		{"one user, everything", cannot(), all, "caddy-security", nil, "one user"},
		{"one user, cannot be turned off", cannot(), without("disable"), "hybrid", []string{"caddy-security"}, "one user"},
		{"one user, no key either", cannot(), without("disable", "key"), "oidc", []string{"caddy-security", "hybrid"}, "one user"},
		{"one user, no OIDC either", cannot(), without("disable", "key", "oidc"), "trusted-header", []string{"caddy-security", "hybrid", "oidc"}, "one user"},
		{"one user, nothing", cannot(), without("oidc", "header", "disable", "key"), "builtin", []string{"caddy-security", "hybrid", "oidc", "trusted-header"}, "one user"},
		{"unknown users, OIDC", unknown, all, "oidc", nil, "several users, as one that can be told who somebody is has them"},
		{"unknown users, neither", unknown, without("oidc", "header"), "caddy-security", nil, "one user"},
		{"no login at all", cannot(), func(a *catalog.Auth) { a.None, a.Disable = true, can() }, "caddy-security", nil, "the proxy asks where the software does not"},
		{"a key that opens the API alone", cannot(), func(a *catalog.Auth) { a.APIKey = can(pageKey, func(a *catalog.Ability) { a.Pages = "" }) }, "builtin", []string{"caddy-security", "hybrid", "oidc", "trusted-header"}, "one user"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, signed(known(c.multi, c.change)))
			require.Empty(t, p.Questions, "what is known is not asked")
			d := decision(t, p, "auth")
			require.Equal(t, c.want, d.Value)
			require.True(t, strings.HasPrefix(d.Rule, c.rule), d.Rule)
			var rejected []string
			for _, r := range d.Rejected {
				rejected = append(rejected, r.Value.(string))
				require.NotEmpty(t, r.Reason)
			}
			require.Equal(t, c.rejected, rejected)
		})
	}
}

// TestOrderAsks: what is not known is asked where it decides, and only there.
func TestOrderAsks(t *testing.T) {
	for _, c := range []struct {
		name            string
		multi           catalog.Ability
		change          func(*catalog.Auth)
		want, otherwise string
	}{
		{"OIDC would be better", can(), func(a *catalog.Auth) { all(a); a.OIDC = catalog.Ability{} }, "", "trusted-header"},
		{"the header does not decide", can(), func(a *catalog.Auth) { all(a); a.TrustedHeader = catalog.Ability{Support: catalog.Unknown} }, "oidc", ""},
		{"whether it can be turned off", cannot(), func(a *catalog.Auth) { a.Disable = catalog.Ability{} }, "", "builtin"},
		{"nothing but a key, of which nothing is known", cannot(), func(a *catalog.Auth) { a.APIKey = catalog.Ability{} }, "builtin", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, signed(known(c.multi, c.change)))
			if c.want != "" {
				require.Empty(t, p.Questions)
				require.Equal(t, c.want, p.String("auth"))
				return
			}
			require.Len(t, p.Questions, 1)
			q := p.Questions[0]
			require.Equal(t, "auth", q.Name)
			require.Equal(t, c.otherwise, q.Default)
			require.Contains(t, q.Why, "nobody has looked it up")
			require.Contains(t, q.Why, "of what is known "+c.otherwise+" is best")
			require.Empty(t, p.Promises)
		})
	}
	in := signed(catalog.Auth{})
	in.Entry = nil
	q := made(t, in).Questions[0]
	require.Empty(t, q.Default)
	require.Contains(t, q.Why, "no source tells what it supports")
}

// TestAuthEvidence names the page that an ability was read on, and the options
// of the NixOS module that tell of it.
func TestAuthEvidence(t *testing.T) {
	p := made(t, signed(known(can(), func(a *catalog.Auth) { all(a); a.OIDC = cannot() })))
	d := decision(t, p, "auth")
	require.Equal(t, []plan.Evidence{
		{File: "catalog/linkding.yaml", Value: "trustedHeader: yes, " + page + " (2026-11-20)"},
		{File: "catalog/linkding.yaml", Value: "multiUser: yes, " + page + " (2026-11-20)"},
	}, d.Evidence)
	require.Equal(t, []plan.Rejected{{Value: "oidc", Reason: "it cannot: " + page + " (2026-11-20)"}}, d.Rejected)

	in := with(signed(known(can(), all)), nativeAnswers...)
	in.Facts.Native = &facts.NativeModule{
		Options: map[string]facts.NativeOption{}, Units: map[string]facts.UnitDetail{"linkding": {Starts: true}},
		Authentication: []facts.NativeAuthOption{{Path: "settings.oidc", Kind: facts.AuthOIDC}, {Path: "ldap", Kind: facts.AuthLDAP}},
	}
	require.Contains(t, decision(t, made(t, in), "auth").Evidence, plan.Evidence{Option: "services.linkding.settings.oidc", Value: "oidc"})
	in.Entry = nil
	require.Contains(t, made(t, in).Questions[0].Why, "its module has services.linkding.settings.oidc (oidc), services.linkding.ldap (ldap)")
}

// TestHostDecides: what a way needs must be there on the host.
func TestHostDecides(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   string
		reason string // why the first was not taken
	}{
		{"no identity provider", func(in *plan.Input) { in.Facts.Identity.Providers = nil }, "trusted-header", "the host has no identity provider that is known"},
		{"an identity provider without address", func(in *plan.Input) {
			in.Facts.Identity.Providers = []facts.IdentityProvider{{Name: "x", Issuer: ptr("not an address")}}
		}, "trusted-header", "the host has no identity provider that is known"},
		{"no sops", func(in *plan.Input) { in.Facts.Host.SOPS = false }, "trusted-header", "the client's secret cannot be handed over: the host has no sops"},
		{"no redirect path", func(in *plan.Input) { in.Entry.Auth.OIDC.Callback = "" }, "trusted-header", "the catalog does not say where the identity provider sends people back to"},
		{"no proxy", func(in *plan.Input) { in.Facts.Hubs[facts.Proxy] = nil }, "builtin", "the host has no reverse proxy that services register with"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := signed(known(can(), all))
			c.change(&in)
			p := made(t, in)
			require.Equal(t, c.want, p.String("auth"))
			require.Equal(t, c.reason, decision(t, p, "auth").Rejected[0].Reason)
		})
	}
	for _, c := range []struct {
		name, reason string
		change       func(*plan.Input)
	}{
		{"policies that tell nobody", "no authorization policy of the host can be used for it", func(in *plan.Input) {
			for i := range in.Facts.Policies {
				in.Facts.Policies[i].Injects = ptr(false)
			}
		}},
		{"policies of which it is not known", "no authorization policy of the host is known to tell the service who was let in", func(in *plan.Input) {
			for i := range in.Facts.Policies {
				in.Facts.Policies[i].Injects = nil
			}
		}},
		{"no header", "the catalog does not say which header it trusts", func(in *plan.Input) { in.Entry.Auth.TrustedHeader.Header = "" }},
		{"virtual hosts without a block", "virtual hosts of the host cannot set header Remote-User", func(in *plan.Input) {
			in.Facts.Hubs[facts.Proxy].Fields = []string{"hostName", "backend"}
		}},
		{"on a network with others", "every container on network media-services reaches the service without the proxy", func(in *plan.Input) { *in = with(*in, "network=media-services") }},
		{"on the host's network", "on the host's network nothing keeps the service to the address", func(in *plan.Input) { *in = with(*in, "hostNetwork=yes") }},
		{"on a network with its parts", "part w is on a network with the service, and reaches it without the proxy", func(in *plan.Input) {
			*in = with(*in, "parts.w.command=work")
			in.Facts.Hubs[facts.NetworksHub] = &facts.Hub{Path: []string{"modules", "networks"}, Fields: []string{"driver"}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := signed(known(can(), func(a *catalog.Auth) { all(a); a.OIDC = cannot() }))
			c.change(&in)
			d := decision(t, made(t, in), "auth")
			require.Equal(t, "caddy-security", d.Value)
			require.Contains(t, d.Rejected[1].Reason, c.reason)
		})
	}
}
