package edit

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// AppendLines adds lines to the end of the indented string at an attribute
// path, with the indentation of the lines there. The lines are Nix text, so
// ${...} in them is live; syntax.EscapeIndented makes a line of plain text.
// Errors: *PresentError if a line is there already, *AmbiguousError,
// *syntax.Error.
func AppendLines(src []byte, at []string, lines ...string) ([]byte, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	what := "lines in " + strings.Join(at, ".")
	snippet := strings.Join(lines, "\n")
	var found []*syntax.Node
	for _, match := range f.Find(at) {
		if match.Value.Kind == syntax.IndentedLit {
			found = append(found, match.Value)
		}
	}
	if len(found) != 1 {
		return nil, &AmbiguousError{what, fmt.Sprintf("the file writes %d indented strings there", len(found)), 0, snippet}
	}
	node := found[0]
	inner := node.Inner()
	for i, line := range strings.Split(inner.Text(src), "\n") {
		for _, added := range lines {
			if strings.TrimSpace(added) != "" && strings.TrimSpace(line) == strings.TrimSpace(added) {
				return nil, &PresentError{what, f.Line(node.Start) + i}
			}
		}
	}
	insertion, ok := appendLines(f, node, lines)
	if !ok {
		return nil, &AmbiguousError{what, "the string begins on the line of its quotes", f.Line(node.Start), snippet}
	}
	items := len(newItems(lines))
	return finish(f, node, insertion, items)
}

// newItems is the interpolations in the lines to add.
func newItems(lines []string) []*syntax.Node {
	f, err := syntax.Parse([]byte("''\n" + strings.Join(lines, "\n") + "\n''"))
	if err != nil {
		return nil
	}
	return f.Root.Items
}

// appendLines makes the insertion; ok is false for a string without a line of
// its own to take the indentation from.
func appendLines(f *syntax.File, node *syntax.Node, lines []string) (Insertion, bool) {
	src, inner := f.Src, node.Inner()
	content := inner.Text(src)
	first, _, multi := strings.Cut(content, "\n")
	if !multi || strings.TrimSpace(first) != "" {
		return Insertion{}, false
	}
	nl := newlineAt(src, node.Start)
	indent, ok := commonIndent(f, inner)
	if !ok {
		indent = deeper(indentOf(src, inner.End))
	}
	var b strings.Builder
	for _, line := range lines {
		if line != "" {
			line = indent + line
		}
		b.WriteString(line + nl)
	}
	if firstOnLine(src, inner.End) {
		return Insertion{lineStart(src, inner.End), b.String()}, true
	}
	// The last line has text before the closing quotes: the value goes on without a line end at its end.
	return Insertion{inner.End, nl + strings.TrimSuffix(b.String(), nl)}, true
}

// commonIndent is the indentation that Nix strips: the smallest of the lines
// with text that begin in the string itself, not in code within it.
func commonIndent(f *syntax.File, inner syntax.Range) (string, bool) {
	best, found := "", false
	consider := func(indent string) {
		if !found || len(indent) < len(best) {
			best, found = indent, true
		}
	}
	depth := 0 // of interpolations, whose lines are code
	for i := f.TokenAt(inner.Start); i < len(f.Tokens) && f.Tokens[i].End <= inner.End; i++ {
		t := f.Tokens[i]
		switch {
		case t.Kind == syntax.TokInterpOpen:
			if depth == 0 && f.Src[t.Start-1] == '\n' {
				consider("")
			}
			depth++
		case t.Kind == syntax.TokInterpClose:
			depth--
		case t.Kind == syntax.TokIndentedText && depth == 0:
			for at := t.Start; at < t.End; at++ {
				if f.Src[at-1] != '\n' {
					continue
				}
				rest := string(f.Src[at:inner.End])
				text := strings.TrimLeft(rest, " ")
				if text != "" && text[0] != '\n' && text[0] != '\r' {
					consider(rest[:len(rest)-len(text)])
				}
			}
		}
	}
	return best, found
}
