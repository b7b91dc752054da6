package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// keyRepo is outsideRepo with helpers that make keys.
func keyRepo(answers ...string) plan.Input {
	in := outsideRepo(answers...)
	header := ptr("X-Api-Key")
	in.Conventions.KeyHelpers = map[string]facts.KeyHelper{
		"mkKey": {Takes: []string{}, Header: header}, "mkKeyFrom": {Takes: []string{"allowedNetworks"}, Header: header},
		"mkKeyFull": {Takes: []string{"name", "envVar", "headerName", "paths", "allowedNetworks"}, Named: true, Header: header},
		"mkKeyTo":   {Takes: []string{"paths"}, Header: header},
	}
	return in
}

func TestAPIKeys(t *testing.T) {
	p := made(t, keyRepo("apiKeys=ci, hook", "apiKeys.hook.paths=/hooks,/api"))
	require.Equal(t, []plan.APIKey{
		{Name: "ci", Variable: "LINKDING_CI_API_KEY", Secret: "linkding/ci-api-key", Header: "X-Api-Key", Audited: true, Helper: []string{"forgeDefaults", "mkKey"}},
		{Name: "hook", Variable: "LINKDING_HOOK_API_KEY", Secret: "linkding/hook-api-key", Header: "X-Api-Key", Paths: []string{"/hooks", "/api"}, Audited: true, Helper: []string{"forgeDefaults", "mkKeyTo"}},
	}, p.Model.Keys)
	require.Len(t, p.Model.Lines, 2)
	require.Equal(t, "caddy-env", p.Model.Lines[0].Template)
	require.Contains(t, p.String("apiKeys.hook"), "LINKDING_HOOK_API_KEY")
	require.Equal(t, "/hooks /api", promises(p, plan.PromiseMachine)[1].Want["paths"])
	require.Equal(t, map[string]string{"keys": "ci hook"}, promises(p, plan.PromiseUnasked)[0].Want)
	require.Len(t, promises(p, plan.PromiseSecret), 2)
	said := steps(p)
	require.Contains(t, said, "add key ci, a long random value and never an empty one, which would let everybody in")
	require.NotContains(t, said, "any value will do", "a key that anybody can guess is none")
	require.NotContains(t, said, "in the settings of Linkding", "the software knows nothing of it")
	require.Contains(t, said, `enter the key, which is not shown read -rs KEY; curl -fsS -o /dev/null -w '%{http_code}\n' -H "X-Api-Key: $KEY" https://linkding.holthome.net/hooks`)
	require.Contains(t, said, "restart the proxy: it reads the keys")
	in := keyRepo("apiKeys=ci")
	in.Facts.Restarts.Templates = map[string][]string{"caddy-env": {"caddy.service"}}
	require.NotContains(t, steps(made(t, in)), "restart the proxy", "sops does")
}

// TestKeyHelpers: the helper that needs least said, else one that takes all of
// it, else none.
func TestKeyHelpers(t *testing.T) {
	for _, c := range []struct {
		answers []string
		helper  string
	}{
		{nil, "mkKey"},
		{[]string{"apiKeys.ci.paths=/a"}, "mkKeyTo"},
		{[]string{"apiKeys.ci.networks=10.0.0.0/8"}, "mkKeyFrom"},
		{[]string{"apiKeys.ci.networks=10.0.0.0/8", "apiKeys.ci.paths=/a"}, "mkKeyFull"},
		{[]string{"apiKeys.ci.header=X-Ci"}, "mkKeyFull"},
		{[]string{"apiKeys.ci.audited=no"}, ""}, // the full one does not take it
	} {
		k := made(t, keyRepo(append(c.answers, "apiKeys=ci")...)).Model.Keys[0]
		if c.helper == "" {
			require.Nil(t, k.Helper, c.answers)
			continue
		}
		require.Equal(t, []string{"forgeDefaults", c.helper}, k.Helper, c.answers)
		require.Equal(t, c.helper == "mkKeyFull", k.Named)
	}
}

