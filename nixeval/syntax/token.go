// Package syntax reads and writes Nix source text: a lossless lexer, a tree
// with byte offsets, the few questions that are asked of other people's files
// (imports, formals, where an attribute is bound), and the quoting of values.
//
// It never evaluates. Whatever an evaluation can answer is asked of Nix; this
// package is for what only the text knows: where to put one more line.
package syntax

// TokenKind says what a token is.
type TokenKind uint8

// The kinds of token. Strings and interpolated paths are several tokens, so
// that the code inside ${...} is made of ordinary tokens.
const (
	TokInvalid       TokenKind = iota // bytes that no rule of Nix accepts
	TokSpace                          // blanks, tabs and line ends
	TokLineComment                    // # to the end of the line, which is not included
	TokBlockComment                   // /* ... */
	TokIdent                          // identifiers; `or` is one too
	TokKeyword                        // if then else assert with let in rec inherit
	TokInt                            // 12
	TokFloat                          // 1.5e3
	TokPath                           // ./a, ../a, /a, ~/a, a/b; each literal part of an interpolated path
	TokSearchPath                     // <nixpkgs/lib>
	TokURI                            // https://example.org, unquoted
	TokStringOpen                     // "
	TokStringText                     // what is between, escapes as written
	TokStringClose                    // "
	TokIndentedOpen                   // '' and the rest of its line if that is blank
	TokIndentedText                   // what is between, escapes as written
	TokIndentedClose                  // ''
	TokInterpOpen                     // ${
	TokInterpClose                    // the } that ends an interpolation
	TokOpen                           // ( [ {
	TokClose                          // ) ] }
	TokOperator                       // everything else that has a meaning, also . ; : , = @ ? ...
)

// Token is a run of bytes of one kind; End is exclusive.
type Token struct {
	Kind TokenKind
	Range
}

// Range is a half-open range of byte offsets into the source.
type Range struct{ Start, End int }

// Len is the number of bytes in the range.
func (r Range) Len() int { return r.End - r.Start }

// Contains reports whether o lies within r.
func (r Range) Contains(o Range) bool { return r.Start <= o.Start && o.End <= r.End }

// Text is the source text of the range.
func (r Range) Text(src []byte) string { return string(src[r.Start:r.End]) }

// trivia reports whether the parser skips the token.
func (t Token) trivia() bool {
	return t.Kind == TokSpace || t.Kind == TokLineComment || t.Kind == TokBlockComment
}

// keywords are the words that cannot be identifiers. `or` is not among them:
// it is legal as an attribute name, and only means something after a selection.
var keywords = map[string]bool{
	"if": true, "then": true, "else": true, "assert": true, "with": true,
	"let": true, "in": true, "rec": true, "inherit": true,
}
