package report

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// documentation: the decisions, and what a reader later wants to know of them.
func (m *maker) documentation() {
	d := Documentation{Decisions: []plan.Decision{}, Contradictions: []Contradiction{}, Integrations: []Integration{}, LeftOut: []Choice{}, Public: []Fact{}, Deviations: []string{}}
	if m.Plan != nil {
		d.Decisions = list(m.Plan.Decisions)
		d.Contradictions = contradictions(m.Plan)
		d.Integrations = m.integrations()
		for _, o := range m.Plan.Model.LeftOut {
			d.LeftOut = append(d.LeftOut, Choice{About: o.What, Reason: o.Reason})
		}
		d.Access = m.access()
		d.Public = m.public()
		d.Deviations = m.deviations()
	}
	m.r.Documentation = d
}

// contradictions are what sources say that was not followed. A value that was
// weighed and found worse is none: no source says that it is so.
func contradictions(p *plan.Plan) []Contradiction {
	found := []Contradiction{}
	for _, d := range p.Decisions {
		for _, r := range d.Rejected {
			if r.Source != "" {
				found = append(found, Contradiction{d.Name, value(d.Value), value(r.Value), r.Reason})
			}
		}
	}
	return found
}

// wired names the promises that are about something of the host that the service
// is put into, and the hub through which.
var wired = []struct {
	kind plan.PromiseKind
	name string
	hub  facts.HubKind
}{
	{plan.PromiseVhost, "Reverse proxy", facts.Proxy},
	{plan.PromiseAuth, "Login", facts.Proxy},
	{plan.PromiseTunnel, "Tunnel from the internet", facts.Proxy},
	{plan.PromiseMachine, "Keys of machines", facts.Proxy},
	{plan.PromiseUnasked, "What passes without a login", facts.Proxy},
	{plan.PromiseTile, "Dashboard", facts.DashboardHub},
	{plan.PromiseProbe, "Black-box check", facts.BlackBoxHub},
	{plan.PromiseMetrics, "Metrics", ""},
	{plan.PromiseAlert, "Alert", facts.AlertsHub},
	{plan.PromiseRule, "Alert", facts.AlertsHub},
	{plan.PromiseTimer, "Timer", ""},
	{plan.PromiseExported, "Metric of checks", ""},
	{plan.PromiseNotify, "Notification of failures", facts.TemplatesHub},
	{plan.PromiseLogs, "Log", ""},
	{plan.PromiseDataset, "Dataset", facts.DatasetsHub},
	{plan.PromiseBackup, "Backup", facts.BackupJobsHub},
	{plan.PromiseSnapshot, "Snapshots and replication", facts.SnapshotsHub},
	{plan.PromiseProtection, "Protection", facts.DatasetsHub},
	{plan.PromiseRestore, "Restore before the first start", ""},
	{plan.PromiseDatabase, "Database", facts.DatabasesHub},
	{plan.PromiseRedis, "Redis", ""},
	{plan.PromiseBroker, "Message broker", facts.BrokerHub},
	{plan.PromiseSource, "Data source in Grafana", facts.GrafanaHub},
	{plan.PromiseDashboards, "Dashboards in Grafana", facts.GrafanaHub},
	{plan.PromiseMount, "Order of mounts", ""},
	{plan.PromiseSecret, "Secrets", ""},
	{plan.PromiseRegistry, "Table of ids", ""},
}

func (m *maker) integrations() []Integration {
	found := []Integration{}
	for _, w := range wired {
		for _, p := range m.Plan.Promises {
			if p.Kind != w.kind {
				continue
			}
			i := Integration{Name: w.name, Text: p.Text, Option: m.hub(w.hub)}
			for _, r := range m.Results {
				if r.Kind == p.Kind && r.Subject == p.Subject && r.Text == p.Text {
					i.Saw = r.Saw
				}
			}
			found = append(found, i)
		}
	}
	return found
}

// hub is the path of a hub, empty if the host has none.
func (m *maker) hub(kind facts.HubKind) string {
	if f := m.Given.Facts; f != nil && kind != "" {
		if h := f.Hubs[kind]; h != nil {
			return strings.Join(h.Path, ".")
		}
	}
	return ""
}

// hostName is the name under which the proxy has the service.
func (m *maker) hostName() string {
	if d := m.Given.Facts.Host.Domain; d != nil && *d != "" {
		return m.Plan.Model.HostLabel + "." + *d
	}
	return m.Plan.Model.HostLabel
}

// deviations are where the plan does not do as the repo's other services, or as
// its rules would.
func (m *maker) deviations() []string {
	found := []string{}
	model := m.Plan.Model
	if model.PortReason != "" {
		found = append(found, fmt.Sprintf("Port %d: %s", model.Port, model.PortReason))
	}
	f := m.Given.Facts
	if d, ok := m.decision("packaging"); ok && model.Packaging == plan.Container && f != nil && (f.Native != nil || f.Package.Usable() || f.Unstable.Usable()) {
		found = append(found, "A container, although nixpkgs has the software: "+d.Reason+".")
	}
	for _, name := range []string{"backup", "snapshots", "preseed"} {
		if d, ok := m.decision(name); ok && value(d.Value) == "no" && model.Data != nil {
			found = append(found, fmt.Sprintf("%s: no, %s.", strings.ToUpper(name[:1])+name[1:], d.Reason))
		}
	}
	var said []string
	for _, d := range m.Plan.Decisions {
		if d.Rule == "user" {
			said = append(said, d.Name)
		}
	}
	if len(said) > 0 {
		found = append(found, "Said by the user, not decided by a rule: "+strings.Join(said, ", ")+".")
	}
	return found
}
