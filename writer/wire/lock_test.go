package wire

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// nixConfig lets any nix lock offline, as root or not.
const nixConfig = `NIX_CONFIG=extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
warn-dirty = false
`

func newLocker(t *testing.T) *Locker {
	t.Helper()
	nix, err := exec.LookPath("nix")
	if err != nil {
		t.Skip("real nix is needed to lock a flake, and nix is not installed")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	l := &Locker{Nix: nix, Env: []string{nixConfig}}
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// source makes a flake that an input can name.
func source(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "flake.nix"), stub, 0o600))
	return dir
}

func TestIsLocked(t *testing.T) {
	for lock, want := range map[string]bool{
		"":   false,
		"{}": false,
		`{"nodes": {"root": {"inputs": {"scaffold": "scaffold_2"}}}, "root": "root"}`:     true,
		`{"nodes": {"a.b": {"inputs": {"scaffold": ["other"]}}}, "root": "a.b"}`:          true,
		`{"nodes": {"root": {"inputs": {"other": "x"}}, "scaffold": {}}, "root": "root"}`: false,
	} {
		require.Equal(t, want, IsLocked([]byte(lock)), lock)
	}
}

func TestLockKeepsWhatIsLocked(t *testing.T) {
	l := newLocker(t)
	first, second := source(t, "first"), source(t, "second")
	flake := func(inputs string) []byte { return []byte("{ inputs = { " + inputs + " }; outputs = _: { }; }") }
	one := `a.url = "` + reference(first) + `";`
	old, err := l.Lock(t.Context(), flake(one), nil)
	require.NoError(t, err)
	require.False(t, IsLocked(old))

	// The input's source changes; what is locked stays.
	require.NoError(t, os.WriteFile(filepath.Join(first, "more"), nil, 0o600))
	both := flake(one + ` scaffold.url = "` + reference(second) + `";`)
	lock, err := l.Lock(t.Context(), both, old)
	require.NoError(t, err)
	require.True(t, IsLocked(lock))
	const hash = "nodes.a.locked.narHash"
	require.NotEmpty(t, gjson.GetBytes(old, hash).Str)
	require.Equal(t, gjson.GetBytes(old, hash).Str, gjson.GetBytes(lock, hash).Str)

	// Once more, there is nothing to add.
	again, err := l.Lock(t.Context(), both, lock)
	require.NoError(t, err)
	require.Equal(t, string(lock), string(again))
}

func TestStandInNeedsNoSource(t *testing.T) {
	l := newLocker(t)
	l.StandIn, l.Offline = true, true
	lock, err := l.Lock(t.Context(), []byte(`{
		inputs.nixpkgs.follows = "";
		inputs.scaffold = { url = "github:nobody/nothing"; inputs.nixpkgs.follows = "nixpkgs"; };
		outputs = _: { };
	}`), nil)
	require.NoError(t, err)
	require.Equal(t, "path", gjson.GetBytes(lock, "nodes.scaffold.locked.type").Str)
	require.Equal(t, "nobody", gjson.GetBytes(lock, "nodes.scaffold.original.owner").Str)
	require.DirExists(t, gjson.GetBytes(lock, "nodes.scaffold.locked.path").Str, "it is there as long as it may be evaluated")
	dir := l.dir
	require.NoError(t, l.Close())
	require.NoDirExists(t, dir)
	require.NoError(t, l.Close())
}

func TestLockSaysWhy(t *testing.T) {
	l := newLocker(t)
	flake := []byte(`{ inputs.scaffold.url = "path:/nowhere/at/all"; outputs = _: { }; }`)
	_, err := l.Lock(t.Context(), flake, nil)
	var e *LockError
	require.ErrorAs(t, err, &e)
	require.False(t, e.Network)
	require.ErrorContains(t, err, "lock input scaffold: ")
	require.ErrorContains(t, err, "/nowhere/at/all")
	require.NotContains(t, err.Error(), "\n")

	l.Nix = filepath.Join(t.TempDir(), "nix")
	_, err = l.Lock(t.Context(), flake, nil)
	require.ErrorAs(t, err, &e)
}

func TestLockTellsTheNetwork(t *testing.T) {
	dir := t.TempDir()
	fake := func(said string) *Locker {
		name := filepath.Join(dir, "nix")
		require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\ncat >&2 <<'E'\n"+said+"\nE\nexit 1\n"), 0o755))
		return &Locker{Nix: name}
	}
	for said, want := range map[string]struct {
		message string
		network bool
	}{
		"warning: x\nerror: unable to download 'https://example.org':\n       Couldn't resolve host name (6)": {"unable to download 'https://example.org': Couldn't resolve host name (6)", true},
		"error:\n       … while fetching\n\n       error: HTTP error 404":                                     {"HTTP error 404", true},
		"error: syntax error, unexpected ID":                                                                  {"syntax error, unexpected ID", false},
		"":                                                                                                    {"exit status 1", false},
	} {
		l := fake(said)
		_, err := l.Lock(t.Context(), []byte("{ }"), nil)
		require.NoError(t, l.Close())
		var e *LockError
		require.ErrorAs(t, err, &e)
		require.Equal(t, want.message, e.Message)
		require.Equal(t, want.network, e.Network, said)
	}
}

// TestStandInHasTheShape sees that what stands for scaffold has the outputs
// that a wired flake uses.
func TestStandInHasTheShape(t *testing.T) {
	nix := newLocker(t).Nix
	for attr, want := range map[string]string{
		"apps.x86_64-linux.scaffold.type":     "app",
		"flakeModules.default.perSystem.what": "",
	} {
		c := exec.Command(nix, "eval", "--raw", reference(source(t, "stub"))+"#"+attr)
		c.Env = append(os.Environ(), nixConfig)
		out, err := c.Output()
		if want == "" {
			require.Error(t, err, "it is a function")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, strings.TrimSpace(string(out)))
	}
}

func TestLockEndsInTime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "nix")
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\nexec tail -f /dev/null\n"), 0o755))
	l := &Locker{Nix: name, Timeout: 1}
	_, err := l.Lock(t.Context(), []byte("{ }"), nil)
	require.ErrorContains(t, err, "nix did not answer in 1ns")
	require.NoError(t, l.Close())

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = (&Locker{Nix: name}).Lock(ctx, []byte("{ }"), nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestLockForgetsTheHook(t *testing.T) {
	t.Setenv("GIT_DIR", "/elsewhere")
	t.Setenv("GIT_AUTHOR_NAME", "kept")
	require.NotContains(t, environment(), "GIT_DIR=/elsewhere")
	require.Contains(t, environment(), "GIT_AUTHOR_NAME=kept")
}
