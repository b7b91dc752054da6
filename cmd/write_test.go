package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"golang.org/x/sys/unix"
)

// steps of a write, from the first to the last.
var steps = []string{
	"stage index", "write journal", "lock index", "make hosts/_modules/nixos/services/cyberchef",
	"write hosts/forge/services/cyberchef.nix", "write hosts/forge/default.nix",
	"place hosts/forge/services/cyberchef.nix", "unlink hosts/forge/services/cyberchef.nix",
	"replace hosts/forge/default.nix", "sync folders", "install index", "complete", "clean up",
}

// add is a run that writes, with a fault.
func (f *fleet) add(fault string, more ...string) (code int, stdout, stderr string) {
	f.t.Helper()
	c := f.command(addArgs("cyberchef", append(more, "--yes", "--no-build")...)...)
	c.Env = append(os.Environ(), "SCAFFOLD_TEST_FAULT="+fault)
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	return exitOf(f.t, c.Run()), out.String(), errOut.String()
}

func notObjects(names []string) []string {
	var others []string
	for _, n := range names {
		if !strings.HasPrefix(n, ".git/objects/") {
			others = append(others, n)
		}
	}
	return others
}

// A kill at any step leaves the repo as it was or complete, and the next run
// says which and mends it.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, "example")
			before := f.snapshot()
			code, _, stderr := f.add("kill:" + step)
			require.Equal(t, -1, code, "killed: %s", stderr)

			code, _, stderr = f.run("undo")
			switch step {
			case "stage index", "write journal":
				require.Equal(t, 2, code, stderr)
			case "clean up":
				require.Equal(t, 0, code, stderr)
			default:
				require.NotEqual(t, 130, code, stderr)
			}
			require.Empty(t, notObjects(before.differs(f.snapshot())), stderr)

			code, stdout, stderr := f.add("")
			require.Equal(t, 0, code, stderr)
			require.Contains(t, stdout, "Written: 4 files")
		})
	}
}

// The next run is the same command again: it says what it mended, and does the
// job.
func TestRunAfterKill(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	t.Run("taken back", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t, "example")
		code, _, _ := f.add("kill:replace hosts/forge/default.nix")
		require.Equal(t, -1, code)
		code, stdout, stderr := f.add("")
		require.Equal(t, 0, code, stderr)
		require.Contains(t, stderr, "A run that was killed (add cyberchef) was rolled back")
		require.Contains(t, stdout, "Written: 4 files")
	})
	t.Run("completed", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t, "example")
		code, _, _ := f.add("kill:clean up")
		require.Equal(t, -1, code)
		complete := f.snapshot()
		code, _, stderr := f.add("")
		require.Equal(t, 2, code, stderr)
		require.Contains(t, stderr, "A run that was killed (add cyberchef) was completed")
		require.Contains(t, stderr, "cyberchef exists")
		for _, name := range complete.differs(f.snapshot()) {
			require.Contains(t, name, ".scaffold-", "only what the killed run left beside its files goes")
		}
	})
	t.Run("a plan changes nothing", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t, "example")
		code, _, _ := f.add("kill:replace hosts/forge/default.nix")
		require.Equal(t, -1, code)
		defer f.untouched()()
		code, _, stderr := f.run("plan", "cyberchef", "--host", "forge")
		require.NotEqual(t, 0, code)
		require.Contains(t, stderr, "A run (add cyberchef) is writing, or was killed while it wrote: then scaffold undo takes it back.")
	})
}

// A write that fails is taken back by the same run.
func TestFailedWrite(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	before := f.snapshot()
	for _, step := range steps[:len(steps)-1] {
		code, _, stderr := f.add("fail:" + step)
		require.Equal(t, 2, code, "%s: %s", step, stderr)
		require.Contains(t, stderr, "no space left on device", step)
		require.Empty(t, notObjects(before.differs(f.snapshot())), step)
	}
}

// fifo is a named pipe for a fault that waits, and a function that opens its
// way back.
func fifo(t *testing.T) (path string, reached, release func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, unix.Mkfifo(path, 0o600))
	require.NoError(t, unix.Mkfifo(path+".go", 0o600))
	reached = func() {
		t.Helper()
		done := make(chan error, 1)
		go func() { _, err := os.ReadFile(path); done <- err }()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(2 * time.Minute):
			require.Fail(t, "the step is not reached")
		}
	}
	release = func() {
		t.Helper()
		require.NoError(t, os.WriteFile(path+".go", []byte("go\n"), 0o600))
	}
	return path, reached, release
}

