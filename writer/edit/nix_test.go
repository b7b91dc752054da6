package edit

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// tb is what both *testing.T and *rapid.T can do.
type tb interface {
	require.TestingT
	Logf(format string, args ...any)
}

// needNix skips the test where there is no Nix to ask.
func needNix(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("nix-instantiate"); err != nil {
		t.Skip("nix-instantiate is not installed: what an edit means cannot be tested")
	}
}

// evaluated is what Nix makes of an expression, as JSON.
func evaluated(t tb, expr string) string {
	dir, err := os.MkdirTemp("", "edit")
	require.NoError(t, err)
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "expr.nix")
	require.NoError(t, os.WriteFile(file, []byte(expr), 0o600))
	cmd := exec.Command("nix-instantiate", "--store", "dummy://", "--eval", "--json", "--strict", file)
	out, err := cmd.Output()
	require.NoError(t, err, "%s", expr)
	return string(out)
}
