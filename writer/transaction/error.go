package transaction

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Kind says what stands in the way.
type Kind int

// The kinds of Error.
const (
	IO      Kind = iota // a file system or git refused: full, read-only, no permission
	Stale               // a file is not what it was when the change was planned
	Exists              // a new file is there already
	Unsafe              // a path leaves the repository or goes through what is not a plain folder
	Locked              // another run, or git, is at work
	Edited              // undoing would lose what was edited since
	Nothing             // there is nothing to undo
	Invalid             // the changes make no sense together
	Broken              // rolling back failed too; the next run tries again
)

// Error is what the functions of this package return.
type Error struct {
	Kind   Kind
	Op     string   // what was tried
	Detail string   // why it failed
	Paths  []string // the files concerned, relative to the root
	Hint   string   // what to do next; may be empty
	PID    int      // Locked: the process that has the lock, 0 if not known

	err error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + ": " + e.Detail)
	if len(e.Paths) > 0 {
		b.WriteString(": " + strings.Join(e.Paths, ", "))
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap gives the cause, where there is one.
func (e *Error) Unwrap() error { return e.err }

// ioError wraps the error of a file operation; what is already an *Error stays.
func (s *state) ioError(name string, err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	e = &Error{Kind: IO, Op: s.op, Detail: err.Error(), err: err}
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		e.Detail = p.Op + ": " + p.Err.Error()
	case errors.As(err, &l):
		e.Detail = l.Op + ": " + l.Err.Error()
	}
	if name != "" {
		e.Paths = []string{name}
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Hint = "free some space and run again"
	case errors.Is(err, syscall.EROFS):
		e.Hint = "the file system is mounted read-only"
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "make it writable for the user who runs this"
	}
	return e
}
