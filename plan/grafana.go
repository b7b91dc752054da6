package plan

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/facts"
)

// Grafana is what Grafana shows of the service.
type Grafana struct {
	// Source is its data source; SourceName is for people, UID for dashboards.
	Source          SourceKind
	SourceName, UID string
	// URL is where Grafana finds the data; of PostgreSQL the address alone.
	URL string
	// Organization and Bucket are where InfluxDB has them.
	Organization, Bucket string
	// Unit is Grafana's, without suffix.
	Unit string
	// Credential is the name of the secret that Grafana needs for the source,
	// empty for none; Secret is its sops name, empty where it is the database's.
	Credential, Secret string
	Dashboards         *Dashboards
}

// SourceKind is a kind of data source.
type SourceKind string

// The data sources that Grafana is given.
const (
	SourcePostgreSQL SourceKind = "postgresql"
	SourcePrometheus SourceKind = "prometheus"
	SourceInfluxDB   SourceKind = "influxdb"
)

// Type is what Grafana calls the kind.
func (k SourceKind) Type() string {
	if k == SourcePostgreSQL {
		return "postgres"
	}
	return string(k)
}

// Dashboards are files that Grafana shows in a folder.
type Dashboards struct {
	// Folder is Grafana's.
	Folder string
	// URL and Hash are of an archive that they are fetched in, and Several tells
	// that all at its top is kept; else they are in the repo.
	URL, Hash string
	Several   bool
	// Path is where they are: below the archive, or below the repo.
	Path string
}

// Wanted is an archive that the plan wants to know about before it goes on.
type Wanted struct{ URL string }

var grafanaKeys = []key{
	{name: "grafana", choices: []string{string(SourcePostgreSQL), string(SourcePrometheus), string(SourceInfluxDB), "no"}, about: "data source that Grafana is given for it"},
	{name: "grafanaUrl", check: addressForm, about: "where Grafana finds that Prometheus or InfluxDB, if it is not the host's"},
	{name: "grafanaOrganization", check: lineForm, about: "organization of InfluxDB"},
	{name: "grafanaBucket", check: lineForm, about: "bucket of InfluxDB"},
	{name: "grafanaDashboards", check: dashboardsForm, about: "dashboards: the address of an archive that upstream publishes, or a folder of the repo"},
	{name: "grafanaDashboardsFolder", check: folderForm, about: "where in the archive the dashboards are"},
	{name: "grafanaDashboardsHash", check: archive.CheckHash, about: "hash of the archive as fetchzip has it, where it cannot be downloaded"},
	{name: "grafanaFolder", check: lineForm, about: "folder of Grafana that the dashboards are shown in"},
}

var (
	addressForm = func(s string) error {
		if !isWebAddress(s) {
			return fmt.Errorf("%q is no address that begins with https:// or http://", s)
		}
		return nil
	}
	folderForm = func(s string) error {
		if s != path.Clean(s) || path.IsAbs(s) || s == ".." || strings.HasPrefix(s, "../") || strings.ContainsFunc(s, misleading) {
			return fmt.Errorf("%q is no folder below another, such as grafana/dashboards", s)
		}
		return nil
	}
	dashboardsForm = func(s string) error {
		if !strings.Contains(s, "://") {
			return folderForm(s)
		}
		if err := addressForm(s); err != nil {
			return err
		}
		if u, err := url.Parse(s); err != nil || u.RawQuery != "" || u.Fragment != "" || !archive.IsArchive(u.Path) {
			return fmt.Errorf("%q is no address of an archive whose name ends in .tar.gz, .tgz or .zip", s)
		}
		return nil
	}
)

// grafana: a data source and dashboards, through the repo's own option, when
// asked for.
func (m *maker) grafana() error {
	said, ok := m.answer("grafana")
	if !ok || said == none {
		for _, k := range grafanaKeys[1:] {
			if _, there := m.answer(k.name); there {
				return inputErrorf("leave it out, or say --set grafana=prometheus, postgresql or influxdb", "read %s: Grafana is given no data source", k.name)
			}
		}
		m.said("grafana")
		return nil
	}
	if lacks := m.lacksGrafana(); lacks != "" {
		return inputErrorf("mend it, or leave out grafana", "use grafana: %s", lacks)
	}
	m.said("grafana")
	g := &Grafana{Source: SourceKind(said), SourceName: m.model.DisplayName, Unit: m.unitOf(m.serverOf(facts.GrafanaHub))}
	m.model.Grafana = g
	for _, rule := range []func(*Grafana) error{m.dashboards, m.source, m.sourceID} {
		if err := rule(g); err != nil {
			return err
		}
	}
	return nil
}

