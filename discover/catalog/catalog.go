// Package catalog is an embedded set of what is known of services that cannot
// be evaluated or read from an image: how they are called, what they keep, how
// they log people in. Every ability has the page that says so. A repo extends
// and overrides it with files of its own.
package catalog

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed services/*.yaml
var files embed.FS

// RepoDir is where a repo keeps entries of its own.
const RepoDir = ".scaffold/catalog"

// Catalog is a set of entries, no two of which have a name or alias in common.
type Catalog struct{ entries []*Entry }

// Builtin is the embedded catalog. It panics if that is unsound, which a test
// rules out.
func Builtin() *Catalog {
	c, err := Read(files, "services")
	if err != nil {
		panic(err)
	}
	return c
}

// Read reads the files of one folder.
func Read(from fs.FS, dir string) (*Catalog, error) {
	names, err := fs.Glob(from, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list catalog: %w", err)
	}
	slices.Sort(names)
	c := &Catalog{}
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("read catalog: %w", err)
		}
		e, err := Parse(name, data)
		if err != nil {
			return nil, err
		}
		c.entries = append(c.entries, e)
	}
	return c, nil
}

// Parse reads one entry. The name is the path of its file.
func Parse(name string, data []byte) (*Entry, error) {
	e := &Entry{File: name}
	if err := yaml.UnmarshalWithOptions(data, e, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read catalog entry %s: %w", name, err)
	}
	return e, nil
}

// Find is the entry with that name or alias, nil if there is none. Case,
// dashes, underscores and blanks do not matter.
func (c *Catalog) Find(name string) *Entry {
	for _, e := range c.entries {
		if plain(e.Name) == plain(name) || slices.ContainsFunc(e.Aliases, func(a string) bool { return plain(a) == plain(name) }) {
			return e
		}
	}
	return nil
}

// Entries are all entries by name.
func (c *Catalog) Entries() []*Entry { return slices.Clone(c.entries) }

func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}
