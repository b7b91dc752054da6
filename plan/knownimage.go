package plan

import (
	"strings"

	"holthome.net/scaffold/discover/image"
)

// maxDescription is the length in bytes of a description that still is one.
const maxDescription = 120

// imageOffers is what follows from the image, for a container.
func (m *maker) imageOffers() []offer {
	if m.Image == nil || m.model.Packaging != Container {
		return nil
	}
	known := 0
	if m.Entry != nil {
		known = m.Entry.Port
	}
	follows := m.Image.Follow(known)
	var offers []offer
	add := func(name, value, reason, evidence string) {
		offers = append(offers, offer{name, value, knownBy("image", reason, Evidence{Option: "image", Value: evidence})})
	}
	if c := follows.Port; c != nil {
		add("containerPort", c.Value, c.Reason, c.Evidence)
	}
	if len(follows.DataDirs) > 0 && m.workloadKnown() != string(Stateless) {
		add("dataDir", strings.Join(follows.DataDirs, ","), "the image declares it as a volume", "Volumes")
	}
	if c := follows.RunAs; c != nil && c.Value != image.RunAsUser {
		add("runAs", c.Value, c.Reason, c.Evidence)
	}
	if text := strings.TrimSuffix(follows.Description, "."); m.Entry == nil && text != "" && len(text) <= maxDescription {
		add("description", text, "the image is labelled so", "org.opencontainers.image.description")
	}
	return offers
}

// workloadKnown is the workload as the user or the catalog has it.
func (m *maker) workloadKnown() string {
	if w := m.Answers["workload"]; w != "" || m.Entry == nil {
		return w
	}
	return m.Entry.Workload
}
