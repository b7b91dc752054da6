package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/promql"
)

// promiseStart: the unit is there, and starts when it is meant to.
func (m *maker) promiseStart(unit string) {
	s := m.model.Schedule
	switch {
	case s == nil:
		m.promise(PromiseUnit, unit, unit+".service exists and starts something", nil)
		return
	case s.Calendar == "":
		m.promise(PromiseUnit, unit, unit+".service exists and runs when the host starts", nil)
	default:
		m.promise(PromiseUnit, unit, unit+".service exists, and its timer alone starts it", map[string]string{"startedBy": unit + ".timer"})
		want := map[string]string{"calendar": s.Calendar, "unit": unit + ".service"}
		if s.Delay != "" {
			want["delay"] = s.Delay
		}
		m.promise(PromiseTimer, unit, fmt.Sprintf("%s.timer starts it: %s", unit, s.Calendar), want)
	}
	want := map[string]string{"restart": "no"}
	if m.model.Packaging == OwnUnit {
		want = map[string]string{"type": "oneshot"}
	}
	if s.Calendar == "" {
		want["remains"] = "yes"
	}
	m.promise(PromiseEnds, unit, unit+".service is not started anew when it is done", want)
	if m.model.Packaging == Container && !m.hostNetworked() { // there it is promised with the network
		m.promise(PromiseInternal, m.Service, "the container publishes nothing", nil)
	}
	if s.Calendar != "" {
		m.promise(PromiseUnwatched, m.Service, "no rule of its own is raised by its being inactive", map[string]string{"unit": unit})
	}
}

// promiseAlerts: each rule is there as it was decided, and asks for what is there.
func (m *maker) promiseAlerts() {
	hub := m.Facts.Hubs[facts.AlertsHub]
	for _, a := range m.model.Alerts {
		want := map[string]string{}
		if contains(hub.Enums["type"], "promql") {
			want["type"] = "promql"
		}
		for name, value := range map[string]string{"alertname": a.AlertName, "expr": a.Expr, "for": a.For, "severity": a.Severity} {
			if value != "" {
				want[name] = value
			}
		}
		if a.Kind == staleAlert {
			want["metric"] = m.model.Exporter.Metric
		}
		if units := promql.Units(a.Expr); len(units) > 0 {
			want["units"] = strings.Join(units, " ")
		}
		if len(a.ScrapeJobs) > 0 {
			want["jobs"] = strings.Join(a.ScrapeJobs, " ")
		}
		m.promise(PromiseRule, a.Key, "rule "+a.Key+" is there, and what it asks for exists", want)
	}
	if e := m.model.Exporter; e != nil {
		m.promise(PromiseExported, e.Unit, fmt.Sprintf("%s.timer has %s written where the host's exporter reads it", e.Unit, e.Metric),
			map[string]string{"metric": e.Metric, "folder": e.Folder, "seconds": fmt.Sprint(checkInterval)})
	}
}

// alertSteps: what only a running Prometheus can tell.
func (m *maker) alertSteps(after func(what, command string)) {
	for _, a := range m.model.Alerts {
		if a.Kind == staleAlert || m.metricsKnown(a.Expr) {
			continue
		}
		after(fmt.Sprintf("see in Prometheus that what rule %s asks for has a value: whether %s exports that metric cannot be evaluated, and a rule without a value is never raised", a.Key, m.model.DisplayName), "")
	}
}

// metricsKnown tells whether others are watched by every metric of an expression.
func (m *maker) metricsKnown(expr string) bool {
	metrics := promql.Metrics(expr)
	for _, metric := range metrics {
		known := m.Facts.NodeExporter.WatchesUnits() && (metric == stateMetric || metric == timerMetric)
		for _, rule := range m.Facts.Alerts {
			known = known || rule.Expr != nil && slices.Contains(promql.Metrics(*rule.Expr), metric)
		}
		if !known {
			return false
		}
	}
	return len(metrics) > 0
}
