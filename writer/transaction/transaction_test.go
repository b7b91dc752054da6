package transaction

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

func TestApplyAndUndo(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	rec := apply(t, dir)
	written(t, dir)
	clean(t, dir)
	require.Equal(t, "new service", rec.Message)
	require.Equal(t, []string{"mod/new/deep/default.nix", "host/new service.nix"}, rec.Created)
	require.Equal(t, []string{"mod/default.nix", "host/default.nix", "run.sh"}, rec.Edited)
	require.WithinDuration(t, time.Now(), rec.Time, time.Minute)
	last, err := Last(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, rec.ID, last.ID)

	for p, mode := range map[string]os.FileMode{"run.sh": 0o750, "mod/default.nix": 0o644, "host/new service.nix": 0o755, "mod/new/deep/default.nix": 0o644} {
		info, err := os.Stat(filepath.Join(dir, p))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode(), p)
	}

	report, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, Undone, report.Action)
	require.Equal(t, rec.ID, report.Record.ID)
	require.Empty(t, report.Notes)
	require.Equal(t, start, gittest.State(t, dir))
	clean(t, dir)

	_, err = Undo(t.Context(), repo(t, dir))
	require.Equal(t, Nothing, kindOf(t, err))
	last, err = Last(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Nil(t, last)
}

func TestApplyToUnbornRepository(t *testing.T) {
	for _, tracked := range []string{"nothing", "flake"} {
		t.Run(tracked, func(t *testing.T) {
			dir := gittest.Init(t, "r", map[string]string{"flake.nix": flake})
			gittest.Git(t, dir, "add", "-N", "flake.nix")
			r := repo(t, dir)
			if tracked == "nothing" { // opened while the flake was tracked
				require.NoError(t, os.Remove(filepath.Join(dir, ".git/index")))
			}
			gittest.Git(t, dir, "hash-object", "-w", "-t", "blob", "/dev/null") // intent-to-add stores it
			start := gittest.State(t, dir)
			_, err := Apply(t.Context(), r, []Change{{Path: "a/b", After: []byte("x")}}, Options{})
			require.NoError(t, err)
			_, err = Undo(t.Context(), r)
			require.NoError(t, err)
			require.Equal(t, start, gittest.State(t, dir))
			clean(t, dir)
		})
	}
}

func TestEditsAloneLeaveTheIndex(t *testing.T) {
	dir := fixture(t)
	index, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	require.NoError(t, err)
	// Git at work elsewhere is no obstacle then.
	gittest.Write(t, dir, ".git/index.lock", "")
	_, err = Apply(t.Context(), repo(t, dir), changes()[3:4], Options{})
	require.NoError(t, err)
	after, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	require.NoError(t, err)
	require.Equal(t, index, after)
	_, err = Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
}

func TestUnchangedFilesAreSkipped(t *testing.T) {
	dir := fixture(t)
	same := Change{Path: "staged", Before: []byte("2"), After: []byte("2")}
	_, err := Apply(t.Context(), repo(t, dir), []Change{same}, Options{})
	require.Equal(t, Invalid, kindOf(t, err))
	rec, err := Apply(t.Context(), repo(t, dir), append(changes(), same), Options{})
	require.NoError(t, err)
	require.NotContains(t, rec.Edited, "staged")
}

func TestDeletedTrackedFileIsMadeAnew(t *testing.T) {
	dir := fixture(t)
	require.NoError(t, os.Remove(filepath.Join(dir, "other/file")))
	start := gittest.State(t, dir)
	_, err := Apply(t.Context(), repo(t, dir), []Change{{Path: "other/file", After: []byte("2")}}, Options{})
	require.NoError(t, err)
	require.Contains(t, gittest.Git(t, dir, "--no-optional-locks", "status", "--porcelain"), " M other/file\n", "its entry stays what it was")
	_, err = Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, start, gittest.State(t, dir))
}

func TestLinkedWorkTree(t *testing.T) {
	dir := fixture(t)
	linked := filepath.Join(t.TempDir(), "linked")
	gittest.Git(t, dir, "worktree", "add", "-q", linked)
	gittest.Write(t, linked, "mod/default.nix", "[ # uncommitted\n]\n")
	start, main := gittest.State(t, linked), gittest.State(t, dir)
	_, err := Apply(t.Context(), repo(t, linked), changes(), Options{})
	require.NoError(t, err)
	require.Equal(t, main, gittest.State(t, dir))
	_, err = Undo(t.Context(), repo(t, linked))
	require.NoError(t, err)
	require.Equal(t, start, gittest.State(t, linked))
}

