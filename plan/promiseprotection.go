package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// promiseProtection: the dataset has the class, and what it asks for is there.
func (m *maker) promiseProtection() {
	p := m.model.Protection
	if p == nil || m.Facts.Hubs[facts.DatasetsHub] == nil {
		return
	}
	want := map[string]string{"class": p.Class, "dataset": m.dataset(), "tiers": strings.Join(p.Tiers, " ")}
	if m.Facts.Protection.Has("allowEmptyBootstrap") {
		want["mayStartEmpty"] = fmt.Sprint(p.MayStartEmpty)
	}
	text := "the data are protected as class " + p.Class
	if len(p.Tiers) > 0 {
		text += ", and there is what it asks for: " + strings.Join(p.Tiers, ", ")
	}
	if p.Offsite != nil {
		want["offsite"], want["repository"] = p.Offsite.Name, p.Offsite.Repository
	}
	for _, o := range p.Objectives {
		want[objectivePrefix+o.Name] = fmt.Sprint(o.Seconds)
	}
	m.promise(PromiseProtection, m.Service, text, want)
}

// protectionSteps: what a person does about how the data are protected.
func (m *maker) protectionSteps(before, after func(what, command string)) {
	p, hub := m.model.Protection, m.hub(facts.DatasetsHub)
	if p == nil {
		if m.Facts.Protection != nil && m.model.Data != nil && m.Answers["protection"] != none {
			before(fmt.Sprintf("say how well the data must be protected, since datasets of the repo have a class: set %s.%s.protection in %s", hub, m.Service, m.model.Where.Host), "")
		}
		return
	}
	for _, d := range m.plan.Decisions {
		if d.Name != "requiredTiers" {
			continue
		}
		for _, r := range d.Rejected {
			before(fmt.Sprintf("decide whether the data need %s, which other datasets of class %s ask for: provide it and add it to requiredTiers in %s, or leave it", r.Value, p.Class, m.model.Where.Host), "")
		}
	}
	if p.FirstStart {
		after(fmt.Sprintf("when the service has its first data, set allowEmptyBootstrap = false in %s: from then on it must not start empty where a restore fails", m.model.Where.Host), "")
	}
}
