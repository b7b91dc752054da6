package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"holthome.net/scaffold/plan/allocate"
)

// ports: upstream's port if it is free, else a hundred more until one is.
func (m *maker) ports() error {
	if said, ok := m.said("containerPort"); ok {
		m.model.ContainerPort, _ = strconv.Atoi(said)
	}
	if m.model.Packaging == Native {
		m.nativeOptions()
	}
	wanted := m.model.Port
	if said, ok := m.answer("port"); ok {
		wanted, _ = strconv.Atoi(said)
	}
	if wanted == 0 {
		wanted = m.model.ContainerPort
	}
	if wanted == 0 {
		if m.Answers["web"] == "no" && m.Answers["metricsPath"] == "" {
			return nil
		}
		m.ask(Question{Name: "port", Text: "On which port does " + m.model.DisplayName + " listen?",
			Why: "no source tells it", DependsOn: []string{"listener", "virtual host", "probe"}})
		return nil
	}
	if m.model.ContainerPort == 0 {
		m.model.ContainerPort = wanted
	}
	port, taken, err := allocate.Port(int64(wanted), m.portClaims())
	if err != nil {
		return fmt.Errorf("allocate port for %s: %w", m.Service, err)
	}
	d := Decision{Name: "port", Value: port, Rule: "upstream's port, else 100 more until free", Reason: "it is free on " + m.Facts.Host.Name, Evidence: m.known["port"].evidence, Rejected: m.known["port"].others}
	if taken != nil {
		if m.model.Packaging == OwnUnit && !m.movable() {
			return inputErrorf("hand it over as {port}, in --set arguments or --set environment.NAME", "use port %d: %s has it (%s), and nothing tells %s another", wanted, taken.Owner, taken.Option, m.Service)
		}
		if m.model.Packaging == Native && m.model.NativeNames["port"] == "" {
			return inputErrorf("free the port, or choose another packaging", "use port %d: %s has it (%s), and services.%s has no option to move", wanted, taken.Owner, taken.Option, m.model.NativeName)
		}
		m.model.PortReason = fmt.Sprintf("Upstream's port is %d, which %s has.", wanted, taken.Owner)
		d.Reason = fmt.Sprintf("%d is taken by %s", wanted, taken.Owner)
		d.Evidence = append(slices.Clone(d.Evidence), Evidence{Option: taken.Option, File: taken.File, Line: taken.Line, Value: fmt.Sprint(wanted)})
		d.Rejected = append(slices.Clone(d.Rejected), Rejected{Value: wanted, Reason: "taken by " + taken.Owner})
	}
	m.model.Port = int(port)
	m.decide(d)
	if m.model.Packaging == Native && m.model.NativeNames["port"] == "" || m.model.Packaging == OwnUnit && !m.movable() {
		m.note(fmt.Sprintf("Nothing tells %s its port: it must listen on %d by itself.", m.model.DisplayName, port))
	}
	if m.model.Packaging == OwnUnit && port < 1024 {
		return inputErrorf("choose a port from 1024", "use port %d: the unit runs without the privilege to open a port below 1024", port)
	}
	return nil
}

// movable tells whether a unit of ours hands the port to its program.
func (m *maker) movable() bool {
	for name, value := range m.Answers {
		if (name == "arguments" || strings.HasPrefix(name, environmentPrefix)) && strings.Contains(value, "{port}") {
			return true
		}
	}
	return false
}
