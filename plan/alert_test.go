package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func formals(required []string, optional ...string) facts.Member {
	m := facts.Member{Kind: "function", Arity: 1, Formals: map[string]bool{}}
	for _, f := range required {
		m.Formals[f] = false
	}
	for _, f := range optional {
		m.Formals[f] = true
	}
	return m
}

// watched is the repo with helpers for rules, and a host whose exporter knows
// its units.
func watched(answers ...string) plan.Input {
	in := with(repo(), answers...)
	hub := in.Facts.Hubs[facts.AlertsHub]
	hub.Fields = []string{"alertname", "annotations", "expr", "for", "labels", "severity", "type"}
	hub.Enums = map[string][]string{"severity": {"critical", "high", "low"}, "type": {"event", "promql"}}
	hub.Required = []string{"alertname"}
	in.Conventions.AlertHelpers = &convention.Library{Binding: "rules", Argument: "mylib.rules", Takes: []string{"mylib"}, Members: map[string]facts.Member{
		"mkThresholdAlert":    formals([]string{"name", "alertname", "expr", "summary", "description"}, "for", "severity", "service", "category"),
		"mkHighMemoryAlert":   formals([]string{"job"}, "name", "threshold", "for"),
		"mkHighCapacityAlert": formals([]string{"name", "expr"}, "severity"),
		"mkContainerDown":     formals([]string{"container"}),
		"mkContainerAlert":    formals([]string{"container"}, "for"),
		"mkQuotaAlert":        formals([]string{"name", "quota"}),
		"helper":              formals([]string{"name"}),
	}}
	in.Conventions.AlertExemplars = []string{"hosts/forge/services/sonarr.nix"}
	in.Conventions.StaleAlert = "mkStaleAlert"
	in.Conventions.HostLibrary.File = "hosts/forge/lib.nix"
	in.Facts.NodeExporter = facts.NodeExporter{Enabled: true, Collectors: []string{"systemd", "textfile"}, Textfiles: ptr("/var/lib/textfiles"), User: ptr("node-exporter"), Group: ptr("node-exporter")}
	in.Facts.Users["node-exporter"] = facts.User{}
	in.Facts.Groups["node-exporter"] = facts.Group{}
	in.Facts.Stale[in.Conventions.HostLibrary.File] = map[string]facts.StaleCheck{"mkStaleAlert": {Expr: "time() - linkding_last_check > 600", Metrics: map[string][]string{"linkding_last_check": {}}}}
	in.Facts.Scrapes = []facts.Scrape{{Job: "node"}, {Job: "scrape-sonarr"}}
	in.Facts.Units["postgresql"] = facts.Unit{}
	in.Facts.Timers = []string{"backup"}
	in.Facts.Alerts["sonarr-down"] = facts.Alert{Name: ptr("SonarrDown"), Expr: ptr(`container_active{name="sonarr"} == 0`)}
	return in
}

func arguments(a plan.Alert) map[string]any {
	all := map[string]any{}
	for _, s := range a.Arguments {
		all[s.Path[0]] = s.Value
	}
	return all
}

