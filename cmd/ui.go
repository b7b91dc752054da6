package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/fatih/color"
	"golang.org/x/term"

	"holthome.net/scaffold/nixeval"
)

// ui is the terminal, or what stands for it.
type ui struct {
	in                   *os.File
	out, err             io.Writer
	colourOut, colourErr bool
	terminal             bool // both standard input and error are one
	dumb                 bool // it knows no escape codes
	reader               *bufio.Reader
	cancelled            <-chan struct{} // ends a question

	mu      sync.Mutex
	running []activity
	since   time.Time
	ticker  *time.Ticker
	done    chan struct{}
	drawn   bool
}

func newUI(in *os.File, out, errOut io.Writer) *ui {
	u := &ui{in: in, out: out, err: errOut, reader: bufio.NewReader(in)}
	u.colourOut, u.colourErr = isTerminal(out), isTerminal(errOut)
	u.terminal = u.colourErr && term.IsTerminal(int(in.Fd()))
	u.dumb = os.Getenv("TERM") == "dumb"
	if os.Getenv("NO_COLOR") != "" || u.dumb {
		u.colourOut, u.colourErr = false, false
	}
	return u
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// interactive tells whether questions can be asked.
func (u *ui) interactive() bool { return u.terminal }

func (u *ui) paint(on bool, attributes ...color.Attribute) func(string) string {
	c := color.New(attributes...)
	if on {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return func(s string) string { return c.Sprint(s) }
}

func (u *ui) bad(s string) string  { return u.paint(u.colourErr, color.FgRed, color.Bold)(s) }
func (u *ui) dim(s string) string  { return u.paint(u.colourOut, color.Faint)(s) }
func (u *ui) good(s string) string { return u.paint(u.colourOut, color.FgGreen)(s) }
func (u *ui) red(s string) string  { return u.paint(u.colourOut, color.FgRed)(s) }
func (u *ui) warn(s string) string { return u.paint(u.colourOut, color.FgYellow)(s) }
func (u *ui) bold(s string) string { return u.paint(u.colourOut, color.Bold)(s) }

// progress shows what Nix is doing, with the seconds gone, on a terminal only.
func (u *ui) progress(e nixeval.Event) { u.active(e.Stage, activity{"evaluating", e.What}) }

func (u *ui) active(stage nixeval.Stage, a activity) {
	if !u.terminal || u.dumb {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch stage {
	case nixeval.Started:
		if len(u.running) == 0 {
			u.since = time.Now()
			u.start()
		}
		u.running = append(u.running, a)
	case nixeval.Finished:
		for i, w := range u.running {
			if w == a {
				u.running = append(u.running[:i:i], u.running[i+1:]...)
				break
			}
		}
		if len(u.running) == 0 {
			u.stop()
		}
	}
}

func (u *ui) start() {
	u.ticker, u.done = time.NewTicker(100*time.Millisecond), make(chan struct{})
	go func(ticker *time.Ticker, done chan struct{}) {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				u.mu.Lock()
				if len(u.running) > 0 && time.Since(u.since) > 300*time.Millisecond {
					_, _ = fmt.Fprintf(u.err, "\r\x1b[K%s ... %ds", activities(u.running), int(time.Since(u.since).Seconds()))
					u.drawn = true
				}
				u.mu.Unlock()
			}
		}
	}(u.ticker, u.done)
}

func (u *ui) stop() {
	if u.ticker != nil {
		u.ticker.Stop()
		close(u.done)
		u.ticker = nil
	}
	u.wipe()
}

func (u *ui) wipe() {
	if u.drawn {
		_, _ = fmt.Fprint(u.err, "\r\x1b[K")
		u.drawn = false
	}
}

// clear ends a progress line.
func (u *ui) clear() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.running = nil
	u.stop()
}

// line reads one line from the terminal. A signal ends it: reading cannot be
// interrupted, so it is left behind.
func (u *ui) line(prompt string) (string, error) {
	_, _ = fmt.Fprint(u.err, prompt)
	type answer struct {
		text string
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		s, err := u.reader.ReadString('\n')
		read <- answer{s, err}
	}()
	select {
	case a := <-read:
		if a.err != nil {
			_, _ = fmt.Fprintln(u.err)
			return "", fail(ExitUsage, "read answer: %w instead of one, so nothing was written; run it again, or say with flags what is asked for", a.err)
		}
		return strings.TrimSpace(a.text), nil
	case <-u.cancelled:
		_, _ = fmt.Fprintln(u.err)
		return "", &exitError{ExitCancelled, errors.New("read answer: cancelled, so nothing was written")}
	}
}

// confirm asks yes or no; anything but yes is no.
func (u *ui) confirm(question string) (bool, error) {
	s, err := u.line(question + " [y/N] ")
	return strings.EqualFold(s, "y") || strings.EqualFold(s, "yes"), err
}
