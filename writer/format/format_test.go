package format_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/writer/format"
)

// install puts a program of a formatter's name into PATH.
func install(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestFind(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	require.Empty(t, format.Find("nixpkgs-fmt"), "not installed")
	install(t, "nixpkgs-fmt", "exit 0\n")
	require.NotEmpty(t, format.Find("nixpkgs-fmt"))
	install(t, "treefmt", "exit 0\n")
	require.Empty(t, format.Find("treefmt"), "rewrites a whole tree by its own configuration")
	require.Empty(t, format.Find(""))
	require.Empty(t, format.Find("../nixpkgs-fmt"))
}

func TestFile(t *testing.T) {
	install(t, "nixfmt", `sed -i 's/  */ /g' "$1"`+"\n")
	out, err := format.File(t.Context(), format.Find("nixfmt"), []byte("{   a = 1;   }\n"))
	require.NoError(t, err)
	require.Equal(t, "{ a = 1; }\n", string(out))
}

func TestFileFails(t *testing.T) {
	install(t, "alejandra", "echo 'no such syntax' >&2; exit 2\n")
	_, err := format.File(t.Context(), format.Find("alejandra"), []byte("{"))
	require.ErrorContains(t, err, "no such syntax")
}

func TestFileKeepsNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	install(t, "nixfmt", "exit 0\n")
	_, err := format.File(t.Context(), format.Find("nixfmt"), []byte("{ }\n"))
	require.NoError(t, err)
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	require.Empty(t, left)
}
