package catalog

import (
	"cmp"
	"path"
	"reflect"
	"slices"
	"strings"
)

// With is the catalog with what a repo keeps of its own: of the files, which
// are given by path, those right in RepoDir that end in .yaml. An entry with
// the name of one that is there overrides it field by field, where what it does
// not say stays and null takes a field away; of auth each ability is one field.
// Other entries are added. The error is an *Error that names files and fields.
func (c *Catalog) With(files map[string][]byte) (*Catalog, error) {
	own := map[string][]byte{}
	var problems []Problem
	for name, data := range files {
		rest, ok := strings.CutPrefix(name, RepoDir+"/")
		switch {
		case !ok:
		case path.Ext(rest) == ".yml":
			problems = append(problems, Problem{File: name, What: "an entry's file ends in .yaml"})
		case path.Ext(rest) != ".yaml":
		case strings.Contains(rest, "/"):
			problems = append(problems, Problem{File: name, What: "entries lie right in " + RepoDir})
		default:
			own[name] = data
		}
	}
	if len(problems) > 0 {
		return nil, asError(problems)
	}
	if len(own) == 0 {
		return c, nil
	}
	return c.Extend(own)
}

// Extend is With for files of any folder, all of which are read.
func (c *Catalog) Extend(files map[string][]byte) (*Catalog, error) {
	sources := map[string]*source{}
	for _, s := range c.sources {
		sources[s.name] = s
	}
	var problems []Problem
	var added []*document
	for _, name := range sorted(files) {
		stem := strings.TrimSuffix(path.Base(name), ".yaml")
		below := sources[stem]
		d := parse(name, files[name], below != nil)
		if len(d.problems) == 0 {
			if below != nil {
				d.entry = override(below.entry(), d)
			}
			d.check(stem)
		}
		problems = append(problems, d.problems...)
		added = append(added, d)
	}
	if len(problems) > 0 {
		return nil, asError(problems)
	}
	for _, d := range added {
		e := d.entry
		sources[e.Name] = &source{name: e.Name, category: e.Category, aliases: e.Aliases, load: func() (*Entry, error) { return e, nil }}
	}
	all := make([]*source, 0, len(sources))
	for _, name := range sorted(sources) {
		all = append(all, sources[name])
	}
	if err := unique(all, added); err != nil {
		return nil, err
	}
	return newCatalog(all), nil
}

// Read is a catalog of nothing but the files, which are given by path.
func Read(files map[string][]byte) (*Catalog, error) { return newCatalog(nil).Extend(files) }

// override is an entry with the fields that a document says.
func override(below *Entry, d *document) *Entry {
	e := *below
	e.File = d.file
	e.from = map[string]string{}
	for field, file := range below.from {
		e.from[field] = file
	}
	set(reflect.ValueOf(&e).Elem(), reflect.ValueOf(d.entry).Elem(), "", d, e.from)
	e.below = cmp.Or(below.below, below.File)
	return &e
}

// set takes over the fields of a struct that a document says.
func set(to, from reflect.Value, prefix string, d *document, said map[string]string) {
	for i := range to.NumField() {
		tag := to.Type().Field(i).Tag.Get("yaml")
		field := prefix + tag
		if tag == "" || tag == "-" || !d.has(field) {
			continue
		}
		if field == "auth" {
			set(to.Field(i), from.Field(i), "auth.", d, said)
			continue
		}
		to.Field(i).Set(from.Field(i))
		said[field] = d.file
	}
}

// FileOf is the file that says a field, such as port or auth.oidc: of an entry
// that a repo overrides it is the repo's only where the repo says it.
func (e *Entry) FileOf(field string) string {
	if file, ok := e.from[field]; ok {
		return file
	}
	return cmp.Or(e.below, e.File)
}

// Overridden are the fields that a repo says instead of the entry below, sorted;
// none if there is no such entry.
func (e *Entry) Overridden() []string {
	return slices.DeleteFunc(sorted(e.from), func(field string) bool { return field == "name" })
}

// unique sees that no two entries share a name. It is laid to the files that
// were added.
func unique(all []*source, added []*document) error {
	owners := map[string]*source{}
	own := map[string]bool{}
	for _, d := range added {
		own[d.entry.Name] = true
	}
	for _, s := range all {
		for _, n := range s.names() {
			if !own[s.name] {
				owners[plain(n)] = s
			}
		}
	}
	var problems []Problem
	for _, d := range added {
		s := &source{name: d.entry.Name, aliases: d.entry.Aliases}
		for i, n := range s.names() {
			field := "name"
			if i > 0 {
				field = "aliases"
			}
			if other := owners[plain(n)]; other != nil && other != s {
				d.say(field, "%q is also how %s is called", n, other.name)
				problems = append(problems, d.problems[len(d.problems)-1])
			}
			owners[plain(n)] = s
		}
	}
	return asError(problems)
}

func sorted[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
