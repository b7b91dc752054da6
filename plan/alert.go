package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/promql"
)

// Alert is an alerting rule of the service, beside the one for a service that is
// down.
type Alert struct {
	// Key is its name among the host's rules, Name what it is called in answers.
	Key, Name string
	// Kind is the helper's, such as high-memory, or threshold.
	Kind string
	// Helper is the repo's function that makes it, among those for rules or of the
	// host library; empty where it is written out. What it is given is Arguments:
	// named ones, or for the host library's those that follow each other.
	Helper     string
	OfHost     bool
	Arguments  []Setting
	Why        string // written above it
	AlertName  string // empty where the helper makes it
	Expr       string // likewise
	For        string
	Severity   string
	ScrapeJobs []string
}

// alerts: rules that were asked for.
func (m *maker) alerts() error {
	for _, name := range m.alertNames() {
		if m.Facts.Hubs[facts.AlertsHub] == nil {
			return inputErrorf("leave it out", "read %s%s: the host has no option that services add alerting rules to", alertsPrefix, name)
		}
		a, err := m.alert(name)
		if err != nil {
			return err
		}
		if err := m.alertFree(a); err != nil {
			return err
		}
		m.model.Alerts = append(m.model.Alerts, *a)
	}
	return nil
}

// alertNames are the rules that are wanted, sorted.
func (m *maker) alertNames() []string {
	var names []string
	for n := range m.Answers {
		if rest, ok := strings.CutPrefix(n, alertsPrefix); ok {
			name, _, _ := strings.Cut(rest, ".")
			if kind, _ := m.alertKind(name); kind != noAlert {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// alertKind is what was said of a rule's kind.
func (m *maker) alertKind(name string) (string, bool) {
	if kind, ok := m.answer(alertsPrefix + name); ok {
		return kind, true
	}
	return m.answer(alertsPrefix + name + "." + alertKind)
}

// alertAnswer is what was said of a rule, as a decision.
func (m *maker) alertAnswer(name, field string) (string, bool) {
	return m.said(alertsPrefix + name + "." + field)
}

// alert settles one.
func (m *maker) alert(name string) (*Alert, error) {
	a := &Alert{Key: m.Service + "-" + name, Name: name}
	kind, ok := m.alertKind(name)
	switch _, expr := m.answer(alertsPrefix + name + ".expr"); {
	case !ok && expr:
		kind = plainAlert
	case !ok:
		return nil, inputErrorf(fmt.Sprintf("say --set %s%s=KIND, one of %s, or --set '%s%s.expr=...'", alertsPrefix, name, strings.Join(m.alertKinds(), ", "), alertsPrefix, name),
			"add rule %s: nothing says what it is", name)
	}
	if kind == staleAlert {
		return a, m.staleRule(a)
	}
	member, err := m.alertMember(name, kind)
	if err != nil {
		return nil, err
	}
	if a.Kind = kind; member == "" {
		err = m.plainRule(a)
	} else {
		a.Kind = kindOf(member)
		err = m.helperRule(a, member)
	}
	if err != nil {
		return nil, err
	}
	d := Decision{Name: alertsPrefix + name, Value: a.Key, Rule: "the repo's helper for rules, else the fields that its rules have", Reason: "it is written out: the repo has no helper for it"}
	if a.Helper != "" {
		d.Reason = "made by " + m.Conventions.AlertHelpers.Argument + "." + a.Helper
		for _, file := range first(m.Conventions.AlertExemplars) {
			d.Evidence = append(d.Evidence, Evidence{Option: m.Conventions.AlertHelpers.Argument, File: file.File})
		}
	}
	m.decide(d)
	return a, nil
}

// alertFree refuses what another rule of the host has: of two alerts with one
// name, silencing one silences the other.
func (m *maker) alertFree(a *Alert) error {
	if _, there := m.Facts.Alerts[a.Key]; there {
		return inputErrorf("give it another name", "add rule %s: the host has a rule %s", a.Name, a.Key)
	}
	for _, key := range sortedNames(m.Facts.Alerts) {
		if n := m.Facts.Alerts[key].Name; n != nil && a.AlertName != "" && *n == a.AlertName {
			return inputErrorf(fmt.Sprintf("say --set %s%s.alertname=NAME", alertsPrefix, a.Name), "add rule %s: rule %s of the host has the alertname %s", a.Name, key, a.AlertName)
		}
	}
	for _, other := range m.model.Alerts {
		if a.AlertName != "" && other.AlertName == a.AlertName {
			return inputErrorf("give one of them another", "add rule %s: rule %s has the alertname %s too", a.Name, other.Name, a.AlertName)
		}
	}
	return m.expressionHolds(a)
}

// expressionHolds refuses a rule about a unit or a job that is not there: it
// would never be raised.
func (m *maker) expressionHolds(a *Alert) error {
	for _, unit := range promql.Units(a.Expr) {
		name, service := strings.CutSuffix(unit, ".service")
		timer, ofTimer := strings.CutSuffix(unit, ".timer")
		_, there := m.Facts.Units[name]
		ours := name == m.mainUnit() || slices.ContainsFunc(m.model.Parts, func(p Part) bool { return p.Unit == name })
		switch {
		case service && !there && !ours:
			return inputErrorf(fmt.Sprintf("its own is %s.service", m.mainUnit()), "add rule %s: its expression asks for %s, which is no unit of %s", a.Name, unit, m.Facts.Host.Name)
		case ofTimer && !contains(m.Facts.Timers, timer) && (m.model.Schedule == nil || timer != m.mainUnit()):
			return inputErrorf("name one that is there", "add rule %s: its expression asks for %s, which is no timer of %s", a.Name, unit, m.Facts.Host.Name)
		case !m.Facts.NodeExporter.WatchesUnits() && strings.Contains(a.Expr, "node_systemd_"):
			return inputErrorf("enable its systemd collector first", "add rule %s: no exporter of %s tells Prometheus of all systemd units", a.Name, m.Facts.Host.Name)
		}
	}
	for _, job := range slices.Concat(promql.Labels(a.Expr, "job"), a.ScrapeJobs) {
		if !m.scraped(job) {
			return inputErrorf("the host's jobs are "+strings.Join(m.jobs(), ", "), "add rule %s: it asks for job %s, which Prometheus does not scrape", a.Name, job)
		}
		if !contains(a.ScrapeJobs, job) {
			a.ScrapeJobs = append(a.ScrapeJobs, job)
		}
	}
	return nil
}

// jobs are those of the host's Prometheus, with the service's own.
func (m *maker) jobs() []string {
	var jobs []string
	for _, s := range m.Facts.Scrapes {
		jobs = append(jobs, s.Job)
	}
	if own := m.scrapeJob(); own != "" {
		jobs = append(jobs, own)
	}
	return jobs
}

func (m *maker) scraped(job string) bool { return contains(m.jobs(), job) }

// camelCase is a name for people, or one with dashes, as the name of an alert.
func camelCase(text string) string {
	var b strings.Builder
	up := true
	for _, r := range text {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = true
		case up:
			b.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
