// Package source holds what the text of the target repo's files says that no
// evaluation can: which file imports which, and under what names. It tells
// where things are; what they are is for the evaluation to say.
package source

import (
	"bytes"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"holthome.net/scaffold/nixeval/syntax"
)

// Tree is the Nix files of a repo by their slash-separated path. They are
// parsed when they are asked for: most never are. It may be used by several
// goroutines.
type Tree struct {
	files map[string]*File
	// importers are the files that have a file in their imports, by its path.
	importers func() map[string][]Registration
	// users counts the files that import a file under a name, by its path.
	users func() map[string]int
}

// File is one Nix file.
type File struct {
	Path string
	Src  []byte
	// Formals are the names that the file's function takes.
	Formals []string
	// Bindings are files imported under a name: sharedTypes = import ...
	Bindings []Binding
	// Imports are the modules in its imports lists.
	Imports []Registration

	once       sync.Once
	parses     bool
	selections []selection
}

// selection is a.b.c by the name it begins with.
type selection struct{ name, text string }

// Binding is `name = import path arguments`.
type Binding struct {
	Name string
	// Path is the imported file, relative to the repo's root.
	Path string
	// Arguments is the source text of what the import is applied to.
	Arguments string
	Line      int
}

// Registration is one module in the imports list of a file.
type Registration struct {
	File    string // the file with the list
	Target  string // the file that is imported, relative to the repo's root
	Literal string // the path as it is written
	Line    int
	Comment bool // a comment follows on the same line
}

// Read takes the files. One that does not parse is left out: Nix will say what
// is wrong with it, if it is used.
func Read(files map[string][]byte) *Tree {
	t := &Tree{files: make(map[string]*File, len(files))}
	for name, src := range files {
		t.files[name] = &File{Path: name, Src: src}
	}
	t.importers = sync.OnceValue(func() map[string][]Registration {
		importers := map[string][]Registration{}
		for _, f := range t.mentioning("imports") {
			for _, r := range f.Imports {
				importers[r.Target] = append(importers[r.Target], r)
			}
		}
		return importers
	})
	t.users = sync.OnceValue(func() map[string]int {
		users := map[string]int{}
		for _, f := range t.mentioning("import") {
			seen := map[string]bool{}
			for _, b := range f.Bindings {
				if !seen[b.Path] {
					seen[b.Path] = true
					users[b.Path]++
				}
			}
		}
		return users
	})
	return t
}

