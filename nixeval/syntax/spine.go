package syntax

// Nix modules wrap what they define in calls that do not change where it ends
// up: lib.mkIf, lib.mkMerge, //. A Part is a literal found by looking through
// those, with the conditions that stand before it.

// Part is a literal that becomes part of a value.
type Part struct {
	Node   *Node
	Guards []string // the source of each condition it depends on, outermost first
	Calls  []string // the functions it is an argument of that may change it, outermost first
}

// wrapper says which argument of a call is the content and which, if any, is
// its condition.
type wrapper struct{ condition, content int }

// wrappers are the functions of nixpkgs' lib that a part is looked for through.
// Positions count from 1, as in Node.Items of a call; 0 is no condition.
var wrappers = map[string]wrapper{
	"mkIf": {1, 2}, "optionalAttrs": {1, 2}, "optionals": {1, 2}, "optional": {1, 2},
	"mkMerge": {0, 1}, "mkDefault": {0, 1}, "mkForce": {0, 1}, "mkBefore": {0, 1},
	"mkAfter": {0, 1}, "mkOverride": {0, 2}, "mkOrder": {0, 2},
}

// Sets are the attribute sets that n is made of: n itself, the operands of //,
// the elements of mkMerge, what mkIf and optionalAttrs guard, the branches of an if.
func (f *File) Sets(n *Node) []Part { return f.parts(Part{Node: n}, AttrSet) }

// Lists are the lists that n is made of, through ++ and the same wrappers, and
// through calls such as concatStringsSep "\n" (filter p [ ... ]), whose last
// argument counts.
func (f *File) Lists(n *Node) []Part { return f.parts(Part{Node: n}, ListLit) }

// at is the part with another node, seen through the same wrappers.
func (p Part) at(n *Node) Part {
	p.Node = n
	return p
}

// guarded is the part under one more condition.
func (p Part) guarded(condition string) Part {
	p.Guards = append(p.Guards[:len(p.Guards):len(p.Guards)], condition)
	return p
}

func (f *File) parts(p Part, want NodeKind) []Part {
	n := p.Node
	if n == nil {
		return nil
	}
	if n.Kind == want {
		return []Part{p}
	}
	switch n.Kind {
	case Paren, Let, With, Assert:
		return f.parts(p.at(n.Body), want)
	case If:
		condition := n.Items[0].source(f)
		return append(f.parts(p.at(n.Items[1]).guarded(condition), want),
			f.parts(p.at(n.Items[2]).guarded("!("+condition+")"), want)...)
	case Binary:
		if want == AttrSet && n.Text == "//" || want == ListLit && n.Text == "++" {
			return append(f.parts(p.at(n.Items[0]), want), f.parts(p.at(n.Items[1]), want)...)
		}
	case Apply:
		return f.applied(p, want)
	}
	return nil
}

func (f *File) applied(p Part, want NodeKind) []Part {
	items := p.Node.Items
	name := items[0].callee()
	w, known := wrappers[name]
	if !known {
		if want != ListLit {
			return nil
		}
		p.Calls = append(p.Calls[:len(p.Calls):len(p.Calls)], items[0].source(f))
		return f.parts(p.at(items[len(items)-1]), want)
	}
	if len(items) != w.content+1 {
		return nil
	}
	if w.condition > 0 {
		p = p.guarded(items[w.condition].source(f))
	}
	p.Node = items[w.content]
	if name != "mkMerge" || want == ListLit {
		return f.parts(p, want)
	}
	var all []Part
	for _, list := range f.parts(p, ListLit) {
		for _, item := range list.Node.Items {
			all = append(all, f.parts(list.at(item), want)...)
		}
	}
	return all
}

// callee is the last name of a function: mkIf of lib.mkIf; "" if it has none.
func (n *Node) callee() string {
	switch {
	case n.Kind == Ident:
		return n.Text
	case n.Kind == Select && len(n.Items) == 1:
		return n.Attrs[len(n.Attrs)-1].Name
	}
	return ""
}

// source is the text of n.
func (n *Node) source(f *File) string { return n.Range.Text(f.Src) }
