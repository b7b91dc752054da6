package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"holthome.net/scaffold/cmd"
)

// TestMain makes the test binary the program too: scripts and tests run it as
// a user does, in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(&withCache{m}, map[string]func(){"scaffold": program})
}

// program is scaffold, with the fault that a test asked for.
func program() {
	if spec := os.Getenv("SCAFFOLD_TEST_FAULT"); spec != "" {
		what, rest, _ := strings.Cut(spec, ":")
		cmd.SetFault(func(step string) error { return faulty(what, rest, step) })
	}
	code := cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if file := os.Getenv("SCAFFOLD_TEST_MEMORY"); file != "" {
		if err := os.WriteFile(file, []byte(peakMemory()), 0o600); err != nil {
			panic(err)
		}
	}
	os.Exit(code)
}

// peakMemory is what this process took at most, in kB. What getrusage says
// counts what the process was before exec, and children.
func peakMemory() string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.Fields(rest)[0]
		}
	}
	panic("no VmHWM")
}

// faulty does at a step of the write what a test asked for: "kill:STEP" kills
// the process, "fail:STEP" fails the step, "wait:FIFO:STEP" tells through one
// named pipe that the step is reached and waits for another, "FIFO.go".
func faulty(what, rest, step string) error {
	switch what {
	case "kill":
		if step == rest {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	case "fail":
		if step == rest {
			return syscall.ENOSPC
		}
	case "wait":
		fifo, at, _ := strings.Cut(rest, ":")
		if step != at {
			return nil
		}
		if err := os.WriteFile(fifo, []byte("reached\n"), 0o600); err != nil {
			return err
		}
		_, err := os.ReadFile(fifo + ".go")
		return err
	default:
		return fmt.Errorf("unknown fault %s", what)
	}
	return nil
}

// withCache gives all tests one folder for what is remembered: most evaluate
// the same trees.
type withCache struct{ m *testing.M }

func (w *withCache) Run() int {
	dir, err := os.MkdirTemp("", "scaffold-cmd-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for name, value := range map[string]string{
		"XDG_CACHE_HOME":      filepath.Join(dir, "cache"),
		"NIX_CONFIG":          nixConfig,
		"GIT_CONFIG_GLOBAL":   filepath.Join(dir, "none"),
		"GIT_CONFIG_SYSTEM":   filepath.Join(dir, "none"),
		"GIT_AUTHOR_NAME":     "t",
		"GIT_AUTHOR_EMAIL":    "t@example.org",
		"GIT_COMMITTER_NAME":  "t",
		"GIT_COMMITTER_EMAIL": "t@example.org",
		"SCAFFOLD_HOST":       "",
		"SCAFFOLD_OFFLINE":    "1", // the tests' images are made up
		"NO_COLOR":            "",
		"TERM":                "xterm",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return w.m.Run()
}

// nixConfig lets any nix evaluate and build offline, as root or not.
const nixConfig = `extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
sandbox = false
warn-dirty = false
`

// eachNix runs a test with every nix named in SCAFFOLD_NIX_VERSIONS, a list of
// programs separated by colons, or with the nix on PATH.
func eachNix(t *testing.T, test func(t *testing.T, nix string)) {
	t.Helper()
	programs := []string{"nix"}
	if list := os.Getenv("SCAFFOLD_NIX_VERSIONS"); list != "" {
		programs = strings.Split(list, ":")
	}
	for _, p := range programs {
		nix := needNix(t, p)
		if len(programs) == 1 {
			test(t, nix)
			continue
		}
		t.Run(strings.ReplaceAll(strings.TrimPrefix(nix, "/"), "/", "."), func(t *testing.T) { test(t, nix) })
	}
}

// needNix skips a test where there is no nix to evaluate with.
func needNix(tb testing.TB, program string) string {
	tb.Helper()
	nix, err := exec.LookPath(program)
	if err != nil {
		tb.Skipf("real nix is needed, and %s is not installed", program)
	}
	return nix
}
