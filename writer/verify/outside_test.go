package verify_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

func init() {
	hooks := func(example string, answers ...string) scenario {
		return scenario{example, discover.Query{Service: "hooks"}, said(append([]string{"packaging=container", "image=ghcr.io/x/hooks:1.0.0@" + digest, "containerPort=8080",
			"workload=stateless", "description=hooks of others", "auth=caddy-security", "policy=media"}, answers...)...)}
	}
	maps.Copy(scenarios, map[string]scenario{
		"tunnel":         hooks("example", "category=Media", "tunnel=yes", "tunnelReason=hooks come from there", "apiKeys=ci,deploy", "apiKeys.deploy.paths=/hooks,/deploy", "bypassPaths=/ping"),
		"factory-tunnel": hooks("example-registry", "category=media", "tunnel=forge", "apiKeys=ci", "apiKeys.ci.networks=10.0.0.0/8", "bypassPaths=/ping,/api,/feed"),
		"key-machines": {"example", discover.Query{Service: "notes"}, said("packaging=container", "image=ghcr.io/x/notes:1.0.0@"+digest, "containerPort=8080", "dataDir=/data",
			"workload=sqlite", "description=notes", "category=Productivity", "apiKeys=ci")},
		"machines": hooks("example", "category=Media", "page=no", "probe=no", "bypassPaths=/ping", "bypassNetworks=10.0.0.0/8"),
	})
	known["key-machines"] = known["key"]
}

// TestOutsideBroken: who gets in is done otherwise than was decided, and the
// promise of it says so.
func TestOutsideBroken(t *testing.T) {
	guarded := func(text string) edit {
		return inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      "+text+"\n")
	}
	const vhost = "modules.services.caddy.virtualHosts."
	tile := "modules.services.homepage.contributions.hooks = { group = \"x\"; name = \"x\"; icon = \"x\"; href = \"x\"; description = \"x\"; };"
	probe := "modules.services.gatus.contributions.hooks = { name = \"x\"; url = \"x\"; };"
	for name, c := range map[string]struct {
		scenario string
		e        edit
		kind     plan.PromiseKind
		saw      string
	}{
		"no tunnel":                       {"tunnel", inHost("        enable = true;\n        tunnel =", "        enable = false;\n        tunnel ="), plan.PromiseTunnel, "it is in tunnel nothing"},
		"another tunnel":                  {"tunnel", inHost(`tunnel = "forge";`, `tunnel = "other";`), plan.PromiseTunnel, "it is in tunnel other"},
		"tunnel of another name":          {"tunnel", inHost("virtualHosts.hooks.cloudflare", "virtualHosts.pocketid.cloudflare"), plan.PromiseTunnel, "it is in tunnel nothing"},
		"tunnels are off":                 {"factory-tunnel", guarded("modules.services.cloudflared.enable = lib.mkForce false;"), plan.PromiseTunnel, "no tunnel forge that is on"},
		"no keys":                         {"tunnel", inHost("staticApiKeys = [", "claimRoles = lib.optionals false ["), plan.PromiseMachine, "the virtual host has no such key"},
		"key that opens everything":       {"tunnel", inHost(`mkStaticApiKeyWithPaths "deploy" "HOOKS_DEPLOY_API_KEY" [ "/hooks" "/deploy" ]`, `mkStaticApiKey "deploy" "HOOKS_DEPLOY_API_KEY"`), plan.PromiseMachine, "its paths: none"},
		"key from everywhere":             {"factory-tunnel", inHost(`[ "10.0.0.0/8" ]`, `[ "0.0.0.0/0" ]`), plan.PromiseMachine, "its networks: 0.0.0.0/0"},
		"another variable":                {"tunnel", inHost(`"ci" "HOOKS_CI_API_KEY"`, `"ci" "HOOKS_X"`), plan.PromiseMachine, "its variable: HOOKS_X"},
		"variable that is empty":          {"tunnel", inHost("        HOOKS_CI_API_KEY=$", "        HOOKS_CI=$"), plan.PromiseMachine, "no template defines HOOKS_CI_API_KEY"},
		"template of somebody else":       {"tunnel", inHost("sops.templates.caddy-env.content", "sops.templates.hooks-x.content"), plan.PromiseMachine, "the proxy does not read the template"},
		"one more key":                    {"tunnel", inHost("staticApiKeys = [", `staticApiKeys = [ (forgeDefaults.mkStaticApiKey "more" "HOOKS_CI_API_KEY")`), plan.PromiseUnasked, "keys that pass: more ci deploy"},
		"one more path":                   {"tunnel", inHost(`bypassPaths = [ "/ping" ];`, `bypassPaths = [ "/ping" "/api" ];`), plan.PromiseUnasked, "paths that pass unasked: /ping /api"},
		"pattern":                         {"tunnel", inHost(`bypassPaths = [`, `bypassResources = [ "^/x" ]; bypassPaths = [`), plan.PromiseUnasked, "what matches ^/x passes unasked"},
		"helper without exceptions":       {"factory-tunnel", inHost("mediaWithApiBypass", "media"), plan.PromiseUnasked, "paths that pass unasked: none"},
		"exceptions nobody decided":       {"container", inHost("caddySecurity.home;", `caddySecurity.home // { bypassPaths = [ "/x" ]; };`), plan.PromiseUnasked, "paths that pass unasked: /x"},
		"login lost":                      {"tunnel", inModule(" caddySecurity extraConfig", " extraConfig"), plan.PromiseUnasked, "nobody is asked for a login at all"},
		"from everywhere":                 {"machines", inHost(`allowedNetworks = [ "10.0.0.0/8" ];`, ""), plan.PromiseUnasked, "networks from which they pass: none"},
		"tunnel that nobody decided":      {"container", guarded(vhost + "linkding.cloudflare = { enable = true; tunnel = \"forge\"; };"), plan.PromiseAbsence, "there is tunnel forge"},
		"key of the service for everyone": {"key-machines", inHost("caddySecurity.home // {", `caddySecurity.home // { bypassPaths = [ "/x" ];`), plan.PromiseKey, "requests pass that the portal did not ask: bypassPaths"},
		"tile":                            {"machines", guarded(tile), plan.PromiseAbsence, "there is tile"},
		"check":                           {"machines", guarded(probe), plan.PromiseAbsence, "there is check"},
	} {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, c.scenario)
			after, systems := st.evaluate(t, c.e)
			seen := ""
			results := verify.Broken(verify.Check(st.plan, st.before, after, systems))
			for _, r := range results {
				if r.Kind == c.kind {
					seen += r.Saw + "\n"
				}
			}
			require.Contains(t, seen, c.saw, "%+v", results)
		})
	}
}