// TestAlertKinds: each helper is given what it takes, and nothing else.
func TestAlertKinds(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string
		helper  string
		want    map[string]any
	}{
		{"any expression", []string{"alerts.queue.expr=x > 1", "alerts.queue.severity=low"}, "mkThresholdAlert", map[string]any{
			"name": "linkding", "alertname": "LinkdingQueue", "expr": "x > 1", "severity": "low", "summary": "Linkding: queue", "description": "journalctl -u podman-linkding.service",
		}},
		{"all is said", []string{"alerts.q.expr=x > 1", "alerts.q.alertname=A", "alerts.q.name=n", "alerts.q.for=1h", "alerts.q.service=s", "alerts.q.category=c", "alerts.q.summary=s u", "alerts.q.description=d"}, "mkThresholdAlert", map[string]any{
			"name": "n", "alertname": "A", "expr": "x > 1", "for": "1h", "service": "s", "category": "c", "summary": "s u", "description": "d",
		}},
		{"of a job", []string{"alerts.m=high-memory", "metricsPath=/metrics", "alerts.m.threshold=90"}, "mkHighMemoryAlert", map[string]any{"name": "linkding", "job": "scrape-linkding", "threshold": int64(90)}},
		{"by its end", []string{"alerts.m=memory", "alerts.m.job=node", "alerts.m.threshold=0.5"}, "mkHighMemoryAlert", map[string]any{"name": "linkding", "job": "node", "threshold": 0.5}},
		{"by its field", []string{"alerts.m.kind=memory", "alerts.m.job=node"}, "mkHighMemoryAlert", map[string]any{"name": "linkding", "job": "node"}},
		{"of a container", []string{"alerts.c=container"}, "mkContainerAlert", map[string]any{"container": "linkding"}},
		{"of another container", []string{"alerts.c=container", "alerts.c.container=sonarr"}, "mkContainerAlert", map[string]any{"container": "sonarr"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, watched(c.answers...))
			require.Len(t, p.Model.Alerts, 1)
			a := p.Model.Alerts[0]
			require.Equal(t, c.helper, a.Helper)
			require.Equal(t, c.want, arguments(a))
			require.Contains(t, decision(t, p, "alerts."+a.Name).Reason, "mylib.rules."+c.helper)
			require.Len(t, promises(p, plan.PromiseRule), 1)
		})
	}
	in := watched("alerts.q.expr=node_systemd_unit_state{name=\"postgresql.service\"} == 0")
	pinning := formals([]string{"name", "alertname", "expr"}, "unit")
	in.Conventions.AlertHelpers.Members = map[string]facts.Member{"mkThresholdAlert": pinning}
	p := made(t, in)
	require.Equal(t, "postgresql.service", arguments(p.Model.Alerts[0])["unit"], "the repo can then see that it is there")
	require.Equal(t, "postgresql.service", promises(p, plan.PromiseRule)[0].Want["units"])
	require.Empty(t, p.Model.Exporter)
	require.NotContains(t, arguments(made(t, with(in, "alerts.q.expr=x > 1")).Model.Alerts[0]), "unit")
}

// TestAlertWrittenOut: a repo without helpers has the fields of its rules.
func TestAlertWrittenOut(t *testing.T) {
	in := watched("alerts.queue=threshold", "alerts.queue.expr=x > 1", "alerts.queue.for=5m", "alerts.queue.category=c")
	in.Conventions.AlertHelpers = nil
	p := made(t, in)
	require.Equal(t, map[string]any{
		"type": "promql", "alertname": "LinkdingQueue", "expr": "x > 1", "for": "5m", "labels": map[string]any{"service": "linkding", "category": "c"},
		"annotations": map[string]any{"summary": "Linkding: queue", "description": "journalctl -u podman-linkding.service"},
	}, arguments(p.Model.Alerts[0]))
	require.Equal(t, map[string]string{"type": "promql", "alertname": "LinkdingQueue", "expr": "x > 1", "for": "5m"}, promises(p, plan.PromiseRule)[0].Want)

	in.Facts.Hubs[facts.AlertsHub].Fields = []string{"alertname", "expr"}
	in.Facts.Hubs[facts.AlertsHub].Enums = nil
	require.Equal(t, map[string]any{"alertname": "LinkdingQueue", "expr": "x > 1"}, arguments(made(t, in).Model.Alerts[0]))
	in.Facts.Hubs[facts.AlertsHub].Required = []string{"alertname", "group"}
	refused(t, in, "modules.alerting.rules needs group, and nothing is known of that")
	in = watched("alerts.queue.expr=x > 1", "alerts.queue.threshold=3")
	in.Conventions.AlertHelpers = nil
	refused(t, in, "alerts.queue.threshold: a rule that is written out has none; put it into the expression")
	in = watched("alerts.queue=high-memory")
	in.Conventions.AlertHelpers, in.Conventions.StaleAlert = nil, ""
	refused(t, in, "the repo has helpers for threshold")
}

