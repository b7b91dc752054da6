package syntax

// Match is one place where an attribute path is bound.
type Match struct {
	Binding Range // from the name to the semicolon; the whole set for the empty path
	Value   *Node // what it is bound to
	Inner   Range // inside the braces, brackets or quotes of the value; all of it otherwise
	Guards  []string
	Set     *Node // the attribute set that holds the binding; nil for the empty path
}

// Find is all bindings of an attribute path, counted from the file's top-level
// expression: after its formals, let and with, through mkMerge, mkIf and //,
// and through `config =` of a module. Nested and dotted spellings are the same.
// The empty path finds the top-level attribute sets. A file that does not
// parse gives an *Error.
func Find(src []byte, path []string) ([]Match, error) {
	f, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return f.Find(path), nil
}

// Find is Find for a file that is already parsed.
func (f *File) Find(path []string) []Match {
	var all []Match
	for _, part := range f.Top() {
		if len(path) == 0 {
			all = append(all, Match{part.Node.Range, part.Node, part.Node.Inner(), part.Guards, nil})
			continue
		}
		all = append(all, f.findIn(part, path, true)...)
	}
	return all
}

// Within is Find below one expression instead of the whole file.
func (f *File) Within(n *Node, path []string) []Match {
	var all []Match
	for _, part := range f.Sets(n) {
		all = append(all, f.findIn(part, path, false)...)
	}
	return all
}

// Top is the attribute sets of the file's top-level expression.
func (f *File) Top() []Part {
	n := f.Root
	for {
		switch n.Kind {
		case Lambda, Let, With, Assert, Paren:
			n = n.Body
			continue
		}
		return f.Sets(n)
	}
}

func (f *File) findIn(set Part, path []string, top bool) []Match {
	var all []Match
	for _, b := range set.Node.Bindings {
		if b.Inherit {
			continue
		}
		if rest, ok := cut(b.Attrs, path); ok {
			all = append(all, f.bound(set, b, rest)...)
		} else if top && b.Attrs[0].Name == "config" {
			// A module may put all of its definitions under config.
			if len(b.Attrs) == 1 {
				all = append(all, f.bound(set, b, path)...)
			} else if rest, ok := cut(b.Attrs[1:], path); ok {
				all = append(all, f.bound(set, b, rest)...)
			}
		}
	}
	return all
}

// bound is what a binding holds at the rest of a path.
func (f *File) bound(set Part, b *Binding, rest []string) []Match {
	if len(rest) == 0 {
		return []Match{{b.Range, b.Value, b.Value.Inner(), set.Guards, set.Node}}
	}
	var all []Match
	for _, part := range f.parts(set.at(b.Value), AttrSet) {
		all = append(all, f.findIn(part, rest, false)...)
	}
	return all
}

// cut takes the names of a binding off the front of path.
func cut(attrs []Attr, path []string) ([]string, bool) {
	if len(attrs) > len(path) {
		return nil, false
	}
	for i, a := range attrs {
		if a.Dynamic || a.Name != path[i] {
			return nil, false
		}
	}
	return path[len(attrs):], true
}

// Siblings are the bindings, in the top-level sets, whose path begins with at
// and has just one name more, spelt in one: `sops.secrets.x = ...;` for
// sops.secrets.
func (f *File) Siblings(at []string) []Match {
	var all []Match
	for _, part := range f.Top() {
		for _, b := range part.Node.Bindings {
			if b.Inherit || len(b.Attrs) != len(at)+1 {
				continue
			}
			if _, ok := cut(b.Attrs[:len(at)], at); ok {
				all = append(all, Match{b.Range, b.Value, b.Value.Inner(), part.Guards, part.Node})
			}
		}
	}
	return all
}
