package convention

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// libraries finds the libraries by what is in them.
func (c *Conventions) libraries(f *facts.Facts, src *source.Tree) {
	hasKind := func(kind string) func(map[string]facts.Member) bool {
		return func(members map[string]facts.Member) bool {
			count := 0
			for _, m := range members {
				if m.Kind == kind {
					count++
				}
			}
			return count >= 3
		}
	}
	c.Types = argumentLibrary(f, hasKind("type"))
	if c.Types == nil {
		c.Types = importedLibrary(f, src, c.Module.Files, hasKind("type"))
	}
	restores := func(members map[string]facts.Member) bool {
		for _, m := range members {
			if m.Takes("restoreMethods") && m.Takes("mainServiceUnit") {
				return true
			}
		}
		return false
	}
	c.StorageHelpers = argumentLibrary(f, restores)
	if c.StorageHelpers == nil {
		c.StorageHelpers = importedLibrary(f, src, c.Module.Files, restores)
	}
	c.AlertHelpers = argumentLibrary(f, func(members map[string]facts.Member) bool {
		for _, m := range members {
			if m.Takes("alertname") && m.Takes("expr") {
				return true
			}
		}
		return false
	})
	if l := c.AlertHelpers; l != nil {
		for _, name := range c.Host.Files {
			if file := src.File(name); file != nil && slices.ContainsFunc(sortedKeys(file.Uses(l.Takes[0])), func(use string) bool { return strings.HasPrefix(use, l.Argument+".") }) {
				c.AlertExemplars = append(c.AlertExemplars, name)
			}
		}
	}
	c.HostLibrary = importedLibrary(f, src, c.Host.Files, func(members map[string]facts.Member) bool { return len(members) > 0 })
	for _, name := range sortedKeys(f.Arguments) {
		for _, member := range sortedKeys(f.Arguments[name].Members) {
			if m := f.Arguments[name].Members[member]; member == "mkContainer" && m.Arity >= 2 {
				c.ContainerFunction = []string{name, member}
			}
		}
	}
}

// argumentLibrary finds a set in a module argument.
func argumentLibrary(f *facts.Facts, fits func(map[string]facts.Member) bool) *Library {
	for _, name := range sortedKeys(f.Arguments) {
		for _, member := range sortedKeys(f.Arguments[name].Members) {
			m := f.Arguments[name].Members[member]
			if m.Kind != "set" || !fits(m.Members) {
				continue
			}
			l := &Library{Binding: member, Argument: name + "." + member, Takes: []string{name}, Members: m.Members}
			if l.Binding == "types" {
				l.Binding = "sharedTypes"
			}
			if m.Applied {
				l.Argument += " pkgs"
				l.Takes = append(l.Takes, "pkgs")
			}
			return l
		}
	}
	return nil
}

// importedLibrary finds the library file that most of the files import.
func importedLibrary(f *facts.Facts, src *source.Tree, files []string, fits func(map[string]facts.Member) bool) *Library {
	uses := map[source.Binding]int{}
	votes := tally{}
	for _, name := range files {
		file := src.File(name)
		if file == nil {
			continue
		}
		for _, b := range file.Bindings {
			if l, ok := f.Libraries[b.Path]; ok && len(l.Missing) == 0 && fits(l.Members) {
				votes.add(b.Path)
				b.Line = 0
				uses[b]++
			}
		}
	}
	target := votes.winner()
	if target == "" {
		return nil
	}
	spelt := map[string]source.Binding{}
	spellings := tally{}
	for b, n := range uses {
		if b.Path == target {
			key := b.Name + " " + b.Arguments
			spelt[key] = b
			spellings[key] = n
		}
	}
	b := spelt[spellings.winner()]
	return &Library{Binding: b.Name, File: b.Path, Arguments: b.Arguments, Takes: f.Libraries[target].Arguments,
		Members: f.Libraries[target].Members, Values: f.Libraries[target].Values}
}

// Expression is the source that gives the library in the file at a path.
func (l *Library) Expression(file string) string {
	if l.File == "" {
		return l.Argument
	}
	return strings.TrimSpace("import " + source.Relative(file, l.File) + " " + l.Arguments)
}

// Function is the first member, by name, for which fits is true.
func (l *Library) Function(fits func(name string, m facts.Member) bool) string {
	if l == nil {
		return ""
	}
	for _, name := range sortedKeys(l.Members) {
		if fits(name, l.Members[name]) {
			return name
		}
	}
	return ""
}

// submodules finds for each standard option the shared type that it has: the
// one with the same fields.
func (c *Conventions) submodules(f *facts.Facts) {
	if c.Types == nil {
		return
	}
	for _, option := range []string{"reverseProxy", "metrics", "logging", "backup", "notifications", "resources", "healthcheck"} {
		fields := tally{}
		for _, name := range sortedKeys(f.Services) {
			if o, ok := f.Services[name].Options[option]; ok && len(o.Fields) > 0 {
				fields.add(strings.Join(o.Fields, " "))
			}
		}
		want := fields.winner()
		for _, name := range sortedKeys(c.Types.Members) {
			if m := c.Types.Members[name]; want != "" && m.Kind == "type" && strings.Join(m.Fields, " ") == want {
				c.Submodules[option] = name
			}
		}
	}
}

// factory finds a function that makes a whole service.
func (c *Conventions) factory(f *facts.Facts, src *source.Tree) {
	for _, name := range sortedKeys(f.Arguments) {
		for _, member := range sortedKeys(f.Arguments[name].Members) {
			m := f.Arguments[name].Members[member]
			if !m.Takes("spec") || !m.Takes("name") {
				continue
			}
			c.Factory = &Factory{Path: []string{name, member}, Formals: m.Formals}
			for _, file := range c.Module.Files {
				if s := src.File(file); s != nil && s.Uses(name)[name+"."+member] > 0 {
					c.Factory.Users = append(c.Factory.Users, file)
				}
			}
		}
		for _, member := range sortedKeys(f.Arguments[name].Members) {
			m := f.Arguments[name].Members[member]
			if c.Factory != nil && strings.HasSuffix(strings.ToLower(member), "profiledefaults") {
				c.Factory.Profiles = map[string]map[string]any{}
				for _, profile := range m.Fields {
					c.Factory.Profiles[profile] = m.Members[profile].Values
				}
			}
		}
	}
	if c.Factory == nil {
		return
	}
	if c.Types != nil {
		for _, n := range sortedKeys(c.Types.Members) {
			if m := c.Types.Members[n]; m.Kind == "type" && slices.Contains(m.Fields, "image") && slices.Contains(m.Fields, "port") {
				c.Factory.Spec = m.Fields
			}
		}
	}
	c.Exemplars["service factory"] = c.Factory.Users
}