// TestAlertRefused: what would never be raised, or always, or be lost, is refused
// with what to do.
func TestAlertRefused(t *testing.T) {
	for _, c := range []struct {
		answers []string
		want    string
	}{
		{[]string{"alerts.q.for=5m"}, "nothing says what it is; say --set alerts.q=KIND, one of container, high-capacity, high-memory, quota, threshold, healthcheck-stale"},
		{[]string{"alerts.q=threshold"}, "mkThresholdAlert requires expr; say --set 'alerts.q.expr=...'"},
		{[]string{"alerts.q=latency"}, `no helper of the repo makes rules of kind "latency"`},
		{[]string{"alerts.q=quota"}, "mkQuotaAlert needs quota, and nothing is known of that"},
		{[]string{"alerts.q=high-memory"}, "asks for a job of Prometheus, and none scrapes linkding; say --set metricsPath=PATH, or --set alerts.q.job=JOB"},
		{[]string{"alerts.q=high-memory", "alerts.q.job=sonarr"}, "it asks for job sonarr, which Prometheus does not scrape; the host's jobs are node, scrape-sonarr"},
		{[]string{"alerts.q.expr=up{job=\"x\"} == 0"}, "it asks for job x, which Prometheus does not scrape"},
		{[]string{"alerts.q.expr=x > 1", "alerts.q.threshold=3"}, "mkThresholdAlert does not take it; it takes alertname, category, description, expr, for, name, service, severity, summary"},
		{[]string{"alerts.q.expr=x > 1", "alerts.q.severity=warning"}, `"warning" is unknown; choose one of critical, high, low`},
		{[]string{"alerts.q.expr=node_systemd_unit_state{name=\"linkding.service\"} == 0"}, "linkding.service, which is no unit of forge; its own is podman-linkding.service"},
		{[]string{"alerts.q.expr=y{name=\"x.timer\"} == 0"}, "x.timer, which is no timer of forge"},
		{[]string{"alerts.q.expr=x > 1", "alerts.q.alertname=SonarrDown"}, "rule sonarr-down of the host has the alertname SonarrDown; say --set alerts.q.alertname=NAME"},
		{[]string{"alerts.q.expr=x > 1", "alerts.r.expr=x > 1", "alerts.r.alertname=LinkdingQ"}, "rule q has the alertname LinkdingQ too"},
	} {
		t.Run(c.want, func(t *testing.T) { refused(t, watched(c.answers...), c.want) })
	}
	in := watched("alerts.down.expr=x > 1")
	in.Facts.Alerts["linkding-down"] = facts.Alert{}
	refused(t, in, "the host has a rule linkding-down; give it another name")
	in = watched("alerts.q.expr=node_systemd_unit_state{name=\"postgresql.service\"} == 0")
	in.Facts.NodeExporter.Collectors = nil
	refused(t, in, "no exporter of forge tells Prometheus of all systemd units")
	in = watched("alerts.q.expr=x > 1")
	in.Facts.Hubs[facts.AlertsHub] = nil
	refused(t, in, "the host has no option that services add alerting rules to")
	require.Empty(t, made(t, watched("alerts.q.expr=x > 1", "alerts.q=no")).Model.Alerts)
	in = watched("alerts.q.expr=y{name=\"backup.timer\"} == 0", "alerts.own.expr=y{name=\"podman-linkding.service\"} == 0")
	require.Len(t, made(t, in).Model.Alerts, 2)
}

// TestAlertAnswers: what is said of a rule has the form that it must have.
func TestAlertAnswers(t *testing.T) {
	for answer, want := range map[string]string{
		"alerts.Q=threshold":          `"Q" is no name of a rule`,
		"alerts.=threshold":           `"" is no name of a rule`,
		"alerts.q=Threshold Alert":    "is no kind of rule",
		"alerts.q.kind=X":             "is no kind of rule",
		"alerts.q.expression=x > 1":   "known of a rule are kind, name, alertname, job",
		"alerts.q.expr=x":             "compares nothing",
		"alerts.q.for=5 minutes":      "is no time such as",
		"alerts.q.threshold=many":     "is no number",
		"alerts.q.alertname=a b":      "is no name of an alert",
		"alerts.q.unit=x":             "is no unit such as x.service",
		"alerts.q.summary=":           "is not one line",
		"alerts.q.container=a/b":      "is no name",
		"alerts.q.severity=very high": "is no name",
	} {
		name, value, _ := cut(answer)
		require.ErrorContains(t, plan.CheckAnswers(map[string]string{name: value}), want, answer)
	}
	for _, answer := range []string{"alerts.q=no", "alerts.q.unit=x.timer", "alerts.q.for=1h30m", "alerts.q.threshold=0.25", "alerts.q-2.summary={{ $labels.x }} \"odd\""} {
		name, value, _ := cut(answer)
		require.NoError(t, plan.CheckAnswers(map[string]string{name: value}), answer)
	}
	require.Contains(t, plan.Keys(), "alerts.NAME.expr")
}

