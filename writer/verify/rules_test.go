package verify_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// byTheClock is a container that a timer starts, and ruled one with rules of
// several kinds.
var (
	byTheClock = []string{
		"packaging=container", "image=ghcr.io/x/carvana:1.2.3@" + digest, "workload=config", "dataDir=/config", "schedule=Mon..Fri 03:30",
		"description=prices of cars", "command=sync --all", "secrets=CARVANA_TOKEN",
	}
	ruled = []string{
		"packaging=container", "image=ghcr.io/sissbruecker/linkding:1.36.0@" + digest, "containerPort=9090", "dataDir=/etc/linkding/data", "workload=sqlite", "auth=caddy-security",
		"description=bookmark manager", "healthPath=/health", "alerts.queue.expr=linkding_tasks > 100", "alerts.queue.for=10m", "alerts.queue.severity=critical", "alerts.stale=healthcheck-stale",
	}
)

func init() {
	unit := said("packaging=unit", "package=gotify-server", "arguments=clean --data {dataDir}", "schedule=*:0/15", "workload=sqlite")
	tidy := discover.Query{Service: "tidy", Packages: []string{"gotify-server"}}
	in := func(answers map[string]string, more ...string) map[string]string {
		all := maps.Clone(answers)
		maps.Copy(all, said(more...))
		return all
	}
	once := in(said(byTheClock...), "oneshot=yes", "category=Productivity")
	delete(once, "schedule")
	onceUnit := in(unit, "oneshot=yes", "category=productivity")
	delete(onceUnit, "schedule")
	maps.Copy(scenarios, map[string]scenario{
		"scheduled":           {"example", discover.Query{Service: "carvana"}, in(said(byTheClock...), "category=Productivity", "nfs=media")},
		"scheduled-registry":  {"example-registry", discover.Query{Service: "carvana"}, in(said(byTheClock...), "category=productivity", "schedule=hourly")},
		"scheduled-unit":      {"example", tidy, in(unit, "category=Productivity")},
		"scheduled-unit-of-H": {"example-registry", tidy, in(unit, "category=productivity", "schedule=monthly")},
		"once":                {"example", discover.Query{Service: "carvana"}, once},
		"once-unit":           {"example-registry", tidy, onceUnit},
		"rules": {"example", discover.Query{Service: "linkding"}, in(said(ruled...), "category=Productivity", "metricsPath=/metrics", "alerts.memory=high-memory", "alerts.slow=response-time", "alerts.slow.threshold=2.5",
			"alerts.full=capacity", "alerts.full.expr=linkding_bytes > 1e9", "alerts.many=database-connections", "alerts.many.expr=linkding_connections > 90", "alerts.cpu=cpu",
			"alerts.gone=container-down", "alerts.scrape=service-down")},
		"rules-factory": {"example-registry", discover.Query{Service: "linkding"}, in(said(ruled...), "category=infrastructure", "alerts.unit.expr=node_systemd_unit_state{name=\"podman-linkding.service\",state=\"failed\"} == 1")},
		"rules-native":  {"example", discover.Query{Service: "jellyfin", Natives: []string{"jellyfin"}, Packages: []string{"jellyfin"}}, said("port=8096", "workload=media", "auth=builtin", "category=Media", "alerts.stale=healthcheck-stale")},
	})
}

