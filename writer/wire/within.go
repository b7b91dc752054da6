package wire

import (
	"bytes"
	"errors"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/edit"
)

// within has an edit see nothing of a file but one expression, so that paths
// count from there: all other bytes are blanks to it. Offsets and lines stay
// what they are.
func within(src []byte, r syntax.Range, insert func(src []byte) ([]byte, error)) ([]byte, error) {
	masked := bytes.Clone(src)
	for i := range masked {
		if (i < r.Start || i >= r.End) && !bytes.ContainsRune([]byte(" \t\r\n"), rune(masked[i])) {
			masked[i] = ' '
		}
	}
	out, err := insert(masked)
	if err != nil {
		return nil, err
	}
	// Blanks that were made of text look like those that were inserted: the
	// place is found in the part that both have.
	i, err := edit.Diff(masked[r.Start:r.End], out[r.Start:len(out)-(len(src)-r.End)])
	if err != nil {
		return nil, err
	}
	i.Offset += r.Start
	return parsed(i.Apply(src))
}

// appendSet puts // { binding } behind the value of a binding that is not
// written as a set, such as a call.
func appendSet(src []byte, value *syntax.Node, binding string) ([]byte, error) {
	switch value.Kind {
	case syntax.Ident, syntax.Select, syntax.Apply, syntax.Paren:
	case syntax.Binary:
		if value.Text != "//" {
			return nil, errors.New("its value is not a set or a call")
		}
	default:
		return nil, errors.New("its value is not a set or a call")
	}
	start := bytes.LastIndexByte(src[:value.End], '\n') + 1
	line := src[start:]
	indent := string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
	nl := newline(src)
	text := " // {" + nl
	for l := range bytes.Lines([]byte(binding)) {
		text += indent + "  " + string(bytes.TrimRight(l, "\n")) + nl
	}
	return parsed(edit.Insertion{Offset: value.End, Text: text + indent + "}"}.Apply(src))
}

// parsed is a source that was seen to be one.
func parsed(src []byte) ([]byte, error) {
	_, err := syntax.Parse(src)
	return src, err
}

// newline is how the lines of a file end.
func newline(src []byte) string {
	if bytes.Contains(src, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
