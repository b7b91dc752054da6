package transaction

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// The test binary is run again as the program that is killed. The variable
// holds what to do, the checkout, and the step at which it kills itself.
const childVar = "SCAFFOLD_TRANSACTION_CHILD"

func TestMain(m *testing.M) {
	if task := os.Getenv(childVar); task != "" {
		os.Exit(child(strings.SplitN(task, ":", 3)))
	}
	code := m.Run()
	if template != "" {
		_ = os.RemoveAll(filepath.Dir(template))
	}
	os.Exit(code)
}

func child(task []string) int {
	n, err := strconv.Atoi(task[1])
	if err != nil {
		panic(err)
	}
	fault := func(step string) error {
		fmt.Println(step)
		if n--; n == -1 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it arrives
		}
		return nil
	}
	ctx := context.Background()
	r, err := gitrepo.Open(ctx, task[2])
	if err != nil {
		panic(err)
	}
	switch task[0] {
	case "apply":
		_, err = Apply(ctx, r, changes(), Options{Fault: fault})
	case "undo":
		_, err = undo(ctx, r, fault)
	case "recover":
		_, err = recoverRun(ctx, r, fault)
	case "wait": // keeps the lock until its input ends
		_, err = Apply(ctx, r, changes(), Options{Fault: func(step string) error {
			if step == "complete" {
				fmt.Println("ready")
				_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
			}
			return nil
		}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func command(t *testing.T, task, dir string, n int) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+task+":"+strconv.Itoa(n)+":"+dir)
	return cmd
}

// killed runs task until step n and says whether it got there. The output is
// the steps it made.
func killed(t *testing.T, task, dir string, n int) (bool, []string) {
	t.Helper()
	cmd := command(t, task, dir, n)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		return false, nil
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok && status.Signaled() && status.Signal() == syscall.SIGKILL, "%v: %s", err, stderr.String())
	return true, strings.Split(strings.TrimSpace(string(out)), "\n")
}

// copies makes copies of a checkout that git cannot tell from it.
func copies(t *testing.T, dir string) func() string {
	t.Helper()
	parent := t.TempDir()
	n := 0
	return func() string {
		n++
		to := filepath.Join(parent, strconv.Itoa(n))
		copyDir(t, dir, to)
		return to
	}
}

// TestKillApply kills a run at every step: the next one takes it back, or
// finds it complete.
func TestKillApply(t *testing.T) {
	dir := fixture(t)
	another := copies(t, dir)
	var reached []string
	for n := 0; ; n++ {
		dir := another()
		start := gittest.State(t, dir)
		dead, steps := killed(t, "apply", dir, n)
		if !dead {
			break
		}
		reached = steps
		run, err := Unfinished(t.Context(), repo(t, dir))
		require.NoError(t, err)
		require.Equal(t, n >= 2 && steps[n] != "clean up", run != nil, "there is a journal: %d %s", n, steps[n])
		report, err := Recover(t.Context(), repo(t, dir))
		require.NoError(t, err, "%d %s", n, steps[n])
		switch at := steps[n]; {
		case at == "clean up":
			require.Equal(t, Completed, report.Action, at)
			written(t, dir)
			_, err = Undo(t.Context(), repo(t, dir))
			require.NoError(t, err)
		case n < 2: // before there is a journal
			require.Equal(t, None, report.Action, at)
		default:
			require.Equal(t, RolledBack, report.Action, at)
			require.Len(t, report.Record.Created, 2)
		}
		require.Equal(t, start, gittest.State(t, dir), "%d %s", n, steps[n])
		run, err = Unfinished(t.Context(), repo(t, dir))
		require.NoError(t, err)
		require.Nil(t, run)
		clean(t, dir)
	}
	require.Contains(t, reached, "install index")
	require.Contains(t, reached, "clean up")
}

