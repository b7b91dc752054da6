package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

// maxExcerpt is the length in bytes at which a line of source is cut.
const maxExcerpt = 100

// patterns: how the repo does things, each with the lines that taught it. The
// lines are of the exemplar where it does so too.
func (m *maker) patterns() {
	if m.Given.Conventions == nil || m.Given.Facts == nil {
		return
	}
	m.layoutPatterns(m.Given.Conventions)
	m.allocationPatterns(m.Given.Conventions, m.Given.Facts)
	m.storagePatterns(m.Given.Conventions, m.Given.Facts)
	m.watchPatterns(m.Given.Conventions, m.Given.Facts)
	m.accessPatterns(m.Given.Facts)
	m.libraryPatterns(m.Given.Conventions)
}

// pattern adds one that was found. Decisions that were not made are left out.
func (m *maker) pattern(name, finding string, taught []Line, decisions ...string) {
	if finding == "" {
		return
	}
	p := Pattern{Name: name, Finding: finding, Taught: list(taught), Decisions: []string{}}
	for _, d := range decisions {
		if _, ok := m.decision(d); ok {
			p.Decisions = append(p.Decisions, d)
		}
	}
	m.r.Patterns = append(m.r.Patterns, p)
}

func (m *maker) layoutPatterns(c *convention.Conventions) {
	m.pattern("Module file", layout(c.Module), m.declared(2), "moduleFile")
	list := ""
	if len(c.Categories) == 1 {
		list = fmt.Sprintf("in the imports of %s", c.Categories[0].File)
	} else if len(c.Categories) > 1 {
		names := make([]string, len(c.Categories))
		for i, k := range c.Categories {
			names[i] = k.Name
		}
		list = fmt.Sprintf("in the imports of the list of its category, one of %s", strings.Join(names, ", "))
	}
	m.pattern("Module registration", list, m.imports(m.exemplarModule(), c.Categories), "moduleRegistration", "category")
	m.pattern("Host file", layout(c.Host), m.lines(c.Host.Files, strings.Join(c.Root, ".")+".", 2), "hostFile")
	if c.HostList != "" {
		m.pattern("Host registration", "in the imports of "+c.HostList, m.imports(m.exemplarHost(), []convention.Category{{File: c.HostList}}), "hostRegistration")
	}
	switch {
	case c.Factory != nil:
		name := strings.Join(c.Factory.Path, ".")
		m.pattern("Containers", fmt.Sprintf("%s makes them from a short description, in %s", name, count(len(c.Factory.Users), "module", "modules")), m.lines(c.Factory.Users, name, 2), "factory", "profile")
	case len(c.ContainerFunction) > 0:
		name := strings.Join(c.ContainerFunction, ".")
		m.pattern("Containers", name+" wraps them", m.lines(c.Module.Files, name, 2))
	}
}

func layout(l convention.Layout) string {
	if l.Pattern == "" {
		return ""
	}
	return fmt.Sprintf("%s, as %s", l.Pattern, count(len(l.Files), "service has it", "services have it"))
}

func (m *maker) allocationPatterns(c *convention.Conventions, f *facts.Facts) {
	style, taught := "", []Line{}
	switch c.IDStyle {
	case convention.StringUser:
		style, taught = "as text in the option user", m.option(c.IDExemplar, "user")
	case convention.IntOption:
		style, taught = "as a number in the option uid", m.option(c.IDExemplar, "uid")
	case convention.RegistryIDs:
		style = "in a table of the repo"
		if r := c.Registry; r != nil && r.File != nil {
			style += ", " + strings.Join(r.Path, ".")
			if e, ok := r.Entries[m.exemplar()]; ok {
				taught = append(taught, m.line(*r.File, e.Line))
			} else {
				taught = append(taught, m.line(*r.File, 0))
			}
		}
	}
	if style != "" {
		style += fmt.Sprintf("; stable, and the same on all hosts: %s in use", count(len(usedIDs(f)), "service has one", "services have one"))
	}
	m.pattern("Accounts", strings.Replace(style, " in use", "", 1), taught, "uid", "idStyle")
	low, high, n, same, metrics := int64(0), int64(0), 0, 0, 0
	for _, name := range slices.Sorted(maps.Keys(f.Services)) {
		s := f.Services[name]
		port, ok := claim.Number(s.Options["port"].Value)
		if !ok {
			continue
		}
		if n++; n == 1 || port < low {
			low = port
		}
		high = max(high, port)
		if other, ok := claim.Number(s.Options["metrics.port"].Value); ok {
			metrics++
			if other == port {
				same++
			}
		}
	}
	ports := ""
	if n > 0 {
		ports = fmt.Sprintf("from %d to %d, in the option port of %s", low, high, count(n, "service", "services"))
	}
	if metrics > 0 {
		ports += fmt.Sprintf("; the port of metrics is the main one in %d of %d", same, metrics)
	}
	m.pattern("Ports", ports, m.option(m.exemplar(), "port"), "port")
	m.pattern("Host names", m.hostNames(f), m.vhostLine(f), "hostName")
}

// usedIDs are the services that have an account with a stable id.
func usedIDs(f *facts.Facts) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(f.Services)) {
		if u, ok := f.Users[name]; ok && u.UID != nil {
			names = append(names, name)
		}
	}
	return names
}

func (m *maker) hostNames(f *facts.Facts) string {
	if f.Host.Domain == nil || len(f.Vhosts) == 0 {
		return ""
	}
	fit := 0
	for name, v := range f.Vhosts {
		if v.HostName != nil && *v.HostName == name+"."+*f.Host.Domain {
			fit++
		}
	}
	return fmt.Sprintf("the service's name before %s, in %d of %s", *f.Host.Domain, fit, count(len(f.Vhosts), "virtual host", "virtual hosts"))
}

func (m *maker) vhostLine(f *facts.Facts) []Line {
	if at := f.Vhosts[m.exemplar()].At; at != nil {
		return []Line{m.line(at.File, at.Line)}
	}
	return nil
}
