package syntax

// precedence of the binary operators, loosest first, as in Nix's grammar.
var precedence = map[string]int{
	"|>": 1, "<|": 1, "->": 2, "||": 3, "&&": 4, "==": 5, "!=": 5,
	"<": 6, ">": 6, "<=": 6, ">=": 6, "//": 7, "+": 9, "-": 9, "*": 10, "/": 10, "++": 11, "?": 12,
}

const (
	precedenceNot    = 8  // !a binds looser than +
	precedenceNegate = 13 // -a binds tighter than ?
)

var rightAssociative = map[string]bool{"<|": true, "->": true, "//": true, "++": true}

// binary reads operators that bind at least as tightly as least.
func (p *parser) binary(least int) *Node {
	p.enter()
	defer p.leave()
	left := p.unary()
	for {
		op := ""
		if p.kind(0) == TokOperator {
			op = p.text(0)
		}
		level := precedence[op]
		if level == 0 || level < least {
			return left
		}
		p.take()
		n := p.node(Node{Kind: Binary, Range: Range{Start: left.Start}, Text: op})
		switch {
		case op == "?":
			n.Kind, n.Items, n.Attrs = HasAttr, []*Node{left}, p.attrPath()
		case rightAssociative[op]:
			n.Items = []*Node{left, p.operand(level)}
		default:
			n.Items = []*Node{left, p.operand(level + 1)}
		}
		left = p.close(n)
	}
}

// operand reads the right side of an operator. Newer versions of Nix allow a
// function or let there, up to the end of the expression.
func (p *parser) operand(least int) *Node {
	if p.startsLambda() || p.is(0, "if") || p.is(0, "with") || p.is(0, "assert") || p.is(0, "let") {
		return p.expr()
	}
	return p.binary(least)
}

func (p *parser) unary() *Node {
	p.enter()
	defer p.leave()
	level := precedenceNegate
	if p.is(0, "!") {
		level = precedenceNot
	} else if !p.is(0, "-") {
		return p.apply()
	}
	n := p.open(Unary)
	n.Text = p.word()
	n.Items = []*Node{p.operand(level)}
	return p.close(n)
}

// apply reads a function and its arguments, or what is not applied to any.
func (p *parser) apply() *Node {
	first := p.selection()
	if !p.startsSimple() {
		return first
	}
	n := p.node(Node{Kind: Apply, Range: Range{Start: first.Start}, Items: []*Node{first}})
	for p.startsSimple() {
		n.Items = append(n.Items, p.selection())
	}
	return p.close(n)
}

// selection reads a simple expression with the attributes selected from it.
func (p *parser) selection() *Node {
	base := p.simple()
	for p.is(0, ".") {
		p.take()
		n := p.node(Node{Kind: Select, Range: Range{Start: base.Start}, Items: []*Node{base}, Attrs: p.attrPath()})
		if p.accept("or") {
			n.Items = append(n.Items, p.selection())
		}
		base = p.close(n)
	}
	return base
}

// startsSimple reports whether an argument may begin here.
func (p *parser) startsSimple() bool {
	switch p.kind(0) {
	case TokIdent, TokInt, TokFloat, TokPath, TokSearchPath, TokURI, TokStringOpen, TokIndentedOpen, TokOpen:
		return true
	}
	return p.is(0, "rec") || p.is(0, "let") && p.is(1, "{")
}

// simple reads an expression that needs no parentheses to be an argument.
func (p *parser) simple() *Node {
	p.enter()
	defer p.leave()
	n := p.open(Literal)
	switch p.kind(0) {
	case TokIdent:
		n.Kind, n.Text = Ident, p.word()
	case TokInt, TokFloat, TokSearchPath, TokURI:
		p.take()
	case TokPath:
		n.Kind = PathLit
		n.Items = p.parts(TokPath)
	case TokStringOpen:
		n.Kind = StringLit
		p.take()
		n.Items = p.parts(TokStringText)
		p.closeString(TokStringClose)
	case TokIndentedOpen:
		n.Kind = IndentedLit
		p.take()
		n.Items = p.parts(TokIndentedText)
		p.closeString(TokIndentedClose)
	default:
		return p.bracketed(n)
	}
	return p.close(n)
}

func (p *parser) closeString(kind TokenKind) {
	if p.done() || p.kind(0) != kind {
		p.fail("string is not closed")
	}
	p.take()
}

// parts reads the literal parts of the kind and the interpolations between
// them, and returns the interpolated expressions. White space was skipped, so
// a part belongs to the path before it only if they touch.
func (p *parser) parts(kind TokenKind) []*Node {
	var items []*Node
	for first := true; ; first = false {
		touches := first || kind != TokPath || p.start() == p.end()
		switch {
		case p.kind(0) == kind && touches:
			p.take()
		case p.kind(0) == TokInterpOpen && touches:
			items = append(items, p.interpolation())
		default:
			return items
		}
	}
}

func (p *parser) interpolation() *Node {
	p.expect("${")
	n := p.expr()
	p.expect("}")
	return n
}
