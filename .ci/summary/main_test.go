package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	passing = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"said\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}
{"Action":"pass","Package":"p","Elapsed":0.25}
{"Action":"skip","Package":"empty","Elapsed":0}
`
	skipping = `{"Action":"output","Package":"p","Test":"TestS","Output":"=== RUN   TestS\n"}
{"Action":"output","Package":"p","Test":"TestS","Output":"    s_test.go:7: nix is missing\n"}
{"Action":"output","Package":"p","Test":"TestS","Output":"--- SKIP: TestS (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestS","Elapsed":0}
{"Action":"pass","Package":"p","Elapsed":0.25}
`
	silentSkip = `{"Action":"skip","Package":"p","Test":"TestS"}
`
	failing = `{"Action":"output","Package":"p","Test":"TestF","Output":"want 1, got 2\n"}
{"Action":"fail","Package":"p","Test":"TestF","Elapsed":0}
{"Action":"fail","Package":"p","Elapsed":0.5}
`
	unbuilt = `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: undefined: x\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"fail","Package":"p","Elapsed":0,"FailedBuild":"p"}
`
	stopped = `{"Action":"output","Package":"p","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p","Elapsed":1200}
`
)

func TestTotal(t *testing.T) {
	for _, tt := range []struct {
		name string
		logs []string
		want string
		err  string
	}{
		{name: "all pass", logs: []string{passing}, want: "1 passed, 0 failed, 0 skipped\n"},
		{name: "several runs", logs: []string{passing, passing}, want: "2 passed, 0 failed, 0 skipped\n"},
		{name: "skip", logs: []string{passing, skipping}, err: "1 skipped: CI has all that a test may ask for, so none may skip",
			want: "skipped: p TestS: s_test.go:7: nix is missing\n1 passed, 0 failed, 1 skipped\n"},
		{name: "skip without a reason", logs: []string{silentSkip}, err: "1 skipped: CI has all that a test may ask for, so none may skip",
			want: "skipped: p TestS: no reason given\n0 passed, 0 failed, 1 skipped\n"},
		{name: "failure", logs: []string{failing}, err: "1 failed", want: "failed: p TestF\n0 passed, 1 failed, 0 skipped\n"},
		{name: "no build", logs: []string{unbuilt}, err: "1 failed", want: "failed: p\n0 passed, 1 failed, 0 skipped\n"},
		{name: "stopped", logs: []string{passing, stopped}, err: "1 failed", want: "failed: p\n1 passed, 1 failed, 0 skipped\n"},
		{name: "a later run of a failed package", logs: []string{failing, stopped}, err: "2 failed",
			want: "failed: p TestF\nfailed: p\n0 passed, 2 failed, 0 skipped\n"},
		{name: "nothing ran", logs: []string{""}, err: "no test ran", want: "0 passed, 0 failed, 0 skipped\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"total"}
			for i, log := range tt.logs {
				path := filepath.Join(t.TempDir(), string(rune('a'+i)))
				require.NoError(t, os.WriteFile(path, []byte(log), 0o600))
				args = append(args, path)
			}
			var out bytes.Buffer
			err := run(args, nil, &out)
			if tt.err == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, tt.err)
				lines := strings.SplitAfter(tt.want, "\n")
				last := len(lines) - 2 // the reason stands before the last line
				tt.want = strings.Join(lines[:last], "") + "not passed: " + tt.err + "\n" + lines[last]
			}
			require.Equal(t, tt.want, out.String())
		})
	}
}

func TestFollow(t *testing.T) {
	for _, tt := range []struct{ name, events, want, err string }{
		{name: "passing", events: passing, want: "ok   p 0.2s\n"},
		{name: "failing", events: failing, want: "want 1, got 2\nfail p 0.5s\n", err: "1 failed"},
		{name: "no build", events: unbuilt, want: "p.go:1: undefined: x\nfail p 0.0s\n", err: "1 failed"},
		{name: "stopped", events: stopped, want: "panic: test timed out\nfail p 1200.0s\n", err: "1 failed"},
		{name: "no event", events: "go: no such tool\n" + passing, want: "go: no such tool\nok   p 0.2s\n"},
		{name: "no line end", events: "go: stopped", want: "go: stopped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			var out bytes.Buffer
			err := run([]string{"follow", log}, strings.NewReader(tt.events), &out)
			if tt.err == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, tt.err)
			}
			require.Equal(t, tt.want, out.String())
			kept, err := os.ReadFile(log)
			require.NoError(t, err)
			require.Equal(t, tt.events, string(kept), "total reads later what follow saw")
		})
	}
}

func TestRunRejectsArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"follow"}, {"total"}, {"count", "x"}, {"follow", "a", "b"}} {
		require.ErrorContains(t, run(args, nil, &bytes.Buffer{}), "read arguments")
	}
}

func TestRunNamesUnreadableLog(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "log")
	require.ErrorContains(t, run([]string{"total", missing}, nil, &bytes.Buffer{}), "open log")
	require.ErrorContains(t, run([]string{"follow", missing}, strings.NewReader(""), &bytes.Buffer{}), "create log")
}
