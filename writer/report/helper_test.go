package report_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/source"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/report"
	"holthome.net/scaffold/writer/verify"
)

const (
	digest   = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	linkding = "ghcr.io/sissbruecker/linkding:1.36.0@" + digest
	tree     = "5fb9497a040011035cbcb9e4eb2a88532308967f"
)

// answers are the user's for a container with state; -NAME takes one away.
func answers(changes ...string) map[string]string {
	said := map[string]string{"packaging": "container", "image": linkding, "containerPort": "9090", "dataDir": "/etc/linkding/data", "workload": "sqlite",
		"auth": "caddy-security", "category": "Productivity", "description": "bookmark manager"}
	for _, c := range changes {
		name, value, _ := strings.Cut(c, "=")
		said[name] = value
		if without, ok := strings.CutPrefix(name, "-"); ok {
			delete(said, name)
			delete(said, without)
		}
	}
	return said
}

// planned is a run on an example fleet, with what evaluation said of it before
// (stored), and a proof in which all promises are kept.
func planned(t *testing.T, service string, software string, said map[string]string, change func(*plan.Input)) report.Input {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS(filepath.Join("..", "..", "testdata", "example"))
	require.NoError(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = fs.ReadFile(root, path)
		}
		return err
	}))
	f := facts.New()
	for _, name := range []string{"example", software} {
		if name != "" {
			data, err := os.ReadFile(filepath.Join("..", "render", "testdata", "facts", name+".json"))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(data, f))
		}
	}
	nix := map[string][]byte{}
	for name, text := range files {
		if strings.HasSuffix(name, ".nix") {
			nix[name] = text
		}
	}
	in := report.Input{Scaffold: "1.2.3", Tree: tree, Service: service, Sources: files,
		Given: plan.Input{Service: service, Facts: f, Conventions: convention.Derive(f, source.Read(nix)), Answers: said}}
	if change != nil {
		change(&in.Given)
	}
	var err error
	in.Plan, err = plan.Make(in.Given)
	require.NoError(t, err)
	if !in.Plan.Ready() {
		return in
	}
	in.Files, err = render.Files(in.Plan, in.Given.Conventions, f, files)
	require.NoError(t, err)
	in.Evaluated = true
	for _, p := range in.Plan.Promises {
		in.Results = append(in.Results, verify.Result{Promise: p, Kept: true, Saw: "seen: " + p.Subject})
	}
	return in
}

