// Package source holds what the text of the target repo's files says that no
// evaluation can: which file imports which, and under what names. It tells
// where things are; what they are is for the evaluation to say.
package source

import (
	"path"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"holthome.net/scaffold/nixeval/syntax"
)

// Tree is the Nix files of a repo by their slash-separated path.
type Tree struct {
	files map[string]*File
	// importers are the files that have a file in their imports, by its path.
	importers map[string][]Registration
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
}

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

// Read parses the files. A file that does not parse is left out: Nix will say
// what is wrong with it, if it is used.
func Read(files map[string][]byte) *Tree {
	t := &Tree{files: map[string]*File{}, importers: map[string][]Registration{}}
	for name := range files {
		t.files[name] = nil
	}
	names := t.Paths()
	parsed := make([]*File, len(names))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				parsed[i] = t.read(names[i], files[names[i]])
			}
		})
	}
	wg.Wait()
	for i, name := range names {
		f := parsed[i]
		if f == nil {
			delete(t.files, name)
			continue
		}
		t.files[name] = f
		for _, r := range f.Imports {
			t.importers[r.Target] = append(t.importers[r.Target], r)
		}
	}
	return t
}

func (t *Tree) read(name string, src []byte) *File {
	parsed, err := syntax.Parse(src)
	if err != nil {
		return nil
	}
	f := &File{Path: name, Src: src}
	if formals := parsed.Formals(); formals != nil {
		f.Formals = formals.Names
	}
	for _, i := range parsed.Imports() {
		if target, ok := t.resolve(name, i.Path); ok {
			f.Imports = append(f.Imports, Registration{File: name, Target: target, Literal: i.Path, Line: i.Line, Comment: i.Comment != ""})
		}
	}
	for _, l := range parsed.LetImports() {
		if target, ok := t.resolve(name, l.Path); ok {
			f.Bindings = append(f.Bindings, Binding{Name: l.Name, Path: target, Arguments: l.Args, Line: l.Line})
		}
	}
	return f
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
func (t *Tree) Paths() []string {
	paths := make([]string, 0, len(t.files))
	for name := range t.files {
		paths = append(paths, name)
	}
	sort.Strings(paths)
	return paths
}

// File is the file at a path, nil if there is none that parses.
func (t *Tree) File(name string) *File { return t.files[name] }

// Importers are the places where a file is in an imports list.
func (t *Tree) Importers(target string) []Registration { return t.importers[target] }

// Uses counts in a file the selections that begin with a name, such as
// forgeDefaults.mkPreseed, by their dotted text. What is inherited from the
// name is selected from it.
func (f *File) Uses(name string) map[string]int {
	uses := map[string]int{}
	parsed, err := syntax.Parse(f.Src)
	if err != nil {
		return uses
	}
	parsed.Root.Walk(func(n *syntax.Node) bool {
		if n.Kind == syntax.Select && n.Items[0].Kind == syntax.Ident && n.Items[0].Text == name {
			names := []string{name}
			for _, a := range n.Attrs {
				names = append(names, a.Name)
			}
			uses[strings.Join(names, ".")]++
		}
		for _, b := range n.Bindings {
			if b.From != nil && b.From.Kind == syntax.Ident && b.From.Text == name {
				for _, a := range b.Attrs {
					uses[name+"."+a.Name]++
				}
			}
		}
		return true
	})
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
