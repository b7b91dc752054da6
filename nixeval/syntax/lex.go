package syntax

import "bytes"

// mode is what the lexer is inside of.
type mode uint8

const (
	modeBrace    mode = iota // code up to a }
	modeInterp               // code up to the } of ${
	modeString               // "..."
	modeIndented             // ''...''
	modePath                 // a path that may go on after an interpolation
)

type lexer struct {
	src    []byte
	pos    int
	tokens []Token
	stack  []mode
	// No path and no URI begins before these offsets: whatever ruled one out
	// at the first byte of a run of their characters does at the others. It
	// keeps hostile input from taking quadratic time.
	noPath, noURI int
}

// Lex cuts src into tokens. Every byte is in exactly one token and the tokens
// are in order, so their texts joined are src again. It never fails: what Nix
// would not accept becomes TokInvalid. The rules are those of Nix's own lexer,
// longest match first.
func Lex(src []byte) []Token {
	l := &lexer{src: src, tokens: make([]Token, 0, len(src)/4+1)}
	for l.pos < len(src) {
		switch l.mode() {
		case modeString:
			l.inString()
		case modeIndented:
			l.inIndented()
		case modePath:
			l.inPath()
		default:
			l.inCode()
		}
	}
	return l.tokens
}

func (l *lexer) mode() mode {
	if len(l.stack) == 0 {
		return modeBrace
	}
	return l.stack[len(l.stack)-1]
}

func (l *lexer) push(m mode) { l.stack = append(l.stack, m) }

func (l *lexer) pop() {
	if len(l.stack) > 0 {
		l.stack = l.stack[:len(l.stack)-1]
	}
}

// emit makes the next n bytes one token.
func (l *lexer) emit(kind TokenKind, n int) {
	l.tokens = append(l.tokens, Token{kind, Range{l.pos, l.pos + n}})
	l.pos += n
}

func (l *lexer) has(s string) bool { return hasAt(l.src, l.pos, s) }

func hasAt(src []byte, pos int, s string) bool {
	return len(src)-pos >= len(s) && string(src[pos:pos+len(s)]) == s
}

// inCode lexes one token outside of strings.
func (l *lexer) inCode() {
	c := l.src[l.pos]
	switch {
	case isSpace(c):
		l.emit(TokSpace, run(l.src[l.pos:], spaces))
	case c == '#':
		// A carriage return ends the comment as a newline does.
		l.emit(TokLineComment, run(l.src[l.pos:], lineChars))
	case l.has("/*"):
		if end := bytes.Index(l.src[l.pos+2:], []byte("*/")); end >= 0 {
			l.emit(TokBlockComment, end+4)
		} else {
			l.emit(TokInvalid, len(l.src)-l.pos)
		}
	case c == '"':
		l.emit(TokStringOpen, 1)
		l.push(modeString)
	case l.has("''"):
		l.emit(TokIndentedOpen, indentedOpen(l.src[l.pos:]))
		l.push(modeIndented)
	case l.has("${"):
		l.emit(TokInterpOpen, 2)
		l.push(modeInterp)
	case c == '{':
		l.emit(TokOpen, 1)
		l.push(modeBrace)
	case c == '}':
		l.closeBrace()
	case c == '(' || c == '[':
		l.emit(TokOpen, 1)
	case c == ')' || c == ']':
		l.emit(TokClose, 1)
	default:
		l.word()
	}
}

// closeBrace ends whatever the innermost { or ${ began.
func (l *lexer) closeBrace() {
	kind := TokClose
	if len(l.stack) > 0 && l.mode() == modeInterp {
		kind = TokInterpClose
	}
	l.pop()
	l.emit(kind, 1)
}

// word lexes names, numbers, paths, URIs and operators: the longest wins, and
// of equally long ones the first.
func (l *lexer) word() {
	rest := l.src[l.pos:]
	kind, n := TokInvalid, 0
	try := func(k TokenKind, m int) {
		if m > n {
			kind, n = k, m
		}
	}
	try(TokIdent, matchIdent(rest))
	if keywords[string(rest[:n])] {
		kind = TokKeyword
	}
	try(TokInt, run(rest, digits))
	try(TokFloat, matchFloat(rest))
	try(TokPath, l.path(rest))
	try(TokSearchPath, matchSearchPath(rest))
	try(TokURI, l.uri(rest))
	try(TokOperator, matchOperator(rest))
	l.emit(kind, max(n, 1))
	if kind == TokPath {
		l.push(modePath)
	}
}

func (l *lexer) path(rest []byte) int {
	if l.pos < l.noPath {
		return 0
	}
	n := max(matchPath(rest), matchPathStart(rest))
	if n == 0 {
		l.noPath = l.pos + run(rest, pathChars)
	}
	return n
}

func (l *lexer) uri(rest []byte) int {
	if l.pos < l.noURI {
		return 0
	}
	n := matchURI(rest)
	if n == 0 && isAlpha(rest[0]) {
		l.noURI = l.pos + run(rest, schemeChars)
	}
	return n
}

// inPath lexes what follows a path without a gap: an interpolation or more of
// the path. Anything else ends it.
func (l *lexer) inPath() {
	if l.has("${") {
		l.emit(TokInterpOpen, 2)
		l.push(modeInterp)
		return
	}
	if n := run(l.src[l.pos:], pathRest); n > 0 {
		l.emit(TokPath, n)
		return
	}
	l.pop()
}
