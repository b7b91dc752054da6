package syntax

// inString lexes one token inside "...".
func (l *lexer) inString() {
	switch {
	case l.has(`"`):
		l.emit(TokStringClose, 1)
		l.pop()
	case l.has("${"):
		l.emit(TokInterpOpen, 2)
		l.push(modeInterp)
	default:
		l.emit(TokStringText, stringText(l.src[l.pos:]))
	}
}

// Bytes that mean nothing but themselves in a string, whatever follows.
var (
	stringPlain   = classOf(func(c byte) bool { return c != '"' && c != '$' && c != '\\' })
	indentedPlain = classOf(func(c byte) bool { return c != '\'' && c != '$' })
)

// stringText is the length of the text before the next ${ or closing quote.
// A dollar takes the character after it along, which is why "$${a}" is text.
func stringText(s []byte) int {
	n := 0
	for n < len(s) {
		n += run(s[n:], stringPlain)
		switch {
		case n == len(s):
		case s[n] == '"' || hasAt(s, n, "${"):
			return n
		case s[n] == '\\':
			n += 2
		case hasAt(s, n, `$"`):
			return n + 1
		case hasAt(s, n, `$\`):
			n += 3
		case s[n] == '$':
			n += 2
		default:
			n++
		}
	}
	return min(n, len(s))
}

// indentedOpen is the length of the two quotes with the blanks and line end that follow it,
// which are no part of the string's value.
func indentedOpen(s []byte) int {
	length := run(s[2:], blanks)
	if hasAt(s, 2+length, "\n") {
		return 2 + length + 1
	}
	return 2
}

// inIndented lexes one token inside an indented string.
func (l *lexer) inIndented() {
	rest := l.src[l.pos:]
	switch n := indentedText(rest); {
	case n > 0:
		l.emit(TokIndentedText, n)
	case l.has("${"):
		l.emit(TokInterpOpen, 2)
		l.push(modeInterp)
	default:
		l.emit(TokIndentedClose, 2)
		l.pop()
	}
}

// indentedText is the length of the text before the next ${ or closing quotes.
// Two quotes before a quote, a dollar or a backslash are an escape, not an end.
func indentedText(s []byte) int {
	n := 0
	for n < len(s) {
		n += run(s[n:], indentedPlain)
		switch {
		case n == len(s):
		case hasAt(s, n, "''$") || hasAt(s, n, "'''"):
			n += 3
		case hasAt(s, n, `''\`):
			n += 4
		case hasAt(s, n, "''") || hasAt(s, n, "${"):
			return n
		case hasAt(s, n, "$'"):
			n++
		case s[n] == '$':
			n += 2
		default:
			n++
		}
	}
	return min(n, len(s))
}
