package syntax

import "fmt"

// maxDepth bounds the nesting, so that hostile input cannot exhaust the stack.
const maxDepth = 2000

// Parse reads a source into a tree, or fails with an *Error. It accepts all
// that Nix accepts and a little more: it is made to find places in files that
// Nix has already evaluated, not to judge them.
func Parse(src []byte) (f *File, err error) {
	tokens := Lex(src)
	code := 0
	for _, t := range tokens {
		if !t.trivia() {
			code++
		}
	}
	p := &parser{src: src, code: string(src), tokens: make([]Token, 0, code)}
	for _, t := range tokens {
		if !t.trivia() {
			p.tokens = append(p.tokens, t)
		}
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			f, err = nil, e
		}
	}()
	root := p.expr()
	if !p.done() {
		p.fail("unexpected %s", p.describe())
	}
	return &File{Src: src, Tokens: tokens, Root: root}, nil
}

type parser struct {
	src    []byte
	code   string  // src, of which all names are parts
	tokens []Token // without white space and comments
	nodes  []Node  // room for more
	next   int
	depth  int
}

// fail stops the parse at the next token. The panic ends in Parse.
func (p *parser) fail(format string, args ...any) {
	offset := len(p.src)
	if !p.done() {
		offset = p.tokens[p.next].Start
	}
	column := 1
	for i := offset; i > 0 && p.src[i-1] != '\n'; i-- {
		column++
	}
	panic(&Error{offset, Line(p.src, offset), column, fmt.Sprintf(format, args...)})
}

// enter counts one level of nesting, until leave.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.fail("nested more than %d deep", maxDepth)
	}
}

func (p *parser) leave() { p.depth-- }

func (p *parser) done() bool { return p.next >= len(p.tokens) }

func (p *parser) describe() string {
	if p.done() {
		return "end of file"
	}
	return fmt.Sprintf("%q", p.text(0))
}

// text is the text of the i-th token from here, "" past the end.
func (p *parser) text(i int) string {
	if p.next+i >= len(p.tokens) {
		return ""
	}
	return p.part(p.tokens[p.next+i])
}

func (p *parser) kind(i int) TokenKind {
	if p.next+i >= len(p.tokens) {
		return TokInvalid
	}
	return p.tokens[p.next+i].Kind
}

// is reports whether the i-th token from here is code and reads s. Text inside
// strings never counts.
func (p *parser) is(i int, s string) bool {
	switch p.kind(i) {
	case TokStringText, TokIndentedText, TokInvalid:
		return false
	}
	return p.text(i) == s
}

func (p *parser) take() Token {
	if p.done() {
		p.fail("unexpected end of file")
	}
	p.next++
	return p.tokens[p.next-1]
}

func (p *parser) part(t Token) string { return p.code[t.Start:t.End] }

// word takes a token for its text.
func (p *parser) word() string { return p.part(p.take()) }

// node puts a node where it stays. They are made by the dozen: most files have
// thousands.
func (p *parser) node(n Node) *Node {
	if len(p.nodes) == cap(p.nodes) {
		p.nodes = make([]Node, 0, 64)
	}
	p.nodes = append(p.nodes, n)
	return &p.nodes[len(p.nodes)-1]
}

func (p *parser) accept(s string) bool {
	if p.is(0, s) {
		p.next++
		return true
	}
	return false
}

func (p *parser) expect(s string) Token {
	if !p.is(0, s) {
		p.fail("expected %q, found %s", s, p.describe())
	}
	return p.take()
}

// start is where the next token begins.
func (p *parser) start() int {
	if p.done() {
		return len(p.src)
	}
	return p.tokens[p.next].Start
}

// end is where the last token ended.
func (p *parser) end() int {
	if p.next == 0 {
		return 0
	}
	return p.tokens[p.next-1].End
}

// close sets the end of n to what has been read.
func (p *parser) close(n *Node) *Node {
	n.End = p.end()
	return n
}

func (p *parser) open(kind NodeKind) *Node {
	return p.node(Node{Kind: kind, Range: Range{Start: p.start()}})
}

// expr reads a whole expression.
func (p *parser) expr() *Node {
	p.enter()
	defer p.leave()
	switch {
	case p.startsLambda():
		return p.lambda()
	case p.is(0, "if"):
		n := p.open(If)
		for _, word := range []string{"if", "then", "else"} {
			p.expect(word)
			n.Items = append(n.Items, p.expr())
		}
		return p.close(n)
	case p.is(0, "with"), p.is(0, "assert"):
		n := p.open(With)
		if p.word() == "assert" {
			n.Kind = Assert
		}
		n.Items = []*Node{p.expr()}
		p.expect(";")
		n.Body = p.expr()
		return p.close(n)
	case p.is(0, "let") && !p.is(1, "{"):
		n := p.open(Let)
		p.take()
		n.Bindings = p.bindings("in")
		p.expect("in")
		n.Body = p.expr()
		return p.close(n)
	}
	return p.binary(0)
}
