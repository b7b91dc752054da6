package plan

import (
	"fmt"
	"sort"

	"holthome.net/scaffold/discover/facts"
)

// policy: one that exists, and that a helper of the host gives.
func (m *maker) policy() error {
	usable := m.usablePolicies(m.model.Auth.Kind)
	if len(usable) == 0 && m.model.Auth.Kind == TrustedHeader && len(m.usablePolicies(CaddySecurity)) > 0 {
		return inputErrorf("let one inject headers, or choose another auth", "use auth trusted-header: no authorization policy of host %s tells the service who was let in", m.Facts.Host.Name)
	}
	if len(usable) == 0 {
		return inputErrorf("declare one, with a helper in the host library", "choose policy: no authorization policy of host %s has a helper", m.Facts.Host.Name)
	}
	d := Decision{Name: "policy", Rule: "the policy of services in the same group, else the most used"}
	if said, ok := m.answer("policy"); ok {
		for _, p := range usable {
			helper := m.Conventions.PolicyHelpers[p]
			if said == p || said == helper[1] {
				d.Value = p
			}
		}
		if d.Value == nil {
			return inputErrorf("the host has "+orNone(usable), "read policy: %q is unknown", said)
		}
		d.Rule, d.Reason = "user", "you said so"
	} else {
		m.choosePolicy(&d, usable)
	}
	policy := fmt.Sprint(d.Value)
	m.model.Auth.Policy = policy
	m.model.Auth.Helper = append([]string{m.Conventions.HostLibrary.Binding}, m.Conventions.PolicyHelpers[policy]...)
	d.Evidence = append(d.Evidence, Evidence{Option: m.policyNamed(policy).Path + "." + policy})
	m.decide(d)
	return nil
}

// usablePolicies are the policies that exist, that a helper of the host gives,
// and that do what a way to log in needs.
func (m *maker) usablePolicies(auth Auth) []string {
	var usable []string
	for _, name := range sortedNames(m.Conventions.PolicyHelpers) {
		if p := m.policyNamed(name); p != nil && (auth != TrustedHeader || p.Injects == nil || *p.Injects) {
			usable = append(usable, name)
		}
	}
	return usable
}

func (m *maker) policyNamed(name string) *facts.Policy {
	for i := range m.Facts.Policies {
		if p := &m.Facts.Policies[i]; p.Name == name {
			return p
		}
	}
	return nil
}

// choosePolicy takes the policy that most services of the same dashboard group
// have, and says how many.
func (m *maker) choosePolicy(d *Decision, usable []string) {
	group, all := map[string]int{}, map[string]int{}
	for _, name := range sortedNames(m.Facts.Vhosts) {
		v := m.Facts.Vhosts[name]
		if v.Policy == nil || !contains(usable, *v.Policy) {
			continue
		}
		all[*v.Policy]++
		if t, ok := m.Facts.Dashboard[name]; ok && t.Group != nil && *t.Group == m.model.Group {
			group[*v.Policy]++
		}
	}
	votes, where := group, "in group "+m.model.Group
	if len(group) == 0 {
		votes, where = all, "on the host"
	}
	best := usable[0]
	for _, p := range usable {
		if votes[p] > votes[best] {
			best = p
		}
	}
	d.Value = best
	d.Reason = haveIt(votes[best], "virtual host", where)
	var others []string
	for _, p := range usable {
		if p != best {
			others = append(others, p)
		}
	}
	sort.Strings(others)
	for _, p := range others {
		d.Rejected = append(d.Rejected, Rejected{Value: p, Reason: haveIt(votes[p], "virtual host", where)})
	}
}

// haveIt tells how many things of a place have what is meant.
func haveIt(n int, what, where string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s %s has it", what, where)
	}
	return fmt.Sprintf("%d %ss %s have it", n, what, where)
}
