package nixeval

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// request is a question for a program that does not read it.
var request = Request{Flake: "git+file:///nowhere", Attr: []string{"a"}, What: "test"}

// fake is a nix that runs a shell script for what a real one does rarely. The
// script's $DIR is a folder of its own.
func fake(t *testing.T, script string) *Nix {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "nix")
	text := "#!/bin/sh\nDIR='" + dir + "'\nif [ \"$1\" = --version ]; then echo 'nix (Nix) 2.18.1'; exit 0; fi\n" +
		"if [ \"$1\" = flake ]; then echo '{}'; exit 0; fi\n" + script + "\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o700))
	return &Nix{Program: path, Log: zerolog.Nop(), Grace: 200 * time.Millisecond, Timeout: time.Minute}
}

func TestFakeEndings(t *testing.T) {
	for _, c := range []struct {
		name, script string
		kind         Kind
		message      string
		change       func(*Nix)
	}{
		{name: "part of an answer", script: `printf '{"a":1,"b":}'; echo 'error: no b' >&2; exit 1`, kind: Unknown, message: "no b"},
		{name: "failure after a whole answer", script: `printf '{}'; echo 'error: late' >&2; exit 1`, kind: Unknown, message: "late"},
		{name: "success with part of an answer", script: `printf '{"a":1,"b":}'`, kind: InvalidJSON, message: "not JSON"},
		{name: "success with two answers", script: `printf '{} {}'`, kind: InvalidJSON},
		{name: "success with nothing", script: `true`, kind: InvalidJSON, message: "answered nothing"},
		{name: "success with other bytes", script: `printf '"\351"'`, kind: InvalidJSON, message: "UTF-8"},
		{name: "failure with nothing", script: `exit 3`, kind: Unknown, message: "exited with 3 and said nothing"},
		{name: "no error line", script: `echo 'some trouble' >&2; exit 1`, kind: Unknown, message: "some trouble"},
		{name: "endless answer", script: `exec yes 0`, kind: OutputTooLarge, change: func(n *Nix) { n.StdoutLimit = 1 << 20 }},
		{name: "endless messages", script: `head -c 30000000 /dev/zero | tr '\0' 'x' >&2; echo >&2; echo 'error: undefined variable '"'x'" >&2; exit 1`, kind: UndefinedVariable},
		{name: "killed", script: `kill -9 $$`, kind: Killed, message: "signal 9"},
		{name: "crashed", script: `kill -11 $$`, kind: Killed, message: "signal 11"},
		{name: "killed within a shell", script: `exit 137`, kind: Killed, message: "signal 9"},
		{name: "colours", script: `printf '\033[31;1merror:\033[0m undefined variable '"'\\033[35;1mx\\033[0m'"'\n\033]8;;x\033\\\\' >&2; exit 1`, kind: UndefinedVariable, message: "undefined variable 'x'"},
		{name: "too long", script: `exec sleep 600`, kind: Timeout, message: "did not answer", change: func(n *Nix) { n.Timeout = 200 * time.Millisecond }},
		{name: "deaf", script: `trap '' TERM INT; sleep 600 & while :; do wait; done`, kind: Timeout, change: func(n *Nix) { n.Timeout = 200 * time.Millisecond }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := fake(t, c.script)
			if c.change != nil {
				c.change(n)
			}
			out, err := n.Eval(t.Context(), request)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.kind, e.Kind, "%v", e)
			require.Contains(t, e.Message, c.message)
			require.Nil(t, out)
			require.NotContains(t, e.Trace, "\x1b")
			require.Equal(t, "test", e.What)
		})
	}
}

func TestFakeLargeAnswer(t *testing.T) {
	n := fake(t, `printf '"'; head -c 300000000 /dev/zero | tr '\0' a; printf '"'`)
	_, err := n.Eval(t.Context(), request)
	require.Equal(t, OutputTooLarge, KindOf(err))
}

func TestFakeAnswerAtTheLimit(t *testing.T) {
	n := fake(t, `printf '"'; head -c 1000000 /dev/zero | tr '\0' a; printf '"'`)
	n.StdoutLimit = 1000002
	out, err := n.Eval(t.Context(), request)
	require.NoError(t, err)
	require.Len(t, out, 1000002)
	n.StdoutLimit--
	_, err = n.Eval(t.Context(), request)
	require.Equal(t, OutputTooLarge, KindOf(err))
}

// gone waits until a process no longer runs.
func gone(t *testing.T, pidFile string) {
	t.Helper()
	b, err := os.ReadFile(pidFile)
	require.NoError(t, err)
	pid := strings.TrimSpace(string(b))
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
		return err != nil || strings.Contains(string(stat), ") Z ")
	}, 10*time.Second, 10*time.Millisecond, "process %s is still there", pid)
}

func TestFakeDeafWithChild(t *testing.T) {
	n := fake(t, `trap '' TERM INT; (trap '' TERM INT; exec sleep 600) & echo $! >"$DIR/child"; touch "$DIR/ready"; while :; do wait; done`)
	dir := filepath.Dir(n.Program)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
				cancel()
			}
		}
	}()
	start := time.Now()
	_, err := n.Eval(ctx, request)
	require.Equal(t, Cancelled, KindOf(err))
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(start), 30*time.Second)
	gone(t, filepath.Join(dir, "child"))
}