// TestTunnelIsSeen: what a tunnel carries is seen in its names, or by what its
// unit is started with.
func TestTunnelIsSeen(t *testing.T) {
	p := plan.Promise{Kind: plan.PromiseTunnel, Subject: "x", Want: map[string]string{"tunnel": "t", "hostName": "x.y", "unit": "u"}}
	before := facts.New()
	before.Tunnels["t"] = facts.Tunnel{Enabled: true, Unit: ptr("u"), Digest: ptr("old")}
	for _, c := range []struct {
		tunnel facts.Tunnel
		kept   bool
		saw    string
	}{
		{facts.Tunnel{Enabled: true, Unit: ptr("u"), Digest: ptr("new")}, true, "u.service is started with another configuration"},
		{facts.Tunnel{Enabled: true, Unit: ptr("u"), Digest: ptr("old")}, false, "it does not carry it"},
		{facts.Tunnel{Enabled: true, Unit: ptr("u")}, true, "cannot be seen"},
		{facts.Tunnel{Enabled: true, HostNames: []string{"a.y", "x.y"}}, true, "tunnel t carries a.y, x.y"},
		{facts.Tunnel{Enabled: true, HostNames: []string{"a.y"}}, false, "tunnel t carries a.y"},
		{facts.Tunnel{Enabled: true}, false, "no unit runs tunnel t"},
		{facts.Tunnel{Unit: ptr("u"), Digest: ptr("new")}, false, "no tunnel t that is on"},
	} {
		after := facts.New()
		after.Tunnels["t"] = c.tunnel
		after.Vhosts["x"] = facts.Vhost{Enable: true, HostName: ptr("x.y"), Tunnel: ptr("t")}
		r := verify.Check(&plan.Plan{Model: &plan.Model{}, Promises: []plan.Promise{p}}, before, after, nil)[0]
		require.Equal(t, c.kept, r.Kept, c.saw)
		require.Contains(t, r.Saw, c.saw)
		after.Vhosts["x"] = facts.Vhost{Enable: true, HostName: ptr("z.y"), Tunnel: ptr("t")}
		require.False(t, verify.Check(&plan.Plan{Model: &plan.Model{}, Promises: []plan.Promise{p}}, before, after, nil)[0].Kept, "another name")
	}
}
