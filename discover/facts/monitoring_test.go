package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

// TestWatchesUnits: only of all units does a rule about any of them make sense.
func TestWatchesUnits(t *testing.T) {
	all := facts.NodeExporter{Enabled: true, Collectors: []string{"textfile", "systemd"}}
	require.True(t, all.WatchesUnits())
	off, other, some := all, all, all
	off.Enabled, other.Collectors, some.Units = false, []string{"textfile"}, []string{"--collector.systemd.unit-include=x"}
	for _, n := range []facts.NodeExporter{off, other, some, {}} {
		require.False(t, n.WatchesUnits(), "%+v", n)
	}
}
