package claim

import (
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// shared are devices that several may use at once, by how their files begin.
// What is left has one reader at a time: a serial adapter, a capture card.
var shared = []string{
	"/dev/dri", "/dev/nvidia", "/dev/kfd", "/dev/kvm", "/dev/net/", "/dev/fuse", "/dev/snd", "/dev/bus/usb", "/dev/input", "/dev/vfio",
	"/dev/sd", "/dev/nvme", "/dev/sg", "/dev/disk/", "/dev/mapper/", "/dev/zvol/", "/dev/zfs", "/dev/mem", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom",
	"/dev/log", "/dev/shm", "/dev/ptmx", "/dev/pts", "/dev/ppp", "/dev/rtc", "/dev/hugepages", "/dev/uinput", "/dev/tpm", "/dev/watchdog",
}

// Exclusive tells whether a device, by its file, has one user at a time.
func Exclusive(device string) bool {
	for _, prefix := range shared {
		if strings.HasPrefix(device, prefix) {
			return false
		}
	}
	return strings.HasPrefix(device, "/dev/")
}

// devices are what containers and units are given of the host's devices. A
// device that several may use is a reference: nobody has it alone.
func (r *reader) devices() {
	for _, name := range sortedNames(r.f.Containers) {
		c := r.f.Containers[name]
		at := first(c.Declared, c.At)
		for _, d := range c.Reach().Devices {
			r.device(Claim{Text: d.Host, Owner: name, Service: r.owners.part(name, fileOf(at)), Option: containerOption(name) + "extraOptions", Container: name}, at, c.Devices)
		}
	}
	for _, name := range sortedNames(r.f.Units) {
		for _, allowed := range r.f.Units[name].Devices {
			path, _, _ := strings.Cut(allowed, " ")
			r.device(Claim{Text: path, Owner: name, Option: "systemd.services." + attribute(name) + ".serviceConfig.DeviceAllow"}, nil, nil)
		}
	}
}

// device adds a claim of a device; options are those of the container's option
// for them.
func (r *reader) device(c Claim, at *facts.Position, options []string) {
	if !strings.HasPrefix(c.Text, "/dev/") {
		return // a name that a driver resolves
	}
	for _, o := range options {
		if facts.ParseDevice(o).Host == c.Text {
			c.Option = strings.TrimSuffix(c.Option, "extraOptions") + "devices"
		}
	}
	c.Kind, c.Reference = Device, !Exclusive(c.Text)
	r.add(c, at)
}
