package transaction

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// withoutIndex leaves out the bytes of the index, which hold file times.
func withoutIndex(state string) string {
	return regexp.MustCompile(`(?m)^index .*\n`).ReplaceAllString(state, "")
}

func TestUndoRefusesEditedFiles(t *testing.T) {
	for name, edit := range map[string]func(t *testing.T, dir string){
		"host/default.nix":         func(t *testing.T, dir string) { t.Helper(); gittest.Write(t, dir, "host/default.nix", "mine") },
		"mod/new/deep/default.nix": func(t *testing.T, dir string) { t.Helper(); gittest.Write(t, dir, "mod/new/deep/default.nix", "mine") },
		"run.sh": func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Remove(filepath.Join(dir, "run.sh")))
			require.NoError(t, os.Symlink("staged", filepath.Join(dir, "run.sh")))
		},
		"mod/default.nix": func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.Remove(filepath.Join(dir, "mod/default.nix")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fixture(t)
			apply(t, dir)
			edit(t, dir)
			state := gittest.State(t, dir)
			_, err := Undo(t.Context(), repo(t, dir))
			require.Equal(t, Edited, kindOf(t, err))
			require.ErrorContains(t, err, name)
			require.ErrorContains(t, err, "nothing was changed")
			require.Equal(t, state, gittest.State(t, dir))
			last, err := Last(t.Context(), repo(t, dir))
			require.NoError(t, err)
			require.NotNil(t, last, "it can be undone once the edit is put back")
		})
	}
}

func TestUndoOfWhatIsUndoneByHand(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	apply(t, dir)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "mod/new")))
	gittest.Write(t, dir, "host/default.nix", "a\r\nb")
	_, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, start, gittest.State(t, dir))
}

func TestUndoLeavesOtherChanges(t *testing.T) {
	dir := fixture(t)
	apply(t, dir)
	gittest.Write(t, dir, "mod/new/mine.nix", "mine")
	gittest.Write(t, dir, "other/file", "mine")
	gittest.Git(t, dir, "add", "other/file")
	report, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Len(t, report.Notes, 2)
	require.Contains(t, report.Notes[0], "index was changed")
	require.Contains(t, report.Notes[1], "mod/new stays")

	other := fixture(t)
	gittest.Write(t, other, "mod/new/mine.nix", "mine")
	gittest.Write(t, other, "other/file", "mine")
	gittest.Git(t, other, "add", "other/file")
	require.Equal(t, withoutIndex(gittest.State(t, other)), withoutIndex(gittest.State(t, dir)))
	clean(t, dir)
}

func TestUndoAfterGitAdd(t *testing.T) {
	dir := fixture(t)
	apply(t, dir)
	gittest.Git(t, dir, "add", "-A", "mod", "host")
	_, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	status := gittest.Git(t, dir, "--no-optional-locks", "status", "--porcelain")
	require.NotContains(t, status, "new service.nix")
	require.NotContains(t, status, "mod/new")
	require.Contains(t, status, "MM host/default.nix\n", "what the user staged stays staged")
}

func TestUndoAfterCommit(t *testing.T) {
	dir := fixture(t)
	apply(t, dir)
	gittest.Git(t, dir, "commit", "-q", "-a", "-m", "service")
	report, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Len(t, report.Notes, 1)
	require.Contains(t, report.Notes[0], "Committed since")
	require.Equal(t, " M host/default.nix\n D \"host/new service.nix\"\n M mod/default.nix\n D mod/new/deep/default.nix\n M run.sh\n?? untracked\n",
		gittest.Git(t, dir, "--no-optional-locks", "status", "--porcelain"))
}

func TestUndoAfterRefreshIsExact(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	apply(t, dir)
	gittest.Git(t, dir, "update-index", "-q", "--really-refresh") // other bytes, same entries
	report, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Empty(t, report.Notes)
	require.Equal(t, start, gittest.State(t, dir))
}

func TestUndoSeesFlagsOfEntries(t *testing.T) {
	dir := fixture(t)
	apply(t, dir)
	gittest.Git(t, dir, "update-index", "--assume-unchanged", "other/file")
	report, err := Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Len(t, report.Notes, 1)
	require.Contains(t, gittest.Git(t, dir, "ls-files", "-v"), "h other/file", "the user's flag survives")
}

func TestUndoWhileGitWorks(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	apply(t, dir)
	gittest.Write(t, dir, ".git/index.lock", "")
	_, err := Undo(t.Context(), repo(t, dir))
	require.Equal(t, Locked, kindOf(t, err))
	require.ErrorContains(t, err, "index.lock")
	require.NoError(t, os.Remove(filepath.Join(dir, ".git/index.lock")))
	written(t, dir)
	_, err = Undo(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, start, gittest.State(t, dir))
}

func TestRecoverWithNothingToDo(t *testing.T) {
	dir := fixture(t)
	start := gittest.State(t, dir)
	report, err := Recover(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, None, report.Action)
	require.Equal(t, start, gittest.State(t, dir))
	apply(t, dir)
	state := gittest.State(t, dir)
	report, err = Recover(t.Context(), repo(t, dir))
	require.NoError(t, err)
	require.Equal(t, None, report.Action)
	require.Equal(t, state, gittest.State(t, dir))
}

func TestDamagedJournalIsNamed(t *testing.T) {
	for _, content := range []string{"", "{", `{"version":99}`, "null"} {
		dir := fixture(t)
		gittest.Write(t, dir, ".git/scaffold/journal.json", content)
		state := gittest.State(t, dir)
		_, err := Recover(t.Context(), repo(t, dir))
		require.Equal(t, Broken, kindOf(t, err), content)
		require.ErrorContains(t, err, "journal.json")
		require.Equal(t, state, gittest.State(t, dir))
	}
}
