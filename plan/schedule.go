package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/calendar"
	"holthome.net/scaffold/plan/promql"
)

// Schedule is when a service runs that does not run all the time: by the clock,
// or once when the host starts.
type Schedule struct {
	// Calendar is systemd's calendar event, empty for once at the start.
	Calendar string
	// Delay is up to how much later the timer may fire, empty for no delay.
	Delay string
	// Overdue is after how many seconds a timer that has not fired is late.
	Overdue int64
}

var scheduleKeys = []key{
	{name: "schedule", check: calendar.Check, about: "when it runs and ends by itself, as a calendar event of systemd: daily, or \"Mon..Fri 03:30\""},
	{name: "oneshot", choices: yesNo, about: "whether it runs once when the host starts, and ends"},
}

// ofListeners are what only a service has that listens for others.
var ofListeners = []string{"port", "containerPort", "healthPath", "metricsPath", "policy", "hostName", "widget", "probeAlerts"}

// schedule: what runs to its end has no listener, and so nothing that asks it.
func (m *maker) schedule() error {
	said, ok := m.said("schedule")
	once, _ := m.said("oneshot")
	if !ok && once != "yes" {
		return nil
	}
	if ok && once == "yes" {
		return inputErrorf("leave out one of them", "read oneshot: what runs by the clock does not run at the start of the host")
	}
	name := map[bool]string{true: "schedule", false: "oneshot"}[ok]
	if m.model.Packaging == Native {
		return inputErrorf("choose packaging=unit or container; where the module has an option for it, set that in the host's file", "read %s: the module of NixOS makes its units and timers itself", name)
	}
	if parts := m.partNames(); len(parts) > 0 {
		return inputErrorf("leave it out", "read %s%s: beside what runs to its end nothing can run all the time", partsPrefix, parts[0])
	}
	if err := m.withoutListener(name); err != nil {
		return err
	}
	s := &Schedule{Calendar: said}
	m.model.Schedule = s
	if ok {
		m.timing(s)
	}
	d := Decision{Name: "listener", Value: "none", Rule: "nothing asks what runs to its end", Reason: "it listens nowhere, so there is no virtual host, tile, black-box check, health check or scrape; it is inactive most of the time, so no alert on that either"}
	if s.Calendar == "" {
		d.Reason = "it listens nowhere, so there is no virtual host, tile, black-box check, health check or scrape"
	}
	m.decide(d)
	return nil
}

// withoutListener takes what sources say of listening away, and refuses what the
// user says of it.
func (m *maker) withoutListener(name string) error {
	for _, k := range ofListeners {
		m.forget(k)
		if _, ok := m.answer(k); ok {
			return inputErrorf("leave it out", "read %s: it is given, and what has a %s listens nowhere", k, name)
		}
	}
	switch m.Answers["web"] {
	case "no": // said, or known
		return nil
	case "yes":
		return inputErrorf("leave it out", "read web: it is given, and what has a %s has no web page", name)
	}
	m.Answers["web"], m.known["web"] = "no", knownBy(name, "what runs to its end has no web page")
	m.said("web")
	return nil
}

// timing is what follows from the calendar event.
func (m *maker) timing(s *Schedule) {
	c, err := calendar.Parse(s.Calendar)
	if err != nil {
		return // it was checked
	}
	pause, delay := c.LongestPause(), int64(0)
	if pause >= secondsOfHour {
		s.Delay, delay = "5m", 300
	}
	// An hour for clocks that are changed, and some time for a run that the next
	// one waits for.
	s.Overdue = pause + delay + secondsOfHour + max(pause/10, 600)
	if s.Overdue > secondsOfDay { // whole hours, for people
		s.Overdue = (s.Overdue + secondsOfHour - 1) / secondsOfHour * secondsOfHour
	}
	m.decide(Decision{Name: "overdue", Value: "after " + spoken(s.Overdue), Rule: "the longest pause between two runs, with time to spare",
		Reason: fmt.Sprintf("%q pauses for %s at most; the rest is for the delay, a changed clock and a run that takes long", s.Calendar, spoken(pause))})
	m.everyTimer(pause)
	m.everyContainer()
}

const (
	secondsOfHour = 60 * 60
	secondsOfDay  = 24 * secondsOfHour
)

// spoken is a number of seconds for people.
func spoken(seconds int64) string {
	var parts []string
	for _, u := range []struct {
		size int64
		name string
	}{{secondsOfDay, "day"}, {secondsOfHour, "hour"}, {60, "minute"}, {1, "second"}} {
		switch n := seconds / u.size; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+u.name)
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, u.name))
		}
		seconds %= u.size
	}
	return enumerated(parts)
}

// everyTimer tells of rules of the host that watch all timers, with a limit that
// is not this one's.
func (m *maker) everyTimer(pause int64) {
	for _, key := range sortedNames(m.Facts.Alerts) {
		expr := m.Facts.Alerts[key].Expr
		if expr != nil && strings.Contains(*expr, timerMetric) && !slices.ContainsFunc(promql.Labels(*expr, "name"), promql.IsUnit) && pause > secondsOfDay {
			m.note(fmt.Sprintf("Rule %s watches all timers of %s with a limit of its own; see that it leaves %s to this timer.", key, m.Facts.Host.Name, spoken(pause)))
		}
	}
}

