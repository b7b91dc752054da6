package edit

import (
	"path"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// InsertImport adds a path literal to the imports list of a module, the way its
// neighbours are written: those of the same directory, on a line of its own, in
// order if they are in order, with the comment (plain text) only if most of
// them have one. Errors: *PresentError, *AmbiguousError, *syntax.Error for a
// file that does not parse, and one for a path that is no path literal.
func InsertImport(src []byte, literal, comment string) ([]byte, error) {
	if _, err := syntax.Path(literal); err != nil {
		return nil, err
	}
	f, err := syntax.Parse(src)
	if err != nil {
		return nil, err
	}
	lists, err := importLists(f, literal)
	if err != nil {
		return nil, err
	}
	list, line := chooseList(lists)
	if list == nil {
		reason := "the file has no imports list of its own"
		if len(lists) > 0 {
			reason = "several imports lists could take it"
		}
		return nil, &AmbiguousError{"import " + literal, reason, line, importSnippet(literal, len(lists) > 0)}
	}
	insertion, ok := list.place(literal, comment)
	if !ok {
		return nil, &AmbiguousError{"import " + literal, "the list is laid out in an unknown way", f.Line(list.node.Start), importSnippet(literal, true)}
	}
	return finish(f, list.node, insertion, 1)
}

func importSnippet(literal string, inList bool) string {
	if inList {
		return "    " + literal
	}
	return "  imports = [\n    " + literal + "\n  ];"
}

// importList is one list of imports, with the elements next to which a path belongs.
type importList struct {
	sequence
	imports map[int]syntax.Import // by the index of the element
	peers   []int                 // elements of the same directory
}

// importLists is the unconditional imports lists of a module. It fails if the
// path is in any list already, in a conditional one too.
func importLists(f *syntax.File, literal string) ([]*importList, error) {
	var all []*importList
	for _, match := range f.Find([]string{"imports"}) {
		for _, part := range f.Lists(match.Value) {
			list := &importList{sequence{file: f, node: part.Node}, map[int]syntax.Import{}, nil}
			for i, element := range part.Node.Items {
				list.members = append(list.members, element.Range)
				imported, ok := f.ImportOf(element)
				if !ok {
					continue
				}
				if normal(imported.Path) == normal(literal) {
					return nil, &PresentError{"import " + literal, imported.Line}
				}
				list.imports[i] = imported
				if !imported.Call && path.Dir(imported.Path) == path.Dir(literal) {
					list.peers = append(list.peers, i)
				}
			}
			// What a function makes of a list, or a condition, is not ours to extend.
			if len(match.Guards)+len(part.Guards)+len(part.Calls) == 0 {
				all = append(all, list)
			}
		}
	}
	return all, nil
}

// normal makes the spellings of one path equal.
func normal(literal string) string {
	return strings.TrimSuffix(path.Clean(literal), "/default.nix")
}

// claim is how strongly a list calls for the path: by its neighbours, and
// else by holding paths at all.
func (l *importList) claim() int {
	return 2*len(l.peers) + min(1, len(l.imports))
}

// chooseList is the list with the strongest claim, nil if two have the same;
// the line is that of the last candidate.
func chooseList(lists []*importList) (best *importList, line int) {
	tie := false
	for _, list := range lists {
		line = list.file.Line(list.node.Start)
		switch {
		case best == nil || list.claim() > best.claim():
			best, tie = list, false
		case list.claim() == best.claim():
			tie = true
		}
	}
	if tie {
		return nil, line
	}
	return best, line
}

// place finds where the path goes and how it is written there.
func (l *importList) place(literal, comment string) (Insertion, bool) {
	a := addition{text: literal}
	if comment != "" && l.commented() {
		a.comment = syntax.Comment(comment)
		a.gap = l.commentGap(len(literal))
	}
	switch {
	case len(l.members) == 0:
		return l.only(a)
	case len(l.peers) == 0:
		return l.after(len(l.members)-1, a)
	}
	keys := make([]string, len(l.peers))
	for i, peer := range l.peers {
		keys[i] = sortKey(l.imports[peer].Path)
	}
	if at := position(keys, sortKey(literal)); at > 0 {
		return l.after(l.peers[at-1], a)
	}
	return l.before(l.peers[0], a)
}

// sortKey makes ./attic.nix come before ./attic-push.nix, as a person sorts them.
func sortKey(literal string) string {
	return strings.ToLower(strings.TrimSuffix(literal, ".nix"))
}

// neighbours are the paths that set the style: of the same directory, else all.
func (l *importList) neighbours() []syntax.Import {
	var all []syntax.Import
	for _, peer := range l.peers {
		all = append(all, l.imports[peer])
	}
	if all == nil {
		for _, imported := range l.imports {
			all = append(all, imported)
		}
	}
	return all
}

// commented reports whether most neighbours have a comment on their line.
func (l *importList) commented() bool {
	all, with := l.neighbours(), 0
	for _, imported := range all {
		if strings.HasPrefix(imported.Comment, "#") {
			with++
		}
	}
	return with*2 > len(all)
}

// commentGap is the blanks before a comment behind a path of the given width:
// as many as line it up with the neighbours' comments if those are lined up,
// else one.
func (l *importList) commentGap(width int) string {
	columns, most, single, all := map[int]int{}, 0, 0, 0
	for _, imported := range l.neighbours() {
		if imported.Comment == "" || imported.Call {
			continue
		}
		end := imported.Offset + len(imported.Path)
		comment, _ := l.file.TrailingComment(end)
		all++
		if comment.Start == end+1 {
			single++
		}
		column := comment.Start - imported.Offset
		if columns[column]++; columns[column] > columns[most] {
			most = column
		}
	}
	if single*2 > all || columns[most]*2 <= all || most <= width {
		return " "
	}
	return strings.Repeat(" ", most-width)
}
