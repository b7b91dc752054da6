package nixeval

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// counting is a fake that answers with how often it was asked.
func counting(t *testing.T) (*Nix, Request) {
	t.Helper()
	n := fake(t, `i=$(cat "$DIR/n" 2>/dev/null || echo 0); echo $((i+1)) >"$DIR/n"; cat "$DIR/n"`)
	n.Cache = &Cache{Dir: filepath.Join(t.TempDir(), "deep", "eval")}
	n.Env = []string{"NIX_CONF_DIR=" + t.TempDir(), "NIX_USER_CONF_FILES=/nonexistent"}
	r := request
	r.Key = "tree 1"
	return n, r
}

func ask(t *testing.T, n *Nix, r Request) int {
	t.Helper()
	out, err := n.Eval(t.Context(), r)
	require.NoError(t, err)
	i, err := strconv.Atoi(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	return i
}

func TestCacheAnswers(t *testing.T) {
	n, r := counting(t)
	require.Equal(t, 1, ask(t, n, r))
	require.Equal(t, 1, ask(t, n, r))
	moved := r
	moved.Flake = "git+file:///elsewhere"
	moved.What = "other words"
	moved.Source = "/nix/store/x"
	require.Equal(t, 1, ask(t, n, moved), "where the tree lies changes nothing")
	other := &Nix{Program: n.Program, Env: n.Env, Cache: &Cache{Dir: n.Cache.Dir}, Log: zerolog.Nop()}
	require.Equal(t, 1, ask(t, other, r), "another process has it too")
}

func TestCacheDependsOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Nix, *Request)
	}{
		{"tree", func(_ *Nix, r *Request) { r.Key = "tree 2" }},
		{"no key", func(_ *Nix, r *Request) { r.Key = "" }},
		{"no cache", func(n *Nix, _ *Request) { n.Cache = nil }},
		{"attribute", func(_ *Nix, r *Request) { r.Attr = []string{"b"} }},
		{"how the path is cut", func(_ *Nix, r *Request) { r.Attr = []string{"a", ""} }},
		{"function", func(_ *Nix, r *Request) { r.Apply = "x: x" }},
		{"commit", func(_ *Nix, r *Request) { r.Flake += "?rev=1" }},
		{"folder", func(_ *Nix, r *Request) { r.Flake += "?dir=sub" }},
		{"scheme", func(_ *Nix, r *Request) { r.Flake = "path:///nowhere" }},
		{"read-only", func(_ *Nix, r *Request) { r.ReadOnly = true }},
		{"builds", func(_ *Nix, r *Request) { r.IFD = IFDDeny }},
		{"failures too", func(_ *Nix, r *Request) { r.Failures = true }},
		{"unlocked", func(_ *Nix, r *Request) { r.AllowUnlocked = true }},
		{"settings", func(n *Nix, _ *Request) { n.Env = append(n.Env, "NIX_CONFIG=extra-experimental-features = x") }},
		{"settings file", func(n *Nix, _ *Request) {
			dir := n.getenv("NIX_CONF_DIR")
			_ = os.WriteFile(filepath.Join(dir, "nix.conf"), []byte("system = x\n"), 0o600)
		}},
		{"version", func(n *Nix, _ *Request) {
			n.version = Version{Raw: "nix (Nix) 2.34.0", Product: "Nix", Major: 2, Minor: 34}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, r := counting(t)
			require.Equal(t, 1, ask(t, n, r))
			c.change(n, &r)
			require.Equal(t, 2, ask(t, n, r))
		})
	}
}

func TestCacheDoesNotDependOn(t *testing.T) {
	n, r := counting(t)
	r.Flake += "?dir=a&submodules=1"
	require.Equal(t, 1, ask(t, n, r))
	t.Setenv("SOME_VARIABLE", "x")
	r.Flake = "git+file:///nowhere?submodules=1&dir=a"
	require.Equal(t, 1, ask(t, n, r))
}

func TestCacheSettingsIncluded(t *testing.T) {
	n, r := counting(t)
	dir := n.getenv("NIX_CONF_DIR")
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("nix.conf", "!include more.conf\n")
	require.Equal(t, 1, ask(t, n, r))
	write("more.conf", "include "+filepath.Join(dir, "nix.conf")+"\n") // a circle ends
	require.Equal(t, 2, ask(t, n, r))
	require.Equal(t, 2, ask(t, n, r))
	write("more.conf", "system = x\n")
	require.Equal(t, 3, ask(t, n, r))
}

func cacheFile(t *testing.T, n *Nix) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(n.Cache.Dir, "*"))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing half written is left")
	return files[0]
}

