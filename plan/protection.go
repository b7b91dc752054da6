package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Protection is what the dataset says of how well its data are protected.
type Protection struct {
	Class      string
	Objectives []Objective
	Tiers      []string
	// Consistency and Mechanism are empty where they are the option's default;
	// Reason is why the mechanism is another.
	Consistency, Mechanism, Reason string
	// MayStartEmpty tells that the service may start with nothing restored;
	// FirstStart that this is to end when it has started once.
	MayStartEmpty, FirstStart bool
	// Offsite is a second backup that the class asks for, nil for none.
	Offsite *OffsiteJob
}

// Objective is what may be lost, or how long a restore may take; no Seconds
// promise nothing.
type Objective struct {
	Name    string
	Seconds int64
}

// OffsiteJob is a backup to a repository at another place.
type OffsiteJob struct{ Name, Repository string }

var protectionKeys = []key{
	{name: "protection", check: wordForm, about: "class of how well the data are protected, as the repo's datasets have it, or no"},
}

// written are the options of a policy that are written, if it has them.
var written = []string{"class", "requiredTiers", "consistency", "allowEmptyBootstrap", "mechanism.name", "mechanism.reason"}

const objectivePrefix = "objectives."

// protectionClass: how well the data are protected, as the repo's datasets of
// services of the same kind are.
func (m *maker) protectionClass() error {
	policy, data := m.Facts.Protection, m.model.Data
	said, ok := m.answer("protection")
	switch {
	case policy == nil && ok:
		return inputErrorf("leave it out", "read protection: the repo's datasets have no option that says how they are protected")
	case policy == nil:
		return nil
	case data == nil && ok && said != none && m.Answers["workload"] == string(Stateless):
		return inputErrorf("leave it out, or name the workload of its data", "read protection: a stateless service has no dataset")
	case data == nil:
		return nil
	}
	classes := policy.Fields["class"].Enum
	if ok && said != none && !contains(classes, said) {
		return inputErrorf("the repo has "+strings.Join(classes, ", "), "read protection: %q is no class", said)
	}
	m.said("protection")
	if said == none {
		return nil
	}
	if other := unknownFields(policy); len(other) > 0 {
		if ok {
			return inputErrorf("leave it out, and say it by hand", "read protection: %s must be said too, and nothing tells it", strings.Join(other, ", "))
		}
		m.decide(Decision{Name: "protection", Value: none, Rule: "a class as the repo's datasets have one", Reason: strings.Join(other, ", ") + " must be said too, and nothing tells it"})
		return nil
	}
	class := said
	if !ok {
		if class = m.classOfPeers(); class == "" {
			return nil
		}
	}
	m.model.Protection = m.protectionPolicy(class)
	return nil
}

// unknownFields are those that must be given and are not known here.
func unknownFields(policy *facts.ProtectionPolicy) []string {
	var names []string
	for _, n := range sortedNames(policy.Fields) {
		if policy.Fields[n].Required && !contains(written, n) && !strings.HasPrefix(n, objectivePrefix) {
			names = append(names, n)
		}
	}
	return names
}

// kept tells whether anything keeps a copy of the data.
func (m *maker) kept() bool {
	return m.model.Backup != nil || m.model.Snapshots || len(m.model.Preseed) > 0
}

// classOfPeers is the class that most datasets of the same kind have, as a
// decision; empty for none.
func (m *maker) classOfPeers() string {
	d := Decision{Name: "protection", Value: none, Rule: "a class as the repo's datasets have one"}
	classified := m.classified(func(string, *facts.Protection) bool { return true })
	if 2*len(classified) <= len(m.Facts.Datasets) && m.Facts.Protection.Optional {
		d.Reason = fmt.Sprintf("%d of %d datasets have one", len(classified), len(m.Facts.Datasets))
		m.decide(d)
		return ""
	}
	d.Rule = "the class of most datasets of services of its kind"
	likenesses := m.likenesses()
	for i, like := range likenesses {
		names := m.classified(like.fits)
		if len(names) == 0 || len(names) < like.least {
			continue
		}
		votes := map[string]int{}
		for _, n := range names {
			votes[m.Facts.Datasets[n].Protection.Class]++
		}
		class := most(votes)
		if 2*votes[class] <= len(names) && i+1 < len(likenesses) {
			continue // no more of them have it than not
		}
		d.Value, d.Reason = class, fmt.Sprintf("%d of %d datasets %s have it", votes[class], len(names), like.what)
		for _, n := range names {
			p := m.Facts.Datasets[n].Protection
			if p.Class == class && len(d.Evidence) < 3 {
				d.Evidence = append(d.Evidence, m.protectionOf(n))
			}
		}
		for _, other := range m.Facts.Protection.Fields["class"].Enum {
			if votes[other] > 0 && other != class {
				d.Rejected = append(d.Rejected, Rejected{Value: other, Reason: fmt.Sprintf("%d of them have it", votes[other])})
			}
		}
		m.decide(d)
		return class
	}
	m.ask(Question{Name: "protection", Text: "How well must the data of " + m.model.DisplayName + " be protected?",
		Why: "the repo's datasets have a class, and none of them is like this one", Choices: append(choices(m.Facts.Protection.Fields["class"].Enum...), Choice{none, "say nothing of it"}), DependsOn: []string{"dataset"}})
	return ""
}

