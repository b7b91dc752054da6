package nixeval

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tree that is evaluated may be a copy elsewhere. What is missing in it is
// looked for where the user works.
func TestUntrackedInWorkTree(t *testing.T) {
	dir := writeFlake(t, map[string]string{
		"flake.nix":    output("\nuntracked = import ./new.nix;\nmissing = import ./none.nix;"),
		"+new.nix":     "1\n",
		"old/kept.nix": "1\n",
	})
	copied := filepath.Join(t.TempDir(), "copy")
	git(t, dir, "clone", "-q", dir, copied)
	commit := git(t, dir, "rev-parse", "HEAD")
	_, err := os.Stat(filepath.Join(copied, "new.nix"))
	require.ErrorIs(t, err, os.ErrNotExist)

	eachNix(t, func(t *testing.T, n *Nix) {
		n.WorkTree = dir
		for attr, want := range map[string]struct {
			kind Kind
			hint string
		}{
			"untracked": {UntrackedFile, "git add -N -- new.nix"},
			"missing":   {MissingFile, "create none.nix"},
		} {
			_, err := n.Eval(t.Context(), Request{Flake: "git+file://" + copied + "?rev=" + commit, Attr: []string{attr}, What: "test"})
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, want.kind, e.Kind, e.Message)
			require.Contains(t, e.Hint, want.hint)
			require.Equal(t, "flake.nix", e.File)
		}
	})
}
