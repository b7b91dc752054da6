package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// promiseMonitoring: who watches the service, and where people find it.
func (m *maker) promiseMonitoring(unit string) {
	model := m.model
	if m.alertHelper() != "" && m.Facts.Hubs[facts.AlertsHub] != nil {
		m.promise(PromiseAlert, m.AlertName(), "an alert watches the real unit", map[string]string{"unit": unit, "service": m.Service})
	}
	if m.notifies() {
		m.promise(PromiseNotify, unit, "a failure of "+unit+".service is reported", map[string]string{"template": m.Service + "-failure"})
	}
	if m.Conventions.Types != nil && m.Conventions.Submodules["logging"] != "" {
		m.promise(PromiseLogs, m.Service, "the log of "+unit+".service is shipped", map[string]string{"unit": unit + ".service"})
	}
	if model.MetricsPath != "" {
		m.promise(PromiseMetrics, m.Service, "the metrics are scraped", map[string]string{"port": fmt.Sprint(model.Port), "path": model.MetricsPath})
	}
	if m.Facts.Hubs[facts.DashboardHub] != nil && m.Answers["web"] != "no" && model.Port > 0 && !model.NoTile {
		want := map[string]string{"group": model.Group, "url": m.pageURL()}
		if model.Widget != nil {
			want["widget"] = model.Widget.Type
		}
		m.promise(PromiseTile, m.Service, "the dashboard has a tile, and every secret in it is defined", want)
	}
	if m.probed() {
		m.promise(PromiseProbe, m.Service, "a black-box check asks for the service", map[string]string{"url": m.probeURL(), "conditions": strings.Join(model.ProbeURL.Conditions, ", ")})
		if a := model.ProbeURL.Alert; a != nil {
			p := &m.plan.Promises[len(m.plan.Promises)-1]
			p.Text += ", and somebody is told when it does not answer"
			p.Want["tells"], p.Want["failures"] = a.Type, fmt.Sprint(a.Failures)
		}
	}
}

// probed tells whether a black-box check asks for the service.
func (m *maker) probed() bool {
	return m.Facts.Hubs[facts.BlackBoxHub] != nil && len(m.model.ProbeURL.Conditions) > 0 && m.model.Port > 0
}

// pageURL is where people open the service.
func (m *maker) pageURL() string {
	if m.Facts.Hubs[facts.Proxy] != nil {
		return "https://" + m.HostName()
	}
	return fmt.Sprintf("http://%s:%d", m.HostName(), m.model.Port)
}

// probeURL is what the black-box check asks for.
func (m *maker) probeURL() string {
	path := m.model.ProbeURL.Path
	if m.model.ProbeURL.TCP {
		return fmt.Sprintf("tcp://%s:%d", loopback, m.model.Port)
	}
	if m.model.ProbeURL.Local {
		return fmt.Sprintf("http://%s:%d%s", loopback, m.model.Port, path)
	}
	if path == "/" {
		path = ""
	}
	return "https://" + m.HostName() + path
}
