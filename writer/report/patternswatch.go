package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

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
		m.protectionPattern(f)
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

// protectionPattern tells how many datasets have which class of protection.
func (m *maker) protectionPattern(f *facts.Facts) {
	if f.Protection == nil {
		return
	}
	votes, classified := map[string]int{}, 0
	for _, d := range f.Datasets {
		if d.Protection != nil {
			votes[d.Protection.Class]++
			classified++
		}
	}
	finding := fmt.Sprintf("%d of %s have a class", classified, count(len(f.Datasets), "dataset", "datasets"))
	for _, class := range slices.Sorted(maps.Keys(votes)) {
		finding += fmt.Sprintf("; %s in %d", class, votes[class])
	}
	var taught []Line
	if p := f.Datasets[m.exemplar()].Protection; p != nil && p.At != nil {
		taught = []Line{m.line(p.At.File, p.At.Line)}
	}
	m.pattern("Protection", finding, taught, "protection", "requiredTiers", "allowEmptyBootstrap", "offsiteBackup")
}

func (m *maker) watchPatterns(c *convention.Conventions, f *facts.Facts) {
	m.helper("Alert on a container", c.ContainerAlert, "")
	m.helper("Alert on a unit", c.UnitAlert, "")
	m.rulePatterns(c)
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

// rulePatterns are the repo's helpers for rules of other kinds.
func (m *maker) rulePatterns(c *convention.Conventions) {
	if c.AlertHelpers == nil {
		return
	}
	var helpers []string
	for _, name := range slices.Sorted(maps.Keys(c.AlertHelpers.Members)) {
		if f := c.AlertHelpers.Members[name]; f.Kind == "function" && len(f.Formals) > 0 {
			helpers = append(helpers, fmt.Sprintf("%s (%s)", name, strings.Join(slices.Sorted(maps.Keys(f.Formals)), " ")))
		}
	}
	m.pattern("Alerting rules", fmt.Sprintf("%s has %s", c.AlertHelpers.Argument, strings.Join(helpers, ", ")), m.lines(c.AlertExemplars, c.AlertHelpers.Argument, 1), "alerts", "runAlerts")
}
