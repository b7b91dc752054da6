package report

import (
	"cmp"
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

func (m *maker) storagePatterns(c *convention.Conventions, f *facts.Facts) {
	if len(f.Datasets) > 0 {
		sizes := slices.Sorted(maps.Keys(c.Storage.RecordSizes))
		slices.SortStableFunc(sizes, func(a, b string) int { return c.Storage.RecordSizes[b] - c.Storage.RecordSizes[a] })
		for i, s := range sizes {
			sizes[i] = fmt.Sprintf("%s in %d", s, c.Storage.RecordSizes[s])
		}
		finding := count(len(f.Datasets), "dataset", "datasets")
		if c.Storage.Parent != "" {
			finding += " under " + c.Storage.Parent
		}
		if len(sizes) > 0 {
			finding += "; record sizes: " + strings.Join(sizes, ", ")
		}
		if c.Storage.Compression != "" {
			finding += "; compression mostly " + c.Storage.Compression
		}
		var taught []Line
		if at := f.Datasets[m.exemplar()].At; at != nil {
			taught = []Line{m.line(at.File, at.Line)}
		}
		m.pattern("Datasets", finding, taught, "recordsize", "compression")
	}
	m.helper("Backup", c.BackupHelper, fmt.Sprintf("; %s in all", count(len(f.BackupJobs), "job", "jobs")), "backup")
	m.helper("Snapshots and replication", c.SnapshotHelper, fmt.Sprintf("; %s in all", count(len(f.Snapshots), "dataset", "datasets")), "snapshots")
	restore := ""
	if len(c.Restore) > 0 {
		restore = "; methods " + strings.Join(c.Restore, ", ")
	}
	m.helper("Restore", c.PreseedHelper, restore, "preseed", "restoreMethods")
	if len(f.Mounts) > 0 {
		m.pattern("Network mounts", strings.Join(slices.Sorted(maps.Keys(f.Mounts)), ", "), m.option(m.exemplar(), "nfsMountDependency"), "nfs")
	}
	if h := f.Hubs[facts.DatabasesHub]; h != nil {
		m.pattern("Databases", fmt.Sprintf("entries of %s: %s", strings.Join(h.Path, "."), cmp.Or(strings.Join(h.Names, ", "), "none yet")), m.position(h.Declared))
	}
}

func (m *maker) watchPatterns(c *convention.Conventions, f *facts.Facts) {
	m.helper("Alert on a container", c.ContainerAlert, "")
	m.helper("Alert on a unit", c.UnitAlert, "")
	if len(f.Scrapes) > 0 {
		m.pattern("Metrics", fmt.Sprintf("%s of Prometheus", count(len(f.Scrapes), "job", "jobs")), m.option(m.exemplar(), "metrics"), "metricsPath")
	}
	if h := f.Hubs[facts.DashboardHub]; h != nil {
		m.pattern("Dashboard", fmt.Sprintf("entries of %s; groups %s", strings.Join(h.Path, "."), strings.Join(c.Groups, ", ")), m.lines(c.Host.Files, strings.Join(h.Path, "."), 1), "dashboardGroup", "icon")
	}
	if h := f.Hubs[facts.BlackBoxHub]; h != nil {
		m.pattern("Black-box check", fmt.Sprintf("entries of %s, %d so far", strings.Join(h.Path, "."), len(f.BlackBox)), m.lines(c.Host.Files, strings.Join(h.Path, "."), 1), "probe")
	}
	m.pattern("Hardening", m.hardening(), nil)
}

// hardening is the baseline of the units that are looked at in detail.
func (m *maker) hardening() string {
	if m.Plan == nil {
		return ""
	}
	for _, p := range m.Plan.Promises {
		if p.Kind == "hardening" {
			return p.Text
		}
	}
	return ""
}

func (m *maker) accessPatterns(f *facts.Facts) {
	if h := f.Hubs[facts.Proxy]; h != nil {
		tunnels, policies := 0, map[string]int{}
		for _, v := range f.Vhosts {
			if v.Tunnel != nil && *v.Tunnel != "" {
				tunnels++
			}
			if v.Policy != nil && *v.Policy != "" {
				policies[*v.Policy]++
			}
		}
		m.pattern("Reverse proxy", fmt.Sprintf("entries of %s; %s, %d through a tunnel to the internet", strings.Join(h.Path, "."),
			count(len(f.Vhosts), "virtual host", "virtual hosts"), tunnels), m.vhostLine(f), "hostName")
		names := slices.Sorted(maps.Keys(policies))
		for i, n := range names {
			names[i] = fmt.Sprintf("%s for %d", n, policies[n])
		}
		if len(names) > 0 {
			m.pattern("Login", "the proxy asks, by policy: "+strings.Join(names, ", "), m.uses("caddySecurity"), "auth", "policy")
		}
	}
}

func (m *maker) libraryPatterns(c *convention.Conventions) {
	for _, l := range []struct {
		name string
		lib  *convention.Library
	}{{"Helpers for files of the host", c.HostLibrary}, {"Helpers for storage", c.StorageHelpers}, {"Shared types", c.Types}} {
		if l.lib == nil {
			continue
		}
		var functions []string
		for _, name := range slices.Sorted(maps.Keys(l.lib.Members)) {
			if f := l.lib.Members[name]; f.Kind == "function" && f.Arity > 0 {
				functions = append(functions, fmt.Sprintf("%s (%d)", name, f.Arity))
			}
		}
		finding := "from " + cmp.Or(l.lib.File, l.lib.Argument)
		if len(functions) > 0 {
			finding += "; functions with their number of arguments: " + strings.Join(functions, ", ")
		}
		files := c.Module.Files
		if l.lib == c.HostLibrary {
			files = c.Host.Files
		}
		m.pattern(l.name, finding, m.lines(files, l.lib.Binding+" =", 1))
	}
}

// helper is a pattern that is a member of the host library.
func (m *maker) helper(name, member, rest string, decisions ...string) {
	l := m.Given.Conventions.HostLibrary
	if l == nil || member == "" {
		return
	}
	m.pattern(name, l.Binding+"."+member+rest, m.uses(member), decisions...)
}

// uses are the lines that use a member of the host library.
func (m *maker) uses(member string) []Line {
	c := m.Given.Conventions
	if c.HostLibrary == nil {
		return nil
	}
	return m.lines(c.Host.Files, c.HostLibrary.Binding+"."+member, 1)
}
