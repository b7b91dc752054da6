// Package edit adds to Nix files that people wrote. Every edit is one
// insertion: the bytes before and after it stay as they are, and the result is
// parsed again before it is handed out. Where no place is clearly right, it
// says so and gives the text to put in by hand.
package edit

import (
	"bytes"
	"errors"
	"fmt"

	"holthome.net/scaffold/nixeval/syntax"
)

// Insertion is text put into a file at a byte offset.
type Insertion struct {
	Offset int
	Text   string
}

// Apply is src with the insertion made; src is left as it is.
func (i Insertion) Apply(src []byte) []byte {
	out := make([]byte, 0, len(src)+len(i.Text))
	out = append(out, src[:i.Offset]...)
	out = append(out, i.Text...)
	return append(out, src[i.Offset:]...)
}

// ErrNotInsertion is why Diff refuses: something was changed or removed.
var ErrNotInsertion = errors.New("compare files: more than one insertion happened")

// Diff is the one insertion that makes new of old: a common beginning, the
// inserted bytes, a common end. The error is ErrNotInsertion.
func Diff(old, new []byte) (Insertion, error) {
	at := 0
	for at < len(old) && at < len(new) && old[at] == new[at] {
		at++
	}
	if len(new) < len(old) || !bytes.HasSuffix(new, old[at:]) {
		return Insertion{}, ErrNotInsertion
	}
	return Insertion{at, string(new[at : at+len(new)-len(old)])}, nil
}

// finish applies the insertion and proves it: nothing else changed, the result
// parses, and the list, set or string that it went into has grown by just the
// inserted text and by the given number of members.
func finish(f *syntax.File, into *syntax.Node, i Insertion, members int) ([]byte, error) {
	out := i.Apply(f.Src)
	if _, err := Diff(f.Src, out); err != nil {
		return nil, err
	}
	after, err := syntax.Parse(out)
	if err != nil {
		return nil, fmt.Errorf("insert text: the result would be broken: %w", err)
	}
	grown := false
	after.Root.Walk(func(n *syntax.Node) bool {
		if n.Kind == into.Kind && n.Start == into.Start && n.End == into.End+len(i.Text) &&
			len(n.Items)+len(n.Bindings) == len(into.Items)+len(into.Bindings)+members {
			grown = true
		}
		return !grown
	})
	if !grown {
		return nil, fmt.Errorf("insert text: %q would change more than the place it is put in", i.Text)
	}
	return out, nil
}
