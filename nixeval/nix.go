// Package nixeval runs one nix executable: an attribute path and a function
// go in, JSON comes out. It knows nothing of what the JSON means.
//
// Evaluation never changes the flake: its lock file is neither written nor
// replaced by a guess, its nixConfig is not accepted on its behalf, and it is
// always pure. What fails is returned as *Error: a kind, the option and the
// position in the repository where Nix tells them, and what to do next.
package nixeval

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// The limits that apply where a Nix leaves its own at zero.
const (
	// DefaultGrace is how long nix may take to end after SIGTERM.
	// Nix before 2.20 ignores the signal, so this is time lost.
	DefaultGrace = 2 * time.Second
	// DefaultStdoutLimit is the most JSON that is accepted, in bytes.
	DefaultStdoutLimit = 256 << 20
	// DefaultStderrLimit is how much of nix's messages is kept, in bytes.
	DefaultStderrLimit = 4 << 20
)

// Nix is one nix executable and how it is run. The zero value is usable; a
// Nix may be used by several goroutines, and must not be copied after its
// first use.
type Nix struct {
	// Program is the name or path of the executable; empty means "nix".
	Program string
	// Env is added to the environment of this process, as "NAME=value".
	Env []string
	// WorkTree is the folder in which the user sees the flake's files, where the
	// flake reference names another: a file that is missing in the tree may be
	// there, unknown to git.
	WorkTree string
	// Timeout bounds one run of nix; zero means no bound.
	Timeout time.Duration
	// Grace is the time between SIGTERM and SIGKILL; zero means DefaultGrace.
	Grace time.Duration
	// StdoutLimit and StderrLimit are in bytes; zero means the defaults.
	StdoutLimit, StderrLimit int64
	// Offline keeps nix from using the network.
	Offline bool
	// Log receives what nix said and how long it took, at debug level.
	Log zerolog.Logger
	// Cache remembers answers; nil means none.
	Cache *Cache
	// Progress is told what is being evaluated; nil is allowed. It is called
	// from the goroutines that evaluate, so it must be safe for concurrent use.
	Progress func(Event)

	mu      sync.Mutex
	version Version
}

// Look locates program ("" for nix) without running it; Version does. The
// error is an *Error of kind NixMissing.
func Look(program string) (*Nix, error) {
	n := &Nix{Program: program, Log: zerolog.Nop()}
	path, err := exec.LookPath(n.program())
	if err != nil {
		return nil, n.missing("find nix", err)
	}
	n.Program = path
	return n, nil
}

// Find locates program ("" for nix), reads its version and checks that it can
// evaluate flakes as this package does. Errors are *Error of the kinds
// NixMissing, NixTooOld, Timeout and Cancelled.
func Find(ctx context.Context, program string) (*Nix, Version, error) {
	n, err := Look(program)
	if err != nil {
		return nil, Version{}, err
	}
	v, err := n.Version(ctx)
	if err != nil {
		return nil, v, err
	}
	return n, v, nil
}

// Version is what `nix --version` says. It is asked once, and remembered in the
// Cache as long as nothing of the program has changed.
func (n *Nix) Version(ctx context.Context) (Version, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.version.Raw != "" {
		return n.version, nil
	}
	key := n.versionKey()
	if v, ok := n.recall(key); ok && v.Supported() {
		n.version = v
		return v, nil
	}
	var before map[string]string
	if key != "" {
		before = n.loaded(ctx)
	}
	const what = "version of nix"
	res := n.run(ctx, runSpec{what: what, args: []string{"--version"}, timeout: versionTimeout})
	if err := n.failure(what, res, tree{}, Version{}); err != nil {
		return Version{}, err
	}
	v, err := ParseVersion(string(res.stdout))
	if err != nil {
		return v, &Error{
			Kind: Unknown, What: what, Message: err.Error(), cause: err,
			Hint: "check that " + n.program() + " is Nix",
		}
	}
	if !v.Supported() {
		return v, &Error{
			Kind: NixTooOld, What: what,
			Message: "found " + v.String() + ", and " + MinVersion.String() + " or newer is needed",
			Hint:    "install a newer Nix, or name one that you have",
		}
	}
	n.version = v
	n.remember(key, v, before)
	return v, nil
}

// versionTimeout bounds `nix --version`, which answers in milliseconds unless
// something else is wrong.
const versionTimeout = 20 * time.Second

func (n *Nix) program() string {
	if n.Program == "" {
		return "nix"
	}
	return n.Program
}

func (n *Nix) missing(what string, err error) *Error {
	e := &Error{
		Kind: NixMissing, What: what, cause: err,
		Message: "there is no program " + n.program(),
		Hint:    "install " + MinVersion.String() + " or newer (https://nixos.org/download), or put it on PATH",
	}
	if !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) {
		e.Message = "cannot run " + n.program() + ": " + strings.TrimPrefix(err.Error(), "exec: ")
	}
	return e
}
