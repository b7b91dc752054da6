package nixeval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Stage is where a question is.
type Stage string

// The stages of a question. Between Started and Finished there is one Running
// for each cell that nix begins.
const (
	Started  Stage = "started"
	Running  Stage = "running"
	Finished Stage = "finished"
)

// Event is progress: what is evaluated, and since when.
type Event struct {
	What    string        // Request.What
	Stage   Stage         //
	Cell    string        // the cell that nix is at; empty if not known
	Run     int           // which run of nix this is, from 1; 0 when the answer was remembered
	Elapsed time.Duration // since the question was asked
	Cached  bool          // the answer was remembered
	Err     error         // of Finished
}

// Eval asks nix one question. The answer is valid JSON. Errors are *Error.
func (n *Nix) Eval(ctx context.Context, r Request) ([]byte, error) {
	start := time.Now()
	n.progress(Event{What: r.What, Stage: Started})
	out, cached, err := n.evalCached(ctx, r, start)
	n.progress(Event{What: r.What, Stage: Finished, Elapsed: time.Since(start), Cached: cached, Err: err})
	return out, err
}

func (n *Nix) evalCached(ctx context.Context, r Request, start time.Time) ([]byte, bool, error) {
	v, err := n.Version(ctx)
	if err != nil {
		return nil, false, err
	}
	key := n.cacheKey(r, v, r.Apply)
	if e, ok := n.Cache.get(key, n.Log); ok {
		if failed := e.failure(); failed != nil {
			failed.What = r.What
			return nil, true, failed
		}
		return e.JSON, true, nil
	}
	if err := r.prepare(ctx); err != nil {
		return nil, false, err
	}
	a, evalErr := n.once(ctx, r, v, Event{What: r.What, Run: 1}, start)
	if evalErr != nil {
		if r.Failures && evalErr.lasting() {
			n.Cache.put(key, entry{JSON: []byte("null"), Unreadable: []Unreadable{{Err: evalErr}}}, n.Log)
		}
		return nil, false, evalErr
	}
	n.Cache.put(key, entry{JSON: a.json}, n.Log)
	return a.json, false, nil
}

// failure is why there was no answer to Eval, nil if there was one.
func (e entry) failure() *Error {
	for _, u := range e.Unreadable {
		if u.Err != nil && u.Cell == "" {
			return u.Err
		}
	}
	return nil
}

// lasting says that the same question about the same tree can only fail again,
// for the same reason: nothing but the flake's own expressions is to blame. How
// deep calls may be nested depends on the machine.
func (e *Error) lasting() bool {
	return slices.Contains([]Kind{Throw, Assertion, Abort, Type, MissingAttribute, UndefinedVariable}, e.Kind)
}

// answer is what one run of nix gave.
type answer struct {
	json   []byte
	caught []string // cells whose throw was caught
}

// once runs nix for one question, without the cache.
func (n *Nix) once(ctx context.Context, r Request, v Version, ev Event, start time.Time) (answer, *Error) {
	args, err := r.args(v, n.Offline)
	if err != nil {
		return answer{}, &Error{
			Kind: Usage, What: r.What, Message: err.Error(), ExitCode: -1, cause: err,
			Hint: "this is a defect of the request, not of the flake",
		}
	}
	var track cellTrack
	res := n.run(ctx, runSpec{what: r.What, args: args, timeout: n.Timeout, line: func(l string) {
		if track.read(l) {
			ev.Stage, ev.Cell, ev.Elapsed = Running, track.current(), time.Since(start)
			n.progress(ev)
		}
	}})
	res.stderr = withoutMarks(res.stderr)
	n.Log.Debug().Str("what", r.What).Strs("args", logged(args)).Dur("took", res.took).
		Int("exit", res.exitCode).Int("bytes", len(res.stdout)).Str("stderr", firstLine(plainText(res.stderr), 2000)).Msg("ran nix")
	if res.err != nil {
		return answer{}, n.explain(ctx, r, v, res, track)
	}
	if msg := defect(res.stdout); msg != "" {
		return answer{}, &Error{
			Kind: InvalidJSON, What: r.What, Message: msg, ExitCode: res.exitCode, Trace: plainText(res.stderr),
			Hint: "run `nix eval --json` by hand; the program may not be nix", seen: track.open,
		}
	}
	return answer{json: res.stdout, caught: track.caught}, nil
}

// explain turns a failed run into an Error. The flake's store path is only
// asked for when a path in the message needs it.
func (n *Nix) explain(ctx context.Context, r Request, v Version, res result, track cellTrack) *Error {
	t := n.tree(r)
	if parseReport(plainText(res.stderr)).needed() && ctx.Err() == nil {
		t = n.locate(ctx, r)
	}
	e := n.failure(r.What, res, t, v)
	if e.Kind == Syntax && e.File == applySource {
		e.Kind, e.Hint = Usage, "this is a defect of the function that was asked, not of the flake"
	}
	e.seen = track.open
	return e
}

// defect says what is wrong with an answer; nix 2.8 prints what it has before
// it fails, and strings in any encoding.
func defect(out []byte) string {
	switch {
	case len(out) == 0:
		return "nix succeeded and answered nothing"
	case !gjson.ValidBytes(out):
		return fmt.Sprintf("nix succeeded and its answer of %d bytes is not JSON", len(out))
	case !utf8.Valid(out):
		return "the answer has a string that is not UTF-8"
	}
	return ""
}

func (n *Nix) progress(e Event) {
	if n.Progress != nil {
		n.Progress(e)
	}
}

// logged are arguments short enough for a log.
func logged(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = firstLine(a, 200)
	}
	return out
}

// KindOf is the kind of an error of this package, and "" for any other.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func withoutMarks(stderr []byte) []byte {
	if !strings.Contains(string(stderr), "trace: scaffold ") {
		return stderr
	}
	var b strings.Builder
	for l := range strings.Lines(string(stderr)) {
		if !isMark(l) {
			b.WriteString(l)
		}
	}
	return []byte(b.String())
}
