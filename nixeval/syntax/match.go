package syntax

// The matchers return how many bytes at the start of s their rule takes, 0 for none.

// class is a set of bytes. A table is quicker than asking a function for each.
type class [256]bool

func classOf(is func(byte) bool) *class {
	var c class
	for b := range c {
		c[b] = is(byte(b))
	}
	return &c
}

var (
	spaces      = classOf(isSpace)
	blanks      = classOf(func(c byte) bool { return c == ' ' })
	lineChars   = classOf(func(c byte) bool { return c != '\n' && c != '\r' })
	digits      = classOf(isDigit)
	identChars  = classOf(isIdentChar)
	pathChars   = classOf(isPathChar)
	pathRest    = classOf(func(c byte) bool { return isPathChar(c) || c == '/' })
	schemeChars = classOf(isSchemeChar)
	uriChars    = classOf(isURIChar)
)

func run(s []byte, in *class) int {
	for n, c := range s {
		if !in[c] {
			return n
		}
	}
	return len(s)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isIdentStart(c byte) bool { return isAlpha(c) || c == '_' }
func isIdentChar(c byte) bool {
	return isIdentStart(c) || isDigit(c) || c == '\'' || c == '-'
}

func isPathChar(c byte) bool {
	return isAlpha(c) || isDigit(c) || c == '.' || c == '_' || c == '-' || c == '+'
}

func matchIdent(s []byte) int {
	if len(s) == 0 || !isIdentStart(s[0]) {
		return 0
	}
	return run(s, identChars)
}

// matchFloat knows that 1. and .5 are numbers and 0. and 01.5 are not.
func matchFloat(s []byte) int {
	whole := run(s, digits)
	if whole == len(s) || s[whole] != '.' {
		return 0
	}
	fraction := run(s[whole+1:], digits)
	switch {
	case whole > 0 && s[0] != '0':
	case whole == 0 || whole == 1 && s[0] == '0':
		if fraction == 0 {
			return 0
		}
	default:
		return 0
	}
	n := whole + 1 + fraction
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		exp := n + 1
		if exp < len(s) && (s[exp] == '+' || s[exp] == '-') {
			exp++
		}
		if length := run(s[exp:], digits); length > 0 {
			n = exp + length
		}
	}
	return n
}

// pathHead is what may stand before the first slash: ~ alone, or any part of a path.
func pathHead(s []byte) int {
	if len(s) > 0 && s[0] == '~' {
		return 1
	}
	return run(s, pathChars)
}

// matchPath takes a/b, ./a, /a and ~/a, with one slash at the end at most.
func matchPath(s []byte) int {
	n := pathHead(s)
	segments := 0
	for n < len(s) && s[n] == '/' {
		length := run(s[n+1:], pathChars)
		if length == 0 {
			break
		}
		n += 1 + length
		segments++
	}
	if segments == 0 {
		return 0
	}
	if n < len(s) && s[n] == '/' {
		n++
	}
	return n
}

// matchPathStart takes the beginning of a path whose first part is an interpolation.
func matchPathStart(s []byte) int {
	n := pathHead(s)
	if hasAt(s, n, "/${") {
		return n + 1
	}
	return 0
}

func matchSearchPath(s []byte) int {
	if len(s) == 0 || s[0] != '<' {
		return 0
	}
	n := 1
	for {
		length := run(s[n:], pathChars)
		if length == 0 {
			return 0
		}
		n += length
		if n < len(s) && s[n] == '>' {
			return n + 1
		}
		if n == len(s) || s[n] != '/' {
			return 0
		}
		n++
	}
}

func matchURI(s []byte) int {
	if len(s) == 0 || !isAlpha(s[0]) {
		return 0
	}
	n := run(s, schemeChars)
	if n == len(s) || s[n] != ':' {
		return 0
	}
	length := run(s[n+1:], uriChars)
	if length == 0 {
		return 0
	}
	return n + 1 + length
}

func isSchemeChar(c byte) bool {
	return isAlpha(c) || isDigit(c) || c == '+' || c == '-' || c == '.'
}

func isURIChar(c byte) bool {
	if isAlpha(c) || isDigit(c) {
		return true
	}
	switch c {
	case '%', '/', '?', ':', '@', '&', '=', '+', '$', ',', '-', '_', '.', '!', '~', '*', '\'':
		return true
	}
	return false
}

// matchOperator tries the long ones first.
func matchOperator(s []byte) int {
	if hasAt(s, 0, "...") {
		return len("...")
	}
	if len(s) > 1 {
		switch string(s[:2]) {
		case "==", "!=", "<=", ">=", "&&", "||", "->", "//", "++", "|>", "<|":
			return 2
		}
	}
	if len(s) > 0 {
		switch s[0] {
		case '.', ';', ':', ',', '=', '@', '?', '<', '>', '+', '-', '*', '/', '!':
			return 1
		}
	}
	return 0
}
