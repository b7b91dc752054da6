package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Tunnel is how the internet reaches the service.
type Tunnel struct {
	Name string
	// Field is the field of virtual hosts that puts them into it.
	Field string
	// Unit is what runs it, empty if that is not known.
	Unit string
	// Registers tells that the host name becomes a DNS record by itself.
	Registers bool
	// Reason is why it is on the internet, empty if nobody said, Login what
	// guards it there.
	Reason, Login string
}

var tunnelKeys = []key{
	{name: "tunnel", check: lineForm, about: "whether the internet reaches it: no, yes, or the name of a tunnel of the host"},
	{name: "tunnelReason", check: lineForm, about: "why it is on the internet, in a few words"},
	{name: "tunnelWithoutLogin", choices: []string{"yes"}, about: "yes, said beside auth=none: everybody on the internet may use it"},
}

// tunnel: the internet reaches a service only when that was asked for.
func (m *maker) tunnel() error {
	said, asked := m.answer("tunnel")
	asked = asked && said != "no"
	if !asked {
		for _, name := range []string{"tunnelReason", "tunnelWithoutLogin"} {
			if _, ok := m.answer(name); ok {
				return inputErrorf("say --set tunnel=yes too, or leave it out", "read %s: it is not put into a tunnel", name)
			}
		}
		m.withoutTunnel(said)
		return nil
	}
	t, err := m.chosenTunnel(said)
	if err != nil {
		return err
	}
	if err := m.guardedTunnel(); err != nil {
		return err
	}
	t.Login = m.loginText()
	t.Reason = strings.TrimSuffix(m.Answers["tunnelReason"], ".")
	d := Decision{Name: "tunnel", Value: t.Name, Rule: "user", Reason: t.Reason, Evidence: []Evidence{m.tunnelEvidence(t.Name)}}
	if t.Reason == "" {
		d.Reason = "you asked for it, and gave no reason"
		m.note("Nothing says why it is on the internet; --set tunnelReason=... writes it down.")
	}
	m.decide(d)
	m.model.Tunnel = t
	m.tunnelNotes(t)
	return nil
}

// withoutTunnel says that it stays inside, where the host could do otherwise.
func (m *maker) withoutTunnel(said string) {
	if m.Facts.Access.TunnelField == nil || len(m.tunnels()) == 0 || !m.proxied() {
		return
	}
	d := Decision{Name: "tunnel", Value: "no", Rule: "the internet only on request", Reason: "nobody asked for it; it is reached from the network at home, or through a VPN"}
	if said == "no" {
		d.Rule, d.Reason = "user", "you said so"
	}
	m.decide(d)
}

// proxied tells whether it has a virtual host.
func (m *maker) proxied() bool {
	return m.Answers["web"] != "no" && m.Facts.Hubs[facts.Proxy] != nil && m.model.Port > 0
}

// tunnels are those of the host that run.
func (m *maker) tunnels() []string {
	return slices.DeleteFunc(sortedNames(m.Facts.Tunnels), func(name string) bool { return !m.Facts.Tunnels[name].Enabled })
}

// chosenTunnel is the tunnel that was named, or the one that carries most.
func (m *maker) chosenTunnel(said string) (*Tunnel, error) {
	host, all := m.Facts.Host.Name, m.tunnels()
	switch {
	case !m.proxied():
		return nil, inputErrorf("leave it out", "read tunnel: a service without a virtual host of the proxy cannot be put into a tunnel")
	case m.Facts.Access.TunnelField == nil:
		return nil, inputErrorf("leave it out", "use tunnel: virtual hosts of host %s have no field that puts them into one", host)
	case len(all) == 0:
		return nil, inputErrorf("enable one, or leave it out", "use tunnel: host %s has none that is on", host)
	case said == "yes":
		said = slices.MaxFunc(all, func(a, b string) int { return m.carries(a) - m.carries(b) })
	case !contains(all, said):
		return nil, inputErrorf("the host has "+orNone(all), "read tunnel: %q is unknown", said)
	}
	t := m.Facts.Tunnels[said]
	chosen := &Tunnel{Name: said, Field: *m.Facts.Access.TunnelField, Registers: t.Registers}
	if t.Unit != nil {
		chosen.Unit = *t.Unit
	}
	return chosen, nil
}