// start starts a run that will stop at a step.
func (f *fleet) start(fault string, args ...string) (c *exec.Cmd, out, errOut *bytes.Buffer) {
	f.t.Helper()
	out, errOut = &bytes.Buffer{}, &bytes.Buffer{}
	c = f.command(args...)
	c.Env = append(os.Environ(), "SCAFFOLD_TEST_FAULT="+fault)
	c.Stdout, c.Stderr = out, errOut
	require.NoError(f.t, c.Start())
	f.t.Cleanup(func() { _ = c.Process.Kill() })
	return c, out, errOut
}

// Of two runs at once, one writes and the other is told.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	pipe, reached, release := fifo(t)
	one, _, oneErr := f.start("wait:"+pipe+":write hosts/forge/default.nix", addArgs("cyberchef", "--yes", "--no-build")...)
	reached()
	code, stdout, stderr := f.run(addArgs("itools", "--yes", "--no-build", "--set", "port=8765")...)
	require.Equal(t, 2, code, stdout+stderr)
	require.Contains(t, stderr, "at work")
	code, _, stderr = f.run("undo")
	require.Equal(t, 2, code, stderr)
	release()
	require.NoError(t, one.Wait(), oneErr.String())
	changed, err := status(f.dir)
	require.NoError(t, err)
	require.Len(t, changed, 4)

	code, _, stderr = f.run(addArgs("itools", "--yes", "--no-build", "--set", "port=8765")...)
	require.Equal(t, 0, code, stderr)
}

// What someone saves while the plan is proved is named, and nothing is written.
func TestFileChangedWhileProved(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	f.fakeNix(`case "$*" in *"toplevel = true"*) echo "# edited meanwhile" >> hosts/forge/default.nix ;; esac`)
	before := f.snapshot()
	code, stdout, stderr := f.run(addArgs("cyberchef", "--yes", "--no-build", "--no-cache", "--nix", f.fake())...)
	require.Equal(t, 2, code, stdout+stderr)
	require.Contains(t, stderr, "the repo changed while the plan was made (hosts/forge/default.nix), so nothing was written")
	require.Equal(t, []string{"hosts/forge/default.nix"}, before.differs(f.snapshot()))
}

// So is what is saved in the very moment of the write.
func TestFileChangedWhileWritten(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	before := f.snapshot()
	pipe, reached, release := fifo(t)
	run, _, stderr := f.start("wait:"+pipe+":place hosts/forge/services/cyberchef.nix", addArgs("cyberchef", "--yes", "--no-build")...)
	reached()
	list := filepath.Join(f.dir, "hosts/forge/default.nix")
	text, err := os.ReadFile(list)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(list, append(text, "# mine\n"...), 0o644))
	release()
	require.Equal(t, 2, exitOf(t, run.Wait()), stderr.String())
	require.Contains(t, stderr.String(), "hosts/forge/default.nix")
	require.Equal(t, []string{"hosts/forge/default.nix"}, notObjects(before.differs(f.snapshot())))
}

// Ctrl-C ends a run with its own code, leaves nothing behind, and no nix.
func TestInterruptedWhileEvaluating(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, at := range []string{"builtins.attrNames", "toplevel = true"} {
			t.Run(signal.String()+" "+at, func(t *testing.T) {
				t.Parallel()
				f := newFleet(t, "example")
				pipe, reached, _ := fifo(t)
				// As Nix 2.8 does, it ignores both.
				f.fakeNix(`case "$*" in *"` + at + `"*) trap "" INT TERM; echo reached > ` + pipe + `; echo $$ > ` + pipe + `.pid; while :; do read x < ` + pipe + `.go; done ;; esac`)
				before := f.snapshot()
				run, stdout, stderr := f.start("", addArgs("cyberchef", "--yes", "--no-build", "--no-cache", "--nix", f.fake())...)
				reached()
				require.NoError(t, run.Process.Signal(signal))
				require.Equal(t, 130, exitOf(t, run.Wait()), stderr.String())
				require.Empty(t, before.differs(f.snapshot()), stdout.String())
				require.NotContains(t, stderr.String(), "panic")
			})
		}
	}
}

// In the middle of the write it takes everything back first.
func TestInterruptedWhileWriting(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	before := f.snapshot()
	pipe, reached, release := fifo(t)
	run, _, stderr := f.start("wait:"+pipe+":write hosts/forge/default.nix", addArgs("cyberchef", "--yes", "--no-build")...)
	reached()
	require.NoError(t, run.Process.Signal(syscall.SIGINT))
	release()
	code := exitOf(t, run.Wait())
	if code == 0 { // the signal came in the last moment: then all of it stands
		require.Equal(t, 0, code)
		return
	}
	require.Equal(t, 130, code, stderr.String())
	require.Empty(t, notObjects(before.differs(f.snapshot())))
}

