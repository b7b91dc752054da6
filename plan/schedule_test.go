package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// scheduled is the container of the repo, started by a timer.
func scheduled(answers ...string) plan.Input {
	return with(watched(append([]string{"-auth", "-containerPort", "schedule=daily"}, answers...)...))
}

func rule(t *testing.T, p *plan.Plan, name string) plan.Alert {
	t.Helper()
	for _, a := range p.Model.Alerts {
		if a.Name == name {
			return a
		}
	}
	require.Fail(t, "no rule "+name)
	return plan.Alert{}
}

// TestScheduled: what a timer starts has no listener, and is watched by other
// means.
func TestScheduled(t *testing.T) {
	p := made(t, scheduled("alerts.odd.expr=linkding_odd > 1"))
	require.True(t, p.Ready(), "neither port nor login is asked for: %v", questions(p))
	require.Equal(t, &plan.Schedule{Calendar: "daily", Delay: "5m", Overdue: 28 * 3600}, p.Model.Schedule)
	require.Equal(t, "no", decision(t, p, "web").Value)
	require.Equal(t, "schedule", decision(t, p, "web").Rule)
	require.Contains(t, decision(t, p, "listener").Reason, "no virtual host, tile, black-box check, health check or scrape")
	require.Equal(t, "after 1 day and 4 hours", decision(t, p, "overdue").Value)
	require.Equal(t, "linkding-failed, linkding-overdue", decision(t, p, "runAlerts").Value)

	require.Contains(t, steps(p), "have it run once, and see that it ends well ssh forge 'systemctl start --wait podman-linkding.service; journalctl -u podman-linkding.service -n 50'")

	failed, overdue := rule(t, p, "failed"), rule(t, p, "overdue")
	require.Equal(t, `node_systemd_unit_state{name="podman-linkding.service",state="failed"} == 1`, failed.Expr)
	require.Equal(t, `time() - (node_systemd_timer_last_trigger_seconds{name="podman-linkding.timer"} > 0) > 100800 or node_systemd_unit_state{name="podman-linkding.timer",state="active"} == 0`, overdue.Expr)
	require.Equal(t, "mkThresholdAlert", failed.Helper)
	require.Equal(t, "linkding-odd", rule(t, p, "odd").Key, "others can be asked for beside them")

	for _, kind := range []plan.PromiseKind{
		plan.PromiseVhost, plan.PromiseAuth, plan.PromiseTile, plan.PromiseProbe, plan.PromiseMetrics, plan.PromiseHealth, plan.PromiseListener, plan.PromiseAlert,
	} {
		require.Empty(t, promises(p, kind), kind)
	}
	require.Equal(t, map[string]string{"startedBy": "podman-linkding.timer"}, promises(p, plan.PromiseUnit)[0].Want)
	require.Equal(t, map[string]string{"calendar": "daily", "unit": "podman-linkding.service", "delay": "5m"}, promises(p, plan.PromiseTimer)[0].Want)
	require.Equal(t, map[string]string{"restart": "no"}, promises(p, plan.PromiseEnds)[0].Want)
	require.Equal(t, map[string]string{"unit": "podman-linkding"}, promises(p, plan.PromiseUnwatched)[0].Want)
	require.Len(t, promises(p, plan.PromiseInternal), 1)
	require.Len(t, promises(p, plan.PromiseRule), 3)
	var absent []string
	for _, promise := range promises(p, plan.PromiseAbsence) {
		absent = append(absent, promise.Want["absent"])
	}
	require.Subset(t, absent, []string{plan.AbsentMetrics, plan.AbsentVhost, plan.AbsentTile, plan.AbsentProbe})
	for _, kind := range []plan.PromiseKind{plan.PromiseDataset, plan.PromiseBackup, plan.PromiseRestore, plan.PromiseSnapshot, plan.PromiseNotify} {
		require.Len(t, promises(p, kind), 1, "what has data is protected, and a failure is told: %s", kind)
	}
	require.True(t, slices.ContainsFunc(p.Checklist, func(s plan.Step) bool {
		return strings.Contains(s.Command, "systemctl list-timers podman-linkding.timer")
	}))
	require.False(t, slices.ContainsFunc(p.Checklist, func(s plan.Step) bool { return strings.Contains(s.Command, "curl") }))
}

