package specification_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// everyKind is one service of each kind, on both examples.
func everyKind() map[string]service {
	full := func(category string) service {
		return withDatabase("nfs=media", "secrets=TOKEN", "metricsPath=/metrics", "healthPath=/health", "category="+category,
			"environment.PUBLIC_URL=https://bookmarks.home.example", "parts.worker.command=work")
	}
	return map[string]service{
		"container": full("Media"), "factory": full("productivity").on("example-registry"), "credentials": withDatabase("secrets=TOKEN", "handover=credential"),
		"unit": unit("secrets=TOKEN"), "native": jellyfin(), "client": container("linkding"), "header": container("dozzle"), "key": container("paperless-ai"),
		"database": container("linkwarden"), "registry-unit": unit("category=infrastructure").on("example-registry"), "stateless": stateless(),
	}
}

// never requires that no generated file of any kind of service has a text.
func never(t *testing.T, bad string, except ...string) {
	t.Helper()
	form := regexp.MustCompile(bad)
	for name, s := range everyKind() {
		text := s.made(t).text()
		for _, e := range except {
			text = strings.ReplaceAll(text, e, "")
		}
		require.NotRegexp(t, form, text, name)
	}
}

// refusalRows are the anti-patterns: the tool cannot be brought to them.
var refusalRows = []row{
	{"refused/Asking questions before studying patterns: Jellyfin", func(t *testing.T) {
		s := known("jellyfin")
		s.native, s.pkg = "jellyfin", "jellyfin"
		require.Empty(t, s.open(t).Questions)
	}},
	{"refused/Hardcoded domains: none in any file", func(t *testing.T) {
		never(t, `home\.example`)
		o := bookmarks("environment.PUBLIC_URL=https://bookmarks.home.example").made(t)
		require.Contains(t, o.module, `PUBLIC_URL = "https://bookmarks.${config.networking.domain}";`, "even where it was said")
	}},
	{"refused/Running as root: a dedicated user", func(t *testing.T) {
		never(t, `(?i)user\s*=\s*(lib\.mkForce )?"(root|0)"|--user=(0|root)|uid = 0`)
		for name, s := range everyKind() {
			o := s.made(t)
			if o.Model.Data != nil {
				require.NotEmpty(t, o.Model.Account.User, name)
				require.NotZero(t, o.Model.Account.UID, name)
			}
		}
		bookmarks().called("root").refused(t, "the word has a meaning of its own")
	}},
	{"refused/Skipping auto-registration: every hub that the host has", func(t *testing.T) {
		o := bookmarks("metricsPath=/metrics").made(t)
		for _, kind := range []plan.PromiseKind{plan.PromiseVhost, plan.PromiseMetrics, plan.PromiseBackup, plan.PromiseDataset, plan.PromiseSnapshot, plan.PromiseAlert, plan.PromiseTile, plan.PromiseProbe} {
			require.Len(t, o.promises(kind), 1, kind)
		}
	}},
	{"refused/Inventing recordsize: only with a reason beside it", func(t *testing.T) {
		for name, s := range everyKind() {
			o := s.made(t)
			for _, line := range strings.Split(o.module, "\n") {
				if strings.Contains(line, "recordsize = ") && !strings.Contains(line, ";") {
					require.Fail(t, "a size in several lines", "%s: %s", name, line)
				}
			}
			if o.Model.Data != nil {
				require.NotEmpty(t, o.decision("recordsize").Reason, name)
				require.Contains(t, o.module, "# "+o.Model.Data.Reason, name)
			}
		}
		_, err := plan.Make(bookmarks("recordsize=64K").input(t))
		require.ErrorContains(t, err, `"recordsize" is unknown`)
	}},
	{"refused/latest, unpinned or Docker Hub: tag and digest, GHCR first", func(t *testing.T) {
		bookmarks("image=ghcr.io/x/bookmarks:latest").refused(t, "has the tag latest, which names no version")
		bookmarks("image=ghcr.io/x/bookmarks:latest@"+digest).refused(t, "has the tag latest")
		bookmarks("image=ghcr.io/x/bookmarks@"+digest).refused(t, "write it as registry/name:tag@sha256:<digest>")
		bookmarks("image=bookmarks:1.0.0").refused(t, "does not say its registry")
		p := bookmarks("image=ghcr.io/x/bookmarks:1.2.3").open(t)
		require.Equal(t, []string{"image"}, asked(p), "a tag alone is not written")
		require.Equal(t, "ghcr.io/x/bookmarks:1.2.3", p.Lookup.Reference, "its registry is asked for the digest")
		never(t, `:latest`)
	}},
	{"refused/Ports without checking for conflicts: never a taken one", func(t *testing.T) {
		for _, wanted := range []string{"8989", "9090", "443", "22"} {
			o := bookmarks("containerPort=8080", "port="+wanted).made(t)
			require.NotEqual(t, wanted, o.String("port"))
			require.NotEmpty(t, o.Model.PortReason)
		}
	}},
	{"refused/Manual database setup: no psql in any file", func(t *testing.T) {
		never(t, `(?i)psql|create database|create user|createdb|postgresql-init`)
		o := withDatabase().made(t)
		require.Contains(t, o.module, "modules.services.postgresql.databases.")
		withDatabase().but(func(in *plan.Input) { in.Facts.Hubs[facts.DatabasesHub] = nil }).refused(t, "the repo has no option in which services declare databases")
	}},
	{"refused/MQTT without the broker: an account, or none", func(t *testing.T) {
		bookmarks("mqtt=yes").but(func(in *plan.Input) { in.Facts.Hubs[facts.BrokerHub] = nil }).refused(t, "the repo has no option in which services declare users and rules of a broker")
		bookmarks("environment.MQTT_HOST={mqttHost}", "mqtt=no").refused(t, "{mqttHost} stands for nothing here")
	}},
	{"refused/Manual data sources: provisioned, or none", func(t *testing.T) {
		bookmarks("grafana=prometheus").but(func(in *plan.Input) { in.Facts.Hubs[facts.GrafanaHub] = nil }).refused(t, "the repo has no option in which services declare data sources")
	}},
	{"refused/Secrets as volumes: no file of a secret in a container", func(t *testing.T) {
		never(t, `"[^"]*(/run/secrets|[sS]ecret|[pP]assword)[^"]*:[^"]*:r[ow]"`)
		for name, s := range everyKind() {
			for _, line := range strings.Split(s.made(t).module, "\n") {
				if strings.Contains(line, "volumes = ") {
					require.NotRegexp(t, `(?i)secret|password|credential`, line, name)
				}
			}
		}
	}},
	{"refused/Secrets in the clear: none in any file", func(t *testing.T) {
		never(t, `(?i)(PASSWORD|TOKEN|SECRET|KEY)\s*=\s*"[^"${]+"`)
		bookmarks("environment.ADMIN_PASSWORD=hunter2").refusedAnswer(t, "looks like a secret")
		unit("arguments=--api-key=hunter2").refusedAnswer(t, "looks like a secret")
	}},
	{"refused/Native user without mkForce: ours wins", func(t *testing.T) {
		for _, s := range []service{jellyfin("gpu=no"), jellyfin("category=media", "gpu=no").on("example-registry")} {
			o := s.made(t)
			require.NotRegexp(t, `users\.users\.[^ ]+ = \{`, o.module)
			require.Contains(t, o.module, "users.users.${cfg.user} = lib.mkForce {")
		}
	}},
}
