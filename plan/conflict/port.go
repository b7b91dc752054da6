package conflict

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/allocate"
)

// ports: two listeners that cannot be at once.
func (j *judge) ports(host string) {
	listeners := explained(j.of(host, claim.Port, func(c claim.Claim) bool { return !c.Reference }))
	type group struct {
		value, last int64
		protocol    string
		claims      []claim.Claim
	}
	var groups []*group
	for i, a := range listeners {
		for _, b := range listeners[i+1:] {
			if !claim.Overlaps(a, b) || sameListener(a, b) {
				continue
			}
			first, last := max(a.Value, b.Value), min(a.End(), b.End())
			at := slices.IndexFunc(groups, func(g *group) bool { return g.value == first && g.last == last && g.protocol == a.Protocol })
			if at < 0 {
				groups = append(groups, &group{first, last, a.Protocol, nil})
				at = len(groups) - 1
			}
			for _, c := range []claim.Claim{a, b} {
				if !slices.Contains(groups[at].claims, c) {
					groups[at].claims = append(groups[at].claims, c)
				}
			}
		}
	}
	for _, g := range groups {
		value := fmt.Sprintf("%d/%s", g.value, g.protocol)
		if g.last > g.value {
			value = fmt.Sprintf("%d-%d/%s", g.value, g.last, g.protocol)
		}
		f := Finding{Rule: PortShared, Severity: Error, Value: value, Hosts: []string{host}}
		for _, c := range g.claims {
			p := party(c)
			p.Value = listenerText(c)
			f.Parties = append(f.Parties, p)
		}
		f.Message = fmt.Sprintf("%s listen on port %s of %s", owners(g.claims), value, host)
		f.Advice = j.freePort(host, g.value, g.protocol)
		if referred := j.referred(host, g.value, g.protocol); referred != "" {
			f.Advice += "; " + referred
		}
		j.add(f)
	}
}

// backends: a virtual host that leads to what another service listens on, while
// nobody else listens there. Services whose port only their virtual host tells
// conflict in this way too.
func (j *judge) backends(host string) {
	hub := j.in.Hosts[host].Facts.Hubs[facts.Proxy]
	if hub == nil {
		return
	}
	prefix := strings.Join(hub.Path, ".") + "."
	for _, c := range j.of(host, claim.Port, func(c claim.Claim) bool { return c.Reference && strings.HasPrefix(c.Option, prefix) }) {
		listeners := j.of(host, claim.Port, func(l claim.Claim) bool {
			return !l.Reference && l.Protocol == "tcp" && l.Value <= c.Value && c.Value <= l.End()
		})
		own := slices.ContainsFunc(listeners, func(l claim.Claim) bool { return j.same(l, c) })
		// A virtual host that is named after no service is somebody's other name.
		if len(listeners) == 0 || own || !j.isService(host, c.Service) {
			continue
		}
		l := listeners[0]
		j.add(Finding{
			Rule: PortOfOther, Severity: Warning, Value: fmt.Sprintf("%d/tcp", c.Value), Hosts: []string{host}, Parties: []Party{party(c), party(l)},
			Message: fmt.Sprintf("the virtual host %s leads to port %d of %s, on which %s listens", c.Owner, c.Value, host, l.Owner),
			Advice:  "if " + c.Owner + " listens there too, " + j.freePort(host, c.Value, "tcp") + "; if not, mend the backend",
		})
	}
}

// explained leaves out options that a container of the same service carries
// out: the container knows the address. The place is that of the option, which
// is what a person would change.
func explained(listeners []claim.Claim) []claim.Claim {
	var kept []claim.Claim
	for _, l := range listeners {
		carried := func(c claim.Claim) bool {
			return (c.Container == "") != (l.Container == "") && c.Service == l.Service && claim.Overlaps(l, c)
		}
		i := slices.IndexFunc(listeners, carried)
		switch {
		case i >= 0 && l.Container == "":
			continue
		case i >= 0 && listeners[i].File != "" && listeners[i].Value == l.Value:
			l.Option, l.File, l.Line = listeners[i].Option, listeners[i].File, listeners[i].Line
		}
		kept = append(kept, l)
	}
	return kept
}

// sameListener tells that two claims are two words for one listener: options
// and containers of one service. Two containers are two.
func sameListener(a, b claim.Claim) bool {
	if a.Container != "" && b.Container != "" {
		return a.Container == b.Container
	}
	return a.Service == b.Service
}

// listenerText is what is listened on.
func listenerText(c claim.Claim) string {
	address := c.Address
	if address == "" {
		address = "*"
	} else if strings.Contains(address, ":") {
		address = "[" + address + "]"
	}
	if c.Last > c.Value {
		return fmt.Sprintf("%s:%d-%d/%s", address, c.Value, c.Last, c.Protocol)
	}
	return fmt.Sprintf("%s:%d/%s", address, c.Value, c.Protocol)
}

// freePort says which port could be taken instead.
func (j *judge) freePort(host string, port int64, protocol string) string {
	free, _, err := allocate.Port(port, claim.Ports(j.in.Hosts[host].Claims, protocol))
	if err != nil {
		return "move one of them to another port"
	}
	return fmt.Sprintf("move one of them: %d is free on %s", free, host)
}

// referred says who else relies on the port.
func (j *judge) referred(host string, port int64, protocol string) string {
	var options []string
	for _, c := range j.of(host, claim.Port, func(c claim.Claim) bool { return c.Reference && c.Value == port && c.Protocol == protocol }) {
		if !slices.Contains(options, c.Option) {
			options = append(options, c.Option)
		}
	}
	if len(options) == 0 {
		return ""
	}
	return "what refers to it moves too: " + strings.Join(options, ", ")
}
