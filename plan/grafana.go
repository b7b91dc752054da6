package plan

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
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

// Is tells whether that is what a dashboard calls the kind: the newer name of
// PostgreSQL is that of its plugin.
func (k SourceKind) Is(name string) bool {
	return name == k.Type() || k == SourcePostgreSQL && name == "grafana-postgresql-datasource"
}

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
type Wanted struct {
	URL string
	// Hash is the name under which its hash can be said instead.
	Hash string
	// Proposed tells that the catalog names it, not the user.
	Proposed bool
}

var grafanaKeys = []key{
	{name: "grafana", choices: []string{string(SourcePostgreSQL), string(SourcePrometheus), string(SourceInfluxDB), "no"}, about: "data source that Grafana is given for it"},
	{name: "grafanaSource", check: sourceForm, about: "identifier of the data source, by which dashboards name it"},
	{name: "grafanaUrl", check: addressForm, about: "where Grafana finds that Prometheus or InfluxDB, if it is not the host's"},
	{name: "grafanaOrganization", check: lineForm, about: "organization of InfluxDB"},
	{name: "grafanaBucket", check: lineForm, about: "bucket of InfluxDB"},
	{name: "grafanaDashboards", check: dashboardsForm, about: "dashboards: the address of an archive that upstream publishes, or a folder of the repo"},
	{name: "grafanaDashboardsFolder", check: folderForm, about: "where in the archive the dashboards are"},
	{name: "grafanaDashboardsHash", check: hashForm, about: "hash of the archive as fetchzip has it, where it cannot be downloaded; or no, to do without its dashboards"},
	{name: "grafanaFolder", check: lineForm, about: "folder of Grafana that the dashboards are shown in"},
}

var (
	addressForm = func(s string) error {
		if !isWebAddress(s) {
			return fmt.Errorf("%q is no address that begins with https:// or http://", s)
		}
		return nil
	}
	sourceForm = func(s string) error {
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`).MatchString(s) {
			return fmt.Errorf("%q is no identifier of Grafana: letters, digits, _ and -, at most 40", s)
		}
		return nil
	}
	hashForm = func(s string) error {
		if s == none {
			return nil
		}
		return archive.CheckHash(s)
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
// asked for or when the catalog knows them. What it only proposes and cannot be
// is left out, and told.
func (m *maker) grafana() error {
	said, ok := m.answer("grafana")
	if !ok || said == none {
		return m.withoutGrafana()
	}
	before := *m.plan
	err := m.showInGrafana(SourceKind(said))
	var lacks *InputError
	if !errors.As(err, &lacks) || !m.proposesGrafana() {
		return err
	}
	m.plan.Decisions, m.plan.Questions, m.plan.Notes, m.plan.Wanted = before.Decisions, before.Questions, before.Notes, before.Wanted
	m.model.Grafana = nil
	_, why, _ := strings.Cut(lacks.What, ": ")
	m.decide(Decision{Name: "grafana", Value: none, Rule: "the host's Grafana for what can be shown", Reason: "what the catalog proposes cannot be",
		Evidence: m.known["grafana"].evidence, Rejected: []Rejected{{Value: said, Reason: why}}})
	m.note("Grafana does not show it: " + why + ".")
	return nil
}

// proposesGrafana tells whether all that is said of Grafana comes from a source.
func (m *maker) proposesGrafana() bool {
	return !slices.ContainsFunc(grafanaKeys, func(k key) bool {
		_, there := m.answer(k.name)
		return there && !m.proposed(k.name)
	})
}

// withoutGrafana: what the user says of a Grafana that is given nothing is an
// error.
func (m *maker) withoutGrafana() error {
	for _, k := range grafanaKeys[1:] {
		if m.proposed(k.name) {
			m.forget(k.name)
		}
		if _, there := m.answer(k.name); there {
			return inputErrorf("leave it out, or say --set grafana=prometheus, postgresql or influxdb", "read %s: Grafana is given no data source", k.name)
		}
	}
	m.said("grafana")
	return nil
}

func (m *maker) showInGrafana(source SourceKind) error {
	if lacks := m.lacksGrafana(); lacks != "" {
		return inputErrorf("mend it, or leave out grafana", "use grafana: %s", lacks)
	}
	m.said("grafana")
	g := &Grafana{Source: source, SourceName: m.model.DisplayName, Unit: m.unitOf(m.serverOf(facts.GrafanaHub))}
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
