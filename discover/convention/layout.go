package convention

import (
	"path"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// layouts finds where modules and host files live and are registered.
func (c *Conventions) layouts(f *facts.Facts, src *source.Tree) {
	modules, hosts := map[string][]string{}, map[string][]string{}
	for _, name := range sortedKeys(f.Services) {
		s := f.Services[name]
		if s.Declared != nil {
			addFile(modules, s.Declared.File)
		}
		for _, file := range s.DefinedIn {
			// A service's own file bears its name; a host's core files define
			// several services. A module that defines its own option is no
			// host's.
			if similar(serviceOf(file), name) && (s.Declared == nil || file != s.Declared.File) {
				addFile(hosts, file)
			}
		}
	}
	c.Module, c.Host = largest(modules), largest(hosts)
	c.Exemplars["module file"] = c.Module.Files
	c.Exemplars["host file"] = c.Host.Files
	c.Categories = categories(c.Module.Files, src)
	lists := tally{}
	for _, file := range c.Host.Files {
		for _, r := range src.Importers(file) {
			lists.add(r.File)
		}
	}
	c.HostList = lists.winner()
}

// addFile adds a file, once, to those of its pattern.
func addFile(by map[string][]string, file string) {
	p := path.Join(path.Dir(file), "{name}.nix")
	if path.Base(file) == "default.nix" {
		p = path.Join(path.Dir(path.Dir(file)), "{name}", "default.nix")
	}
	if !slices.Contains(by[p], file) {
		by[p] = append(by[p], file)
	}
}

// serviceOf is the name that a file or its folder bears.
func serviceOf(file string) string {
	if path.Base(file) == "default.nix" {
		return path.Base(path.Dir(file))
	}
	return strings.TrimSuffix(path.Base(file), ".nix")
}

// similar tells whether two spellings mean one service: cooklangFederation and
// cooklang-federation.
func similar(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	return plain(a) == plain(b)
}

func largest(by map[string][]string) Layout {
	best := Layout{}
	for _, p := range sortedKeys(by) {
		if len(by[p]) > len(best.Files) {
			best = Layout{Pattern: p, Files: by[p]}
		}
	}
	return best
}

// For is the file of a service.
func (l Layout) For(name string) string { return strings.ReplaceAll(l.Pattern, "{name}", name) }

// categories are the files whose imports name modules. A file is a category
// only beside others; a single list has no name.
func categories(modules []string, src *source.Tree) []Category {
	members := map[string][]string{}
	for _, m := range modules {
		for _, r := range src.Importers(m) {
			if !slices.Contains(members[r.File], m) {
				members[r.File] = append(members[r.File], m)
			}
		}
	}
	var list []Category
	for _, file := range sortedKeys(members) {
		name := strings.TrimSuffix(path.Base(file), ".nix")
		if name == "default" {
			name = ""
		}
		list = append(list, Category{Name: name, File: file, Members: members[file]})
	}
	named := slices.DeleteFunc(slices.Clone(list), func(c Category) bool { return c.Name == "" })
	if len(named) > 1 {
		return named
	}
	slices.SortStableFunc(list, func(a, b Category) int { return len(b.Members) - len(a.Members) })
	if len(list) > 0 {
		list = list[:1]
		list[0].Name = ""
	}
	return list
}

// Category is the one with a name.
func (c *Conventions) Category(name string) (Category, bool) {
	for _, k := range c.Categories {
		if k.Name == name {
			return k, true
		}
	}
	return Category{}, false
}
