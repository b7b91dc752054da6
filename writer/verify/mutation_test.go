package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// broken are the kinds of promises that were not kept, each once, sorted.
func broken(results []verify.Result) []plan.PromiseKind {
	kinds := []plan.PromiseKind{}
	for _, r := range verify.Broken(results) {
		kinds = append(kinds, r.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// TestScenarios: every promise of every kind of service is kept on both
// examples.
func TestScenarios(t *testing.T) {
	schema := published(t)
	for name := range scenarios {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, name)
			after, systems := st.evaluate(t)
			results := verify.Check(st.plan, st.before, after, systems)
			require.Empty(t, verify.Broken(results))
			requirePublished(t, schema, results)
			require.Empty(t, after.Unreadable)
		})
	}
}

// mutation is a service with one thing done wrong, as a hand would.
type mutation struct {
	name, scenario string
	edits          []edit
	broken         []plan.PromiseKind
	saw            string
}

// wholesale are the defects with which a unit or the service is gone, and so
// whatever else rests on it.
var wholesale = []string{`systemd.services."x.service"`, `override on systemd.services."x.service"`, "override on a unit that does not exist", "mount of another name", "service that is not enabled"}

// TestSilentDefects: what has happened in repos like this evaluates cleanly and
// does nothing. Each is done to what is rendered, and exactly the promise that it
// breaks is reported.
func TestSilentDefects(t *testing.T) {
	kinds := func(k ...plan.PromiseKind) []plan.PromiseKind { slices.Sort(k); return k }
	for _, m := range []mutation{
		{
			"auth option accepted and not forwarded", "container", []edit{inModule(" caddySecurity extraConfig", " extraConfig")},
			kinds(plan.PromiseAuth, plan.PromiseUnasked), "policy nothing",
		},
		{
			"auth of a virtual host that is not the service's", "container", []edit{inModule("virtualHosts.${serviceName} = lib.mkIf proxied", `virtualHosts."${serviceName}-old" = lib.mkIf proxied`)},
			kinds(plan.PromiseAuth, plan.PromiseUnasked, plan.PromiseVhost), "there is no such virtual host",
		},
		{
			"preseed option without a unit", "container", []edit{inModule("(lib.mkIf (cfg.enable && cfg.preseed.enable) (", "(lib.mkIf (cfg.enable && cfg.preseed.enable && false) (")},
			kinds(plan.PromiseRestore), "there is no unit preseed-linkding.service that starts something",
		},
		{
			"preseed unit that nothing waits for", "container", []edit{inModule("(lib.mkIf cfg.preseed.enable {", "(lib.mkIf (cfg.preseed.enable && false) {")},
			kinds(plan.PromiseRestore), "podman-linkding.service does not start after it",
		},
		{
			"backup in a namespace that nothing reads", "container", []edit{inModule("backup = lib.mkOption", "dataBackup = lib.mkOption"), inHost("backup = forge", "dataBackup = forge")},
			kinds(plan.PromiseBackup), "there is no backup job or unit",
		},
		{
			"alert on a unit that does not exist", "container", []edit{inHost(`mkServiceDownAlert "linkding"`, `mkServiceDownAlert "linkdin"`)},
			kinds(plan.PromiseAlert), "linkdin is neither a unit nor a container",
		},
		{
			"alert with the helper of another kind", "container", []edit{inHost(`mkServiceDownAlert "linkding"`, `mkSystemdServiceDownAlert "linkding"`)},
			kinds(plan.PromiseAlert), "linkding.service is no unit",
		},
		{
			"override on a unit that does not exist", "container", []edit{inModule("systemd.services.${containerUnit} = lib.mkMerge", "systemd.services.${serviceName} = lib.mkMerge")},
			kinds(plan.PromiseMount, plan.PromiseRestore, plan.PromiseNotify), "it does not start after ",
		},
		{
			`systemd.services."x.service"`, "unit", []edit{inModule("systemd.services.${serviceName} = lib.mkMerge", `systemd.services."${serviceName}.service" = lib.mkMerge`)},
			kinds(plan.PromiseUnit, plan.PromiseAccount, plan.PromiseHardening, plan.PromiseMount, plan.PromiseRestore, plan.PromiseNotify, plan.PromiseAlert), "",
		},
		{
			`override on systemd.services."x.service"`, "container", []edit{inModule("systemd.services.${containerUnit} = lib.mkMerge", `systemd.services."${containerUnit}.service" = lib.mkMerge`)},
			kinds(plan.PromiseUnit, plan.PromiseMount, plan.PromiseRestore, plan.PromiseNotify), "there is a unit podman-linkding.service.service",
		},
		{
			"user without uid", "container", []edit{inModule("        uid = lib.toInt cfg.user;\n", "")},
			kinds(plan.PromiseUser), "uid no id, group ",
		},
		{
			"user without uid, of software on the host", "unit", []edit{inModule("inherit (cfg) uid group;", "inherit (cfg) group;")},
			kinds(plan.PromiseUser), "uid no id, group ",
		},
		{
			"upstream's user wins", "native", []edit{inModule("users.users.${cfg.user} = lib.mkForce {", "users.users.${cfg.user} = lib.mkIf false {")},
			kinds(plan.PromiseUser), "uid no id, group ",
		},
		{
			"dynamic user", "dynamic", []edit{inModule("            DynamicUser = lib.mkForce false;\n", "")},
			kinds(plan.PromiseAccount), "User=miniflux, DynamicUser=true",
		},
		{
			"dataset without mountpoint", "container", []edit{inModule("        mountpoint = cfg.dataDir;\n        recordsize", "        recordsize")},
			kinds(plan.PromiseDataset), "16K at nothing",
		},
		{
			"dataset with the wrong owner", "container", []edit{inModule("        owner = cfg.user;\n        inherit (cfg) group;\n        mode", "        mode")},
			kinds(plan.PromiseDataset), "owner root:root",
		},
		{
			"whole-attribute // mkIf", "container", []edit{inModule("        mode = \"0750\";\n      };", "        mode = \"0750\";\n      } // lib.mkIf cfg.enable { recordsize = \"16K\"; };")},
			kinds(plan.PromiseDataset), "",
		},
		{
			"dashboard secret variable that nothing defines", "container", []edit{inHost(`siteMonitor = "http://127.0.0.1:9190";`, `siteMonitor = ""; widget = { type = "linkding"; key = "{{HOMEPAGE_VAR_LINKDING_KEY}}"; };`)},
			kinds(plan.PromiseTile), "no template defines HOMEPAGE_VAR_LINKDING_KEY",
		},
		{
			"unit that starts before its network mount", "container", []edit{inModule("          after = [ nfsMount.mountUnitName ];\n", "")},
			kinds(plan.PromiseMount), "it does not start after mnt-data.mount",
		},
		{
			"unit that starts without its network mount", "container", []edit{inModule("          requires = [ nfsMount.mountUnitName ];\n", "")},
			kinds(plan.PromiseMount), "it does not require mnt-data.mount",
		},
		{
			"unit that starts before its dataset", "container", []edit{inModule("RequiresMountsFor = [ cfg.dataDir ];", "X = 1;")},
			kinds(plan.PromiseMount), "RequiresMountsFor=",
		},
		{
			"mount of another name", "native", []edit{inHost(`nfsMountDependency = "media";`, `nfsMountDependency = "films";`)},
			kinds(plan.PromiseMount, plan.PromiseAssertions, plan.PromiseNothing, plan.PromiseSystem), "modules.services.jellyfin.nfsMountDependency names no entry of modules.storage.nfsMounts.",
		},
		{
			"service that is not enabled", "stateless", []edit{inHost("enable = true;\n\n        reverseProxy", "reverseProxy")},
			kinds(plan.PromiseService, plan.PromiseUnit, plan.PromiseContainer, plan.PromiseListener, plan.PromiseVhost, plan.PromiseAuth, plan.PromiseAlert, plan.PromiseNotify, plan.PromiseTile, plan.PromiseProbe), "its enable option is false",
		},
		{
			"another image than was looked at", "stateless", []edit{inModule("cyberchef:10.19.4@", "cyberchef:10.19.5@")},
			kinds(plan.PromiseContainer), "ghcr.io/gchq/cyberchef:10.19.5@",
		},
		{
			"port that nothing publishes", "stateless", []edit{inModule(`ports = [ "127.0.0.1:${toString cfg.port}:8080" ];`, "ports = [ ];")},
			kinds(plan.PromiseListener), "",
		},
		{
			"hardening left out", "unit", []edit{inModule("            ProtectHome = true;\n", "")},
			kinds(plan.PromiseHardening), "ProtectHome is not set",
		},
		{
			"failure that nobody hears of", "unit", []edit{inModule("(lib.mkIf notify {", "(lib.mkIf false {")},
			kinds(plan.PromiseNotify), "OnFailure=",
		},
		{
			"metrics that nothing scrapes", "container", []edit{inHost("enable = serviceEnabled;", "enable = false;")},
			kinds(plan.PromiseMetrics), "there is no scrape job",
		},
		{
			"snapshots of another dataset", "container", []edit{inHost(`datasets."tank/services/linkding"`, `datasets."tank/linkding"`)},
			kinds(plan.PromiseSnapshot), "there is no entry for the dataset",
		},
		{
			"a change of another service", "stateless", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      users.groups.extra.gid = 4242;\n")},
			kinds(plan.PromiseNothing), "changed: /groups/extra",
		},
		{
			"a new warning", "stateless", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      warnings = [ \"cyberchef: careful\" ];\n")},
			kinds(plan.PromiseAssertions), "cyberchef: careful",
		},
		{
			"a service that is defined twice", "stateless", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.services.caddy.virtualHosts.chef = { enable = true; hostName = serviceDomain; backend.port = 1; };\n")},
			kinds(plan.PromiseNothing, plan.PromiseVhost), "and chef has the same name",
		},
		{
			"auth of a factory's service", "factory", []edit{inHost("caddySecurity = forgeDefaults.caddySecurity.media;", "")},
			kinds(plan.PromiseAuth, plan.PromiseUnasked), "policy nothing",
		},
		{
			"a factory's container that starts before its dataset", "factory", []edit{inModule("RequiresMountsFor = [ cfg.dataDir ];", "X = 1;")},
			kinds(plan.PromiseMount), "RequiresMountsFor=",
		},
	} {
		t.Run(m.name, func(t *testing.T) {
			st := prepare(t, m.scenario)
			after, systems := st.evaluate(t, m.edits...)
			results := verify.Check(st.plan, st.before, after, systems)
			if slices.Contains(wholesale, m.name) {
				require.Subset(t, broken(results), m.broken, "%+v", verify.Broken(results))
			} else {
				require.Equal(t, m.broken, broken(results), "%+v", verify.Broken(results))
			}
			if m.saw != "" {
				seen := ""
				for _, r := range verify.Broken(results) {
					seen += r.Saw + "\n"
				}
				require.Contains(t, seen, m.saw)
			}
		})
	}
}

