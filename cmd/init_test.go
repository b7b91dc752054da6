package cmd_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// scaffoldFlake makes a flake that has what a wired repo uses, and is the
// reference of it.
func scaffoldFlake(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(`{
  outputs = _: {
    apps.x86_64-linux.scaffold = { type = "app"; program = "/bin/sh"; };
    lib.allocationCheck = { pkgs, flake }: derivation { name = "allocations"; system = pkgs.stdenv.hostPlatform.system; builder = "/bin/sh"; };
  };
}
`), 0o600))
	return "path:" + dir
}

// On a terminal, init asks for what it cannot know and confirms.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	reference := scaffoldFlake(t)
	term := show(t, f.command("init"))
	term.expect("Which host?")
	term.say("nas-1")
	term.expect("Where does scaffold come from?")
	term.say("a b#c")
	term.expect("one word without #")
	term.say(reference)
	term.expect("Write these files?")
	term.say("y")
	code, shown := term.wait()
	require.Equal(t, 0, code, shown)
	require.Contains(t, shown, "Written: 5 files")
	settings, err := os.ReadFile(filepath.Join(f.dir, ".scaffold.yaml"))
	require.NoError(t, err)
	require.Equal(t, "---\nhost: nas-1\n", string(settings))

	term = show(t, f.command("init"))
	code, shown = term.wait()
	require.Equal(t, 0, code, shown)
	require.Contains(t, shown, "Already wired")
}

// No is no.
func TestInitConfirms(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	untouched := f.untouched()
	term := show(t, f.command("init", "--host", "forge", "--input", scaffoldFlake(t)))
	term.expect("Write these files?")
	term.say("")
	code, shown := term.wait()
	require.Equal(t, 2, code, shown)
	require.Contains(t, shown, "nothing was written")
	untouched()
}

// A kill in the middle leaves nothing half wired: the next run takes back what
// there was, and wires.
func TestInitSurvivesAKill(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	args := []string{"init", "--host", "forge", "--yes", "--json", "--input", scaffoldFlake(t)}
	killed := f.command(args...)
	killed.Env = append(os.Environ(), "SCAFFOLD_TEST_FAULT=kill:replace flake.nix")
	err := killed.Run()
	require.Error(t, err)
	ended, ok := killed.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok && ended.Signal() == syscall.SIGKILL, "%v", err)
	code, out, errOut := f.run(args...)
	require.Equal(t, 0, code, errOut)
	require.Contains(t, errOut, "rolled back")
	require.Equal(t, "written", gjson.Get(out, "status").Str)
	code, _, errOut = f.run("undo")
	require.Equal(t, 0, code, errOut)
	changed, err := status(f.dir)
	require.NoError(t, err)
	require.Empty(t, changed)
}
