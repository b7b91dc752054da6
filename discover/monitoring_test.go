package discover_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

func monitored(t *testing.T, dir, service string) *facts.Facts {
	t.Helper()
	target, _ := openAt(t, oneNix(t), dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Service: service})
	require.NoError(t, err)
	return f
}

// TestMonitoring: what timers, rules and checks say, and what Prometheus is told
// of the host.
func TestMonitoring(t *testing.T) {
	gittest.Isolate(t)
	for _, example := range examples {
		t.Run(example, func(t *testing.T) {
			f := monitored(t, copyExample(t, example), "recyclarr")
			require.Empty(t, f.Unreadable)
			timer := f.Schedules["recyclarr"]
			require.Equal(t, []string{"daily"}, timer.Calendar)
			require.True(t, timer.Persistent)
			require.Equal(t, "1h", *timer.Delay)
			require.Nil(t, timer.Unit)
			require.Equal(t, []string{"timers.target"}, timer.WantedBy)
			for name := range f.Schedules {
				require.Contains(t, name, "recyclarr", "of others nothing is read")
			}
			require.Nil(t, f.Focus["recyclarr"].Restart)
			require.False(t, f.Focus["recyclarr"].Remains)

			require.Equal(t, []string{"critical", "high", "medium", "low"}, f.Hubs[facts.AlertsHub].Enums["severity"])
			require.Equal(t, "5m", *f.Alerts["recyclarr-failed"].For)
			told := f.BlackBox["sonarr"].Told
			require.Len(t, told, 1)
			require.Equal(t, "pushover", *told[0].Type)
			require.Equal(t, []int{3, 2}, []int{told[0].Failures, told[0].Successes})
			require.Contains(t, told[0].Fields, "sendOnResolved")

			require.True(t, f.NodeExporter.WatchesUnits())
			require.Equal(t, "/var/lib/node_exporter/textfile_collector", *f.NodeExporter.Textfiles)
			require.Equal(t, "node-exporter", *f.NodeExporter.User)
		})
	}
}

// TestStale: what the host library's helper asks for is evaluated, and so is
// which units write that.
func TestStale(t *testing.T) {
	gittest.Isolate(t)
	const library = "hosts/forge/lib/defaults.nix"
	dir := copyExample(t, "example")
	check := monitored(t, dir, "it-tools").Stale[library]["mkHealthcheckStaleAlert"]
	require.Equal(t, "time() - it_tools_last_check_timestamp > 600", check.Expr)
	require.Equal(t, map[string][]string{"it_tools_last_check_timestamp": {}}, check.Metrics, "nothing writes it")
	require.Empty(t, monitored(t, dir, "").Stale, "of no service there is nothing to ask")

	file := filepath.Join(dir, "hosts/forge/infrastructure/containerization.nix")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "  systemd.services.container-metrics = {",
		"  systemd.services.it-tools-check.script = \"echo it_tools_last_check_timestamp 1\";\n  systemd.services.container-metrics = {", 1)), 0o600))
	f := monitored(t, dir, "it-tools")
	require.Equal(t, []string{"it-tools-check"}, f.Stale[library]["mkHealthcheckStaleAlert"].Metrics["it_tools_last_check_timestamp"])

	// A helper that cannot take what it is tried with costs nothing else.
	file = filepath.Join(dir, library)
	text, err = os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "> ${toString seconds}", "> ${seconds}", 1)), 0o600))
	f = monitored(t, dir, "it-tools")
	require.NotContains(t, f.Stale, library)
	require.NotEmpty(t, f.Libraries[library].Members)
	require.Len(t, f.Unreadable, 1)
	require.Equal(t, "stale "+library, f.Unreadable[0].Cell)
}
