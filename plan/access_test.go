package plan_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestAuth: what each way to log in brings about.
func TestAuth(t *testing.T) {
	for auth, c := range map[string]struct {
		policy string
		local  bool // the probe asks the backend
	}{
		"caddy-security": {"media", true},
		"trusted-header": {"media", true},
		"oidc":           {"", false},
		"builtin":        {"", false},
		"none":           {"", false},
	} {
		t.Run(auth, func(t *testing.T) {
			p := made(t, with(repo(), "auth="+auth, "secrets=CLIENT_SECRET"))
			require.Equal(t, plan.Auth(auth), p.Model.Auth.Kind)
			require.Equal(t, c.policy, p.Model.Auth.Policy)
			require.Equal(t, map[string]string{"policy": c.policy}, promises(p, plan.PromiseAuth)[0].Want)
			require.Equal(t, c.local, p.Model.ProbeURL.Local, "a portal answers in the service's place")
			require.Equal(t, map[bool]string{true: "backend", false: "proxy"}[c.local], p.String("probe"))
			require.Equal(t, []string{"[STATUS] == 200"}, p.Model.ProbeURL.Conditions)
			if c.policy == "" {
				require.Empty(t, p.Model.Auth.Helper)
				refused(t, with(repo(), "auth="+auth, "policy=media", "secrets=X"), "read policy: auth "+auth+" has none")
			}
		})
	}
	require.Contains(t, made(t, with(repo(), "auth=none")).Notes, "Nobody has to log in: everyone who reaches the proxy reaches Linkding.")
	refused(t, with(repo(), "auth=hybrid"), "use auth hybrid")
	refused(t, with(repo(), "auth=oidc"), "the software must be given its client's secret")
}

// TestTrustedHeader: a header is trusted only where nobody else can send it.
func TestTrustedHeader(t *testing.T) {
	p := made(t, with(repo(), "auth=trusted-header"))
	require.Contains(t, strings.Join(p.Notes, "\n"), "other containers on the engine's default network reach it too")
	unit := with(unitRepo(), "auth=trusted-header")
	refused(t, unit, "nothing says that linkding listens on this host alone")
	refused(t, with(unit, "arguments=serve {port}"), "nothing says that linkding listens on this host alone")
	made(t, with(unit, "arguments=serve --listen {address}:{port}"))
	made(t, with(unit, "environment.LISTEN={address}:{port}"))
	refused(t, with(nativeRepo(nil), "auth=trusted-header"), "services.linkding has no option for the address")
	made(t, with(nativeRepo(map[string]facts.NativeOption{"host": {Type: "str"}}), "auth=trusted-header"))
}

// TestPolicy: of those that exist and have a helper.
func TestPolicy(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   string
		reason string
	}{
		{"as the group has it", func(*plan.Input) {}, "media", "1 virtual host in group Media has it"},
		{"the group's, though another is used more", func(in *plan.Input) {
			for i := range 3 {
				in.Facts.Vhosts["x"+strconv.Itoa(i)] = facts.Vhost{Policy: ptr("admins")}
			}
		}, "media", "1 virtual host in group Media has it"},
		{"most used where the group has none", func(in *plan.Input) {
			delete(in.Facts.Dashboard, "sonarr")
			for i := range 2 {
				in.Facts.Vhosts["x"+strconv.Itoa(i)] = facts.Vhost{Policy: ptr("admins")}
			}
		}, "admins", "2 virtual hosts on the host have it"},
		{"one that is used and has no helper", func(in *plan.Input) {
			in.Facts.Policies = append(in.Facts.Policies, facts.Policy{Name: "lan"})
			in.Facts.Vhosts["x"] = facts.Vhost{Policy: ptr("lan")}
			in.Facts.Dashboard["x"] = facts.Tile{Group: ptr("Media")}
		}, "media", "1 virtual host in group Media has it"},
		{"one that has a helper and is gone", func(in *plan.Input) { in.Facts.Policies = in.Facts.Policies[:1] }, "admins", "0 virtual hosts on the host have it"},
		{"none is used", func(in *plan.Input) { in.Facts.Vhosts = nil }, "admins", "0 virtual hosts on the host have it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := repo()
			c.change(&in)
			d := decision(t, made(t, in), "policy")
			require.Equal(t, c.want, d.Value)
			require.Equal(t, c.reason, d.Reason)
			for _, r := range d.Rejected {
				require.NotEqual(t, c.want, r.Value)
				require.NotEmpty(t, r.Reason)
			}
			require.Equal(t, []plan.Evidence{{Option: "modules.services.caddy.policies." + c.want}}, d.Evidence)
		})
	}
}

