package wire

import (
	"bytes"
	"context"
	_ "embed" // stub/flake.nix
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// LockFile is where a flake keeps what its inputs are.
const LockFile = "flake.lock"

//go:embed stub/flake.nix
var stub []byte

// IsLocked reports whether a lock file has the input.
func IsLocked(lock []byte) bool {
	root := gjson.GetBytes(lock, "root").String()
	return gjson.GetBytes(lock, "nodes."+gjson.Escape(root)+".inputs."+inputName).Exists()
}

// Locker makes the lock file of a flake that has got an input, with nix and
// outside of the repo.
type Locker struct {
	Nix     string // the program
	Offline bool   // keep nix from using the network
	// StandIn takes a stand-in for scaffold instead of what the input names, so
	// that nothing is fetched. The lock is then for evaluation only.
	StandIn bool
	Env     []string      // added to the environment, as "NAME=value"
	Timeout time.Duration // for one lock; zero means no bound

	dir string
}

// LockError is why there is no lock file.
type LockError struct {
	Message string // what nix said last
	Network bool   // the network is why
}

func (e *LockError) Error() string { return "lock input " + inputName + ": " + e.Message }

var network = regexp.MustCompile(`(?i)unable to (?:download|access)|could(?:n't| not) (?:resolve|connect)|failed to (?:connect|open archive|fetch)|http error \d|network is unreachable|offline`)

// Lock gives the lock file for a flake: what the old one has stays, what it
// lacks is added. The error is a *LockError if nix could not. Close must be
// called when the lock is no longer evaluated with.
func (l *Locker) Lock(ctx context.Context, flake, lock []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "scaffold-lock-")
	if err != nil {
		return nil, fmt.Errorf("lock input: %w", err)
	}
	_ = l.Close()
	l.dir = dir
	files := map[string][]byte{"flake/" + flakeFile: flake, "stub/" + flakeFile: stub}
	if lock != nil {
		files["flake/"+LockFile] = lock
	}
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, fmt.Errorf("lock input: %w", err)
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return nil, fmt.Errorf("lock input: %w", err)
		}
	}
	args := []string{
		"--extra-experimental-features", "nix-command flakes", "flake", "lock", "--option", "accept-flake-config", "false",
	}
	if l.Offline {
		args = append(args, "--offline")
	}
	if l.StandIn {
		args = append(args, "--override-input", inputName, reference(filepath.Join(dir, "stub")))
	}
	if err := l.run(ctx, append(args, reference(filepath.Join(dir, "flake")))); err != nil {
		return nil, err
	}
	out, err := os.ReadFile(filepath.Join(dir, "flake", LockFile))
	if err != nil {
		return nil, fmt.Errorf("lock input: nix made no lock file: %w", err)
	}
	return out, nil
}

// grace is how long nix may take to end when it is told to.
const grace = 2 * time.Second

func (l *Locker) run(ctx context.Context, args []string) error {
	if l.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, l.Timeout)
		defer stop()
	}
	c := exec.CommandContext(ctx, l.Nix, args...)
	c.Env = append(append(environment(), l.Env...), "NO_COLOR=1")
	c.Dir, c.WaitDelay = l.dir, grace
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	var said bytes.Buffer
	c.Stderr = &said
	err := c.Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && l.Timeout > 0:
		return &LockError{fmt.Sprintf("nix did not answer in %s", l.Timeout), true}
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return reason(said.String(), err)
}

var traceHint = regexp.MustCompile(`\s*\(use '--show-trace'[^)]*\)`)

// reason is what nix said last, and what git said if that is why.
func reason(said string, err error) *LockError {
	message := said[max(0, strings.LastIndex(said, "error:")):]
	message = strings.Join(strings.Fields(strings.TrimPrefix(message, "error:")), " ")
	message = traceHint.ReplaceAllString(message, "")
	if message == "" {
		message = err.Error()
	}
	if i := strings.LastIndex(said, "fatal:"); i >= 0 && !strings.Contains(message, "fatal:") {
		fatal, _, _ := strings.Cut(said[i:], "\n")
		message += ": " + strings.TrimSpace(strings.TrimPrefix(fatal, "fatal:"))
	}
	return &LockError{message, network.MatchString(said)}
}

// environment is that of this process, without what git tells its hooks: the
// git that nix starts for an input would take it for that repository.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{
			"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE",
			"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
		}, name)
	})
}

// reference is the flake reference of a folder.
func reference(dir string) string { return "path:" + (&url.URL{Path: dir}).EscapedPath() }

// Close removes what was made for the lock.
func (l *Locker) Close() error {
	if l.dir == "" {
		return nil
	}
	dir := l.dir
	l.dir = ""
	return os.RemoveAll(dir)
}
