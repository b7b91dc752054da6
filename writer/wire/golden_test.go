package wire

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what is wired now into testdata")

// service stands for the taskfile that is copied.
const service = `---
version: "3"

tasks:
  new:
    cmds:
      - scaffold new
`

// story is one golden file: the words of its comment are settings, its files
// in/ the repo, doors what is said of each door, out/ what changes.
func story(t *testing.T, archive *txtar.Archive) (Repo, Options) {
	t.Helper()
	r := Repo{Files: map[string][]byte{}, Host: "forge", System: "x86_64-linux"}
	o := Options{URL: "git+https://example.org/scaffold", Service: []byte(service)}
	for line := range strings.Lines(string(archive.Comment)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "host":
			r.Host = value
		case "apps":
			r.Apps = strings.Fields(value)
		case "checks":
			r.Checks = strings.Fields(value)
		case "url":
			o.URL = value
		case "skip":
			for _, n := range strings.Fields(value) {
				o.Skip = append(o.Skip, Name(n))
			}
		case "#", "":
		default:
			t.Fatalf("unknown setting %q", name)
		}
	}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "in/"); ok {
			r.Files[name] = bytes.ReplaceAll(f.Data, []byte("SERVICE\n"), []byte(service))
			r.All = append(r.All, name)
		}
	}
	return r, o
}

func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			r, o := story(t, archive)
			w, err := Make(r, o)
			require.NoError(t, err)
			requireOnlyAdded(t, w)
			requireIdempotent(t, r, o, w)
			got := []txtar.File{{Name: "doors", Data: []byte(doors(w))}}
			for _, f := range w.Files {
				got = append(got, txtar.File{Name: "out/" + f.Path, Data: bytes.ReplaceAll(f.After, []byte(service), []byte("SERVICE\n"))})
			}
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return !strings.HasPrefix(f.Name, "in/") })
				archive.Files = append(archive.Files, got...)
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
				return
			}
			want := slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return strings.HasPrefix(f.Name, "in/") })
			require.Equal(t, string(txtar.Format(&txtar.Archive{Files: want})), string(txtar.Format(&txtar.Archive{Files: got})))
		})
	}
}

// doors is what a person would be told.
func doors(w *Wiring) string {
	var b strings.Builder
	for _, d := range w.Doors {
		fmt.Fprintf(&b, "%s: %s", d.Name, d.State)
		if d.File != "" {
			fmt.Fprintf(&b, " %s", d.File)
		}
		if d.Line > 0 {
			fmt.Fprintf(&b, ":%d", d.Line)
		}
		if d.Reason != "" {
			fmt.Fprintf(&b, ": %s", d.Reason)
		}
		b.WriteByte('\n')
		for l := range strings.Lines(d.Snippet) {
			b.WriteString("  | " + strings.TrimRight(l, "\n") + "\n")
		}
	}
	return b.String()
}

// requireOnlyAdded checks that no byte that was there is gone, and that Nix
// reads the result.
func requireOnlyAdded(t *testing.T, w *Wiring) {
	t.Helper()
	for _, f := range w.Files {
		if f.Before == nil {
			continue
		}
		requireWithin(t, f.Before, f.After)
		if nix, err := exec.LookPath("nix-instantiate"); err == nil && strings.HasSuffix(f.Path, ".nix") {
			file := filepath.Join(t.TempDir(), "file.nix")
			require.NoError(t, os.WriteFile(file, f.After, 0o600))
			out, err := exec.Command(nix, "--store", "dummy://", "--parse", file).CombinedOutput()
			require.NoError(t, err, "%s\n%s", out, f.After)
		}
	}
}

// requireWithin checks that the lines of before are in after, in their order;
// a line may have grown.
func requireWithin(t *testing.T, before, after []byte) {
	t.Helper()
	rest := after
	for _, c := range before {
		i := bytes.IndexByte(rest, c)
		require.GreaterOrEqual(t, i, 0, "something is gone:\n%s", after)
		rest = rest[i+1:]
	}
}

// requireIdempotent checks that a second run has nothing to add.
func requireIdempotent(t *testing.T, r Repo, o Options, w *Wiring) {
	t.Helper()
	again := r
	again.Files = maps.Clone(r.Files)
	for _, f := range w.Files {
		again.Files[f.Path] = f.After
		if f.Before == nil {
			again.All = append(slices.Clone(again.All), f.Path)
		}
	}
	if i := slices.IndexFunc(w.Doors, func(d Door) bool { return d.Name == Outputs }); w.Doors[i].State == Added {
		again.Apps, again.Checks = []string{appName}, []string{checkName} // what evaluation would say
	}
	second, err := Make(again, o)
	require.NoError(t, err)
	require.Empty(t, second.Files)
	for i, d := range second.Doors {
		want := w.Doors[i].State
		if want == Added {
			want = Wired
		}
		require.Equal(t, want, d.State, "%s", d.Name)
	}
}