func TestSplitIndex(t *testing.T) {
	dir := fixture(t)
	gittest.Git(t, dir, "update-index", "--split-index")
	start := gittest.State(t, dir)
	apply(t, dir)
	written(t, dir)
	_, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, start, gittest.State(t, dir))
}

// TestFailureAtEveryStep lets every step fail once, as with a full disk: the
// checkout is as before, and the same run succeeds afterwards.
func TestFailureAtEveryStep(t *testing.T) {
	all := steps(func(fault func(string) error) {
		_, err := Apply(t.Context(), repo(t, fixture(t)), changes(), Options{Fault: fault})
		require.NoError(t, err)
	})
	require.Greater(t, len(all), 12)
	for n, name := range all[:len(all)-1] { // the last is cleaning up: the run is complete
		t.Run(fmt.Sprintf("%02d %s", n, name), func(t *testing.T) {
			dir := fixture(t)
			start := gittest.State(t, dir)
			_, err := Apply(t.Context(), repo(t, dir), changes(), Options{Fault: failAt(n)})
			require.ErrorIs(t, err, errInjected)
			require.Equal(t, IO, kindOf(t, err))
			require.Equal(t, start, gittest.State(t, dir))
			clean(t, dir)
			apply(t, dir)
			written(t, dir)
		})
	}
}

// afterComplete fails the last step of a run and hands the steps of rolling
// back to fault.
func afterComplete(fault func(string) error) func(string) error {
	back := false
	return func(name string) error {
		if back {
			return fault(name)
		}
		if back = name == "complete"; back {
			return errInjected
		}
		return nil
	}
}

// TestRollbackFails lets rolling back fail too: the journal stays, and the
// next run mends.
func TestRollbackFails(t *testing.T) {
	all := steps(func(fault func(string) error) {
		_, err := Apply(t.Context(), repo(t, fixture(t)), changes(), Options{Fault: afterComplete(fault)})
		require.ErrorIs(t, err, errInjected)
	})
	require.Greater(t, len(all), 8)
	for n, name := range all {
		t.Run(fmt.Sprintf("%02d %s", n, name), func(t *testing.T) {
			dir := fixture(t)
			start := gittest.State(t, dir)
			_, err := Apply(t.Context(), repo(t, dir), changes(), Options{Fault: afterComplete(failAt(n))})
			require.Equal(t, Broken, kindOf(t, err))
			report, err := Recover(t.Context(), repo(t, dir))
			require.NoError(t, err)
			require.Equal(t, RolledBack, report.Action)
			require.Equal(t, start, gittest.State(t, dir))
			clean(t, dir)
		})
	}
}

func TestCancelledRunIsRolledBack(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	r := repo(t, dir)
	_, err := Apply(ctx, r, changes(), Options{Fault: func(name string) error {
		if name == "place mod/default.nix" {
			cancel()
		}
		return nil
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, start, gittest.State(t, dir))
	clean(t, dir)
}

// TestRaces changes things between the check and the write.
func TestRaces(t *testing.T) {
	for name, c := range map[string]struct {
		at   string
		do   func(t *testing.T, dir string)
		kind Kind
		keep string // the file that somebody else wrote
	}{
		"new file appears": {
			"place host/new service.nix",
			func(t *testing.T, dir string) { t.Helper(); gittest.Write(t, dir, "host/new service.nix", "theirs") },
			Exists, "host/new service.nix",
		},
		"edited file changes": {
			"place host/default.nix",
			func(t *testing.T, dir string) { t.Helper(); gittest.Write(t, dir, "host/default.nix", "theirs") },
			Stale, "host/default.nix",
		},
		"folder appears": {
			"make mod/new",
			func(t *testing.T, dir string) { t.Helper(); gittest.Write(t, dir, "mod/new/x", "theirs") },
			IO, "mod/new/x",
		},
		"git adds something": {
			"lock index",
			func(t *testing.T, dir string) { t.Helper(); gittest.Git(t, dir, "add", "untracked") },
			Locked, "untracked",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fixture(t)
			var state string
			_, err := Apply(t.Context(), repo(t, dir), changes(), Options{Fault: func(step string) error {
				if step == c.at {
					c.do(t, dir)
				}
				return nil
			}})
			state = gittest.State(t, dir)
			require.Equal(t, c.kind, kindOf(t, err), err)
			other := fixture(t)
			if name != "git adds something" {
				c.do(t, other)
			} else {
				gittest.Git(t, other, "add", "untracked")
			}
			require.Equal(t, withoutIndex(gittest.State(t, other)), withoutIndex(state), "their change is all that there is")
			clean(t, dir)
			require.FileExists(t, filepath.Join(dir, c.keep))
		})
	}
}