func TestFakeChildOutlivesAnswer(t *testing.T) {
	n := fake(t, `sleep 600 & echo $! >"$DIR/child"; printf '{"a":1}'`)
	out, err := n.Eval(t.Context(), request)
	require.NoError(t, err, "the answer is there, whoever holds the pipe")
	require.JSONEq(t, `{"a":1}`, string(out))
	gone(t, filepath.Join(filepath.Dir(n.Program), "child"))
}

func TestFakeNoStdin(t *testing.T) {
	n := fake(t, `if read -r x; then echo "\"$x\""; else echo '"end"'; fi`)
	out, err := n.Eval(t.Context(), request)
	require.NoError(t, err)
	require.JSONEq(t, `"end"`, string(out))
}

func TestFakeEnvironment(t *testing.T) {
	t.Setenv("SCAFFOLD_TEST_PASSED", "through")
	n := fake(t, `printf '["%s","%s","%s"]' "$SCAFFOLD_TEST_PASSED" "$ADDED" "$NO_COLOR"`)
	n.Env = []string{"ADDED=yes"}
	out, err := n.Eval(t.Context(), request)
	require.NoError(t, err)
	require.JSONEq(t, `["through","yes","1"]`, string(out))
}

func TestFakeArguments(t *testing.T) {
	n := fake(t, `printf '%s\n' "$@" >"$DIR/args"; echo 1`)
	n.Offline = true
	_, err := n.Eval(t.Context(), Request{
		Flake: "git+file:///r", Attr: []string{"a", "b.c"}, Apply: "x: x", What: "t", ReadOnly: true, IFD: IFDDeny,
	})
	require.NoError(t, err)
	out, err := os.ReadFile(filepath.Join(filepath.Dir(n.Program), "args"))
	require.NoError(t, err)
	for _, want := range []string{
		"--json", "--show-trace", "--no-update-lock-file", "--read-only", "--offline",
		"--option\naccept-flake-config\nfalse", "--option\npure-eval\ntrue",
		"--option\nallow-import-from-derivation\nfalse", "--extra-experimental-features\nnix-command flakes",
		"--apply\nx: x", "--\ngit+file:///r#a.\"b.c\"",
	} {
		require.Contains(t, string(out), want+"\n")
	}
	require.NotContains(t, string(out), "--impure")
}

func TestFakeProgress(t *testing.T) {
	n := fake(t, `echo 'trace: scaffold enter "one"' >&2; echo 'trace: scaffold leave "one"' >&2; echo 'trace: mine' >&2; echo 1`)
	var events []Event
	n.Progress = func(e Event) { events = append(events, e) }
	_, err := n.Eval(t.Context(), request)
	require.NoError(t, err)
	require.Len(t, events, 3)
	require.Equal(t, []Stage{Started, Running, Finished}, []Stage{events[0].Stage, events[1].Stage, events[2].Stage})
	require.Equal(t, "one", events[1].Cell)
	require.Equal(t, 1, events[1].Run)
	require.NoError(t, events[2].Err)
}

func TestFakeWarningsAreKept(t *testing.T) {
	var log strings.Builder
	n := fake(t, `echo 'warning: Git tree is dirty' >&2; echo 'trace: scaffold enter "x"' >&2; echo 1`)
	n.Log = zerolog.New(&log)
	_, err := n.Eval(t.Context(), request)
	require.NoError(t, err)
	require.Contains(t, log.String(), "Git tree is dirty")
	require.NotContains(t, log.String(), "scaffold enter")
}

func TestCancelledBeforeItBegins(t *testing.T) {
	n := fake(t, `touch "$DIR/ran"; echo 1`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := n.Eval(ctx, request)
	require.Equal(t, Cancelled, KindOf(err))
	require.NoFileExists(t, filepath.Join(filepath.Dir(n.Program), "ran"))
}

func TestMissingProgram(t *testing.T) {
	for _, c := range []struct{ name, program, message string }{
		{"name", "no-such-nix", "there is no program no-such-nix"},
		{"path", filepath.Join(t.TempDir(), "nix"), "there is no program"},
		{"folder", t.TempDir(), "cannot run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Find(t.Context(), c.program)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, NixMissing, e.Kind)
			require.Contains(t, e.Message, c.message)
			require.Contains(t, e.Hint, "install Nix 2.8")

			_, err = (&Nix{Program: c.program}).Eval(t.Context(), request)
			require.Equal(t, NixMissing, KindOf(err), "%v", err)
		})
	}
}

func TestErrorUnwraps(t *testing.T) {
	require.ErrorIs(t, &Error{cause: syscall.ENOENT}, syscall.ENOENT)
	require.Empty(t, KindOf(errors.New("other")))
	require.Equal(t, Throw, KindOf(errors.Join(errors.New("a"), &Error{Kind: Throw})))
}
