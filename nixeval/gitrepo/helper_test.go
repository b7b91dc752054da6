package gitrepo_test

import (
	"os/exec"
	"testing"
)

// mergeFails starts a merge that must end in a conflict.
func mergeFails(t *testing.T, dir string) error {
	t.Helper()
	return exec.CommandContext(t.Context(), "git", "-C", dir, "merge", "-q", "other").Run()
}
