package gitrepo

import (
	"crypto/sha1"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// TestOldObjectsAreDropped fills the one folder that is looked at.
func TestOldObjectsAreDropped(t *testing.T) {
	dir := gittest.Commit(t, map[string]string{"flake.nix": "{ }"})
	r, err := Open(t.Context(), dir)
	require.NoError(t, err)
	tree, err := r.WorkTree(t.Context())
	require.NoError(t, err)
	var contents [][]byte
	for i := 0; len(contents) < 64; i++ {
		content := fmt.Sprint(i)
		if id := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content)); id[0] == 0x17 {
			contents = append(contents, []byte(content))
		}
	}
	ids, err := r.WriteBlobs(t.Context(), contents...)
	require.NoError(t, err)
	objects := filepath.Join(r.scratch, ".git", "objects")
	long := time.Now().AddDate(0, -1, 0)
	for _, id := range ids[1:] {
		require.NoError(t, os.Chtimes(filepath.Join(objects, id[:2], id[2:]), long, long))
	}
	again, err := Open(t.Context(), dir)
	require.NoError(t, err)
	commit, err := again.Commit(t.Context(), tree)
	require.NoError(t, err)
	require.False(t, have(filepath.Join(r.scratch, ".git"), ids[1]), "old ones go")
	require.True(t, have(filepath.Join(r.scratch, ".git"), ids[0]), "fresh ones stay: another run may need them")
	entries, err := again.ListTree(t.Context(), commit)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	_, err = os.Stat(filepath.Join(objects, "17", ids[2][2:]))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
