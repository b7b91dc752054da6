package facts

import (
	"maps"
	"slices"
	"strings"
)

// Hardware is what the host says of its hardware.
type Hardware struct {
	// Graphics tells that the drivers of a graphics card are installed.
	Graphics bool `json:"graphics"`
	// NVIDIA tells that containers can be given an NVIDIA card by name.
	NVIDIA bool `json:"nvidia"`
}

// Device is a device that a container or unit is given: its file on the host
// and where it is seen inside.
type Device struct{ Host, Inside string }

// ParseDevice reads host[:inside][:permissions], as engines do.
func ParseDevice(s string) Device {
	parts := strings.Split(s, ":")
	d := Device{Host: parts[0], Inside: parts[0]}
	if len(parts) > 1 && strings.HasPrefix(parts[1], "/") {
		d.Inside = parts[1]
	}
	return d
}

// Reach is what a container is given of the host beyond files and ports, by
// options and by flags.
type Reach struct {
	Devices []Device
	// Added and Dropped are capabilities, in capitals and without CAP_.
	Added, Dropped []string
	// Groups are those of its process beside the primary one.
	Groups     []string
	Networks   []string
	Privileged bool
}

// Reach is what the container is given.
func (c Container) Reach() Reach {
	r := Reach{Privileged: c.Privileged, Networks: slices.Clone(c.Networks)}
	for _, d := range c.Devices {
		r.Devices = append(r.Devices, ParseDevice(d))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Capabilities)) {
		if c.Capabilities[name] {
			r.Added = append(r.Added, Capability(name))
		} else {
			r.Dropped = append(r.Dropped, Capability(name))
		}
	}
	for i, o := range c.ExtraOptions {
		flag, value, joined := strings.Cut(o, "=")
		if !joined && i+1 < len(c.ExtraOptions) {
			value = c.ExtraOptions[i+1]
		}
		switch flag {
		case "--device":
			r.Devices = append(r.Devices, ParseDevice(value))
		case "--gpus":
			r.Devices = append(r.Devices, Device{Host: "gpus=" + value, Inside: "gpus=" + value})
		case "--cap-add":
			r.Added = append(r.Added, capabilities(value)...)
		case "--cap-drop":
			r.Dropped = append(r.Dropped, capabilities(value)...)
		case "--group-add":
			r.Groups = append(r.Groups, value)
		case "--network", "--net":
			r.Networks = append(r.Networks, value)
		case "--privileged":
			r.Privileged = !joined || value == "true"
		}
	}
	return r
}

// Capability is the name of a Linux capability in capitals and without CAP_.
func Capability(name string) string { return strings.TrimPrefix(strings.ToUpper(name), "CAP_") }

func capabilities(list string) []string {
	var names []string
	for _, n := range strings.Split(list, ",") {
		names = append(names, Capability(n))
	}
	return names
}
