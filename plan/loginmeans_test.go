package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// steps are the texts of the checklist.
func steps(p *plan.Plan) string {
	var b strings.Builder
	for _, s := range p.Checklist {
		b.WriteString(s.When + ": " + s.What + " " + s.Command + "\n")
	}
	return b.String()
}

func variables(p *plan.Plan) map[string]string {
	all := map[string]string{}
	for _, v := range p.Model.Environment {
		all[v.Name] = v.Value
	}
	return all
}

// TestClient: the software is told the identity provider and itself, and the
// identity provider's administrator what to enter.
func TestClient(t *testing.T) {
	p := made(t, signed(known(can(), all)))
	require.Equal(t, map[string]string{
		"ID": "linkding", "WELL_KNOWN": "https://id.holthome.net/.well-known/openid-configuration", "BACK": "https://linkding.holthome.net/oidc/callback",
		"AT": "https://id.holthome.net/x", "URL": "https://linkding.holthome.net", "NAME": "linkding.holthome.net:9090",
	}, variables(p))
	require.Equal(t, []string{"CLIENT_SECRET"}, p.Model.SecretNames)
	require.Equal(t, "what the login needs", decision(t, p, "environment.ID").Rule)
	require.Empty(t, p.Model.Auth.Policy, "a login before the login would keep programs out")
	provider := decision(t, p, "identityProvider")
	require.Equal(t, "https://id.holthome.net", provider.Value)
	require.Equal(t, "modules.services.caddy.providers.sso", provider.Evidence[0].Option)
	require.Equal(t, []want{{
		"issuer": "https://id.holthome.net", "hostName": "linkding.holthome.net", "unit": "podman-linkding",
		"callback": "https://linkding.holthome.net/oidc/callback", "secret": "CLIENT_SECRET",
	}}, wanted(p, plan.PromiseClient))
	require.Equal(t, []want{{"unit": "podman-linkding", "variables": "AT BACK ID NAME URL WELL_KNOWN"}}, wanted(p, plan.PromiseLogin))
	require.Contains(t, steps(p), "before deployment: make a client at https://id.holthome.net, with id linkding and redirect URL https://linkding.holthome.net/oidc/callback; "+
		"let the groups use it that shall; its secret is the value of CLIENT_SECRET")
	require.Contains(t, steps(p), "# linkding: client-secret: <value>")

	in := signed(known(can(), func(a *catalog.Auth) { a.OIDC = can() }))
	p = made(t, in)
	require.Contains(t, steps(p), "and the redirect URL that its documentation names, on https://linkding.holthome.net")
	require.Contains(t, steps(p), "after deployment: the client must be set up in its settings, see "+page)
	require.Empty(t, promises(p, plan.PromiseLogin), "nothing is told the software")
}

// TestProvider: the one that the proxy uses, else one that runs on the host.
func TestProvider(t *testing.T) {
	one := func(issuer, discovery *string) []facts.IdentityProvider {
		return []facts.IdentityProvider{{Name: "x", Path: "p", Issuer: issuer, Discovery: discovery}}
	}
	for name, c := range map[string]struct {
		change func(*plan.Input)
		issuer string
		known  string
	}{
		"address alone": {func(in *plan.Input) { in.Facts.Identity.Providers = one(ptr("https://a.b/realm/"), nil) }, "https://a.b/realm", "https://a.b/realm/.well-known/openid-configuration"},
		"description alone": {func(in *plan.Input) {
			in.Facts.Identity.Providers = one(nil, ptr("https://a.b/r/.well-known/openid-configuration"))
		}, "https://a.b/r", "https://a.b/r/.well-known/openid-configuration"},
		"described elsewhere": {func(in *plan.Input) {
			in.Facts.Identity.Providers = one(ptr("https://a.b"), ptr("https://c.d/about.json"))
		}, "https://a.b", "https://c.d/about.json"},
		"a service of the host": {func(in *plan.Input) {
			in.Facts.Identity.Providers = one(ptr("https://a.b/{$X} y"), nil)
			in.Facts.Vhosts["pocket-id"] = facts.Vhost{Enable: true, HostName: ptr("id.x")}
			in.Facts.Vhosts["authelia"] = facts.Vhost{HostName: ptr("off.x")}
		}, "https://id.x", "https://id.x/.well-known/openid-configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			in := signed(known(can(), all))
			c.change(&in)
			p := made(t, in)
			require.Equal(t, "oidc", p.String("auth"))
			require.Equal(t, c.issuer, p.String("identityProvider"))
			require.Equal(t, c.known, variables(p)["WELL_KNOWN"])
			require.Equal(t, c.issuer+"/x", variables(p)["AT"])
		})
	}
}

