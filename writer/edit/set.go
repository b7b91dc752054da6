package edit

import (
	"fmt"

	"holthome.net/scaffold/nixeval/syntax"
)

// bindingSet is a set that can take the binding. With a prefix, its members of
// interest are those spelt with that path.
type bindingSet struct {
	sequence
	prefix []string
}

func newSet(f *syntax.File, node *syntax.Node, prefix []string) *bindingSet {
	set := &bindingSet{sequence{file: f, node: node, attached: true}, prefix}
	for _, b := range node.Bindings {
		set.members = append(set.members, b.Range)
	}
	return set
}

// chooseSet finds the set at the path: the only one, or the only one that is
// under no condition.
func chooseSet(f *syntax.File, at []string, what, text string) (*bindingSet, error) {
	var free, all []*syntax.Node
	for _, match := range f.Find(at) {
		for _, part := range f.Sets(match.Value) {
			all = append(all, part.Node)
			if len(match.Guards)+len(part.Guards) == 0 {
				free = append(free, part.Node)
			}
		}
	}
	var node *syntax.Node
	var prefix []string
	switch {
	case len(free) == 1:
		node = free[0]
	case len(all) == 1:
		node = all[0]
	case len(all) == 0 && len(at) > 0:
		siblings := f.Siblings(at)
		for _, s := range siblings {
			if s.Set != siblings[0].Set {
				return nil, &AmbiguousError{what, "the set is written in several places", f.Line(s.Binding.Start), text}
			}
		}
		if len(siblings) > 0 {
			node, prefix = siblings[0].Set, at
		}
	}
	switch {
	case node != nil:
		return newSet(f, node, prefix), nil
	case len(all) == 0:
		return nil, &AmbiguousError{what, "the file does not write that set", 0, text}
	default:
		return nil, &AmbiguousError{what, fmt.Sprintf("%d sets could take it", len(all)), f.Line(all[len(all)-1].Start), text}
	}
}

// place puts the binding among those of its kind.
func (s *bindingSet) place(added *newBinding, order Order) (Insertion, bool) {
	a := addition{text: added.text}
	if len(s.members) == 0 {
		return s.only(a)
	}
	key, sorted := order(added.file, added.binding)
	var peers []int
	var keys []string
	for i, b := range s.node.Bindings {
		if k, ok := order(s.file, b); sorted && ok && s.alike(b, added.binding) {
			peers, keys = append(peers, i), append(keys, k)
		}
	}
	a.blank = s.blankBetween(peers)
	if len(peers) == 0 {
		last := len(s.members) - 1
		a.blank = s.blankBetween(upTo(last))
		return s.after(last, a)
	}
	if at := position(keys, key); at > 0 {
		return s.after(peers[at-1], a)
	}
	return s.before(peers[0], a)
}

// alike reports whether two bindings are of one kind: sets among sets, in a let
// block values of one kind, and of the same path where the set is spelt with dots.
func (s *bindingSet) alike(b, added *syntax.Binding) bool {
	switch {
	case b.Value == nil:
		return false
	case s.node.Kind == syntax.Let:
		return b.Value.Kind == added.Value.Kind
	case (b.Value.Kind == syntax.AttrSet) != (added.Value.Kind == syntax.AttrSet):
		return false
	}
	for i, name := range s.prefix {
		if i >= len(b.Attrs) || b.Attrs[i].Name != name {
			return false
		}
	}
	return true
}

func upTo(last int) []int {
	all := make([]int, last+1)
	for i := range all {
		all[i] = i
	}
	return all
}
