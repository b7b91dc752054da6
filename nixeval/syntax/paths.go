package syntax

// PathRef is one path literal in a source.
type PathRef struct {
	Range
	Text         string // as written
	Line         int    // from 1
	Interpolated bool   // holds ${...}, so the text is not the path
	Search       bool   // <nixpkgs/lib>
}

// Paths is all path literals of a source, in order. It looks at tokens only,
// so it works on files that do not parse.
func Paths(src []byte) []PathRef {
	tokens := Lex(src)
	var all []PathRef
	line, counted := 1, 0
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.Kind != TokPath && t.Kind != TokSearchPath {
			continue
		}
		line += Line(src[counted:t.Start], t.Start-counted) - 1
		counted = t.Start
		ref := PathRef{Range: t.Range, Line: line, Search: t.Kind == TokSearchPath}
		if t.Kind == TokPath {
			i = pathEnd(tokens, i)
			ref.End = tokens[i].End
			ref.Interpolated = tokens[i].Start != t.Start
		}
		ref.Text = ref.Range.Text(src)
		all = append(all, ref)
	}
	return all
}

// pathEnd is the index of the last token of the path literal that begins at i:
// its parts and interpolations touch each other.
func pathEnd(tokens []Token, i int) int {
	for i+1 < len(tokens) {
		switch tokens[i+1].Kind {
		case TokPath:
			i++
		case TokInterpOpen:
			i = interpEnd(tokens, i+1)
		default:
			return i
		}
	}
	return i
}

// interpEnd is the index of the } that ends the ${ at i.
func interpEnd(tokens []Token, i int) int {
	depth := 0
	for ; i < len(tokens); i++ {
		switch tokens[i].Kind {
		case TokInterpOpen:
			depth++
		case TokInterpClose:
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return len(tokens) - 1
}
