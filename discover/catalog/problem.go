package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Problem is one thing that is wrong with a file of a catalog.
type Problem struct {
	File string `json:"file"`
	// Line is the line of the field, from 1; 0 if it is not there.
	Line int `json:"line,omitempty"`
	// Field is its path, such as auth.oidc.source; empty for the file itself.
	Field string `json:"field,omitempty"`
	What  string `json:"what"`
}

// String is the problem as compilers write theirs.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	s += ": "
	if p.Field != "" {
		s += p.Field + ": "
	}
	return s + p.What
}

// Error is what is wrong with files of a catalog, by file and line. It has at
// least one problem, and nothing in it can upset a terminal.
type Error struct{ Problems []Problem }

// maxShown is how many problems an error's text has.
const maxShown = 5

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("read catalog: ")
	for i, p := range e.Problems {
		if i == maxShown {
			fmt.Fprintf(&b, "; and %d more (scaffold catalog --check)", len(e.Problems)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// asError makes an error of problems, nil if there are none.
func asError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Field, b.Field))
	})
	for i := range problems {
		problems[i].File, problems[i].Field, problems[i].What = oneLine(problems[i].File), oneLine(problems[i].Field), oneLine(problems[i].What)
	}
	return &Error{problems}
}

// syntaxError is what the reader of YAML says, without the text around it.
func syntaxError(file string, err error) error {
	p := Problem{File: file, What: yaml.FormatError(err, false, false)}
	if at, rest, ok := strings.Cut(p.What, "] "); ok {
		if _, scan := fmt.Sscanf(at, "[%d:", &p.Line); scan == nil {
			p.What = rest
		}
	}
	return asError([]Problem{p})
}

// maxWhat is the length in bytes of the longest text of a problem.
const maxWhat = 300

// oneLine is a text that may be shown: what would do something to the text
// around it is left out.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if misleading(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
	for len(s) > maxWhat {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// misleading tells whether a character does something to the text around it
// instead of being seen.
func misleading(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