// lacksGrafana is why the host's Grafana cannot be used, empty if it can.
func (m *maker) lacksGrafana() string {
	hub := m.Facts.Hubs[facts.GrafanaHub]
	switch {
	case hub == nil:
		return "the repo has no option in which services declare data sources and dashboards of Grafana"
	case !m.Facts.Provisioned.Enabled:
		return "Grafana is not enabled on " + m.Facts.Host.Name
	case !m.Facts.Provisioned.Named:
		return strings.Join(hub.Path, ".") + " takes lists, not data sources with names"
	}
	return ""
}

// source: where the data are, and what Grafana needs to get at them.
func (m *maker) source(g *Grafana) error {
	said, ok := m.said("grafanaUrl")
	switch g.Source {
	case SourcePostgreSQL:
		if ok {
			return inputErrorf("leave it out", "read grafanaUrl: the database is the service's own")
		}
		if m.model.Database == nil {
			return inputErrorf("say --set database=postgresql too", "use grafana postgresql: the service has no database on the host's PostgreSQL")
		}
		if err := m.credential(g, "db-password"); err != nil {
			return err
		}
		g.URL = fmt.Sprintf("%s:%d", loopback, m.model.Database.Port)
		return nil
	case SourceInfluxDB:
		if err := m.influx(g); err != nil {
			return err
		}
	}
	if !ok {
		var e Evidence
		if g.URL, e = m.serverURL(string(g.Source)); g.URL == "" {
			return inputErrorf("say where it is with --set grafanaUrl=http://...", "use grafana %s: the host has none", g.Source)
		}
		m.decide(Decision{Name: "grafanaUrl", Value: g.URL, Rule: "the host's server", Reason: "it is enabled on " + m.Facts.Host.Name, Evidence: []Evidence{e}})
		return nil
	}
	g.URL = strings.TrimSuffix(said, "/")
	return nil
}

// serverURL is where a server of NixOS listens on the host, empty if it has
// none.
func (m *maker) serverURL(name string) (string, Evidence) {
	for _, module := range []string{name, name + "2"} {
		u := m.Facts.Upstream[module]
		if !u.Enabled {
			continue
		}
		port, option := int64(0), "services."+module+".enable"
		for _, p := range u.Ports {
			if p.Option == "services."+module+".port" {
				port, option = p.Port, p.Option
			}
		}
		port = cmp.Or(port, map[string]int64{"prometheus": 9090, "influxdb": 8086}[name])
		return fmt.Sprintf("http://%s:%d", loopback, port), Evidence{Option: option, Value: fmt.Sprint(port)}
	}
	return "", Evidence{}
}

// influx: InfluxDB keeps data by organization and bucket, and asks for a token.
func (m *maker) influx(g *Grafana) error {
	for _, q := range []struct {
		name, what string
		into       *string
	}{{"grafanaOrganization", "organization", &g.Organization}, {"grafanaBucket", "bucket", &g.Bucket}} {
		said, ok := m.said(q.name)
		if *q.into = said; !ok {
			m.ask(Question{Name: q.name, Text: "In which " + q.what + " of InfluxDB are its data?", Why: "no source tells it", DependsOn: []string{"data source of Grafana"}})
		}
	}
	if !m.Facts.Host.SOPS {
		return inputErrorf("leave out grafana", "use grafana influxdb: host %s has no sops to keep its token in", m.Facts.Host.Name)
	}
	g.Secret = SecretName(m.Service, "GRAFANA_TOKEN")
	return m.credential(g, "grafana-token")
}

// credential is the file in which Grafana finds a secret of the service.
func (m *maker) credential(g *Grafana, name string) error {
	hub := m.Facts.Hubs[facts.GrafanaHub]
	if !hub.Has("loadCredentials") || g.Unit == "" || m.isContainer(g.Unit) {
		return inputErrorf("choose prometheus, or leave out grafana", "use grafana %s: %s has no way to hand a credential to Grafana's unit", g.Source, strings.Join(hub.Path, "."))
	}
	g.Credential = m.Service + "-" + name
	return nil
}

