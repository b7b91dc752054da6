package verify_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// entry is what the catalog knows of a service: of logging in, what change says,
// and that it cannot do the rest.
func entry(name string, change func(*catalog.Entry)) *catalog.Entry {
	no := catalog.Ability{Support: catalog.No, Source: "https://docs.example/auth", Seen: "2026-11-20"}
	e := &catalog.Entry{Name: name, Category: "documents", File: "catalog/" + name + ".yaml", Auth: catalog.Auth{OIDC: no, TrustedHeader: no, Disable: no, APIKey: no, MultiUser: no}}
	change(e)
	return e
}

func can(a catalog.Ability) catalog.Ability {
	a.Support, a.Source, a.Seen = catalog.Yes, "https://docs.example/auth", "2026-11-20"
	return a
}

// known is what the catalog knows of the services of scenarios.
var known = map[string]*catalog.Entry{
	"client": entry("notes", func(e *catalog.Entry) {
		e.Auth.MultiUser = can(catalog.Ability{})
		e.Auth.OIDC = can(catalog.Ability{Environment: map[string]string{"OIDC_ISSUER": "{issuer}", "OIDC_CLIENT": "{clientId}"}, Secret: "OIDC_SECRET", Callback: "/oidc/callback"})
	}),
	"header": entry("notes", func(e *catalog.Entry) {
		e.Auth.MultiUser = can(catalog.Ability{})
		e.Auth.TrustedHeader = can(catalog.Ability{Header: "Remote-User", Environment: map[string]string{"PROXY_HEADER": "Remote-User"}})
	}),
	"key": entry("notes", func(e *catalog.Entry) {
		e.Auth.APIKey = can(catalog.Ability{Header: "X-Api-Key", Pages: catalog.Yes, Secret: "APP_KEY"})
		e.Widget = &catalog.Widget{Type: "notes", Secrets: []string{"key", "user"}}
	}),
	"off": entry("gotify", func(e *catalog.Entry) {
		e.Auth.Disable = can(catalog.Ability{Environment: map[string]string{"LOGIN": "off", "LISTEN": "{port} 5%"}})
	}),
	"native-client": entry("miniflux", func(e *catalog.Entry) {
		e.Auth.MultiUser = can(catalog.Ability{})
		e.Auth.OIDC = can(catalog.Ability{
			Settings: map[string]any{"config.OAUTH2_PROVIDER": "oidc", "config.OAUTH2_REDIRECT_URL": "{callback}", "config.OAUTH2_USER_CREATION": uint64(1)},
			Secret:   "OAUTH2_CLIENT_SECRET", Callback: "/oauth2/oidc/callback",
		})
	}),
	"native-header": entry("navidrome", func(e *catalog.Entry) {
		e.Auth.MultiUser = can(catalog.Ability{})
		e.Auth.TrustedHeader = can(catalog.Ability{Header: "Remote-User", AutoCreate: catalog.Yes, Settings: map[string]any{"settings.ExtAuth": map[string]any{"UserHeader": "Remote-User", "On": true, "More": []any{"x"}}}})
	}),
	"factory-key": entry("notes", func(e *catalog.Entry) {
		e.Auth.APIKey = can(catalog.Ability{Header: "Authorization", Prefix: "Bearer ", Pages: catalog.Yes})
	}),
}

func init() {
	notes := []string{"packaging=container", "image=ghcr.io/x/notes:1.0.0@" + digest, "containerPort=8080", "dataDir=/data", "workload=sqlite", "description=notes"}
	container := func(example, category string) scenario {
		return scenario{example, discover.Query{Service: "notes"}, said(append(slices.Clone(notes), "category="+category)...)}
	}
	native := func(name string, answers ...string) scenario {
		return scenario{"example", discover.Query{Service: name, Natives: []string{name}, Packages: []string{name}}, said(append(answers, "packaging=native", "category=Media")...)}
	}
	maps.Copy(scenarios, map[string]scenario{
		"client": container("example", "Productivity"), "header": container("example", "Productivity"), "key": container("example", "Productivity"),
		"factory-key": container("example-registry", "infrastructure"),
		"off": {"example", discover.Query{Service: "gotify", Packages: []string{"gotify-server"}}, said("packaging=unit", "package=gotify-server", "port=8070", "workload=sqlite",
			"arguments=--listen {address}:{port} --data {dataDir}", "category=Infrastructure")},
		"native-client": native("miniflux", "port=8585", "workload=stateless", "handover=credential"),
		"native-header": native("navidrome", "workload=sqlite"),
	})
}

