package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/edit"
)

// scope is the function that is a flake's outputs: the names that stand for
// inputs in it, and the expression that it gives.
type scope struct {
	file   *syntax.File
	lambda *syntax.Node
	body   *syntax.Node
	bound  []string // names of let blocks between the function and its body
	needs  []string // inputs that its pattern must name and does not yet
}

// errNoFunction is why a flake is not edited.
var errNoFunction = errors.New("its outputs are not written as a function with its result")

// readScope finds the outputs of a flake.
func readScope(src []byte) (*scope, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	found := f.Find([]string{"outputs"})
	if len(found) != 1 {
		return nil, errNoFunction
	}
	s := &scope{file: f, lambda: bare(found[0].Value)}
	if s.lambda.Kind != syntax.Lambda {
		return nil, errNoFunction
	}
	for s.body = s.lambda.Body; ; s.body = s.body.Body {
		switch s.body.Kind {
		case syntax.Let:
			for _, b := range s.body.Bindings {
				if b.Inherit {
					for _, a := range b.Attrs {
						s.bound = append(s.bound, a.Name)
					}
				} else {
					s.bound = append(s.bound, b.Attrs[0].Name)
				}
			}
		case syntax.Paren, syntax.With, syntax.Assert:
		default:
			return s, nil
		}
	}
}

// bare is an expression without parentheses around it.
func bare(n *syntax.Node) *syntax.Node {
	for n.Kind == syntax.Paren {
		n = n.Body
	}
	return n
}

// input is the expression for an input, or for self. Where the pattern has no
// name for it, the pattern is to get one.
func (s *scope) input(name string) (string, error) {
	free := func(n string) bool { return n != "" && !slices.Contains(s.bound, n) }
	params := s.lambda.Params
	switch {
	case params != nil && slices.Contains(params.Names, name) && free(name):
		return name, nil
	case free(s.lambda.Text) && (params == nil || params.Ellipsis || slices.Contains(params.Names, name)):
		return s.lambda.Text + "." + name, nil
	case !free(name):
		return "", fmt.Errorf("the name %s stands for something else there", name)
	}
	if !slices.Contains(s.needs, name) {
		s.needs = append(s.needs, name)
	}
	return name, nil
}

// addFormals puts names into the pattern of a flake's outputs, written as the
// others are: with the comma before or behind, on one line or on many.
func addFormals(src []byte, names []string) ([]byte, error) {
	for _, name := range names {
		s, err := readScope(src)
		if err != nil {
			return nil, err
		}
		if src, err = s.addFormal(name); err != nil {
			return nil, err
		}
	}
	return src, nil
}

func (s *scope) addFormal(name string) ([]byte, error) {
	src, p := s.file.Src, s.lambda.Params
	if p == nil {
		return nil, errNoFunction
	}
	var code []syntax.Token // of the pattern, without white space and comments
	for _, t := range s.file.Tokens {
		if p.Contains(t.Range) && t.Kind != syntax.TokSpace && t.Kind != syntax.TokLineComment && t.Kind != syntax.TokBlockComment {
			code = append(code, t)
		}
	}
	last := code[len(code)-2] // before the closing brace
	var i edit.Insertion
	switch {
	case p.Ellipsis && len(p.Names) == 0:
		i = edit.Insertion{Offset: last.Start, Text: name + ", "}
	case p.Ellipsis:
		// Between the comma and the dots there is what separates names here.
		comma := code[len(code)-3]
		i = edit.Insertion{Offset: last.Start, Text: name + "," + string(src[comma.End:last.Start])}
		if onNewLine(src, comma.Start) {
			before := code[len(code)-4]
			i.Text = name + string(src[before.End:last.Start])
		}
	case last.Text(src) == ",":
		i = edit.Insertion{Offset: last.End, Text: " " + name}
	case len(p.Names) == 0:
		i = edit.Insertion{Offset: last.End, Text: " " + name}
	default:
		gap := " "
		if len(code) > 3 && code[len(code)-3].Text(src) == "," {
			comma := code[len(code)-3]
			if onNewLine(src, comma.Start) {
				i = edit.Insertion{Offset: last.End, Text: string(src[code[len(code)-4].End:last.Start]) + name}
				break
			}
			gap = string(src[comma.End:last.Start])
		}
		i = edit.Insertion{Offset: last.End, Text: "," + gap + name}
	}
	out := i.Apply(src)
	after, err := readScope(out)
	if err != nil || after.lambda.Params == nil || !slices.Contains(after.lambda.Params.Names, name) || len(after.lambda.Params.Names) != len(p.Names)+1 {
		return nil, errors.New("the names of its inputs are laid out in an unknown way")
	}
	return out, nil
}

// onNewLine reports whether only blanks stand before the offset on its line.
func onNewLine(src []byte, offset int) bool {
	line := string(src[:offset])
	return strings.TrimSpace(line[strings.LastIndexByte(line, '\n')+1:]) == ""
}
