package syntax

import (
	"errors"
	"strings"
)

// ErrNUL is why a text cannot be written as Nix: a Nix string ends at a NUL byte.
var ErrNUL = errors.New("quote text: it contains a NUL byte, which Nix strings cannot hold")

var stringEscapes = strings.NewReplacer(
	`\`, `\\`, `"`, `\"`, "${", `\${`, "\n", `\n`, "\t", `\t`,
	// A raw carriage return would be read as a line end.
	"\r", `\r`,
)

// String is the "..." literal that evaluates to s, byte for byte and on one
// line. The only error is ErrNUL.
func String(s string) (string, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return "", ErrNUL
	}
	return `"` + stringEscapes.Replace(s) + `"`, nil
}

// unescape is the value of the text between the quotes of "...", without
// interpolations.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			default:
				c = text[i]
			}
		case c == '\r':
			c = '\n'
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Indented is the indented literal, in two single quotes, that evaluates to s. The text begins where
// the literal is placed, on a line indented by indent spaces; the content is
// two deeper, and the closing quotes stand on a line of their own if s ends
// with a line end. The only error is ErrNUL.
func Indented(s string, indent int) (string, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return "", ErrNUL
	}
	if s == "" {
		return "''''", nil
	}
	margin := strings.Repeat(" ", indent+2)
	lines := strings.Split(s, "\n")
	last := len(lines) - 1
	guard := guardLines(lines)
	var b strings.Builder
	b.WriteString("''\n")
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line == "" {
			continue
		}
		b.WriteString(margin)
		if strings.HasPrefix(line, " ") && (guard || strings.Trim(line, " ") == "") {
			// An escaped blank counts as text: it keeps Nix from taking it for indentation.
			b.WriteString(`''\ `)
			line = line[1:]
			guard = false
		}
		b.WriteString(escapeIndented(line, i == last))
	}
	if lines[last] == "" {
		b.WriteString(margin[2:])
	}
	b.WriteString("''")
	return b.String(), nil
}

// guardLines reports whether every line with text begins with a blank: Nix
// would then strip more than our margin.
func guardLines(lines []string) bool {
	for _, line := range lines {
		if line != "" && !strings.HasPrefix(line, " ") {
			return false
		}
	}
	return true
}

// EscapeIndented escapes text for the inside of an indented literal, so that it
// stands for itself wherever in a line it is put. Line ends and indentation
// are left as they are. The only error is ErrNUL.
func EscapeIndented(s string) (string, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return "", ErrNUL
	}
	return escapeIndented(s, true), nil
}

// escapeIndented escapes; atEnd says that unknown code or the closing quotes follow.
func escapeIndented(s string, atEnd bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			b.WriteString("''${")
			i++
		case s[i] == '\r':
			b.WriteString(`''\r`)
		case strings.HasPrefix(s[i:], "''"):
			b.WriteString("'''")
			i++
		case s[i] == '\'':
			b.WriteString(loneQuote(s, i, atEnd))
		case s[i] == '$' && i+1 == len(s) && atEnd:
			b.WriteString("''$")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// loneQuote writes a single quote, as itself only where its neighbours cannot
// make an escape of it.
func loneQuote(s string, i int, atEnd bool) string {
	escape := `''\'`
	if i > 0 && s[i-1] == '\'' {
		return escape
	}
	if i+1 == len(s) {
		if atEnd {
			return escape
		}
		return "'"
	}
	if s[i+1] == '$' || s[i+1] == '\r' {
		return escape
	}
	return "'"
}
