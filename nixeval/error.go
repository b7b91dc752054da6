package nixeval

import (
	"strconv"
	"strings"
)

// Kind is what sort of failure an Error is. The strings are stable.
type Kind string

// The kinds of failure.
const (
	NixMissing           Kind = "nix-missing"            // no nix to run
	NixTooOld            Kind = "nix-too-old"            // older than MinVersion
	FeatureDisabled      Kind = "feature-disabled"       // an experimental feature is off
	Usage                Kind = "usage"                  // the request or a setting is not valid
	FlakeMissing         Kind = "flake-missing"          // no flake, or one that cannot be fetched locally
	MissingAttribute     Kind = "missing-attribute"      // an attribute or option that does not exist
	Throw                Kind = "throw"                  // builtins.throw
	Assertion            Kind = "assertion"              // assert, or assertions of the module system
	Abort                Kind = "abort"                  // builtins.abort
	Type                 Kind = "type"                   // wrong type, or an argument out of range
	InfiniteRecursion    Kind = "infinite-recursion"     // a value that needs itself, or too deep a call
	Syntax               Kind = "syntax"                 // a file or the function does not parse
	MissingFile          Kind = "missing-file"           // a path that does not exist
	UntrackedFile        Kind = "untracked-file"         // a path that exists, and that git does not track
	UndefinedVariable    Kind = "undefined-variable"     // a name that is not in scope
	Build                Kind = "build"                  // a build during evaluation failed
	ImportFromDerivation Kind = "import-from-derivation" // a build during evaluation was denied
	LockNeedsUpdate      Kind = "lock-needs-update"      // flake.lock does not cover the inputs
	Network              Kind = "network"                // a download failed
	Store                Kind = "store"                  // the store or its daemon cannot be used
	Timeout              Kind = "timeout"                // longer than Nix.Timeout or the context's deadline
	Cancelled            Kind = "cancelled"              // the context was cancelled
	Killed               Kind = "killed"                 // ended by a signal that was not ours
	InvalidJSON          Kind = "invalid-json"           // nix succeeded and its output is not JSON
	OutputTooLarge       Kind = "output-too-large"       // more than Nix.StdoutLimit
	Unknown              Kind = "unknown"                // anything else; Message has what nix said
)

// Error is why nix gave no answer.
type Error struct {
	Kind Kind `json:"kind"`
	// What is the question: Request.What.
	What string `json:"what"`
	// OptionPath is the option that nix was evaluating, as it is written in
	// the message or the trace; empty if none.
	OptionPath string `json:"optionPath,omitempty"`
	// File is relative to the repository if it belongs to the flake's tree,
	// and otherwise as nix names it. Line and Column count from 1; 0 is unknown.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// InRepo says that File is relative to the repository.
	InRepo bool `json:"inRepo,omitempty"`
	// Message is nix's own, without trace and position.
	Message string `json:"message"`
	// Trace is all that nix wrote on stderr, without colours.
	Trace string `json:"-"`
	// ExitCode is that of nix; -1 if it has none.
	ExitCode int `json:"exitCode"`
	// Hint is what to do next.
	Hint string `json:"hint,omitempty"`

	cause error
	cell  string   // the innermost cell of the trace, if any
	seen  []string // cells announced and not known to be finished, outermost first
}

// messageLimit keeps one error readable on a terminal, in bytes.
const messageLimit = 600

// Error is one line: what failed, why, where, and what to do next.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("evaluate " + e.What + ": ")
	msg := strings.Join(strings.Fields(e.Message), " ")
	if len(msg) > messageLimit {
		msg = strings.ToValidUTF8(msg[:messageLimit], "") + "…"
	}
	if msg == "" {
		msg = string(e.Kind)
	}
	b.WriteString(msg)
	var where []string
	if e.OptionPath != "" {
		where = append(where, "option "+e.OptionPath)
	}
	if p := e.Position(); p != "" {
		where = append(where, p)
	}
	if len(where) > 0 {
		b.WriteString(" (" + strings.Join(where, ", ") + ")")
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Position is "file:line:column" as far as it is known.
func (e *Error) Position() string {
	s := e.File
	for _, n := range []int{e.Line, e.Column} {
		if s == "" || n == 0 {
			break
		}
		s += ":" + strconv.Itoa(n)
	}
	return s
}

// Unwrap is the error of the context or of the operating system, if that is
// why there is no answer.
func (e *Error) Unwrap() error { return e.cause }
