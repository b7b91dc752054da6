package wire

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
)

// seeds are the files of the golden stories whose names end so.
func seeds(f *testing.F, suffix string) {
	f.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, suffix) {
				f.Add(file.Data)
			}
		}
	}
}

// FuzzTasks: whatever a Taskfile is, a key is added and nothing else changes,
// or it is refused.
func FuzzTasks(f *testing.F) {
	seeds(f, "ml")
	f.Add([]byte("includes:\n- a\n"))
	f.Add([]byte("includes:\n  a:\n  - b\n  # c\n"))
	f.Add([]byte("includes: &x\n  a: b\n<<: *x\n"))
	f.Add([]byte("00:"))
	f.Add([]byte("? includes\n: a: b"))
	f.Add([]byte("includes:\n  a: |\n    b\n\n\n  # c"))
	f.Add([]byte("\r0:\r_:"))
	f.Fuzz(func(t *testing.T, src []byte) {
		w := &wiring{Repo: Repo{Files: map[string][]byte{"Taskfile.yml": src}}, options: Options{Service: []byte(service)}, now: map[string][]byte{}}
		d, err := w.tasks()
		require.NoError(t, err)
		out, changed := w.now["Taskfile.yml"]
		if src == nil || d.State != Added {
			return
		}
		require.True(t, changed)
		require.Greater(t, len(out), len(src))
		requireWithin(t, src, out)
		var is taskfile
		require.NoError(t, yaml.Unmarshal(out, &is))
		require.Contains(t, is.Includes, include)
	})
}

// FuzzFlake: whatever a flake is, nothing in it is lost and the result parses,
// or it is refused.
func FuzzFlake(f *testing.F) {
	seeds(f, ".nix")
	f.Add([]byte("{ inputs = { }; outputs = { self, ... }: { checks.x86_64-linux = a.b // c; apps = f (pkgs: { }); }; }"))
	f.Add([]byte("{ outputs = { self /* a */, # b\n ... # c\n}: mkFlake { } { imports = [ # d\n]; }; }"))
	f.Add([]byte("{ outputs = a: { inherit; }; }"))
	f.Add([]byte("{ inputs = { inherit; }; outputs = { self }: let inherit; in { apps = { inherit; }; inherit (self) checks; }; }"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if bytes.Contains(src, []byte("\r")) && !bytes.Contains(src, []byte("\r\n")) {
			return
		}
		w, err := Make(Repo{Files: map[string][]byte{flakeFile: src}, Host: "forge", System: "x86_64-linux"},
			Options{URL: "x", Skip: []Name{Tasks, Settings}})
		if err != nil {
			var broken *syntax.Error
			require.ErrorAs(t, err, &broken)
			return
		}
		for _, file := range w.Files {
			requireWithin(t, file.Before, file.After)
			_, err := syntax.Parse(file.After)
			require.NoError(t, err, "%s", file.After)
		}
		for _, d := range w.Refused() {
			require.NotEmpty(t, d.Reason)
			require.NotEmpty(t, d.Snippet)
		}
	})
}

// TestLineEnds: with the line ends of another system the same is added, with
// those line ends.
func TestLineEnds(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	crlf := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		r, o := story(t, archive)
		plain, err := Make(r, o)
		require.NoError(t, err)
		for path, text := range r.Files {
			if string(text) != service {
				r.Files[path] = crlf(text)
			}
		}
		got, err := Make(r, o)
		require.NoError(t, err)
		require.Len(t, got.Files, len(plain.Files), name)
		for i, f := range got.Files {
			if f.Before != nil {
				require.Equal(t, string(crlf(plain.Files[i].After)), string(f.After), "%s %s", name, f.Path)
			}
		}
	}
}
