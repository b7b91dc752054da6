package syntax

// Nix modules wrap what they define in calls that do not change where it ends
// up: lib.mkIf, lib.mkMerge, //. A Part is a literal found by looking through
// those, with the conditions that stand before it.

// Part is a literal that becomes part of a value.
type Part struct {
	Node   *Node
	Guards []string // the source of each condition it depends on, outermost first
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
func (f *File) Sets(n *Node) []Part { return f.parts(n, AttrSet, nil) }

// Lists are the lists that n is made of, through ++ and the same wrappers, and
// through calls such as concatStringsSep "\n" (filter p [ ... ]), whose last
// argument counts.
func (f *File) Lists(n *Node) []Part { return f.parts(n, ListLit, nil) }

func (f *File) parts(n *Node, want NodeKind, guards []string) []Part {
	if n == nil {
		return nil
	}
	if n.Kind == want {
		return []Part{{n, guards}}
	}
	switch n.Kind {
	case Paren, Let, With, Assert:
		return f.parts(n.Body, want, guards)
	case If:
		condition := n.Items[0].source(f)
		return append(f.parts(n.Items[1], want, guarded(guards, condition)),
			f.parts(n.Items[2], want, guarded(guards, "!("+condition+")"))...)
	case Binary:
		if want == AttrSet && n.Text == "//" || want == ListLit && n.Text == "++" {
			return append(f.parts(n.Items[0], want, guards), f.parts(n.Items[1], want, guards)...)
		}
	case Apply:
		return f.applied(n, want, guards)
	}
	return nil
}

func (f *File) applied(n *Node, want NodeKind, guards []string) []Part {
	name := n.Items[0].callee()
	w, known := wrappers[name]
	if !known {
		if want == ListLit {
			return f.parts(n.Items[len(n.Items)-1], want, guards)
		}
		return nil
	}
	if len(n.Items) != w.content+1 {
		return nil
	}
	if w.condition > 0 {
		guards = guarded(guards, n.Items[w.condition].source(f))
	}
	content := n.Items[w.content]
	if name != "mkMerge" || want == ListLit {
		return f.parts(content, want, guards)
	}
	var all []Part
	for _, list := range f.parts(content, ListLit, guards) {
		for _, item := range list.Node.Items {
			all = append(all, f.parts(item, want, list.Guards)...)
		}
	}
	return all
}

// guarded is guards and one more, without sharing memory.
func guarded(guards []string, condition string) []string {
	return append(guards[:len(guards):len(guards)], condition)
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