// TestLoginLost: what people log in with is done otherwise than was decided, and
// the promise of it says so.
func TestLoginLost(t *testing.T) {
	kinds := func(k ...plan.PromiseKind) []plan.PromiseKind { slices.Sort(k); return k }
	guarded := func(text string) edit {
		return inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      "+text+"\n")
	}
	const security = "modules.services.caddy.security."
	for _, m := range []mutation{
		{"another client", "client", []edit{inModule(`OIDC_CLIENT = "notes";`, `OIDC_CLIENT = "other";`)}, kinds(plan.PromiseLogin), "another OIDC_CLIENT than was decided"},
		{"client that is not told", "client", []edit{inModule(`OIDC_CLIENT = `, `OIDC_CLIENTS = `)}, kinds(plan.PromiseLogin, plan.PromiseEnvironment), "the container has no OIDC_CLIENT"},
		{"client whose secret is another's", "client", []edit{inHost("OIDC_SECRET=$", "OIDC_SECRETS=$")}, kinds(plan.PromiseClient, plan.PromiseEnvironment), "no new template has OIDC_SECRET"},
		{"client of another host name", "client", []edit{inHost("hostName = serviceDomain;", `hostName = "x.home.example";`)}, kinds(plan.PromiseClient, plan.PromiseVhost), "the proxy calls it x.home.example"},
		{
			"identity provider at another address", "client",
			[]edit{guarded(security + `identityProviders.pocketid = { baseAuthUrl = lib.mkForce "https://id.x"; metadataUrl = lib.mkForce "https://id.x/.well-known/openid-configuration"; };` +
				"\n      modules.services.caddy.virtualHosts.pocketid.enable = lib.mkForce false;")},
			kinds(plan.PromiseClient, plan.PromiseNothing), "nothing on the host is https://id.home.example",
		},
		{"header that anybody can send", "header", []edit{inHost("            header_up Remote-User {http.request.header.X-Token-User-Email}\n", "")}, kinds(plan.PromiseHeader), "the proxy does not set the header"},
		{"header that the module does not hand on", "header", []edit{inModule(" reverseProxyBlock", "")}, kinds(plan.PromiseHeader), "the proxy does not set the header"},
		{"policy that does not say who it is", "header", []edit{guarded(security + "authorizationPolicies.home.injectHeaders = lib.mkForce false;")}, kinds(plan.PromiseHeader, plan.PromiseNothing), "policy home does not tell the service who was let in"},
		{"paths that nobody is asked for", "header", []edit{inHost("caddySecurity = forgeDefaults.caddySecurity.home;", `caddySecurity = forgeDefaults.caddySecurity.home // { bypassPaths = [ "/api" ]; };`)}, kinds(plan.PromiseHeader), "requests pass that the portal did not ask: bypassPaths"},
		{"paths with the key for everyone", "key", []edit{inHost("caddySecurity = forgeDefaults.caddySecurity.home;", `caddySecurity = forgeDefaults.caddySecurity.home // { bypassResources = [ "^/x" ]; };`)}, kinds(plan.PromiseKey), "requests pass that the portal did not ask: bypassResources"},
		{"policy lost", "header", []edit{inModule(" caddySecurity extraConfig", " extraConfig")}, kinds(plan.PromiseHeader, plan.PromiseAuth), "policy nothing"},
		{"port that the firewall lets in", "header", []edit{guarded("networking.firewall.allowedTCPPorts = [ 8080 ];")}, kinds(plan.PromiseHeader, plan.PromiseNothing), "the firewall lets port 8080 in"},
		{"port on every address", "header", []edit{inModule(`"127.0.0.1:${toString cfg.port}:8080"`, `"${toString cfg.port}:8080"`)}, kinds(plan.PromiseHeader, plan.PromiseListener), "is open to other hosts"},
		{"network with others", "header", []edit{inModule(`"--umask=0027"`, `"--umask=0027" "--network=media-services"`)}, kinds(plan.PromiseHeader), "reach it without the proxy"},
		{"address of a module on every interface", "native-header", []edit{inModule(`settings.Address = "127.0.0.1";`, `settings.Address = "0.0.0.0";`)}, kinds(plan.PromiseHeader), "settings.Address is not 127.0.0.1"},
		{"another option of a module", "native-header", []edit{inModule(`UserHeader = "Remote-User";`, `UserHeader = "X-User";`)}, kinds(plan.PromiseLogin), "another settings.ExtAuth.UserHeader than was decided"},
		{"client whose credential nobody writes", "native-client", []edit{inModule(`OAUTH2_CLIENT_SECRET="$`, `OAUTH2_SECRET="$`)}, kinds(plan.PromiseClient, plan.PromiseCredential), "nothing writes OAUTH2_CLIENT_SECRET before miniflux.service starts"},
		{"option of a module lost", "native-client", []edit{inModule("        config.OAUTH2_USER_CREATION = 1;\n", "")}, kinds(plan.PromiseLogin), "the NixOS module has no config.OAUTH2_USER_CREATION"},
		{"key that the proxy does not send", "key", []edit{inHost("header_up X-Api-Key", "header_up X-Api")}, kinds(plan.PromiseKey), "the proxy does not send it"},
		{"key in a variable that nothing defines", "key", []edit{inHost("        NOTES_API_KEY=$", "        NOTES_KEY=$")}, kinds(plan.PromiseKey), "no template defines NOTES_API_KEY"},
		{"key in a template that the proxy does not read", "key", []edit{inHost("sops.templates.caddy-env.content", "sops.templates.notes-x.content")}, kinds(plan.PromiseKey), "the proxy does not read the template that defines NOTES_API_KEY"},
		{"key of a factory's service", "factory-key", []edit{inHost("virtualHosts.notes.reverseProxyBlock", "virtualHosts.notes.extraConfig")}, kinds(plan.PromiseKey), "the proxy does not send it"},
		{"own login on", "off", []edit{inModule(`LOGIN = "off";`, `LOGIN = "on";`)}, kinds(plan.PromiseLogin), "the unit has another LOGIN than was decided"},
		{"another port than the module's", "off", []edit{inModule(`LISTEN = "${toString cfg.port} 5%%";`, `LISTEN = "8071 5%%";`)}, kinds(plan.PromiseLogin), "another LISTEN than was decided"},
		{"widget of another kind", "key", []edit{inHost(`type = "notes";`, `type = "other";`)}, kinds(plan.PromiseTile), "its widget is other"},
		{"widget whose secret nothing defines", "key", []edit{inHost("        HOMEPAGE_VAR_NOTES_USER=$", "        HOMEPAGE_NOTES_USER=$")}, kinds(plan.PromiseTile), "no template defines HOMEPAGE_VAR_NOTES_USER"},
	} {
		t.Run(m.name, func(t *testing.T) {
			st := prepare(t, m.scenario)
			after, systems := st.evaluate(t, m.edits...)
			results := verify.Check(st.plan, st.before, after, systems)
			require.Equal(t, m.broken, broken(results), "%+v", verify.Broken(results))
			seen := ""
			for _, r := range verify.Broken(results) {
				seen += r.Saw + "\n"
			}
			require.Contains(t, seen, m.saw)
		})
	}
}