// TestTrusted: the proxy sets the header of every request.
func TestTrusted(t *testing.T) {
	auth := known(can(), func(a *catalog.Auth) { all(a); a.OIDC = cannot() })
	p := made(t, signed(auth))
	require.Equal(t, []string{"header_up Remote-User {http.request.header.X-Token-User-Email}"}, p.Model.Auth.ProxyLines)
	require.Equal(t, map[string]string{"TRUST": "Remote-User"}, variables(p))
	require.Equal(t, []want{{"policy": "media", "port": "9090", "address": "127.0.0.1", "line": p.Model.Auth.ProxyLines[0]}}, wanted(p, plan.PromiseHeader))
	require.NotContains(t, steps(p), "accounts must be made")

	auth.TrustedHeader.Header, auth.TrustedHeader.AutoCreate = "x-token-user-email", ""
	p = made(t, signed(auth))
	require.Empty(t, p.Model.Auth.ProxyLines, "the authorization sets that one itself")
	require.NotContains(t, wanted(p, plan.PromiseHeader)[0], "line")
	require.Contains(t, steps(p), "accounts must be made for people by hand")

	in := signed(auth)
	in.Facts.Policies[0].Injects = ptr(false)
	require.Equal(t, "media", made(t, in).Model.Auth.Policy)
	in.Facts.Policies[1].Injects = ptr(false)
	refused(t, with(in, "auth=trusted-header"), "no authorization policy of host forge tells the service who was let in")
}

