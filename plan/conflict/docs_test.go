package conflict_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan/conflict"
)

// TestDocs: every rule is explained, and is in the schema.
func TestDocs(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "checks.md"))
	require.NoError(t, err)
	schema, err := os.ReadFile(filepath.Join("..", "..", "docs", "check.schema.json"))
	require.NoError(t, err)
	for _, r := range conflict.Rules() {
		headed := false
		for line := range strings.Lines(string(docs)) {
			headed = headed || strings.HasPrefix(line, "### ") && strings.Contains(line, string(r.Rule))
		}
		require.True(t, headed, "%s has a section", r.Rule)
		require.Contains(t, string(schema), `"`+string(r.Rule)+`"`)
	}
}