// An interrupted build says so with its code; the files stand, unless they were
// to be taken back.
func TestInterruptedWhileBuilding(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for _, flag := range []string{"--yes", "--rollback-on-failure"} {
		f := newFleet(t, "example")
		before := f.snapshot()
		pipe, reached, _ := fifo(t)
		bin := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(bin, "task"), []byte("#!/bin/sh\necho reached > "+pipe+"\nread x < "+pipe+".go\n"), 0o755))
		c := f.command(addArgs("cyberchef", "--yes", flag)...)
		c.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
		var stderr bytes.Buffer
		c.Stderr = &stderr
		require.NoError(t, c.Start())
		reached()
		require.NoError(t, c.Process.Signal(syscall.SIGINT))
		require.Equal(t, 130, exitOf(t, c.Wait()), stderr.String())
		changed := notObjects(before.differs(f.snapshot()))
		if flag == "--yes" {
			require.Contains(t, stderr.String(), "the files stand, take them back with scaffold undo")
			require.Len(t, changed, 6, "four files, a folder and the index")
		} else {
			require.Contains(t, stderr.String(), "the files were taken back")
			require.Empty(t, changed)
		}
	}
}

// A folder of modules that is a link out of the repo is not followed.
func TestSymlinkOutOfRepo(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	outside := filepath.Join(filepath.Dir(f.dir), "outside")
	services := filepath.Join(f.dir, "hosts/forge/services")
	require.NoError(t, os.Rename(services, outside))
	require.NoError(t, os.Symlink(outside, services))
	before, err := takeSnapshot(outside)
	require.NoError(t, err)
	for _, tracked := range []bool{false, true} {
		if tracked { // git has it as a link
			out, err := exec.Command("git", "-C", f.dir, "add", "-A").CombinedOutput()
			require.NoError(t, err, string(out))
		}
		snapshot := f.snapshot()
		code, _, stderr := f.run(addArgs("cyberchef", "--yes", "--no-build")...)
		require.Contains(t, []int{2, 4}, code, stderr)
		require.Empty(t, snapshot.differs(f.snapshot()))
		after, err := takeSnapshot(outside)
		require.NoError(t, err)
		require.Empty(t, before.differs(after))
	}
}

// A link that stays in the repo and appears only after evaluation is not
// followed either: a fake nix puts it there.
func TestSymlinkMadeMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	outside := filepath.Join(filepath.Dir(f.dir), "outside")
	require.NoError(t, os.Mkdir(outside, 0o755))
	f.fakeNix(`case "$*" in *"toplevel = true"*) ln -sfn ` + outside + ` hosts/_modules/nixos/services/cyberchef ;; esac`)
	code, _, stderr := f.run(addArgs("cyberchef", "--yes", "--no-build", "--no-cache", "--nix", f.fake())...)
	require.Equal(t, 2, code, stderr)
	require.Contains(t, stderr, "hosts/_modules/nixos/services/cyberchef")
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
	changed, err := status(f.dir)
	require.NoError(t, err)
	require.Equal(t, []string{"??:hosts/_modules/nixos/services/cyberchef"}, changed)
}

// What cannot be written is named, and nothing else is written.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	require.NoError(t, os.Chmod(filepath.Join(f.dir, "hosts/forge/default.nix"), 0o444))
	defer f.untouched()()
	code, _, stderr := f.run(addArgs("cyberchef", "--yes", "--no-build")...)
	require.Equal(t, 2, code, stderr)
	require.Contains(t, stderr, "hosts/forge/default.nix")
	require.Contains(t, stderr, "read-only")
	code, stdout, stderr := f.run(addArgs("cyberchef", "--json")[0:1]...)
	require.Equal(t, 2, code, stdout+stderr)

	code, stdout, stderr = f.run(append([]string{"plan"}, addArgs("cyberchef", "--json")...)...)
	require.Equal(t, 0, code, stderr)
	require.Equal(t, "planned", gjson.Get(stdout, "status").String(), "a plan needs no right to write")
}

// fake is the wrapper that fakeNix made.
func (f *fleet) fake() string { return filepath.Join(filepath.Dir(f.dir), "fake", "nix") }

// fakeNix makes a nix that runs a piece of shell in the repo before the real
// one.
func (f *fleet) fakeNix(shell string) {
	f.t.Helper()
	real := needNix(f.t, "nix")
	require.NoError(f.t, os.MkdirAll(filepath.Dir(f.fake()), 0o755))
	script := "#!/bin/sh\ncd " + f.dir + "\n" + shell + "\nexec " + real + " \"$@\"\n"
	require.NoError(f.t, os.WriteFile(f.fake(), []byte(script), 0o755))
}
