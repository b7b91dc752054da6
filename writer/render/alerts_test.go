package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

// byTheClock is a container that a timer starts.
var byTheClock = scenario{
	name: "scheduled", example: "example", service: "carvana",
	answers: said("packaging=container", "image=ghcr.io/x/carvana:1.2.3@"+digest, "workload=config", "dataDir=/config", "schedule=Mon..Fri 03:30",
		"category=Productivity", "description=prices of cars", "command=sync --all", "secrets=CARVANA_TOKEN"),
}

// rules are those of a container with every kind of helper.
var rules = []string{
	"alerts.queue.expr=sum by (job) (linkding_tasks{state=\"pending\"}) > 100", "alerts.queue.severity=critical", "alerts.queue.summary=Too many \"tasks\" on {{ $labels.instance }}",
	"alerts.memory=high-memory", "alerts.memory.threshold=90", "alerts.slow=response-time", "alerts.slow.threshold=2.5", "alerts.slow.for=10m",
	"alerts.full=capacity", "alerts.full.expr=linkding_bytes > 1e9", "alerts.stale=healthcheck-stale", "alerts.stale.threshold=900",
}

// staleOf is what the host library's helper asks for, which is evaluated with a
// service's name.
func staleOf(service string) func(*facts.Facts, *convention.Conventions) {
	metric := service + "_last_check_timestamp"
	return func(f *facts.Facts, c *convention.Conventions) {
		f.Stale[c.HostLibrary.File] = map[string]facts.StaleCheck{"mkHealthcheckStaleAlert": {Expr: "time() - " + metric + " > 600", Metrics: map[string][]string{metric: {}}}}
	}
}

// alerting are rules of all kinds, and what runs to its end.
var alerting = []scenario{
	byTheClock,
	{name: "scheduled-registry", example: "example-registry", service: "carvana", answers: byTheClock.with("category=productivity", "schedule=hourly", "nfs=media").answers},
	{
		name: "scheduled-unit", example: "example", service: "tidy", pkg: "shiori",
		answers: said("packaging=unit", "package=shiori", "program=shiori", "arguments=clean --data {dataDir}", "schedule=*:0/15", "workload=sqlite", "category=Productivity", "secrets=TIDY_KEY"),
	},
	{
		name: "once", example: "example", service: "carvana",
		answers: byTheClock.with("-schedule", "-secrets", "-command", "oneshot=yes").answers,
	},
	{
		name: "once-unit", example: "example-registry", service: "tidy", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "oneshot=yes", "workload=stateless", "category=productivity"),
	},
	{name: "alerts", example: "example", service: "linkding", answers: everything.with(append(rules, "-nfs", "-network", "-secrets")...).answers, change: staleOf("linkding")},
	{
		name: "alerts-factory", example: "example-registry", service: "linkding",
		answers: everything.with("category=infrastructure", "-network", "-metricsPath", "-secrets", "-nfs", "alerts.stale=healthcheck-stale",
			"alerts.unit.expr=node_systemd_unit_state{name=\"podman-linkding.service\",state=\"failed\"} == 1").answers, change: staleOf("linkding"),
	},
	{
		name: "alerts-plain", example: "example", service: "carvana", answers: byTheClock.with("alerts.cost.expr=carvana_price > 1000", "alerts.cost.for=1h", "alerts.cost.severity=low").answers,
		change: func(_ *facts.Facts, c *convention.Conventions) { c.AlertHelpers = nil },
	},
	{
		name: "alerts-applied", example: "example", service: "carvana", answers: byTheClock.answers,
		change: func(_ *facts.Facts, c *convention.Conventions) {
			c.AlertHelpers.Argument, c.AlertHelpers.Takes = "mylib.alertHelpers pkgs", []string{"mylib", "pkgs"}
		},
	},
}

// TestScheduledHasNoListener: nothing of what asks a service is written for what
// runs to its end.
func TestScheduledHasNoListener(t *testing.T) {
	for _, s := range alerting[:5] {
		t.Run(s.name, func(t *testing.T) {
			_, files := s.render(t)
			text := string(files[0].After) + string(files[1].After)
			for _, asks := range []string{"reverseProxy", "virtualHosts", "contributions", "metrics =", "health-cmd", "healthcheck =", "mkServiceDownAlert", "mkSystemdServiceDownAlert", "ports ="} {
				require.NotContains(t, text, asks)
			}
			timed := strings.Contains(s.name, "scheduled")
			require.Equal(t, timed, strings.Contains(text, "systemd.timers."), "a timer starts it, if it runs by the clock")
			require.Equal(t, timed, strings.Contains(text, "restartIfChanged = false;"))
			require.NotEqual(t, timed, strings.Contains(text, "RemainAfterExit = true;"))
			require.NotContains(t, text, "mkContainerService", "a factory makes what always runs")
		})
	}
}

// TestAlertsEscape: what is said of a rule is text in what is written, whatever
// it looks like.
func TestAlertsEscape(t *testing.T) {
	s := everything.with("alerts.odd.expr=label_replace(up, \"a\", \"${x}''\", \"\", \"\") > 0", "alerts.odd.summary=${x} is \"odd\"", "alerts.odd.description=a ${y} b\\")
	s.name = "odd"
	_, files := s.render(t)
	text := string(files[1].After)
	require.Contains(t, text, `expr = ''label_replace(up, "a", "''${x}'''", "", "") > 0'';`)
	require.Contains(t, text, `summary = ''''${x} is "odd"'';`)
	require.Contains(t, text, `description = "a \${y} b\\";`)
	out, err := instantiate(t, text, "--parse")
	require.NoError(t, err, "%s", out)
}

// TestProbeTellsNobody: where the repo's checks have fields of other names, only
// those that are there are written; where nobody is told, nothing is.
func TestProbeTellsNobody(t *testing.T) {
	s := everything
	s.change = func(f *facts.Facts, _ *convention.Conventions) {
		for name, p := range f.BlackBox {
			for i := range p.Told {
				p.Told[i].Fields = []string{"type", "failureThreshold"}
			}
			f.BlackBox[name] = p
		}
	}
	_, files := s.render(t)
	require.Contains(t, string(files[1].After), "            type = \"pushover\";\n            failureThreshold = 3;\n          }\n")
	_, files = everything.with("probeAlerts=no").render(t)
	require.NotContains(t, string(files[1].After), "pushover")
}