// mentioning parses, side by side, the files in which a name can occur, and
// gives those that do parse, sorted by path.
func (t *Tree) mentioning(name string) []*File {
	var files []*File
	for _, path := range t.Paths() {
		if f := t.files[path]; mentions(f.Src, name) {
			files = append(files, f)
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				files[i].read(t)
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(files, func(f *File) bool { return !f.parses })
}

// mentions says whether a name can occur in a source as a word: in quotes, any
// of its letters may be escaped.
func mentions(src []byte, name string) bool {
	return hasWord(src, name) || bytes.IndexByte(src, '\\') >= 0 && hasWord(bytes.ReplaceAll(src, []byte(`\`), nil), name)
}

// hasWord says whether a name is there with nothing beside it that would make
// it a part of another.
func hasWord(src []byte, name string) bool {
	for at := 0; ; at++ {
		i := bytes.Index(src[at:], []byte(name))
		if i < 0 {
			return false
		}
		at += i
		if end := at + len(name); (at == 0 || !inName(src[at-1])) && (end == len(src) || !inName(src[end])) {
			return true
		}
	}
}

func inName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '\'' || c == '-'
}

// read parses the file, once.
func (f *File) read(t *Tree) {
	f.once.Do(func() {
		parsed, err := syntax.Parse(f.Src)
		if err != nil {
			return
		}
		f.parses = true
		if formals := parsed.Formals(); formals != nil {
			f.Formals = formals.Names
		}
		for _, i := range parsed.Imports() {
			if target, ok := t.resolve(f.Path, i.Path); ok {
				f.Imports = append(f.Imports, Registration{File: f.Path, Target: target, Literal: i.Path, Line: i.Line, Comment: i.Comment != ""})
			}
		}
		for _, l := range parsed.LetImports() {
			if target, ok := t.resolve(f.Path, l.Path); ok {
				f.Bindings = append(f.Bindings, Binding{Name: l.Name, Path: target, Arguments: l.Args, Line: l.Line})
			}
		}
		f.selections = selections(parsed)
	})
}

// selections are all a.b.c of a file; what is inherited from a is selected from
// it. Of the tree itself nothing is kept, which is many times the source.
func selections(parsed *syntax.File) []selection {
	var all []selection
	text := string(parsed.Src)
	parsed.Root.Walk(func(n *syntax.Node) bool {
		if n.Kind == syntax.Select && n.Items[0].Kind == syntax.Ident {
			all = append(all, selection{n.Items[0].Text, spelt(text, n)})
		}
		for _, b := range n.Bindings {
			if b.From != nil && b.From.Kind == syntax.Ident {
				for _, a := range b.Attrs {
					all = append(all, selection{b.From.Text, b.From.Text + "." + a.Name})
				}
			}
		}
		return true
	})
	return all
}

// spelt is a selection's names with dots between them: mostly what is written.
func spelt(text string, n *syntax.Node) string {
	end := n.Items[0].End
	for _, a := range n.Attrs {
		if a.Start != end+1 || a.End-a.Start != len(a.Name) {
			return joined(n)
		}
		end = a.End
	}
	return text[n.Start:end]
}

func joined(n *syntax.Node) string {
	names := []string{n.Items[0].Text}
	for _, a := range n.Attrs {
		names = append(names, a.Name)
	}
	return strings.Join(names, ".")
}

// resolve gives the file that a relative path literal means, a folder standing
// for its default.nix.
func (t *Tree) resolve(from, literal string) (string, bool) {
	if literal == "" || strings.ContainsRune("/~<", rune(literal[0])) {
		return "", false // absolute, in a home folder, or on the search path
	}
	target := path.Join(path.Dir(from), literal)
	for _, name := range []string{target, path.Join(target, "default.nix")} {
		if _, ok := t.files[name]; ok {
			return name, true
		}
	}
	return "", false
}

// Paths are the paths of all files, sorted.
func (t *Tree) Paths() []string { return slices.Sorted(maps.Keys(t.files)) }

// File is the file at a path, nil if there is none that parses.
func (t *Tree) File(name string) *File {
	f := t.files[name]
	if f == nil {
		return nil
	}
	if f.read(t); !f.parses {
		return nil
	}
	return f
}

// Importers are the places where a file is in an imports list, by file and
// line.
func (t *Tree) Importers(target string) []Registration { return t.importers()[target] }

// Users counts the files that import a file under a name, by its path. The
// result is not to be changed.
func (t *Tree) Users() map[string]int { return t.users() }

// Uses counts in a file the selections that begin with a name, such as
// forgeDefaults.mkPreseed, by their dotted text. What is inherited from the
// name is selected from it.
func (f *File) Uses(name string) map[string]int {
	uses := map[string]int{}
	for _, s := range f.selections {
		if s.name == name {
			uses[s.text]++
		}
	}
	return uses
}

// Relative is the path literal by which a file at from imports target.
func Relative(from, target string) string {
	target = strings.TrimSuffix(target, "/default.nix")
	up := strings.Split(path.Dir(from), "/")
	down := strings.Split(target, "/")
	if path.Dir(from) == "." {
		up = nil
	}
	for len(up) > 0 && len(down) > 1 && up[0] == down[0] {
		up, down = up[1:], down[1:]
	}
	if len(up) == 0 {
		return "./" + strings.Join(down, "/")
	}
	return strings.Repeat("../", len(up)) + strings.Join(down, "/")
}
