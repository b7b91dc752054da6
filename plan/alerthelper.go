package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/promql"
)

// kindOf is the kind of rule that a helper makes, from its name: high-memory of
// mkHighMemoryAlert.
func kindOf(member string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(member, "mk"), "Alert")
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// alertHelpers are the helpers of the repo that make rules, by their kinds.
func (m *maker) alertHelpers() map[string]string {
	kinds := map[string]string{}
	if l := m.Conventions.AlertHelpers; l != nil {
		for _, member := range sortedNames(l.Members) {
			if f := l.Members[member]; f.Kind == "function" && len(f.Formals) > 0 && strings.HasSuffix(member, "Alert") {
				kinds[kindOf(member)] = member
			}
		}
	}
	return kinds
}

// alertKinds are the kinds of rules that can be had.
func (m *maker) alertKinds() []string {
	kinds := sortedNames(m.alertHelpers())
	if !contains(kinds, plainAlert) {
		kinds = append(kinds, plainAlert)
	}
	if m.Conventions.StaleAlert != "" {
		kinds = append(kinds, staleAlert)
	}
	return kinds
}

// alertMember is the helper for a kind, empty for a rule that is written out. A
// kind may be said by its end: memory for high-memory.
func (m *maker) alertMember(name, kind string) (string, error) {
	helpers := m.alertHelpers()
	if member, ok := helpers[kind]; ok {
		return member, nil
	}
	if kind == plainAlert {
		return m.anyExpression(), nil
	}
	var found []string
	for _, k := range sortedNames(helpers) {
		if strings.HasSuffix(k, "-"+kind) {
			found = append(found, k)
		}
	}
	if len(found) == 1 {
		return helpers[found[0]], nil
	}
	return "", inputErrorf("the repo has helpers for "+strings.Join(m.alertKinds(), ", "), "add rule %s: no helper of the repo makes rules of kind %q", name, kind)
}

// anyExpression is the helper that takes any expression and name, if there is one.
func (m *maker) anyExpression() string {
	return m.Conventions.AlertHelpers.Function(func(_ string, f facts.Member) bool { return f.Takes("alertname") && f.Takes("expr") })
}

// helperRule gives a helper what it takes, and nothing else.
func (m *maker) helperRule(a *Alert, member string) error {
	library := m.Conventions.AlertHelpers
	formals := library.Members[member].Formals
	a.Helper = member
	for _, k := range alertKeys {
		optional, takes := formals[k.name]
		said, ok := m.alertAnswer(a.Name, k.name)
		if ok && !takes {
			return inputErrorf("it takes "+strings.Join(sortedNames(formals), ", "), "read %s%s.%s: %s does not take it", alertsPrefix, a.Name, k.name, member)
		}
		if !takes {
			continue
		}
		if !ok {
			said = m.alertDefault(a, k.name)
			optional = optional && k.name != "name" && k.name != "unit"
		}
		switch {
		case said == "" && !formals[k.name]:
			return m.lacksArgument(a, member, k.name)
		case said == "" || !ok && optional:
			continue
		}
		a.give(k.name, said)
	}
	for _, formal := range sortedNames(formals) {
		if !formals[formal] && !slices.ContainsFunc(alertKeys, func(k key) bool { return k.name == formal }) {
			return inputErrorf("write that rule by hand", "add rule %s: %s needs %s, and nothing is known of that", a.Name, member, formal)
		}
	}
	return m.severityKnown(a)
}

// give adds an argument.
func (a *Alert) give(name, value string) {
	var v any = value
	switch name {
	case "threshold":
		v = alertNumber(value)
	case "alertname":
		a.AlertName = value
	case "expr":
		a.Expr = value
	case "for":
		a.For = value
	case "severity":
		a.Severity = value
	case "job":
		a.ScrapeJobs = append(a.ScrapeJobs, value)
	}
	a.Arguments = append(a.Arguments, Setting{Path: []string{name}, Value: v})
}

