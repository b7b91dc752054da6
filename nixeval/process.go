package nixeval

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// runSpec is one run of the program.
type runSpec struct {
	what    string
	args    []string
	timeout time.Duration
	line    func(string) // each complete line of stderr, as it comes
}

// result is how a run ended. err is nil if and only if the program exited
// with 0 and nothing was cut off.
type result struct {
	stdout, stderr []byte
	err            error
	exitCode       int
	signal         syscall.Signal
	took           time.Duration
}

// Why a run was ended by us.
var (
	errTimeout  = errors.New("time is up")
	errTooLarge = errors.New("output is too large")
)

// run runs the program in a process group of its own, without a stdin, and
// leaves nothing of that group behind when it was not allowed to finish.
func (n *Nix) run(ctx context.Context, spec runSpec) result {
	start := time.Now()
	if err := ctx.Err(); err != nil {
		return result{err: context.Cause(ctx), exitCode: -1}
	}
	if spec.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, spec.timeout, errTimeout)
		defer stop()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	stdout := &capped{limit: orDefault(n.StdoutLimit, DefaultStdoutLimit), full: func() { cancel(errTooLarge) }}
	stderr := &headTail{limit: orDefault(n.StderrLimit, DefaultStderrLimit), lines: lines{emit: spec.line}}
	cmd := exec.CommandContext(ctx, n.program(), spec.args...) //nolint:gosec // running the named program is the purpose
	cmd.Env = n.environment()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	// One signal to the group reaches the helpers that nix starts, and a
	// Ctrl-C at the terminal reaches only us, who then end it in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return signalGroup(cmd, syscall.SIGTERM) }
	cmd.WaitDelay = orDefault(n.Grace, DefaultGrace)

	err := cmd.Run()
	if cmd.Process != nil && (err != nil || ctx.Err() != nil) {
		// Whatever ignored SIGTERM, or still holds a pipe.
		_ = signalGroup(cmd, syscall.SIGKILL)
	}
	res := result{stdout: stdout.buf, stderr: stderr.bytes(), exitCode: -1, took: time.Since(start)}
	if cmd.ProcessState != nil {
		res.exitCode = cmd.ProcessState.ExitCode()
		if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			res.signal = ws.Signal()
		}
	}
	switch {
	case stdout.over:
		res.err = errTooLarge
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && res.exitCode == 0:
		// The program is done and its answer read; a child that kept the pipe
		// open is none of our concern.
	case ctx.Err() != nil:
		res.err = context.Cause(ctx)
	default:
		res.err = err
	}
	return res
}

// ofRepository are the variables with which git tells its hooks what they work
// on. The git that nix starts would take the flake for that repository.
var ofRepository = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE",
	"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
}

func (n *Nix) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(ofRepository, name)
	})
	env = append(env, initialHeap(env, availableMemory("/proc/meminfo"))...)
	return append(append(env, n.Env...), "NO_COLOR=1")
}

// firstHeap is the memory in bytes that Nix's garbage collector begins with. A
// host's evaluation fits in, and takes half of the processor's time when nothing
// is collected on the way. Nix begins with 384 MiB at most.
const firstHeap = 1 << 30

// initialHeap is the variable that says so, where that much is an eighth of what
// is available or less, and nobody has said otherwise.
func initialHeap(env []string, available int64) []string {
	const variable = "GC_INITIAL_HEAP_SIZE="
	if available/8 < firstHeap || slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, variable) }) {
		return nil
	}
	return []string{variable + strconv.Itoa(firstHeap)}
}

func signalGroup(cmd *exec.Cmd, sig syscall.Signal) error {
	err := syscall.Kill(-cmd.Process.Pid, sig)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
