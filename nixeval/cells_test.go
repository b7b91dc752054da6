package nixeval

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// brokenCells is a flake whose attribute c has good cells and one for each way
// to fail.
const brokenCells = `
c = {
  good = { port = 8080; };
  path = ./flake.nix;
  drv = { type = "derivation"; outPath = "/out"; secret = abort "not printed, so not forced"; };
  thrown = throw "bee";
  asserted = assert false; 1;
  aborted = abort "stop";
  typed = { deep = [ 1 { x = 1 + "x"; } ]; };
  attribute = { }.b;
  itself = let x = x; in x;
  deep = let f = x: 1 + f (x + 1); in f 0;
  function = x: x;
  coerced = "${{ }}";
  missing = import ./missing.nix;
  "odd \"name\"\nof ${"$"}{a}: scaffold cell x" = abort "odd";
  latin = builtins.readFile ./latin;
};
nested.a.x = 1; nested.a.y = abort "a"; nested.b.y = 2; nested.b.x = abort "b";
`

const oddCell = "odd \"name\"\nof ${a}: scaffold cell x"

func withCells(skip []string) string {
	return "cells: " + Cells{Skip: skip}.Nix() + ` "" (removeAttrs cells [ "path" "latin" ])`
}

func TestEvalCells(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(brokenCells), "latin": "abc\xe9"})
	eachNix(t, func(t *testing.T, n *Nix) {
		n.Cache = &Cache{Dir: t.TempDir()}
		r := Request{Flake: "git+file://" + dir, Attr: []string{"c"}, What: "cells", Key: "tree"}
		out, unreadable, err := n.EvalCells(t.Context(), r, withCells)
		require.NoError(t, err)
		require.JSONEq(t, `{"good":{"port":8080},"drv":"/out"}`, string(out))
		kinds := map[string]Kind{}
		for _, u := range unreadable {
			kinds[u.Cell] = u.Err.Kind
			require.NotEmpty(t, u.Err.Message)
		}
		require.Equal(t, map[string]Kind{
			"thrown": Throw, "asserted": Throw, "aborted": Abort, "typed": Type, "attribute": MissingAttribute,
			"itself": InfiniteRecursion, "deep": InfiniteRecursion, "function": Type, "coerced": Type,
			"missing": MissingFile, oddCell: Abort,
		}, kinds)
		require.IsIncreasing(t, names(unreadable))

		t.Run("remembered", func(t *testing.T) {
			var events []Event
			n.Progress = func(e Event) { events = append(events, e) }
			defer func() { n.Progress = nil }()
			again, cells, err := n.EvalCells(t.Context(), r, withCells)
			require.NoError(t, err)
			require.Equal(t, string(out), string(again))
			require.Equal(t, names(unreadable), names(cells))
			require.Len(t, events, 2)
			require.True(t, events[1].Cached)
		})
		t.Run("a caught message can be had", func(t *testing.T) {
			r.Apply = "cells: " + Cells{Only: []string{"thrown"}, Uncaught: true}.Nix() + ` "" cells`
			_, err := n.Eval(t.Context(), r)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "bee", e.Message)
		})
	})
}

func names(unreadable []Unreadable) []string {
	var out []string
	for _, u := range unreadable {
		out = append(out, u.Cell)
	}
	return out
}

func TestEvalCellsNested(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(brokenCells), "latin": "abc\xe9"})
	apply := func(skip []string) string {
		return "n: let cells = " + Cells{Skip: skip}.Nix() + "; in builtins.mapAttrs (k: v: cells \"${k}.\" v) n"
	}
	eachNix(t, func(t *testing.T, n *Nix) {
		out, unreadable, err := n.EvalCells(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"nested"}, What: "t"}, apply)
		require.NoError(t, err)
		require.JSONEq(t, `{"a":{"x":1},"b":{"y":2}}`, string(out))
		require.Equal(t, []string{"a.y", "b.x"}, names(unreadable))
	})
}

func TestEvalCellsInnermost(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(`a = 1;`)})
	// Wrapped by hand and one within another: the inner one is at fault.
	apply := func(skip []string) string {
		return `a: let cell = n: d: v: if builtins.elem n ` + quoteList(skip) + ` then d
			else builtins.addErrorContext "scaffold cell ${n}" (builtins.deepSeq v v);
			in cell "outer" null { y = 1; x = cell "in ner" null (abort "x"); }`
	}
	eachNix(t, func(t *testing.T, n *Nix) {
		out, unreadable, err := n.EvalCells(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"a"}, What: "t"}, apply)
		require.NoError(t, err)
		require.JSONEq(t, `{"x":null,"y":1}`, string(out))
		require.Equal(t, []string{"in ner"}, names(unreadable))
	})
}

func TestEvalCellsNotUTF8(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(brokenCells), "latin": "abc\xe9"})
	apply := func(skip []string) string {
		return "cells: " + Cells{Skip: skip, Only: []string{"good", "latin"}}.Nix() + ` "" cells`
	}
	eachNix(t, func(t *testing.T, n *Nix) {
		out, unreadable, err := n.EvalCells(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"c"}, What: "t"}, apply)
		if v, _ := n.Version(t.Context()); !v.traceFirst() {
			require.Equal(t, InvalidJSON, KindOf(err), "an old nix prints any bytes, and they are refused")
			return
		}
		require.NoError(t, err)
		require.JSONEq(t, `{"good":{"port":8080}}`, string(out))
		require.Equal(t, []string{"latin"}, names(unreadable))
	})
}

