package edit

import (
	"errors"
	"fmt"
)

// ErrPresent is the kind of every *PresentError.
var ErrPresent = errors.New("already present")

// PresentError says that what was to be added is there.
type PresentError struct {
	What string // such as: import ./services/sonarr.nix
	Line int    // where it is, from 1
}

func (e *PresentError) Error() string {
	return fmt.Sprintf("insert %s: it is already present at line %d", e.What, e.Line)
}

// Is makes errors.Is(err, ErrPresent) true.
func (e *PresentError) Is(target error) bool { return target == ErrPresent }

// AmbiguousError says that no place for an insertion is clearly right.
type AmbiguousError struct {
	What    string // what was to be inserted, such as: import ./services/sonarr.nix
	Reason  string // why it was not
	Line    int    // the line, from 1, after which a person might put it; 0 if unknown
	Snippet string // the exact text to put in by hand
}

func (e *AmbiguousError) Error() string {
	where := "add it by hand"
	if e.Line > 0 {
		where += fmt.Sprintf(" after line %d", e.Line)
	}
	return fmt.Sprintf("insert %s: %s; %s:\n%s", e.What, e.Reason, where, e.Snippet)
}
