package cmd_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/testdata"
)

// makeFleet writes an example fleet to a new folder and commits it.
func makeFleet(example, dir string) error {
	root, err := fs.Sub(testdata.FS, example)
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, root); err != nil {
		return err
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "fleet"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %v: %w: %s", args, err, out)
		}
	}
	return nil
}

// snapshot is a repo to the byte: every file with its mode, git's own with it.
// What is ours in git's folder is left out; nothing of the user's is.
type snapshot map[string]string

func takeSnapshot(dir string) (snapshot, error) {
	s := snapshot{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if d.IsDir() && rel == filepath.Join(".git", "scaffold") {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var content []byte
		switch {
		case info.Mode().IsRegular():
			content, err = os.ReadFile(name)
		case info.Mode()&fs.ModeSymlink != 0:
			var to string
			to, err = os.Readlink(name)
			content = []byte(to)
		}
		s[rel] = fmt.Sprintf("%s %x", info.Mode(), sha256.Sum256(content))
		return err
	})
	return s, err
}

// differs names what is not the same in another snapshot.
func (s snapshot) differs(now snapshot) []string {
	var names []string
	for name, was := range s {
		if now[name] != was {
			names = append(names, name)
		}
	}
	for name := range now {
		if _, ok := s[name]; !ok {
			names = append(names, name+" (new)")
		}
	}
	slices.Sort(names)
	return names
}

// status is what git says is changed, without touching the index.
func status(dir string) ([]string, error) {
	c := exec.Command("git", "-C", dir, "--no-optional-locks", "-c", "core.quotePath=off", "status", "--porcelain", "--untracked-files=all")
	out, err := c.Output()
	if err != nil {
		return nil, err
	}
	var lines []string
	for l := range strings.Lines(string(out)) {
		lines = append(lines, strings.Join(strings.Fields(l), ":"))
	}
	slices.Sort(lines)
	return lines, nil
}

// fleet is an example repo of a Go test.
type fleet struct {
	t   testing.TB
	dir string
}

func newFleet(tb testing.TB, example string) *fleet {
	tb.Helper()
	dir, err := filepath.EvalSymlinks(tb.TempDir())
	require.NoError(tb, err)
	dir = filepath.Join(dir, "fleet")
	require.NoError(tb, makeFleet(example, dir))
	return &fleet{tb, dir}
}

// command is the program in the repo.
func (f *fleet) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(f.t.Context(), "scaffold", args...)
	c.Dir = f.dir
	return c
}

// run runs the program and gives its exit code and what it printed.
func (f *fleet) run(args ...string) (code int, stdout, stderr string) {
	f.t.Helper()
	c := f.command(args...)
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	return exitOf(f.t, c.Run()), out.String(), errOut.String()
}

// exitOf is the exit code that an error of exec stands for.
func exitOf(tb testing.TB, err error) int {
	tb.Helper()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	require.NoError(tb, err)
	return 0
}

func (f *fleet) snapshot() snapshot {
	f.t.Helper()
	s, err := takeSnapshot(f.dir)
	require.NoError(f.t, err)
	return s
}

// untouched gives a check that the repo is as it is now.
func (f *fleet) untouched() func() {
	f.t.Helper()
	before := f.snapshot()
	return func() {
		f.t.Helper()
		require.Empty(f.t, before.differs(f.snapshot()))
	}
}

// addArgs are the arguments of a job that nothing is left to ask of.
func addArgs(service string, more ...string) []string {
	return append([]string{
		service, "--host", "forge", "--set", "packaging=container", "--set", "image=ghcr.io/gchq/cyberchef:10.19.4@" + digest,
		"--set", "containerPort=80", "--set", "port=8000", "--set", "auth=none", "--set", "workload=stateless",
		"--set", "category=Tools", "--set", "description=data workbench",
	}, more...)
}

// digest is one that an image could have.
const digest = "sha256:3f1c8a5e0d7b4926a1c3e5f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b"
