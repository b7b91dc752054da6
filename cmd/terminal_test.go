package cmd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// On a terminal the host, the questions and the confirmation are asked; what
// makes no sense is asked again.
func TestTerminalAsks(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	term := show(t, f.command("cyberchef", "--no-build", "--set", "auth=none"))
	term.expect("Which host?")
	term.expect("forge")
	term.say("mars")
	term.expect(`"mars" is none of them`)
	term.say("1")
	term.expect("Which image")
	term.say("latest")
	term.expect("read image")
	term.expect("Which image")
	term.say("ghcr.io/gchq/cyberchef:10.19.4@" + digest)
	for range 8 { // in whatever order they come
		switch term.expectAny("in a few words", "category does", "with its storage", "On which port", "Write these files?") {
		case 0:
			term.say("data workbench")
		case 1:
			term.say("Tools")
		case 2:
			term.say("stateless")
		case 3:
			term.say("0")
			term.expect("is no port")
			term.expect("On which port")
			term.say("8000")
		case 4:
			term.say("y")
			code, shown := term.wait()
			require.Equal(t, 0, code, shown)
			require.Contains(t, shown, "Written: 4 files")
			changed, err := status(f.dir)
			require.NoError(t, err)
			require.Len(t, changed, 4)
			return
		}
	}
	require.Fail(t, "it asks without end")
}

// Anything but yes is no, and no leaves the repo alone.
func TestTerminalConfirms(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for answer, want := range map[string]int{"": 2, "n": 2, "no": 2, "maybe": 2, "yes": 0, "Y": 0} {
		t.Run("answer "+answer, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, "example")
			before := f.snapshot()
			term := show(t, f.command(addArgs("cyberchef", "--no-build")...))
			term.expect("Write these files?")
			require.Empty(t, before.differs(f.snapshot()), "nothing is written before the answer")
			term.say(answer)
			code, shown := term.wait()
			require.Equal(t, want, code, shown)
			if want != 0 {
				require.Contains(t, shown, "nothing was written")
				require.Empty(t, before.differs(f.snapshot()))
			}
		})
	}
}

// Ctrl-C and Ctrl-D at a question end the run; nothing is written.
func TestTerminalLeaves(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for key, want := range map[string]int{"\x03": 130, "\x04": 2} {
		f := newFleet(t, "example")
		before := f.snapshot()
		term := show(t, f.command(addArgs("cyberchef", "--no-build")...))
		term.expect("Write these files?")
		_, err := term.master.WriteString(key)
		require.NoError(t, err)
		code, shown := term.wait()
		require.Equal(t, want, code, "%q: %s", key, shown)
		require.Empty(t, before.differs(f.snapshot()))
	}
}

// Colour is for terminals, and for those who did not decline it. Progress is
// shown on a terminal only, and wiped when it is over.
func TestTerminalColourAndProgress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name             string
		env              string
		colour, progress bool
	}{
		{"terminal", "A=b", true, true},
		{"NO_COLOR", "NO_COLOR=1", false, true},
		{"dumb", "TERM=dumb", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, "example")
			pipe, reached, release := fifo(t)
			f.fakeNix(`case "$*" in *'host = "forge"'*"toplevel = true"*) echo reached > ` + pipe + `; read x < ` + pipe + `.go ;; esac`)
			c := f.command(append([]string{"plan", "--no-cache", "--nix", f.fake()}, addArgs("cyberchef")...)...)
			c.Env = append(os.Environ(), tt.env)
			term := show(t, c)
			reached()
			if tt.progress {
				term.expect("evaluating ")
				term.expect("facts of forge")
			}
			release()
			code, shown := term.wait()
			require.Equal(t, 0, code, shown)
			require.Equal(t, tt.colour, strings.Contains(shown, "\x1b[1m"), "%q", shown)
			require.Equal(t, tt.progress, strings.Contains(shown, "evaluating "), "%q", shown)
			if i := strings.LastIndex(shown, "\x1b[K"); tt.progress {
				require.NotContains(t, shown[i:], "evaluating ", "the line is wiped")
			}
		})
	}
}

// Only standard output in a pipe: the result has no escape codes, and the
// terminal still sees progress and questions.
func TestTerminalWithPipedOutput(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	var out bytes.Buffer
	c := f.command(addArgs("cyberchef", "--no-build")...)
	c.Stdout = &out
	term := show(t, c)
	term.expect("Write these files?")
	term.say("yes")
	code, shown := term.wait()
	require.Equal(t, 0, code, shown)
	require.NotContains(t, out.String(), "\x1b")
	require.Contains(t, out.String(), "Written: 4 files")
	require.NotContains(t, shown, "+++ b/", "the diff is part of the result")
}

// Standard input in a pipe: nothing can be asked, whatever it holds.
func TestTerminalWithPipedInput(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	defer f.untouched()()
	c := f.command(addArgs("cyberchef", "--no-build")...)
	c.Stdin = strings.NewReader("yes\nyes\n")
	code, shown := show(t, c).wait()
	require.Equal(t, 2, code, shown)
	require.Contains(t, shown, "there is no terminal to ask on")
}

// --json asks nothing either: its reader is a program.
func TestTerminalJSON(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	var out bytes.Buffer
	c := f.command("plan", "linkding", "--host", "forge", "--json")
	c.Stdout = &out
	code, shown := show(t, c).wait()
	require.Equal(t, 3, code, shown)
	require.Equal(t, "questions", gjson.Get(out.String(), "status").String())
	require.NotContains(t, shown, "Which image")
	require.NoDirExists(t, filepath.Join(f.dir, "hosts/forge/services/linkding"))
}
