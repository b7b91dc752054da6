package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Tier is how much there is to wire for a service.
type Tier string

// The tiers.
const (
	// Simple is what needs nothing beyond a proxy, an alert and a place for files.
	Simple Tier = "simple"
	// Moderate is what needs the integrations that most services have.
	Moderate Tier = "moderate"
	// Complex is what is wired to other servers.
	Complex Tier = "complex"
)

// tier: how complex the service is, by what it needs, and the service of the
// repo that is most like it.
func (m *maker) tier() error {
	has := m.needs()
	m.model.Tier = tierOf(has)
	d := Decision{Name: "tier", Value: string(m.model.Tier), Rule: "by what it must be given beyond a proxy, an alert and a place for files"}
	var names []string
	for _, n := range needs {
		if e, ok := has[n]; ok {
			names = append(names, string(n))
			d.Evidence = append(d.Evidence, e)
		}
	}
	d.Reason = "it needs nothing beyond a proxy, an alert and a place for files"
	if len(names) > 0 {
		d.Reason = "it needs " + enumerated(names)
	}
	if !m.plan.Ready() {
		d.Reason += ", as far as is known: what is still asked may add to it"
	}
	m.decide(d)
	m.exemplar(has)
	return nil
}

// needs are those of the service to add.
func (m *maker) needs() map[need]Evidence {
	has := map[need]Evidence{}
	decided := func(n need, decision string) {
		has[n] = Evidence{Option: decision, Value: m.plan.String(decision)}
	}
	if m.Entry != nil {
		catalogNeeds(m.Entry.Needs, has, Evidence{File: m.Entry.File})
		m.withoutHardware(has)
	} else if m.Image != nil && m.model.Packaging == Container {
		variableNeeds(sortedNames(m.Image.Config.Environment), has, Evidence{Option: "image Env"})
	}
	var given []string
	for _, v := range m.model.Environment {
		given = append(given, v.Name)
	}
	variableNeeds(append(given, m.model.SecretNames...), has, Evidence{Option: "environment"})
	if len(m.model.SecretNames) > 0 {
		has[needSecrets] = Evidence{Option: "secrets", Value: strings.Join(m.model.SecretNames, ", ")}
	}
	for _, server := range []struct {
		used     bool
		need     need
		decision string
	}{
		{m.model.Database != nil, needDatabase, "database"},
		{m.model.MQTT != nil, needBroker, "mqtt"},
		{m.model.Redis != nil, needCache, "redis"},
	} {
		if server.used {
			decided(server.need, server.decision)
		}
	}
	if len(m.model.Parts) > 0 {
		var parts []string
		for _, p := range m.model.Parts {
			parts = append(parts, p.Name)
		}
		has[needParts] = Evidence{Option: strings.TrimSuffix(partsPrefix, "."), Value: strings.Join(parts, ", ")}
	}
	if data := m.model.Data; data != nil {
		// A server beside it is told otherwise.
		if data.Workload == Database || data.Workload == SQLite {
			decided(needFile, "workload")
		}
	}
	for _, o := range m.withHardware() {
		if len(o.Devices) > 0 || o.NVIDIA {
			decided(needHardware, "devices")
		}
	}
	if m.hostNetworked() {
		decided(needNetwork, "hostNetwork")
	}
	if m.model.Mount != nil {
		has[needSharedFile] = Evidence{Option: m.hub(facts.MountsHub) + "." + m.model.Mount.Name}
	}
	if m.model.MetricsPath != "" {
		decided(needMetrics, "metricsPath")
	}
	return has
}

// exemplar is the service of the same tier that is most like this one: of the
// same category, run the same way, with the same needs.
func (m *maker) exemplar(has map[need]Evidence) {
	type peer struct {
		name   string
		far    int
		shared []string
	}
	var peers []peer
	category := m.categoryFiles()
	for _, name := range sortedNames(m.Facts.Services) {
		s := m.Facts.Services[name]
		if !s.Enabled || s.Declared == nil || m.hostFileOf(name) == "" {
			continue // there is nothing of it on this host to look at
		}
		theirs := m.needsOf(name)
		if tierOf(theirs) != m.model.Tier {
			continue
		}
		p := peer{name: name}
		if m.model.Schedule != nil {
			if m.byTheClock(name) {
				p.shared = append(p.shared, "runs by the clock")
			} else {
				p.far += 1000
			}
		}
		if slices.Contains(category, s.Declared.File) {
			p.shared = append(p.shared, "category "+m.model.Category)
		} else {
			p.far += 100
		}
		if _, container := m.Facts.Containers[name]; container == (m.model.Packaging == Container) {
			p.shared = append(p.shared, map[bool]string{true: "runs as a container", false: "runs without a container"}[container])
		} else {
			p.far += 10
		}
		for _, n := range needs {
			_, mine := has[n]
			_, its := theirs[n]
			switch {
			case mine && its:
				p.shared = append(p.shared, "needs "+string(n))
			case mine || its:
				p.far++
			}
		}
		peers = append(peers, p)
	}
	slices.SortStableFunc(peers, func(a, b peer) int { return a.far - b.far })
	if len(peers) == 0 {
		m.decide(Decision{Name: "exemplar", Value: "none", Rule: "the nearest service of the same tier", Reason: fmt.Sprintf("no enabled service of %s is %s", m.Facts.Host.Name, m.model.Tier)})
		return
	}
	best := peers[0]
	m.model.Exemplar = best.name
	declared := m.Facts.Services[best.name].Declared
	d := Decision{Name: "exemplar", Value: best.name, Rule: "the nearest service of the same tier: by category, way to run, needs", Reason: "it is the nearest of that tier",
		Evidence: []Evidence{{Option: m.option(best.name), File: declared.File, Line: declared.Line}, {Option: m.option(best.name, "enable"), File: m.hostFileOf(best.name)}}}
	if len(best.shared) > 0 {
		d.Reason = "in common: " + enumerated(best.shared)
	}
	for _, p := range peers[1:min(len(peers), 3)] {
		d.Rejected = append(d.Rejected, Rejected{Value: p.name, Reason: "of the same tier, and has no more in common"})
	}
	m.decide(d)
}

// byTheClock tells whether a service that is there runs to its end: it has a timer
// of its own and nothing that people open.
func (m *maker) byTheClock(name string) bool {
	_, page := m.Facts.Vhosts[name]
	_, container := m.Facts.Containers[name]
	return !page && !container && slices.ContainsFunc(m.Facts.Timers, func(t string) bool {
		return t == name || strings.HasPrefix(t, name+"-") && !strings.Contains(t, "health")
	})
}

// categoryFiles are the modules of the service's category.
func (m *maker) categoryFiles() []string {
	if c, ok := m.Conventions.Category(m.model.Category); ok && m.model.Category != "" {
		return c.Members
	}
	// One list has all modules: then the dashboard tells what belongs together.
	var files []string
	for _, name := range sortedNames(m.Facts.Services) {
		if t := m.Facts.Dashboard[name]; m.model.Group != "" && t.Group != nil && strings.EqualFold(*t.Group, m.model.Group) && m.Facts.Services[name].Declared != nil {
			files = append(files, m.Facts.Services[name].Declared.File)
		}
	}
	return files
}

// hostFileOf is the file of the host that is a service's own, empty if it has
// none.
func (m *maker) hostFileOf(name string) string {
	for _, f := range m.Facts.Services[name].DefinedIn {
		if slices.Contains(m.Conventions.Host.Files, f) {
			return f
		}
	}
	return ""
}

// enumerated joins names as a sentence does.
func enumerated(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