// TestKey: the proxy sends the key from a variable of its own, which the service
// adds to the template that the proxy reads.
func TestKey(t *testing.T) {
	auth := known(cannot(), func(a *catalog.Auth) { a.APIKey = can(pageKey) })
	p := made(t, signed(auth))
	require.Equal(t, "hybrid", p.String("auth"))
	require.Equal(t, []string{"header_up X-Api-Key {$LINKDING_API_KEY}"}, p.Model.Auth.ProxyLines)
	require.Equal(t, []string{"APP_KEY"}, p.Model.SecretNames)
	require.Len(t, p.Model.Lines, 1)
	line := p.Model.Lines[0]
	require.Equal(t, []string{"caddy-env", "LINKDING_API_KEY", "linkding/app-key", ""}, []string{line.Template, line.Variable, line.Secret, line.Unit}, "the same secret for both")
	require.Equal(t, []want{{"line": p.Model.Auth.ProxyLines[0], "variable": "LINKDING_API_KEY"}}, wanted(p, plan.PromiseKey))
	require.Contains(t, steps(p), "ssh forge systemctl restart caddy.service")
	require.NotContains(t, steps(p), "make what linkding/app-key stands for", "the software is given it")

	auth.APIKey.Secret, auth.APIKey.Prefix = "", "Bearer "
	p = made(t, signed(auth))
	require.Equal(t, []string{`header_up X-Api-Key "Bearer {$LINKDING_API_KEY}"`}, p.Model.Auth.ProxyLines)
	require.Equal(t, "linkding/api-key", p.Model.Lines[0].Secret)
	require.Contains(t, steps(p), "before deployment: add linkding/api-key; any value will do")
	require.Contains(t, steps(p), "after deployment: make what linkding/api-key stands for in the settings of Linkding")
	require.Contains(t, wanted(p, plan.PromiseSecret), want(nil))

	in := signed(auth)
	in.Facts.Identity.Templates = nil
	line = made(t, in).Model.Lines[0]
	require.Equal(t, []string{"linkding-proxy-env", "caddy"}, []string{line.Template, line.Unit}, "a template of its own where the proxy reads none")
	in = signed(auth)
	in.Facts.Templates["caddy-env"] = facts.Template{Variables: []string{"LINKDING_API_KEY"}}
	p = made(t, in)
	require.Empty(t, p.Model.Lines)
	require.Contains(t, p.Notes, "The proxy has a variable LINKDING_API_KEY already, in template caddy-env: it is taken as the key.")

	for reason, change := range map[string]func(*plan.Input){
		"the catalog does not say which header its key is sent in": func(in *plan.Input) { in.Entry.Auth.APIKey.Header = "X Api\nKey" },
		"which header its key is sent in":                          func(in *plan.Input) { in.Entry.Auth.APIKey.Prefix = `"} ` },
		"virtual hosts of the host cannot set a header":            func(in *plan.Input) { in.Facts.Hubs[facts.Proxy].Fields = nil },
		"the host has no sops":                                     func(in *plan.Input) { in.Facts.Host.SOPS = false },
		"it is not known which unit the proxy is":                  func(in *plan.Input) { in.Facts.Identity.Unit = nil },
	} {
		in := signed(auth)
		change(&in)
		require.Equal(t, "builtin", made(t, in).String("auth"))
		refused(t, with(in, "auth=hybrid"), reason)
	}
	auth.APIKey.Pages = ""
	p = made(t, with(signed(auth), "auth=hybrid"))
	require.Contains(t, p.Notes, "Nothing says that the key of Linkding opens its pages too, and not only its API.")
}

// TestOwnLoginOff: the proxy asks in the software's place.
func TestOwnLoginOff(t *testing.T) {
	auth := known(can(), func(a *catalog.Auth) { a.Disable = can(off) })
	p := made(t, signed(auth))
	require.Equal(t, map[string]string{"LOGIN": "off"}, variables(p))
	require.Equal(t, "media", p.Model.Auth.Policy)
	require.Equal(t, []want{{"unit": "podman-linkding", "variables": "LOGIN"}}, wanted(p, plan.PromiseLogin))
	require.Contains(t, p.Notes, "Linkding tells people apart, but not behind this login: everyone who is let in is the same user in it.")
	auth.Disable = can(func(a *catalog.Ability) { a.Manual, a.Note = "untick the box", "the box is in the menu" })
	p = made(t, signed(auth))
	require.Contains(t, steps(p), "after deployment: untick the box")
	require.Contains(t, p.Notes, "Linkding: the box is in the menu.")
	auth.Disable = cannot()
	require.Contains(t, made(t, with(signed(auth), "auth=caddy-security")).Notes, "The login of Linkding stays on: people log in twice, to the proxy and to it.")
	auth.Disable = catalog.Ability{}
	require.Contains(t, made(t, with(signed(auth), "auth=caddy-security")).Notes[0], "Nobody has looked up whether Linkding can do without its own login")
}

