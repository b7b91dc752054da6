package plan

import "fmt"

// telemetrySecrets are the sops names of secrets that the broker and Grafana
// read.
func (m *maker) telemetrySecrets() []string {
	var names []string
	if q := m.model.MQTT; q != nil {
		names = append(names, q.Secret)
	}
	if g := m.model.Grafana; g != nil && g.Secret != "" {
		names = append(names, g.Secret)
	}
	return names
}

// promiseGrafana: Grafana is given the data source with its credential, and the
// dashboards.
func (m *maker) promiseGrafana() {
	g := m.model.Grafana
	if g == nil {
		return
	}
	want := map[string]string{"identifier": g.UID, "type": g.Source.Type(), "url": g.URL, "unit": g.Unit}
	text := fmt.Sprintf("Grafana has data source %s (%s) at %s", g.UID, g.Source.Type(), g.URL)
	if g.Credential != "" {
		want["credential"], want["secret"] = g.Credential, m.sourceSecret(g)
		text += ", and is given its secret as a credential"
	}
	if g.Source == SourcePostgreSQL {
		want["user"], want["database"] = m.model.Database.User, m.model.Database.Name
	}
	m.promise(PromiseSource, m.Service, text, want)
	if d := g.Dashboards; d != nil {
		want := map[string]string{"folder": d.Folder, "path": d.Path}
		if d.Hash != "" {
			want["hash"] = d.Hash
		}
		m.promise(PromiseDashboards, m.Service, "Grafana shows the dashboards in folder "+d.Folder, want)
	}
}

// sourceSecret is the sops name of what Grafana needs for the data source.
func (m *maker) sourceSecret(g *Grafana) string {
	if g.Source == SourcePostgreSQL {
		return m.model.Database.Password.Name
	}
	return g.Secret
}

// grafanaSteps: what a person must do for Grafana to show it.
func (m *maker) grafanaSteps(before, after func(what, command string)) {
	g := m.model.Grafana
	if g == nil {
		return
	}
	if g.Secret != "" {
		before("make a token that may read the bucket, and add it for Grafana", m.sopsCommand(g.Secret))
	}
	after(fmt.Sprintf("see in Grafana that data source %s answers: Save & test", g.SourceName), "")
}
