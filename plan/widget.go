package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// dashboardVariables begin the variables that the dashboard puts into widgets.
const dashboardVariables = "HOMEPAGE_VAR_"

// widget: what the dashboard shows of the service, where each secret in it can
// be defined.
func (m *maker) widget() error {
	said, user := m.answer("widget")
	e := m.Entry
	hub := m.Facts.Hubs[facts.DashboardHub]
	none := ""
	switch {
	case m.Answers["web"] == "no" || m.model.NoTile || hub == nil:
		none = "the host has no dashboard that would show it"
	case !hub.Has("widget"):
		none = "tiles of the host's dashboard have no widget"
	case e == nil || e.Widget == nil:
		none = "the catalog knows of none for it"
	}
	switch {
	case user && said == "yes" && none != "":
		return inputErrorf("leave it out", "read widget: %s", none)
	case user && said == "no":
		m.said("widget")
		return nil
	case none != "":
		return nil
	}
	w := &Widget{Type: e.Widget.Type, Fields: e.Widget.Fields}
	for _, name := range sortedNames(e.Widget.Options) {
		w.Options = append(w.Options, Variable{name, strings.NewReplacer("{url}", m.pageURL(), "{host}", m.HostName(), "{port}", fmt.Sprint(m.model.Port)).Replace(e.Widget.Options[name])})
	}
	template := ""
	if len(e.Widget.Secrets) > 0 {
		if template = m.dashboardTemplate(); template == "" {
			if user {
				return inputErrorf("leave it out", "read widget: no template of secrets defines variables %s..., so its key would not be defined", dashboardVariables)
			}
			m.note(fmt.Sprintf("The dashboard could show a widget of %s, but no template of secrets defines variables %s...: one whose key nothing defines would only show an error.", m.model.DisplayName, dashboardVariables))
			return nil
		}
	}
	for _, field := range e.Widget.Secrets {
		v := Variable{field, m.variable(dashboardVariables) + m.widgetVariable(field)}
		w.Secrets = append(w.Secrets, v)
		if !m.defined(v.Value) {
			m.model.Lines = append(m.model.Lines, Line{Template: template, Variable: v.Value, Secret: m.widgetSecret(field), About: "What the dashboard's widget asks the service with."})
		}
	}
	m.model.Widget = w
	d := Decision{Name: "widget", Value: w.Type, Rule: "a widget where each secret in it is defined", Reason: "the dashboard has one for it",
		Evidence: []Evidence{{File: e.FileOf("widget"), Value: e.Widget.Source}}}
	if template != "" {
		d.Evidence = append(d.Evidence, Evidence{Option: "sops.templates." + template})
	}
	m.decide(d)
	return nil
}

// dashboardTemplate is the template of secrets with the most of the dashboard's
// variables.
func (m *maker) dashboardTemplate() string {
	counts := map[string]int{}
	for name, t := range m.Facts.Templates {
		for _, v := range t.Variables {
			if strings.HasPrefix(v, dashboardVariables) {
				counts[name]++
			}
		}
	}
	if !m.Facts.Host.SOPS {
		return ""
	}
	return most(counts)
}

func (m *maker) defined(variable string) bool {
	for _, t := range m.Facts.Templates {
		if contains(t.Variables, variable) {
			return true
		}
	}
	return false
}

// isKey tells whether a field of a widget holds the service's key.
func isKey(field string) bool { return field == "key" || field == "apiKey" || field == "api_key" }

// widgetVariable is the end of the variable for a field of a widget, and
// widgetSecret the sops name of its value.
func (m *maker) widgetVariable(field string) string {
	if isKey(field) {
		return "API_KEY"
	}
	return upper(field)
}

func (m *maker) widgetSecret(field string) string {
	if isKey(field) {
		return m.keySecret()
	}
	return SecretName(m.Service, "HOMEPAGE_"+upper(field))
}
