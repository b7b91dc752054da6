package nixeval

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPrepare: what a request needs is made before nix runs, and not for an
// answer that is remembered.
func TestPrepare(t *testing.T) {
	n, r := counting(t)
	made := 0
	r.Prepare = func(context.Context) error { made++; return nil }
	require.Equal(t, 1, ask(t, n, r))
	require.Equal(t, 1, ask(t, n, r))
	require.Equal(t, 1, made)
	cells := func([]string) string { return "cells: cells" }
	for range 2 {
		_, _, err := n.EvalCells(t.Context(), r, cells)
		require.NoError(t, err)
		require.Equal(t, 2, made)
	}
	n.Cache = nil
	require.Equal(t, 3, ask(t, n, r))
	require.Equal(t, 3, made)
}

func TestPrepareFails(t *testing.T) {
	n, r := counting(t)
	broken := errors.New("the disk is full")
	r.Prepare = func(context.Context) error { return broken }
	_, err := n.Eval(t.Context(), r)
	require.Equal(t, broken, err, "as it is")
	_, _, err = n.EvalCells(t.Context(), r, func([]string) string { return "" })
	require.Equal(t, broken, err)
	r.Prepare = nil
	require.Equal(t, 1, ask(t, n, r), "nix was not run, and nothing remembered")
}
