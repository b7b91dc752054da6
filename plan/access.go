package plan

import (
	"fmt"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// access: how people log in, and through which policy.
func (m *maker) access() error {
	if m.Answers["web"] == "no" {
		if err := m.withoutPage(); err != nil {
			return err
		}
		m.model.Auth.Kind = NoAuth
		m.decide(Decision{Name: "auth", Value: string(NoAuth), Rule: "none without a web page", Reason: "there is nothing to log in to"})
		return nil
	}
	said, ok := m.said("auth")
	if !ok {
		m.ask(Question{Name: "auth", Text: "How do people log in to " + m.model.DisplayName + "?",
			Why: "no source tells what it supports, and an open page is worse than a question",
			Choices: []Choice{
				{string(CaddySecurity), "its own login is off; the proxy asks"},
				{string(Builtin), "its own login, with its own accounts"},
				{string(OIDC), "its own login, through the identity provider"},
				{string(TrustedHeader), "the proxy asks, and tells it who it is"},
				{string(NoAuth), "nobody logs in"},
			}, DependsOn: []string{"virtual host", "policy", "probe"}})
		return nil
	}
	m.model.Auth.Kind = Auth(said)
	if h := m.Facts.Hubs[facts.Proxy]; h == nil {
		if m.model.Auth.Kind != NoAuth && m.model.Auth.Kind != Builtin {
			return inputErrorf("choose builtin or none", "use auth %s: the host has no reverse proxy that services register with", said)
		}
		return nil
	}
	switch m.model.Auth.Kind {
	case CaddySecurity:
		return m.policy()
	case TrustedHeader:
		if err := m.onlyThroughProxy(); err != nil {
			return err
		}
		m.note("Whoever reaches the port without the proxy can pretend to be anyone: it listens on this host alone. The header that the software trusts is set with environment.NAME or in its settings.")
		return m.policy()
	case OIDC:
		if m.Answers["secrets"] == "" {
			return inputErrorf("name the variable with --set secrets=NAME, and the others with --set environment.NAME=VALUE", "use auth oidc: the software must be given its client's secret")
		}
		m.note("The client of the identity provider must exist before the first login, with a redirect URL on " + m.HostName() + "; its secret is one of the secrets of the service.")
	case Hybrid:
		return inputErrorf("choose caddy-security or builtin", "use auth hybrid: the key that the proxy would have to inject cannot be written yet, and without it people would log in twice")
	case NoAuth:
		m.note("Nobody has to log in: everyone who reaches the proxy reaches " + m.model.DisplayName + ".")
	}
	if _, ok := m.answer("policy"); ok {
		return inputErrorf("leave it out, or choose auth=caddy-security", "read policy: auth %s has none", said)
	}
	return nil
}

// withoutPage refuses what only a web page could have.
func (m *maker) withoutPage() error {
	switch auth := m.Answers["auth"]; {
	case auth != "" && auth != string(NoAuth):
		return inputErrorf("leave it out", "read auth: a service without a web page has no login")
	case m.Answers["policy"] != "":
		return inputErrorf("leave it out", "read policy: a service without a web page has no login")
	case m.Answers["hostName"] != "":
		return inputErrorf("leave it out", "read hostName: a service without a web page has no host name")
	}
	return nil
}

// onlyThroughProxy refuses to trust a header that others than the proxy could
// send.
func (m *maker) onlyThroughProxy() error {
	switch m.model.Packaging {
	case Container:
		if n := m.Answers["network"]; n != "" && n != "no" {
			return inputErrorf("leave out network, or choose another auth", "use auth trusted-header: every container on network %s reaches the service without the proxy", n)
		}
		return nil // published on the loopback address
	case OwnUnit:
		if strings.Contains(m.Answers["arguments"], "{address}") {
			return nil
		}
		return inputErrorf("have it listen on {address}, in --set arguments", "use auth trusted-header: nothing says that %s listens on this host alone", m.Service)
	}
	if m.model.NativeNames["address"] != "" {
		return nil
	}
	return inputErrorf("choose another packaging or auth", "use auth trusted-header: services.%s has no option for the address it listens on", m.model.NativeName)
}

// policy: one that exists, and that a helper of the host gives.
func (m *maker) policy() error {
	known := sortedNames(m.Conventions.PolicyHelpers)
	usable := known[:0:0]
	for _, p := range known {
		if m.policyExists(p) {
			usable = append(usable, p)
		}
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
	for _, p := range m.Facts.Policies {
		if p.Name == policy {
			d.Evidence = append(d.Evidence, Evidence{Option: p.Path + "." + p.Name})
		}
	}
	m.decide(d)
	return nil
}

func (m *maker) policyExists(name string) bool {
	for _, p := range m.Facts.Policies {
		if p.Name == name {
			return true
		}
	}
	return false
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
	d.Reason = fmt.Sprintf("%d virtual hosts %s have it", votes[best], where)
	var others []string
	for _, p := range usable {
		if p != best {
			others = append(others, p)
		}
	}
	sort.Strings(others)
	for _, p := range others {
		d.Rejected = append(d.Rejected, Rejected{Value: p, Reason: fmt.Sprintf("%d %s have it", votes[p], where)})
	}
}
