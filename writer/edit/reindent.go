package edit

import (
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// reindent puts indent before every line of Nix text but the first, leaves
// blank lines empty and gives the code the line ends nl. The value of no string
// changes: lines that begin inside "..." are left alone, and those of an
// indented string are moved only where Nix strips what all of them have in
// common.
func reindent(text, indent, nl string) string {
	src := []byte(text)
	var b strings.Builder
	var moves []bool // for the indented strings we are in, whether their lines may move
	pending := false // a line has begun that still lacks its indentation
	write := func(part, nl string, move bool) {
		for i := range len(part) {
			if part[i] == '\n' {
				b.WriteString(nl)
				pending = move
				continue
			}
			if pending {
				b.WriteString(indent)
				pending = false
			}
			b.WriteByte(part[i])
		}
	}
	for _, t := range syntax.Lex(src) {
		part := t.Text(src)
		switch t.Kind {
		case syntax.TokSpace, syntax.TokBlockComment:
			write(strings.ReplaceAll(part, "\r\n", "\n"), nl, true)
		case syntax.TokIndentedOpen:
			// Text on the opening line has no indentation, so nothing is stripped from the others.
			moves = append(moves, strings.HasSuffix(part, "\n"))
			write(part, "\n", moves[len(moves)-1])
		case syntax.TokIndentedText:
			write(part, "\n", len(moves) > 0 && moves[len(moves)-1])
		case syntax.TokIndentedClose:
			write(part, "\n", false)
			if len(moves) > 0 {
				moves = moves[:len(moves)-1]
			}
		default:
			write(part, "\n", false)
		}
	}
	return b.String()
}