// TestSaidAgainstTheCatalog: what the user says is planned, and what speaks
// against it is told.
func TestSaidAgainstTheCatalog(t *testing.T) {
	in := signed(known(can(), func(a *catalog.Auth) { all(a); a.OIDC = cannot() }))
	p := made(t, with(in, "auth=oidc", "secrets=X"))
	d := decision(t, p, "auth")
	require.Equal(t, "user", d.Rule)
	require.Equal(t, []plan.Rejected{
		{Value: "trusted-header", Reason: "it would be chosen: it takes the proxy's word for who somebody is"},
		{Value: "oidc", Reason: "the catalog says that it cannot: " + page + " (2026-11-20)", Source: "catalog"},
	}, d.Rejected)
	require.Contains(t, p.Notes[0], "The catalog says that Linkding cannot do auth oidc")
	refused(t, with(in, "auth=oidc"), "the software must be given its client's secret")
	require.Empty(t, decision(t, made(t, with(in, "auth=trusted-header")), "auth").Rejected, "it is what would be chosen")
	in.Facts.Identity.Providers = nil
	in.Entry.Auth.OIDC = can(oidc)
	refused(t, with(in, "auth=oidc"), "use auth oidc: the host has no identity provider that is known")
	in.Entry.Auth.APIKey = cannot()
	refused(t, with(in, "auth=hybrid"), "no source tells of a key of linkding; write apiKey with its header into an entry below .scaffold/catalog")

	in = signed(known(can(), all))
	in.Entry.Environment = map[string]string{"URL": "http://elsewhere", "MORE": "x"}
	p = made(t, with(in, "environment.ID=mine"))
	require.Equal(t, "mine", variables(p)["ID"])
	require.Equal(t, "https://linkding.holthome.net", variables(p)["URL"], "what the login needs goes before the rest of the catalog")
	require.Equal(t, "x", variables(p)["MORE"])
	require.Contains(t, p.Notes, `ID is "mine" as you said; the catalog would set "linkding" for the login.`)
	require.NotContains(t, wanted(p, plan.PromiseLogin)[0]["variables"], " ID ")
	refused(t, with(in, "secrets=ID"), "ID is in environment too")
}

// TestNativeLogin: by options of the NixOS module where it has them, else by
// variables.
func TestNativeLogin(t *testing.T) {
	auth := known(can(), func(a *catalog.Auth) {
		a.OIDC = can(oidc, func(a *catalog.Ability) {
			a.Settings = map[string]any{"settings.oidc.url": "{issuer}", "settings.oidc.on": true, "sso.more": []any{"{host}:{port}", map[string]any{"k": "{clientId}", "n": 3}}}
		})
	})
	native := func(options map[string]facts.NativeOption) plan.Input {
		in := with(signed(auth), nativeAnswers...)
		in.Facts.Native = &facts.NativeModule{Options: options, Units: map[string]facts.UnitDetail{"linkding": {Starts: true}}}
		return in
	}
	p := made(t, native(map[string]facts.NativeOption{"settings": {Type: "submodule"}, "sso": {Type: "set", Fields: []string{"more"}}}))
	require.Equal(t, []plan.Setting{
		{Path: []string{"settings", "oidc", "on"}, Value: true},
		{Path: []string{"settings", "oidc", "url"}, Value: "https://id.holthome.net"},
		{Path: []string{"sso", "more"}, Value: []any{"linkding.holthome.net:9090", map[string]any{"k": "linkding", "n": 3}}},
	}, p.Model.Auth.Settings)
	require.Empty(t, variables(p))
	require.Equal(t, []want{{"unit": "linkding", "settings": "settings.oidc.on settings.oidc.url sso.more"}}, wanted(p, plan.PromiseLogin))
	require.Equal(t, []string{"CLIENT_SECRET"}, p.Model.SecretNames)
	for name, options := range map[string]map[string]facts.NativeOption{
		"no such option":     {"settings": {Type: "submodule"}},
		"no such member":     {"settings": {Type: "submodule"}, "sso": {Type: "set", Fields: []string{"less"}}},
		"a set as an option": {"settings": {Type: "set"}, "sso": {Type: "set", Fields: []string{"more"}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := made(t, native(options))
			require.Empty(t, p.Model.Auth.Settings)
			require.Equal(t, "linkding.holthome.net:{port}", variables(p)["NAME"], "the module fills the port in")
		})
	}
}

