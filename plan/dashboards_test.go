package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

const (
	address = "https://forge.example/cars/archive/v1.2.0.tar.gz"
	hash    = "sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4="
)

// published is the archive of upstream, with dashboards in the folders.
func published(folders ...archive.Folder) *archive.Archive {
	return &archive.Archive{URL: address, Hash: hash, Folders: folders}
}

// cars is a folder with dashboards that name data sources.
func cars(uses ...archive.Use) archive.Folder {
	return archive.Folder{Path: "grafana/dashboards", Dashboards: []string{"a.json", "b.json"}, Uses: uses}
}

// downloaded is a plan for what was downloaded.
func downloaded(a *archive.Archive, answers ...string) plan.Input {
	in := grafanaRepo(append([]string{"grafana=postgresql", "grafanaDashboards=" + address}, answers...)...)
	in.Archive = a
	return in
}

// TestDashboardsOfTheRepo: a folder with files that the flake sees.
func TestDashboardsOfTheRepo(t *testing.T) {
	in := grafanaRepo("grafana=prometheus", "grafanaDashboards=hosts/boards")
	in.Paths = []string{"hosts/boards/a.json", "hosts/other/b.json"}
	p := made(t, in)
	require.Equal(t, &plan.Dashboards{Folder: "My Links", Path: "hosts/boards"}, p.Model.Grafana.Dashboards)
	require.Nil(t, p.Wanted, "nothing is downloaded")
	require.Equal(t, map[string]string{"folder": "My Links", "path": "hosts/boards"}, promises(p, plan.PromiseDashboards)[0].Want)

	in = with(in, "grafanaFolder=Cars & more")
	require.Equal(t, "Cars & more", made(t, in).Model.Grafana.Dashboards.Folder)

	refused(t, with(in, "grafanaDashboards=hosts"), "use dashboards of hosts: no file of the repo there ends in .json; git add them first, or name an archive")
	refused(t, with(in, "grafanaDashboardsHash="+hash), "read grafanaDashboardsHash: the dashboards are in the repo")
	refused(t, with(in, "grafanaDashboardsFolder=x"), "read grafanaDashboardsFolder: the dashboards are in the repo")
	for _, k := range []string{"grafanaDashboardsFolder=x", "grafanaDashboardsHash=" + hash, "grafanaFolder=x"} {
		refused(t, grafanaRepo("grafana=prometheus", k), "there are no dashboards; name them with --set grafanaDashboards")
	}
}

// TestDashboardsDownloaded: hash, folder and data source follow from what is in
// the archive.
func TestDashboardsDownloaded(t *testing.T) {
	a := published(cars(archive.Use{Type: "postgres", UID: "Links", Count: 2}))
	p := made(t, downloaded(a))
	require.Empty(t, p.Questions)
	require.Equal(t, &plan.Wanted{URL: address, Hash: "grafanaDashboardsHash"}, p.Wanted)
	require.Equal(t, &plan.Dashboards{Folder: "My Links", URL: address, Hash: hash, Path: "grafana/dashboards"}, p.Model.Grafana.Dashboards)
	require.Equal(t, "Links", p.Model.Grafana.UID)
	require.Equal(t, []plan.Evidence{{Option: "datasource", Value: "Links in 2 dashboards"}}, decided(t, p, "grafanaSource").Evidence)
	require.Equal(t, []plan.Evidence{{Option: address, Value: "2 dashboards in grafana/dashboards"}}, decided(t, p, "grafanaDashboardsHash").Evidence)
	require.Equal(t, "it is the only one", decided(t, p, "grafanaDashboardsFolder").Reason)
	require.Equal(t, map[string]string{"folder": "My Links", "path": "grafana/dashboards", "hash": hash}, promises(p, plan.PromiseDashboards)[0].Want)

	a.Several = true
	require.True(t, made(t, downloaded(a)).Model.Grafana.Dashboards.Several)

	a = published(archive.Folder{Dashboards: []string{"a.json"}, Inputs: true, Others: 3})
	p = made(t, downloaded(a))
	require.Empty(t, p.Model.Grafana.Dashboards.Path)
	require.Equal(t, ".", decided(t, p, "grafanaDashboardsFolder").Value)
	require.Contains(t, strings.Join(p.Notes, "\n"), "exported to be imported by hand")
	require.Contains(t, p.Notes, "3 JSON files that are no dashboards lie beside its dashboards; Grafana says so in its log.")
	require.Equal(t, ".", made(t, downloaded(a, "grafanaDashboardsFolder=.")).String("grafanaDashboardsFolder"))
}

