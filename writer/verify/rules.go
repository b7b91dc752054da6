package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/plan/promql"
)

// rule: an alerting rule is as decided, has a name of its own, and asks for what
// is there.
func (c *checker) rule(p plan.Promise) (bool, string) {
	a, ok := c.after.Alerts[p.Subject]
	if !ok {
		return absent("such rule")
	}
	expr := text(a.Expr)
	for _, f := range []struct {
		name string
		has  *string
	}{{"type", a.Type}, {"alertname", a.Name}, {"expr", a.Expr}, {"for", a.For}, {"severity", a.Severity}} {
		if want := p.Want[f.name]; want != "" && text(f.has) != want {
			return false, f.name + " " + text(f.has)
		}
	}
	if a.Expr == nil || strings.TrimSpace(expr) == "" {
		return false, "it has no expression"
	}
	for _, key := range slices.Sorted(maps.Keys(c.after.Alerts)) {
		if other := c.after.Alerts[key].Name; key != p.Subject && a.Name != nil && other != nil && *other == *a.Name {
			return false, "rule " + key + " has the alertname " + *other + " too"
		}
	}
	if metric := p.Want["metric"]; metric != "" && !strings.Contains(expr, metric) {
		return false, "it asks for no " + metric + ": " + expr
	}
	if missing := c.asksFor(expr); missing != "" {
		return false, "it asks for " + missing + ", which is not there: " + expr
	}
	return true, text(a.Name) + ": " + expr
}

// asksFor is what an expression asks for and is not there, empty if all is.
func (c *checker) asksFor(expr string) string {
	for _, unit := range promql.Units(expr) {
		service, isService := strings.CutSuffix(unit, ".service")
		timer, isTimer := strings.CutSuffix(unit, ".timer")
		if _, there := c.after.Units[service]; isService && !there {
			return unit
		}
		if isTimer && !slices.Contains(c.after.Timers, timer) {
			return unit
		}
	}
	for _, job := range promql.Labels(expr, "job") {
		if !slices.ContainsFunc(c.after.Scrapes, func(s facts.Scrape) bool { return s.Job == job }) {
			return "job " + job
		}
	}
	if strings.Contains(expr, "node_systemd_") && !c.after.NodeExporter.WatchesUnits() {
		return "the state of all units"
	}
	return ""
}

// timer: it fires when decided, and starts the unit.
func (c *checker) timer(p plan.Promise) (bool, string) {
	t, ok := c.after.Schedules[p.Subject]
	if !ok {
		return absent("such timer")
	}
	saw := "OnCalendar=" + strings.Join(t.Calendar, ", ")
	switch starts := t.Unit; {
	case !slices.Equal(t.Calendar, []string{p.Want["calendar"]}):
		return false, saw
	case !slices.Contains(t.WantedBy, "timers.target"):
		return false, "timers.target does not start it"
	case starts != nil && *starts != p.Want["unit"], starts == nil && p.Want["unit"] != p.Subject+".service":
		return false, "it starts " + text(starts)
	case !t.Persistent:
		return false, saw + ", and what was missed is not made up for"
	case p.Want["delay"] != "" && text(t.Delay) != p.Want["delay"]:
		return false, saw + ", RandomizedDelaySec=" + text(t.Delay)
	}
	return true, saw
}

// ends: the unit is not started anew when it is done.
func (c *checker) ends(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	saw := fmt.Sprintf("Type=%s, Restart=%s", text(u.Type), text(u.Restart))
	switch {
	case p.Want["type"] != "" && text(u.Type) != p.Want["type"]:
		return false, saw
	case u.Restart != nil && *u.Restart != "no":
		return false, saw
	case p.Want["restart"] != "" && text(u.Restart) != p.Want["restart"]:
		return false, saw
	case (p.Want["remains"] == "yes") != u.Remains:
		return false, saw + fmt.Sprintf(", RemainAfterExit=%t", u.Remains)
	}
	return true, saw
}

// unwatched: no new rule is raised by the unit's being inactive, as it is most of
// the time.
func (c *checker) unwatched(p plan.Promise) (bool, string) {
	unit := p.Want["unit"]
	for _, key := range slices.Sorted(maps.Keys(c.after.Alerts)) {
		if _, old := c.before.Alerts[key]; old {
			continue
		}
		expr := text(c.after.Alerts[key].Expr)
		names := promql.Labels(expr, "name")
		active := slices.Contains(names, unit+".service") && slices.Contains(promql.Labels(expr, "state"), "active")
		if active || slices.Contains(names, p.Subject) && strings.Contains(expr, "== 0") {
			return false, "rule " + key + " is raised whenever it does not run: " + expr
		}
	}
	return true, "none is"
}

// exported: a unit that a timer starts writes the metric.
func (c *checker) exported(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok || !u.Starts {
		return absent("such unit that starts something")
	}
	if t, ok := c.after.Schedules[p.Subject]; !ok || !slices.Contains(t.WantedBy, "timers.target") || len(t.Calendar) == 0 {
		return absent("timer that starts it")
	}
	if !slices.Contains(u.ReadWritePaths, p.Want["folder"]) {
		return false, "it may write " + strings.Join(u.ReadWritePaths, ", ")
	}
	for _, helpers := range c.after.Stale {
		for _, check := range helpers {
			if slices.Contains(check.Metrics[p.Want["metric"]], p.Subject) {
				return true, p.Subject + ".service writes it to " + p.Want["folder"]
			}
		}
	}
	return false, "it does not write " + p.Want["metric"]
}
