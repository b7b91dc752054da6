package syntax

// Import is one path in a module's imports list.
type Import struct {
	Path    string   // the literal as written
	Offset  int      // of the literal, in bytes
	Line    int      // of the literal, from 1
	Comment string   // the comment after it on the same line, with its #; "" without
	Call    bool     // the element is (import ./x ...), not the path itself
	At      []string // the attribute path of the list as spelt: imports, or users.x.imports
	Guards  []string // the conditions that the list is under, such as of lib.optionals
}

// Imports is the path literals that are elements of a list bound to `imports`,
// anywhere in the file, also as (import ./x { ... }). Elements that are no
// paths are not there. A file that does not parse gives an *Error.
func Imports(src []byte) ([]Import, error) {
	f, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return f.Imports(), nil
}

// Imports is Imports for a file that is already parsed.
func (f *File) Imports() []Import {
	var all []Import
	f.eachBinding(f.Root, nil, func(at []string, b *Binding) {
		if at[len(at)-1] != "imports" {
			return
		}
		for _, list := range f.Lists(b.Value) {
			for _, element := range list.Node.Items {
				if i, ok := f.ImportOf(element); ok {
					i.At, i.Guards = at, list.Guards
					all = append(all, i)
				}
			}
		}
	})
	return all
}

// ImportOf reads one element of an imports list, ./x or (import ./x ...), and
// reports whether it is one of these. At and Guards are left empty.
func (f *File) ImportOf(element *Node) (Import, bool) {
	path := element
	if element.Kind == Paren {
		path = importedPath(element.Body)
	}
	if path == nil || path.Kind != PathLit {
		return Import{}, false
	}
	i := Import{
		Path: path.source(f), Offset: path.Start, Line: f.Line(path.Start), Call: path != element,
	}
	if t, ok := f.TrailingComment(element.End); ok {
		i.Comment = t.Text(f.Src)
	}
	return i, true
}

// importedPath is ./x of `import ./x args`, nil if n is not that.
func importedPath(n *Node) *Node {
	if n.Kind == Apply && n.Items[0].callee() == "import" && n.Items[1].Kind == PathLit {
		return n.Items[1]
	}
	return nil
}

// eachBinding calls visit for every binding with static names below n, with
// the names it is nested in; a let block begins anew.
func (f *File) eachBinding(n *Node, at []string, visit func([]string, *Binding)) {
	n.Walk(func(m *Node) bool {
		if m.Kind != AttrSet && m.Kind != Let {
			return true
		}
		for _, b := range m.Bindings {
			if b.Inherit {
				f.eachBinding(b.From, nil, visit)
				continue
			}
			path := at[:len(at):len(at)]
			if m.Kind == Let {
				path = nil
			}
			for _, a := range b.Attrs {
				path = append(path, a.Name)
				for _, item := range a.Items {
					f.eachBinding(item, nil, visit)
				}
			}
			visit(path, b)
			f.eachBinding(b.Value, path, visit)
		}
		f.eachBinding(m.Body, at, visit)
		return false
	})
}

// LetImport is a binding of the form name = import ./path args.
type LetImport struct {
	Name   string // the last name of the binding
	Path   string // the path literal as written
	Args   string // the source of the arguments, "" without
	Offset int    // of the binding
	Line   int    // of the binding, from 1
}

// LetImports is the bindings, in let blocks and attribute sets anywhere, whose
// value is the import of a path literal, with or without arguments. A file
// that does not parse gives an *Error.
func LetImports(src []byte) ([]LetImport, error) {
	f, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return f.LetImports(), nil
}

// LetImports is LetImports for a file that is already parsed.
func (f *File) LetImports() []LetImport {
	var all []LetImport
	f.eachBinding(f.Root, nil, func(at []string, b *Binding) {
		value := b.Value
		for value.Kind == Paren {
			value = value.Body
		}
		path := importedPath(value)
		if path == nil {
			return
		}
		all = append(all, LetImport{
			Name: at[len(at)-1], Path: path.source(f), Offset: b.Start, Line: f.Line(b.Start),
			Args: Range{argsStart(value), value.End}.Text(f.Src),
		})
	})
	return all
}

// argsStart is where the arguments after the path begin, or the end without any.
func argsStart(call *Node) int {
	if len(call.Items) > 2 {
		return call.Items[2].Start
	}
	return call.End
}
