package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The list of hosts is not waited for when the host is named: here it comes
// only once the host's facts are asked for.
func TestNamedHostIsEvaluatedBesideTheList(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	pipe := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	f.fakeNix(`case "$*" in
*"--apply builtins.attrNames"*) read x < ` + pipe + ` ;;
*'host = "forge"'*"toplevel = false"*) echo go > ` + pipe + ` ;;
esac`)
	code, stdout, stderr := f.run(append([]string{"plan", "--no-cache", "--nix", f.fake()}, addArgs("cyberchef")...)...)
	require.Equal(t, 0, code, stdout+stderr)
}

// A name that is not in the list ends the run as before, and leaves no nix
// behind that still evaluates it.
func TestWrongHostLeavesNoNixBehind(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	log := filepath.Join(t.TempDir(), "pid")
	f.fakeNix(`case "$*" in *'host = "nowhere"'*) echo $$ > ` + log + `; exec sleep 600 ;; *attrNames*) while ! test -s ` + log + `; do sleep 0.01; done ;; esac`)
	code, stdout, stderr := f.run("plan", "--no-cache", "--nix", f.fake(), "--host", "nowhere", "cyberchef")
	require.Equal(t, 2, code, stdout+stderr)
	require.Contains(t, stderr, `names "nowhere", and the flake has`)
	pid, err := os.ReadFile(log)
	require.NoError(t, err)
	_, err = os.Stat(filepath.Join("/proc", strings.TrimSpace(string(pid))))
	require.ErrorIs(t, err, os.ErrNotExist)
}
