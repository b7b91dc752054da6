package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// known is where a value comes from that the user did not give.
type known struct {
	source   string // image or catalog
	reason   string
	evidence []Evidence
	// others are what later sources say instead.
	others []Rejected
}

// offer is a value that a source has for something that could be asked.
type offer struct {
	name, value string
	known
}

func knownBy(source, reason string, evidence ...Evidence) known {
	return known{source: source, reason: reason, evidence: evidence}
}

// research takes from the sources what the user did not say: first the image,
// then the catalog. What sources contradict each other in is told.
func (m *maker) research() error {
	said := m.Answers
	m.Answers, m.known = maps.Clone(said), map[string]known{}
	if m.Answers == nil {
		m.Answers = map[string]string{}
	}
	for _, o := range slices.Concat(m.imageOffers(), m.catalogOffers(), m.partOffers()) {
		if err := checkAnswer(o.name, o.value); err != nil {
			m.note(fmt.Sprintf("What the %s says of %s is left aside: %v", o.source, o.name, err))
			continue
		}
		if _, ok := said[o.name]; ok {
			if !sameValue(said[o.name], o.value) {
				m.known[o.name] = known{source: "user", others: append(m.known[o.name].others, Rejected{Value: o.value, Reason: "the " + o.source + " says so", Source: o.source})}
			}
			continue
		}
		first, ok := m.known[o.name]
		switch {
		case !ok:
			m.Answers[o.name], m.known[o.name] = o.value, o.known
		case !sameValue(m.Answers[o.name], o.value):
			first.others = append(first.others, Rejected{Value: o.value, Reason: "the " + o.source + " says so, and the " + first.source + " goes first", Source: o.source})
			m.known[o.name] = first
		}
	}
	if k, ok := m.known["web"]; ok && k.source != "user" {
		m.said("web")
	}
	return nil
}

// forget takes back what a source said and does not apply here.
func (m *maker) forget(name string) {
	if k, ok := m.known[name]; ok && k.source != "user" {
		delete(m.Answers, name)
		delete(m.known, name)
	}
}

// sameValue tells whether two values say the same, whatever the order of a list.
func sameValue(a, b string) bool {
	list := func(s string) []string {
		parts := strings.Split(s, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		slices.Sort(parts)
		return parts
	}
	return slices.Equal(list(a), list(b))
}

// said makes a decision of what the user said or a source knows, if anything.
func (m *maker) said(name string) (string, bool) {
	v, ok := m.Answers[name]
	if !ok {
		return "", false
	}
	k := m.known[name]
	d := Decision{Name: name, Value: v, Rule: "user", Reason: "you said so", Rejected: k.others}
	if k.source != "" && k.source != "user" {
		d.Rule, d.Reason, d.Evidence = k.source, k.reason, k.evidence
	}
	m.decide(d)
	return v, true
}
