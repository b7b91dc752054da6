package report

import (
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// rationale is why it is as it is: the first decision of each row that was made.
func (m *maker) rationale() {
	for _, about := range []struct {
		text  string
		names []string
	}{
		{"Module, package or container", []string{"packaging"}},
		{"Source of the software", []string{"package", "image", "native"}},
		{"Complexity", []string{"tier"}},
		{"Record size", []string{"recordsize"}},
		{"No listener", []string{"listener"}},
		{"Login", []string{"auth"}},
		{"Policy", []string{"policy"}},
		{"Network mount", []string{"nfs"}},
		{"Restore", []string{"preseed"}},
	} {
		for _, name := range about.names {
			if d, ok := m.decision(name); ok {
				m.r.Rationale = append(m.r.Rationale, Choice{about.text, value(d.Value), d.Reason})
				break
			}
		}
	}
	if s := m.security(); s != "" {
		m.r.Rationale = append(m.r.Rationale, Choice{About: "Security", Reason: s})
	}
	deviations := "none, it does as the repo's other services do"
	if n := len(m.r.Documentation.Deviations); n > 0 {
		deviations = count(n, "is listed under Documentation", "are listed under Documentation")
	}
	m.r.Rationale = append(m.r.Rationale, Choice{About: "Deviations", Reason: deviations})
}

// security is what confines the service, as promised.
func (m *maker) security() string {
	var parts []string
	for _, p := range m.Plan.Promises {
		if slices.Contains([]plan.PromiseKind{plan.PromiseHardening, plan.PromiseIdentity, plan.PromiseAccount, plan.PromiseListener}, p.Kind) {
			parts = append(parts, p.Text)
		}
	}
	if m.Plan.Model.Packaging == plan.Container && strings.Contains(m.Plan.Model.Image, "@sha256:") {
		parts = append(parts, "the image is pinned by its digest")
	}
	if len(m.Plan.Model.SecretNames) > 0 {
		parts = append(parts, "secrets come through sops, and no value is in the repo")
	}
	return strings.Join(parts, "; ")
}
