package plan

import (
	"fmt"
	"strings"
)

// promiseHardware: it has what was decided, and nothing more.
func (m *maker) promiseHardware() {
	for _, o := range m.withHardware() {
		if len(o.Devices) > 0 || o.NVIDIA || m.model.Packaging == Container {
			text := o.what + " has no device of the host"
			list := o.deviceList()
			if len(list) > 0 {
				text = fmt.Sprintf("%s has %s of the host, and no other device", o.what, enumerated(list))
			}
			m.promise(PromiseDevices, o.subject, text, map[string]string{"devices": strings.Join(list, " ")})
		}
		if len(o.Groups) > 0 {
			var names, ids []string
			for _, g := range o.Groups {
				names, ids = append(names, g.Name), append(ids, fmt.Sprint(g.GID))
			}
			m.promise(PromiseGroups, o.subject, fmt.Sprintf("%s is in group %s", o.what, enumerated(names)), map[string]string{"groups": strings.Join(names, " "), "gids": strings.Join(ids, " ")})
		}
		if len(o.Capabilities) > 0 || m.model.Packaging == Container {
			text := o.what + " has no capability that was not decided, and is not privileged"
			if len(o.Capabilities) > 0 {
				text = fmt.Sprintf("%s has capability %s and no more, and is not privileged", o.what, enumerated(o.Capabilities))
			}
			m.promise(PromiseCapability, o.subject, text, map[string]string{"capabilities": strings.Join(o.Capabilities, " ")})
		}
	}
	if h := m.model.Hardware; h != nil && h.HostNetwork {
		want := map[string]string{}
		text := "the container is on the host's network, publishes nothing, and the firewall is as before"
		if m.model.Port > 0 {
			want["port"] = fmt.Sprint(m.model.Port)
			text = fmt.Sprintf("the container is on the host's network, where port %d is its own; the firewall is as before", m.model.Port)
		}
		m.promise(PromiseHostNetwork, m.Service, text, want)
	}
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
	host := m.Facts.Host.Name
	told := map[string]bool{}
	once := func(what, command string) { // several may have the same
		if !told[command] {
			told[command] = true
			before(what, command)
		}
	}
	for _, o := range m.withHardware() {
		var files []string
		for _, d := range o.Devices {
			files = append(files, d.Host)
			if strings.HasPrefix(d.Host, "/dev/dri") {
				once("see that "+d.Host+" is of the card that is meant, and that its driver knows the formats; with several cards the numbers change", fmt.Sprintf("ssh %s 'ls -l /dev/dri /dev/dri/by-path; nix-shell -p libva-utils --run \"vainfo --display drm --device %s\"'", host, d.Host))
			}
		}
		if len(files) > 0 {
			var groups []string
			for _, g := range o.Groups {
				groups = append(groups, g.Name)
			}
			what := "see that the devices are there"
			if len(groups) > 0 {
				what += ", and that group " + enumerated(groups) + " may read and write them"
			}
			once(what, fmt.Sprintf("ssh %s ls -lL %s", host, strings.Join(files, " ")))
		}
		if o.NVIDIA {
			once("see that the card is known to containers", fmt.Sprintf("ssh %s nvidia-ctk cdi list", host))
		}
		if o.HostNetwork {
			before("see that nobody on the host listens on a port that it opens; evaluation knows only the one that was decided", fmt.Sprintf("ssh %s ss -tulpn", host))
		}
		switch {
		case (len(files) > 0 || o.NVIDIA) && m.model.Packaging == Container:
			what := "see that it has its devices"
			if o.subject != m.Service {
				what = "see that " + o.what + " has its devices"
			}
			after(what, strings.TrimSpace(fmt.Sprintf("ssh %s %s exec %s ls -l %s", host, m.engine(), o.subject, strings.Join(o.insideFiles(), " "))))
		case len(files) > 0:
			after("see that it is let to its devices", fmt.Sprintf("ssh %s systemctl show -p DeviceAllow -p DevicePolicy %s.service", host, o.unit))
		}
		if o.HostNetwork {
			after("see which ports it opens on the host", fmt.Sprintf("ssh %s ss -tulpn", host))
		}
	}
}