// runs are one of each way in which a run can come out, by what it is.
func runs(t *testing.T) map[string]report.Input {
	t.Helper()
	base := planned(t, "linkding", "", answers("secrets=LD_TOKEN"), func(in *plan.Input) {
		in.Entry = &catalog.Entry{Name: "linkding", DisplayName: "Linkding", File: "catalog/linkding.yaml", Homepage: "https://linkding.link",
			Images: []string{"ghcr.io/sissbruecker/linkding"}, Sources: []string{"https://linkding.link/installation/"},
			Auth: catalog.Auth{OIDC: catalog.Ability{Support: catalog.Yes, Source: "https://linkding.link/options/", Seen: "2026-11-23", Callback: "/oidc/callback/", AutoCreate: catalog.Yes}}}
		in.Image = &image.Image{Reference: linkding, Tag: "1.36.0", Total: 40, Choice: "the newest of 40", Warning: "it is old", Platforms: []string{"linux/amd64"},
			Config:   image.Config{Ports: []image.Port{{Number: 9090, Protocol: "tcp"}}, Volumes: []string{"/etc/linkding/data"}, User: "www-data", Entrypoint: []string{"/run.sh"}},
			Tools:    []string{"curl"},
			Rejected: []image.Rejected{{Repository: "docker.io/sissbruecker/linkding", Reason: "GHCR goes first"}}}
		in.NotChecked = []string{"nas-9"}
	})
	all := map[string]report.Input{"planned": base}
	all["native"] = planned(t, "jellyfin", "example-jellyfin", answers("-packaging", "-image", "-containerPort", "-dataDir", "port=8096", "workload=media", "auth=builtin", "category=Media", "preseed=no"), nil)
	all["unit"] = planned(t, "gotify", "example-gotify-server", answers("-image", "-containerPort", "-dataDir", "packaging=unit", "package=gotify-server",
		"arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "auth=builtin"), nil)
	all["stateless"] = planned(t, "cyberchef", "", answers("-dataDir", "workload=stateless", "auth=none"), nil)
	all["tunnel"] = planned(t, "linkding", "", answers("auth=caddy-security", "tunnel=yes", "tunnelReason=shared with *friends*", "apiKeys=ci", "apiKeys.ci.paths=/api", "apiKeys.ci.networks=10.0.0.0/8", "bypassPaths=/feed"), nil)
	all["open"] = planned(t, "cyberchef", "", answers("-dataDir", "workload=stateless", "auth=none", "tunnel=yes", "tunnelWithoutLogin=yes"), nil)
	all["no page"] = planned(t, "worker", "", answers("-dataDir", "-containerPort", "-auth", "workload=stateless", "web=no"), nil)
	all["by the clock"] = planned(t, "carvana", "", answers("-containerPort", "-auth", "schedule=Mon..Fri 03:30"), nil)
	all["questions"] = planned(t, "linkding", "", answers("-workload", "-auth"), nil)
	with := func(name string, change func(*report.Input)) {
		in := base
		change(&in)
		all[name] = in
	}
	with("broken", func(in *report.Input) {
		in.Results = append([]verify.Result{}, in.Results...)
		in.Results[3].Kept, in.Results[3].Saw = false, "there is none"
		in.Failing = []report.FailingCheck{{Name: "guard", File: "flake.nix", Line: 9, Message: "assertion failed\nbadly"}}
	})
	with("failed", func(in *report.Input) {
		in.Evaluated, in.Results = false, nil
		in.Failure = &report.Failure{Message: "evaluate the system: it throws; mend it", Kind: "throw", Option: "a.b", File: "x.nix", Line: 3, Hint: "mend it"}
	})
	with("written", func(in *report.Input) { in.Written = true })
	with("built", func(in *report.Input) {
		in.Written, in.Build = true, report.Build{State: report.Succeeded, Command: "task nix:build-forge"}
	})
	with("build failed", func(in *report.Input) {
		in.Written, in.Build = true, report.Build{State: report.Unbuildable, Command: "task nix:build-forge", Message: "error: no\nspace"}
		in.Failure = &report.Failure{Message: "build system: no"}
	})
	with("taken back", func(in *report.Input) {
		in.Written, in.TakenBack, in.Build = true, true, report.Build{State: report.Unbuildable, Command: "nix build", Message: "no"}
	})
	all["nothing known"] = report.Input{Service: "linkding", Failure: &report.Failure{Message: "open repo: there is none"}}
	all["facts alone"] = report.Input{Service: "linkding", Given: base.Given, Sources: base.Sources, Failure: &report.Failure{Message: "add linkding: it exists"}}
	return all
}

// full is a report in which every field has a value.
func full() *report.Report {
	decision := plan.Decision{Name: "port", Value: 9190, Rule: "upstream's port, else 100 more", Reason: "9090 is taken",
		Evidence: []plan.Evidence{{Option: "services.prometheus.port", Value: "9090", File: "hosts/hub.nix", Line: 7}, {Value: "https://example.org/docs/port"}},
		Rejected: []plan.Rejected{{Value: 9090, Reason: "taken by prometheus", Source: "image"}}}
	said := plan.Decision{Name: "auth", Value: "caddy-security", Rule: "user", Reason: "you said so", Evidence: []plan.Evidence{}, Rejected: []plan.Rejected{}}
	promise := plan.Promise{Kind: plan.PromiseUnit, Subject: "podman-linkding.service", Text: "the unit exists"}
	return &report.Report{
		Schema: 1, Scaffold: "1.2.3", Tree: tree, Service: "linkding", Host: "forge", Status: report.Broken, Summary: []string{"One of two is kept."},
		Failure: &report.Failure{Message: "verify plan: 1 promise is broken", Answer: "port", Kind: "throw", Option: "a.b", File: "x.nix", Line: 3, Hint: "Mend it."},
		Questions: []plan.Question{{Name: "workload", Text: "What does it do with its storage?", Why: "no source tells", DependsOn: []string{"record size"},
			Choices: []plan.Choice{{Value: "sqlite", About: "one file"}}, Default: "sqlite"}},
		Packages: report.Packages{
			Stable:      &report.Package{Attribute: "pkgs.linkding", Version: "1.36.0", Description: "bookmarks", Homepage: "https://linkding.link/", Licences: []string{"MIT"}, Problems: []string{"marked broken"}},
			Unstable:    &report.Package{Attribute: "pkgs.unstable.linkding", Licences: []string{}, Problems: []string{}},
			HasUnstable: true,
			Native: &report.Native{Option: "services.linkding", Enabled: true, Units: []string{"linkding"},
				Options: []report.Option{{Name: "port", Type: "16 bit unsigned integer", Default: 9090, Description: "where it listens"}}},
			NearNatives: []string{"linkwarden"}, NearPackages: []string{"linkding-cli"},
			Image: &report.Image{Reference: linkding, Choice: "the newest", Warning: "no stable version", Platforms: []string{"linux/amd64"}, Ports: []string{"9090/tcp"},
				Volumes: []string{"/etc/linkding/data"}, User: "www-data", Entrypoint: []string{"/run.sh"}, HealthCheck: []string{"CMD", "true"}, Tools: []string{"curl"},
				Rejected: []report.Rejected{{Repository: "docker.io/x/linkding", Reason: "GHCR goes first"}}},
			NoImage: "it was asked for before", Decisions: []plan.Decision{decision},
			Catalog: &report.Catalog{File: "catalog/linkding.yaml", Homepage: "https://linkding.link", Images: []string{"ghcr.io/sissbruecker/linkding"}, Sources: []string{"https://linkding.link/installation/"}},
		},
		Authentication: report.Authentication{
			Abilities: []report.Ability{{Name: "API key", Support: "yes", Detail: "header Authorization", Source: "https://linkding.link/api/", Seen: "2026-11-23"}},
			Options:   []report.AuthOption{{Option: "settings.oidc", Kind: "oidc", Type: "set", Description: "logs in elsewhere"}}, Decisions: []plan.Decision{said},
		},
		Patterns:   []report.Pattern{{Name: "Ports", Finding: "from 3000 to 9000", Taught: []report.Line{{File: "modules/a.nix", Number: 4, Text: "port = 1;"}, {File: "modules/b.nix"}}, Decisions: []string{"port"}}},
		Complexity: report.Complexity{Tier: plan.Moderate, Reason: "it needs a database in a file", Exemplar: "sonarr", Decisions: []plan.Decision{{Name: "exemplar", Value: "sonarr", Rule: "the nearest", Reason: "in common: all", Evidence: []plan.Evidence{{File: "modules/sonarr.nix"}}, Rejected: []plan.Rejected{}}}},
		Plan:       []report.Fact{{About: "Port", Text: "9190 on the host"}},
		Files:      []report.File{{Path: "modules/linkding.nix", Action: "create", Content: "{ }\n"}, {Path: "hosts/forge.nix", Action: "edit", Diff: "--- a\n+++ b\n"}},
		Documentation: report.Documentation{Decisions: []plan.Decision{decision, said},
			Contradictions: []report.Contradiction{{Decision: "port", Value: "9190", Other: "9090", Reason: "the image says so"}},
			Integrations:   []report.Integration{{Name: "Alert", Option: "modules.alerting.rules", Text: "an alert watches it", Saw: "one does"}},
			LeftOut:        []report.Choice{{About: "metrics", Reason: "none is known"}},
			Access:         "Not exposed to the internet.", Public: []report.Fact{{About: "Access method", Text: "a VPN"}}, Deviations: []string{"Port 9190."}},
		Validation: report.Validation{Evaluated: true, Kept: 1,
			Results:    []verify.Result{{Promise: promise, Kept: true, Saw: "wanted by multi-user.target"}, {Promise: promise, Saw: "there is none"}},
			Failing:    []report.FailingCheck{{Name: "guard", File: "flake.nix", Line: 9, Message: "assertion failed"}},
			NotChecked: []string{"nas-1"}, Build: report.Build{State: report.Unbuildable, Command: "task nix:build-forge", Message: "error: no space"}},
		Checklist: []plan.Step{{When: "before deployment", What: "add the secret", Command: "sops edit secrets.yaml"}, {When: "after deployment", What: "look at it"}},
		Rationale: []report.Choice{{About: "Port", Choice: "9190", Reason: "9090 is taken"}}, Notes: []string{"Nobody else may log in."},
	}
}
