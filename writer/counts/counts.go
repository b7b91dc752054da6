// Package counts reads assertions that count what a flake has, such as
// `assert builtins.length timers == 12;` in a check. A service that adds to what
// is counted makes them fail, so what each of them would have to say is found out:
// the check is evaluated with the assertion made to tell its number. Nothing that
// was read so is written; the numbers are for a person to raise.
package counts

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"holthome.net/scaffold/nixeval/syntax"
)

// Assertion is `assert <left> == <right>;` where the right side is a number or a
// set of numbers.
type Assertion struct {
	Line int
	// All is from the keyword to the semicolon.
	All, Left, Right syntax.Range
	// members are the numbers of a set, by name.
	members map[string]syntax.Range
}

// Number is one that an assertion must have to hold.
type Number struct {
	File string `json:"file"`
	Line int    `json:"line"`
	What string `json:"what"` // what is counted, as it is written
	Was  int64  `json:"was"`
	Is   int64  `json:"is"`
}

// Find gives the counting assertions of a file, in order.
func Find(src []byte) []Assertion {
	var all []Assertion
	tokens := code(src)
	for i, t := range tokens {
		if t.Kind == syntax.TokKeyword && t.Text(src) == "assert" {
			if a, ok := read(src, tokens[i:]); ok {
				all = append(all, a)
			}
		}
	}
	return all
}

// code is the file's tokens without blanks and comments.
func code(src []byte) []syntax.Token {
	var tokens []syntax.Token
	for _, t := range syntax.Lex(src) {
		if t.Kind != syntax.TokSpace && t.Kind != syntax.TokLineComment && t.Kind != syntax.TokBlockComment {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// read takes an assertion apart: one comparison, and nothing that joins it to
// another.
func read(src []byte, tokens []syntax.Token) (Assertion, bool) {
	depth, equals := 0, 0
	for i, t := range tokens[1:] {
		i++
		switch t.Kind { //nolint:exhaustive // the others neither nest nor join
		case syntax.TokOpen, syntax.TokInterpOpen:
			depth++
		case syntax.TokClose, syntax.TokInterpClose:
			depth--
		case syntax.TokKeyword:
			if depth == 0 {
				return Assertion{}, false
			}
		case syntax.TokOperator:
			switch text := t.Text(src); {
			case depth > 0:
			case text == "==" && equals == 0:
				equals = i
			case text == "==" || text == "&&" || text == "||" || text == "->" || text == "!=" || text == "!":
				return Assertion{}, false
			case text == ";":
				if equals < 2 || i == equals+1 {
					return Assertion{}, false
				}
				a := Assertion{Line: lineOf(src, tokens[0].Start), All: span(tokens[0], t), Left: span(tokens[1], tokens[equals-1]), Right: span(tokens[equals+1], tokens[i-1])}
				a.members = numbers(src, tokens[equals+1:i])
				return a, a.members != nil
			}
		}
		if depth < 0 {
			return Assertion{}, false
		}
	}
	return Assertion{}, false
}

func span(from, to syntax.Token) syntax.Range { return syntax.Range{Start: from.Start, End: to.End} }

// numbers are those of the right side: one alone has no name. Nil if it holds
// anything else.
func numbers(src []byte, tokens []syntax.Token) map[string]syntax.Range {
	if len(tokens) == 1 && tokens[0].Kind == syntax.TokInt {
		return map[string]syntax.Range{"": tokens[0].Range}
	}
	if len(tokens) < 6 || tokens[0].Text(src) != "{" || len(tokens)%4 != 2 {
		return nil
	}
	members := map[string]syntax.Range{}
	for rest := tokens[1 : len(tokens)-1]; len(rest) > 0; rest = rest[4:] {
		if rest[0].Kind != syntax.TokIdent || rest[1].Text(src) != "=" || rest[2].Kind != syntax.TokInt || rest[3].Text(src) != ";" {
			return nil
		}
		members[rest[0].Text(src)] = rest[2].Range
	}
	return members
}

func lineOf(src []byte, offset int) int { return 1 + bytes.Count(src[:offset], []byte("\n")) }

const mark = "scaffold counts "

// Telling is the file with assertions that tell their numbers where they fail,
// less those on the lines in done, which hold. Lines stay where they are.
func Telling(src []byte, done map[int]bool) []byte {
	var b bytes.Buffer
	at := 0
	for _, a := range Find(src) {
		b.Write(src[at:a.All.Start])
		text := "assert true;"
		if !done[a.Line] {
			text = fmt.Sprintf(`assert (let scaffoldIs = (%s); scaffoldWas = (%s); in scaffoldIs == scaffoldWas || throw ("%s%d " + builtins.toJSON { is = scaffoldIs; was = scaffoldWas; }));`,
				a.Left.Text(src), a.Right.Text(src), mark, a.Line)
		}
		b.WriteString(text)
		b.WriteString(strings.Repeat("\n", max(0, strings.Count(a.All.Text(src), "\n")-strings.Count(text, "\n"))))
		at = a.All.End
	}
	b.Write(src[at:])
	return b.Bytes()
}

var told = regexp.MustCompile(mark + `([0-9]+) (\{.*\})`)

// Told reads what a telling assertion said: on which line it is, and which of its
// numbers are others now. It is not ok for a message of anything else.
func Told(file string, src []byte, message string) (line int, list []Number, ok bool) {
	m := told.FindStringSubmatch(message)
	if m == nil || !gjson.Valid(m[2]) {
		return 0, nil, false
	}
	line, _ = strconv.Atoi(m[1])
	said := gjson.Parse(m[2])
	for _, a := range Find(src) {
		if a.Line != line {
			continue
		}
		what := strings.Join(strings.Fields(a.Left.Text(src)), " ")
		if n := a.members[""]; n.Len() > 0 {
			list = append(list, Number{file, lineOf(src, n.Start), what, said.Get("was").Int(), said.Get("is").Int()})
			return line, list, said.Get("is").Type == gjson.Number
		}
		is := said.Get("is").Map()
		for name := range is {
			if _, known := a.members[name]; !known {
				return line, nil, false // not a number that could be raised
			}
		}
		said.Get("was").ForEach(func(name, was gjson.Result) bool {
			if now := is[name.String()]; now.Int() != was.Int() {
				list = append(list, Number{file, lineOf(src, a.members[name.String()].Start), what + "." + name.String(), was.Int(), now.Int()})
			}
			return true
		})
		return line, list, len(list) > 0
	}
	return line, nil, false
}
