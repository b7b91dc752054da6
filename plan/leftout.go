package plan

import (
	"fmt"

	"holthome.net/scaffold/discover/facts"
)

// Omission is something of the host that a service is not wired into, and why.
type Omission struct{ What, Reason string }

var omissionKeys = []key{
	{name: "probe", choices: yesNo, about: "whether a black-box check asks for it; of a service without a page, for its port"},
}

// omissions are what may be left out: the decision about it, and what people call
// it.
var omissions = []struct{ decision, what string }{
	{"dataset", "dataset"},
	{"backup", "backup"},
	{"snapshots", "snapshots"},
	{"preseed", "restore before the first start"},
	{"proxy", "reverse proxy"},
	{"tile", "dashboard"},
	{"probe", "black-box check"},
	{"alert", "alert"},
	{"metricsPath", "metrics"},
}

// portProbe: a service without a page is for others on the host, and who uses it
// says when it fails; a check of its port is made on request.
func (m *maker) portProbe() {
	if m.Answers["probe"] != "yes" {
		m.decide(Decision{Name: "probe", Value: "none", Rule: "for services with a web page, and on request", Reason: "it has no web page, and its unit is watched"})
		return
	}
	probe := Probe{Local: true, Path: m.model.HealthPath, Conditions: []string{"[STATUS] == 200"}}
	if !m.model.HealthStrict {
		probe.TCP, probe.Conditions = true, []string{"[CONNECTED] == true"}
	}
	m.model.ProbeURL = probe
	m.said("probe")
}

// withoutData: a stateless service has nothing to keep, unless the host's server
// of databases keeps it.
func (m *maker) withoutData() {
	why := "it keeps nothing"
	if db := m.model.Database; db != nil {
		why = fmt.Sprintf("its data are in database %s, and what protects the server protects them", db.Name)
	}
	for _, name := range []string{"dataset", "backup", "snapshots", "preseed"} {
		m.decide(Decision{Name: name, Value: none, Rule: "none for stateless", Reason: why})
	}
}

// leftOut: all that the service is not wired into is said, each with its reason.
func (m *maker) leftOut() error {
	if !m.plan.Ready() {
		return nil // what is asked may change it
	}
	said := func(name, rule, reason string) {
		m.decide(Decision{Name: name, Value: "none", Rule: rule, Reason: reason})
	}
	page := m.Answers["web"] != "no" && m.model.Port > 0
	for _, hub := range []struct {
		name, lacking string
		kind          facts.HubKind
	}{
		{"proxy", "the host has no reverse proxy that services register with", facts.Proxy},
		{"tile", "the host has no dashboard", facts.DashboardHub},
	} {
		switch {
		case m.Facts.Hubs[hub.kind] == nil:
			said(hub.name, "where the host has one", hub.lacking)
		case !page:
			said(hub.name, "for services with a web page", "it has no web page")
		case hub.name == "tile" && m.model.NoTile:
			said(hub.name, "for pages that people open", "only machines use it")
		}
	}
	if m.Facts.Hubs[facts.AlertsHub] == nil || m.alertHelper() == "" && len(m.model.Alerts) == 0 {
		said("alert", "by the host library's helper", "the host library has none for units of this kind")
	}
	for _, o := range omissions {
		for _, d := range m.plan.Decisions {
			v := fmt.Sprint(d.Value)
			if d.Name != o.decision || v != none && v != "none" {
				continue
			}
			reason := d.Reason
			if d.Rule == "user" {
				reason = "as asked"
			}
			m.model.LeftOut = append(m.model.LeftOut, Omission{o.what, reason})
		}
	}
	return nil
}