// TestScheduledOnTheHostsNetwork: it has no network to publish a port from, so what
// is promised is that network.
func TestScheduledOnTheHostsNetwork(t *testing.T) {
	p := made(t, scheduled("hostNetwork=yes"))
	require.Empty(t, promises(p, plan.PromiseInternal))
	require.Len(t, promises(p, plan.PromiseHostNetwork), 1)
}

// TestScheduledUnit is a oneshot of the host.
func TestScheduledUnit(t *testing.T) {
	unit := func(answers ...string) plan.Input {
		in := watched(append(append([]string{"-auth", "-port"}, unitAnswers...), answers...)...)
		delete(in.Answers, "port")
		in.Facts.Package = &facts.Package{Version: ptr("1.36"), MainProgram: ptr("linkding-server")}
		return in
	}
	p := made(t, unit("schedule=*:0/15"))
	require.True(t, p.Ready(), "%v", questions(p))
	require.Empty(t, p.Model.Schedule.Delay, "what comes that often is not put off")
	require.Equal(t, int64(900+3600+600), p.Model.Schedule.Overdue)
	require.Equal(t, map[string]string{"type": "oneshot"}, promises(p, plan.PromiseEnds)[0].Want)
	require.Equal(t, "linkding.timer", promises(p, plan.PromiseUnit)[0].Want["startedBy"])
	require.Len(t, promises(p, plan.PromiseHardening), 1)
	require.Empty(t, promises(p, plan.PromiseInternal))

	p = made(t, unit("oneshot=yes"))
	require.Equal(t, &plan.Schedule{}, p.Model.Schedule)
	require.Equal(t, map[string]string{"type": "oneshot", "remains": "yes"}, promises(p, plan.PromiseEnds)[0].Want)
	require.Empty(t, promises(p, plan.PromiseTimer))
	require.Empty(t, promises(p, plan.PromiseUnwatched))
	require.Equal(t, "linkding-failed", decision(t, p, "runAlerts").Value)
	require.Nil(t, made(t, unit("oneshot=no", "port=9090", "auth=none")).Model.Schedule)
}

// TestScheduledRefused: what only a service has that listens is no part of what
// runs to its end.
func TestScheduledRefused(t *testing.T) {
	for _, c := range []struct{ answer, want string }{
		{"oneshot=yes", "what runs by the clock does not run at the start of the host; leave out one of them"},
		{"web=yes", "what has a schedule has no web page"},
		{"port=80", "read port: it is given, and what has a schedule listens nowhere"},
		{"containerPort=80", "listens nowhere"},
		{"healthPath=/h", "listens nowhere"},
		{"metricsPath=/m", "listens nowhere"},
		{"probeAlerts=yes", "listens nowhere"},
		{"hostName=x", "listens nowhere"},
		{"parts.worker.command=x", "beside what runs to its end nothing can run all the time"},
		{"auth=builtin", "a service without a web page has no login"},
		{"alerts.stale=healthcheck-stale", "nothing checks what runs by the clock; leave it out: a rule for a timer that does not fire is there already"},
		{"schedule=2026-01-01 00:00", "it ends"},
		{"alerts.failed.expr=x > 1", "rule failed has the alertname LinkdingFailed too"},
	} {
		refused(t, scheduled(c.answer), c.want)
	}
	in := nativeRepo(nil)
	delete(in.Answers, "port")
	refused(t, with(in, "-auth", "schedule=daily"), "the module of NixOS makes its units and timers itself; choose packaging=unit or container")
}

// TestScheduledForgets what sources say of listening.
func TestScheduledForgets(t *testing.T) {
	in := scheduled()
	in.Entry = &catalog.Entry{Port: 80, Health: "/h", Metrics: &catalog.Metrics{Path: "/m", Authentication: "none"}}
	p := made(t, in)
	require.True(t, p.Ready(), "%v", questions(p))
	require.Zero(t, p.Model.Port)
	require.Zero(t, p.Model.ContainerPort)
	require.Empty(t, p.Model.MetricsPath)
	in.Entry = &catalog.Entry{NoWeb: true}
	require.Equal(t, "no", decision(t, made(t, in), "web").Value)
}

