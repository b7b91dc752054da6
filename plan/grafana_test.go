package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// grafanaRepo is a host with PostgreSQL, Prometheus and a Grafana to which
// services contribute.
func grafanaRepo(answers ...string) plan.Input {
	in := withServers()
	in.Facts.Hubs[facts.GrafanaHub] = &facts.Hub{Path: []string{"modules", "services", "grafana", "integrations"}, Fields: []string{"datasources", "dashboards", "loadCredentials"}}
	in.Facts.Provisioned = facts.Provisioned{Enabled: true, Named: true, Sources: []facts.DataSource{{UID: ptr("prom")}}}
	in.Facts.Units["grafana"] = facts.Unit{}
	in.Facts.Upstream["prometheus"] = facts.Upstream{Enabled: true, Ports: []facts.UpstreamPort{{Option: "services.prometheus.exporters.node.port", Port: 9100}, {Option: "services.prometheus.port", Port: 9091}}}
	in.Facts.Grafana["cars"] = facts.GrafanaEntry{Sources: map[string]facts.DataSource{"cars": {UID: ptr("Cars")}}}
	return with(in, answers...)
}

// TestGrafanaSource: each kind of source is at the host's server unless another
// is said, with a credential where it asks for one.
func TestGrafanaSource(t *testing.T) {
	p := made(t, grafanaRepo("grafana=postgresql"))
	g := p.Model.Grafana
	require.Equal(t, &plan.Grafana{Source: plan.SourcePostgreSQL, SourceName: "My Links", UID: "my-links", URL: "127.0.0.1:5433", Unit: "grafana", Credential: "my-links-db-password"}, g)
	require.Equal(t, map[string]string{"identifier": "my-links", "type": "postgres", "url": "127.0.0.1:5433", "unit": "grafana", "credential": "my-links-db-password",
		"secret": "my-links/database-password", "user": "my_links", "database": "my_links"}, promises(p, plan.PromiseSource)[0].Want)
	require.Empty(t, promises(p, plan.PromiseDashboards))

	p = made(t, grafanaRepo("grafana=prometheus"))
	require.Equal(t, "http://127.0.0.1:9091", p.Model.Grafana.URL)
	require.Empty(t, p.Model.Grafana.Credential)
	require.Equal(t, map[string]string{"identifier": "my-links", "type": "prometheus", "url": "http://127.0.0.1:9091", "unit": "grafana"}, promises(p, plan.PromiseSource)[0].Want)
	require.Equal(t, []plan.Evidence{{Option: "services.prometheus.port", Value: "9091"}}, decided(t, p, "grafanaUrl").Evidence)

	p = made(t, grafanaRepo("grafana=prometheus", "grafanaUrl=https://prom.example/"))
	require.Equal(t, "https://prom.example", p.Model.Grafana.URL)

	in := grafanaRepo("grafana=prometheus")
	in.Facts.Upstream["prometheus"] = facts.Upstream{Enabled: true}
	require.Equal(t, "http://127.0.0.1:9090", made(t, in).Model.Grafana.URL, "upstream's port")

	in = grafanaRepo("grafana=influxdb", "grafanaOrganization=home", "grafanaBucket=cars")
	in.Facts.Upstream["influxdb2"] = facts.Upstream{Enabled: true}
	p = made(t, in)
	require.Equal(t, &plan.Grafana{Source: plan.SourceInfluxDB, SourceName: "My Links", UID: "my-links", URL: "http://127.0.0.1:8086", Organization: "home", Bucket: "cars",
		Unit: "grafana", Credential: "my-links-grafana-token", Secret: "my-links/grafana-token"}, p.Model.Grafana)
	steps := 0
	for _, s := range p.Checklist {
		if strings.HasSuffix(s.Command, "# my-links: grafana-token: <value>") {
			require.Equal(t, "make a token that may read the bucket, and add it for Grafana", s.What)
			require.Equal(t, "before deployment", s.When)
			steps++
		}
	}
	require.Equal(t, 1, steps)
	require.Len(t, promises(p, plan.PromiseSource), 1)
}

// TestGrafanaQuestions: what InfluxDB has to be asked for, and no source tells.
func TestGrafanaQuestions(t *testing.T) {
	p := made(t, grafanaRepo("grafana=influxdb", "grafanaUrl=http://influx.example"))
	require.Equal(t, []string{"grafanaOrganization", "grafanaBucket"}, questions(p))
	require.Empty(t, p.Promises)
	p = made(t, grafanaRepo("grafana=influxdb", "grafanaUrl=http://influx.example", "grafanaBucket=b"))
	require.Equal(t, []string{"grafanaOrganization"}, questions(p))
}

