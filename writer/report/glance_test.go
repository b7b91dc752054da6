package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
)

// TestServersAreTold: what a service uses of the host's servers, what runs beside
// it and how its data are protected are lines of the plan.
func TestServersAreTold(t *testing.T) {
	in := runs(t)["planned"]
	model := *in.Plan.Model
	model.Database = &plan.PostgreSQL{Name: "links", User: "owner", Host: "127.0.0.1", Port: 5433, Extensions: []string{"cube", "vector"}, Reused: true, Password: facts.SecretFile{Name: "links/password"}}
	model.Redis = &plan.Redis{Server: "default", Host: "127.0.0.1", Port: 6379, Index: 3}
	model.MQTT = &plan.MQTT{User: "links", Host: "127.0.0.1", Port: 1883, Topics: []string{"links/#", "home/+"}}
	model.Grafana = &plan.Grafana{Source: "postgresql", SourceName: "Links", Dashboards: &plan.Dashboards{Folder: "Links"}}
	model.Parts = []plan.Part{
		{Name: "worker", Unit: "podman-links-worker", Own: true, Description: "worker of Links"},
		{Name: "search", Unit: "podman-links-search", Image: "docker.io/x/search:1", Description: "finds"},
		{Name: "cache", Unit: "links-cache", Program: "links-cache", Own: true, Description: "sidecar of Links"},
	}
	model.Protection = &plan.Protection{Class: "critical", Tiers: []string{"local-snapshot", "offsite-backup"}, FirstStart: true}
	model.LeftOut = []plan.Omission{{What: "dashboard", Reason: "it has no web page"}}
	changed := *in.Plan
	changed.Model, in.Plan = &model, &changed
	r := report.Make(in)
	for about, text := range map[string]string{
		"Database":            "PostgreSQL, database links of role owner, found at 127.0.0.1:5433, which is there already, with cube, vector",
		"Redis":               "default, number 3, found at 127.0.0.1:6379",
		"MQTT":                "account links at 127.0.0.1:1883, topics links/#, home/+",
		"Grafana":             "data source Links (postgresql), dashboards in folder Links",
		"Part worker":         "podman-links-worker.service, the service's image with another command (worker of Links)",
		"Part search":         "podman-links-search.service, docker.io/x/search:1 (finds)",
		"Part cache":          "links-cache.service, program links-cache (sidecar of Links)",
		"Class of protection": "class critical; required: local-snapshot, offsite-backup; may start empty until it has started once",
	} {
		require.Contains(t, r.Plan, report.Fact{About: about, Text: text})
	}
	require.Equal(t, []report.Choice{{About: "dashboard", Reason: "it has no web page"}}, r.Documentation.LeftOut)
	require.Contains(t, markdown(t, r), "### What is left out\n\n| What | Why |\n|---|---|\n| dashboard | It has no web page. |\n")
	require.NotContains(t, markdown(t, report.Make(runs(t)["planned"])), "| Redis |")
}

// TestProtectionPattern: how the repo's datasets are classified.
func TestProtectionPattern(t *testing.T) {
	in := runs(t)["planned"]
	f := *in.Given.Facts
	f.Protection = &facts.ProtectionPolicy{}
	f.Datasets = map[string]facts.Dataset{"a": {Protection: &facts.Protection{Class: "critical"}}, "b": {Protection: &facts.Protection{Class: "standard"}}, "c": {Protection: &facts.Protection{Class: "critical"}}, "d": {}}
	in.Given.Facts = &f
	require.Contains(t, markdown(t, report.Make(in)), "| Protection | 3 of 4 datasets have a class; critical in 2; standard in 1 |")
	require.NotContains(t, markdown(t, report.Make(runs(t)["planned"])), "| Protection | 3")
}
