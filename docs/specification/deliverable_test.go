package specification_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
	"holthome.net/scaffold/writer/verify"
)

// reported is the report of a run in which all was proved.
func reported(t *testing.T, s service) (*report.Report, string) {
	t.Helper()
	o := s.made(t)
	in := report.Input{Service: s.name, Given: o.given, Plan: o.Plan, Files: o.files, Sources: files(t, s.example), Evaluated: true, Written: true,
		Build: report.Build{State: report.Succeeded, Command: "task nix:build-forge"}}
	for _, p := range o.Promises {
		in.Results = append(in.Results, verify.Result{Promise: p, Kept: true, Saw: "seen"})
	}
	r := report.Make(in)
	var page strings.Builder
	require.NoError(t, r.Markdown(&page))
	return r, page.String()
}

// deliverableRows are what a run hands over.
var deliverableRows = []row{
	{"deliverable/1 Package research: versions in both channels, decision, reason", func(t *testing.T) {
		r, page := reported(t, jellyfin())
		require.Contains(t, page, "## 1. Package research")
		require.NotEmpty(t, r.Packages)
		require.Contains(t, page, "services.jellyfin")
		_, page = reported(t, found(nil, packaged("1.4.2"), packaged("2.0.7")).but(func(in *plan.Input) { in.Facts.Host.Unstable = true }))
		require.Regexp(t, `Package, stable \|[^|]*1\.4\.2`, page)
		require.Regexp(t, `Package, unstable \|[^|]*2\.0\.7`, page)
		require.Contains(t, page, "- **packaging**: `unit`. Nixpkgs has the package, and no module of NixOS can be used.")
	}},
	{"deliverable/2 Pattern study: each with where it was read", func(t *testing.T) {
		r, page := reported(t, bookmarks())
		require.Contains(t, page, "## 2. Pattern study")
		require.NotEmpty(t, r.Patterns)
		for _, p := range r.Patterns {
			require.NotEmpty(t, p.Finding, p.Name)
			if p.Name != "Metrics" { // the jobs of Prometheus, which evaluation alone tells
				require.NotEmpty(t, p.Taught, p.Name)
			}
		}
		require.Contains(t, page, "hosts/forge/services/paperless.nix:5")
	}},
	{"deliverable/3 Preliminary plan: all of it, before anything is written", func(t *testing.T) {
		r, page := reported(t, bookmarks())
		require.Contains(t, page, "## 3. ")
		require.NotEmpty(t, r.Plan)
	}},
	{"deliverable/4 Implementation files: module, host, registrations", func(t *testing.T) {
		r, _ := reported(t, bookmarks())
		actions := map[string]int{}
		for _, f := range r.Files {
			actions[f.Action]++
		}
		require.Equal(t, map[string]int{"create": 2, "edit": 2}, actions)
	}},
	{"deliverable/5 Documentation: rationale, integrations, access", func(t *testing.T) {
		r, page := reported(t, bookmarks())
		require.Contains(t, page, "## 5. ")
		require.NotEmpty(t, r.Documentation.Integrations)
		require.NotEmpty(t, r.Documentation.Access)
	}},
	{"deliverable/5 Documentation: the decision on public access", func(t *testing.T) {
		facts := func(r *report.Report) map[string]string {
			all := map[string]string{}
			for _, f := range r.Documentation.Public {
				all[f.About] += f.Text
			}
			return all
		}
		inside, page := reported(t, bookmarks())
		require.Contains(t, page, "### Public access")
		require.Equal(t, map[string]string{"Exposed to the internet": "no", "Access method": "the network at home, or a VPN into it"}, facts(inside))
		outside, page := reported(t, bookmarks("tunnel=yes", "tunnelReason=shared with the family", "apiKeys=ci"))
		said := facts(outside)
		require.Equal(t, "yes, through tunnel forge", said["Exposed to the internet"])
		require.Equal(t, "single sign-on at the proxy, policy home, and key ci", said["Authentication"])
		require.Equal(t, "shared with the family", said["Justification"])
		require.Equal(t, "to be made by hand, see the checklist", said["Public DNS record"])
		require.Equal(t, "in header X-Api-Key; opens everything", said["Key for machines: ci"])
		require.Contains(t, page, "Anyone on the internet can send it requests")
		hidden, _ := reported(t, withoutPage())
		require.Empty(t, hidden.Documentation.Public, "what has no page is not reached at all")
		require.Equal(t, "It has no web page.", hidden.Documentation.Access)
	}},
	{"deliverable/5 Documentation: tile and check, with what evaluation says of them", func(t *testing.T) {
		s := container("radarr")
		o := s.made(t)
		r := report.Make(report.Input{Service: s.name, Given: o.given, Plan: o.Plan, Files: o.files, Sources: files(t, s.example), Evaluated: true, Results: s.proved(t)})
		saw := map[string]string{}
		for _, i := range r.Documentation.Integrations {
			saw[i.Name] += i.Saw
		}
		require.Equal(t, "group Media, https://radarr.home.example, widget radarr", saw["Dashboard"])
		require.Equal(t, "http://127.0.0.1:7878/ping, [STATUS] == 200, tells pushover after 3 failures", saw["Black-box check"])
		require.Contains(t, o.host, `interval = "60s";`)
		stepOf(t, o, "add radarr/api-key")
	}},
	{"deliverable/5 Documentation: what is left out, and why", func(t *testing.T) {
		r, page := reported(t, hook("probe=no", "apiKeys=ci"))
		left := map[string]string{}
		for _, o := range r.Documentation.LeftOut {
			left[o.About] = o.Reason
		}
		require.Equal(t, map[string]string{"dataset": "it keeps nothing", "backup": "it keeps nothing", "snapshots": "it keeps nothing", "restore before the first start": "it keeps nothing",
			"dashboard": "only machines use it", "black-box check": "as asked", "metrics": "none is known; a scrape of nothing would only alert"}, left)
		require.Contains(t, page, "### What is left out")
		all, _ := reported(t, bookmarks("metricsPath=/metrics"))
		require.Empty(t, all.Documentation.LeftOut)
	}},
	{"deliverable/6 Validation: what evaluation and the build said", func(t *testing.T) {
		r, page := reported(t, bookmarks())
		require.Contains(t, page, "## 6. ")
		require.True(t, r.Validation.Evaluated)
		require.Equal(t, len(bookmarks().made(t).Promises), r.Validation.Kept)
		require.Contains(t, page, "port 9190 of the host reaches port 9090 of the container")
		require.Contains(t, page, "task nix:build-forge")
	}},
	{"deliverable/7 Follow-up checklist: secrets, client, DNS, tests", func(t *testing.T) {
		r, page := reported(t, container("linkding"))
		require.Contains(t, page, "## 7. Follow-up checklist")
		o := container("linkding").made(t)
		require.Equal(t, o.Checklist, r.Checklist)
		for _, says := range []string{"sops edit hosts/forge/secrets.sops.yaml", "make a client at https://id.home.example", "let linkding.home.example point to forge",
			"curl -fsS -o /dev/null -w '%{http_code}\\n' https://linkding.home.example", "systemctl status podman-linkding.service",
			"log in once through the identity provider", "its tile is on the dashboard", "its black-box check succeeds"} {
			stepOf(t, o, says)
		}
		before := true
		for _, s := range o.Checklist {
			require.False(t, !before && s.When == "before deployment", "what comes first is told first")
			before = before && s.When == "before deployment"
		}
	}},
	{"deliverable/8 Rationale: every decision with rule and reason", func(t *testing.T) {
		r, page := reported(t, bookmarks())
		require.Contains(t, page, "## 8. Rationale")
		require.NotEmpty(t, r.Rationale)
		for name, s := range everyKind() {
			for _, d := range s.made(t).Decisions {
				require.NotEmpty(t, d.Rule, "%s: %s", name, d.Name)
				require.NotEmpty(t, d.Reason, "%s: %s", name, d.Name)
			}
		}
	}},
	{"deliverable/honesty: what is proved is only what evaluation shows", func(t *testing.T) {
		for name, s := range everyKind() {
			for _, p := range s.made(t).Promises {
				require.NotEmpty(t, p.Kind, name)
				require.NotEmpty(t, p.Subject, name)
			}
			require.Len(t, s.made(t).promises(plan.PromiseNothing), 1, "%s: nothing else changes", name)
		}
		o := bookmarks().made(t)
		unproved := report.Make(report.Input{Service: "bookmarks", Given: o.given, Plan: o.Plan, Files: o.files, Sources: files(t, "example")})
		require.False(t, unproved.Validation.Evaluated)
		require.Zero(t, unproved.Validation.Kept, "a promise that nobody looked at is not kept")
	}},
}
