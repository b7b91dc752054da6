package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// lookSteps are what only somebody can see who looks: that a login works, and
// that those who watch the service see it.
func (m *maker) lookSteps(after func(what, command string)) {
	model := m.model
	if model.Packaging == Container && model.Schedule == nil && model.ContainerPort > 0 && len(model.HealthCheck) == 0 && model.HealthTool == "" && !model.NoHealthCheck {
		after("see that the image has curl or wget: without either, the health check says nothing; --tools looks beforehand",
			fmt.Sprintf(`ssh %s "%s exec %s sh -c 'command -v curl || command -v wget'"`, m.Facts.Host.Name, m.engine(), m.Service))
	}
	if e := model.Exporter; e != nil {
		after(fmt.Sprintf("see that %s is written: a rule on what was never written is never raised", e.Metric), fmt.Sprintf("ssh %s cat %s/%s.prom", m.Facts.Host.Name, e.Folder, e.Unit))
	}
	if !m.hostVisible() {
		return
	}
	switch kind := m.model.Auth.Kind; {
	case m.Answers["page"] == "no": // nobody opens it
	case kind == OIDC:
		after("log in once through the identity provider", "")
	case kind == CaddySecurity, kind == TrustedHeader, kind == Hybrid:
		after("log in once at the proxy's portal, and see that "+m.model.DisplayName+" does not ask again", "")
	}
	var see []string
	if m.Facts.Hubs[facts.DashboardHub] != nil && !m.model.NoTile {
		see = append(see, "its tile is on the dashboard")
		m.noteNewGroup()
	}
	if m.probed() {
		see = append(see, "its black-box check succeeds")
	}
	if len(see) > 0 {
		after("see that "+strings.Join(see, ", and that "), "")
	}
}

// noteNewGroup tells of a group that the dashboard gets for this service alone:
// it may be one of those that are there, misspelt.
func (m *maker) noteNewGroup() {
	_, said := m.answer("category")
	if groups := m.Conventions.Groups; said && len(groups) > 0 && !slices.Contains(groups, m.model.Group) {
		m.note(fmt.Sprintf("Nothing on the dashboard is in group %s yet; it has %s.", m.model.Group, strings.Join(groups, ", ")))
	}
}
