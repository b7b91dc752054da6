package syntax

import (
	"bytes"
	"fmt"
	"sort"
)

// NodeKind says what an expression is.
type NodeKind uint8

// The kinds of expression.
const (
	Ident       NodeKind = iota // an identifier; Text is it
	Literal                     // a number, a search path or a URI
	PathLit                     // ./a; Items are the interpolated expressions
	StringLit                   // "..."; Items are the interpolated expressions
	IndentedLit                 // ''...''; likewise
	ListLit                     // [ ... ]; Items are the elements
	AttrSet                     // { ... } or rec { ... }; Bindings
	Paren                       // ( Body )
	Select                      // Items[0].Attrs, and `or` Items[1] if there are two
	Apply                       // Items[0] applied to the others
	Unary                       // Text is the operator, Items[0] the operand
	Binary                      // Text is the operator, Items the two operands
	HasAttr                     // Items[0] ? Attrs
	If                          // Items: condition, then, else
	With                        // Items[0] is the scope
	Assert                      // Items[0] is the condition
	Let                         // Bindings, Body
	Lambda                      // Text is the name of the argument or of @, Params the pattern
)

// Node is an expression. Its Range goes from its first to its last byte,
// without the white space around it.
type Node struct {
	Kind NodeKind
	Range
	Text     string
	Items    []*Node
	Attrs    []Attr
	Bindings []*Binding
	Params   *Params
	Body     *Node
	open     int // offset of the { of an attribute set: `rec` and comments may precede it
}

// Attr is one component of an attribute path.
type Attr struct {
	Range
	Name    string  // the name, unquoted; "" when Dynamic
	Dynamic bool    // holds an interpolation, so the text cannot tell the name
	Items   []*Node // the interpolated expressions
}

// Binding is `a.b = value;` or `inherit (from) a b;`, the semicolon included.
type Binding struct {
	Range
	Attrs   []Attr // the path, or the inherited names
	Value   *Node  // nil for inherit
	Inherit bool
	From    *Node // the (from) of an inherit, nil without
}

// Params is the set pattern of a function: { a, b ? x, ... }@args.
type Params struct {
	Range             // the braces and all between them
	Names    []string // in the order of the source
	Ellipsis bool     // ends in ...
	As       string   // the name given with @, before or after
	Defaults []*Node  // the expressions after ?
}

// File is one parsed source.
type File struct {
	Src    []byte
	Tokens []Token
	Root   *Node
}

// Error is a syntax error. Offset is in bytes from 0, Line and Column count from 1.
type Error struct {
	Offset, Line, Column int
	Message              string
}

func (e *Error) Error() string {
	return fmt.Sprintf("parse nix: %s at line %d, column %d", e.Message, e.Line, e.Column)
}

// Line is the line, from 1, that the offset is on.
func (f *File) Line(offset int) int { return Line(f.Src, offset) }

// Line is the line of src, from 1, that the offset is on.
func Line(src []byte, offset int) int {
	return 1 + bytes.Count(src[:offset], []byte("\n"))
}

// TokenAt is the index of the token that begins at or after the offset.
func (f *File) TokenAt(offset int) int {
	return sort.Search(len(f.Tokens), func(i int) bool { return f.Tokens[i].Start >= offset })
}

// TrailingComment is the comment that follows the offset on the same line with
// nothing but blanks between, and whether there is one.
func (f *File) TrailingComment(offset int) (Token, bool) {
	i := f.TokenAt(offset)
	if i < len(f.Tokens) && f.Tokens[i].Kind == TokSpace {
		if bytes.ContainsAny(f.Src[f.Tokens[i].Start:f.Tokens[i].End], "\r\n") {
			return Token{}, false
		}
		i++
	}
	if i < len(f.Tokens) {
		switch t := f.Tokens[i]; {
		case t.Kind == TokLineComment:
			return t, true
		case t.Kind == TokBlockComment && bytes.IndexByte(f.Src[t.Start:t.End], '\n') < 0:
			return t, true
		}
	}
	return Token{}, false
}

// Walk calls visit for n and everything below it, parents first; where visit
// returns false what is below is left out.
func (n *Node) Walk(visit func(*Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	walkAll(n.Items, visit)
	walkAttrs(n.Attrs, visit)
	if n.Params != nil {
		walkAll(n.Params.Defaults, visit)
	}
	for _, b := range n.Bindings {
		walkAttrs(b.Attrs, visit)
		b.From.Walk(visit)
		b.Value.Walk(visit)
	}
	n.Body.Walk(visit)
}

func walkAttrs(attrs []Attr, visit func(*Node) bool) {
	for _, a := range attrs {
		walkAll(a.Items, visit)
	}
}

func walkAll(nodes []*Node, visit func(*Node) bool) {
	for _, n := range nodes {
		n.Walk(visit)
	}
}

// Inner is what is between the brackets or quotes of a list, set or string;
// the whole range of anything else.
func (n *Node) Inner() Range {
	switch n.Kind {
	case ListLit, StringLit, Paren:
		return Range{n.Start + 1, n.End - 1}
	case IndentedLit:
		return Range{n.Start + 2, n.End - 2}
	case AttrSet:
		return Range{n.open + 1, n.End - 1}
	}
	return n.Range
}
