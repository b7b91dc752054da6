package plan

import (
	"regexp"
	"strings"
)

// versionForm is a tag that is a version, with or without a v before it.
var versionForm = regexp.MustCompile(`^v?([0-9]+(\.[0-9]+){1,3})$`)

// telemetryOffers are what the catalog says of an account at a broker and of
// what Grafana can show. What the user says otherwise takes away what goes with
// it.
func (m *maker) telemetryOffers(add func(name, value string)) {
	if q := m.Entry.MQTT; q != nil {
		add("mqttTopics", strings.Join(q.Topics, ","))
		add("mqttPassword", q.Password)
	}
	g := m.Entry.Grafana
	if g == nil {
		return
	}
	if said, ok := m.Answers["grafana"]; ok && said != g.Data {
		return
	}
	add("grafana", g.Data)
	add("grafanaSource", g.UID)
	if _, ok := m.Answers["grafanaDashboards"]; !ok {
		if archive := g.DashboardsOf(m.imageVersion()); archive != "" {
			add("grafanaDashboards", archive)
			add("grafanaDashboardsFolder", g.Folder)
		}
	}
}

// imageVersion is the version that the image's tag names, empty if it names
// none.
func (m *maker) imageVersion() string {
	tag := ""
	if m.Image != nil {
		tag = m.Image.Tag
	} else if rest, _, ok := strings.Cut(m.Answers["image"], "@"); ok {
		tag = rest[strings.LastIndexByte(rest, ':')+1:]
	}
	if v := versionForm.FindStringSubmatch(tag); v != nil {
		return v[1]
	}
	return ""
}

// proposed tells whether a source says something, and not the user.
func (m *maker) proposed(name string) bool {
	source := m.known[name].source
	return source != "" && source != "user"
}
