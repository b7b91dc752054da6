package plan_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestComplete is the plan that has everything, and what it promises.
func TestComplete(t *testing.T) {
	in := with(repo(), "nfs=media", "secrets=LD_TOKEN", "metricsPath=/metrics")
	in.Others["nas-1"] = facts.New()
	p := made(t, in)
	require.True(t, p.Ready())
	require.Equal(t, plan.SchemaVersion, p.Schema)
	require.Equal(t, "forge", p.Host)
	var kinds []string
	for _, promise := range p.Promises {
		kinds = append(kinds, string(promise.Kind)+" "+promise.Subject)
		require.NotEmpty(t, promise.Text)
	}
	require.Equal(t, []string{
		"service linkding", "user linkding", "group linkding", "unit podman-linkding", "container linkding", "identity linkding", "listener linkding",
		"volume linkding", "volume linkding", "health-check linkding", "environment linkding", "dataset linkding", "mount podman-linkding", "mount podman-linkding", "backup linkding", "restore linkding", "snapshot tank/services/linkding",
		"vhost linkding", "auth linkding", "unasked linkding", "alert linkding-service-down", "notification podman-linkding", "metrics linkding", "tile linkding", "probe linkding",
		"hidden-secrets linkding", "secret linkding/ld-token", "nothing-else forge", "assertions forge", "system forge", "system nas-1",
	}, kinds)
}

// TestPromises are made only of what the host has: a hub that is not there can
// keep none.
func TestPromises(t *testing.T) {
	for kind, hub := range map[plan.PromiseKind]facts.HubKind{
		plan.PromiseDataset: facts.DatasetsHub, plan.PromiseSnapshot: facts.SnapshotsHub, plan.PromiseVhost: facts.Proxy,
		plan.PromiseAuth: facts.Proxy, plan.PromiseAlert: facts.AlertsHub, plan.PromiseNotify: facts.TemplatesHub,
		plan.PromiseTile: facts.DashboardHub, plan.PromiseProbe: facts.BlackBoxHub,
	} {
		t.Run(string(kind), func(t *testing.T) {
			in := with(repo(), "auth=none")
			require.Len(t, promises(made(t, in), kind), 1)
			in.Facts.Hubs[hub] = nil
			require.Empty(t, promises(made(t, in), kind), "the host has no hub %s", hub)
		})
	}
	for _, c := range []struct {
		name    string
		in      plan.Input
		without []plan.PromiseKind
	}{
		{"stateless", with(repo(), "workload=stateless", "-dataDir"), []plan.PromiseKind{
			plan.PromiseUser, plan.PromiseGroup, plan.PromiseDataset, plan.PromiseMount, plan.PromiseBackup, plan.PromiseRestore, plan.PromiseSnapshot,
		}},
		{"no web page", with(repo(), "web=no", "-auth"), []plan.PromiseKind{plan.PromiseVhost, plan.PromiseAuth, plan.PromiseTile, plan.PromiseProbe}},
		{"no protection", with(repo(), "backup=no", "preseed=no", "snapshots=no"), []plan.PromiseKind{plan.PromiseBackup, plan.PromiseRestore, plan.PromiseSnapshot}},
		{"unit", unitRepo(), []plan.PromiseKind{plan.PromiseContainer, plan.PromiseListener}},
		{"native", nativeRepo(nil), []plan.PromiseKind{plan.PromiseContainer, plan.PromiseListener, plan.PromiseHardening}},
		{"container", repo(), []plan.PromiseKind{plan.PromiseAccount, plan.PromiseHardening, plan.PromiseMetrics, plan.PromiseSecret, plan.PromiseRegistry}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, c.in)
			require.True(t, p.Ready(), "%v", questions(p))
			for _, kind := range c.without {
				require.Empty(t, promises(p, kind))
			}
		})
	}
	require.Len(t, promises(made(t, unitRepo()), plan.PromiseHardening), 1)
	require.Len(t, promises(made(t, nativeRepo(nil)), plan.PromiseAccount), 1)
}

