package plan

import (
	"holthome.net/scaffold/discover/facts"
)

// monitoring: metrics, black-box check, tile.
func (m *maker) monitoring() error {
	if m.model.Schedule != nil {
		return nil // nothing of it can be asked
	}
	if p, ok := m.said("metricsPath"); ok {
		m.model.MetricsPath = p
		if err := m.scraping(); err != nil {
			return err
		}
	} else {
		m.decide(Decision{Name: "metricsPath", Value: "none", Rule: "metrics where an endpoint is known", Reason: "none is known; a scrape of nothing would only alert"})
		if g := m.model.Grafana; g != nil && g.Source == SourcePrometheus {
			m.note("Prometheus asks for no metrics of " + m.model.DisplayName + ", so its data source in Grafana shows what others export: say --set metricsPath=PATH if it has any.")
		}
	}
	m.model.HealthPath = "/"
	if p, ok := m.said("healthPath"); ok {
		m.model.HealthPath, m.model.HealthStrict = p, true
	}
	if said, ok := m.answer("probe"); ok && said == "yes" {
		switch {
		case m.Facts.Hubs[facts.BlackBoxHub] == nil:
			return inputErrorf("leave it out", "read probe: the host has no black-box check that services register with")
		case m.model.Port == 0 && m.plan.Ready():
			return inputErrorf("say --set port=PORT, or leave it out", "read probe: the service has no port that could be asked")
		}
	}
	if m.Answers["web"] == "no" {
		m.portProbe()
		return nil
	}
	if said, _ := m.answer("probe"); said == none {
		m.said("probe")
		return nil
	}
	if m.Facts.Hubs[facts.BlackBoxHub] == nil {
		m.decide(Decision{Name: "probe", Value: "none", Rule: "where the host has one", Reason: "the host has no black-box check that services register with"})
		return nil
	}
	probe := Probe{Path: m.model.HealthPath, Conditions: []string{"[STATUS] == 200"}}
	d := Decision{Name: "probe", Rule: "the proxy is asked, unless it would answer in the service's place"}
	switch m.model.Auth.Kind {
	case CaddySecurity, TrustedHeader, Hybrid:
		probe.Local = true
		d.Value, d.Reason = "backend", "the portal answers before the service does, even when the service is down"
	default:
		d.Value, d.Reason = "proxy", "name, certificate, proxy and service are checked at once"
	}
	if m.Facts.Hubs[facts.Proxy] == nil {
		probe.Local = true
		d.Value, d.Reason = "backend", "the host has no proxy"
	}
	m.model.ProbeURL = probe
	m.decide(d)
	return nil
}
