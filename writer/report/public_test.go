package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/writer/report"
)

// TestPublicAccess: whether the internet reaches it, how it is guarded there and
// why, or how it is reached instead.
func TestPublicAccess(t *testing.T) {
	for name, want := range map[string][]string{
		"planned": {"- **Exposed to the internet**: No.", "- **Access method**: The network at home, or a VPN into it"},
		"tunnel": {
			"Exposed to the internet: through tunnel forge and the proxy, at `https://linkding.home.example`", "- **Exposed to the internet**: Yes, through tunnel forge",
			"- **Authentication**: Single sign-on at the proxy, policy ", "- **Justification**: Shared with `*friends*`.", "- **Public DNS record**: To be made by hand",
			"- **Key for machines: ci**: In header X-Api-Key; opens what begins with /api, from 10.0.0.0/8", "- **Passes without a login**: /feed, and what begins so",
			"- **What that means**: Anyone on the internet can send it requests", "- **Risk taken**: Keys of machines and paths",
			"| Tunnel from the internet |", "| Keys of machines |", "| What passes without a login |",
		},
		"open": {"- **Authentication**: Nothing, whoever finds it may use it", "- **Justification**: None was given; say it with tunnelReason", "- **Risk taken**: Nobody logs in, as was said twice"},
	} {
		page := markdown(t, report.Make(runs(t)[name]))
		for _, w := range want {
			require.Contains(t, page, w, name)
		}
	}
	require.Empty(t, report.Make(runs(t)["no page"]).Documentation.Public)
}
