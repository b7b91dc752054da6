package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"holthome.net/scaffold/plan/allocate"
)

// ports: the port that is known or said if it is free, else a hundred more until one is.
func (m *maker) ports() error {
	m.notExposed()
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
		m.askPort()
		return nil
	}
	if m.model.ContainerPort == 0 {
		m.model.ContainerPort = wanted
	}
	port, taken, err := allocate.Port(int64(wanted), m.portClaims())
	if err != nil {
		return fmt.Errorf("allocate port for %s: %w", m.Service, err)
	}
	d := Decision{Name: "port", Value: port, Rule: "the port that is known or said, else 100 more until free", Reason: "it is free on " + m.Facts.Host.Name, Evidence: m.known["port"].evidence, Rejected: m.known["port"].others}
	if err := m.hostPort(wanted, taken); err != nil {
		return err
	}
	if taken != nil {
		if m.model.Packaging == OwnUnit && !m.movable() {
			return inputErrorf("hand it over as {port}, in --set arguments or --set environment.NAME", "use port %d: %s has it (%s), and nothing tells %s another", wanted, taken.Owner, taken.Option, m.Service)
		}
		if m.model.Packaging == Native && m.model.NativeNames["port"] == "" {
			return inputErrorf("free the port, or choose another packaging", "use port %d: %s has it (%s), and services.%s has no option to move", wanted, taken.Owner, taken.Option, m.model.NativeName)
		}
		m.model.PortReason = fmt.Sprintf("Not %d, which %s has.", wanted, taken.Owner)
		d.Reason = fmt.Sprintf("%d is taken by %s", wanted, taken.Owner)
		d.Evidence = append(slices.Clone(d.Evidence), Evidence{Option: taken.Option, File: taken.File, Line: taken.Line, Value: fmt.Sprint(wanted)})
		d.Rejected = append(slices.Clone(d.Rejected), Rejected{Value: wanted, Reason: "taken by " + taken.Owner})
	}
	m.model.Port = int(port)
	m.decide(d)
	if m.model.Packaging == Native && m.model.NativeNames["port"] == "" || m.model.Packaging == OwnUnit && !m.movable() {
		m.note(fmt.Sprintf("Nothing tells %s its port: it must listen on %d by itself.", m.model.DisplayName, port))
	}
	if m.model.Packaging == OwnUnit && port < 1024 && !m.mayListenLow() {
		return inputErrorf("choose a port from 1024, or say --set capabilities=NET_BIND_SERVICE", "use port %d: the unit runs without the privilege to open a port below 1024", port)
	}
	return nil
}

// askPort asks for the port, and proposes the first that the image exposes.
func (m *maker) askPort() {
	q := Question{Name: "port", Text: "On which port does " + m.model.DisplayName + " listen?",
		Why: "no source tells it", DependsOn: []string{"listener", "virtual host", "probe"}}
	if exposed := m.exposed(); len(exposed) > 0 {
		q.Why, q.Default = "the image exposes several, and nothing tells which has the page", exposed[0]
		q.Evidence = []Evidence{{Option: "image ExposedPorts", Value: strings.Join(exposed, ", ")}}
	}
	m.ask(q)
}

// notExposed tells of a port in the catalog that the image does not expose.
func (m *maker) notExposed() {
	k, exposed := m.known["containerPort"], m.exposed()
	if k.source == "catalog" && len(exposed) > 0 && !contains(exposed, m.Answers["containerPort"]) {
		k.others = append(slices.Clone(k.others), Rejected{Value: strings.Join(exposed, ", "), Reason: "the image exposes these", Source: "image"})
		m.known["containerPort"] = k
	}
}

// exposed are the TCP ports that a container's image exposes.
func (m *maker) exposed() []string {
	if m.Image == nil || m.model.Packaging != Container {
		return nil
	}
	var ports []string
	for _, p := range m.Image.Config.Ports {
		if p.Protocol == "tcp" {
			ports = append(ports, fmt.Sprint(p.Number))
		}
	}
	return ports
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