func cut(answer string) (name, value string, ok bool) {
	i := slices.Index([]byte(answer), '=')
	return answer[:i], answer[i+1:], true
}

// TestStaleAlert comes with what writes its metric, or not at all.
func TestStaleAlert(t *testing.T) {
	in := watched("alerts.stale=healthcheck-stale", "alerts.stale.threshold=900")
	p := made(t, in)
	require.Equal(t, &plan.Exporter{Unit: "linkding-healthcheck", Metric: "linkding_last_check", Up: "linkding_up", Folder: "/var/lib/textfiles", User: "node-exporter", Group: "node-exporter"}, p.Model.Exporter)
	a := p.Model.Alerts[0]
	require.True(t, a.OfHost)
	require.Equal(t, "mkStaleAlert", a.Helper)
	require.Equal(t, []any{"linkding", "Linkding", int64(900)}, []any{a.Arguments[0].Value, a.Arguments[1].Value, a.Arguments[2].Value})
	require.Equal(t, "linkding_last_check", promises(p, plan.PromiseRule)[0].Want["metric"])
	require.Contains(t, steps(p), "see that linkding_last_check is written: a rule on what was never written is never raised ssh forge cat /var/lib/textfiles/linkding-healthcheck.prom\n")
	require.Equal(t, map[string]string{"metric": "linkding_last_check", "folder": "/var/lib/textfiles", "seconds": "60"}, promises(p, plan.PromiseExported)[0].Want)

	for _, c := range []struct {
		name    string
		change  func(*plan.Input)
		answers []string
		want    string
	}{
		{"no helper", func(in *plan.Input) { in.Conventions.StaleAlert = "" }, nil, "the host's library has no helper"},
		{"what it does not take", nil, []string{"alerts.stale.severity=low"}, "forgeDefaults.mkStaleAlert does not take it; it takes threshold"},
		{"half a second", nil, []string{"alerts.stale.threshold=900.5"}, "say it in whole seconds"},
		{"too soon", nil, []string{"alerts.stale.threshold=60"}, "a check is made every 60 seconds"},
		{"not evaluated", func(in *plan.Input) { in.Facts.Stale = nil }, nil, "cannot be evaluated"},
		{"another metric", func(in *plan.Input) {
			in.Facts.Stale["hosts/forge/lib.nix"] = map[string]facts.StaleCheck{"mkStaleAlert": {Expr: "time() - checks > 600", Metrics: map[string][]string{"last_checks": {}}}}
		}, nil, `asks for "time() - checks > 600", which is no metric of linkding`},
		{"nothing to ask", nil, []string{"web=no", "-auth", "-containerPort"}, "nothing listens that could be asked"},
		{"no exporter", func(in *plan.Input) { in.Facts.NodeExporter.Enabled = false }, nil, "nothing on forge would tell Prometheus of linkding_last_check, so it would never be raised"},
		{"no folder", func(in *plan.Input) { in.Facts.NodeExporter.Textfiles = nil }, nil, "it would never be raised"},
		{"no collector", func(in *plan.Input) { in.Facts.NodeExporter.Collectors = []string{"systemd"} }, nil, "it would never be raised"},
		{"no account", func(in *plan.Input) { delete(in.Facts.Users, "node-exporter") }, nil, "it would never be raised"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := watched(append([]string{"alerts.stale=healthcheck-stale"}, c.answers...)...)
			if c.change != nil {
				c.change(&in)
			}
			refused(t, in, c.want)
		})
	}
}

