package edit

import (
	"bytes"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// sequence is the members of a list or set, into which one more goes.
type sequence struct {
	file     *syntax.File
	node     *syntax.Node
	members  []syntax.Range
	attached bool // comment lines right above a member belong to it
}

// addition is the member to add.
type addition struct {
	text    string // its Nix text, further lines indented from 0
	comment string // a comment for its line, with its #; "" for none
	gap     string // the blanks before the comment
	blank   bool   // neighbours are separated by blank lines
}

// lines is the addition as lines of their own, the first without indentation.
func (a addition) lines(indent, nl string) string {
	text := reindent(a.text, indent, nl)
	if a.comment != "" {
		text += a.gap + a.comment
	}
	return text
}

// after inserts behind the i-th member: on the next line, or on the same line
// where that goes on.
func (s sequence) after(i int, a addition) (Insertion, bool) {
	src, member := s.file.Src, s.members[i]
	end, ok := lineTail(s.file, member.End)
	if !ok {
		return s.inline(member.End, " "+a.text, a)
	}
	indent, nl := s.indentOf(i), newlineAt(src, end)
	before := nl
	if a.blank {
		before += nl
	}
	return Insertion{end, before + indent + a.lines(indent, nl)}, true
}

// indentOf is the indentation of the i-th member, or of the next that begins a line.
func (s sequence) indentOf(i int) string {
	for j := range s.members {
		m := s.members[(i+j)%len(s.members)]
		if firstOnLine(s.file.Src, m.Start) {
			return indentOf(s.file.Src, m.Start)
		}
	}
	return deeper(indentOf(s.file.Src, s.node.Start))
}

// before inserts in front of the i-th member.
func (s sequence) before(i int, a addition) (Insertion, bool) {
	src, member := s.file.Src, s.members[i]
	if !firstOnLine(src, member.Start) {
		return s.inline(member.Start, a.text+" ", a)
	}
	at := lineStart(src, member.Start)
	for s.attached && at > s.node.Inner().Start {
		above := lineStart(src, at-1)
		if above <= s.node.Inner().Start || !bytes.HasPrefix(bytes.TrimLeft(src[above:at], " \t"), []byte("#")) {
			break
		}
		at = above
	}
	indent, nl := indentOf(src, member.Start), newlineAt(src, member.Start)
	after := nl
	if a.blank {
		after += nl
	}
	return Insertion{at, indent + a.lines(indent, nl) + after}, true
}

// inline is for members that share a line: one line only, and no comment,
// which would swallow what follows.
func (s sequence) inline(at int, text string, a addition) (Insertion, bool) {
	for _, t := range syntax.Lex([]byte(a.text)) {
		if t.Kind == syntax.TokLineComment {
			return Insertion{}, false
		}
	}
	return Insertion{at, text}, !strings.Contains(a.text, "\n")
}

// only inserts the first member.
func (s sequence) only(a addition) (Insertion, bool) {
	src, inner := s.file.Src, s.node.Inner()
	content := string(src[inner.Start:inner.End])
	indent, nl := indentOf(src, s.node.Start), newlineAt(src, s.node.Start)
	if strings.Contains(content, "\n") {
		if !firstOnLine(src, inner.End) {
			return Insertion{}, false
		}
		closing := indentOf(src, inner.End)
		inside := deeper(closing)
		return Insertion{lineStart(src, inner.End), inside + a.lines(inside, nl) + nl}, true
	}
	if strings.Trim(content, " ") != "" {
		return s.inline(inner.End, a.text+" ", a)
	}
	if missing := len(indent) - len(content); missing >= 0 && !strings.Contains(indent, "\t") {
		// The blanks that were between the brackets now indent the closing one.
		inside := deeper(indent)
		return Insertion{inner.Start, nl + inside + a.lines(inside, nl) + nl + indent[:missing]}, true
	}
	if content == "" {
		return s.inline(inner.Start, " "+a.text+" ", a)
	}
	return s.inline(inner.End, a.text+" ", a)
}

// blankBetween reports whether most neighbours have a blank line between them.
func (s sequence) blankBetween(members []int) bool {
	blank, pairs := 0, 0
	for i := 1; i < len(members); i++ {
		if members[i] != members[i-1]+1 {
			continue
		}
		gap := strings.ReplaceAll(string(s.file.Src[s.members[members[i-1]].End:s.members[members[i]].Start]), "\r", "")
		pairs++
		if strings.Contains(gap, "\n\n") {
			blank++
		}
	}
	return blank*2 > pairs
}
