package report

import (
	"strings"

	"holthome.net/scaffold/plan"
)

// hardware is what it is given of the host beyond files and ports, one line for
// each kind, with what for.
func (m *maker) hardware(add func(about, format string, args ...any)) {
	if h := m.Plan.Model.Hardware; h != nil {
		hardwareOf(h, "", add)
	}
	for _, p := range m.Plan.Model.Parts {
		if p.Hardware != nil {
			hardwareOf(p.Hardware, " of part "+p.Name, add)
		}
	}
}

func hardwareOf(h *plan.Hardware, whose string, add func(about, format string, args ...any)) {
	line := func(about string, what []string, purpose string) {
		if len(what) == 0 {
			return
		}
		text := strings.Join(what, ", ")
		if purpose != "" {
			text += ", for " + purpose
		}
		add(about+whose, "%s", text)
	}
	var devices, groups []string
	for _, d := range h.Devices {
		if d.Inside != d.Host {
			devices = append(devices, d.Host+" as "+d.Inside)
		} else {
			devices = append(devices, d.Host)
		}
	}
	if h.NVIDIA {
		devices = append(devices, plan.NVIDIADevice)
	}
	for _, g := range h.Groups {
		groups = append(groups, g.Name)
	}
	line("Devices", devices, h.WhyDevices)
	line("Groups", groups, "")
	line("Capabilities", h.Capabilities, h.WhyCapabilities)
	if h.HostNetwork {
		line("Network", []string{"the host's own; nothing is published"}, h.WhyNetwork)
	}
	if h.Shm != "" {
		line("Shared memory", []string{h.Shm}, h.WhyShm)
	}
}
