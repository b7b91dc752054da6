package nixeval

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
)

// failure is why a run gave no answer, or nil.
func (n *Nix) failure(what string, res result, t tree, v Version) *Error {
	if res.err == nil {
		return nil
	}
	text := plainText(res.stderr)
	e := &Error{Kind: Unknown, What: what, Trace: text, ExitCode: res.exitCode, cause: res.err}
	switch {
	case errors.Is(res.err, errTimeout), errors.Is(res.err, context.DeadlineExceeded):
		e.Kind, e.Message = Timeout, fmt.Sprintf("nix did not answer in %.3g s", res.took.Seconds())
		e.Hint = "allow more time, or look for a value that never ends"
		e.cause = context.DeadlineExceeded
	case errors.Is(res.err, errTooLarge):
		e.Kind = OutputTooLarge
		e.Message = fmt.Sprintf("the answer has more than %d bytes", orDefault(n.StdoutLimit, DefaultStdoutLimit))
		e.Hint = "ask for less at once"
	case errors.Is(res.err, context.Canceled):
		e.Kind, e.Message = Cancelled, "cancelled"
	case errors.Is(res.err, exec.ErrNotFound), errors.Is(res.err, fs.ErrNotExist), errors.Is(res.err, fs.ErrPermission):
		return n.missing(what, res.err)
	case errors.Is(res.err, syscall.E2BIG):
		e.Kind, e.Message, e.Hint = Usage, "the function is too long for a command line", "shorten it"
	case res.exitCode < 0 && res.signal == 0:
		e.Message = res.err.Error()
	case endedBySignal(res) != 0:
		sig := endedBySignal(res)
		e.Kind, e.Message = Killed, fmt.Sprintf("nix was ended by signal %d (%s)", int(sig), sig)
		e.Hint = signalHint(sig)
	default:
		r := parseReport(text)
		r.old = v.Raw != "" && !v.traceFirst()
		e.read(r, t)
	}
	return e
}

// endedBySignal is the signal that ended nix. A shell around nix reports it as
// 128 and more, which nix itself never exits with.
func endedBySignal(res result) syscall.Signal {
	if res.signal != 0 {
		return res.signal
	}
	if res.exitCode > 128 && res.exitCode < 128+65 {
		return syscall.Signal(res.exitCode - 128)
	}
	return 0
}

func signalHint(sig syscall.Signal) string {
	switch sig { //nolint:exhaustive // the others have nothing to add
	case syscall.SIGKILL:
		return "the machine may be out of memory (see the kernel's log); evaluate fewer hosts at once"
	case syscall.SIGSEGV, syscall.SIGABRT:
		return "nix crashed, often on a value that needs itself; a newer nix says where"
	default:
		return "run it again"
	}
}

var trackedPath = regexp.MustCompile(`[Pp]ath '([^']*)' (?:in the repository|does not exist in Git)|getting status of ['"]([^'"]*)['"]|path '([^']*)' does not exist`)

// read fills e from a report of nix.
func (e *Error) read(r report, t tree) {
	e.Kind, e.Hint = classify(r)
	e.Message = t.shorten(r.message)
	if !r.found {
		e.Message = lastLine(e.Trace)
		if e.Message == "" {
			e.Message = fmt.Sprintf("nix exited with %d and said nothing", e.ExitCode)
		}
		e.Hint = "run the same command by hand"
	}
	e.OptionPath = r.option()
	pos, in := t.best(r)
	e.File, e.Line, e.Column, e.InRepo = pos.file, pos.line, pos.column, in
	if r.suggestion != "" {
		e.Hint = strings.TrimSuffix(strings.ToLower(r.suggestion[:1])+r.suggestion[1:], "?") + "? " + e.Hint
	}
	if e.Kind == MissingFile || e.Kind == UntrackedFile {
		e.readMissing(r.message, t)
	}
	if name, ok := r.cell(); ok {
		e.cell = name
	}
}

// readMissing tells a file that is not there from one that git does not know:
// flakes see only what git tracks.
func (e *Error) readMissing(msg string, t tree) {
	path := ""
	if m := trackedPath.FindStringSubmatch(msg); m != nil {
		path = m[1] + m[2] + m[3]
	}
	rel, ok := t.rel(path)
	if !ok && path != "" && !strings.HasPrefix(path, "/") {
		rel, ok = path, true
	}
	if ok && t.exists(rel) {
		e.Kind = UntrackedFile
	}
	switch {
	case e.Kind == UntrackedFile && rel != "":
		e.Hint = "run `git add -N -- " + rel + "` in the repository: flakes see only what git tracks"
	case e.Kind == UntrackedFile:
		e.Hint = "run `git add -N` on it: flakes see only what git tracks"
	case ok:
		e.Hint = "create " + rel + ", or correct the path that names it"
	default:
		e.Hint = "create the file, or correct the path that names it"
	}
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}
