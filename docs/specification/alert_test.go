package specification_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// checked is a service whose check somebody is to be told of when it is no
// longer made. What the host library's helper asks for is evaluated with the
// service's name.
func checked(answers ...string) service {
	return bookmarks(append([]string{"alerts.stale=healthcheck-stale"}, answers...)...).but(func(in *plan.Input) {
		const metric = "bookmarks_last_check_timestamp"
		in.Facts.Stale[in.Conventions.HostLibrary.File] = map[string]facts.StaleCheck{"mkHealthcheckStaleAlert": {Expr: "time() - " + metric + " > 600", Metrics: map[string][]string{metric: {}}}}
	})
}

// nightly is what runs by the clock and ends.
func nightly(answers ...string) service {
	return unknown("sweep", append([]string{"packaging=container", "image=ghcr.io/x/sweep:1.0.0@" + digest, "workload=stateless", "category=Infrastructure",
		"description=old downloads", "schedule=Mon..Fri 03:30"}, answers...)...)
}

// alertRows are rules of its own, and who is told.
var alertRows = []row{
	{"pattern/complex alerting: each helper with the parameters that it takes", func(t *testing.T) {
		for _, c := range []struct {
			name  string
			said  []string
			lines []string
		}{
			{"service-down", nil, []string{"mkServiceDownAlert {", `job = "service-bookmarks";`}},
			{"high-memory", []string{"alerts.own.threshold=90"}, []string{"mkHighMemoryAlert {", `job = "service-bookmarks";`, "threshold = 90;"}},
			{"high-cpu", []string{"alerts.own.for=20m"}, []string{"mkHighCpuAlert {", `for = "20m";`}},
			{"high-response-time", []string{"alerts.own.threshold=2.5", "alerts.own.severity=high"}, []string{"mkHighResponseTimeAlert {", "threshold = 2.5;", `severity = "high";`}},
			{"database-connections", []string{"alerts.own.expr=pg_connections > 90"}, []string{"mkDatabaseConnectionsAlert {", `expr = "pg_connections > 90";`, `name = "bookmarks";`}},
			{"threshold", []string{"alerts.own.expr=bookmarks_queue > 5"}, []string{"mkThresholdAlert {", `alertname = "BookmarksOwn";`, `expr = "bookmarks_queue > 5";`, `summary = "`, `description = "journalctl -u podman-bookmarks.service";`}},
		} {
			o := bookmarks(append(c.said, "metricsPath=/metrics", "alerts.own="+c.name)...).made(t)
			require.Contains(t, o.host, "modules.alerting.rules.bookmarks-own = mylib.monitoring-helpers.")
			for _, line := range c.lines {
				require.Contains(t, o.host, line, c.name)
			}
			require.Contains(t, o.host, "mylib, ", "the function of the file takes it")
			require.Len(t, o.promises(plan.PromiseRule), 1, c.name)
		}
		require.NotContains(t, bookmarks().made(t).text(), "monitoring-helpers", "none by itself")
	}},
	{"pattern/complex alerting: the rule exists and asks for what exists", func(t *testing.T) {
		for _, s := range []service{
			bookmarks("metricsPath=/metrics", "alerts.memory=high-memory", "alerts.queue.expr=bookmarks_queue > 5", "alerts.queue.severity=critical"),
			bookmarks("metricsPath=/metrics", "alerts.memory=high-memory", "category=productivity").on("example-registry"),
		} {
			s.proved(t)
		}
	}},
	{"pattern/complex alerting: what a helper does not take, or lacks, is refused", func(t *testing.T) {
		bookmarks("alerts.own=high-memory").refused(t, "say --set metricsPath=PATH, or --set alerts.own.job=JOB")
		bookmarks("metricsPath=/m", "alerts.own=high-memory", "alerts.own.expr=x > 1").refused(t, "mkHighMemoryAlert does not take it; it takes category, for, job, name, severity, threshold")
		bookmarks("alerts.own=database-connections").refused(t, "mkDatabaseConnectionsAlert requires expr")
		bookmarks("alerts.own=disk-full").refused(t, `no helper of the repo makes rules of kind "disk-full"; the repo has helpers for`)
		bookmarks("alerts.own.expr=x > 1", "alerts.own.severity=terrible").refused(t, `"terrible" is unknown`)
		bookmarks("alerts.own.for=5m").refused(t, "nothing says what it is")
	}},
	{"pattern/complex alerting: a rule that would never be raised is refused", func(t *testing.T) {
		bookmarks(`alerts.own.expr=node_systemd_unit_state{name="other.service",state="failed"} == 1`).refused(t, "which is no unit of forge")
		bookmarks(`alerts.own.expr=up{job="other"} == 0`).refused(t, "which Prometheus does not scrape")
		stepOf(t, bookmarks("alerts.own.expr=bookmarks_queue > 5").made(t), "see in Prometheus that what rule bookmarks-own asks for has a value")
	}},
	{"pattern/complex alerting: written out where the repo has no helpers", func(t *testing.T) {
		o := bookmarks("alerts.own.expr=bookmarks_queue > 5").but(func(in *plan.Input) { in.Conventions.AlertHelpers = nil }).made(t)
		require.Contains(t, o.host, "modules.alerting.rules.bookmarks-own = {")
		require.Contains(t, o.host, `type = "promql";`)
		require.NotContains(t, o.host, "mylib")
	}},
	{"helper/mkHealthcheckStaleAlert: with what writes the metric", func(t *testing.T) {
		o := checked().made(t)
		require.Contains(t, o.host, `forgeDefaults.mkHealthcheckStaleAlert "bookmarks" "Bookmarks" 600;`)
		require.Contains(t, checked("alerts.stale.threshold=900").made(t).host, `mkHealthcheckStaleAlert "bookmarks" "Bookmarks" 900;`)
		require.Equal(t, "bookmarks_last_check_timestamp", o.want(plan.PromiseExported)["metric"])
		require.Equal(t, "/var/lib/node_exporter/textfile_collector", o.want(plan.PromiseExported)["folder"], "where the host's exporter reads it")
		bookmarks("alerts.stale=healthcheck-stale").proved(t)
		bookmarks("alerts.stale=healthcheck-stale", "category=productivity").on("example-registry").proved(t)
		require.Empty(t, bookmarks().made(t).promises(plan.PromiseExported), "none by itself")
	}},
	{"helper/mkHealthcheckStaleAlert: refused where nothing could export the metric", func(t *testing.T) {
		checked().but(func(in *plan.Input) { in.Facts.NodeExporter.Collectors = []string{"systemd"} }).refused(t, "nothing on forge would tell Prometheus of bookmarks_last_check_timestamp, so it would never be raised")
		checked().but(func(in *plan.Input) { in.Facts.NodeExporter.Enabled = false }).refused(t, "so it would never be raised")
		checked("-containerPort", "web=no", "-auth").refused(t, "nothing listens that could be asked")
		checked("alerts.stale.threshold=60").refused(t, "say 180 or more")
		checked("alerts.stale.for=5m").refused(t, "does not take it")
		checked().but(func(in *plan.Input) { in.Conventions.StaleAlert = "" }).refused(t, "no helper for checks that are no longer made")
		nightly("alerts.stale=healthcheck-stale").but(func(in *plan.Input) {
			const metric = "sweep_last_check_timestamp"
			in.Facts.Stale[in.Conventions.HostLibrary.File] = map[string]facts.StaleCheck{"mkHealthcheckStaleAlert": {Expr: metric, Metrics: map[string][]string{metric: {}}}}
		}).refused(t, "nothing checks what runs by the clock")
	}},
	{"pattern/Gatus alerts: as most of the repo's checks have them", func(t *testing.T) {
		o := bookmarks().made(t)
		for _, line := range []string{"alerts = [", `type = "pushover";`, "enabled = true;", "failureThreshold = 3;", "successThreshold = 2;", "sendOnResolved = true;", `description = "Bookmarks is not responding";`} {
			require.Contains(t, o.host, line)
		}
		require.Equal(t, "pushover", o.want(plan.PromiseProbe)["tells"])
		require.Equal(t, "10 of 10 checks tell somebody", o.decision("probeAlerts").Evidence[0].Value)
		patient := bookmarks().but(func(in *plan.Input) {
			for name, check := range in.Facts.BlackBox {
				for i := range check.Told {
					check.Told[i].Failures = 5
				}
				in.Facts.BlackBox[name] = check
			}
		}).made(t)
		require.Contains(t, patient.host, "failureThreshold = 5;", "the repo's number, not the specification's")
	}},
	{"pattern/Gatus alerts: none where nobody is told, or if said", func(t *testing.T) {
		silent := func(in *plan.Input) {
			for name, check := range in.Facts.BlackBox {
				check.Told = nil
				in.Facts.BlackBox[name] = check
			}
		}
		for _, s := range []service{bookmarks("probeAlerts=no"), bookmarks().but(silent)} {
			o := s.made(t)
			require.NotContains(t, o.host, "failureThreshold")
			require.Empty(t, o.want(plan.PromiseProbe)["tells"])
		}
		bookmarks("probeAlerts=yes").but(silent).refused(t, "so there is nobody to tell")
		withoutPage("probeAlerts=yes").refused(t, "there is no black-box check")
		require.Empty(t, bookmarks("probe=no").made(t).String("probeAlerts"), "nothing checks it")
	}},
	{"pattern/what runs by the clock: a timer, and nothing that asks it", func(t *testing.T) {
		s := nightly("secrets=TOKEN")
		o := s.made(t)
		require.Contains(t, o.module, "systemd.timers.")
		require.Equal(t, "Mon..Fri 03:30", o.want(plan.PromiseTimer)["calendar"])
		for _, kind := range []plan.PromiseKind{plan.PromiseTile, plan.PromiseProbe, plan.PromiseVhost, plan.PromiseHealth, plan.PromiseMetrics, plan.PromiseAlert} {
			require.Empty(t, o.promises(kind), kind)
		}
		require.Equal(t, "It listens nowhere: it runs to its end.", first(reported(t, s)).Documentation.Access)
		s.proved(t)
		nightly("category=infrastructure", "schedule=hourly").on("example-registry").proved(t)
		nightly("port=8080").refused(t, "listens nowhere")
		nightly("web=yes").refused(t, "has no web page")
		nightly("oneshot=yes").refused(t, "does not run at the start of the host")
	}},
	{"pattern/what runs by the clock: alerts on a failed run and an overdue one", func(t *testing.T) {
		o := nightly().made(t)
		require.Len(t, o.promises(plan.PromiseRule), 2)
		require.Contains(t, o.host, `expr = ''node_systemd_unit_state{name="podman-sweep.service",state="failed"} == 1'';`)
		require.Contains(t, o.host, `node_systemd_timer_last_trigger_seconds{name="podman-sweep.timer"}`)
		require.Len(t, o.promises(plan.PromiseUnwatched), 1, "no rule is raised by its being inactive")
		blind := nightly().but(func(in *plan.Input) { in.Facts.NodeExporter.Collectors = nil }).made(t)
		require.Equal(t, "none", blind.String("runAlerts"))
		require.Contains(t, blind.notes(), "Nothing watches whether it runs")
		once := nightly("-schedule", "oneshot=yes").made(t)
		require.Len(t, once.promises(plan.PromiseRule), 1, "what runs once is never overdue")
	}},
}

// first is the first of two values.
func first[A, B any](a A, _ B) A { return a }
