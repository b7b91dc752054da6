package plan

import (
	"fmt"
	"slices"
	"strings"
)

// promiseHardware: it has what was decided, and nothing more.
func (m *maker) promiseHardware(unit string) {
	h := m.model.Hardware
	if h == nil {
		return
	}
	subject, what := m.Service, "the container"
	if m.model.Packaging != Container {
		subject, what = unit, unit+".service"
	}
	if len(h.Devices) > 0 || h.NVIDIA || m.model.Packaging == Container {
		text := what + " has no device of the host"
		list := m.deviceList()
		if len(list) > 0 {
			text = fmt.Sprintf("%s has %s of the host, and no other device", what, enumerated(list))
		}
		m.promise(PromiseDevices, subject, text, map[string]string{"devices": strings.Join(list, " ")})
	}
	if len(h.Groups) > 0 {
		var names, ids []string
		for _, g := range h.Groups {
			names, ids = append(names, g.Name), append(ids, fmt.Sprint(g.GID))
		}
		m.promise(PromiseGroups, subject, fmt.Sprintf("%s is in group %s", what, enumerated(names)), map[string]string{"groups": strings.Join(names, " "), "gids": strings.Join(ids, " ")})
	}
	if len(h.Capabilities) > 0 || m.model.Packaging == Container {
		text := what + " has no capability that was not decided, and is not privileged"
		if len(h.Capabilities) > 0 {
			text = fmt.Sprintf("%s has capability %s and no more, and is not privileged", what, enumerated(h.Capabilities))
		}
		m.promise(PromiseCapability, subject, text, map[string]string{"capabilities": strings.Join(h.Capabilities, " ")})
	}
	if h.HostNetwork {
		want := map[string]string{}
		text := "the container is on the host's network, publishes nothing, and the firewall is as before"
		if m.model.Port > 0 {
			want["port"] = fmt.Sprint(m.model.Port)
			text = fmt.Sprintf("the container is on the host's network, where port %d is its own; the firewall is as before", m.model.Port)
		}
		m.promise(PromiseHostNetwork, m.Service, text, want)
	}
}

// deviceList are the devices as an engine is told them, without permissions.
func (m *maker) deviceList() []string {
	h := m.model.Hardware
	var list []string
	for _, d := range h.Devices {
		if d.Inside != d.Host {
			list = append(list, d.Host+":"+d.Inside)
		} else {
			list = append(list, d.Host)
		}
	}
	if h.NVIDIA {
		list = append(list, NVIDIADevice)
	}
	slices.Sort(list)
	return list
}

// NVIDIADevice is what the NVIDIA cards are called to containers.
const NVIDIADevice = "nvidia.com/gpu=all"

// promiseMounted: the network mount is inside, read-only if that was decided.
func (m *maker) promiseMounted(mount *Mount) {
	want := map[string]string{"path": mount.Path, "inside": mount.Inside}
	text := fmt.Sprintf("the container has the files of mount %s at %s", mount.Name, mount.Inside)
	if mount.ReadOnly {
		want["readOnly"] = "yes"
		text += ", and cannot write them"
	}
	m.promise(PromiseVolume, m.Service, text, want)
}

// withoutHardware takes out of the needs what the service can use and was not
// given.
func (m *maker) withoutHardware(has map[need]Evidence) {
	if m.Entry.Hardware == nil {
		return
	}
	delete(has, needHardware)
	delete(has, needNetwork)
}

// hardwareSteps: evaluation sees neither what is plugged in nor whether it works.
func (m *maker) hardwareSteps(before, after func(what, command string)) {
	h, host := m.model.Hardware, m.Facts.Host.Name
	if h == nil {
		return
	}
	var files []string
	for _, d := range h.Devices {
		files = append(files, d.Host)
		if strings.HasPrefix(d.Host, "/dev/dri") {
			before("see that "+d.Host+" is of the card that is meant, and that its driver knows the formats; with several cards the numbers change", fmt.Sprintf("ssh %s 'ls -l /dev/dri /dev/dri/by-path; nix-shell -p libva-utils --run \"vainfo --display drm --device %s\"'", host, d.Host))
		}
	}
	if len(files) > 0 {
		var groups []string
		for _, g := range h.Groups {
			groups = append(groups, g.Name)
		}
		what := "see that the devices are there"
		if len(groups) > 0 {
			what += ", and that group " + enumerated(groups) + " may read and write them"
		}
		before(what, fmt.Sprintf("ssh %s ls -lL %s", host, strings.Join(files, " ")))
	}
	if h.NVIDIA {
		before("see that the card is known to containers", fmt.Sprintf("ssh %s nvidia-ctk cdi list", host))
	}
	if h.HostNetwork {
		before("see that nobody on the host listens on a port that it opens; evaluation knows only the one that was decided", fmt.Sprintf("ssh %s ss -tulpn", host))
	}
	unit := m.mainUnit()
	switch {
	case (len(files) > 0 || h.NVIDIA) && m.model.Packaging == Container:
		engine, _, _ := strings.Cut(unit, "-")
		after("see that it has its devices", strings.TrimSpace(fmt.Sprintf("ssh %s %s exec %s ls -l %s", host, engine, m.Service, strings.Join(m.insideFiles(), " "))))
	case len(files) > 0:
		after("see that it is let to its devices", fmt.Sprintf("ssh %s systemctl show -p DeviceAllow -p DevicePolicy %s.service", host, unit))
	}
	if h.HostNetwork {
		after("see which ports it opens on the host", fmt.Sprintf("ssh %s ss -tulpn", host))
	}
}

// insideFiles are the devices where the container sees them.
func (m *maker) insideFiles() []string {
	var list []string
	for _, d := range m.model.Hardware.Devices {
		list = append(list, d.Inside)
	}
	if m.model.Hardware.NVIDIA {
		list = append(list, "/dev/nvidia0")
	}
	return list
}
