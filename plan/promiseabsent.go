package plan

import "holthome.net/scaffold/discover/facts"

// What a PromiseAbsence is about.
const (
	AbsentBackup    = "backup"
	AbsentRestore   = "restore"
	AbsentSnapshots = "snapshots"
	AbsentDataset   = "dataset"
	AbsentMetrics   = "metrics"
	AbsentVhost     = "virtual host"
	AbsentTunnel    = "tunnel"
	AbsentTile      = "tile"
	AbsentProbe     = "probe"
)

// promiseAbsences: what was decided against is not there.
func (m *maker) promiseAbsences() {
	model := m.model
	for _, a := range []struct {
		absent     bool
		what, text string
		want       map[string]string
	}{
		{model.Data == nil, AbsentDataset, "there is no dataset, as decided", nil},
		{model.Backup == nil, AbsentBackup, "nothing is backed up, as decided", nil},
		{len(model.Preseed) == 0, AbsentRestore, "nothing is restored, as decided", nil},
		{!model.Snapshots, AbsentSnapshots, "there are no snapshots, as decided", map[string]string{"dataset": m.dataset()}},
		{model.MetricsPath == "", AbsentMetrics, "nothing is scraped, as decided", nil},
		{m.Answers["web"] == "no" && m.Facts.Hubs[facts.Proxy] != nil, AbsentVhost, "the proxy sends nothing to the service, as decided", nil},
		{model.Tunnel == nil && m.Facts.Access.TunnelField != nil && m.proxied(), AbsentTunnel, "no tunnel carries it, as decided", nil},
		{(model.NoTile || m.Answers["web"] == "no" || model.Port == 0) && m.Facts.Hubs[facts.DashboardHub] != nil, AbsentTile, "the dashboard has no tile, as decided", nil},
		{!m.probed() && m.Facts.Hubs[facts.BlackBoxHub] != nil, AbsentProbe, "no black-box check asks for the service, as decided", nil},
	} {
		if !a.absent {
			continue
		}
		want := map[string]string{"absent": a.what}
		for name, value := range a.want {
			want[name] = value
		}
		m.promise(PromiseAbsence, m.Service, a.text, want)
	}
}
