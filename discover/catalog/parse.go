package catalog

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile is the size in bytes of the largest entry. The largest embedded one
// has a tenth of it.
const maxFile = 64 << 10

// maxDepth is how deep values may nest: settings of a module nest most.
const maxDepth = 12

// document is one file: the entry that it says, and which fields it says.
type document struct {
	entry *Entry
	// lines are the fields that the file has, by path, with their lines.
	lines    map[string]int
	file     string
	problems []Problem
}

// Parse reads one entry; the name is the path of its file. Whether its values
// make sense is left to Check. The error is an *Error: no YAML, a field that
// no entry has, a value of another type, an anchor, more than one document, or
// more than 64 KiB.
func Parse(name string, data []byte) (*Entry, error) {
	d := parse(name, data, false)
	if err := asError(d.problems); err != nil {
		return nil, err
	}
	return d.entry, nil
}

// parse reads a file. Where it overrides another, null takes a field away.
func parse(name string, data []byte, override bool) *document {
	d := &document{entry: &Entry{File: name}, lines: map[string]int{}, file: name}
	switch {
	case len(data) > maxFile:
		d.say("", "it has %d bytes, more than %d", len(data), maxFile)
	case !utf8.Valid(data):
		d.say("", "it is no UTF-8")
	case tooDeep(data):
		d.say("", "its values nest too deep")
	}
	if len(d.problems) > 0 {
		return d
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		d.syntax(err)
		return d
	}
	switch {
	case len(file.Docs) > 1:
		d.say("", "it has %d documents, and must have one", len(file.Docs))
	case len(file.Docs) == 0 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.CommentType:
		d.say("", "it holds nothing")
	}
	if len(d.problems) > 0 {
		return d
	}
	d.walk(file.Docs[0].Body, reflect.TypeFor[Entry](), "", override)
	if len(d.problems) > 0 {
		return d
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, d.entry, yaml.DisallowUnknownField()); err != nil {
		d.syntax(err)
	}
	return d
}

// tooDeep is a guess before anything is parsed, as the parser recurses: no
// entry has so many brackets open at once.
func tooDeep(data []byte) bool {
	open, indent := 0, 0
	for _, c := range data {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		}
		if open > 4*maxDepth {
			return true
		}
	}
	for l := range strings.Lines(string(data)) {
		indent = max(indent, len(l)-len(strings.TrimLeft(l, " -?\t")))
	}
	return indent > 200
}

func (d *document) say(field, format string, args ...any) {
	line, path := 0, field
	for line == 0 && path != "" { // the nearest field that is there
		line = d.lines[path]
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Field: field, What: fmt.Sprintf(format, args...)})
}

func (d *document) syntax(err error) {
	var e *Error
	if errors.As(syntaxError(d.file, err), &e) {
		d.problems = append(d.problems, e.Problems...)
	}
}

// has tells whether the file says a field.
func (d *document) has(field string) bool { _, ok := d.lines[field]; return ok }

// walk sees that a node is of a type, without the conversions that the decoder
// does: a number is no text, and a part of a number is not left out. It notes
// where each field is.
func (d *document) walk(n ast.Node, t reflect.Type, path string, override bool) {
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		d.lines[path] = tk.Position.Line
	}
	wrong := func(want string) { d.say(path, "it must be %s", want) }
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		d.say(path, "anchors, aliases and tags are not read")
		return
	case *ast.NullNode:
		if !override || strings.Count(path, ".") > 1 || path == "" || path == "name" || path == "auth" {
			d.say(path, "it has no value; leave it out")
		}
		return
	case *ast.MappingNode:
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		d.mapping(n.Values, t, path, override)
		return
	case *ast.MappingValueNode:
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		d.mapping([]*ast.MappingValueNode{n}, t, path, override)
		return
	case *ast.SequenceNode:
		if t.Kind() != reflect.Slice && t.Kind() != reflect.Interface {
			wrong(kinds[t.Kind()])
			return
		}
		for i, v := range n.Values {
			d.walk(v, elem(t), fmt.Sprintf("%s[%d]", path, i), false)
		}
		return
	}
	if want := kinds[t.Kind()]; t.Kind() != reflect.Interface && !scalarIs(n, t.Kind()) {
		wrong(want)
	}
}

var kinds = map[reflect.Kind]string{
	reflect.String: "text; write a number or true in quotes", reflect.Int: "a whole number", reflect.Bool: "true or false", reflect.Slice: "a list",
	reflect.Map: "names with values", reflect.Struct: "names with values", reflect.Pointer: "names with values",
}

func elem(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Interface {
		return t
	}
	return t.Elem()
}

func scalarIs(n ast.Node, kind reflect.Kind) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return kind == reflect.String
	case *ast.IntegerNode:
		return kind == reflect.Int
	case *ast.BoolNode:
		return kind == reflect.Bool
	}
	return false
}

func (d *document) mapping(values []*ast.MappingValueNode, t reflect.Type, path string, override bool) {
	if k := t.Kind(); k != reflect.Struct && k != reflect.Map && k != reflect.Interface {
		d.say(path, "it must be %s", kinds[k])
		return
	}
	if strings.Count(path, ".") > maxDepth {
		d.say(path, "it nests too deep")
		return
	}
	for _, v := range values {
		if _, ok := v.Key.(*ast.StringNode); !ok {
			d.say(path, "%s: the name must be text; write a number in quotes", v.Key.String())
			continue
		}
		key := v.Key.(*ast.StringNode).Value
		at := key
		if path != "" {
			at = path + "." + key
		}
		if t.Kind() != reflect.Struct {
			d.walk(v.Value, elem(t), at, false)
			continue
		}
		field, ok := fieldOf(t, key)
		if !ok {
			d.say(path, "%q is no field", key)
			continue
		}
		d.walk(v.Value, field.Type, at, override)
	}
}

// fieldOf is the field of a struct that has a name in YAML.
func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("yaml"); tag == name && tag != "-" {
			return t.Field(i), true
		}
	}
	return reflect.StructField{}, false
}
