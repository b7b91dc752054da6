package transaction

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// small mounts a file system of a few kilobytes.
func small(t *testing.T, kilobytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(kilobytes)+"k"); err != nil {
		t.Skipf("a full disk needs the right to mount one: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// TestDiskFull leaves ever more space to a run, from none to enough.
func TestDiskFull(t *testing.T) {
	origin := fixture(t)
	disk := small(t, 4096)
	dir := filepath.Join(disk, "repo")
	copyDir(t, origin, dir)
	_, err := Recover(t.Context(), repo(t, dir)) // the folder and the lock are there
	require.NoError(t, err)
	start := gittest.State(t, dir)
	filler := filepath.Join(disk, "filler")
	failed := 0
	for pages := 0; ; pages++ {
		fill(t, disk, filler, pages)
		_, err := Apply(t.Context(), repo(t, dir), changes(), Options{})
		if err == nil {
			break
		}
		failed++
		require.Equal(t, IO, kindOf(t, err), err)
		require.Equal(t, start, gittest.State(t, dir), "%d pages: %v", pages, err)
		require.Less(t, pages, 100)
		require.NoError(t, os.Remove(filler))
		report, err := Recover(t.Context(), repo(t, dir))
		require.NoError(t, err)
		require.Equal(t, None, report.Action, "it was taken back at once")
	}
	require.Greater(t, failed, 5, "the run needs some space")
	written(t, dir)
}

// fill takes all space but some pages.
func fill(t *testing.T, disk, filler string, pages int) {
	t.Helper()
	var st unix.Statfs_t
	require.NoError(t, unix.Statfs(disk, &st))
	size := int(st.Bavail)*int(st.Bsize) - pages*int(st.Bsize)
	require.Positive(t, size)
	require.NoError(t, os.WriteFile(filler, bytes.Repeat([]byte{1}, size), 0o600))
}

func TestReadOnlyFileSystem(t *testing.T) {
	origin := fixture(t)
	disk := small(t, 4096)
	dir := filepath.Join(disk, "repo")
	copyDir(t, origin, dir)
	r := repo(t, dir)
	require.NoError(t, unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	_, err := Apply(t.Context(), r, changes(), Options{})
	require.Equal(t, IO, kindOf(t, err))
	require.ErrorIs(t, err, syscall.EROFS)
	require.ErrorContains(t, err, "read-only")
	tree, err := repo(t, dir).WorkTree(t.Context())
	require.NoError(t, err, "reading and evaluating still work")
	require.NotEmpty(t, tree)
}

func TestReadOnlyFolder(t *testing.T) {
	if !gittest.ObeysModes(t) {
		return
	}
	dir := fixture(t)
	require.NoError(t, os.Chmod(filepath.Join(dir, "mod"), 0o555))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "mod"), 0o755) })
	start := gittest.State(t, dir)
	_, err := Apply(t.Context(), repo(t, dir), changes(), Options{})
	require.Equal(t, IO, kindOf(t, err))
	require.ErrorContains(t, err, "mod")
	require.Equal(t, start, gittest.State(t, dir))
}

func TestOwnerStays(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := fixture(t)
	require.NoError(t, os.Chown(filepath.Join(dir, "run.sh"), 4242, 4343))
	apply(t, dir)
	owner := func() (uint32, uint32) {
		info, err := os.Stat(filepath.Join(dir, "run.sh"))
		require.NoError(t, err)
		st, ok := info.Sys().(*syscall.Stat_t)
		require.True(t, ok)
		return st.Uid, st.Gid
	}
	uid, gid := owner()
	require.Equal(t, []uint32{4242, 4343}, []uint32{uid, gid})
	_, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	uid, gid = owner()
	require.Equal(t, []uint32{4242, 4343}, []uint32{uid, gid})
}
