package nixeval

import (
	"context"
	_ "embed" // cells.nix
	"slices"
	"strings"
	"time"
)

// CellsSource is cells.nix: the Nix function that evaluates cells.
//
//go:embed cells.nix
var CellsSource string

// maxUnreadable bounds how many cells are given up before the evaluation is
// called broken: each costs a run of nix.
const maxUnreadable = 64

// Cells says how cells.nix is to evaluate.
type Cells struct {
	Skip []string // cells to leave out
	Only []string // if not empty, the only cells to evaluate
	// Uncaught lets a throw end the evaluation, so that Eval returns its
	// message; for asking about one cell.
	Uncaught bool
}

// Nix is a Nix expression: cells.nix applied to c. What is left is a function
// of a prefix for the names and of the set of cells; it returns that set
// without the cells that were left out.
func (c Cells) Nix() string {
	var b strings.Builder
	b.WriteString("((" + CellsSource + ") { skip = " + quoteList(c.Skip) + ";")
	if len(c.Only) > 0 {
		b.WriteString(" only = " + quoteList(c.Only) + ";")
	}
	if c.Uncaught {
		b.WriteString(" catch = false;")
	}
	b.WriteString(" })")
	return b.String()
}

func quoteList(names []string) string {
	var b strings.Builder
	b.WriteString("[ ")
	for _, n := range names {
		b.WriteString(Quote(n) + " ")
	}
	b.WriteString("]")
	return b.String()
}

// Unreadable is a cell that has no value, and why.
type Unreadable struct {
	Cell string `json:"cell"`
	// Err says why. For what was caught within Nix it is of kind Throw and has
	// no position: Nix does not tell a caught message. Ask for the cell alone,
	// with Cells.Only and Cells.Uncaught, to see it.
	Err *Error `json:"error"`
}

// EvalCells asks a question whose function evaluates cells, and gives up the
// cells that fail instead of the answer. apply makes the function from the
// names to leave out; it passes them to Cells.Nix, or wraps each value itself
// in builtins.addErrorContext "scaffold cell NAME". The unreadable cells are
// sorted by name.
//
// An error means that there is no answer: no cell is to blame, leaving it out
// did not help, or there were too many.
func (n *Nix) EvalCells(ctx context.Context, r Request, apply func(skip []string) string) ([]byte, []Unreadable, error) {
	start := time.Now()
	n.progress(Event{What: r.What, Stage: Started})
	e, cached, err := n.evalCells(ctx, r, apply, start)
	n.progress(Event{What: r.What, Stage: Finished, Elapsed: time.Since(start), Cached: cached, Err: err})
	return e.JSON, e.Unreadable, err
}

func (n *Nix) evalCells(ctx context.Context, r Request, apply func([]string) string, start time.Time) (entry, bool, error) {
	v, err := n.Version(ctx)
	if err != nil {
		return entry{}, false, err
	}
	key := n.cacheKey(r, v, apply(nil))
	if e, ok := n.Cache.get(key, n.Log); ok {
		return e, true, nil
	}
	if err := r.prepare(ctx); err != nil {
		return entry{}, false, err
	}
	var skip []string
	var unreadable []Unreadable
	for run := 1; ; run++ {
		r.Apply = apply(slices.Clone(skip))
		a, failed := n.once(ctx, r, v, Event{What: r.What, Run: run}, start)
		if failed == nil {
			for _, c := range a.caught {
				unreadable = append(unreadable, Unreadable{Cell: c, Err: caught(r.What)})
			}
			slices.SortFunc(unreadable, func(a, b Unreadable) int { return strings.Compare(a.Cell, b.Cell) })
			e := entry{JSON: a.json, Unreadable: unreadable}
			if !slices.ContainsFunc(unreadable, func(u Unreadable) bool { return u.Err.passing() }) {
				n.Cache.put(key, e, n.Log)
			}
			return e, false, nil
		}
		cell, ok := failed.culprit()
		if !ok || slices.Contains(skip, cell) || len(skip) >= maxUnreadable {
			return entry{}, false, failed
		}
		n.Log.Debug().Str("cell", cell).Str("kind", string(failed.Kind)).Msg("cell is unreadable, evaluating without it")
		skip = append(skip, cell)
		slices.Sort(skip)
		unreadable = append(unreadable, Unreadable{Cell: cell, Err: failed})
	}
}

func caught(what string) *Error {
	return &Error{
		Kind: Throw, What: what, ExitCode: 0,
		Message: "throws, or fails an assertion",
		Hint:    "evaluate it alone to see the message",
	}
}

// culprit is the cell to leave out. Where nix ended without a trace (a stack
// overflow in 2.8, a crash, a string that is not UTF-8) it is the cell that
// was announced last and not finished. What no cell can cause has none.
func (e *Error) culprit() (string, bool) {
	switch e.Kind { //nolint:exhaustive // all others can be a cell's fault
	case Cancelled, Timeout, NixMissing, NixTooOld, OutputTooLarge, Usage, LockNeedsUpdate, FeatureDisabled:
		return "", false
	case Killed:
		// Out of memory is the sum of all cells; a crash is one's.
		if strings.Contains(e.Message, "signal 9 ") || strings.Contains(e.Message, "signal 15 ") {
			return "", false
		}
	}
	if e.cell != "" {
		return e.cell, true
	}
	if len(e.seen) > 0 {
		return e.seen[len(e.seen)-1], true
	}
	return "", false
}

// passing says that the same question may have an answer another time: the
// cause lies outside of what the cache's key stands for.
func (e *Error) passing() bool {
	return slices.Contains([]Kind{Network, Store, Build, Killed, Unknown}, e.Kind)
}

// cellTrack follows what cells.nix announces on stderr.
type cellTrack struct {
	open   []string
	caught []string
}

// read takes one line and says whether a cell began.
func (t *cellTrack) read(line string) bool {
	line = strings.TrimRight(line, "\r")
	if name, ok := strings.CutPrefix(line, enterMark); ok {
		t.open = append(t.open, cellName(name))
		return true
	}
	if name, ok := strings.CutPrefix(line, caughtMark); ok {
		t.close(cellName(name))
		t.caught = append(t.caught, cellName(name))
	}
	if name, ok := strings.CutPrefix(line, leaveMark); ok {
		t.close(cellName(name))
	}
	return false
}

func (t *cellTrack) close(name string) {
	if i := slices.Index(t.open, name); i >= 0 {
		t.open = slices.Delete(t.open, i, len(t.open))
	}
}

func (t *cellTrack) current() string {
	if len(t.open) == 0 {
		return ""
	}
	return t.open[len(t.open)-1]
}

func isMark(line string) bool {
	return strings.HasPrefix(line, enterMark) || strings.HasPrefix(line, caughtMark) || strings.HasPrefix(line, leaveMark)
}