// TestRulesBroken: what goes wrong with rules, timers and what runs to its end
// evaluates cleanly, and exactly the promise that it breaks is reported.
func TestRulesBroken(t *testing.T) {
	type kinds = []plan.PromiseKind
	for _, m := range []mutation{
		{"another calendar", "scheduled", []edit{inModule("OnCalendar = cfg.schedule;", `OnCalendar = "yearly";`)}, kinds{plan.PromiseTimer}, "OnCalendar=yearly"},
		{"a calendar too many", "scheduled", []edit{inModule("OnCalendar = cfg.schedule;", `OnCalendar = [ cfg.schedule "hourly" ];`)}, kinds{plan.PromiseTimer}, "OnCalendar=Mon..Fri 03:30, hourly"},
		{"timer that nothing starts", "scheduled", []edit{inModule(`        wantedBy = [ "timers.target" ];`+"\n", "")}, kinds{plan.PromiseTimer}, "timers.target does not start it"},
		{"timer of another unit", "scheduled", []edit{inModule("          Persistent = true;\n", "          Persistent = true;\n          Unit = \"podman-carvan.service\";\n")}, kinds{plan.PromiseTimer}, "it starts podman-carvan.service"},
		{"timer that forgets", "scheduled", []edit{inModule("          Persistent = true;\n", "")}, kinds{plan.PromiseTimer}, "what was missed is not made up for"},
		{"timer without delay", "scheduled", []edit{inModule("          RandomizedDelaySec = \"5m\";\n", "")}, kinds{plan.PromiseTimer}, "RandomizedDelaySec=nothing"},
		{"timer under another name", "scheduled", []edit{inModule("systemd.timers.${containerUnit}", "systemd.timers.${serviceName}")}, kinds{plan.PromiseRule, plan.PromiseTimer}, "podman-carvana.timer, which is not there"},
		{"started by the host too", "scheduled", []edit{inModule("        autoStart = false;\n", "")}, kinds{plan.PromiseUnit}, "multi-user.target starts it too"},
		{"unit started by the host too", "scheduled-unit", []edit{inModule("          restartIfChanged = false;\n", "          wantedBy = [ \"multi-user.target\" ];\n")}, kinds{plan.PromiseUnit}, "multi-user.target starts it too"},
		{"container that is started anew", "scheduled", []edit{inModule("            Restart = lib.mkForce \"no\";\n", "")}, kinds{plan.PromiseEnds}, "Restart=always"},
		{"unit that is started anew", "scheduled-unit", []edit{inModule("            Type = \"oneshot\";\n", "            Type = \"oneshot\";\n            Restart = \"on-failure\";\n")}, kinds{plan.PromiseEnds}, "Restart=on-failure"},
		{"unit that is no oneshot", "scheduled-unit", []edit{inModule("            Type = \"oneshot\";\n", "")}, kinds{plan.PromiseEnds}, "Type=nothing"},
		{"unit that remains", "scheduled-unit", []edit{inModule("            Type = \"oneshot\";\n", "            Type = \"oneshot\";\n            RemainAfterExit = true;\n")}, kinds{plan.PromiseEnds}, "RemainAfterExit=true"},
		{"run once that does not remain", "once", []edit{inModule("            RemainAfterExit = true;\n", "")}, kinds{plan.PromiseEnds}, "RemainAfterExit=false"},
		{"run once that nothing starts", "once", []edit{inModule("        extraOptions =", "        autoStart = false;\n        extraOptions =")}, kinds{plan.PromiseUnit}, "nothing wants the unit"},
		{"alert on its being inactive", "scheduled", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.alerting.rules.carvana-service-down = forgeDefaults.mkServiceDownAlert \"carvana\" \"Carvana\" \"\";")}, kinds{plan.PromiseUnwatched}, "rule carvana-service-down is raised whenever it does not run"},
		{"alert on its unit's being inactive", "scheduled-unit", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.alerting.rules.tidy-service-down = forgeDefaults.mkSystemdServiceDownAlert \"tidy\" \"Tidy\" \"\";")}, kinds{plan.PromiseUnwatched}, "rule tidy-service-down is raised whenever it does not run"},
		{"a probe all the same", "scheduled", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.services.gatus.contributions.carvana.url = \"http://127.0.0.1:1\";")}, kinds{plan.PromiseAbsence}, "check carvana"},
		{"a tile all the same", "scheduled", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.services.homepage.contributions.carvana = { group = \"Media\"; href = \"http://x\"; };")}, kinds{plan.PromiseAbsence}, "tile carvana"},
		{"a port all the same", "scheduled", []edit{inModule("        autoStart = false;\n", "        autoStart = false;\n        ports = [ \"1:1\" ];\n")}, kinds{plan.PromiseInternal}, "it publishes 1:1"},
		{"failure of another unit", "scheduled", []edit{inHost(`name="podman-carvana.service"`, `name="podman-carvan.service"`)}, kinds{plan.PromiseRule}, "podman-carvan.service"},

		{"no rule", "rules", []edit{inHost("rules.linkding-queue =", "rules.linkding-other =")}, kinds{plan.PromiseRule}, "there is no such rule"},
		{"another expression", "rules", []edit{inHost("linkding_tasks > 100", "linkding_tasks > 1000")}, kinds{plan.PromiseRule}, "linkding_tasks > 1000"},
		{"another severity", "rules", []edit{inHost(`severity = "critical";`, `severity = "low";`)}, kinds{plan.PromiseRule}, "severity low"},
		{"no time", "rules", []edit{inHost("        for = \"10m\";\n", "")}, kinds{plan.PromiseRule}, "for 5m"},
		{"name of another alert", "rules", []edit{inHost(`alertname = "LinkdingQueue";`, `alertname = "RecyclarrFailed";`)}, kinds{plan.PromiseRule}, "alertname RecyclarrFailed"},
		{"two of one name", "rules", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.alerting.rules.linkding-again = { alertname = \"LinkdingQueue\"; type = \"promql\"; expr = \"x > 1\"; };")}, kinds{plan.PromiseRule}, "rule linkding-again has the alertname LinkdingQueue too"},
		{"job that nothing scrapes", "rules", []edit{inHost("mkHighMemoryAlert {\n        name = \"linkding\";\n        job = \"service-linkding\";", "mkHighMemoryAlert {\n        name = \"linkding\";\n        job = \"linkding\";")}, kinds{plan.PromiseRule}, "job linkding, which is not there"},
		{"rule that is an event", "rules", []edit{inHost("rules.linkding-queue = mylib.monitoring-helpers.mkThresholdAlert {", "rules.linkding-queue = (x: mylib.monitoring-helpers.mkThresholdAlert x // { type = \"event\"; }) {")}, kinds{plan.PromiseRule}, "type event"},
		{"nobody is told", "rules", []edit{inHost(`type = "pushover";`, `type = "email";`)}, kinds{plan.PromiseProbe}, "it does not tell pushover after 3 failures"},
		{"somebody is told late", "rules", []edit{inHost(`failureThreshold = 3;`, `failureThreshold = 30;`)}, kinds{plan.PromiseProbe}, "it does not tell pushover after 3 failures"},
		{"metric of another name", "rules", []edit{inModule("linkding_last_check_timestamp", "linkding_last_check")}, kinds{plan.PromiseExported}, "it does not write linkding_last_check_timestamp"},
		{"metric that nothing writes in time", "rules", []edit{inModule("        startAt = \"minutely\";\n", "")}, kinds{plan.PromiseExported}, "there is no timer that starts it"},
		{"metric in a folder that nobody reads", "rules", []edit{inModule(`ReadWritePaths = [ "/var/lib/node_exporter/textfile_collector" ];`, `ReadWritePaths = [ "/var/lib/metrics" ];`)}, kinds{plan.PromiseExported}, "it may write /var/lib/metrics"},
		{"stale check of another service", "rules", []edit{inHost(`mkHealthcheckStaleAlert "linkding"`, `mkHealthcheckStaleAlert "link"`)}, kinds{plan.PromiseRule}, "it asks for no linkding_last_check_timestamp"},
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

// TestUnwatchedHost: a rule about units says nothing where no exporter tells of
// them.
func TestUnwatchedHost(t *testing.T) {
	st := prepare(t, "scheduled")
	after, systems := st.evaluate(t)
	copied := *after
	copied.NodeExporter.Collectors = []string{"textfile"}
	results := verify.Broken(verify.Check(st.plan, st.before, &copied, systems))
	require.True(t, slices.ContainsFunc(results, func(r verify.Result) bool {
		return r.Kind == plan.PromiseRule && r.Subject == "carvana-failed" && r.Saw != ""
	}), "%+v", results)
	copied = *after
	copied.Schedules = map[string]facts.Timer{}
	require.Contains(t, broken(verify.Check(st.plan, st.before, &copied, systems)), plan.PromiseTimer)
}