// TestPolicySaid: by its name or by its helper's.
func TestPolicySaid(t *testing.T) {
	for said, want := range map[string]string{"media": "media", "admins": "admins", "admin": "admins"} {
		p := made(t, with(repo(), "policy="+said))
		require.Equal(t, want, p.Model.Auth.Policy)
		require.Equal(t, "user", decision(t, p, "policy").Rule)
	}
	require.Equal(t, []string{"forgeDefaults", "caddySecurity", "admin"}, made(t, with(repo(), "policy=admin")).Model.Auth.Helper)
	refused(t, with(repo(), "policy=lan"), `read policy: "lan" is unknown; the host has admins, media`)
	in := repo()
	in.Facts.Policies = nil
	refused(t, in, "no authorization policy of host forge has a helper")
}

func TestNoProxy(t *testing.T) {
	in := repo()
	in.Facts.Hubs[facts.Proxy] = nil
	for _, auth := range []string{"caddy-security", "trusted-header", "oidc"} {
		refused(t, with(in, "auth="+auth), "the host has no reverse proxy that services register with")
	}
	p := made(t, with(in, "auth=builtin"))
	require.True(t, p.Model.ProbeURL.Local)
	require.Equal(t, "the host has no proxy", decision(t, p, "probe").Reason)
}

// TestNoPage: a service without a page has nothing to log in to.
func TestNoPage(t *testing.T) {
	in := with(repo(), "web=no", "-auth")
	p := made(t, in)
	require.Equal(t, plan.NoAuth, p.Model.Auth.Kind)
	require.False(t, p.Model.Web)
	for _, s := range p.Checklist {
		require.NotContains(t, s.Command, "curl -")
	}
	made(t, with(in, "auth=none"))
	refused(t, with(in, "auth=caddy-security"), "read auth: a service without a web page has no login")
	refused(t, with(in, "policy=media"), "read policy: a service without a web page has no login")
	refused(t, with(in, "hostName=x"), "read hostName: a service without a web page has no host name")
}

func TestMonitoring(t *testing.T) {
	p := made(t, repo())
	require.Equal(t, "none", p.String("metricsPath"))
	require.Equal(t, "/", p.Model.HealthPath)
	p = made(t, with(repo(), "metricsPath=/metrics", "healthPath=/health"))
	require.Equal(t, map[string]string{"port": "9090", "path": "/metrics"}, promises(p, plan.PromiseMetrics)[0].Want)
	require.Equal(t, "/health", p.Model.HealthPath)
	without := with(repo(), "metricsPath=/metrics")
	delete(without.Conventions.Submodules, "metrics")
	refused(t, without, "read metricsPath: host forge has no Prometheus that would ask for it")
	alert := promises(p, plan.PromiseAlert)[0]
	require.Equal(t, "linkding-service-down", alert.Subject)
	require.Equal(t, map[string]string{"unit": "podman-linkding", "service": "linkding"}, alert.Want)
	in := repo()
	in.Conventions.ContainerAlert = ""
	require.Empty(t, promises(made(t, in), plan.PromiseAlert), "no helper, no alert")
	in.Conventions.HostLibrary = nil
	in.Conventions.PolicyHelpers = nil
	require.Empty(t, promises(made(t, with(in, "auth=none")), plan.PromiseAlert))
}

// TestNotes tell what evaluation could not.
func TestNotes(t *testing.T) {
	in := repo()
	in.Facts.Unreadable = []facts.Unreadable{{Cell: "service x", Reason: "attribute missing", File: "x.nix", Line: 3}, {Cell: "timers", Reason: "abort"}}
	in.NotChecked = []string{"nas-2"}
	notes := made(t, in).Notes
	require.Contains(t, notes, "unreadable: service x: attribute missing (x.nix:3)")
	require.Contains(t, notes, "unreadable: timers: abort")
	require.Contains(t, notes, "Host nas-2 could not be evaluated, so its ids are not known to be free.")
}

// TestPlaces: where files go and where they are registered, with exemplars.
func TestPlaces(t *testing.T) {
	in := repo()
	in.Conventions.Module.Files = []string{"modules/a/default.nix", "modules/b/default.nix", "modules/c/default.nix", "modules/d/default.nix"}
	p := made(t, in)
	require.Equal(t, plan.Where{Module: "modules/linkding/default.nix", Host: "hosts/forge/services/linkding.nix"}, p.Model.Where)
	d := decision(t, p, "moduleFile")
	require.Len(t, d.Evidence, 3, "three exemplars are enough")
	require.Equal(t, "4 modules live so", d.Reason)
	require.Equal(t, "hosts/forge/default.nix", p.String("hostRegistration"))
	require.Equal(t, map[string]string{"declared": "modules/linkding/default.nix", "defined": "hosts/forge/services/linkding.nix"}, promises(p, plan.PromiseService)[0].Want)
	require.Empty(t, p.String("nothing of that name"))
}
