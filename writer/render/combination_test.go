package render_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/verify"
)

// feature is something that can be said of a service, in several ways. The first
// way is what a service has that nothing else is said of.
type feature struct {
	name string
	ways [][]string // of NAME=VALUE
}

// unsaid stands for a feature that is left out.
var unsaid = []string(nil)

// features are all that can be said, each as alone as it can be.
var features = []feature{
	{"workload", [][]string{{"workload=sqlite", "dataDir=/config"}, {"workload=stateless"}, {"workload=media", "dataDir=/a,/b/c"}, {"workload=database", "dataDir=/db"}}},
	{"auth", [][]string{{"auth=caddy-security"}, {"auth=none"}, {"auth=builtin"}, {"auth=trusted-header"}, {"auth=oidc"}, {"auth=caddy-security", "policy=media"}}},
	{"mount", [][]string{unsaid, {"nfs=media"}, {"nfs=media", "mountReadOnly=yes"}, {"nfs=media", "mountPath=/media/x"}}},
	{"account", [][]string{unsaid, {"group=media"}, {"uid=977"}}},
	{"database", [][]string{
		unsaid, {"database=postgresql", "databaseVariables=DATABASE_URL={databaseUrl}"},
		{"database=postgresql", "databaseVariables=DB_HOST={databaseHost},DB_PASS={databasePassword}", "databaseExtensions=pg_trgm,unaccent", "databaseMigrations=20240101", "databasePolicy=owner-only", "databaseUser=keeper", "databaseName=ledger"},
		{"database=postgresql", "databaseVariables=no"}, {"database=postgresql", "databaseName=dispatcharr", "databaseReuse=yes", "databaseVariables=DATABASE_URL={databaseUrl}"},
	}},
	{"redis", [][]string{unsaid, {"redis=yes", "redisVariables=REDIS_URL={redisUrl}"}, {"redis=default", "redisVariables=REDIS_HOST={redisHost},REDIS_PORT={redisPort}"}}},
	{"mqtt", [][]string{unsaid, {"mqtt=yes", "mqttPassword=MQTT_PASSWORD", "mqttVariables=MQTT_URL={mqttUrl}"}, {"mqtt=yes"}, {"mqtt=yes", "mqttUser=other", "mqttTopics=a/#,b/+/c", "mqttTags=t1,t2", "mqttPassword=no", "mqttVariables=no"}}},
	{"grafana", [][]string{
		unsaid, {"grafana=postgresql"}, {"grafana=influxdb", "grafanaUrl=http://127.0.0.1:8086", "grafanaOrganization=home", "grafanaBucket=b"},
		{"grafana=prometheus", "grafanaDashboards=https://example.org/x-1.0.0.tar.gz", "grafanaDashboardsFolder=boards", upstreamHash, "grafanaFolder=F"},
	}},
	{"handover", [][]string{unsaid, {"handover=credential"}, {"handover=template"}}},
	{"restarts", [][]string{unsaid, unsaid, unsaid, unsaid, unsaid, unsaid, {"restarts=no"}, {"restarts=yes"}}},
	{"secrets", [][]string{unsaid, {"secrets=APP_TOKEN"}, {"secrets=APP_TOKEN,MQTT_PASSWORD"}}},
	{"environment", [][]string{unsaid, {"environment.A=1", "environment.B_C=x y"}, {"environment.LISTEN={address}:{port}", "environment.DATA={dataDir}"}, {"environment.BROKER={mqttHost}"}, {`environment.X=${a} ''b'' "c" 100% $d \`}}},
	{"parts", [][]string{
		unsaid, {"parts.worker.command=work --all", "parts.worker.description=works"},
		{
			"parts.search.image=docker.io/x/search:1.0.0@" + digest, "parts.search.port=7700", "parts.search.healthPath=/health", "parts.search.dataDir=/s", "parts.search.secrets=SEARCH_KEY", "parts.search.memory=1G", "parts.search.gpu=render",
			"parts.worker.command=work", "parts.worker.environment.LANES=2", "parts.worker.after=search,service",
		},
		{"parts.cache.image=docker.io/x/cache:1@" + digest, "parts.cache.kind=sidecar", "parts.cache.healthCommand=cache-cli ping", "parts.cache.runAs=image", "parts.cache.entrypoint=tini -- cache", "parts.cache.devices=/dev/video0:/dev/video1"},
	}},
	{"schedule", [][]string{unsaid, unsaid, unsaid, unsaid, {"schedule=Mon..Fri 03:30"}, {"oneshot=yes"}}},
	{"tunnel", [][]string{unsaid, {"tunnel=yes", "tunnelReason=shared"}, {"tunnel=yes", "tunnelWithoutLogin=yes"}}},
	{"keys", [][]string{unsaid, {"apiKeys=ci"}, {"apiKeys=ci,home", "apiKeys.ci.paths=/api,/x", "apiKeys.home.networks=10.0.0.0/8", "apiKeys.home.header=X-Home", "apiKeys.ci.variable=CI_KEY"}}},
	{"bypass", [][]string{unsaid, {"bypassPaths=/hooks,/feed"}, {"bypassPaths=/hooks", "bypassNetworks=10.0.0.0/8,fd00::/8"}}},
	{"gpu", [][]string{unsaid, {"gpu=render", "hardwareReason=video"}}},
	{"devices", [][]string{unsaid, {"devices=/dev/serial/by-id/usb-Stick-if00"}, {"devices=/dev/serial/by-id/usb-Stick-if00:/dev/radio"}}},
	{"capabilities", [][]string{unsaid, {"capabilities=NET_RAW"}, {"capabilities=NET_ADMIN,SYS_NICE"}}},
	{"groups", [][]string{unsaid, {"groups=video"}}},
	{"network", [][]string{unsaid, {"hostNetwork=yes"}, {"network=media-services"}, {"network=no"}}},
	{"limits", [][]string{unsaid, {"shm=256M"}, {"memory=2G", "cpus=2"}}},
	{"alerts", [][]string{unsaid, {"alerts.memory=high-memory", "alerts.slow=response-time"}, {"alerts.stale=healthcheck-stale"}, {"alerts.q.expr=x_jobs > 100", "alerts.q.for=15m", "alerts.q.summary=wait"}}},
	{"metrics", [][]string{unsaid, {"metricsPath=/metrics"}, {"healthPath=/healthz?x=1"}}},
	{"protection", [][]string{unsaid, {"protection=critical"}, {"protection=ephemeral"}, {"protection=no"}}},
	{"backup", [][]string{unsaid, {"backup=no"}, {"preseed=no"}, {"snapshots=no"}, {"backup=no", "preseed=no", "snapshots=no"}}},
	{"page", [][]string{unsaid, {"web=no"}, {"page=no"}, {"probe=no"}, {"probeAlerts=no"}, {"hostName=other", "icon=x.svg", `displayName=The "X" ${y}`}}},
	{"ids", [][]string{unsaid, {"runAs=puid"}, {"runAs=image"}}},
	{"start", [][]string{unsaid, {"command=serve --x 'a b'"}, {"containerPort=80"}}},
}

// combined are services of each packaging on both examples, of which little is
// said.
var combined = []scenario{
	{name: "container", example: "example", service: "combo", answers: said("packaging=container", "image=ghcr.io/x/combo:1.2.3@"+digest, "containerPort=8080", "category=Productivity")},
	{name: "factory", example: "example-registry", service: "combo", answers: said("packaging=container", "image=ghcr.io/x/combo:1.2.3@"+digest, "containerPort=8080", "category=productivity")},
	{name: "unit", example: "example", service: "gotify", pkg: "gotify-server", answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port}", "port=8070", "category=Infrastructure")},
	{name: "unit of ids", example: "example-registry", service: "gotify", pkg: "gotify-server", answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port}", "port=8070", "category=infrastructure")},
	{name: "native", example: "example", service: "jellyfin", native: "jellyfin", pkg: "jellyfin", answers: said("packaging=native", "port=8096", "category=Media")},
	{name: "native of ids", example: "example-registry", service: "jellyfin", native: "jellyfin", pkg: "jellyfin", answers: said("packaging=native", "port=8096", "category=media-automation")},
}

// combination is a service with a way of each feature.
type combination struct {
	base scenario
	ways []int
}

// said is the service as it is asked for; what it cannot have beside others, from
// how it is run, is left out.
func (c combination) said() scenario {
	s := c.base
	s.answers = said("description=a service")
	maps.Copy(s.answers, c.base.answers)
	for i, w := range c.ways {
		maps.Copy(s.answers, said(features[i].ways[w]...))
	}
	if s.answers["packaging"] != "container" {
		delete(s.answers, "dataDir")
	}
	if s.answers["schedule"]+s.answers["oneshot"] != "" {
		maps.DeleteFunc(s.answers, func(k, v string) bool {
			return k == "port" || k == "containerPort" || k == "auth" || strings.Contains(v, "{port}")
		})
	}
	if s.answers["web"] == "no" {
		delete(s.answers, "auth")
	}
	s.change = staleOf(s.service)
	return s
}

// without leaves one feature out that the refusal names, or else any.
func (c combination) without(refusal string, random *rand.Rand) bool {
	var there, named []int
	for i, w := range c.ways {
		if w == 0 || features[i].ways[0] != nil && !strings.Contains(refusal, features[i].name) {
			continue
		}
		there = append(there, i)
		if slices.ContainsFunc(features[i].ways[w], func(a string) bool {
			key, _, _ := strings.Cut(a, "=")
			key, _, _ = strings.Cut(key, ".")
			return strings.Contains(refusal, key)
		}) {
			named = append(named, i)
		}
	}
	if len(named) > 0 {
		there = named
	}
	if len(there) == 0 {
		return false
	}
	c.ways[there[random.IntN(len(there))]] = 0
	return true
}

// combine tells each service that can be planned of the combinations, which are
// the same each time, with its plan and files. What is refused is asked for again
// with less.
func combine(t *testing.T, each func(t *testing.T, s scenario, in plan.Input, p *plan.Plan, files []render.File)) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	had := map[string]bool{}
	for _, base := range combined {
		base.change = staleOf(base.service)
		f, conventions := base.inputs(t)
		text := base.files(t)
		for range 50 {
			c := combination{base, make([]int, len(features))}
			likely := 0.15 + 0.4*random.Float64()
			for i := range c.ways {
				if random.Float64() < likely {
					c.ways[i] = random.IntN(len(features[i].ways))
				}
			}
			for {
				s := c.said()
				asked := maps.Clone(s.answers)
				in := plan.Input{Service: s.service, Facts: f, Conventions: conventions, Answers: s.answers}
				p, err := plan.Make(in)
				require.Equal(t, asked, s.answers, "they are the caller's")
				if err != nil {
					var refused *plan.InputError
					require.ErrorAs(t, err, &refused, "%v", s.answers)
					require.NotEmpty(t, refused.Hint, "%v: %v", s.answers, err)
					require.True(t, c.without(err.Error(), random), "%v: %v", s.answers, err)
					continue
				}
				require.Empty(t, p.Questions, "%v", s.answers)
				files, err := render.Files(p, conventions, f, text)
				require.NoError(t, err, "%v", s.answers)
				each(t, s, in, p, files)
				for i, w := range c.ways {
					had[fmt.Sprint(features[i].ways[w])] = true
				}
				break
			}
		}
	}
	for _, feature := range features {
		for _, way := range feature.ways {
			if way != nil {
				require.True(t, had[fmt.Sprint(way)], "no combination has %v", way)
			}
		}
	}
}

// TestCombinations says many things of a service at once: what cannot be together
// is refused with what to do, and whatever is planned gives the same valid files
// each time, lists the secrets that they name and promises what can be checked.
func TestCombinations(t *testing.T) {
	combine(t, func(t *testing.T, s scenario, in plan.Input, p *plan.Plan, files []render.File) {
		again, err := plan.Make(in)
		require.NoError(t, err)
		first, err := json.Marshal(p)
		require.NoError(t, err)
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second), "%v", s.answers)
		repeated, err := render.Files(again, in.Conventions, in.Facts, s.files(t))
		require.NoError(t, err)
		require.Equal(t, files, repeated, "%v", s.answers)

		text := string(files[0].After) + string(files[1].After)
		for _, file := range files {
			_, err := syntax.Parse(file.After)
			require.NoError(t, err, "%v", s.answers)
		}
		for _, bad := range []string{"<no value>", "%!", "\t", " \n", "\n\n\n", "map["} {
			require.NotContains(t, text, bad, "%v", s.answers)
		}
		if s.answers["packaging"] != "container" { // whose variables are taken as they are
			require.NotRegexp(t, `[^$]\{(port|address|dataDir|mqtt[A-Z][a-z]+|database[A-Z][a-z]+|redis[A-Z][a-z]+)\}`, text, "%v", s.answers)
		}

		module := string(files[0].After)
		for _, option := range []string{"port", "dataDir"} {
			if p.Model.Factory || !strings.Contains(module, "cfg."+option) {
				continue
			}
			require.Contains(t, module, " "+option+" = lib.mkOption {", "%v", s.answers)
		}

		declared := []string{}
		if part := declaredPart.FindStringSubmatch(text); part != nil {
			declared = matched(declaredName, part[1])
		}
		named := slices.DeleteFunc(matched(namedSecret, text), func(n string) bool { return slices.Contains(in.Facts.Secrets, n) })
		require.ElementsMatch(t, declared, listed(t, p), "%v", s.answers)
		require.ElementsMatch(t, named, listed(t, p), "%v", s.answers)

		for i, r := range verify.Check(p, in.Facts, in.Facts, nil) {
			require.NotContains(t, r.Saw, "no check knows", r.Kind)
			require.NotEmpty(t, r.Text)
			require.False(t, slices.ContainsFunc(p.Promises[:i], func(q plan.Promise) bool {
				return q.Kind == r.Kind && q.Subject == r.Subject && maps.Equal(q.Want, r.Want)
			}), "%v: %s is promised twice", s.answers, r.Text)
		}
	})
}

// TestCombinationsLinters: what is generated of them is clean.
func TestCombinationsLinters(t *testing.T) {
	format, dead := linter(t, "nixpkgs-fmt"), linter(t, "deadnix")
	dir := t.TempDir()
	var paths []string
	combine(t, func(t *testing.T, s scenario, _ plan.Input, _ *plan.Plan, files []render.File) {
		said, err := json.Marshal(s.answers)
		require.NoError(t, err)
		for i, f := range files[:2] {
			file := filepath.Join(dir, fmt.Sprintf("%d-%d.nix", len(paths), i))
			// Which combination it is, for whoever reads what a linter says.
			require.NoError(t, os.WriteFile(file, append(fmt.Appendf(nil, "# %s\n", said), f.After...), 0o644))
			paths = append(paths, file)
		}
	})
	for _, args := range [][]string{{format, "--check"}, {dead, "--fail", "--no-lambda-pattern-names"}} {
		out, err := exec.CommandContext(t.Context(), args[0], append(args[1:], paths...)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}