// TestGrafanaRefused: what cannot be is refused with what to do.
func TestGrafanaRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string
		change  func(*facts.Facts)
		want    string
	}{
		{"no option", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Hubs[facts.GrafanaHub] = nil }, "use grafana: the repo has no option in which services declare data sources and dashboards"},
		{"off", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Provisioned.Enabled = false }, "Grafana is not enabled on forge"},
		{"lists", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Provisioned.Named = false }, "modules.services.grafana.integrations takes lists, not data sources with names"},
		{"no Prometheus", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Upstream = nil }, "use grafana prometheus: the host has none; say where it is with --set grafanaUrl"},
		{"no InfluxDB", []string{"grafana=influxdb", "grafanaBucket=b", "grafanaOrganization=o"}, nil, "use grafana influxdb: the host has none"},
		{"no database", []string{"grafana=postgresql", "database=no", "-databaseVariables"}, nil, "use grafana postgresql: the service has no database on the host's PostgreSQL; say --set database=postgresql too"},
		{"address of a database", []string{"grafana=postgresql", "grafanaUrl=http://x.example"}, nil, "read grafanaUrl: the database is the service's own"},
		{"no credentials", []string{"grafana=postgresql"}, func(f *facts.Facts) { f.Hubs[facts.GrafanaHub].Fields = []string{"datasources", "dashboards"} }, "has no way to hand a credential to Grafana's unit"},
		{"no unit", []string{"grafana=postgresql"}, func(f *facts.Facts) { delete(f.Units, "grafana") }, "has no way to hand a credential"},
		{"a container", []string{"grafana=postgresql"}, func(f *facts.Facts) { f.Containers["grafana"] = facts.Container{} }, "has no way to hand a credential"},
		{"no token", []string{"grafana=influxdb", "grafanaUrl=http://x.example", "grafanaBucket=b", "grafanaOrganization=o", "database=no", "-databaseVariables"}, func(f *facts.Facts) { f.Host.SOPS = false }, "host forge has no sops to keep its token in"},
		{"identifier of the host", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Provisioned.Sources[0].UID = ptr("my-links") }, "add data source my-links to Grafana: the host has that identifier"},
		{"identifier of another", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Grafana["cars"].Sources["cars"] = facts.DataSource{UID: ptr("my-links")} }, "add data source my-links to Grafana: cars has that identifier"},
		{"name of another", []string{"grafana=prometheus"}, func(f *facts.Facts) { f.Grafana["cars"].Sources["my-links"] = facts.DataSource{} }, "modules.services.grafana.integrations.cars has one of that name"},
		{"nothing to say it of", []string{"grafanaUrl=http://x.example"}, nil, "read grafanaUrl: Grafana is given no data source"},
		{"nothing to show", []string{"grafana=no", "grafanaDashboards=x"}, nil, "read grafanaDashboards: Grafana is given no data source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := grafanaRepo(c.answers...)
			if c.change != nil {
				c.change(in.Facts)
			}
			refused(t, in, c.want)
		})
	}
	p := made(t, grafanaRepo("grafana=no"))
	require.Nil(t, p.Model.Grafana)
	require.Equal(t, "no", p.String("grafana"))
	require.Nil(t, made(t, grafanaRepo()).Model.Grafana, "nobody asked for it")
	in := grafanaRepo("grafana=prometheus")
	in.Facts.Containers["grafana"] = facts.Container{}
	require.Equal(t, "podman-grafana", made(t, in).Model.Grafana.Unit, "a source without a secret needs no credential")
}

// TestGrafanaForms: what could not be meant is refused before anything is
// planned.
func TestGrafanaForms(t *testing.T) {
	for name, values := range map[string][]string{
		"grafana":                 {"", "yes", "loki"},
		"grafanaUrl":              {"", "x", "ftp://x.example", "http://u:p@x.example", "http://x y"},
		"grafanaOrganization":     {"", "a\nb"},
		"grafanaBucket":           {"", "a\x00"},
		"grafanaDashboards":       {"/abs", "../x", "a/../b", "http://x.example/a", "https://x.example/a.tar.xz", "https://x.example/.zip", "https://x.example/a.zip?x", "https://x.example/a.zip#x", "https://u:p@x.example/a.zip", "file:///a.zip"},
		"grafanaDashboardsFolder": {"/a", "..", "../a", "a/", "a//b", "a\nb"},
		"grafanaDashboardsHash":   {"", "yes", "sha256-AAAA", strings.Repeat("a", 64), "sha512-" + strings.Repeat("A", 86) + "=="},
		"grafanaFolder":           {"", "a\nb"},
	} {
		for _, v := range values {
			require.Error(t, plan.CheckAnswers(map[string]string{name: v}), "%s=%q", name, v)
		}
	}
	for name, values := range map[string][]string{
		"grafanaDashboards":       {"boards", "a/b", "https://x.example/a.tar.gz", "http://x.example/v1.0.tgz", "https://x.example/a.zip"},
		"grafanaDashboardsFolder": {".", "a", "a/b"},
		"grafanaDashboardsHash":   {"no", hash},
	} {
		for _, v := range values {
			require.NoError(t, plan.CheckAnswers(map[string]string{name: v}), "%s=%q", name, v)
		}
	}
}

