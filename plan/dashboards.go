package plan

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/archive"
)

// dashboards: files of the repo, or of an archive that upstream publishes.
func (m *maker) dashboards(g *Grafana) error {
	said, ok := m.said("grafanaDashboards")
	if !ok {
		for _, k := range []string{"grafanaDashboardsFolder", "grafanaDashboardsHash", "grafanaFolder"} {
			if _, there := m.answer(k); there {
				return inputErrorf("name them with --set grafanaDashboards=..., or leave it out", "read %s: there are no dashboards", k)
			}
		}
		return nil
	}
	if hash, _ := m.answer("grafanaDashboardsHash"); hash == none && strings.Contains(said, "://") {
		m.said("grafanaDashboardsHash")
		m.note("Its dashboards are left out: " + said + ".")
		return nil
	}
	d := &Dashboards{Folder: m.model.DisplayName}
	g.Dashboards = d
	if folder, ok := m.said("grafanaFolder"); ok {
		d.Folder = folder
	} else {
		m.decide(Decision{Name: "grafanaFolder", Value: d.Folder, Rule: "the service's name for people", Reason: "nothing says otherwise"})
	}
	if strings.Contains(said, "://") {
		d.URL = said
		return m.fetchedDashboards(d)
	}
	for _, k := range []string{"grafanaDashboardsFolder", "grafanaDashboardsHash"} {
		if _, there := m.answer(k); there {
			return inputErrorf("leave it out", "read %s: the dashboards are in the repo", k)
		}
	}
	d.Path = said
	if !slices.ContainsFunc(m.Paths, func(p string) bool { return path.Dir(p) == said && strings.HasSuffix(p, ".json") }) {
		return inputErrorf("git add them first, or name an archive", "use dashboards of %s: no file of the repo there ends in .json", said)
	}
	return nil
}

// fetchedDashboards are of an archive: what is in it is known once it was looked
// at, else the hash has to be said.
func (m *maker) fetchedDashboards(d *Dashboards) error {
	if a := m.Archive; a != nil && a.URL == d.URL && m.proposed("grafanaDashboardsFolder") && a.Find(m.Answers["grafanaDashboardsFolder"]) == nil {
		m.forget("grafanaDashboardsFolder") // upstream has moved them since
	}
	folder, folderSaid := m.answer("grafanaDashboardsFolder")
	if folder == "." {
		folder = ""
	}
	hash, hashSaid := m.said("grafanaDashboardsHash")
	if !hashSaid {
		m.plan.Wanted = &Wanted{URL: d.URL, Hash: "grafanaDashboardsHash", Proposed: m.proposed("grafanaDashboards")}
	}
	a := m.Archive
	switch {
	case hashSaid:
		d.Hash, d.Path = hash, folder
		if !folderSaid {
			m.askFolder(nil, "the archive is not looked at where its hash is said")
		}
		m.note("Nobody looked whether the dashboards are in the archive: its hash was said.")
	case a == nil || a.URL != d.URL:
		m.ask(Question{Name: "grafanaDashboardsHash", Text: "Which hash has the archive with the dashboards (or no, to do without them)?",
			Why:       cmp.Or(m.NoArchive, "nobody downloaded it") + "; where it can be reached, " + hashCommand(d.URL) + " tells it",
			DependsOn: []string{"dashboards of Grafana"}})
		if !folderSaid {
			m.askFolder(nil, "nobody looked into the archive")
		}
	case folderSaid && a.Find(folder) == nil:
		return inputErrorf("dashboards are in "+orNone(pathsOf(a)), "use folder %s of %s: no file in it is a dashboard of Grafana", cmp.Or(folder, "."), d.URL)
	case len(a.Folders) == 0:
		return inputErrorf("name another, or leave it out", "use dashboards of %s: no file in it is a dashboard of Grafana", d.URL)
	case !folderSaid && len(a.Folders) > 1:
		d.Hash, d.Several = a.Hash, a.Several
		m.askFolder(a, "dashboards are in several folders of the archive")
	default:
		d.Hash, d.Several, d.Path = a.Hash, a.Several, folder
		if !folderSaid {
			d.Path = a.Folders[0].Path
			m.decide(Decision{Name: "grafanaDashboardsFolder", Value: cmp.Or(d.Path, "."), Rule: "the folder of the archive that has dashboards", Reason: "it is the only one"})
		}
		m.foundIn(a, d)
	}
	if folderSaid {
		m.said("grafanaDashboardsFolder")
	}
	return nil
}

// plainAddress is an address in which nothing means anything to a shell.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9:/._~%+@-]+$`)

// hashCommand tells the hash that fetchzip has, with every version of Nix.
func hashCommand(address string) string {
	if !plainAddress.MatchString(address) {
		address = "ADDRESS"
	}
	return "nix hash to-sri --type sha256 $(nix-prefetch-url --unpack " + address + ")"
}

// foundIn tells what was found in the archive.
func (m *maker) foundIn(a *archive.Archive, d *Dashboards) {
	f := a.Find(d.Path)
	m.decide(Decision{Name: "grafanaDashboardsHash", Value: d.Hash, Rule: "the hash of what fetchzip makes of the archive", Reason: "it was downloaded, and hashed as Nix does",
		Evidence: []Evidence{{Option: d.URL, Value: fmt.Sprintf("%s in %s", count(len(f.Dashboards), "dashboard", "dashboards"), cmp.Or(d.Path, "."))}}})
	if f.Inputs {
		m.note("Some of its dashboards were exported to be imported by hand: they ask which data source is meant, and show nothing until somebody answers.")
	}
	if f.Others > 0 {
		m.note(fmt.Sprintf("%s beside its dashboards; Grafana says so in its log.", count(f.Others, "JSON file that is no dashboard lies", "JSON files that are no dashboards lie")))
	}
}

// askFolder asks where in the archive the dashboards are.
func (m *maker) askFolder(a *archive.Archive, why string) {
	q := Question{Name: "grafanaDashboardsFolder", Text: "In which folder of the archive are the dashboards (. for its top)?", Why: why, DependsOn: []string{"dashboards of Grafana"}}
	if a != nil {
		for _, f := range a.Folders {
			q.Choices = append(q.Choices, Choice{Value: cmp.Or(f.Path, "."), About: count(len(f.Dashboards), "dashboard", "dashboards")})
		}
	}
	m.ask(q)
}

// pathsOf are the folders of an archive with dashboards.
func pathsOf(a *archive.Archive) []string {
	var list []string
	for _, f := range a.Folders {
		list = append(list, cmp.Or(f.Path, "."))
	}
	return list
}

// dashboardsFound is what was found in the archive's folder, nil if nobody looked.
func (m *maker) dashboardsFound(g *Grafana) *archive.Folder {
	if d := g.Dashboards; d != nil && m.Archive != nil && m.Archive.URL == d.URL {
		return m.Archive.Find(d.Path)
	}
	return nil
}
