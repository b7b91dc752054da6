package plan

import (
	"strings"

	"holthome.net/scaffold/discover/image"
)

// healthCheck: the image's own, else ours with a tool that the image has. Where
// nobody looked at the image, ours tries what there may be.
func (m *maker) healthCheck() error {
	if m.model.Schedule != nil {
		m.model.NoHealthCheck = true
		return nil
	}
	if m.model.Packaging != Container || m.Image == nil {
		return nil
	}
	own := m.Image.Config.HealthCheck
	d := Decision{Name: "healthCheck", Rule: "the image's own, else one with a tool that it has"}
	switch {
	case len(own) > 1 && (own[0] == "CMD" || own[0] == "CMD-SHELL") && m.Answers["healthPath"] == "":
		m.model.HealthCheck = own
		d.Value, d.Reason, d.Evidence = "the image's", "who made it knows what tells that it is well", []Evidence{{Option: "image Healthcheck", Value: strings.Join(own[1:], " ")}}
	case m.Image.Tools != nil && m.Image.HealthTool() == "":
		m.model.NoHealthCheck = true
		d.Value, d.Reason = "none", "the image has none of "+strings.Join(image.HealthTools, ", ")+", and a check without a tool always fails"
	case m.Image.Tools != nil:
		m.model.HealthTool = m.Image.HealthTool()
		d.Value, d.Reason, d.Evidence = "ours, with "+m.model.HealthTool, "the image has it", []Evidence{{Option: "image programs", Value: strings.Join(m.Image.Tools, " ")}}
	default:
		d.Value, d.Reason = "ours", "it asks the port from inside, with curl or wget"
	}
	m.decide(d)
	return nil
}