// TestScheduledElsewhere: the factory makes what always runs, and a host whose
// exporter knows no units cannot watch runs.
func TestScheduledElsewhere(t *testing.T) {
	in := scheduled()
	in.Conventions.Factory = &convention.Factory{Path: []string{"mylib", "mkContainerService"}}
	p := made(t, in)
	require.False(t, p.Model.Factory)
	require.Equal(t, "mylib.mkContainerService makes what always runs and listens on a port", decision(t, p, "factory").Reason)

	in = scheduled()
	in.Facts.NodeExporter.Units = []string{"--collector.systemd.unit-include=x"}
	p = made(t, in)
	require.Empty(t, p.Model.Alerts)
	require.Equal(t, "none", decision(t, p, "runAlerts").Value)
	require.Contains(t, strings.Join(p.Notes, "\n"), "Nothing watches whether it runs")

	in = scheduled()
	in.Facts.Hubs[facts.AlertsHub] = nil
	require.Equal(t, "none", decision(t, made(t, in), "runAlerts").Value)

	in = scheduled()
	in.Conventions.AlertHelpers = nil
	in.Facts.Hubs[facts.AlertsHub].Enums["severity"] = []string{"page"}
	require.Equal(t, map[string]any{
		"type": "promql", "alertname": "LinkdingFailed", "expr": rule(t, made(t, in), "failed").Expr, "for": "5m",
		"labels":      map[string]any{"service": "linkding", "category": "availability"},
		"annotations": map[string]any{"summary": "Linkding failed on {{ $labels.instance }}", "description": "journalctl -u podman-linkding.service"},
	}, arguments(rule(t, made(t, in), "failed")), "the repo has another severity, and its own default")

	in = scheduled()
	in.Conventions.AlertHelpers.Members["mkThresholdAlert"] = formals([]string{"name", "alertname", "expr", "threshold"})
	refused(t, in, "mkThresholdAlert requires threshold")
}

// TestScheduledNotes: rules that watch all timers or all containers have limits
// of their own.
func TestScheduledNotes(t *testing.T) {
	in := scheduled("schedule=weekly")
	in.Facts.Containers["sonarr"] = facts.Container{}
	in.Facts.Alerts["all-timers"] = facts.Alert{Expr: ptr(`time() - node_systemd_timer_last_trigger_seconds{name!~"x"} > 86400`)}
	in.Facts.Alerts["one-timer"] = facts.Alert{Expr: ptr(`time() - node_systemd_timer_last_trigger_seconds{name="x.timer"} > 86400`)}
	in.Facts.Alerts["all-containers"] = facts.Alert{Expr: ptr("container_active == 0")}
	notes := strings.Join(made(t, in).Notes, "\n")
	require.Contains(t, notes, "Rule all-timers watches all timers of forge with a limit of its own; see that it leaves 7 days to this timer.")
	require.Contains(t, notes, "Rule all-containers watches all containers of forge; see that what writes container_active leaves out those that are between their runs.")
	require.NotContains(t, notes, "one-timer")
	require.NotContains(t, strings.Join(made(t, with(in, "schedule=hourly")).Notes, "\n"), "all-timers", "its limit is longer")
}

// TestScheduledExemplar is a service that a timer starts too.
func TestScheduledExemplar(t *testing.T) {
	in := scheduled("backup=no", "workload=stateless", "-dataDir")
	file := "hosts/forge/services/recyclarr.nix"
	in.Conventions.Host.Files = append(in.Conventions.Host.Files, file)
	s := service("modules/recyclarr/default.nix", true, nil)
	s.DefinedIn = []string{file}
	in.Facts.Services["recyclarr"] = s
	other := in.Facts.Services["sonarr"]
	other.DefinedIn = []string{"hosts/forge/services/sonarr.nix"}
	in.Facts.Services["sonarr"] = other
	delete(in.Facts.Datasets, "sonarr")
	in.Facts.Timers = []string{"recyclarr-sync", "sonarr-healthcheck"}
	p := made(t, in)
	require.Equal(t, "recyclarr", p.Model.Exemplar)
	require.Contains(t, decision(t, p, "exemplar").Reason, "runs by the clock")
}
