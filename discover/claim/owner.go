package claim

import (
	"path"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// owners tells which names are one service: services are named differently by
// the layers of a repo (cooklangFederation, cooklang-federation, cooklang-fed).
// What joins names is evidence of the evaluation, never likeness alone: the
// same letters, an account that one service runs as, the owner of a service's
// dataset, a definition inside of a service's own module.
type owners struct {
	parent   map[string]string
	services map[string]bool
	// files maps a module file, or its folder, to the service declared in it.
	files map[string]string
	// names are the services as they are written, in order.
	names []string
}

func newOwners(f *facts.Facts) *owners {
	o := &owners{parent: map[string]string{}, services: map[string]bool{}, files: map[string]string{}, names: sortedNames(f.Services)}
	for _, name := range o.names {
		o.services[normal(name)] = true
	}
	o.modules(f)
	o.join(runsAs(f))
	o.join(ownsDataset(f, o))
	for _, name := range sortedNames(f.Upstream) {
		for _, file := range f.Upstream[name].EnabledIn {
			if s, ok := o.moduleOf(file); ok && !o.services[normal(name)] {
				o.union(s, normal(name))
			}
		}
	}
	return o
}

// modules maps files to services: a module's own folder, or the file of a host
// that enables this one service and bears its name.
func (o *owners) modules(f *facts.Facts) {
	count := map[string]int{}
	for _, name := range o.names {
		if d := f.Services[name].Declared; d != nil {
			key := d.File
			if path.Base(key) == "default.nix" {
				key = path.Dir(key)
			}
			o.files[key], count[key] = normal(name), count[key]+1
		}
	}
	for key := range count {
		for other := range count {
			// A folder of services is nobody's own.
			if count[key] > 1 || strings.HasPrefix(other, key+"/") {
				delete(o.files, key)
			}
		}
	}
	for _, name := range o.names {
		for _, file := range f.Services[name].DefinedIn {
			base := path.Base(file)
			if base == "default.nix" {
				base = path.Base(path.Dir(file))
			}
			if _, taken := o.files[file]; !taken && normal(strings.TrimSuffix(base, ".nix")) == normal(name) {
				o.files[file] = normal(name)
			}
		}
	}
}

// runsAs gives for each account the services that name it as their user.
func runsAs(f *facts.Facts) map[string][]string {
	by := map[string][]string{}
	for _, name := range sortedNames(f.Services) {
		if user, ok := f.Services[name].Options["user"].Value.(string); ok {
			by[user] = append(by[user], name)
		}
	}
	return by
}

// ownsDataset gives for each account the services whose dataset it owns.
func ownsDataset(f *facts.Facts, o *owners) map[string][]string {
	by := map[string][]string{}
	for _, name := range sortedNames(f.Datasets) {
		d := f.Datasets[name]
		if d.Owner != nil && *d.Owner != "root" && o.services[o.of(name, fileOf(d.At))] {
			by[*d.Owner] = append(by[*d.Owner], o.of(name, fileOf(d.At)))
		}
	}
	return by
}

// join makes one of an account and the only service that has it. An account
// that several have is shared on purpose, and nobody's.
func (o *owners) join(accounts map[string][]string) {
	for _, account := range sortedNames(accounts) {
		services := map[string]bool{}
		for _, s := range accounts[account] {
			services[o.find(normal(s))] = true
		}
		if _, isID := parseID(account); isID || o.services[normal(account)] || len(services) != 1 {
			continue
		}
		o.union(normal(accounts[account][0]), normal(account))
	}
}

// of is the service that a name stands for. Where the name itself is no
// service, the module that says so tells.
func (o *owners) of(name, file string) string {
	n := normal(name)
	if o.services[o.find(n)] {
		return o.find(n)
	}
	if s, ok := o.moduleOf(file); ok {
		return o.find(s)
	}
	return o.find(n)
}

// part is of, for what may be named after a service that it is a part of: the
// container immich-server, the virtual host emqx-dashboard.
func (o *owners) part(name, file string) string {
	s := o.of(name, file)
	if o.services[s] {
		return s
	}
	best := ""
	for _, service := range o.names {
		if len(service) > len(best) && strings.HasPrefix(strings.ToLower(name), strings.ToLower(service)+"-") {
			best = service
		}
	}
	if best != "" {
		return o.find(normal(best))
	}
	return s
}

// moduleOf is the service whose own module a file belongs to.
func (o *owners) moduleOf(file string) (string, bool) {
	for key := file; key != "" && key != "."; key = path.Dir(key) {
		if s, ok := o.files[key]; ok {
			return s, true
		}
		if !strings.Contains(key, "/") {
			break
		}
	}
	return "", false
}

func (o *owners) find(n string) string {
	for o.parent[n] != "" {
		n = o.parent[n]
	}
	return n
}

func (o *owners) union(service, name string) {
	if a, b := o.find(service), o.find(name); a != b {
		o.parent[b] = a
	}
}

// normal is a name without what its layers change: case and separators.
func normal(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		case c == '-' || c == '_' || c == '.':
			return -1
		}
		return c
	}, name)
}

func fileOf(p *facts.Position) string {
	if p == nil {
		return ""
	}
	return p.File
}
