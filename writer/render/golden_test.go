package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/render"
)

const linkding = "ghcr.io/sissbruecker/linkding:1.36.0@" + digest

// everything is a container with all that a container can have.
var everything = scenario{
	name: "container", example: "example", service: "linkding",
	answers: said("packaging=container", "image="+linkding, "containerPort=9090", "dataDir=/etc/linkding/data", "workload=sqlite", "auth=caddy-security",
		"category=Productivity", "description=bookmark manager", "nfs=media", "network=media-services", "secrets=LD_TOKEN,LD_DB_PASSWORD",
		"environment.LD_CONTEXT_PATH=links/", "metricsPath=/metrics", "healthPath=/health", "hostName=links", "port=8989"),
}

// scenarios are all kinds of services on both examples.
var scenarios = slices.Concat([]scenario{
	everything,
	{
		name: "stateless", example: "example", service: "cyberchef",
		answers: said("packaging=container", "image=ghcr.io/gchq/cyberchef:10.19.4@"+digest, "containerPort=8080", "workload=stateless", "auth=none",
			"category=Productivity", "description=data analysis in the browser"),
	},
	{
		name: "puid", example: "example", service: "bazarr",
		answers: said("packaging=container", "image=lscr.io/linuxserver/bazarr:1.5.3@"+digest, "containerPort=6767", "dataDir=/config", "workload=sqlite",
			"auth=caddy-security", "category=Media", "description=subtitles", "nfs=media", "group=media"),
	},
	{
		name: "int-ids", example: "example", service: "linkding", answers: everything.with("-nfs", "-network", "-secrets", "-metricsPath").answers,
		change: func(_ *facts.Facts, c *convention.Conventions) { c.IDStyle = convention.IntOption },
	},
	{
		name: "no-hubs", example: "example", service: "linkding", answers: everything.with("-nfs", "-network", "-secrets", "-metricsPath", "auth=builtin").answers,
		change: func(f *facts.Facts, c *convention.Conventions) {
			f.Hubs = map[facts.HubKind]*facts.Hub{}
			f.Host.Domain = nil
			c.HostLibrary, c.Types, c.StorageHelpers, c.ContainerFunction, c.Submodules = nil, nil, nil, nil, map[string]string{}
			c.PolicyHelpers = nil
		},
	},
	{
		name: "scrape-job", example: "example", service: "linkding", answers: everything.with("-nfs", "-network", "-secrets").answers,
		change: func(f *facts.Facts, _ *convention.Conventions) { f.Scrapes = nil },
	},
	{
		name: "factory-scrape-job", example: "example-registry", service: "linkding", answers: everything.with("category=infrastructure", "-network", "-nfs", "-secrets").answers,
		change: func(f *facts.Facts, _ *convention.Conventions) { f.Scrapes = nil },
	},
	{
		name: "no-page", example: "example", service: "worker",
		answers: said("packaging=container", "image=ghcr.io/x/worker:1.0.0@"+digest, "workload=stateless", "web=no", "category=Infrastructure", "description=worker of a queue"),
	},
	{
		name: "unit", example: "example", service: "gotify", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "workload=sqlite",
			"auth=builtin", "category=Infrastructure"),
	},
	{
		name: "unit-secrets", example: "example", service: "ntfy", pkg: "ntfy-sh",
		answers: said("packaging=unit", "package=ntfy-sh", "arguments=serve --listen-http {address}:{port}", "port=2586", "workload=config", "auth=trusted-header",
			"category=Infrastructure", "description=push notifications", "secrets=NTFY_TOKEN", "environment.NTFY_BASE_URL=https://ntfy.example", "nfs=media"),
	},
	{
		name: "unit-stateless", example: "example", service: "shiori", pkg: "shiori",
		answers: said("packaging=unit", "program=shiori", "port=8484", "workload=stateless", "auth=none", "category=Productivity"),
	},
	{
		name: "native", example: "example", service: "jellyfin", native: "jellyfin", pkg: "jellyfin",
		answers: said("port=8096", "workload=media", "auth=builtin", "category=Media", "nfs=media", "preseed=no"),
	},
	{
		name: "native-bare", example: "example", service: "feeds", native: "miniflux", pkg: "miniflux",
		answers: said("packaging=native", "native=miniflux", "port=8585", "workload=stateless", "auth=builtin", "category=Productivity", "description=feed reader"),
	},
	{
		name: "native-options", example: "example", service: "radicale", native: "radicale", pkg: "radicale",
		answers: said("packaging=native", "port=5232", "workload=config", "auth=builtin", "category=Productivity", "description=calendars and contacts", "secrets=RADICALE_KEY"),
	},
	{
		name: "factory", example: "example-registry", service: "linkding",
		answers: everything.with("category=infrastructure", "-network", "-metricsPath").answers,
	},
	{
		name: "factory-puid", example: "example-registry", service: "bazarr",
		answers: said("packaging=container", "image=lscr.io/linuxserver/bazarr:1.5.3@"+digest, "containerPort=6767", "dataDir=/config", "workload=sqlite",
			"auth=caddy-security", "category=media-automation", "description=subtitles", "group=media"),
	},
	{
		name: "database", example: "example", service: "linkwarden",
		answers: said("packaging=container", "image=ghcr.io/linkwarden/linkwarden:2.13.1@"+digest, "containerPort=3000", "dataDir=/data/data", "workload=config", "runAs=image",
			"auth=builtin", "category=Productivity", "description=bookmark manager", "secrets=NEXTAUTH_SECRET", "database=postgresql", "databaseExtensions=pg_trgm,unaccent",
			"databaseSchema=public", "databaseVariables=DATABASE_URL={databaseUrl}?sslmode=disable,DB_HOST={databaseHost},DB_ADDRESS={databaseHost}:{databasePort}"),
	},
	{
		name: "database-reused", example: "example", service: "channels",
		answers: said("packaging=container", "image=ghcr.io/x/channels:1.0.0@"+digest, "containerPort=8080", "workload=stateless", "auth=none", "category=Media", "description=list of channels",
			"database=postgresql", "databaseName=dispatcharr", "databaseReuse=yes", "databaseVariables=PGHOST={databaseHost},PGDATABASE={databaseName},PGUSER={databaseUser},PGPASSWORD={databasePassword}"),
	},
	{
		name: "database-unit", example: "example", service: "gotify", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --database {databaseName}", "port=8070", "workload=stateless", "auth=builtin",
			"category=Infrastructure", "database=postgresql", "databaseUser=gotify_owner", "databasePolicy=owner-only", "secrets=GOTIFY_DEFAULTUSER_PASS",
			`databaseVariables=GOTIFY_DATABASE_CONNECTION=host={databaseHost} port={databasePort} user={databaseUser} dbname={databaseName} password={databasePassword}`, "handover=credential"),
	},
	{
		name: "factory-database", example: "example-registry", service: "my-travels",
		answers: said("packaging=container", "image=ghcr.io/x/my-travels:1.2.3@"+digest, "containerPort=3000", "dataDir=/storage,/public", "workload=media", "auth=caddy-security",
			"category=productivity", "description=where one has been", "nfs=media", "secrets=SECRET_KEY_BASE", "database=postgresql", "databaseExtensions=postgis", "databaseMigrations=20240101",
			"databaseVariables=DATABASE_URL={databaseUrl},DATABASE_HOST={databaseHost}", "redis=yes", "handover=credential"),
	},
	{
		name: "registry-stateless", example: "example-registry", service: "cyberchef",
		answers: said("packaging=container", "image=ghcr.io/gchq/cyberchef:10.19.4@"+digest, "containerPort=8080", "workload=stateless", "auth=none",
			"category=infrastructure", "description=data analysis in the browser"),
	},
	{
		name: "registry-unit", example: "example-registry", service: "gotify", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070", "workload=sqlite",
			"auth=builtin", "category=infrastructure"),
	},
	{
		name: "registry-native", example: "example-registry", service: "jellyfin", native: "jellyfin", pkg: "jellyfin",
		answers: said("port=8096", "workload=media", "auth=builtin", "category=media-automation"),
	},
},
	logins,
	severalParts,
	telemetry,
	outside,
	withHardware,
	alerting,
	complexServices(),
)