// TestKillUndo kills Undo at every step: the next run finishes it.
func TestKillUndo(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	apply(t, dir)
	another := copies(t, dir)
	for n := 0; ; n++ {
		dir := another()
		dead, steps := killed(t, "undo", dir, n)
		if !dead {
			require.Greater(t, n, 8)
			break
		}
		report, err := Undo(t.Context(), repo(t, dir)) // mends first, and does not undo twice
		require.NoError(t, err, "%d %s", n, steps[n])
		require.Equal(t, Undone, report.Action)
		require.Equal(t, start, gittest.State(t, dir), "%d %s", n, steps[n])
		clean(t, dir)
	}
}

// TestKillRecover kills a run at the steps after which most is to be done, and
// then recovering at every step.
func TestKillRecover(t *testing.T) {
	dir := fixture(t)
	another := copies(t, dir)
	for _, at := range []string{"make mod/new/deep", "place mod/default.nix", "install index", "complete"} {
		for n := 0; ; n++ {
			dir := another()
			start := gittest.State(t, dir)
			dead, _ := killed(t, "apply", dir, indexOf(t, another, at))
			require.True(t, dead)
			dead, steps := killed(t, "recover", dir, n)
			if !dead {
				require.Greater(t, n, 8)
				break
			}
			_, err := Recover(t.Context(), repo(t, dir))
			require.NoError(t, err, "%s, then %d %s", at, n, steps[n])
			require.Equal(t, start, gittest.State(t, dir), "%s, then %d %s", at, n, steps[n])
			clean(t, dir)
		}
	}
}

var stepsOfApply []string

func indexOf(t *testing.T, another func() string, step string) int {
	t.Helper()
	if stepsOfApply == nil {
		stepsOfApply = steps(func(fault func(string) error) {
			_, err := Apply(t.Context(), repo(t, another()), changes(), Options{Fault: fault})
			require.NoError(t, err)
		})
	}
	for i, name := range stepsOfApply {
		if name == step {
			return i
		}
	}
	t.Fatalf("no step %q in %q", step, stepsOfApply)
	return -1
}

// TestKilledRunThenEdit edits a file of a killed run: recovering must not lose it.
func TestKilledRunThenEdit(t *testing.T) {
	dir := fixture(t)
	another := copies(t, dir)
	dead, _ := killed(t, "apply", dir, indexOf(t, another, "complete"))
	require.True(t, dead)
	gittest.Write(t, dir, "host/default.nix", "mine")
	_, err := Apply(t.Context(), repo(t, dir), changes(), Options{})
	require.Equal(t, Edited, kindOf(t, err))
	require.ErrorContains(t, err, "host/default.nix")
	require.ErrorContains(t, err, "journal.json")
	gittest.Write(t, dir, "host/default.nix", "a\r\nb")
	_, err = Recover(t.Context(), repo(t, dir))
	require.NoError(t, err)
	clean(t, dir)
}

func TestTwoRunsAtOnce(t *testing.T) {
	dir := fixture(t)
	first := command(t, "wait", dir, 0)
	in, err := first.StdinPipe()
	require.NoError(t, err)
	out, err := first.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, first.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)

	begin := time.Now()
	for _, do := range []func() error{
		func() error { _, err := Apply(t.Context(), repo(t, dir), changes(), Options{}); return err },
		func() error { _, err := Undo(t.Context(), repo(t, dir)); return err },
		func() error { _, err := Recover(t.Context(), repo(t, dir)); return err },
	} {
		err := do()
		require.Equal(t, Locked, kindOf(t, err))
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, first.Process.Pid, e.PID)
		require.ErrorContains(t, err, strconv.Itoa(first.Process.Pid))
	}
	require.Less(t, time.Since(begin), 30*time.Second, "nobody waits")
	_, err = in.Write([]byte("\n"))
	require.NoError(t, err)
	require.NoError(t, first.Wait())
	written(t, dir)

	// The second plan was made before the first was written.
	_, err = Apply(t.Context(), repo(t, dir), changes(), Options{})
	require.Equal(t, Exists, kindOf(t, err))
	_, err = Apply(t.Context(), repo(t, dir), changes()[3:4], Options{})
	require.Equal(t, Stale, kindOf(t, err))
	written(t, dir)
}
