package catalog

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// MQTT is what an account at a message broker is for.
type MQTT struct {
	// Topics are filters of the topics that it reads and writes.
	Topics []string `yaml:"topics" json:"topics,omitempty"`
	// Password is the variable that hands it the password of its account.
	Password string `yaml:"password" json:"password,omitempty"`
	Source   string `yaml:"source" json:"source"`
}

// Grafana is what Grafana can show of the service.
type Grafana struct {
	// Data is the data source: one of GrafanaSources.
	Data string `yaml:"data" json:"data"`
	// Dashboards is the archive in which upstream publishes dashboards;
	// {version} in it is the version of the image, as it is without a v.
	Dashboards string `yaml:"dashboards" json:"dashboards,omitempty"`
	// Folder is where in the archive they are, empty for wherever they are.
	Folder string `yaml:"folder" json:"folder,omitempty"`
	// UID is the data source that the dashboards name.
	UID    string `yaml:"uid" json:"uid,omitempty"`
	Source string `yaml:"source" json:"source"`
}

// GrafanaSources are what a Grafana's data may be.
var GrafanaSources = []string{"postgresql", "prometheus"}

// versionPlaceholder stands in the address of an archive for the version.
const versionPlaceholder = "{version}"

var (
	topicForm  = regexp.MustCompile(`^(#|(\+|[A-Za-z0-9._$-]+)(/(\+|[A-Za-z0-9._$-]+))*(/#)?)$`)
	uidForm    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	folderForm = regexp.MustCompile(`^[A-Za-z0-9._@+-]+(/[A-Za-z0-9._@+-]+)*$`)
)

// mqtt sees that topics are filters, and that the password is one secret.
func (d *document) mqtt(e *Entry) {
	if e.MQTT == nil {
		return
	}
	d.list("mqtt.topics", e.MQTT.Topics, topicForm, maxLine)
	d.form("mqtt.password", e.MQTT.Password, variableForm, maxLine, false)
	if _, ok := e.Environment[e.MQTT.Password]; ok && e.MQTT.Password != "" {
		d.say("mqtt.password", "%s is in environment too, where its value is no secret", e.MQTT.Password)
	}
	if len(e.MQTT.Topics) == 0 && e.MQTT.Password == "" {
		d.say("mqtt", "it says nothing")
	}
	d.address("mqtt.source", e.MQTT.Source, true)
}

// grafana sees that the data are there, and that the archive is one.
func (d *document) grafana(e *Entry) {
	g := e.Grafana
	if g == nil {
		return
	}
	d.oneOf("grafana.data", g.Data, GrafanaSources, true)
	switch {
	case g.Data == "postgresql" && !slices.Contains(e.Needs, "postgresql"):
		d.say("grafana.data", "needs does not have postgresql")
	case g.Data == "prometheus" && e.Metrics == nil:
		d.say("grafana.data", "metrics does not say that it has any")
	}
	d.archive("grafana.dashboards", g.Dashboards)
	d.form("grafana.folder", g.Folder, folderForm, maxLine, false)
	switch parts := strings.Split(g.Folder, "/"); {
	case g.Folder != "" && g.Dashboards == "":
		d.say("grafana.folder", "there are no dashboards")
	case slices.Contains(parts, ".") || slices.Contains(parts, ".."):
		d.say("grafana.folder", "%q has . or .. in it", g.Folder)
	}
	d.form("grafana.uid", g.UID, uidForm, maxLine, false)
	d.address("grafana.source", g.Source, true)
}

// archive sees that an address is that of an archive.
func (d *document) archive(field, s string) {
	if s == "" {
		return
	}
	before := len(d.problems)
	d.address(field, strings.ReplaceAll(s, versionPlaceholder, "1.2.3"), true)
	if len(d.problems) > before {
		return
	}
	u, err := url.Parse(strings.ReplaceAll(s, versionPlaceholder, "1.2.3"))
	if err != nil || u.RawQuery != "" || u.Fragment != "" || !slices.ContainsFunc([]string{".tar.gz", ".tgz", ".zip"}, func(end string) bool { return strings.HasSuffix(u.Path, end) }) {
		d.say(field, "%q is no archive whose name ends in .tar.gz, .tgz or .zip", s)
	}
}

// DashboardsOf is the archive with the dashboards of a version, empty where that
// is not known.
func (g *Grafana) DashboardsOf(version string) string {
	if version == "" && strings.Contains(g.Dashboards, versionPlaceholder) {
		return ""
	}
	return strings.ReplaceAll(g.Dashboards, versionPlaceholder, version)
}