// TestLoginGone: where what a promise looks at is not there, it is broken, and
// says what is missing.
func TestLoginGone(t *testing.T) {
	sum := func(s string) string { d := sha256.Sum256([]byte(s)); return hex.EncodeToString(d[:]) }
	model := &plan.Model{Packaging: plan.Container, Auth: plan.Access{
		Variables: []plan.Variable{{Name: "A", Value: "b"}},
		Settings:  []plan.Setting{{Path: []string{"s"}, Value: map[string]any{"t": true, "n": 2, "l": []any{"x"}}}},
	}}
	promise := func(kind plan.PromiseKind, want map[string]string) plan.Promise {
		return plan.Promise{Kind: kind, Subject: "x", Want: want}
	}
	good := func() *facts.Facts {
		f := facts.New()
		f.Containers["x"] = facts.Container{Digests: map[string]string{"A": sum("b")}, Ports: []string{"127.0.0.1:80:80"}}
		f.Native = &facts.NativeModule{Digests: map[string]string{"s.t": sum("true"), "s.n": sum("2")}}
		f.Vhosts["x"] = facts.Vhost{Enable: true, HostName: ptr("x.y"), Policy: ptr("p"), Backend: &facts.Backend{Host: ptr("127.0.0.1")}, ReverseProxyBlock: "\n  header_up H {$K}\n"}
		f.Vhosts["auth"] = facts.Vhost{Enable: true, HostName: ptr("id.y")}
		f.Policies = []facts.Policy{{Name: "p", Injects: ptr(true)}}
		f.Templates["e"] = facts.Template{Variables: []string{"K"}}
		f.Identity.Templates = []string{"e"}
		return f
	}
	login := promise(plan.PromiseLogin, map[string]string{"variables": "A", "settings": "s"})
	client := promise(plan.PromiseClient, map[string]string{"hostName": "x.y", "issuer": "https://id.y", "callback": "https://x.y/back"})
	header := promise(plan.PromiseHeader, map[string]string{"policy": "p", "port": "80", "address": "127.0.0.1", "line": "header_up H {$K}"})
	key := promise(plan.PromiseKey, map[string]string{"line": "header_up H {$K}", "variable": "K"})
	check := func(p plan.Promise, f *facts.Facts) verify.Result {
		return verify.Check(&plan.Plan{Model: model, Promises: []plan.Promise{p}}, facts.New(), f, nil)[0]
	}
	for _, p := range []plan.Promise{login, client, header, key} {
		r := check(p, good())
		require.True(t, r.Kept, "%s: %s", p.Kind, r.Saw)
		require.NotEmpty(t, r.Saw)
		require.False(t, check(p, facts.New()).Kept, "nothing is there")
	}
	for _, c := range []struct {
		promise plan.Promise
		change  func(*facts.Facts)
		saw     string
	}{
		{login, gone(containers, "x"), "there is no such container"},
		{login, on(containers, "x", func(c *facts.Container) { c.Digests = nil }), "the container has no A"},
		{login, func(f *facts.Facts) { f.Native = nil }, "there is no such NixOS module"},
		{login, func(f *facts.Facts) { f.Native.Digests["s.n"] = sum("3") }, "another s.n than was decided"},
		{client, on(vhosts, "x", func(v *facts.Vhost) { v.Enable = false }), "there is no such virtual host"},
		{client, on(vhosts, "x", func(v *facts.Vhost) { v.HostName = nil }), "the proxy calls it nothing"},
		{client, on(vhosts, "auth", func(v *facts.Vhost) { v.Enable = false }), "nothing on the host is https://id.y"},
		{header, on(vhosts, "x", func(v *facts.Vhost) { v.Backend = nil }), "the proxy does not ask on 127.0.0.1"},
		{header, on(vhosts, "x", func(v *facts.Vhost) { v.Policy = nil }), "policy nothing"},
		{header, on(containers, "x", func(c *facts.Container) { c.Networks = []string{"n"} }), "other containers on network n"},
		{header, func(f *facts.Facts) { f.Firewall.TCP = []int64{22, 80} }, "the firewall lets port 80 in"},
		{key, on(vhosts, "x", func(v *facts.Vhost) { v.ReverseProxyBlock = "# header_up H {$K}" }), "the proxy does not send it"},
		{key, func(f *facts.Facts) { f.Identity.Templates = nil }, "the proxy does not read the template that defines K"},
		{header, on(vhosts, "x", func(v *facts.Vhost) { v.Bypasses = []string{"bypassPaths"} }), "did not ask: bypassPaths"},
		{key, on(vhosts, "x", func(v *facts.Vhost) { v.Bypasses = []string{"staticApiKeys"} }), "did not ask: staticApiKeys"},
		{key, gone(templates, "e"), "no template defines K"},
	} {
		f := good()
		c.change(f)
		r := check(c.promise, f)
		require.False(t, r.Kept, c.saw)
		require.Contains(t, r.Saw, c.saw)
	}
	client.Want["callback"] = "https://z.y/back"
	require.Contains(t, check(client, good()).Saw, "people are sent back to https://z.y/back")
}