// TestOffLeavesNothing: with the service off, nothing of it is left but its own
// options, so every contribution is inside of a guard. No promise says so, since
// the plan turns the service on.
func TestOffLeavesNothing(t *testing.T) {
	left := func(t *testing.T, st *stage, edits ...edit) []string {
		t.Helper()
		enable := " = {\n        enable = "
		after, _ := st.evaluate(t, append(edits, inHost(st.plan.Service+enable+"true;", st.plan.Service+enable+"false;"))...)
		require.False(t, after.Services[st.plan.Service].Enabled)
		return slices.DeleteFunc(verify.Changes(st.before, after), func(path string) bool {
			return strings.HasPrefix(path, "/services/"+st.plan.Service) || strings.HasPrefix(path, "/idTables/")
		})
	}
	for name := range scenarios {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, left(t, prepare(t, name)))
		})
	}
	guard := "    (lib.mkIf serviceEnabled {\n"
	for name, e := range map[string]edit{
		"contribution outside the guard": inHost(guard, "    { modules.services.homepage.contributions.linkding = { name = \"x\"; group = \"x\"; href = \"x\"; }; }\n"+guard),
		"metrics outside the guard":      inHost("enable = serviceEnabled;", "enable = true;"),
		"guard left out":                 inHost(guard, "    (lib.mkIf true {\n"),
		"dataset outside the guard":      inModule("    (lib.mkIf cfg.enable {\n", "    { modules.storage.datasets.services.x = { }; }\n    (lib.mkIf cfg.enable {\n"),
		"preseed outside the guard":      inModule("(lib.mkIf (cfg.enable && cfg.preseed.enable) (", "(lib.mkIf cfg.preseed.enable ("),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEmpty(t, left(t, prepare(t, "container"), e), "it would be seen")
		})
	}
}
