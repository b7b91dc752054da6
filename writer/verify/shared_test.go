package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/writer/verify"
)

// TestFactsStayAsTheyAre: the facts before and after share values, so a rule
// that changed them anywhere on the way would change both, and hide it.
func TestFactsStayAsTheyAre(t *testing.T) {
	for _, name := range []string{"container", "registry-native"} {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, name)
			after, systems := st.evaluate(t)
			verify.Check(st.plan, st.before, after, systems)
			require.Equal(t, afresh(t, st), st.before)
		})
	}
}

// afresh evaluates the host with nothing shared.
func afresh(t *testing.T, st *stage) *facts.Facts {
	t.Helper()
	again, err := discover.Open(t.Context(), st.target.Nix, st.target.Repo)
	require.NoError(t, err)
	f, err := again.Facts(t.Context(), st.query)
	require.NoError(t, err)
	return f
}
