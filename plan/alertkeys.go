package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"holthome.net/scaffold/plan/promql"
)

// alertsPrefix begins the keys that say something of an alerting rule:
// alerts.NAME or alerts.NAME.FIELD.
const alertsPrefix = "alerts."

// Kinds of rules that do not come from the repo's own helpers.
const (
	noAlert    = "no"                // a rule that is not wanted after all
	staleAlert = "healthcheck-stale" // the host library's, for a check that is no longer made
	plainAlert = "threshold"         // an expression, written out where the repo has no helper for it
)

// alertKind is the field that says the same as alerts.NAME itself, for an answers
// file, where a name has either a value or fields.
const alertKind = "kind"

// maxExpression is the length of the longest expression or text of a rule in
// bytes.
const maxExpression = 2000

// durationForm and the like check what is said of a rule. Which severities there
// are is the repo's matter.
var (
	alertKindForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	durationForm  = func(s string) error {
		if !regexp.MustCompile(`^([0-9]+(ms|s|m|h|d|w))+$`).MatchString(s) {
			return fmt.Errorf("%q is no time such as 30s, 5m or 2h", s)
		}
		return nil
	}
	numberForm = func(s string) error {
		if !regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,6})?$`).MatchString(s) {
			return fmt.Errorf("%q is no number", s)
		}
		return nil
	}
	alertTextForm = func(s string) error {
		if err := lineForm(s); err != nil && len(s) <= maxExpression {
			return err
		}
		if len(s) > maxExpression {
			return fmt.Errorf("%d bytes, more than %d", len(s), maxExpression)
		}
		return nil
	}
)

// alertKeys are what can be said of a rule, in the order in which they are
// written. Where a rule is made by a helper of the repo, each is the parameter of
// that name.
var alertKeys = []key{
	{name: "name", check: lineForm, about: "what a rule calls the service"},
	{name: "alertname", check: func(s string) error {
		if !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`).MatchString(s) {
			return fmt.Errorf("%q is no name of an alert such as QueueTooLong", s)
		}
		return nil
	}, about: "name of the alert, which no other rule of the host has"},
	{name: "job", check: wordForm, about: "job of Prometheus that a rule asks about"},
	{name: "container", check: wordForm, about: "container that a rule asks about"},
	{name: "unit", check: unitForm, about: "unit that a rule asks about, with its suffix"},
	{name: "expr", check: expressionForm, about: "expression in PromQL that holds when something is wrong"},
	{name: "threshold", check: numberForm, about: "from where on it is too much; of healthcheck-stale: seconds"},
	{name: "for", check: durationForm, about: "how long it must hold, such as 5m"},
	{name: "severity", check: wordForm, about: "how bad it is, one of the repo's severities"},
	{name: "service", check: wordForm, about: "label with the service"},
	{name: "category", check: wordForm, about: "label with the category"},
	{name: "summary", check: alertTextForm, about: "what is wrong, in a line"},
	{name: "description", check: alertTextForm, about: "what to do about it"},
}

func unitForm(s string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9:_.@-]+\.(service|timer|socket|mount|target|path)$`).MatchString(s) {
		return fmt.Errorf("%q is no unit such as x.service", s)
	}
	return nil
}

// alertAbout are the keys of rules, for people.
func alertAbout() map[string]string {
	about := map[string]string{alertsPrefix + "NAME": "an alerting rule of that name by its kind: that of a helper of the repo's own, such as high-memory or threshold, or healthcheck-stale, or no"}
	about[alertsPrefix+"NAME."+alertKind] = "the same where more is said of the rule"
	for _, k := range alertKeys {
		about[alertsPrefix+"NAME."+k.name] = k.about
	}
	return about
}

// checkAlert says what is wrong with an answer that begins with alertsPrefix.
func checkAlert(answer, value string) error {
	name, field, dotted := strings.Cut(strings.TrimPrefix(answer, alertsPrefix), ".")
	if !nameForm.MatchString(name) || len(name) > maxPart {
		return inputErrorf(fmt.Sprintf("use small letters, digits and dashes, at most %d", maxPart), "read answer %q: %q is no name of a rule", answer, name)
	}
	if !dotted {
		if !alertKindForm.MatchString(value) {
			return inputErrorf("name a kind such as threshold or high-memory", "read %s: %q is no kind of rule", answer, value)
		}
		return nil
	}
	if field == alertKind {
		return checkAlert(alertsPrefix+name, value)
	}
	i := slices.IndexFunc(alertKeys, func(k key) bool { return k.name == field })
	if i < 0 {
		known := []string{alertKind}
		for _, k := range alertKeys {
			known = append(known, k.name)
		}
		return inputErrorf("known of a rule are "+strings.Join(known, ", "), "read answer: %q is unknown", answer)
	}
	return alertKeys[i].allows(answer, value)
}

// alertNumber is a threshold as Nix has it: whole where it was said so.
func alertNumber(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(s, 64)
	return f
}

// expressionForm sees that a value is one line of PromQL that can be raised.
func expressionForm(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("%q is no expression", s)
	case len(s) > maxExpression:
		return fmt.Errorf("%d bytes, more than %d", len(s), maxExpression)
	case strings.ContainsFunc(s, misleading):
		return fmt.Errorf("%q is not one line of text", s)
	}
	return promql.Check(s)
}
