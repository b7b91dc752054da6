package plan

import (
	"fmt"
	"slices"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

// partHardware: a container beside the service's own is given the devices that are
// said of it, and nothing else of the host.
func (m *maker) partHardware(p *Part) error {
	h, prefix := &Hardware{}, partsPrefix+p.Name+"."
	if said, ok := m.partAnswer(p.Name, "gpu"); ok {
		if err := m.useGPU(h, said, prefix); err != nil {
			return err
		}
	}
	if said, ok := m.partAnswer(p.Name, "devices"); ok && said != none {
		for _, d := range commas(said) {
			if err := m.addDevice(h, prefix+"devices", d); err != nil {
				return err
			}
		}
	}
	for _, d := range h.Devices {
		if other := m.givenTo(d); other != "" && claim.Exclusive(d.Host) {
			return inputErrorf("leave it out of one of them", "use device %s: %s is given it too, and only one can use it at a time", d.Host, other)
		}
	}
	if err := m.deviceGroups(h, true); err != nil {
		return err
	}
	m.noteDropped(h, p.RunAs)
	if len(h.Devices) > 0 || h.NVIDIA {
		p.Hardware = h
	}
	return nil
}

// givenTo is the container of the service that has a device already.
func (m *maker) givenTo(device facts.Device) string {
	has := func(h *Hardware) bool {
		return h != nil && slices.ContainsFunc(h.Devices, func(d facts.Device) bool { return d.Host == device.Host })
	}
	if has(m.model.Hardware) {
		return m.Service
	}
	for _, p := range m.model.Parts {
		if has(p.Hardware) {
			return p.Full
		}
	}
	return ""
}

// withHardware are the containers or the unit of the service that have hardware.
func (m *maker) withHardware() []owned {
	var list []owned
	if h := m.model.Hardware; h != nil {
		main := owned{m.Service, "the container", m.mainUnit(), h}
		if m.model.Packaging != Container {
			main.subject, main.what = main.unit, main.unit+".service"
		}
		list = append(list, main)
	}
	for _, p := range m.model.Parts {
		if p.Hardware != nil {
			list = append(list, owned{p.Full, "part " + p.Name, p.Unit, p.Hardware})
		}
	}
	return list
}

// owned is hardware with who has it: the subject of its promises, and what people
// call that.
type owned struct {
	subject, what, unit string
	*Hardware
}

// deviceList are the devices as an engine is told them, without permissions.
func (o owned) deviceList() []string {
	var list []string
	for _, d := range o.Devices {
		if d.Inside != d.Host {
			list = append(list, fmt.Sprintf("%s:%s", d.Host, d.Inside))
		} else {
			list = append(list, d.Host)
		}
	}
	if o.NVIDIA {
		list = append(list, NVIDIADevice)
	}
	slices.Sort(list)
	return list
}

// insideFiles are the devices where a container sees them.
func (o owned) insideFiles() []string {
	var list []string
	for _, d := range o.Devices {
		list = append(list, d.Inside)
	}
	if o.NVIDIA {
		list = append(list, "/dev/nvidia0")
	}
	return list
}