// everyContainer tells of rules that watch all containers by the metric with which
// the host's rules watch a single one.
func (m *maker) everyContainer() {
	if m.model.Packaging != Container {
		return
	}
	metrics := map[string]int{}
	for _, a := range m.Facts.Alerts {
		if a.Expr == nil {
			continue
		}
		metric, _, _ := strings.Cut(*a.Expr, "{")
		for _, name := range promql.Labels(*a.Expr, "name") {
			if _, container := m.Facts.Containers[name]; container {
				metrics[metric]++
			}
		}
	}
	metric := most(metrics)
	for _, key := range sortedNames(m.Facts.Alerts) {
		if expr := m.Facts.Alerts[key].Expr; metric != "" && expr != nil && strings.HasPrefix(strings.ReplaceAll(*expr, " ", ""), metric+"==0") {
			m.note(fmt.Sprintf("Rule %s watches all containers of %s; see that what writes %s leaves out those that are between their runs.", key, m.Facts.Host.Name, metric))
		}
	}
}

const (
	timerMetric = "node_systemd_timer_last_trigger_seconds"
	stateMetric = "node_systemd_unit_state"
)

// runAlerts: alerts for what is seldom active. An alert on a unit that is not
// active would always be raised.
func (m *maker) runAlerts() error {
	s := m.model.Schedule
	if s == nil {
		return nil
	}
	d := Decision{Name: "runAlerts", Rule: "a failed run, and a timer that does not fire"}
	switch {
	case m.Facts.Hubs[facts.AlertsHub] == nil:
		d.Value, d.Reason = "none", "the host has no option that services add alerting rules to"
		m.decide(d)
		return nil
	case !m.Facts.NodeExporter.WatchesUnits():
		d.Value, d.Reason = "none", "no exporter of the host tells Prometheus of all systemd units, so they would never be raised"
		m.decide(d)
		m.note("Nothing watches whether it runs, beside the notification of a failure: " + d.Reason + ".")
		return nil
	}
	unit := m.mainUnit()
	rules := []runRule{{"failed", fmt.Sprintf(`%s{name="%s.service",state="failed"} == 1`, stateMetric, unit), "5m",
		m.model.DisplayName + " failed on {{ $labels.instance }}", "journalctl -u " + unit + ".service", "It is inactive between its runs, so only a failed one counts."}}
	if s.Calendar == "" {
		rules[0].why = "It ends by itself, so only a failure counts."
	} else {
		// Of a timer that never fired the metric is 0.
		rules = append(rules, runRule{"overdue", fmt.Sprintf(`time() - (%[1]s{name="%[2]s.timer"} > 0) > %[3]d or %[4]s{name="%[2]s.timer",state="active"} == 0`, timerMetric, unit, s.Overdue, stateMetric), "15m",
			m.model.DisplayName + " has not run on {{ $labels.instance }}", "systemctl list-timers " + unit + ".timer",
			fmt.Sprintf("%d seconds, %s, are the longest pause of %q with time to spare.", s.Overdue, spoken(s.Overdue), s.Calendar)})
	}
	var keys []string
	for _, r := range rules {
		a, err := m.runRule(r)
		if err != nil {
			return err
		}
		keys = append(keys, a.Key)
		m.model.Alerts = append(m.model.Alerts, *a)
	}
	d.Value, d.Reason = strings.Join(keys, ", "), "an alert on a unit that is not active would always be raised"
	d.Evidence = []Evidence{{Option: "services.prometheus.exporters.node.enabledCollectors", Value: strings.Join(m.Facts.NodeExporter.Collectors, ", ")}}
	m.decide(d)
	return nil
}

type runRule struct{ name, expr, wait, summary, description, why string }

// runRule makes one of them as the repo makes rules of any expression.
func (m *maker) runRule(r runRule) (*Alert, error) {
	a := &Alert{Key: m.Service + "-" + r.name, Name: r.name, Kind: plainAlert, Why: r.why}
	hub := m.Facts.Hubs[facts.AlertsHub]
	values := map[string]string{
		"name": m.Service, "alertname": camelCase(m.model.DisplayName) + camelCase(r.name), "expr": r.expr, "for": r.wait, "service": m.Service, "category": "availability",
		"summary": r.summary, "description": r.description, "severity": "high", "unit": m.mainUnit() + ".service",
	}
	if r.name == "overdue" {
		values["unit"] = m.mainUnit() + ".timer"
	}
	if known := hub.Enums["severity"]; len(known) > 0 && !contains(known, values["severity"]) {
		values["severity"] = "" // the repo's own
	}
	member := m.anyExpression()
	if member == "" {
		m.writeOut(a, hub, values)
		return a, m.alertFree(a)
	}
	library := m.Conventions.AlertHelpers
	a.Helper = member
	for _, k := range alertKeys {
		optional, takes := library.Members[member].Formals[k.name]
		switch {
		case takes && values[k.name] != "" && (k.name != "service" || !optional):
			a.give(k.name, values[k.name])
		case takes && !optional && values[k.name] == "":
			return nil, m.lacksArgument(a, member, k.name)
		}
	}
	return a, m.alertFree(a)
}
