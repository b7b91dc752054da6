// Package catalog is an embedded set of what is known of services that cannot
// be evaluated or read from an image: how they are called, what they keep, how
// they log people in. Every ability has the page that says so. A repo extends
// and overrides it with files of its own.
package catalog

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed services/*.yaml
var files embed.FS

// RepoDir is where a repo keeps entries of its own.
const RepoDir = ".scaffold/catalog"

// embeddedDir is how the folder of the embedded entries is called.
const embeddedDir = "catalog"

// Catalog is a set of entries, no two of which have a name or alias in common.
// An embedded entry is read when it is asked for: a run wants few of them. It
// may be used by several goroutines; what it gives must not be changed.
type Catalog struct {
	sources []*source          // by name
	index   map[string]*source // by plain name and alias
}

// source is one entry, and what must be known of it before it is read.
type source struct {
	name, category string
	aliases        []string
	load           func() (*Entry, error)
}

// Builtin is the embedded catalog.
var Builtin = sync.OnceValue(builtin)

func builtin() *Catalog {
	dir, err := files.ReadDir("services")
	if err != nil {
		panic(err) // the folder is in the program
	}
	sources := make([]*source, 0, len(dir))
	for _, f := range dir {
		data, err := files.ReadFile("services/" + f.Name())
		if err != nil {
			panic(err)
		}
		sources = append(sources, lazy(f.Name(), data))
	}
	return newCatalog(sources)
}

// newCatalog indexes sources; of two that share a name the first has it.
func newCatalog(sources []*source) *Catalog {
	slices.SortFunc(sources, func(a, b *source) int { return strings.Compare(a.name, b.name) })
	c := &Catalog{sources: sources, index: make(map[string]*source, 2*len(sources))}
	for _, s := range sources {
		for _, n := range s.names() {
			if c.index[plain(n)] == nil {
				c.index[plain(n)] = s
			}
		}
	}
	return c
}

func (s *source) names() []string { return append([]string{s.name}, s.aliases...) }

// Find is the entry with that name or alias, nil if there is none. Case,
// dashes, underscores and blanks do not matter.
func (c *Catalog) Find(name string) *Entry {
	s := c.index[plain(name)]
	if s == nil {
		return nil
	}
	return s.entry()
}

// Category is the category of the entry that Find gives, empty if there is
// none. It is much cheaper than Find.
func (c *Catalog) Category(name string) string {
	s := c.index[plain(name)]
	if s == nil {
		return ""
	}
	return s.category
}

// Entries are all entries by name.
func (c *Catalog) Entries() []*Entry {
	list := make([]*Entry, len(c.sources))
	for i, s := range c.sources {
		list[i] = s.entry()
	}
	return list
}

// entry reads an entry. It panics if an embedded one is unsound, which a test
// rules out; those of a repo were read before.
func (s *source) entry() *Entry {
	e, err := s.load()
	if err != nil {
		panic(fmt.Errorf("read embedded catalog: %w", err))
	}
	return e
}

// plain is a name without what people write in several ways.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
