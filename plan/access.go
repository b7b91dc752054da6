package plan

import (
	"fmt"
	"slices"
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
	said, ok := m.answer("auth")
	if ok {
		m.decide(m.saidAuth(Auth(said)))
	} else if m.machinesOnly() {
		said = string(CaddySecurity)
		m.decide(Decision{Name: "auth", Value: said, Rule: "keys of machines need a login to pass", Reason: "nobody opens it, and who has no key is refused"})
	} else if said, ok = m.chooseAuth(); !ok {
		return nil
	}
	m.model.Auth.Kind = Auth(said)
	if m.Facts.Hubs[facts.Proxy] == nil {
		if m.model.Auth.Kind != NoAuth && m.model.Auth.Kind != Builtin {
			return inputErrorf("choose builtin or none", "use auth %s: the host has no reverse proxy that services register with", said)
		}
		return nil
	}
	switch m.model.Auth.Kind {
	case CaddySecurity:
		m.ownLoginOff()
		return m.policy()
	case TrustedHeader:
		if err := m.trustHeader(); err != nil {
			return err
		}
		return m.policy()
	case Hybrid:
		if err := m.injectKey(); err != nil {
			return err
		}
		return m.policy()
	case OIDC:
		if err := m.registerClient(); err != nil {
			return err
		}
	case NoAuth:
		m.note("Nobody has to log in: everyone who reaches the proxy reaches " + m.model.DisplayName + ".")
	}
	if _, ok := m.answer("policy"); ok {
		return inputErrorf("leave it out, or choose auth=caddy-security", "read policy: auth %s has none", said)
	}
	return nil
}

// saidAuth is the decision that the user made, with what is known of it and
// what the rule would have made of what is known.
func (m *maker) saidAuth(auth Auth) Decision {
	d := Decision{Name: "auth", Value: string(auth), Rule: "user", Reason: "you said so", Evidence: m.evidenceOf(auth)}
	if m.Entry == nil {
		return d
	}
	best, open := m.rank()
	if best.auth != auth && len(open) == 0 {
		d.Rejected = append(d.Rejected, Rejected{Value: string(best.auth), Reason: "it would be chosen: " + best.why})
	}
	if a := m.ability(auth); a != nil && a.Support == "no" {
		d.Rejected = append(d.Rejected, Rejected{Value: string(auth), Reason: "the catalog says that it cannot: " + sourceOf(*a), Source: "catalog"})
		m.note(fmt.Sprintf("The catalog says that %s cannot do auth %s: %s. You said so, and so it is planned.", m.model.DisplayName, auth, sourceOf(*a)))
	}
	return d
}

// askAuth asks; best is taken where nothing is said, if it has a value.
func (m *maker) askAuth(why string, best verdict, refused []Rejected) {
	choices := []Choice{
		{string(CaddySecurity), "its own login is off; the proxy asks"},
		{string(Builtin), "its own login, with its own accounts"},
		{string(OIDC), "its own login, through the identity provider"},
		{string(TrustedHeader), "the proxy asks, and tells it who it is"},
		{string(NoAuth), "nobody logs in"},
	}
	for _, r := range refused {
		for i := range choices {
			if choices[i].Value == r.Value {
				choices[i].About += "; as far as is known not possible: " + r.Reason
			}
		}
	}
	q := Question{Name: "auth", Text: "How do people log in to " + m.model.DisplayName + "?", Why: why,
		Choices: choices, DependsOn: []string{"virtual host", "policy", "probe"}}
	if best.auth != "" {
		q.Why += "; of what is known " + string(best.auth) + " is best: " + best.why
		q.Default, q.Evidence = string(best.auth), m.evidenceOf(best.auth)
	}
	m.ask(q)
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
	for _, k := range slices.Concat(pageKeys, machineKeys) {
		if _, ok := m.answer(k.name); ok {
			return inputErrorf("leave it out", "read %s: the proxy sends nothing to a service without a web page", k.name)
		}
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
		if m.hostNetworked() {
			return inputErrorf("leave out hostNetwork, or choose another auth", "use auth trusted-header: on the host's network nothing keeps the service to the address that the proxy asks")
		}
		if parts := m.partNames(); len(parts) > 0 {
			return inputErrorf("choose another auth, or leave out its parts", "use auth trusted-header: part %s is on a network with the service, and reaches it without the proxy", parts[0])
		}
		return nil // published on the loopback address
	case OwnUnit:
		for name, value := range m.Answers {
			if (name == "arguments" || strings.HasPrefix(name, environmentPrefix)) && strings.Contains(value, "{address}") {
				return nil
			}
		}
		return inputErrorf("have it listen on {address}, in --set arguments or --set environment.NAME", "use auth trusted-header: nothing says that %s listens on this host alone", m.Service)
	}
	if m.model.NativeNames["address"] != "" {
		return nil
	}
	return inputErrorf("choose another packaging or auth", "use auth trusted-header: services.%s has no option for the address it listens on", m.model.NativeName)
}
