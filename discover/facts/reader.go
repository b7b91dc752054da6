package facts

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// reader takes valid JSON apart. Strings without escapes are parts of the text
// itself, which is what makes it quick.
type reader struct {
	text  string
	at    int
	depth int
}

// next is the first byte of the value or mark that comes next.
func (r *reader) next() byte {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

// null takes a null if that comes next.
func (r *reader) null() bool {
	if r.next() != 'n' {
		return false
	}
	r.at += len("null")
	return true
}

// element goes to the next element of a list or an object, past the bracket
// that begins it or the comma; at its end it goes past that and says false.
func (r *reader) element(end byte) bool {
	r.next()
	r.at++ // a bracket or a comma
	if c := r.text[r.at-1]; c == end {
		return false
	}
	if r.next() == end { // an empty one
		r.at++
		return false
	}
	return true
}

// key takes the name of a member with its colon.
func (r *reader) key() string {
	r.next()
	name := r.string()
	r.next()
	r.at++
	return name
}

// string takes a string.
func (r *reader) string() string {
	start := r.at
	r.at++
	plain := true
	for r.text[r.at] != '"' {
		if r.text[r.at] == '\\' {
			plain = false
			r.at++
		}
		r.at++
	}
	r.at++
	if s := r.text[start+1 : r.at-1]; plain && utf8.ValidString(s) {
		return s
	}
	var s string
	_ = json.Unmarshal([]byte(r.text[start:r.at]), &s) // it is valid
	return s
}

// raw takes a value as it is written.
func (r *reader) raw() string {
	r.next()
	start, depth := r.at, 0
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case '"':
			r.skipString()
			if depth == 0 {
				return r.text[start:r.at]
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				if depth == 0 {
					r.at++
				}
				return r.text[start:r.at]
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return r.text[start:r.at]
			}
		}
		r.at++
	}
	return r.text[start:]
}

func (r *reader) skipString() {
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
}

// maxDepth bounds how deep values of no known type may be nested.
const maxDepth = 1000

// any takes a value of any type, as encoding/json gives it.
func (r *reader) any() (any, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, errors.New("it is nested too deep")
	}
	defer func() { r.depth-- }()
	switch r.next() {
	case '{':
		object := map[string]any{}
		for r.element('}') {
			name := r.key()
			value, err := r.any()
			if err != nil {
				return nil, err
			}
			object[name] = value
		}
		return object, nil
	case '[':
		list := []any{}
		for r.element(']') {
			value, err := r.any()
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	case '"':
		return r.string(), nil
	}
	raw := r.raw()
	var value any
	switch raw {
	case "true", "false":
		return raw == "true", nil
	case "null":
		return nil, nil
	}
	err := json.Unmarshal([]byte(raw), &value)
	return value, err
}
