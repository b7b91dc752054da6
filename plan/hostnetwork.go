package plan

import (
	"fmt"
	"slices"

	"holthome.net/scaffold/plan/allocate"
)

// hostNetworked tells whether a container is on the host's network.
func (m *maker) hostNetworked() bool {
	return m.Answers["hostNetwork"] == "yes" && m.model.Packaging == Container
}

// hostNetwork: only when asked for. A container on the host's network publishes
// nothing: its ports are the host's own.
func (m *maker) hostNetwork() error {
	said, ok := m.answer("hostNetwork")
	if !ok || said == "no" {
		if ok {
			m.said("hostNetwork")
		}
		return nil
	}
	if m.model.Packaging != Container {
		return inputErrorf("leave it out", "read hostNetwork: a service that is no container is on the host's network")
	}
	if network := m.Answers["network"]; network != "" && network != "no" {
		return inputErrorf("leave out one of them", "read hostNetwork: on the host's network it cannot join %s", network)
	}
	m.said("hostNetwork")
	return nil
}

// hostPort sees that the port of a container on the host's network is one that
// the software has by itself and nobody else has: nothing moves it.
func (m *maker) hostPort(wanted int, taken *allocate.Claim) error {
	switch {
	case !m.hostNetworked():
		return nil
	case wanted != m.model.ContainerPort:
		return inputErrorf(fmt.Sprintf("tell it the port with --set environment.NAME=%d and say --set containerPort=%d", wanted, wanted),
			"use port %d: on the host's network the software listens on %d itself", wanted, m.model.ContainerPort)
	case taken != nil:
		return inputErrorf("tell it another with --set environment.NAME=PORT --set containerPort=PORT, or leave out hostNetwork",
			"use port %d on the host's network: %s has it (%s)", wanted, taken.Owner, taken.Option)
	}
	return nil
}

// optionalNetwork tells what the host's network opens, or that the service would
// do more on it.
func (m *maker) optionalNetwork(h *Hardware) {
	host, port := m.Facts.Host.Name, int64(m.model.Port)
	if !h.HostNetwork {
		if m.Entry != nil && m.Entry.Hardware != nil && m.Entry.Hardware.HostNetwork != "" && m.Answers["hostNetwork"] == "" && m.model.Packaging == Container {
			k := m.Entry.Hardware
			m.decide(Decision{Name: "hostNetwork", Value: "no", Rule: "a network of its own unless it is asked for", Reason: "there nothing but the published port is reached", Evidence: m.hardwareFile()})
			m.note(fmt.Sprintf("%s is often run on the host's network, for %s. If that is wanted, say --set hostNetwork=yes.", m.model.DisplayName, k.HostNetworkFor))
		}
		return
	}
	switch fw := m.Facts.Firewall; {
	case !fw.Enabled:
		m.note(fmt.Sprintf("The firewall of %s is off: on the host's network other machines reach all ports that %s opens, past the proxy and its login.", host, m.model.DisplayName))
	case slices.Contains(fw.TCP, port):
		m.note(fmt.Sprintf("The firewall of %s lets everybody in at port %d, past the proxy and its login.", host, port))
	default:
		m.note(fmt.Sprintf("The firewall of %s is not opened: what other machines must reach, for discovery or the like, has to be let in by hand.", host))
	}
}