func TestEvalCellsFatal(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(`a = { x = abort "x"; }; b = abort "all";`)})
	eachNix(t, func(t *testing.T, n *Nix) {
		runs := 0
		for _, c := range []struct {
			name, attr string
			apply      func([]string) string
			kind       Kind
			runs       int
		}{
			{"no cell is to blame", "b", func(s []string) string { return "v: " + Cells{Skip: s}.Nix() + ` "" v` }, Abort, 1},
			{"leaving it out does not help", "a", func([]string) string { return "v: " + Cells{}.Nix() + ` "" v` }, Abort, 2},
			{"the function does not parse", "a", func([]string) string { return "v: v." }, Usage, 1},
		} {
			t.Run(c.name, func(t *testing.T) {
				runs = 0
				_, _, err := n.EvalCells(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{c.attr}, What: "t"},
					func(s []string) string { runs++; return c.apply(s) })
				require.Equal(t, c.kind, KindOf(err), "%v", err)
				require.Equal(t, c.runs+1, runs, "one more to name the answer")
			})
		}
	})
}

func TestEvalCellsBound(t *testing.T) {
	n := fake(t, `
i=$(cat "$DIR/n" 2>/dev/null || echo 0); echo $((i+1)) >"$DIR/n"
printf 'error: stop\n\n       … scaffold cell "c%s"\n' "$i" >&2; exit 1`)
	_, _, err := n.EvalCells(t.Context(), request, func(s []string) string { return fmt.Sprint(len(s)) })
	require.ErrorContains(t, err, "stop")
	runs, readErr := os.ReadFile(filepath.Join(filepath.Dir(n.Program), "n"))
	require.NoError(t, readErr)
	require.Equal(t, fmt.Sprint(maxUnreadable+1), strings.TrimSpace(string(runs)))
}

func TestEvalCellsPassingFailureIsNotRemembered(t *testing.T) {
	for _, c := range []struct {
		name, message string
		runs          string // nix runs for two questions: two each, or two for both
	}{
		{"network", "unable to download 'http://x': no", "4"},
		{"unheard of", "something", "4"},
		{"its own fault", "evaluation aborted with the following error message: 'x'", "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := fake(t, `
i=$(cat "$DIR/n" 2>/dev/null || echo 0); echo $((i+1)) >"$DIR/n"
case "$*" in *left*) echo 1; exit;; esac
printf 'error:\n       … scaffold cell "c"\n\n       error: %s\n' "`+c.message+`" >&2; exit 1`)
			n.Cache = &Cache{Dir: t.TempDir()}
			r := request
			r.Key = "k"
			for range 2 {
				_, unreadable, err := n.EvalCells(t.Context(), r, func(s []string) string { return strings.Join(append(s, ""), "left") })
				require.NoError(t, err)
				require.Equal(t, []string{"c"}, names(unreadable))
			}
			runs, err := os.ReadFile(filepath.Join(filepath.Dir(n.Program), "n"))
			require.NoError(t, err)
			require.Equal(t, c.runs, strings.TrimSpace(string(runs)))
		})
	}
}

func TestCellTrack(t *testing.T) {
	for _, c := range []struct {
		name, lines  string
		open, caught []string
	}{
		{"nothing", "warning: x", nil, nil},
		{"one", `trace: scaffold enter "a"`, []string{"a"}, nil},
		{"nested", "trace: scaffold enter \"a\"\ntrace: scaffold enter \"b\"", []string{"a", "b"}, nil},
		{"left", "trace: scaffold enter \"a\"\ntrace: scaffold leave \"a\"", nil, nil},
		{"caught", "trace: scaffold enter \"a\"\ntrace: scaffold caught \"a\"", nil, []string{"a"}},
		{"never entered", `trace: scaffold leave "a"`, nil, nil},
		{"not JSON", `trace: scaffold enter a b`, []string{"a b"}, nil},
		{"escapes", `trace: scaffold enter "a\nb\u0001"`, []string{"a\nb\x01"}, nil},
		{"inner lost", "trace: scaffold enter \"a\"\ntrace: scaffold enter \"b\"\ntrace: scaffold leave \"a\"", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var track cellTrack
			for _, l := range strings.Split(c.lines, "\n") {
				track.read(l)
			}
			require.ElementsMatch(t, c.open, track.open)
			require.Equal(t, c.caught, track.caught)
		})
	}
}

func TestCulprit(t *testing.T) {
	for _, c := range []struct {
		name string
		err  Error
		cell string
	}{
		{"of the trace", Error{Kind: Abort, cell: "a", seen: []string{"b"}}, "a"},
		{"announced last", Error{Kind: InfiniteRecursion, seen: []string{"a", "b"}}, "b"},
		{"crash", Error{Kind: Killed, Message: "nix was ended by signal 11 (segmentation fault)", seen: []string{"a"}}, "a"},
		{"memory", Error{Kind: Killed, Message: "nix was ended by signal 9 (killed)", seen: []string{"a"}}, ""},
		{"time", Error{Kind: Timeout, seen: []string{"a"}}, ""},
		{"cancelled", Error{Kind: Cancelled, seen: []string{"a"}}, ""},
		{"nobody", Error{Kind: Abort}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cell, ok := c.err.culprit()
			require.Equal(t, c.cell, cell)
			require.Equal(t, c.cell != "", ok)
		})
	}
}
