package edit

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// InsertBinding adds a whole binding, name = value; as rendered Nix whose
// further lines are indented from 0, to the attribute set at a path (the empty
// path is the file's top-level set). It goes where order says among bindings of
// its kind, or behind the last of them, with their indentation and spacing.
// If the set exists only as sops.secrets.x = ...; the new binding is written
// that way too. Errors: *PresentError, *AmbiguousError, *syntax.Error.
func InsertBinding(src []byte, at []string, text string, order Order) ([]byte, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	added, err := parseBinding(text)
	if err != nil {
		return nil, err
	}
	what := "binding " + strings.Join(added.names, ".")
	if len(at) > 0 {
		what += " in " + strings.Join(at, ".")
	}
	set, err := chooseSet(f, at, what, text)
	if err != nil {
		return nil, err
	}
	if set.prefix != nil {
		dotted, err := syntax.AttrPath(at)
		if err != nil {
			return nil, err
		}
		if added, err = parseBinding(dotted + "." + added.text); err != nil {
			return nil, err
		}
	}
	return insertInto(f, set, what, added, order)
}

// insertInto adds the binding to the set unless it is there.
func insertInto(f *syntax.File, set *bindingSet, what string, added *newBinding, order Order) ([]byte, error) {
	for _, b := range set.node.Bindings {
		if overlaps(b, added.names) {
			return nil, &PresentError{what, f.Line(b.Start)}
		}
	}
	insertion, ok := set.place(added, order)
	if !ok {
		return nil, &AmbiguousError{what, "its bindings share a line", f.Line(set.node.Start), added.text}
	}
	return finish(f, set.node, insertion, 1)
}

// InsertLet adds a whole binding to the outermost let block of a file, among
// the bindings whose value is of the same kind (calls among calls, conditions
// among conditions). Errors are those of InsertBinding.
func InsertLet(src []byte, text string, order Order) ([]byte, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	added, err := parseBinding(text)
	if err != nil {
		return nil, err
	}
	what := "binding " + strings.Join(added.names, ".") + " in let"
	let := f.Root
	for let.Kind == syntax.Lambda || let.Kind == syntax.With || let.Kind == syntax.Assert || let.Kind == syntax.Paren {
		let = let.Body
	}
	if let.Kind != syntax.Let || len(let.Bindings) == 0 {
		return nil, &AmbiguousError{what, "the file does not begin with a let block", f.Line(let.Start), "let\n  " + text + "\nin"}
	}
	return insertInto(f, newSet(f, let, nil), what, added, order)
}

// newBinding is the binding to add, read on its own.
type newBinding struct {
	text    string
	file    *syntax.File
	binding *syntax.Binding
	names   []string
}

func parseBinding(text string) (*newBinding, error) {
	f, err := syntax.Parse([]byte("{" + text + "\n}"))
	if err != nil {
		return nil, fmt.Errorf("insert binding %q: %w", text, err)
	}
	if f.Root.Kind != syntax.AttrSet || len(f.Root.Bindings) != 1 || f.Root.Bindings[0].Inherit {
		return nil, fmt.Errorf("insert binding %q: it is not one binding of the form name = value;", text)
	}
	names, ok := staticNames(f.Root.Bindings[0])
	if !ok {
		return nil, fmt.Errorf("insert binding %q: its name is interpolated; write the name itself", text)
	}
	return &newBinding{text, f, f.Root.Bindings[0], names}, nil
}

// overlaps reports whether a binding has the path, a part of it or more of it.
func overlaps(b *syntax.Binding, names []string) bool {
	if b.Inherit {
		for _, a := range b.Attrs {
			if a.Name == names[0] {
				return true
			}
		}
		return false
	}
	for i, a := range b.Attrs {
		if i == len(names) {
			break
		}
		if a.Dynamic || a.Name != names[i] {
			return false
		}
	}
	return true
}