// sourceID is the identifier under which dashboards name the data source: the one
// that upstream's dashboards already have, else the service's own.
func (m *maker) sourceID(g *Grafana) error {
	taken := map[string]string{}
	for _, s := range m.Facts.Provisioned.Sources {
		if s.UID != nil {
			taken[*s.UID] = "the host"
		}
	}
	for _, name := range sortedNames(m.Facts.Grafana) {
		for _, key := range sortedNames(m.Facts.Grafana[name].Sources) {
			if uid := m.Facts.Grafana[name].Sources[key].UID; uid != nil {
				taken[*uid] = name
			}
			if key == m.Service {
				return inputErrorf("mend it, or leave out grafana", "add data source %s to Grafana: %s.%s has one of that name", key, m.hub(facts.GrafanaHub), name)
			}
		}
	}
	d := Decision{Name: "grafanaSource", Rule: "the identifier that its dashboards name, else the service's name", Reason: "no dashboard of it names another"}
	g.UID = shortened(m.Service)
	if f := m.dashboardsFound(g); f != nil {
		for _, u := range f.Uses {
			if u.Type != g.Source.Type() {
				continue
			}
			e := Evidence{Option: "datasource", Value: fmt.Sprintf("%s in %s", u.UID, count(u.Count, "dashboard", "dashboards"))}
			if by := taken[u.UID]; by != "" {
				d.Rejected = append(d.Rejected, Rejected{Value: u.UID, Reason: by + " has it"})
				m.note(fmt.Sprintf("Its dashboards name data source %s, which %s has: they show what that one has.", u.UID, by))
				continue
			}
			g.UID, d.Reason, d.Evidence = u.UID, "upstream's dashboards name it", []Evidence{e}
			break
		}
	}
	if by := taken[g.UID]; by != "" {
		return inputErrorf("mend it, or leave out grafana", "add data source %s to Grafana: %s has that identifier", g.UID, by)
	}
	d.Value = g.UID
	m.decide(d)
	return nil
}

// shortened is a name as Grafana takes an identifier: 40 characters at most.
func shortened(name string) string { return name[:min(len(name), 40)] }

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
	folder, folderSaid := m.answer("grafanaDashboardsFolder")
	if folder == "." {
		folder = ""
	}
	hash, hashSaid := m.said("grafanaDashboardsHash")
	if !hashSaid {
		m.plan.Wanted = &Wanted{URL: d.URL}
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
		m.ask(Question{Name: "grafanaDashboardsHash", Text: "Which hash has the archive with the dashboards?",
			Why:       cmp.Or(m.NoArchive, "nobody downloaded it") + "; nix store prefetch-file --unpack tells it, or nix-prefetch-url --unpack with nix hash to-sri",
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

// foundIn tells what was found in the archive.
func (m *maker) foundIn(a *archive.Archive, d *Dashboards) {
	f := a.Find(d.Path)
	m.decide(Decision{Name: "grafanaDashboardsHash", Value: d.Hash, Rule: "the hash of what fetchzip makes of the archive", Reason: "it was downloaded, and hashed as Nix does",
		Evidence: []Evidence{{Option: d.URL, Value: fmt.Sprintf("%s in %s", count(len(f.Dashboards), "dashboard", "dashboards"), cmp.Or(d.Path, "."))}}})
	if f.Inputs {
		m.note("Some of its dashboards were exported to be imported by hand: they ask which data source is meant, and show nothing until somebody answers.")
	}
	if f.Others > 0 {
		m.note(fmt.Sprintf("%s beside its dashboards is no dashboard; Grafana says so in its log.", count(f.Others, "JSON file", "JSON files")))
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

// telemetrySecrets are the sops names of secrets that the broker and Grafana
// read.
func (m *maker) telemetrySecrets() []string {
	var names []string
	if q := m.model.MQTT; q != nil {
		names = append(names, q.Secret)
	}
	if g := m.model.Grafana; g != nil && g.Secret != "" {
		names = append(names, g.Secret)
	}
	return names
}

// promiseGrafana: Grafana is given the data source with its credential, and the
// dashboards.
func (m *maker) promiseGrafana() {
	g := m.model.Grafana
	if g == nil {
		return
	}
	want := map[string]string{"uid": g.UID, "type": g.Source.Type(), "url": g.URL, "unit": g.Unit}
	text := fmt.Sprintf("Grafana has data source %s (%s) at %s", g.UID, g.Source.Type(), g.URL)
	if g.Credential != "" {
		want["credential"], want["secret"] = g.Credential, m.sourceSecret(g)
		text += ", and is given its secret as a credential"
	}
	if g.Source == SourcePostgreSQL {
		want["user"], want["database"] = m.model.Database.User, m.model.Database.Name
	}
	m.promise(PromiseSource, m.Service, text, want)
	if d := g.Dashboards; d != nil {
		want := map[string]string{"folder": d.Folder, "path": d.Path}
		if d.Hash != "" {
			want["hash"] = d.Hash
		}
		m.promise(PromiseDashboards, m.Service, "Grafana shows the dashboards in folder "+d.Folder, want)
	}
}

// sourceSecret is the sops name of what Grafana needs for the data source.
func (m *maker) sourceSecret(g *Grafana) string {
	if g.Source == SourcePostgreSQL {
		return m.model.Database.Password.Name
	}
	return g.Secret
}

// grafanaSteps: what a person must do for Grafana to show it.
func (m *maker) grafanaSteps(before, after func(what, command string)) {
	g := m.model.Grafana
	if g == nil {
		return
	}
	if g.Secret != "" {
		before("make a token that may read the bucket, and add it for Grafana", m.sopsCommand(g.Secret))
	}
	after(fmt.Sprintf("see in Grafana that data source %s answers: Save & test", g.SourceName), "")
}
