package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/image"
)

// known tells what the catalog knows of a part, nil if nothing.
func (m *maker) knownPart(name string) *catalog.Part {
	if m.Entry == nil {
		return nil
	}
	i := slices.IndexFunc(m.Entry.Parts, func(p catalog.Part) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Entry.Parts[i]
}

// partImages are the repositories that the catalog has for a part.
func (m *maker) partImages(name string) []string {
	if k := m.knownPart(name); k != nil {
		return k.Images
	}
	return nil
}

// choosePartImage settles what a part runs: the service's own image, or one with
// tag and digest.
func (m *maker) choosePartImage(p *Part) {
	if p.Own {
		p.Image = m.model.Image
		return
	}
	key := partsPrefix + p.Name + ".image"
	said, ok := m.answer(key)
	pinned := ok && strings.Contains(said, "@")
	lookup := &Lookup{Reference: said, Platform: platform(m.Facts.Host.System), Pinned: pinned}
	if !ok {
		lookup.Repositories, lookup.Family = m.partImages(p.Name), m.knownPart(p.Name).Tag
	}
	if m.plan.PartLookups == nil {
		m.plan.PartLookups = map[string]*Lookup{}
	}
	m.plan.PartLookups[p.Name] = lookup
	img, why := m.PartImages[p.Name], m.NoPartImages[p.Name]
	switch {
	case img != nil:
		p.Image = img.Reference
		d := Decision{Name: key, Value: img.Reference, Rule: "the newest stable version of the first registry that has it", Reason: img.Choice,
			Evidence: []Evidence{{Option: "tag", Value: img.Tag}}}
		if ok {
			d.Rule, d.Reason = "user", "you said so; its registry has it"
		} else {
			d.Evidence = append(d.Evidence, Evidence{File: m.Entry.FileOf("parts")})
		}
		for _, r := range img.Rejected {
			d.Rejected = append(d.Rejected, Rejected{Value: r.Repository, Reason: r.Reason})
		}
		m.decide(d)
		if img.Warning != "" {
			m.note("Image " + img.Reference + ": " + img.Warning + ".")
		}
	case pinned:
		p.Image = said
		m.decide(Decision{Name: key, Value: said, Rule: "user", Reason: "you said so; it is pinned by tag and digest"})
		if why != "" {
			m.note("The image of part " + p.Name + " was not looked at: " + why + ".")
		}
	default:
		if why == "" && ok {
			why = fmt.Sprintf("%q has no digest, so what runs could change, and its registry was not asked", said)
		} else if why == "" {
			why = "nobody was asked about " + strings.Join(lookup.Repositories, ", ")
		}
		m.ask(Question{Name: key, Text: fmt.Sprintf("Which image does part %s run (registry/name, and :tag@sha256:... where its registry cannot be asked)?", p.Name),
			Why: why, DependsOn: []string{partsPrefix + p.Name}})
	}
}

// partHealth: what was said, else what its own image has. A part that runs the
// service's image listens elsewhere, so that image's check does not fit it.
func (m *maker) partHealth(p *Part) error {
	d := Decision{Name: partsPrefix + p.Name + ".healthCheck", Rule: "what is known to tell how it is"}
	command, hasCommand := m.partAnswer(p.Name, "healthCommand")
	path, hasPath := m.partAnswer(p.Name, "healthPath")
	img := m.PartImages[p.Name]
	switch {
	case hasCommand && hasPath:
		return inputErrorf("leave out one of them", "read %s%s.healthPath: healthCommand says already how it is checked", partsPrefix, p.Name)
	case hasCommand:
		p.HealthCheck = append([]string{"CMD"}, words(command)...)
		d.Value, d.Reason = command, "it succeeds in the container when all is well"
	case hasPath && p.Port == 0:
		return inputErrorf(fmt.Sprintf("say --set %s%s.port=PORT", partsPrefix, p.Name), "read %s%s.healthPath: nothing says on which port it answers", partsPrefix, p.Name)
	case hasPath && img != nil && img.Tools != nil && !slices.ContainsFunc(image.HealthTools, func(t string) bool { return contains(img.Tools, t) }):
		p.NoHealthCheck = true
		d.Value, d.Reason = "none", "the image has none of "+strings.Join(image.HealthTools, ", ")+", and a check without a tool always fails"
	case hasPath:
		p.HealthPath = path
		if img != nil && img.Tools != nil {
			p.HealthTool = image.HealthTools[slices.IndexFunc(image.HealthTools, func(t string) bool { return contains(img.Tools, t) })]
		}
		d.Value, d.Reason = path, "it answers there when all is well"
	case img != nil && len(img.Config.HealthCheck) > 1 && strings.HasPrefix(img.Config.HealthCheck[0], "CMD"):
		p.HealthCheck = img.Config.HealthCheck
		d.Value, d.Reason = "the image's", "who made it knows what tells that it is well"
	default:
		p.NoHealthCheck = true
		d.Value, d.Reason = "none", "nothing tells how it is; the alert watches its unit"
	}
	m.decide(d)
	return nil
}