// TestDashboardsInSeveralFolders: which one is a question, whose answer must be
// one of them.
func TestDashboardsInSeveralFolders(t *testing.T) {
	a := published(archive.Folder{Dashboards: []string{"x.json"}}, cars())
	p := made(t, downloaded(a))
	require.Equal(t, []string{"grafanaDashboardsFolder"}, questions(p))
	require.Equal(t, []plan.Choice{{Value: ".", About: "1 dashboard"}, {Value: "grafana/dashboards", About: "2 dashboards"}}, p.Questions[0].Choices)
	require.Contains(t, p.Questions[0].Why, "several folders")
	p = made(t, downloaded(a, "grafanaDashboardsFolder=grafana/dashboards"))
	require.Empty(t, p.Questions)
	require.Equal(t, "grafana/dashboards", p.Model.Grafana.Dashboards.Path)
	refused(t, downloaded(a, "grafanaDashboardsFolder=grafana"), "use folder grafana of "+address+": no file in it is a dashboard of Grafana; dashboards are in ., grafana/dashboards")
	refused(t, downloaded(published()), "use dashboards of "+address+": no file in it is a dashboard of Grafana; name another")
}

// TestDashboardsNotDownloaded: without the archive the hash is a question, with
// the reason; a hash that was said settles it.
func TestDashboardsNotDownloaded(t *testing.T) {
	p := made(t, downloaded(nil))
	require.Equal(t, []string{"grafanaDashboardsHash", "grafanaDashboardsFolder"}, questions(p))
	require.Contains(t, p.Questions[0].Why, "nobody downloaded it; where it can be reached, nix hash to-sri --type sha256 $(nix-prefetch-url --unpack "+address+") tells it")
	require.Empty(t, p.Promises)

	in := downloaded(nil)
	in.NoArchive = "download it: 404 not found"
	require.Contains(t, made(t, in).Questions[0].Why, "download it: 404 not found; where it can be reached, nix hash")
	in = with(downloaded(nil), "grafanaDashboards=https://x.example/$(id)/a;b.tar.gz")
	require.Contains(t, made(t, in).Questions[0].Why, "--unpack ADDRESS)", "nothing for a shell to run")

	other := published(cars())
	other.URL = "https://forge.example/other.tar.gz"
	require.Equal(t, []string{"grafanaDashboardsHash", "grafanaDashboardsFolder"}, questions(made(t, downloaded(other))), "that is another archive")

	p = made(t, downloaded(nil, "grafanaDashboardsHash="+hash))
	require.Equal(t, []string{"grafanaDashboardsFolder"}, questions(p))
	require.Nil(t, p.Wanted, "nobody has to be asked")
	p = made(t, downloaded(nil, "grafanaDashboardsHash="+hash, "grafanaDashboardsFolder=a/b"))
	require.Empty(t, p.Questions)
	require.Equal(t, &plan.Dashboards{Folder: "My Links", URL: address, Hash: hash, Path: "a/b"}, p.Model.Grafana.Dashboards)
	require.Contains(t, p.Notes, "Nobody looked whether the dashboards are in the archive: its hash was said.")
	p = made(t, downloaded(nil, "grafanaDashboardsHash="+hash, "grafanaDashboardsFolder=."))
	require.Empty(t, p.Model.Grafana.Dashboards.Path)
	p = made(t, downloaded(nil, "grafanaDashboardsHash=no"))
	require.Nil(t, p.Model.Grafana.Dashboards)
	require.Empty(t, p.Questions)
}

// TestDashboardsName: the identifier that most dashboards name, of the kind that
// the source is, and that nobody has.
func TestDashboardsName(t *testing.T) {
	for _, c := range []struct {
		uses   []archive.Use
		want   string
		reason string
		note   string
	}{
		{nil, "my-links", "no dashboard of it names another", ""},
		{[]archive.Use{{Type: "postgres", UID: "A", Count: 2}, {Type: "postgres", UID: "B", Count: 1}}, "A", "upstream's dashboards name it", ""},
		{[]archive.Use{{Type: "grafana-postgresql-datasource", UID: "TeslaMate", Count: 9}}, "TeslaMate", "upstream's dashboards name it", ""},
		{[]archive.Use{{Type: "prometheus", UID: "P", Count: 5}, {Type: "postgres", UID: "B", Count: 1}}, "B", "upstream's dashboards name it", ""},
		{[]archive.Use{{Type: "prometheus", UID: "P", Count: 5}}, "my-links", "no dashboard", ""},
		{[]archive.Use{{Type: "postgres", UID: "Cars", Count: 5}}, "my-links", "no dashboard", "Its dashboards name data source Cars, which cars has: they show what that one has."},
		{[]archive.Use{{Type: "postgres", UID: "Cars", Count: 5}, {Type: "postgres", UID: "B", Count: 1}}, "B", "upstream's", "Its dashboards name data source Cars, which cars has: they show what that one has."},
		{[]archive.Use{{Type: "postgres", UID: "prom", Count: 5}}, "my-links", "no dashboard", "Its dashboards name data source prom, which the host has: they show what that one has."},
	} {
		p := made(t, downloaded(published(cars(c.uses...))))
		require.Equal(t, c.want, p.Model.Grafana.UID)
		d := decided(t, p, "grafanaSource")
		require.Contains(t, d.Reason, c.reason)
		require.Equal(t, c.want, d.Value)
		if c.note != "" {
			require.Contains(t, p.Notes, c.note)
			require.Len(t, d.Rejected, 1)
		}
	}
	// A kind of its own is not another's.
	in := grafanaRepo("grafana=prometheus", "grafanaDashboards="+address)
	in.Archive = published(cars(archive.Use{Type: "grafana-postgresql-datasource", UID: "TeslaMate", Count: 9}, archive.Use{Type: "prometheus", UID: "P", Count: 1}))
	require.Equal(t, "P", made(t, in).Model.Grafana.UID)
}