// protectionOf is where the repo says the class of a dataset.
func (m *maker) protectionOf(name string) Evidence {
	p := m.Facts.Datasets[name].Protection
	e := Evidence{Option: m.hub(facts.DatasetsHub) + "." + name + ".protection.class", Value: p.Class}
	if p.At != nil {
		e.File, e.Line = p.At.File, p.At.Line
	}
	return e
}

// protectionPolicy is what datasets of a class say, less what nothing here keeps.
func (m *maker) protectionPolicy(class string) *Protection {
	fields := m.Facts.Protection
	p := &Protection{Class: class}
	peers := m.classified(func(_ string, q *facts.Protection) bool { return q.Class == class && m.keeps(q) == m.kept() })
	p.Tiers = strings.Fields(m.common(peers, func(q *facts.Protection) string { return strings.Join(q.RequiredTiers, " ") }))
	m.offsite(p, peers)
	var lacking []string
	p.Tiers = slices.DeleteFunc(p.Tiers, func(tier string) bool {
		if m.gives(p, tier) {
			return false
		}
		lacking = append(lacking, tier)
		return true
	})
	for _, n := range sortedNames(fields.Fields) {
		name, is := strings.CutPrefix(n, objectivePrefix)
		if !is {
			continue
		}
		o := Objective{Name: name}
		_, _ = fmt.Sscan(m.common(peers, func(q *facts.Protection) string {
			if s := q.Objectives[name]; s != nil {
				return fmt.Sprint(*s)
			}
			return ""
		}), &o.Seconds)
		if !m.kept() || strings.Contains(strings.ToLower(name), "offsite") && !slices.ContainsFunc(p.Tiers, isOffsite) {
			o.Seconds = 0
		}
		if o.Seconds > 0 || fields.Fields[n].Required {
			p.Objectives = append(p.Objectives, o)
		}
	}
	if c := m.common(peers, func(q *facts.Protection) string { return pointed(q.Consistency) }); fields.Has("consistency") && c != fields.Fields["consistency"].Default {
		p.Consistency = c
	}
	m.mechanism(p, peers)
	m.firstStart(p)
	m.decideTiers(p, lacking, len(peers))
	return p
}

func pointed(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// decideTiers tells what the class asks for, and what of it nothing here keeps.
func (m *maker) decideTiers(p *Protection, lacking []string, peers int) {
	if !m.Facts.Protection.Has("requiredTiers") {
		return
	}
	d := Decision{Name: "requiredTiers", Value: p.Tiers, Rule: "what most datasets of the class ask for, and this service has", Reason: fmt.Sprintf("as most of %d datasets of class %s", peers, p.Class)}
	if peers == 0 {
		d.Reason = "no other dataset of class " + p.Class + " shows any"
	}
	if len(p.Tiers) == 0 {
		d.Value = none
	}
	for _, tier := range lacking {
		d.Rejected = append(d.Rejected, Rejected{Value: tier, Reason: "the class asks for it, and nothing that is planned gives it"})
	}
	m.decide(d)
}

// mechanism: another than the usual one must give its reason.
func (m *maker) mechanism(p *Protection, peers []string) {
	if !m.Facts.Protection.Has("mechanism.name") || m.kept() {
		return
	}
	c := m.common(peers, func(q *facts.Protection) string { return pointed(q.Mechanism) })
	if c == "" || c == m.Facts.Protection.Fields["mechanism.name"].Default {
		return
	}
	p.Mechanism = c
	if m.Facts.Protection.Has("mechanism.reason") {
		p.Reason = "Nothing is backed up, as decided: what is lost is made anew."
	}
}

// firstStart: a new service has nothing to restore, so what makes a service fail
// without its data must not apply before it has started once.
func (m *maker) firstStart(p *Protection) {
	if !m.Facts.Protection.Has("allowEmptyBootstrap") {
		return
	}
	p.MayStartEmpty, p.FirstStart = true, m.kept()
	d := Decision{Name: "allowEmptyBootstrap", Value: "yes", Rule: "until it has started once", Reason: "a new service has nothing to restore, and would not start without"}
	if !p.FirstStart {
		d.Rule, d.Reason = "where nothing is kept", "nothing is restored, so that it always starts with what it makes itself"
	}
	m.decide(d)
}