// TestKnownVariable: a variable that the proxy has is the key, and no secret is
// added.
func TestKnownVariable(t *testing.T) {
	p := made(t, keyRepo("apiKeys=ci", "apiKeys.ci.variable=OLD_KEY"))
	require.Empty(t, p.Model.Lines)
	require.Empty(t, promises(p, plan.PromiseSecret))
	require.Contains(t, notes(p), "The proxy has a variable OLD_KEY already")
	in := keyRepo("apiKeys=ci")
	in.Facts.Identity.Templates = nil
	p = made(t, in)
	require.Equal(t, "linkding-proxy-env", p.Model.Lines[0].Template)
	require.Equal(t, "caddy", p.Model.Lines[0].Unit)
}

// TestEveryNetwork: a limit that limits nothing is a mistake.
func TestEveryNetwork(t *testing.T) {
	for _, network := range []string{"0.0.0.0/0", "::/0", "10.0.0.0/8,::/0"} {
		refused(t, keyRepo("apiKeys=ci", "apiKeys.ci.networks="+network), "is every network; leave it out: all networks pass anyway")
		refused(t, keyRepo("bypassPaths=/api", "bypassNetworks="+network), "is every network; leave it out: all networks pass anyway")
	}
}

func TestMachinesRefused(t *testing.T) {
	for _, name := range []string{"apiKeys=ci", "bypassPaths=/api"} {
		refused(t, keyRepo(name, "auth=none"), "with auth none everything passes already")
		refused(t, keyRepo(name, "auth=builtin"), "with auth builtin the proxy asks nobody")
		refused(t, keyRepo(name, "auth=trusted-header"), "with auth trusted-header who is not asked could send any name")
		refused(t, with(keyRepo(name, "web=no"), "-auth"), "the proxy sends nothing to a service without a web page")
		in := keyRepo(name)
		in.Facts.Access.Security = nil
		refused(t, in, "single sign-on of the host's virtual hosts has no ")
	}
	refused(t, keyRepo("apiKeys.ci.paths=/a"), "read apiKeys.ci.paths: there is no key of that name; say --set apiKeys=ci too")
	refused(t, keyRepo("apiKeys=a,b", "apiKeys.a.variable=K", "apiKeys.b.variable=K"), "make keys a and b: both are in variable K")
	refused(t, keyRepo("bypassNetworks=10.0.0.0/8"), "read bypassNetworks: nothing passes unasked")
	refused(t, keyRepo("apiKeys=ci", "apiKeys.ci.paths=/api/v1", "bypassPaths=/api"), "make key ci: what it opens passes without it")
	in := keyRepo("apiKeys=ci")
	in.Facts.Host.SOPS = false
	refused(t, in, "the host has no sops")
	in = keyRepo("apiKeys=ci")
	in.Facts.Identity.Unit = nil
	refused(t, in, "it is not known which unit the proxy is")
	in = keyRepo("apiKeys=ci")
	in.Facts.Access.Keys = []string{"name"}
	refused(t, in, "have no name or no variable")
}

func TestMachineForms(t *testing.T) {
	for answer, why := range map[string]string{
		"apiKeys=Ci":                        "is no name of a key",
		"apiKeys=a,a":                       "is there twice",
		"apiKeys.ci.x=1":                    "known of a key are paths, networks, header, variable, audited",
		"apiKeys.C.paths=/a":                "is no name of a key",
		"apiKeys.ci.paths=a":                "is no absolute path",
		"apiKeys.ci.networks=10.0.0.1/8":    "is no network",
		"apiKeys.ci.header=X Y":             "is no name of a header",
		"apiKeys.ci.variable=x":             "is no name of an environment variable",
		"apiKeys.ci.audited=maybe":          "choose one of yes, no",
		"bypassPaths=/":                     "is no absolute path", // that would be no login at all
		"bypassNetworks=10.0.0.0/8,, 10/8 ": "is no network",
	} {
		require.Error(t, plan.CheckAnswers(with(outsideRepo(), answer).Answers), answer)
		require.ErrorContains(t, plan.CheckAnswers(with(outsideRepo(), answer).Answers), why, answer)
	}
}

