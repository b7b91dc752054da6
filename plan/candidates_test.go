package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/plan"
)

func TestCandidates(t *testing.T) {
	for _, c := range []struct {
		service, said string
		catalog       []string
		want          []string
	}{
		{"gotify", "", nil, []string{"gotify", "gotify-server", "gotify-ngx"}},
		{"paperless-ngx", "", nil, []string{"paperless-ngx", "paperless"}},
		{"gotify-server", "", nil, []string{"gotify-server", "gotify"}},
		{"ntfy", "", []string{"ntfy-sh"}, []string{"ntfy-sh", "ntfy", "ntfy-server", "ntfy-ngx"}},
		{"paperless", "", []string{"paperless-ngx", "paperless"}, []string{"paperless-ngx", "paperless", "paperless", "paperless-server"}},
		{"ntfy", "ntfy-x", []string{"ntfy-sh"}, []string{"ntfy-x"}},
		{"ntfy", "unstable.ntfy-sh", nil, []string{"ntfy-sh"}},
		{"ntfy", "no", []string{"ntfy-sh"}, nil},
		{"actual", "", []string{"none"}, nil},
		{"actual", "actual-server", []string{"none"}, []string{"actual-server"}},
		{"apprise", "", []string{"none"}, nil},
	} {
		require.Equal(t, c.want, plan.Candidates(c.service, c.said, c.catalog), "%s, %s", c.service, c.said)
	}
}

// TestCandidatesKeepTheirOrder: whatever the catalog holds, it goes first and is
// left as it was, and the service's own name is among them.
func TestCandidatesKeepTheirOrder(t *testing.T) {
	name := rapid.StringMatching(`[a-z]{1,5}(-server|-ngx)?`)
	rapid.Check(t, func(t *rapid.T) {
		service, catalog := name.Draw(t, "service"), rapid.SliceOfN(name, 0, 4).Draw(t, "catalog")
		got := plan.Candidates(service, "", append(make([]string, 0, 9), catalog...))
		require.Equal(t, catalog, append([]string{}, got[:len(catalog)]...))
		require.Equal(t, service, got[len(catalog)])
		require.LessOrEqual(t, len(got), len(catalog)+3)
	})
}