// goldenFiles are the two new files and the edits of the others.
func goldenFiles(t *testing.T, files []render.File) map[string]string {
	t.Helper()
	golden := map[string]string{}
	for i, f := range files {
		if f.Before == nil {
			require.Less(t, i, 2)
			golden[[]string{"module.nix", "host.nix"}[i]] = string(f.After)
			continue
		}
		golden["edits.diff"] += udiff.Unified(f.Path, f.Path, string(f.Before), string(f.After))
	}
	return golden
}

func TestGolden(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			if *update {
				s.evaluate(t)
			}
			_, files := s.render(t)
			dir := filepath.Join("testdata", "golden", s.name)
			for name, text := range goldenFiles(t, files) {
				file := filepath.Join(dir, name)
				if *update {
					require.NoError(t, os.MkdirAll(dir, 0o755))
					require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err)
				if string(want) != text {
					t.Errorf("%s is not what is rendered:\n%s", file, udiff.Unified("want", "got", string(want), text))
				}
			}
		})
	}
}

// TestGoldenIsAll: there is no golden file that no scenario makes.
func TestGoldenIsAll(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("testdata", "golden"))
	require.NoError(t, err)
	require.Len(t, entries, len(scenarios))
}

// TestSameText renders again and again: maps in another order give the same text.
func TestSameText(t *testing.T) {
	for _, s := range scenarios {
		_, files := s.render(t)
		for range 2 {
			_, again := s.render(t)
			require.Equal(t, files, again, s.name)
		}
	}
}

