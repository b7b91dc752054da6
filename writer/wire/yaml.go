package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"holthome.net/scaffold/writer/edit"
)

// entry is a key of a mapping that is written one key a line.
type entry struct {
	key          string
	line, column int // of the key, from 1
}

// mapping is the entries at a path of a YAML file, and whether there is such a
// mapping. The error says why none can be added.
func mapping(src []byte, path ...string) ([]entry, bool, error) {
	if bytes.Count(src, []byte("\r")) > bytes.Count(src, []byte("\r\n")) { // a line end to the parser, and to no editor
		return nil, false, errors.New("it has a carriage return without a line feed")
	}
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		return nil, false, fmt.Errorf("it is no YAML: %s", firstLine(err))
	}
	if len(f.Docs) == 0 || len(f.Docs) == 1 && f.Docs[0].Body == nil {
		return nil, false, nil
	}
	if len(f.Docs) > 1 {
		return nil, false, errors.New("it has several documents")
	}
	node := f.Docs[0].Body
	for _, name := range path {
		values, err := valuesOf(node)
		if err != nil {
			return nil, false, err
		}
		i := slices.IndexFunc(values, func(v *ast.MappingValueNode) bool { return keyOf(v) == name })
		if i < 0 {
			return nil, false, nil
		}
		node = values[i].Value
	}
	values, err := valuesOf(node)
	if err != nil {
		return nil, true, err
	}
	var entries []entry
	for _, v := range values {
		at := v.Key.GetToken().Position
		entries = append(entries, entry{keyOf(v), at.Line, at.Column})
	}
	return entries, true, nil
}

func keyOf(v *ast.MappingValueNode) string { return v.Key.GetToken().Value }

func valuesOf(n ast.Node) ([]*ast.MappingValueNode, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle {
			return n.Values, nil
		}
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	}
	return nil, errors.New("it is not written as keys on lines of their own")
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// addKey puts a block, whose first line is a key and which is indented from 0,
// behind the i-th of the entries, which are those of the mapping at path. The
// result is seen to be the same YAML with one key more.
func addKey(src []byte, path []string, entries []entry, i int, block string) ([]byte, error) {
	lines := bytes.SplitAfter(src, []byte("\n"))
	at, end := entries[i], len(lines)
	indent := strings.Repeat(" ", at.column-1)
	for n := at.line; n < len(lines); n++ {
		text := bytes.TrimLeft(lines[n], " ")
		if blank := len(bytes.TrimSpace(text)) == 0; !blank && len(lines[n])-len(text) < at.column && !nestedList(text, lines[n], at) {
			end = n
			break
		}
	}
	// Blank lines and comments before what follows belong to that.
	for end > at.line && loose(lines[end-1], at.column) {
		end--
	}
	nl := newline(src)
	var text strings.Builder
	if before := bytes.Join(lines[:end], nil); len(before) > 0 && before[len(before)-1] != '\n' {
		text.WriteString(nl)
	}
	if apart(lines, entries) {
		text.WriteString(nl)
	}
	for l := range strings.Lines(strings.TrimRight(block, "\n")) {
		if l = strings.TrimRight(l, "\n"); l != "" {
			l = indent + l
		}
		text.WriteString(l + nl)
	}
	insertion := edit.Insertion{Offset: len(bytes.Join(lines[:end], nil)), Text: text.String()}
	out := insertion.Apply(src)
	return out, onlyAdded(src, out, path, block)
}

// nestedList tells the items of a list that stand no deeper than its key.
func nestedList(text, line []byte, at entry) bool {
	return bytes.HasPrefix(text, []byte("-")) && !bytes.HasPrefix(text, []byte("---")) && len(line)-len(text) == at.column-1
}

// loose tells a line that belongs to no entry: blank, or a comment that is not
// deeper than a key.
func loose(line []byte, column int) bool {
	text := bytes.TrimSpace(line)
	deep := len(line) - len(bytes.TrimLeft(line, " "))
	return len(text) == 0 || text[0] == '#' && deep < column
}

// apart reports whether entries have a blank line between them.
func apart(lines [][]byte, entries []entry) bool {
	blank := 0
	for _, e := range entries[1:] {
		if e.line >= 2 && len(bytes.TrimSpace(lines[e.line-2])) == 0 {
			blank++
		}
	}
	return blank*2 > len(entries)-1
}

// onlyAdded sees that the new file says what the old one says, and the block.
func onlyAdded(before, after []byte, path []string, block string) error {
	var was, is, added yaml.MapSlice
	if err := errors.Join(yaml.UnmarshalWithOptions(before, &was, yaml.UseOrderedMap()),
		yaml.UnmarshalWithOptions(after, &is, yaml.UseOrderedMap()),
		yaml.UnmarshalWithOptions([]byte(block), &added, yaml.UseOrderedMap())); err != nil {
		return fmt.Errorf("it would be broken: %s", firstLine(err))
	}
	if len(added) != 1 || reflect.DeepEqual(is, was) || !reflect.DeepEqual(without(is, append(slices.Clone(path), added[0].Key.(string)), added[0].Value), was) {
		return errors.New("more than one key would change")
	}
	return nil
}

// without is a document without the key at a path, if that has the value.
func without(m yaml.MapSlice, path []string, value any) yaml.MapSlice {
	var out yaml.MapSlice
	for _, item := range m {
		if item.Key == path[0] {
			if len(path) == 1 && reflect.DeepEqual(item.Value, value) {
				continue
			}
			if inner, ok := item.Value.(yaml.MapSlice); ok && len(path) > 1 {
				item.Value = without(inner, path[1:], value)
			}
		}
		out = append(out, item)
	}
	return out
}
