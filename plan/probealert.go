package plan

import (
	"fmt"

	"holthome.net/scaffold/discover/facts"
)

// ProbeAlert is who is told when a black-box check fails. Fields are what the
// repo's checks say of that.
type ProbeAlert struct {
	Type                string
	Failures, Successes int
	Fields              []string
	Description         string
}

// Has tells whether a check of the repo says something of that name.
func (a *ProbeAlert) Has(field string) bool { return contains(a.Fields, field) }

// Failures and successes in a row, where the repo's checks tell no other.
const (
	probeFailures  = 3
	probeSuccesses = 2
)

var probeKeys = []key{
	{name: "probeAlerts", choices: yesNo, about: "whether somebody is told when the black-box check fails"},
}

// probeAlerts: who is told when the check fails, as the repo's other checks have
// it. A check that tells nobody is seen by whoever looks at it.
func (m *maker) probeAlerts() error {
	hub := m.Facts.Hubs[facts.BlackBoxHub]
	said, ok := m.said("probeAlerts")
	switch {
	case hub == nil || len(m.model.ProbeURL.Conditions) == 0:
		if ok && said == "yes" {
			return inputErrorf("leave it out", "read probeAlerts: there is no black-box check")
		}
		return nil
	case said == "no":
		return nil
	}
	types, failures, successes := map[string]int{}, map[string]int{}, map[string]int{}
	telling := 0
	var fields []string
	for _, name := range sortedNames(m.Facts.BlackBox) {
		for i, a := range m.Facts.BlackBox[name].Told {
			if i == 0 {
				telling++
			}
			if a.Type != nil {
				types[*a.Type]++
				fields = a.Fields
			}
			failures[fmt.Sprint(a.Failures)]++
			successes[fmt.Sprint(a.Successes)]++
		}
	}
	kind := most(types)
	d := Decision{Name: "probeAlerts", Rule: "as most of the repo's checks", Evidence: []Evidence{{Option: m.hub(facts.BlackBoxHub), Value: fmt.Sprintf("%d of %d checks tell somebody", telling, len(m.Facts.BlackBox))}}}
	if !hub.Has("alerts") || kind == "" || !ok && 2*telling <= len(m.Facts.BlackBox) {
		if ok {
			return inputErrorf("leave it out", "read probeAlerts: no black-box check of %s tells anybody, so there is nobody to tell", m.Facts.Host.Name)
		}
		d.Value, d.Reason = "none", "most checks of the host tell nobody"
		m.decide(d)
		return nil
	}
	a := &ProbeAlert{Type: kind, Failures: probeFailures, Successes: probeSuccesses, Fields: fields, Description: m.model.DisplayName + " is not responding"}
	if n := most(failures); n != "0" {
		_, _ = fmt.Sscan(n, &a.Failures)
	}
	if n := most(successes); n != "0" {
		_, _ = fmt.Sscan(n, &a.Successes)
	}
	m.model.ProbeURL.Alert = a
	if !ok {
		d.Value = kind
		d.Reason = fmt.Sprintf("most checks of the host tell %s, after %d failures in a row", kind, a.Failures)
		m.decide(d)
	}
	return nil
}