// TestFilesParse: every file is valid Nix, of one line end and no blank at a
// line's end, with no place of a template left over.
func TestFilesParse(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			p, files := s.render(t)
			require.Equal(t, p.Model.Where.Module, files[0].Path)
			require.Equal(t, p.Model.Where.Host, files[1].Path)
			for i, f := range files {
				_, err := syntax.Parse(f.After)
				require.NoError(t, err, f.Path)
				require.Equal(t, i < 2, f.Before == nil)
				if f.Before != nil {
					continue
				}
				text := strings.ReplaceAll(string(f.After), " <<EOF", "") // the shell's
				for _, bad := range []string{"<<", ">>", "<no value>", "%!", "\t", " \n", "\n\n\n", "{ \n", "map["} {
					require.NotContains(t, text, bad, f.Path)
				}
				require.True(t, strings.HasSuffix(text, "}\n"))
				out, err := instantiate(t, text, "--parse")
				require.NoError(t, err, "%s", out)
			}
		})
	}
}

// TestLinters: what is generated is clean in the repo that it goes into.
func TestLinters(t *testing.T) {
	for name, args := range map[string][]string{
		"nixpkgs-fmt": {"--check"}, "deadnix": {"--fail", "--no-lambda-pattern-names"}, "statix": {"check", "--config", "statix.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			program := linter(t, name)
			if program == "" {
				return
			}
			for _, s := range scenarios {
				_, files := s.render(t)
				var said []byte
				dir := t.TempDir()
				require.NoError(t, os.WriteFile(filepath.Join(dir, "statix.toml"), s.files(t)["statix.toml"], 0o644))
				for i, f := range files {
					file := filepath.Join(dir, []string{"module.nix", "host.nix", "a.nix", "b.nix", "c.nix"}[i])
					require.NoError(t, os.WriteFile(file, f.After, 0o644))
					cmd := exec.CommandContext(t.Context(), program, append(args, file)...)
					cmd.Dir = dir
					out, err := cmd.CombinedOutput()
					if err != nil {
						said = append(said, out...)
					}
				}
				require.Empty(t, string(said), s.name)
			}
		})
	}
}

// TestEdits: an edit adds lines and changes no other byte.
func TestEdits(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			_, files := s.render(t)
			require.GreaterOrEqual(t, len(files), 4, "the module and the host's file are registered")
			for _, f := range files[2:] {
				before, rest := strings.SplitAfter(string(f.Before), "\n"), strings.SplitAfter(string(f.After), "\n")
				added := len(rest) - len(before)
				require.Positive(t, added)
				for _, line := range rest {
					if len(before) > 0 && line == before[0] {
						before = before[1:]
					}
				}
				require.Empty(t, before, "every old line is there, in its order")
			}
		})
	}
}
