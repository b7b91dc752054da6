package specification_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

const upstreamAddress = "https://example.org/bookmarks/archive/v1.0.0.tar.gz"

// published is an archive as upstream would publish it, with what is read of it.
func published(t *testing.T, files map[string]string) *archive.Archive {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, content := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "bookmarks-1.0.0/" + name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	a, err := archive.Read(upstreamAddress, b.Bytes(), archive.Limits{})
	require.NoError(t, err)
	return a
}

// charted is a service with a database, whose dashboards are in what upstream
// publishes.
func charted(a *archive.Archive, answers ...string) service {
	return withDatabase(append([]string{"grafana=postgresql", "grafanaDashboards=" + upstreamAddress}, answers...)...).but(func(in *plan.Input) { in.Archive = a })
}

// aDashboard names a data source.
const aDashboard = `{"title": "Bookmarks", "panels": [{"datasource": {"type": "postgres", "uid": "Links"}}]}`

// dashboardRows are dashboards that upstream publishes.
var dashboardRows = []row{
	{"server/upstream dashboards: fetchzip, with the hash of the bytes that came", func(t *testing.T) {
		a := published(t, map[string]string{"grafana/dashboards/bookmarks.json": aDashboard, "README.md": "read"})
		s := charted(a)
		o := s.made(t)
		require.NoError(t, archive.CheckHash(a.Hash))
		require.Contains(t, o.module, "pkgs.fetchzip {")
		require.Contains(t, o.module, `url = "`+upstreamAddress+`";`)
		require.Contains(t, o.module, `hash = "`+a.Hash+`";`)
		require.Contains(t, o.module, `"${upstream}/grafana/dashboards"`)
		require.Equal(t, "it was downloaded, and hashed as Nix does", o.decision("grafanaDashboardsHash").Reason)
		require.Equal(t, a.Hash, o.want(plan.PromiseDashboards)["hash"])
		s.proved(t)
		other := published(t, map[string]string{"grafana/dashboards/bookmarks.json": aDashboard, "README.md": "other"})
		require.NotEqual(t, a.Hash, other.Hash)
	}},
	{"server/upstream dashboards: folder and data source, as they are in the archive", func(t *testing.T) {
		o := charted(published(t, map[string]string{"boards/a.json": aDashboard, "package.json": `{"name": "x"}`})).made(t)
		require.Equal(t, "boards", o.Model.Grafana.Dashboards.Path)
		require.Equal(t, "Links", o.String("grafanaSource"), "by the name that the dashboards have for it")
		several := published(t, map[string]string{"a/x.json": aDashboard, "b/y.json": aDashboard})
		require.Equal(t, []string{"grafanaDashboardsFolder"}, asked(charted(several).open(t)))
		require.Equal(t, "b", charted(several, "grafanaDashboardsFolder=b").made(t).Model.Grafana.Dashboards.Path)
		charted(several, "grafanaDashboardsFolder=c").refused(t, "dashboards are in a, b")
		charted(published(t, map[string]string{"README.md": "read"})).refused(t, "no file in it is a dashboard of Grafana")
	}},
	{"server/upstream dashboards: never a hash that nobody computed", func(t *testing.T) {
		p := charted(nil).open(t)
		require.Equal(t, []string{"grafanaDashboardsHash", "grafanaDashboardsFolder"}, asked(p))
		require.Equal(t, upstreamAddress, p.Wanted.URL, "it is downloaded, if it can be")
		said := charted(nil, "grafanaDashboardsHash=sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=", "grafanaDashboardsFolder=boards").made(t)
		require.Contains(t, said.notes(), "Nobody looked whether the dashboards are in the archive: its hash was said.")
		require.Empty(t, charted(nil, "grafanaDashboardsHash=no").made(t).promises(plan.PromiseDashboards), "without them, it was said")
		require.Error(t, plan.CheckAnswers(map[string]string{"grafanaDashboardsHash": "sha256-short"}))
	}},
}

// keptRows are what is said of data, and of secrets.
var keptRows = []row{
	{"storage/protection: the class that services of its kind have", func(t *testing.T) {
		s := bookmarks("category=media").on("example-registry")
		o := s.made(t)
		require.Equal(t, "standard", o.String("protection"))
		require.NotEmpty(t, o.decision("protection").Evidence)
		require.Equal(t, "standard", o.want(plan.PromiseProtection)["class"])
		require.Contains(t, o.host, `class = "standard";`)
		stepOf(t, o, "set allowEmptyBootstrap = false")
		s.proved(t)
		require.Equal(t, "critical", s.with("protection=critical").made(t).want(plan.PromiseProtection)["class"])
		lost := s.with("backup=no", "snapshots=no", "preseed=no").made(t)
		require.Equal(t, "ephemeral", lost.String("protection"), "of which nothing is kept")
	}},
	{"storage/protection: none where the repo has no classes, or none is kept", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Empty(t, o.promises(plan.PromiseProtection))
		require.NotContains(t, o.text(), "protection")
		bookmarks("protection=critical").refused(t, "have no option that says how they are protected")
		later := bookmarks("category=media").on("example-registry")
		require.Empty(t, later.with("protection=no").made(t).promises(plan.PromiseProtection))
		later.with("protection=precious").refused(t, "the repo has system, critical, standard, ephemeral")
		stateless("category=media", "protection=critical").on("example-registry").refused(t, "a stateless service has no dataset")
	}},
	{"pattern/what is left out: said with its reason, in the file and the report", func(t *testing.T) {
		o := stateless("probe=no").made(t)
		require.Contains(t, o.host, "# No dataset, backup, snapshots or restore before the first start: it keeps\n# nothing.\n")
		require.Contains(t, o.host, "# No black-box check: as asked.\n")
		require.Equal(t, "none is known; a scrape of nothing would only alert", omitted(t, o, "metrics"))
		require.Equal(t, "it has no web page", omitted(t, withoutPage().made(t), "reverse proxy"))
		bare := bookmarks().but(func(in *plan.Input) { in.Facts.Hubs[facts.DashboardHub] = nil }).made(t)
		require.Equal(t, "the host has no dashboard", omitted(t, bare, "dashboard"))
		all := bookmarks("metricsPath=/metrics").made(t)
		require.Empty(t, all.Model.LeftOut)
		require.NotContains(t, all.host, "\n# No ")
	}},
	{"security/hidden secrets: no declared secret is a volume, an argument or in the store", func(t *testing.T) {
		require.Equal(t, map[string]string{"units": "podman-bookmarks", "containers": "bookmarks", "variables": "TOKEN DATABASE_URL"}, withDatabase("secrets=TOKEN").made(t).want(plan.PromiseHidden))
		for _, s := range []service{
			withDatabase("secrets=TOKEN", "handover=credential"), withDatabase("secrets=TOKEN", "handover=template"), unit("secrets=TOKEN"),
			bookmarks("secrets=TOKEN", "category=productivity").on("example-registry"),
		} {
			o := s.made(t)
			require.Contains(t, strings.Fields(o.want(plan.PromiseHidden)["variables"]), "TOKEN")
			require.NotRegexp(t, `TOKEN = "`, o.text())
			s.proved(t)
		}
		for name, s := range everyKind() {
			require.Len(t, s.made(t).promises(plan.PromiseHidden), 1, "%s: also of what has none", name)
		}
		withDatabase("secrets=TOKEN", "environment.TOKEN=open").refused(t, "TOKEN")
	}},
}