// TestQuestions takes away one source at a time: exactly what it told is asked.
func TestQuestions(t *testing.T) {
	in := unitRepo()
	in.Facts.Package.MainProgram = nil
	for _, c := range []struct {
		name string
		in   plan.Input
		want []string
	}{
		{"nothing is missing", repo(), []string{}},
		{"image", with(repo(), "-image"), []string{"image"}},
		{"dataDir", with(repo(), "-dataDir"), []string{"dataDir"}},
		{"port", with(repo(), "-containerPort"), []string{"port"}},
		{"port of the host tells it too", with(repo(), "-containerPort", "port=80"), []string{}},
		{"no port is needed without a page", with(repo(), "-containerPort", "-auth", "web=no"), []string{}},
		{"metrics are asked for on a port", with(repo(), "-containerPort", "-auth", "web=no", "metricsPath=/m"), []string{"port"}},
		{"workload", with(repo(), "-workload", "-dataDir"), []string{"workload"}},
		{"auth", with(repo(), "-auth"), []string{"auth"}},
		{"category", with(repo(), "-category"), []string{"category"}},
		{"a description is not asked for", with(repo(), "-description"), []string{}},
		{"program", in, []string{"program"}},
		{"program said", with(in, "program=ld"), []string{}},
		{"all", with(repo(), "-image", "-containerPort", "-dataDir", "-workload", "-auth", "-category", "-description"), []string{"category", "workload", "port", "image", "auth"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, c.in)
			require.ElementsMatch(t, c.want, questions(p))
			require.Equal(t, len(c.want) == 0, p.Ready())
			for _, q := range p.Questions {
				require.NotEmpty(t, q.Text)
				require.NotEmpty(t, q.Why)
				require.NotEmpty(t, q.DependsOn)
				require.Contains(t, plan.Keys(), q.Name, "it can be answered under its name")
			}
			if !p.Ready() {
				require.Empty(t, p.Promises, "an unfinished plan promises nothing")
			}
		})
	}
}

// TestChoices are all answers that are accepted.
func TestChoices(t *testing.T) {
	p := made(t, with(repo(), "-auth", "-workload", "-dataDir", "-category"))
	for _, q := range p.Questions {
		require.NotEmpty(t, q.Choices, q.Name)
		for _, choice := range q.Choices {
			require.NoError(t, plan.CheckAnswers(map[string]string{q.Name: choice.Value}))
		}
	}
}

// TestExists refuses what is there already, whoever made it.
func TestExists(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   string
	}{
		{"module", func(in *plan.Input) {
			in.Facts.Services["linkding"] = service("modules/linkding/default.nix", true, nil)
		}, "modules.services.linkding exists in modules/linkding/default.nix and is enabled on forge"},
		{"module that is off", func(in *plan.Input) { in.Facts.Services["linkding"] = service("m.nix", false, nil) }, "is disabled on forge"},
		{"another spelling", func(in *plan.Input) { in.Facts.Services["linkDing"] = facts.Service{} }, "modules.services.linkDing exists and is disabled"},
		{"underscore", func(in *plan.Input) { in.Facts.Services["link_ding"] = facts.Service{} }, "modules.services.link_ding exists"},
		{"file of the module", func(in *plan.Input) { in.Paths = []string{"modules/linkding/default.nix"} }, "modules/linkding/default.nix exists"},
		{"file of the host", func(in *plan.Input) { in.Paths = []string{"hosts/forge/services/linkding.nix"} }, "hosts/forge/services/linkding.nix exists"},
		{"container", func(in *plan.Input) { in.Facts.Containers["linkding"] = facts.Container{} }, "has a container of that name"},
		{"unit", func(in *plan.Input) { in.Facts.Units["linkding"] = facts.Unit{} }, "has a unit linkding.service"},
		{"account", func(in *plan.Input) { in.Facts.Users["linkding"] = facts.User{} }, "has an account of that name"},
		{"virtual host", func(in *plan.Input) { in.Facts.Vhosts["linkding"] = facts.Vhost{} }, "has a virtual host of that name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := repo()
			c.change(&in)
			refused(t, in, c.want)
		})
	}
	in := repo()
	in.Facts.Services["link"] = facts.Service{}
	in.Facts.Units["linkding-other"] = facts.Unit{}
	made(t, in)
}

// TestUnusable refuses a repo that has nothing to imitate.
func TestUnusable(t *testing.T) {
	for name, change := range map[string]func(*plan.Input){
		"find service modules: host forge has none":          func(in *plan.Input) { in.Facts.Root = nil },
		"nothing imports them by path":                       func(in *plan.Input) { in.Conventions.Categories = nil },
		"find where service modules are registered":          func(in *plan.Input) { in.Conventions.Module = convention.Layout{} },
		"find where host forge keeps the files":              func(in *plan.Input) { in.Conventions.Host = convention.Layout{} },
		"no file of one is imported":                         func(in *plan.Input) { in.Conventions.HostList = "" },
		`place file "modules/../../linkding": it is outside`: func(in *plan.Input) { in.Conventions.Module.Pattern = "modules/../../{name}" },
	} {
		in := repo()
		change(&in)
		refused(t, in, name)
	}
}

func TestNaming(t *testing.T) {
	in := repo()
	in.Service = "paperless-ai"
	p := made(t, in)
	require.Equal(t, "Paperless Ai", p.String("displayName"))
	require.Equal(t, "paperless-ai", p.Model.Icon)
	require.Equal(t, "bookmark manager", p.String("description"))
	require.Equal(t, "user", decision(t, p, "description").Rule)
	p = made(t, with(in, "displayName=Paperless AI", "icon=paperless.svg"))
	require.Equal(t, "Paperless AI", p.Model.DisplayName)
	require.Equal(t, "paperless.svg", p.Model.Icon)
	require.Equal(t, "paperless-ai.holthome.net", promises(p, plan.PromiseVhost)[0].Want["hostName"])
	p = made(t, with(in, "hostName=docs"))
	require.Equal(t, "docs.holthome.net", promises(p, plan.PromiseVhost)[0].Want["hostName"])
	in.Facts.Host.Domain = nil
	require.Equal(t, "paperless-ai", promises(made(t, in), plan.PromiseVhost)[0].Want["hostName"])
}

