package edit

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// AppendElement adds an expression to the end of the list at an attribute path,
// also of a list that is the last argument of calls, as in
// concatStringsSep "\n" (filter p [ ... ]). Errors: *PresentError if an element
// reads the same, *AmbiguousError, *syntax.Error.
func AppendElement(src []byte, at []string, element string) ([]byte, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	element = strings.TrimSpace(element)
	if err := oneElement(element); err != nil {
		return nil, err
	}
	what := "element " + element + " in " + strings.Join(at, ".")
	var lists []*syntax.Node
	for _, match := range f.Find(at) {
		for _, part := range f.Lists(match.Value) {
			for _, item := range part.Node.Items {
				if sameText(item.Range.Text(src), element) {
					return nil, &PresentError{what, f.Line(item.Start)}
				}
			}
			if len(part.Guards) == 0 {
				lists = append(lists, part.Node)
			}
		}
	}
	if len(lists) != 1 {
		return nil, &AmbiguousError{what, fmt.Sprintf("%d lists could take it", len(lists)), 0, element}
	}
	s := sequence{file: f, node: lists[0]}
	for _, item := range lists[0].Items {
		s.members = append(s.members, item.Range)
	}
	place := s.only
	if last := len(s.members) - 1; last >= 0 {
		place = func(a addition) (Insertion, bool) { return s.after(last, a) }
	}
	insertion, ok := place(addition{text: element})
	if !ok {
		return nil, &AmbiguousError{what, "the list is written on one line", f.Line(lists[0].Start), element}
	}
	return finish(f, lists[0], insertion, 1)
}

// oneElement checks that the text is exactly one list element.
func oneElement(text string) error {
	f, err := syntax.Parse([]byte("[" + text + "\n]"))
	if err != nil {
		return fmt.Errorf("insert element %q: %w", text, err)
	}
	if f.Root.Kind != syntax.ListLit || len(f.Root.Items) != 1 {
		return fmt.Errorf("insert element %q: it is not one list element; put it in parentheses", text)
	}
	return nil
}

// sameText compares without regard to white space.
func sameText(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// AppendOperand adds // operand to the end of what an attribute path is bound
// to: a set, or sets joined with //. In a chain that has each // on a line of
// its own the new one gets its own line. Errors: *PresentError if an operand
// reads the same, *AmbiguousError, *syntax.Error.
func AppendOperand(src []byte, at []string, operand string) ([]byte, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	operand = strings.TrimSpace(operand)
	if err := oneOperand(operand); err != nil {
		return nil, err
	}
	what := "operand of " + strings.Join(at, ".")
	matches := f.Find(at)
	if len(matches) != 1 {
		return nil, &AmbiguousError{what, fmt.Sprintf("it is bound in %d places", len(matches)), 0, "// " + operand}
	}
	value := matches[0].Value
	last := value
	for last.Kind == syntax.Binary && last.Text == "//" {
		if sameText(last.Items[0].Range.Text(src), operand) {
			return nil, &PresentError{what, f.Line(last.Items[0].Start)}
		}
		last = last.Items[1]
	}
	if last == value && value.Kind != syntax.AttrSet || last.Kind == syntax.Lambda || last.Kind == syntax.Let {
		return nil, &AmbiguousError{what, "its value is not sets joined with //", f.Line(value.Start), "// " + operand}
	}
	if sameText(last.Range.Text(src), operand) {
		return nil, &PresentError{what, f.Line(last.Start)}
	}
	indent, before, nl := indentOf(src, last.End), " ", newlineAt(src, last.End)
	if last.Start != value.Start && firstOnLine(src, tokenBefore(f, last.Start)) {
		indent = indentOf(src, tokenBefore(f, last.Start))
		before = nl + indent
	}
	insertion := Insertion{last.End, before + "// " + reindent(operand, indent, nl)}
	return finishOperand(f, matches[0].Binding, insertion)
}

// tokenBefore is where the token before offset begins, white space and comments aside.
func tokenBefore(f *syntax.File, offset int) int {
	for i := f.TokenAt(offset) - 1; i > 0; i-- {
		switch t := f.Tokens[i]; t.Kind {
		case syntax.TokSpace, syntax.TokLineComment, syntax.TokBlockComment:
		default:
			return t.Start
		}
	}
	return 0
}

// oneOperand checks that the text can stand behind // as it is.
func oneOperand(text string) error {
	f, err := syntax.Parse([]byte(text))
	if err != nil {
		return fmt.Errorf("insert operand %q: %w", text, err)
	}
	switch f.Root.Kind {
	case syntax.Ident, syntax.AttrSet, syntax.Paren, syntax.Select, syntax.Apply:
		if f.Tokens[len(f.Tokens)-1].Kind != syntax.TokLineComment {
			return nil
		}
	}
	return fmt.Errorf("insert operand %q: it cannot stand behind //; put it in parentheses", text)
}

// finishOperand is finish for a binding that has grown by an operand.
func finishOperand(f *syntax.File, binding syntax.Range, i Insertion) ([]byte, error) {
	set := f.Root
	f.Root.Walk(func(n *syntax.Node) bool {
		if (n.Kind == syntax.AttrSet || n.Kind == syntax.Let) && n.Contains(binding) {
			set = n
		}
		return true
	})
	return finish(f, set, i, 0)
}