func TestBypass(t *testing.T) {
	in := keyRepo("bypassPaths=/ping, /api", "bypassNetworks=10.0.0.0/8")
	in.Conventions.BypassHelpers = []convention.BypassHelper{
		{Policy: "admins", Helper: []string{"caddySecurity", "adminApi"}, Paths: []string{"/api", "/ping"}},
		{Policy: "media", Helper: []string{"caddySecurity", "mediaApi"}, Paths: []string{"/api", "/ping"}},
	}
	p := made(t, in)
	require.Equal(t, &plan.Bypass{Paths: []string{"/ping", "/api"}, Networks: []string{"10.0.0.0/8"}, Given: true}, p.Model.Bypass)
	require.Equal(t, []string{"forgeDefaults", "caddySecurity", "mediaApi"}, p.Model.Auth.Helper)
	require.Equal(t, map[string]string{"paths": "/ping /api", "networks": "10.0.0.0/8"}, promises(p, plan.PromiseUnasked)[0].Want)
	require.Contains(t, notes(p), "Nobody is asked for a login at what begins with /ping, /api")
	p = made(t, with(in, "bypassPaths=/api"))
	require.False(t, p.Model.Bypass.Given, "other paths than the helper has")
	require.Equal(t, []string{"forgeDefaults", "caddySecurity", "media"}, p.Model.Auth.Helper)
}

// TestBypassIsOffered: what others let pass is only told of.
func TestBypassIsOffered(t *testing.T) {
	in := keyRepo()
	in.Conventions.BypassHelpers = []convention.BypassHelper{{Policy: "media", Helper: []string{"caddySecurity", "mediaApi"}, Paths: []string{"/api"}}}
	require.NotContains(t, notes(made(t, in)), "bypassPaths")
	in.Entry = entry()
	in.Entry.Auth.APIKey.Support = catalog.Yes
	p := made(t, in)
	require.Contains(t, notes(p), "--set bypassPaths=/api lets requests there pass, as caddySecurity.mediaApi does for others")
	require.Nil(t, p.Model.Bypass)
	in.Entry.Auth.APIKey.Paths = []string{"/v1", "/feed"}
	require.Contains(t, notes(made(t, in)), "At /v1, /feed linkding asks for its key all the same, says the catalog: --set bypassPaths=/v1,/feed")
	require.NotContains(t, notes(made(t, with(in, "auth=builtin"))), "bypassPaths", "where the proxy asks nobody, nothing has to pass")
}

// TestForMachinesAlone: what nobody opens has no tile, and asks for a key.
func TestForMachinesAlone(t *testing.T) {
	p := made(t, with(keyRepo("page=no", "apiKeys=ci"), "-auth"))
	require.Equal(t, plan.CaddySecurity, p.Model.Auth.Kind)
	require.Equal(t, "keys of machines need a login to pass", decision(t, p, "auth").Rule)
	require.Empty(t, promises(p, plan.PromiseTile))
	require.Len(t, promises(p, plan.PromiseProbe), 1, "the black-box check stays")
	require.Contains(t, absent(p), plan.AbsentTile)
	p = made(t, keyRepo("probe=no"))
	require.Empty(t, promises(p, plan.PromiseProbe))
	require.Len(t, promises(p, plan.PromiseTile), 1)
	require.Contains(t, absent(p), plan.AbsentProbe)
	p = made(t, keyRepo("page=yes", "probe=yes"))
	require.NotContains(t, absent(p), plan.AbsentTile)
	refused(t, with(keyRepo("page=no", "web=no"), "-auth"), "read page: the proxy sends nothing")
}
