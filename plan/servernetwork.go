package plan

import (
	"fmt"
	"net/netip"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// The engine's own network, in which containers are that join no other: podman's
// documented defaults (containers.conf, default_network and default_subnet).
const podmanNetwork = "podman"

var podmanSubnet = netip.MustParsePrefix("10.88.0.0/16")

// reach says under which address a server of the host is reached that listens on
// certain addresses alone. A container on a network of another name finds the
// host at that network's gateway, where such a server does not listen; so it is
// put on the engine's own network too, if the server listens there.
func (m *maker) reach(server, listens, named string) (address string, err error) {
	joined := m.model.Packaging == Container && m.model.Network != "" && m.model.Network != podmanNetwork && !m.hostNetworked()
	if !joined || everywhere(listens) {
		return named, nil
	}
	backend := m.Facts.Host.Backend
	for _, a := range strings.FieldsFunc(listens, func(r rune) bool { return r == ',' || r == ' ' }) {
		if ip, err := netip.ParseAddr(a); err == nil && podmanSubnet.Contains(ip) && (backend == nil || *backend == podmanNetwork) {
			if m.model.EngineNetwork != "" {
				return a, nil // another server listens there too
			}
			m.model.EngineNetwork = podmanNetwork
			m.decide(Decision{Name: "engineNetwork", Value: podmanNetwork, Rule: "where the server listens", Reason: fmt.Sprintf("%s listens on %s, which containers on network %s alone do not reach", server, a, m.model.Network)})
			return a, nil
		}
	}
	return "", inputErrorf("have it listen there too, or run one beside the service", "use %s: it listens on %s alone, which containers on network %s do not reach", server, listens, m.model.Network)
}

// everywhere tells whether a server listens on all addresses of the host.
func everywhere(listens string) bool {
	for _, a := range strings.FieldsFunc(listens, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a == "*" || a == "0.0.0.0" || a == "::" {
			return true
		}
	}
	return false
}

// databaseListens is where the host's PostgreSQL listens.
func databaseListens(server facts.DatabaseServer) string {
	switch {
	case server.Listen != nil:
		return *server.Listen
	case server.TCP:
		return "*"
	}
	return "localhost"
}

// networkSteps: whether a server lets in who comes from a network only its own
// rules tell.
func (m *maker) networkSteps(before func(what, command string)) {
	if db := m.model.Database; db != nil && m.model.Packaging == Container && m.model.Network != "" && m.model.EngineNetwork == "" && !m.hostNetworked() {
		before(fmt.Sprintf("see that PostgreSQL lets role %s in from the containers of network %s: services.postgresql.authentication has a line for its addresses", db.User, m.model.Network), "")
	}
}

func (m *maker) promiseEngineNetwork(container string) {
	m.promise(PromiseNetwork, container, "the container is on network "+m.model.EngineNetwork+", where the server listens", map[string]string{"network": m.model.EngineNetwork})
}
