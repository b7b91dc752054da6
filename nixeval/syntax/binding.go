package syntax

// bracketed reads ( ), [ ], { }, rec { } and the ancient let { }.
func (p *parser) bracketed(n *Node) *Node {
	switch {
	case p.accept("("):
		n.Kind = Paren
		n.Body = p.expr()
		p.expect(")")
	case p.accept("["):
		n.Kind = ListLit
		for !p.is(0, "]") {
			n.Items = append(n.Items, p.selection())
		}
		p.expect("]")
	case p.is(0, "{"), p.is(0, "rec"), p.is(0, "let"):
		n.Kind = AttrSet
		if !p.is(0, "{") {
			p.take()
		}
		n.open = p.expect("{").Start
		n.Bindings = p.bindings("}")
		p.expect("}")
	default:
		p.fail("unexpected %s", p.describe())
	}
	return p.close(n)
}

// bindings reads up to the word that ends them, which is left.
func (p *parser) bindings(end string) []*Binding {
	var all []*Binding
	for !p.is(0, end) {
		b := &Binding{Range: Range{Start: p.start()}}
		if p.accept("inherit") {
			p.inherited(b)
		} else {
			b.Attrs = p.attrPath()
			p.expect("=")
			b.Value = p.expr()
		}
		p.expect(";")
		b.End = p.end()
		all = append(all, b)
	}
	return all
}

func (p *parser) inherited(b *Binding) {
	b.Inherit = true
	if p.accept("(") {
		b.From = p.expr()
		p.expect(")")
	}
	for !p.done() && !p.is(0, ";") {
		b.Attrs = append(b.Attrs, p.attr())
	}
}

func (p *parser) attrPath() []Attr {
	attrs := []Attr{p.attr()}
	for p.accept(".") {
		attrs = append(attrs, p.attr())
	}
	return attrs
}

// attr reads one component of an attribute path.
func (p *parser) attr() Attr {
	a := Attr{Range: Range{Start: p.start()}}
	switch p.kind(0) {
	case TokIdent:
		a.Name = p.word()
	case TokInterpOpen:
		a.Dynamic = true
		a.Items = []*Node{p.interpolation()}
	case TokStringOpen:
		n := p.simple()
		a.Items, a.Dynamic = n.Items, len(n.Items) > 0
		if !a.Dynamic {
			a.Name = unescape(n.Inner().Text(p.src))
		}
	default:
		p.fail("expected an attribute name, found %s", p.describe())
	}
	a.End = p.end()
	return a
}

// startsLambda looks ahead: `{ a,` is a pattern and `{ a =` is a set.
func (p *parser) startsLambda() bool {
	if p.kind(0) == TokIdent {
		return p.is(1, ":") || p.is(1, "@")
	}
	if !p.is(0, "{") || p.kind(0) != TokOpen {
		return false
	}
	switch {
	case p.is(1, "..."):
		return true
	case p.is(1, "}"):
		return p.is(2, ":") || p.is(2, "@")
	case p.kind(1) == TokIdent:
		return p.is(2, ",") || p.is(2, "?") || p.is(2, "}") && (p.is(3, ":") || p.is(3, "@"))
	}
	return false
}

func (p *parser) lambda() *Node {
	n := p.open(Lambda)
	if p.kind(0) == TokIdent {
		n.Text = p.word()
		if p.accept("@") {
			n.Params = p.params()
		}
	} else {
		n.Params = p.params()
		if p.accept("@") {
			if p.kind(0) != TokIdent {
				p.fail("expected a name, found %s", p.describe())
			}
			n.Text = p.word()
		}
	}
	if n.Params != nil {
		n.Params.As = n.Text
	}
	p.expect(":")
	n.Body = p.expr()
	return p.close(n)
}

func (p *parser) params() *Params {
	params := &Params{Range: Range{Start: p.start()}}
	p.expect("{")
	for !p.is(0, "}") {
		if p.accept("...") {
			params.Ellipsis = true
			break
		}
		if p.kind(0) != TokIdent {
			p.fail("expected a name, found %s", p.describe())
		}
		params.Names = append(params.Names, p.word())
		if p.accept("?") {
			params.Defaults = append(params.Defaults, p.expr())
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	params.End = p.end()
	return params
}