// TestGrafanaOfTheCatalog: what the catalog proposes is taken where it can be,
// and left out with a note where not; what the user says of it goes first.
func TestGrafanaOfTheCatalog(t *testing.T) {
	known := func(answers ...string) plan.Input {
		in := grafanaRepo(answers...)
		in.Entry = entry()
		in.Entry.Needs = []string{"postgresql"}
		in.Entry.Grafana = &catalog.Grafana{Data: "postgresql", Dashboards: "https://x.example/v{version}.tar.gz", Folder: "boards"}
		return in
	}
	p := made(t, known())
	require.Equal(t, &plan.Wanted{URL: "https://x.example/v1.36.0.tar.gz", Hash: "grafanaDashboardsHash", Proposed: true}, p.Wanted)
	require.Equal(t, []string{"grafanaDashboardsHash"}, questions(p), "the folder is known")
	require.Equal(t, "catalog", decided(t, p, "grafana").Rule)

	p = made(t, known("grafanaDashboardsHash=no"))
	require.Empty(t, p.Questions)
	require.Nil(t, p.Wanted)
	require.Nil(t, p.Model.Grafana.Dashboards)
	require.Equal(t, plan.SourcePostgreSQL, p.Model.Grafana.Source)
	require.Contains(t, p.Notes, "Its dashboards are left out: https://x.example/v1.36.0.tar.gz.")

	p = made(t, known("image=ghcr.io/x/links:nightly-7@"+digest))
	require.Nil(t, p.Wanted, "no version is known")
	require.NotNil(t, p.Model.Grafana)
	require.Nil(t, p.Model.Grafana.Dashboards)
	p = made(t, known("image=ghcr.io/x/links:v2.0@"+digest))
	require.Equal(t, "https://x.example/v2.0.tar.gz", p.Wanted.URL)

	p = made(t, known("grafana=no"))
	require.Nil(t, p.Model.Grafana)
	require.Nil(t, p.Wanted)
	p = made(t, known("grafana=prometheus"))
	require.Equal(t, plan.SourcePrometheus, p.Model.Grafana.Source)
	require.Nil(t, p.Model.Grafana.Dashboards, "those are for the database")
	none := "Prometheus asks for no metrics of linkding"
	require.Contains(t, strings.Join(p.Notes, "\n"), none)
	in := known("grafana=prometheus", "metricsPath=/metrics")
	in.Facts.Scrapes = []facts.Scrape{{Job: "sonarr"}}
	require.NotContains(t, strings.Join(made(t, in).Notes, "\n"), none)
	in = known("grafanaDashboards=boards")
	in.Paths = []string{"boards/a.json"}
	p = made(t, in)
	require.Equal(t, "boards", p.Model.Grafana.Dashboards.Path)
	require.Empty(t, p.Model.Grafana.Dashboards.URL)

	for name, change := range map[string]func(*plan.Input){
		"the repo has no option in which services declare data sources": func(in *plan.Input) { in.Facts.Hubs[facts.GrafanaHub] = nil },
		"Grafana is not enabled on forge":                               func(in *plan.Input) { in.Facts.Provisioned.Enabled = false },
		"the service has no database on the host's PostgreSQL":          func(in *plan.Input) { *in = with(*in, "database=no", "-databaseVariables") },
		"cars has that identifier": func(in *plan.Input) {
			in.Facts.Grafana["cars"].Sources["cars"] = facts.DataSource{UID: ptr("my-links")}
		},
		"no way to hand a credential": func(in *plan.Input) { delete(in.Facts.Units, "grafana") },
	} {
		in := known()
		change(&in)
		p := made(t, in)
		require.Nil(t, p.Model.Grafana, name)
		require.Nil(t, p.Wanted, name)
		require.Empty(t, p.Questions, name)
		require.Equal(t, "no", decision(t, p, "grafana").Value, name)
		require.Contains(t, decision(t, p, "grafana").Rejected[0].Reason, name)
		require.Contains(t, strings.Join(p.Notes, "\n"), name)
		require.NotContains(t, strings.Join(p.Notes, "\n"), "it: use grafana", "the reason alone")
		require.Empty(t, promises(p, plan.PromiseSource))
	}
	in = known("grafanaFolder=Mine")
	in.Facts.Provisioned.Enabled = false
	refused(t, in, "Grafana is not enabled on forge")
}
