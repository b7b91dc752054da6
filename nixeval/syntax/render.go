package syntax

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AttrName is one attribute name, quoted unless Nix reads it bare. The only
// error is ErrNUL.
func AttrName(s string) (string, error) {
	// `or` is legal bare in a binding but not everywhere, so it is quoted.
	if s != "" && matchIdent([]byte(s)) == len(s) && !keywords[s] && s != "or" {
		return s, nil
	}
	return String(s)
}

// AttrPath is the names joined by dots, each quoted where it must be. It fails
// without names and on NUL bytes.
func AttrPath(names []string) (string, error) {
	if len(names) == 0 {
		return "", errors.New("quote attribute path: it has no names")
	}
	parts := make([]string, len(names))
	for i, name := range names {
		part, err := AttrName(name)
		if err != nil {
			return "", err
		}
		parts[i] = part
	}
	return strings.Join(parts, "."), nil
}

// Path checks that s is one path literal without interpolation that Nix reads
// as such, and returns it. Path literals have no escapes, so a name outside of
// letters, digits and ._-+ cannot be written as one.
func Path(s string) (string, error) {
	tokens := Lex([]byte(s))
	if len(tokens) != 1 || tokens[0].Kind != TokPath || strings.HasSuffix(s, "/") {
		return "", fmt.Errorf("quote path: %q is not a path literal; use letters, digits and ._-+ with a slash, as in ./name.nix", s)
	}
	return s, nil
}

// Comment is s as one # comment. Line ends, control characters and the
// characters that change the direction of text become blanks, so that nothing
// of s can be read as code, by Nix or by a person.
func Comment(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Bidi_Control, r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
	return strings.TrimRight("# "+strings.Join(strings.Fields(s), " "), " ")
}

// Int is the expression for n; negative ones are in parentheses, so that they
// are one element or argument wherever they are put.
func Int(n int64) string {
	switch {
	case n == math.MinInt64:
		// Its absolute value is no Nix integer.
		return fmt.Sprintf("(%d - 1)", n+1)
	case n < 0:
		return fmt.Sprintf("(%d)", n)
	}
	return strconv.FormatInt(n, 10)
}

// Bool is true or false.
func Bool(b bool) string { return strconv.FormatBool(b) }

// List is a list of expressions on one line, each put in parentheses where it
// must be. It fails with an *Error if an element is not an expression.
func List(elements []string) (string, error) {
	var b strings.Builder
	b.WriteString("[")
	for _, element := range elements {
		f, err := Parse([]byte(element))
		if err != nil {
			return "", fmt.Errorf("quote list element %q: %w", element, err)
		}
		if last := f.Tokens[len(f.Tokens)-1]; last.Kind == TokLineComment {
			return "", fmt.Errorf("quote list element %q: it ends in a comment, which would swallow the rest", element)
		}
		if !isSimple(f.Root) {
			element = "(" + element + ")"
		}
		b.WriteString(" " + element)
	}
	b.WriteString(" ]")
	return b.String(), nil
}

func isSimple(n *Node) bool {
	switch n.Kind {
	case Ident, Literal, PathLit, StringLit, IndentedLit, ListLit, AttrSet, Paren, Select:
		return true
	}
	return false
}