func TestCacheDamage(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"torn", func(b []byte) []byte { return b[:len(b)-1] }},
		{"empty", func([]byte) []byte { return nil }},
		{"edited", func(b []byte) []byte { return bytes.Replace(b, []byte("null\n1"), []byte("null\n7"), 1) }},
		{"longer", func(b []byte) []byte { return append(b, ' ') }},
		{"other format", func(b []byte) []byte { return bytes.Replace(b, []byte(cacheFormat), []byte("scaffold-eval 0"), 1) }},
		{"not an answer", func([]byte) []byte { b, _ := entry{JSON: []byte(`{"a":}`)}.encode(); return b }},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, r := counting(t)
			require.Equal(t, 1, ask(t, n, r))
			path := cacheFile(t, n)
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, c.damage(b), 0o600))
			require.Equal(t, 2, ask(t, n, r))
			require.Equal(t, 2, ask(t, n, r), "mended")
		})
	}
}

func TestCacheIsPrivate(t *testing.T) {
	n, r := counting(t)
	ask(t, n, r)
	info, err := os.Stat(cacheFile(t, n))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(n.Cache.Dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestCacheCannotBeWritten(t *testing.T) {
	n, r := counting(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(n.Cache.Dir), 0o700))
	require.NoError(t, os.WriteFile(n.Cache.Dir, nil, 0o600)) // a file where the folder would be
	require.Equal(t, 1, ask(t, n, r))
	require.Equal(t, 2, ask(t, n, r))
}

func TestCacheFailureIsNotRemembered(t *testing.T) {
	n := fake(t, `if [ -e "$DIR/again" ]; then echo 1; else touch "$DIR/again"; echo 'error: no' >&2; exit 1; fi`)
	n.Cache = &Cache{Dir: t.TempDir()}
	r := request
	r.Key = "k"
	_, err := n.Eval(t.Context(), r)
	require.Error(t, err)
	require.Equal(t, 1, ask(t, n, r))
}

func TestEntryRoundTrip(t *testing.T) {
	want := entry{JSON: []byte("{\"a\":\n1}"), Unreadable: []Unreadable{
		{Cell: "x\ny", Err: &Error{Kind: Abort, What: "w", Message: "m\nn", File: "f", Line: 1, Column: 2, InRepo: true, OptionPath: "o", Hint: "h", ExitCode: 1}},
	}}
	b, err := want.encode()
	require.NoError(t, err)
	got, err := decodeEntry(b)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func FuzzDecodeEntry(f *testing.F) {
	b, err := entry{JSON: []byte("1")}.encode()
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEntry(b)
		if err != nil {
			return
		}
		again, err := e.encode()
		require.NoError(t, err)
		_, err = decodeEntry(again)
		require.NoError(t, err)
	})
}

func TestPrune(t *testing.T) {
	c := &Cache{Dir: t.TempDir(), MaxBytes: 250, MaxAge: time.Hour}
	put := func(name string, size int, age time.Duration) {
		path := filepath.Join(c.Dir, name)
		require.NoError(t, os.WriteFile(path, make([]byte, size), 0o600))
		then := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(path, then, then))
	}
	put("old"+cacheSuffix, 1, 2*time.Hour)
	put("third"+cacheSuffix, 100, 30*time.Minute)
	put("second"+cacheSuffix, 100, 20*time.Minute)
	put("first"+cacheSuffix, 100, 10*time.Minute)
	put(".torn"+cacheSuffix+"123", 1, 2*time.Hour)
	put(".writing"+cacheSuffix+"123", 1, time.Minute)
	put("README", 1000, 100*time.Hour)
	require.NoError(t, os.Mkdir(filepath.Join(c.Dir, "folder"+cacheSuffix), 0o700))
	require.NoError(t, c.Prune())
	entries, err := os.ReadDir(c.Dir)
	require.NoError(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.Equal(t, []string{".writing.eval123", "README", "first.eval", "folder.eval", "second.eval"}, left, "only our own files go")
	require.ErrorContains(t, (&Cache{Dir: filepath.Join(c.Dir, "none")}).Prune(), "prune cache")
}

func TestCacheUseCountsAsAge(t *testing.T) {
	n, r := counting(t)
	ask(t, n, r)
	path := cacheFile(t, n)
	then := time.Now().Add(-24 * time.Hour)
	require.NoError(t, os.Chtimes(path, then, then))
	ask(t, n, r)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), info.ModTime(), time.Hour)
}

func TestDefaultCache(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/cache")
	c, err := DefaultCache()
	require.NoError(t, err)
	require.Equal(t, "/cache/scaffold/eval", c.Dir)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	_, err = DefaultCache()
	require.ErrorContains(t, err, "set XDG_CACHE_HOME")
}

func BenchmarkCachedEval(b *testing.B) {
	n := &Nix{Program: "nix", Log: zerolog.Nop(), Cache: &Cache{Dir: b.TempDir()}}
	n.version = Version{Raw: "nix (Nix) 2.18.1", Product: "Nix", Major: 2, Minor: 18}
	r := request
	r.Key = "k"
	n.Cache.put(n.cacheKey(r, n.version, r.Apply), entry{JSON: append(append([]byte(`"`), bytes.Repeat([]byte("a"), 1<<20)...), '"')}, n.Log)
	for b.Loop() {
		_, err := n.Eval(b.Context(), r)
		require.NoError(b, err)
	}
}
