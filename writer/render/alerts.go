package render

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// AlertRule is a rule as the host's file writes it.
type AlertRule struct {
	Key, Why string
	// Helper is the function that makes it, empty where it is written out; its
	// arguments follow each other where it is Positional.
	Helper     []string
	Positional bool
	Arguments  []RuleArgument
}

// RuleArgument is a field of a rule, or a parameter of what makes it.
type RuleArgument struct {
	Path  []string
	Value code
}

// ruleArguments write texts with quotes in them as the repo's expressions are
// written, between two apostrophes.
func ruleArguments(settings []plan.Setting) ([]RuleArgument, error) {
	list := make([]RuleArgument, 0, len(settings))
	for _, s := range settings {
		text, err := value(s.Value)
		if of, is := s.Value.(string); is && strings.Contains(of, `"`) {
			if text, err = syntax.EscapeIndented(of); err == nil {
				text = "''" + text + "''"
			}
		}
		if err != nil {
			return nil, err
		}
		list = append(list, RuleArgument{s.Path, code(text)})
	}
	return list, nil
}

// appliedHelpers is what a library is called in the host's file that must be
// given the package set first.
const appliedHelpers = "alertHelpers"

// alertArguments are the module arguments that rules in the host's file need.
func (v *View) alertArguments() {
	for _, a := range v.Alerts {
		if a.Helper == "" || a.OfHost {
			continue
		}
		for _, name := range v.c.AlertHelpers.Takes {
			if name != "config" && name != "lib" && !slices.Contains(v.HostArguments, name) {
				v.HostArguments = append(v.HostArguments, name)
			}
		}
		if strings.Contains(v.c.AlertHelpers.Argument, " ") {
			v.AppliedHelpers = &Library{Binding: appliedHelpers, Expression: code(v.c.AlertHelpers.Argument)}
		}
	}
}

// AlertRules are the rules beside the one for a service that is down.
func (v *View) AlertRules() ([]AlertRule, error) {
	var rules []AlertRule
	for _, a := range v.Alerts {
		arguments, err := ruleArguments(a.Arguments)
		if err != nil {
			return nil, err
		}
		r := AlertRule{Key: a.Key, Why: a.Why, Positional: a.OfHost, Arguments: arguments}
		switch {
		case a.Helper == "":
		case a.OfHost:
			r.Helper = []string{v.c.HostLibrary.Binding, a.Helper}
		case v.AppliedHelpers != nil:
			r.Helper = []string{appliedHelpers, a.Helper}
		default:
			r.Helper = append(strings.Split(v.c.AlertHelpers.Argument, "."), a.Helper)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// scheduleHeader says of what runs to its end when it does, and what is not there
// because of that.
func scheduleHeader(s *plan.Schedule, watched bool) string {
	text := "It runs once when the host starts, and ends."
	failed := "Alerts watch for a run that failed."
	if s.Calendar != "" {
		text = fmt.Sprintf("It runs by the clock (%s), and ends.", s.Calendar)
		failed = "Alerts watch for a run that failed and for a timer that does not fire, in place of those on a unit that is not active."
	}
	text += " It listens nowhere, so there is no virtual host, tile, black-box check, health check or scrape."
	if watched {
		text += " " + failed
	}
	return text
}

// Timed tells that a timer starts the service.
func (v *View) Timed() bool { return v.Schedule != nil && v.Schedule.Calendar != "" && v.Part == nil }

// Once tells that it runs when the host starts, and ends.
func (v *View) Once() bool { return v.Schedule != nil && v.Schedule.Calendar == "" && v.Part == nil }

// TimerName is the name of the timer, as the module writes it: that of the unit.
func (v *View) TimerName() code {
	if v.Packaging == plan.Container {
		return "${containerUnit}"
	}
	return "${serviceName}"
}
