// Package answers reads what is said of a service from a file: YAML or JSON, in
// which names may be nested.
package answers

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"holthome.net/scaffold/plan"
)

// commands are answers that are commands: a list is one word by word.
var commands = []string{"command", "entrypoint", "healthCommand", "arguments"}

// Parse gives the answers in a file by name, as plan.Input has them: names that
// are nested are joined by dots, lists by commas. A value is the text as it is
// written (022 and 1.10 stay so), but for true and false of what is no variable,
// which are yes and no. It does not look whether a name is known;
// plan.CheckAnswers does. Errors are of one or more lines that can be shown.
func Parse(data []byte) (map[string]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // a byte order mark
	if !utf8.Valid(data) {
		return nil, errors.New("it is not UTF-8; save it as that")
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("it is neither YAML nor JSON with a value for each name: %s", visible(err.Error()))
	}
	var body ast.Node
	for _, d := range file.Docs {
		switch {
		case d.Body == nil || d.Body.Type() == ast.CommentType || d.Body.Type() == ast.DirectiveType:
		case body != nil:
			return nil, errors.New("it has a second document after ---; put all answers into one")
		default:
			body = d.Body
		}
	}
	all := reader{}
	if body == nil {
		if says(data) { // the parser stops at an empty document
			return nil, errors.New("it has a second document after ---; put all answers into one")
		}
		return all, nil
	}
	if _, ok := body.(*ast.MappingNode); !ok {
		return nil, errors.New("it is neither YAML nor JSON with a value for each name")
	}
	if err := all.read("", body); err != nil {
		return nil, errors.New(visible(err.Error()))
	}
	return all, nil
}

// says tells whether there is more in a file than comments and marks of documents.
func says(data []byte) bool {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimLeft(strings.TrimSpace(line), "-.")
		if line != "" && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			return true
		}
	}
	return false
}

// visible is text without what a terminal does instead of showing it: an error of
// the parser quotes the file.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// reader has the answers that were read.
type reader map[string]string

func (all reader) read(name string, n ast.Node) error {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			err := all.member(name, v)
			if _, null := v.Value.(*ast.NullNode); err != nil && null && n.IsFlowStyle {
				return fmt.Errorf("%w; if the braces are text, put it in quotes", err)
			}
			if err != nil {
				return err
			}
		}
		return nil
	case *ast.SequenceNode:
		return all.list(name, n)
	}
	text, err := scalar(name, n)
	if err != nil {
		return err
	}
	if _, isBool := n.(*ast.BoolNode); isBool && !isVariable(name) {
		text = map[string]string{"true": "yes", "false": "no"}[strings.ToLower(text)]
	}
	return all.add(name, text)
}

func (all reader) member(within string, v *ast.MappingValueNode) error {
	key, err := scalar("a name", v.Key)
	if err != nil {
		return err
	}
	if within != "" {
		key = within + "." + key
	}
	return all.read(key, v.Value)
}

func (all reader) list(name string, n *ast.SequenceNode) error {
	isCommand := slices.Contains(commands, name[strings.LastIndexByte(name, '.')+1:])
	var elements []string
	for _, v := range n.Values {
		text, err := scalar("an element of "+name, v)
		if err != nil {
			return err
		}
		if !isCommand && strings.Contains(text, ",") {
			return fmt.Errorf("an element of %s has a comma, which would make two of it: %q", name, text)
		}
		elements = append(elements, text)
	}
	if isCommand {
		return all.add(name, plan.JoinWords(elements))
	}
	return all.add(name, strings.Join(elements, ","))
}

func (all reader) add(name, text string) error {
	if _, ok := all[name]; ok {
		return fmt.Errorf("%s is there twice", name)
	}
	all[name] = text
	return nil
}

// isVariable tells whether an answer is the value of an environment variable.
func isVariable(name string) bool {
	return strings.HasPrefix(name, "environment.") || strings.Contains(name, ".environment.")
}

// scalar is the text of a single value, or of a name, as it is written.
func scalar(what string, n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case nil, *ast.NullNode:
		return "", fmt.Errorf("%s has no value; write one, or take the line out", what)
	case *ast.MappingNode, *ast.SequenceNode:
		return "", fmt.Errorf("%s is not a single value", what)
	}
	return "", fmt.Errorf("%s has an anchor, an alias or a tag: write the value itself", what)
}
