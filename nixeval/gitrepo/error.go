package gitrepo

import (
	"errors"
	"io/fs"
	"strings"
)

// Kind says what kind of thing went wrong.
type Kind int

// The kinds of Error.
const (
	Failed         Kind = iota // git failed in a way not listed here
	NoGit                      // there is no git program
	NotARepository             // the folder is in no repository
	Bare                       // the repository has no work tree
	Ownership                  // git refuses the repository of another user
	NoFlake                    // the root has no flake.nix that git tracks
	Conflict                   // the index has unmerged files
	Sparse                     // tracked files are left out of the checkout
	Changed                    // a file changed while it was read
	Unsupported                // a repository that Nix or this package cannot read
)

// Error is what Open and the methods of Repo return.
type Error struct {
	Kind   Kind
	Op     string   // what was tried: "open repository of x"
	Detail string   // why it failed
	Hint   string   // what to do next; may be empty
	Paths  []string // the files concerned, relative to the root

	err error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + ": " + e.Detail)
	if len(e.Paths) > 0 {
		b.WriteString(": " + list(e.Paths))
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap gives the cause, where there is one.
func (e *Error) Unwrap() error { return e.err }

// list names at most five paths.
func list(paths []string) string {
	if len(paths) > 5 {
		return strings.Join(paths[:5], ", ") + ", ..."
	}
	return strings.Join(paths, ", ")
}

// reason is the cause of a file error without the path, which Op names.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
