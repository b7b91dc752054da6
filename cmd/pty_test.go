package cmd_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal with a program in it, and what it has shown.
type terminal struct {
	t      testing.TB
	master *os.File
	run    *exec.Cmd

	mu    sync.Mutex
	shown bytes.Buffer
	read  int // up to here it was expected
	more  chan struct{}
	ended chan struct{}
}

// openTerminal gives both ends of a new pseudo-terminal.
func openTerminal(tb testing.TB) (master, slave *os.File) {
	tb.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		tb.Skipf("a pseudo-terminal is needed: %v", err)
	}
	master = os.NewFile(uintptr(fd), "ptmx")
	require.NoError(tb, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	require.NoError(tb, err)
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Skipf("a pseudo-terminal is needed: %v", err)
	}
	return master, slave
}

// show runs a program in a terminal of its own.
func show(tb testing.TB, c *exec.Cmd) *terminal {
	tb.Helper()
	master, slave := openTerminal(tb)
	if c.Stdin == nil {
		c.Stdin = slave
	}
	if c.Stdout == nil {
		c.Stdout = slave
	}
	c.Stderr = slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	require.NoError(tb, c.Start())
	require.NoError(tb, slave.Close())
	t := &terminal{t: tb, master: master, run: c, more: make(chan struct{}, 1), ended: make(chan struct{})}
	go t.follow()
	tb.Cleanup(func() {
		_ = c.Process.Kill()
		_ = master.Close()
	})
	return t
}

// follow collects what is shown until the program is gone.
func (t *terminal) follow() {
	defer close(t.ended)
	buf := make([]byte, 4096)
	for {
		n, err := t.master.Read(buf)
		t.mu.Lock()
		t.shown.Write(buf[:n])
		t.mu.Unlock()
		select {
		case t.more <- struct{}{}:
		default:
		}
		if err != nil { // EIO once the other end is closed
			return
		}
	}
}

// expect waits until a text is shown, after what was expected before.
func (t *terminal) expect(text string) {
	t.t.Helper()
	t.expectAny(text)
}

// expectAny waits for one of several texts and tells which came first.
func (t *terminal) expectAny(texts ...string) int {
	t.t.Helper()
	timeout := time.After(2 * time.Minute)
	for {
		if i := t.find(texts); i >= 0 {
			return i
		}
		select {
		case <-t.more:
			continue
		case <-t.ended:
		case <-timeout:
		}
		if i := t.find(texts); i >= 0 {
			return i
		}
		require.FailNow(t.t, "not shown", "%q is not in\n%s", texts, t.all())
	}
}

// find looks for the first of the texts in what was not expected yet.
func (t *terminal) find(texts []string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest, which, at := t.shown.Bytes()[t.read:], -1, 0
	for i, text := range texts {
		if j := bytes.Index(rest, []byte(text)); j >= 0 && (which < 0 || j < at) {
			which, at = i, j
		}
	}
	if which >= 0 {
		t.read += at + len(texts[which])
	}
	return which
}

// say types a line at the next prompt.
func (t *terminal) say(line string) {
	t.t.Helper()
	if t.expectAny("> ", "[y/N] ") < 0 {
		return
	}
	_, err := fmt.Fprintln(t.master, line)
	require.NoError(t.t, err)
}

// wait waits for the end and gives the exit code and all that was shown.
func (t *terminal) wait() (code int, shown string) {
	t.t.Helper()
	err := t.run.Wait()
	<-t.ended
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t.t, err)
	}
	return t.run.ProcessState.ExitCode(), t.all()
}

// all is everything that was shown so far.
func (t *terminal) all() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shown.String()
}
