package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/image"
)

// maxDescription is the length in bytes of a description that still is one.
const maxDescription = 120

// imageOffers is what the image tells, for a container.
func (m *maker) imageOffers() []offer {
	img := m.Image
	if img == nil || m.model.Packaging != Container {
		return nil
	}
	var offers []offer
	add := func(name, value, reason, key string) {
		if value != "" {
			offers = append(offers, offer{name, value, known{source: "image", reason: reason, evidence: []Evidence{{Option: "image " + key, Value: value}}}})
		}
	}
	if port := m.imagePort(img.Config.Ports); port != 0 {
		add("containerPort", fmt.Sprint(port), "the image exposes it", "ExposedPorts")
	}
	if len(img.Config.Volumes) > 0 && m.workloadKnown() != string(Stateless) {
		add("dataDir", strings.Join(img.Config.Volumes, ","), "the image declares it as a volume", "Volumes")
	}
	if m.Entry == nil {
		if text := strings.TrimSuffix(strings.TrimSpace(img.Config.Labels["org.opencontainers.image.description"]), "."); text != "" && len(text) <= maxDescription {
			add("description", text, "the image is labelled so", "org.opencontainers.image.description")
		}
	}
	return offers
}

// imagePort is the port for a web page among those that an image exposes, 0 if
// that is not plain: the only one, or the one that the catalog knows.
func (m *maker) imagePort(ports []image.Port) int {
	var tcp []int
	for _, p := range ports {
		if p.Protocol == "tcp" {
			tcp = append(tcp, p.Number)
		}
	}
	switch {
	case len(tcp) == 1:
		return tcp[0]
	case m.Entry != nil && slices.Contains(tcp, m.Entry.Port):
		return m.Entry.Port
	}
	return 0
}

// workloadKnown is the workload as the user or the catalog has it.
func (m *maker) workloadKnown() string {
	if w := m.Answers["workload"]; w != "" || m.Entry == nil {
		return w
	}
	return m.Entry.Workload
}

// needsRoot tells whether an image starts as root and is built to: its first
// process takes the ids from the environment or drops them itself.
func needsRoot(c image.Config) (puid, root bool) {
	switch user, _, _ := strings.Cut(c.User, ":"); user {
	case "", "0", "root":
	default:
		return false, false
	}
	_, hasUID := c.Environment["PUID"]
	first := ""
	if len(c.Entrypoint) > 0 {
		first = c.Entrypoint[0]
	}
	if hasUID || first == "/init" {
		return true, true
	}
	for _, word := range c.Entrypoint {
		base := word[strings.LastIndexByte(word, '/')+1:]
		if strings.Contains(base, "entrypoint") || strings.HasSuffix(base, ".sh") || slices.Contains([]string{"gosu", "su-exec", "setpriv", "s6-svscan"}, base) {
			return false, true
		}
	}
	return false, false
}
