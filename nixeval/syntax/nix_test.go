package syntax

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
		t.Skip("nix-instantiate is not installed: what Nix makes of our text cannot be tested")
	}
}

// nix runs nix-instantiate on an expression in a file of its own.
func nix(t tb, expr string, flags ...string) (stdout []byte, stderr string, err error) {
	dir, err := os.MkdirTemp("", "syntax")
	require.NoError(t, err)
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "expr.nix")
	require.NoError(t, os.WriteFile(file, []byte(expr), 0o600))
	cmd := exec.Command("nix-instantiate", append(append([]string{"--store", "dummy://"}, flags...), file)...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err = cmd.Run()
	return out.Bytes(), problems.String(), err
}

// requireValues asks Nix, in one evaluation, whether each expression is the
// string at its index. Hashes are compared, because Nix cannot print strings
// that are not UTF-8 as JSON.
func requireValues(t tb, want, exprs []string) {
	expr := "map (builtins.hashString \"sha256\") [\n(" + strings.Join(exprs, ")\n(") + ")\n]"
	out, problems, err := nix(t, expr, "--eval", "--json", "--strict")
	require.NoError(t, err, "%s\n%s", problems, expr)
	var hashes []string
	require.NoError(t, json.Unmarshal(out, &hashes))
	require.Len(t, hashes, len(want))
	for i := range want {
		sum := sha256.Sum256([]byte(want[i]))
		require.Equal(t, hex.EncodeToString(sum[:]), hashes[i], "%q written as %s", want[i], exprs[i])
	}
}

// nixParses reports whether Nix accepts the source.
func nixParses(t tb, src string) bool {
	_, _, err := nix(t, src, "--parse")
	return err == nil
}