// carries is how many virtual hosts are in a tunnel.
func (m *maker) carries(tunnel string) int {
	n := 0
	for _, v := range m.Facts.Vhosts {
		if v.Enable && v.Tunnel != nil && *v.Tunnel == tunnel {
			n++
		}
	}
	return n
}

func (m *maker) tunnelEvidence(name string) Evidence {
	return Evidence{Option: m.hub(facts.Proxy) + ".*." + *m.Facts.Access.TunnelField + ".tunnel = " + name, Value: count(m.carries(name), "virtual host", "virtual hosts")}
}

// guardedTunnel refuses what nobody would have to log in to, unless that was
// said twice. Where the login is still a question, the answer brings it here
// again.
func (m *maker) guardedTunnel() error {
	_, twice := m.answer("tunnelWithoutLogin")
	switch auth := m.model.Auth.Kind; {
	case auth == NoAuth && !twice:
		return inputErrorf("choose another auth; or say --set tunnelWithoutLogin=yes too, if everybody on the internet may use it",
			"use tunnel: with auth none nobody has to log in to %s, from the internet neither", m.model.DisplayName)
	case auth != NoAuth && auth != "" && twice:
		return inputErrorf("leave it out", "read tunnelWithoutLogin: auth %s has a login", auth)
	}
	return m.networksInTunnel()
}

// loginText is what guards the service, for people.
func (m *maker) loginText() string {
	switch auth := m.model.Auth; auth.Kind {
	case NoAuth:
		return "nothing, whoever finds it may use it"
	case Builtin:
		return "its own login, with accounts of its own"
	case OIDC:
		if auth.Client != nil {
			return "its own login, through " + auth.Client.Issuer
		}
		return "its own login, through the identity provider"
	default:
		return fmt.Sprintf("single sign-on at the proxy, policy %s", auth.Policy) + m.passText()
	}
}

// passText is what gets past the proxy's login, as the end of what guards it.
func (m *maker) passText() string {
	from := func(networks []string) string {
		if len(networks) == 0 {
			return ""
		}
		return " (from " + strings.Join(networks, ", ") + ")"
	}
	var names []string
	for _, k := range m.model.Keys {
		names = append(names, k.Name+from(k.Networks))
	}
	text := ""
	switch len(names) {
	case 0:
	case 1:
		text = ", and key " + names[0]
	default:
		text = ", and keys " + strings.Join(names, ", ")
	}
	if b := m.model.Bypass; b != nil {
		text += "; nobody is asked at " + strings.Join(b.Paths, ", ") + from(b.Networks)
	}
	return text
}

// tunnelNotes are what being on the internet means.
func (m *maker) tunnelNotes(t *Tunnel) {
	m.note(fmt.Sprintf("On the internet: anyone can send requests to https://%s, through tunnel %s. What guards it: %s. If the network at home or a VPN is enough, leave tunnel out.", m.HostName(), t.Name, t.Login))
	switch m.model.Auth.Kind {
	case NoAuth:
		m.note("Everybody on the internet may use it, as you said twice: what it shows is public, and what it does anyone can have it do.")
	case Builtin, OIDC:
		m.note(fmt.Sprintf("Requests reach %s before anyone has logged in: a hole in it is open to the internet, and so is its login, if that does not stop who guesses passwords. Keep it up to date.", m.model.DisplayName))
	}
	if b := m.model.Bypass; b != nil {
		m.note(fmt.Sprintf("From the internet too, nobody is asked for a login below %s: only what the software itself asks for guards it.", strings.Join(b.Paths, ", ")))
	}
	for _, k := range m.model.Keys {
		m.note(fmt.Sprintf("Whoever has key %s gets in from anywhere on the internet, to %s; change it when somebody may have seen it.", k.Name, k.opens()))
	}
	if d := m.model.Data; d != nil && d.Workload == Media {
		m.note("Streams of media are long and large: a VPN is the better way to them from outside.")
	}
}