// TestWidget: what the dashboard shows beyond a tile, where every secret in it
// can be defined.
func TestWidget(t *testing.T) {
	in := signed(known(can(), all))
	in.Entry.Widget = &catalog.Widget{Type: "linkding", Secrets: []string{"key", "user-name"}, Options: map[string]string{"version": "2", "at": "{url}"}, Fields: []string{"new"}, Source: page}
	p := made(t, in)
	w := p.Model.Widget
	require.Equal(t, []plan.Variable{{Name: "key", Value: "HOMEPAGE_VAR_LINKDING_API_KEY"}, {Name: "user-name", Value: "HOMEPAGE_VAR_LINKDING_USER_NAME"}}, w.Secrets)
	require.Equal(t, []plan.Variable{{Name: "at", Value: "https://linkding.holthome.net"}, {Name: "version", Value: "2"}}, w.Options)
	require.Equal(t, []string{"new"}, w.Fields)
	var secrets []string
	for _, l := range p.Model.Lines {
		require.Equal(t, "homepage-env", l.Template)
		secrets = append(secrets, l.Secret)
	}
	require.Equal(t, []string{"linkding/api-key", "linkding/homepage-user-name"}, secrets)
	require.Equal(t, "linkding", wanted(p, plan.PromiseTile)[0]["widget"])
	require.Equal(t, []plan.Evidence{{File: "catalog/linkding.yaml", Value: page}, {Option: "sops.templates.homepage-env"}}, decision(t, p, "widget").Evidence)

	in.Facts.Templates["homepage-env"] = facts.Template{Variables: []string{"HOMEPAGE_VAR_LINKDING_API_KEY", "HOMEPAGE_VAR_LINKDING_USER_NAME"}}
	require.Empty(t, made(t, in).Model.Lines, "they are defined already")

	require.Nil(t, made(t, with(in, "widget=no")).Model.Widget)
	delete(in.Facts.Templates, "homepage-env")
	p = made(t, in)
	require.Nil(t, p.Model.Widget, "nothing would define its key")
	require.Contains(t, strings.Join(p.Notes, "\n"), "The dashboard could show a widget of Linkding, but no template of secrets defines variables HOMEPAGE_VAR_...")
	refused(t, with(in, "widget=yes"), "read widget: no template of secrets defines variables HOMEPAGE_VAR_")
	in.Entry.Widget.Secrets = nil
	require.NotNil(t, made(t, in).Model.Widget, "it needs no secret")
	in.Facts.Hubs[facts.DashboardHub].Fields = nil
	require.Nil(t, made(t, in).Model.Widget)
	refused(t, with(in, "widget=yes"), "read widget: tiles of the host's dashboard have no widget")
	in.Entry.Widget = nil
	in.Facts.Hubs[facts.DashboardHub].Fields = []string{"widget"}
	refused(t, with(in, "widget=yes"), "read widget: the catalog knows of none for it")
	in.Facts.Hubs[facts.DashboardHub] = nil
	refused(t, with(in, "widget=yes"), "read widget: the host has no dashboard that would show it")
}

// TestChecklistOrder: what comes before deployment is told first.
func TestChecklistOrder(t *testing.T) {
	in := signed(known(can(), all))
	in.Entry.Widget = &catalog.Widget{Type: "x", Secrets: []string{"key"}}
	after := false
	for _, s := range made(t, in).Checklist {
		require.False(t, after && s.When == "before deployment", s.What)
		after = s.When == "after deployment"
	}
	require.True(t, after)
}

// TestAnswerStep asks where the service answers, unless the portal does instead.
func TestAnswerStep(t *testing.T) {
	for answers, want := range map[string]string{
		"auth=none":                         "https://linkding.holthome.net\n",
		"auth=none healthPath=/health":      "https://linkding.holthome.net/health\n",
		"auth=caddy-security healthPath=/h": "https://linkding.holthome.net\n",
	} {
		require.Contains(t, steps(made(t, with(repo(), strings.Fields(answers)...))), "see that it answers curl -fsS -o /dev/null -w '%{http_code}\\n' "+want, answers)
	}
}