// TestDescription comes from the package, unless it only repeats the name.
func TestDescription(t *testing.T) {
	in := with(unitRepo(), "-description")
	in.Facts.Package.Description = ptr("Self-hosted bookmarks")
	p := made(t, in)
	require.Equal(t, "Self-hosted bookmarks", p.String("description"))
	require.Equal(t, "pkgs.linkding.meta.description", decision(t, p, "description").Evidence[0].Option)
	for _, useless := range []*string{nil, ptr(""), ptr("linkding")} {
		in.Facts.Package.Description = useless
		p := made(t, in)
		require.Equal(t, "Linkding", p.String("description"))
		require.Equal(t, "its name where nothing describes it", decision(t, p, "description").Rule)
	}
}

func TestCategory(t *testing.T) {
	for _, c := range []struct{ said, category, group, list string }{
		{"media", "media", "Media", "modules/_categories/media.nix"},
		{"Media", "media", "Media", "modules/_categories/media.nix"},
		{"home-automation", "home-automation", "Home Automation", "modules/_categories/home-automation.nix"},
	} {
		p := made(t, with(repo(), "category="+c.said))
		require.Equal(t, c.category, p.Model.Category)
		require.Equal(t, c.group, p.Model.Group, "as the dashboard spells it")
		require.Equal(t, c.list, p.String("moduleRegistration"))
	}
	refused(t, with(repo(), "category=games"), `read category: "games" is unknown; this repo has media, home-automation`)
}

// TestOneList is a repo with one list of modules: the category is only the
// dashboard's group, and a new one is made readable.
func TestOneList(t *testing.T) {
	in := repo()
	in.Conventions.Categories = []convention.Category{{File: "modules/default.nix", Members: []string{"modules/sonarr/default.nix"}}}
	for said, group := range map[string]string{
		"media": "Media", "home automation": "Home Automation", "Home-Automation": "Home Automation", "photo albums": "Photo Albums",
		"-": "-", "a--b": "A B", " x": "X",
	} {
		p := made(t, with(in, "category="+said))
		require.Equal(t, group, p.Model.Group, "%q", said)
		require.Equal(t, "modules/default.nix", p.String("moduleRegistration"))
	}
	p := made(t, with(in, "-category"))
	require.Equal(t, []plan.Choice{{Value: "Media"}, {Value: "Home Automation"}}, p.Questions[0].Choices)
	in.Conventions.Groups = nil
	require.True(t, made(t, with(in, "-category")).Ready(), "nothing depends on it")
}

// TestDeterministic makes the same plan many times from maps in another order
// each time: Go shuffles them.
func TestDeterministic(t *testing.T) {
	input := func() plan.Input {
		in := with(repo(), "nfs=media", "secrets=B,A", "environment.X=1", "environment.Y=2", "environment.Z=3")
		for i := range 30 {
			name := "s" + strconv.Itoa(i)
			in.Facts.Users[name] = facts.User{UID: ptr(int64(901 + i))}
			in.Facts.Vhosts[name] = facts.Vhost{Policy: ptr([]string{"media", "admins"}[i%2]), Backend: &facts.Backend{Host: ptr("localhost"), Port: ptr(int64(9090))}}
			in.Facts.Containers[name] = facts.Container{Ports: []string{"9190:80"}}
			in.Others["h"+strconv.Itoa(i)] = facts.New()
		}
		return in
	}
	want, err := json.Marshal(made(t, input()))
	require.NoError(t, err)
	for range 20 {
		got, err := json.Marshal(made(t, input()))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}

// TestInputIsLeft: a plan changes nothing that it was given.
func TestInputIsLeft(t *testing.T) {
	in := with(repo(), "nfs=media")
	before, err := json.Marshal(in)
	require.NoError(t, err)
	made(t, in)
	after, err := json.Marshal(in)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}

// TestPure: what plan and its packages import cannot reach the world.
func TestPure(t *testing.T) {
	forbidden := []string{"os", "net", "net/http", "os/exec", "os/signal", "io", "io/fs", "time", "syscall", "math/rand", "math/rand/v2", "crypto/rand", "runtime", "unsafe", "plugin", "log", "holthome.net/scaffold/nixeval", "holthome.net/scaffold/writer"}
	for _, dir := range []string{".", "allocate"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
			require.NoError(t, err)
			for _, spec := range parsed.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				require.NoError(t, err)
				for _, bad := range forbidden {
					require.False(t, path == bad || strings.HasPrefix(path, bad+"/") && strings.Contains(bad, "/"), "%s imports %s", file, path)
				}
			}
		}
	}
}