// lacksArgument is the error for a parameter that nobody said and nothing tells.
func (m *maker) lacksArgument(a *Alert, member, name string) error {
	if name == "job" {
		return inputErrorf(fmt.Sprintf("say --set metricsPath=PATH, or --set %s%s.job=JOB", alertsPrefix, a.Name), "add rule %s: %s asks for a job of Prometheus, and none scrapes %s", a.Name, member, m.Service)
	}
	return inputErrorf(fmt.Sprintf("say --set '%s%s.%s=...'", alertsPrefix, a.Name, name), "add rule %s: %s requires %s", a.Name, member, name)
}

// alertDefault is what is given where nobody says it.
func (m *maker) alertDefault(a *Alert, name string) string {
	switch name {
	case "name", "service":
		return m.Service
	case "alertname":
		return camelCase(m.model.DisplayName) + camelCase(a.Name)
	case "job":
		return m.scrapeJob()
	case "container":
		if m.model.Packaging == Container {
			return m.Service
		}
	case "unit":
		// A rule that pins one unit, so that the repo can see that it is there.
		expr, _ := m.answer(alertsPrefix + a.Name + ".expr")
		if units := promql.Units(expr); len(units) == 1 {
			return units[0]
		}
	case "summary":
		return m.model.DisplayName + ": " + strings.ReplaceAll(a.Name, "-", " ")
	case "description":
		return "journalctl -u " + m.mainUnit() + ".service"
	}
	return ""
}

// plainRule writes a rule out, with the fields that the repo's rules have.
func (m *maker) plainRule(a *Alert) error {
	hub := m.Facts.Hubs[facts.AlertsHub]
	values := map[string]string{}
	for _, k := range alertKeys {
		said, ok := m.alertAnswer(a.Name, k.name)
		if ok && contains([]string{"name", "job", "container", "unit", "threshold"}, k.name) {
			return inputErrorf("put it into the expression", "read %s%s.%s: a rule that is written out has none", alertsPrefix, a.Name, k.name)
		}
		if !ok {
			said = m.alertDefault(a, k.name)
		}
		values[k.name] = said
	}
	if values["expr"] == "" {
		return inputErrorf(fmt.Sprintf("say --set '%s%s.expr=...'", alertsPrefix, a.Name), "add rule %s: nothing says when it holds", a.Name)
	}
	m.writeOut(a, hub, values)
	for _, required := range hub.Required {
		if !slices.ContainsFunc(a.Arguments, func(s Setting) bool { return s.Path[0] == required }) {
			return inputErrorf("write that rule by hand", "add rule %s: %s needs %s, and nothing is known of that", a.Name, strings.Join(hub.Path, "."), required)
		}
	}
	return m.severityKnown(a)
}

// writeOut makes a rule's fields of values.
func (m *maker) writeOut(a *Alert, hub *facts.Hub, values map[string]string) {
	if contains(hub.Enums["type"], "promql") {
		a.Arguments = append(a.Arguments, Setting{Path: []string{"type"}, Value: "promql"})
	}
	for _, field := range []string{"alertname", "expr", "for", "severity"} {
		if values[field] != "" && hub.Has(field) {
			a.give(field, values[field])
		}
	}
	for _, group := range []struct {
		field string
		names []string
	}{{"labels", []string{"service", "category"}}, {"annotations", []string{"summary", "description"}}} {
		set := map[string]any{}
		for _, n := range group.names {
			if values[n] != "" {
				set[n] = values[n]
			}
		}
		if hub.Has(group.field) && len(set) > 0 {
			a.Arguments = append(a.Arguments, Setting{Path: []string{group.field}, Value: set})
		}
	}
}

// severityKnown refuses a severity that the repo does not have.
func (m *maker) severityKnown(a *Alert) error {
	known := m.Facts.Hubs[facts.AlertsHub].Enums["severity"]
	if a.Severity != "" && len(known) > 0 && !contains(known, a.Severity) {
		return inputErrorf("choose one of "+strings.Join(known, ", "), "read %s%s.severity: %q is unknown", alertsPrefix, a.Name, a.Severity)
	}
	return nil
}