// TestAlertSteps: whether a metric is there only a running Prometheus knows,
// unless others are watched by it.
func TestAlertSteps(t *testing.T) {
	step := func(expr string) bool {
		p := made(t, watched("alerts.q.expr="+expr))
		return slices.ContainsFunc(p.Checklist, func(s plan.Step) bool { return strings.HasPrefix(s.What, "see in Prometheus that what rule ") })
	}
	require.True(t, step("linkding_tasks > 1"))
	require.False(t, step(`container_active{name="linkding"} == 0`), "other containers are watched by it")
	require.False(t, step(`node_systemd_unit_state{name="podman-linkding.service",state="failed"} == 1`))
	require.True(t, step(`container_active{name="linkding"} == 0 or linkding_tasks > 1`))
}

// TestProbeAlerts: who is told as most of the repo's checks have it.
func TestProbeAlerts(t *testing.T) {
	telling := func(kinds ...string) plan.Input {
		in := repo()
		in.Facts.Hubs[facts.BlackBoxHub].Fields = []string{"url", "conditions", "alerts"}
		for i, k := range kinds {
			p := facts.Probe{URL: ptr("u")}
			if k != "" {
				p.Told = []facts.ProbeAlert{{Type: ptr(k), Fields: []string{"type", "failureThreshold"}, Failures: 5, Successes: 1}}
			}
			in.Facts.BlackBox["s"+string(rune('a'+i))] = p
		}
		return in
	}
	p := made(t, telling("pushover", "pushover", "mail", ""))
	require.Equal(t, &plan.ProbeAlert{Type: "pushover", Failures: 5, Successes: 1, Fields: []string{"type", "failureThreshold"}, Description: "Linkding is not responding"}, p.Model.ProbeURL.Alert)
	require.Equal(t, "3 of 4 checks tell somebody", decision(t, p, "probeAlerts").Evidence[0].Value)
	want := promises(p, plan.PromiseProbe)[0].Want
	require.Equal(t, []string{"pushover", "5"}, []string{want["tells"], want["failures"]})

	for _, in := range []plan.Input{telling("pushover", ""), telling("", ""), telling(), with(telling("pushover"), "probeAlerts=no")} {
		p := made(t, in)
		require.Nil(t, p.Model.ProbeURL.Alert)
		require.NotContains(t, promises(p, plan.PromiseProbe)[0].Want, "tells")
	}
	require.Equal(t, "pushover", made(t, with(telling("pushover", "", ""), "probeAlerts=yes")).Model.ProbeURL.Alert.Type, "it was said, and one tells whom")
	refused(t, with(telling("", ""), "probeAlerts=yes"), "no black-box check of forge tells anybody")
	refused(t, with(telling("pushover"), "probeAlerts=yes", "web=no", "-auth"), "there is no black-box check")
	unchecked := with(telling("pushover"), "probe=no")
	require.Empty(t, made(t, unchecked).String("probeAlerts"), "where nothing checks it, nobody is told")
	require.Nil(t, made(t, unchecked).Model.ProbeURL.Alert)
	refused(t, with(unchecked, "probeAlerts=yes"), "there is no black-box check")
	want = promises(made(t, with(telling("pushover"), "probe=yes", "web=no", "-auth")), plan.PromiseProbe)[0].Want
	require.Equal(t, []string{"tcp://127.0.0.1:9090", "pushover"}, []string{want["url"], want["tells"]}, "a check of a port tells somebody too")
	in := telling("pushover")
	in.Facts.Hubs[facts.BlackBoxHub].Fields = []string{"url", "conditions"}
	require.Nil(t, made(t, in).Model.ProbeURL.Alert, "its checks have no such field")
}

// TestExpressionForm: an expression is one line of PromQL.
func TestExpressionForm(t *testing.T) {
	for expr, want := range map[string]string{
		" ":                       "is no expression",
		"x > 1\ny > 1":            "is not one line of text",
		"x > 1 # \u202e":          "is not one line of text",
		strings.Repeat("x", 2001): "2001 bytes, more than 2000",
		"x_up":                    "compares nothing",
	} {
		require.ErrorContains(t, plan.CheckAnswers(map[string]string{"alerts.q.expr": expr}), want, "%q", expr)
	}
	require.NoError(t, plan.CheckAnswers(map[string]string{"alerts.q.expr": "x_up == 0"}))
}
