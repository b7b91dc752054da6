package edit

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the edits do now into testdata")

// edited runs the edit that the first lines of an archive describe: the
// operation, then its arguments, one a line; "crlf" and "cut" change the file.
func edited(t *testing.T, archive *txtar.Archive) (in, out []byte, err error) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(archive.Comment)), "\n")
	op, args := lines[0], lines[1:]
	files := map[string][]byte{}
	for _, file := range archive.Files {
		files[file.Name] = file.Data
	}
	in = files["in.nix"]
	if len(args) > 0 && args[len(args)-1] == "crlf" {
		in = bytes.ReplaceAll(in, []byte("\n"), []byte("\r\n"))
		args = args[:len(args)-1]
	}
	if len(args) > 0 && args[len(args)-1] == "cut" {
		in = bytes.TrimRight(in, "\n")
		args = args[:len(args)-1]
	}
	at := func() []string {
		if args[0] == "." {
			return nil
		}
		return strings.Split(args[0], "/")
	}
	before := bytes.Clone(in)
	switch op {
	case "import":
		out, err = InsertImport(in, args[0], strings.Join(args[1:], " "))
	case "binding":
		order := Order(ByName)
		if len(args) > 1 && args[1] == "last" {
			order = Last
		} else if len(args) > 1 {
			order = ByInt(strings.Split(args[1], "/")...)
		}
		out, err = InsertBinding(in, at(), string(files["add"]), order)
	case "let":
		out, err = InsertLet(in, string(files["add"]), ByName)
	case "element":
		out, err = AppendElement(in, at(), string(files["add"]))
	case "operand":
		out, err = AppendOperand(in, at(), string(files["add"]))
	case "lines":
		out, err = AppendLines(in, at(), strings.Split(strings.TrimSuffix(string(files["add"]), "\n"), "\n")...)
	default:
		t.Fatalf("unknown operation %q", op)
	}
	require.Equal(t, string(before), string(in), "the source was changed in place")
	return in, out, err
}

func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			in, out, err := edited(t, archive)
			result := txtar.File{Name: "out.nix", Data: out}
			if err != nil {
				result = txtar.File{Name: "error", Data: []byte(err.Error() + "\n")}
			} else {
				requireOnlyAdded(t, in, out)
				requireFormatted(t, in, out)
			}
			if bytes.Contains(out, []byte("\r\n")) {
				require.NotContains(t, strings.ReplaceAll(string(out), "\r\n", ""), "\n", "line ends are mixed")
				result.Data = bytes.ReplaceAll(result.Data, []byte("\r\n"), []byte("\n"))
			}
			if len(result.Data) > 0 && result.Data[len(result.Data)-1] != '\n' {
				result.Data = append(bytes.Clone(result.Data), '\n')
			}
			if *update {
				archive.Files = append(without(archive.Files, "out.nix", "error"), result)
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
				return
			}
			want := archive.Files[len(archive.Files)-1]
			require.Equal(t, want.Name, result.Name, "%s", result.Data)
			require.Equal(t, string(want.Data), string(result.Data))
		})
	}
}

func without(files []txtar.File, names ...string) []txtar.File {
	var kept []txtar.File
	for _, file := range files {
		if file.Name != names[0] && file.Name != names[1] {
			kept = append(kept, file)
		}
	}
	return kept
}

// requireOnlyAdded checks that one insertion happened, that doing the edit
// again is refused elsewhere, and that Nix accepts the result if it is there.
func requireOnlyAdded(t *testing.T, in, out []byte) {
	t.Helper()
	insertion, err := Diff(in, out)
	require.NoError(t, err)
	require.NotEmpty(t, insertion.Text)
	require.Equal(t, string(out), string(insertion.Apply(in)))
	if nix, err := exec.LookPath("nix-instantiate"); err == nil {
		require.NoError(t, parses(t, nix, in), "the test's own file is no Nix")
		require.NoError(t, parses(t, nix, out), "%s", out)
	}
}

func parses(t *testing.T, nix string, src []byte) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.nix")
	require.NoError(t, os.WriteFile(file, src, 0o600))
	if out, err := exec.Command(nix, "--store", "dummy://", "--parse", file).CombinedOutput(); err != nil {
		return errors.New(string(out))
	}
	return nil
}

// requireFormatted checks that a file which nixpkgs-fmt leaves alone is still
// one afterwards, where that formatter is installed.
func requireFormatted(t *testing.T, in, out []byte) {
	t.Helper()
	formatter, err := exec.LookPath("nixpkgs-fmt")
	if err != nil || formatted(t, formatter, in) != string(in) {
		return
	}
	require.Equal(t, formatted(t, formatter, out), string(out), "nixpkgs-fmt would change the result")
}

func formatted(t *testing.T, formatter string, src []byte) string {
	t.Helper()
	cmd := exec.Command(formatter)
	cmd.Stdin = bytes.NewReader(src)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}