// TestDashboardsNameSaid: where nobody looked it is said, or told that it is not
// known; what is in the archive goes before what the catalog knows.
func TestDashboardsNameSaid(t *testing.T) {
	unseen := downloaded(nil, "grafanaDashboardsHash="+hash, "grafanaDashboardsFolder=a")
	p := made(t, unseen)
	require.Equal(t, "my-links", p.Model.Grafana.UID)
	require.Contains(t, p.Notes, "Nobody looked which data source its dashboards name. They show nothing unless it is my-links; say another with --set grafanaSource=NAME.")
	p = made(t, with(unseen, "grafanaSource=Links_2"))
	require.Equal(t, "Links_2", p.Model.Grafana.UID)
	require.Equal(t, "Links_2", promises(p, plan.PromiseSource)[0].Want["identifier"])
	require.NotContains(t, strings.Join(p.Notes, "\n"), "Nobody looked which data source")
	refused(t, with(unseen, "grafanaSource=Cars"), "add data source Cars to Grafana: cars has that identifier; choose another")
	seen := published(cars(archive.Use{Type: "postgres", UID: "Links", Count: 2}))
	require.Equal(t, "Mine", made(t, downloaded(seen, "grafanaSource=Mine")).Model.Grafana.UID, "the user goes first")
	refused(t, grafanaRepo("grafanaSource=x"), "read grafanaSource: Grafana is given no data source")
	for _, bad := range []string{"", "a b", "ü", "a/b", strings.Repeat("a", 41)} {
		require.Error(t, plan.CheckAnswers(map[string]string{"grafanaSource": bad}), bad)
	}

	known := func(uid string, a *archive.Archive) plan.Input {
		in := grafanaRepo("grafanaDashboardsHash=" + hash)
		if a != nil {
			in = grafanaRepo()
		}
		in.Entry = entry()
		in.Entry.Needs = []string{"postgresql"}
		in.Entry.Grafana = &catalog.Grafana{Data: "postgresql", Dashboards: address, Folder: "grafana/dashboards", UID: uid}
		in.Archive = a
		return in
	}
	p = made(t, known("Upstream", nil))
	require.Equal(t, "Upstream", p.Model.Grafana.UID)
	require.Equal(t, "catalog", decided(t, p, "grafanaSource").Rule)
	require.Equal(t, "Links", made(t, known("Upstream", seen)).Model.Grafana.UID)
	p = made(t, known("Cars", nil))
	require.Equal(t, "my-links", p.Model.Grafana.UID)
	require.Contains(t, p.Notes, "Its dashboards name data source Cars, which cars has: they show what that one has.")
}

// TestDashboardsMoved: a folder that the catalog knows and that is no longer
// there is found, or asked for.
func TestDashboardsMoved(t *testing.T) {
	known := func(a *archive.Archive) plan.Input {
		in := grafanaRepo()
		in.Entry = entry()
		in.Entry.Needs = []string{"postgresql"}
		in.Entry.Grafana = &catalog.Grafana{Data: "postgresql", Dashboards: address, Folder: "boards"}
		in.Archive = a
		return in
	}
	p := made(t, known(published(archive.Folder{Path: "boards", Dashboards: []string{"a.json"}}, cars())))
	require.Equal(t, "boards", p.Model.Grafana.Dashboards.Path)
	require.Equal(t, "catalog", decided(t, p, "grafanaDashboardsFolder").Rule)
	require.Equal(t, hash, p.Model.Grafana.Dashboards.Hash)
	p = made(t, known(published(cars())))
	require.Equal(t, "grafana/dashboards", p.Model.Grafana.Dashboards.Path)
	p = made(t, known(published(cars(), archive.Folder{Path: "more", Dashboards: []string{"a.json"}})))
	require.Equal(t, []string{"grafanaDashboardsFolder"}, questions(p))
	p = made(t, known(published()))
	require.Nil(t, p.Model.Grafana, "there are none any more")
	require.Contains(t, strings.Join(p.Notes, "\n"), "no file in it is a dashboard of Grafana")
}

// TestDashboardsStay: the same input gives the same plan, and no plan changes
// what it was made from.
func TestDashboardsStay(t *testing.T) {
	in := downloaded(published(cars(archive.Use{Type: "postgres", UID: "Links", Count: 2})), "mqtt=yes", "mqttPassword=P")
	in.Facts.Hubs[facts.BrokerHub] = &facts.Hub{Path: []string{"modules", "services", "emqx", "integrations"}, Fields: []string{"users", "acls"}}
	in.Facts.Containers["emqx"] = facts.Container{Ports: []string{"1883:1883"}}
	first := made(t, in)
	require.Equal(t, first, made(t, in))
	require.Equal(t, published(cars(archive.Use{Type: "postgres", UID: "Links", Count: 2})), in.Archive)
}
