package plan

import (
	"cmp"
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// source: where the data are, and what Grafana needs to get at them.
func (m *maker) source(g *Grafana) error {
	said, ok := m.said("grafanaUrl")
	switch g.Source {
	case SourcePostgreSQL:
		if ok {
			return inputErrorf("leave it out", "read grafanaUrl: the database is the service's own")
		}
		if m.model.Database == nil {
			return inputErrorf("say --set database=postgresql too", "use grafana postgresql: the service has no database on the host's PostgreSQL")
		}
		if err := m.credential(g, "db-password"); err != nil {
			return err
		}
		g.URL = fmt.Sprintf("%s:%d", loopback, m.model.Database.Port)
		return nil
	case SourceInfluxDB:
		if err := m.influx(g); err != nil {
			return err
		}
	}
	if !ok {
		var e Evidence
		if g.URL, e = m.serverURL(string(g.Source)); g.URL == "" {
			return inputErrorf("say where it is with --set grafanaUrl=http://...", "use grafana %s: the host has none", g.Source)
		}
		m.decide(Decision{Name: "grafanaUrl", Value: g.URL, Rule: "the host's server", Reason: "it is enabled on " + m.Facts.Host.Name, Evidence: []Evidence{e}})
		return nil
	}
	g.URL = strings.TrimSuffix(said, "/")
	return nil
}

// serverURL is where a server of NixOS listens on the host, empty if it has
// none.
func (m *maker) serverURL(name string) (string, Evidence) {
	for _, module := range []string{name, name + "2"} {
		u := m.Facts.Upstream[module]
		if !u.Enabled {
			continue
		}
		port, option := int64(0), "services."+module+".enable"
		for _, p := range u.Ports {
			if p.Option == "services."+module+".port" {
				port, option = p.Port, p.Option
			}
		}
		port = cmp.Or(port, map[string]int64{"prometheus": 9090, "influxdb": 8086}[name])
		return fmt.Sprintf("http://%s:%d", loopback, port), Evidence{Option: option, Value: fmt.Sprint(port)}
	}
	return "", Evidence{}
}

// influx: InfluxDB keeps data by organization and bucket, and asks for a token.
func (m *maker) influx(g *Grafana) error {
	for _, q := range []struct {
		name, what string
		into       *string
	}{{"grafanaOrganization", "organization", &g.Organization}, {"grafanaBucket", "bucket", &g.Bucket}} {
		said, ok := m.said(q.name)
		if *q.into = said; !ok {
			m.ask(Question{Name: q.name, Text: "In which " + q.what + " of InfluxDB are its data?", Why: "no source tells it", DependsOn: []string{"data source of Grafana"}})
		}
	}
	if !m.Facts.Host.SOPS {
		return inputErrorf("leave out grafana", "use grafana influxdb: host %s has no sops to keep its token in", m.Facts.Host.Name)
	}
	g.Secret = SecretName(m.Service, "GRAFANA_TOKEN")
	return m.credential(g, "grafana-token")
}

// credential is the file in which Grafana finds a secret of the service.
func (m *maker) credential(g *Grafana, name string) error {
	hub := m.Facts.Hubs[facts.GrafanaHub]
	if !hub.Has("loadCredentials") || g.Unit == "" || m.isContainer(g.Unit) {
		return inputErrorf("choose prometheus, or leave out grafana", "use grafana %s: %s has no way to hand a credential to Grafana's unit", g.Source, strings.Join(hub.Path, "."))
	}
	g.Credential = m.Service + "-" + name
	return nil
}

// sourceID is the identifier under which dashboards name the data source: the one
// that upstream's dashboards already have, else the service's own.
func (m *maker) sourceID(g *Grafana) error {
	taken := map[string]string{}
	for _, s := range m.Facts.Provisioned.Sources {
		if s.UID != nil {
			taken[*s.UID] = "the host"
		}
	}
	for _, name := range sortedNames(m.Facts.Grafana) {
		for _, key := range sortedNames(m.Facts.Grafana[name].Sources) {
			if uid := m.Facts.Grafana[name].Sources[key].UID; uid != nil {
				taken[*uid] = name
			}
			if key == m.Service {
				return inputErrorf("mend it, or leave out grafana", "add data source %s to Grafana: %s.%s has one of that name", key, m.hub(facts.GrafanaHub), name)
			}
		}
	}
	found := m.dashboardsFound(g)
	if said, ok := m.answer("grafanaSource"); ok && (found == nil || !m.proposed("grafanaSource")) {
		by := taken[said]
		if by == "" {
			g.UID = said
			m.said("grafanaSource")
			return nil
		}
		if !m.proposed("grafanaSource") {
			return inputErrorf("choose another, or leave it out", "add data source %s to Grafana: %s has that identifier", said, by)
		}
		m.note(takenBy(said, by))
	}
	d := Decision{Name: "grafanaSource", Rule: "the identifier that its dashboards name, else the service's name", Reason: "no dashboard of it names another"}
	g.UID = m.Service // Grafana takes 40 characters, and a name has fewer
	if found != nil {
		for _, u := range found.Uses {
			if !g.Source.Is(u.Type) {
				continue
			}
			e := Evidence{Option: "datasource", Value: fmt.Sprintf("%s in %s", u.UID, count(u.Count, "dashboard", "dashboards"))}
			if by := taken[u.UID]; by != "" {
				d.Rejected = append(d.Rejected, Rejected{Value: u.UID, Reason: by + " has it"})
				m.note(takenBy(u.UID, by))
				continue
			}
			g.UID, d.Reason, d.Evidence = u.UID, "upstream's dashboards name it", []Evidence{e}
			break
		}
	} else if g.Dashboards != nil {
		d.Reason = "nobody looked which one its dashboards name"
		m.note(fmt.Sprintf("Nobody looked which data source its dashboards name. They show nothing unless it is %s; say another with --set grafanaSource=NAME.", g.UID))
	}
	if by := taken[g.UID]; by != "" {
		return inputErrorf("name another with --set grafanaSource=NAME, or leave out grafana", "add data source %s to Grafana: %s has that identifier", g.UID, by)
	}
	d.Value = g.UID
	m.decide(d)
	return nil
}

// takenBy tells that somebody has the data source that the dashboards name.
func takenBy(uid, by string) string {
	return fmt.Sprintf("Its dashboards name data source %s, which %s has: they show what that one has.", uid, by)
}
