package plan

import (
	"fmt"
	"strings"
)

// defaultStale is after how many seconds without a check somebody is told.
const defaultStale = "600"

// staleRule: an alert for a check that is no longer made. It watches a metric
// that something must write, and where nothing does it is never raised.
func (m *maker) staleRule(a *Alert) error {
	library, helper := m.Conventions.HostLibrary, m.Conventions.StaleAlert
	if library == nil || helper == "" {
		return inputErrorf("leave it out", "add rule %s: the host's library has no helper for checks that are no longer made", a.Name)
	}
	for _, k := range alertKeys {
		if _, ok := m.answer(alertsPrefix + a.Name + "." + k.name); ok && k.name != "threshold" {
			return inputErrorf("it takes threshold, in seconds", "read %s%s.%s: %s.%s does not take it", alertsPrefix, a.Name, k.name, library.Binding, helper)
		}
	}
	seconds, ok := m.alertAnswer(a.Name, "threshold")
	if !ok {
		seconds = defaultStale
	}
	limit, whole := alertNumber(seconds).(int64)
	if !whole {
		return inputErrorf("say it in whole seconds", "read %s%s.threshold: %q", alertsPrefix, a.Name, seconds)
	}
	return m.exporter(a, limit)
}

// exporter: what writes the metric that the rule asks for.
func (m *maker) exporter(a *Alert, limit int64) error {
	library, helper := m.Conventions.HostLibrary, m.Conventions.StaleAlert
	name := library.Binding + "." + helper
	check, ok := m.Facts.Stale[library.File][helper]
	if !ok {
		return inputErrorf("leave it out", "add rule %s: what %s asks for cannot be evaluated", a.Name, name)
	}
	metric := strings.ReplaceAll(m.Service, "-", "_") + "_"
	var metrics []string
	for _, n := range sortedNames(check.Metrics) {
		if strings.HasPrefix(n, metric) {
			metrics = append(metrics, n)
		}
	}
	switch e := m.Facts.NodeExporter; {
	case len(metrics) != 1 || !strings.Contains(check.Expr, metrics[0]):
		return inputErrorf("leave it out", "add rule %s: %s asks for %q, which is no metric of %s", a.Name, name, check.Expr, m.Service)
	case m.model.Schedule != nil:
		return inputErrorf("leave it out: a rule for a timer that does not fire is there already", "add rule %s: nothing checks what runs by the clock", a.Name)
	case m.model.Port == 0:
		return inputErrorf("leave it out", "add rule %s: nothing listens that could be asked, so nothing writes %s and it would never be raised", a.Name, metrics[0])
	case !e.Enabled || e.Textfiles == nil || !contains(e.Collectors, "textfile") || !m.exporterAccount():
		return inputErrorf("leave it out, or enable the textfile collector of the host's exporter", "add rule %s: nothing on %s would tell Prometheus of %s, so it would never be raised", a.Name, m.Facts.Host.Name, metrics[0])
	case limit < 3*checkInterval:
		return inputErrorf(fmt.Sprintf("say %d or more", 3*checkInterval), "read %s%s.threshold: a check is made every %d seconds, and %d would be raised by one that is late", alertsPrefix, a.Name, checkInterval, limit)
	}
	a.Kind, a.Helper, a.OfHost, a.Expr = staleAlert, helper, true, ""
	a.Arguments = []Setting{{Value: m.Service}, {Value: m.model.DisplayName}, {Value: limit}}
	m.model.Exporter = &Exporter{Unit: m.Service + "-healthcheck", Metric: metrics[0], Up: metric + "up", Folder: *m.Facts.NodeExporter.Textfiles, User: *m.Facts.NodeExporter.User, Group: *m.Facts.NodeExporter.Group}
	m.decide(Decision{Name: alertsPrefix + a.Name, Value: a.Key, Rule: "the host library's helper, with what writes its metric", Reason: fmt.Sprintf("%s watches %s, which %s.timer writes; without, it would never be raised", name, metrics[0], m.model.Exporter.Unit),
		Evidence: []Evidence{{Option: "services.prometheus.exporters.node.extraFlags", Value: *m.Facts.NodeExporter.Textfiles}}})
	return nil
}

// checkInterval is how often a check is made, in seconds.
const checkInterval = 60

// Exporter is a unit that asks the service how it is, and writes when it did.
type Exporter struct {
	Unit string // without suffix
	// Metric is the time of the last check; Up tells whether the service answered.
	Metric, Up string
	// Folder is where the host's exporter reads files, as User and Group.
	Folder, User, Group string
}

// exporterAccount tells whether the host's exporter has an account that something
// else can run as too.
func (m *maker) exporterAccount() bool {
	e := m.Facts.NodeExporter
	if e.User == nil || e.Group == nil {
		return false
	}
	_, user := m.Facts.Users[*e.User]
	_, group := m.Facts.Groups[*e.Group]
	return user && group
}
