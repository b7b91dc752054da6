package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Hardware is what the service is given of the host beyond files and ports. All
// that is not in it stays closed.
type Hardware struct {
	Devices []facts.Device
	// NVIDIA tells that a container gets the NVIDIA cards, by the name that the
	// host's toolkit gives them.
	NVIDIA bool
	// Groups are those that may open the devices, and others that were said.
	Groups []DeviceGroup
	// Capabilities are without CAP_.
	Capabilities []string
	// HostNetwork tells that a container has no network of its own.
	HostNetwork bool
	// Shm is the size of a container's shared memory, empty for the engine's.
	Shm string
	// Why it is given them: purposes that the comments end in, empty if nothing
	// tells.
	WhyDevices, WhyCapabilities, WhyNetwork, WhyShm string
}

// DeviceGroup is a group of the host, with the number that a container knows it
// by.
type DeviceGroup struct {
	Name string
	GID  int64
}

var hardwareKeys = []key{
	{name: "gpu", choices: []string{"no", "render", "nvidia"}, about: "the host's graphics card: the render node of an Intel or AMD card, or an NVIDIA card by the host's container toolkit"},
	{name: "devices", check: devicesForm, about: "devices of the host, as /dev/... with commas, or no; a container may see one elsewhere: HOST:INSIDE"},
	{name: "groups", check: groupsForm, about: "further groups of the host that it is in, with commas"},
	{name: "capabilities", check: capabilitiesForm, about: "Linux capabilities, with commas"},
	{name: "hostNetwork", choices: yesNo, about: "whether a container is on the host's network, without one of its own"},
	{name: "shm", check: amountForm, about: "size of a container's shared memory"},
	{name: "mountReadOnly", choices: yesNo, about: "whether it only reads the network mount"},
	{name: "hardwareReason", check: lineForm, about: "what it needs the hardware for, for the comments"},
}

func groupsForm(s string) error { return eachForm(s, wordForm) }

// hardware: devices, groups, capabilities and shared memory, each only if it was
// said or is known.
func (m *maker) hardware() error {
	h := &Hardware{HostNetwork: m.hostNetworked()}
	ofDevices := func(h *Hardware) error { return m.deviceGroups(h, false) }
	for _, rule := range []func(*Hardware) error{m.gpu, m.devices, ofDevices, m.moreGroups, m.capabilities, m.shm} {
		if err := rule(h); err != nil {
			return err
		}
	}
	m.model.Hardware = nil
	if len(h.Devices)+len(h.Groups)+len(h.Capabilities) > 0 || h.NVIDIA || h.HostNetwork || h.Shm != "" {
		m.model.Hardware = h
	}
	m.whys(h)
	m.optionalNetwork(h)
	return nil
}

// whys are the purposes: what the user said, else what the catalog says of each.
func (m *maker) whys(h *Hardware) {
	said, ok := m.answer("hardwareReason")
	if ok && m.model.Hardware != nil {
		m.said("hardwareReason")
	} else if ok {
		m.note("hardwareReason is left aside: it is given no hardware.")
	}
	h.WhyDevices, h.WhyCapabilities, h.WhyNetwork, h.WhyShm = said, said, said, said
	if m.Entry == nil || m.Entry.Hardware == nil || ok {
		return
	}
	k := m.Entry.Hardware
	var devices []string
	if m.Answers["gpu"] == "render" || m.Answers["gpu"] == "nvidia" {
		devices = append(devices, k.GPUFor)
	}
	if len(commas(m.Answers["devices"])) > 0 && m.Answers["devices"] != none {
		devices = append(devices, k.DeviceFor)
	}
	h.WhyDevices = enumerated(slices.DeleteFunc(devices, func(s string) bool { return s == "" }))
	h.WhyCapabilities, h.WhyNetwork, h.WhyShm = k.CapabilitiesFor, k.HostNetworkFor, k.ShmFor
}

// hardwareFile is where the catalog says what hardware it can use.
func (m *maker) hardwareFile() []Evidence { return []Evidence{{File: m.Entry.FileOf("hardware")}} }

// gpu: asked once where the service can use one and the host has one.
func (m *maker) gpu(h *Hardware) error {
	said, ok := m.said("gpu")
	if !ok {
		m.askGPU()
		return nil
	}
	return m.useGPU(h, said, "")
}

// useGPU gives the graphics card that was said, of the service itself or of the
// part whose keys begin with prefix.
func (m *maker) useGPU(h *Hardware, said, prefix string) error {
	switch said {
	case "render":
		m.renderNode(h, prefix)
	case "nvidia":
		if m.model.Packaging != Container {
			return inputErrorf("name its devices with --set devices=/dev/nvidia0,/dev/nvidiactl,/dev/nvidia-uvm", "read gpu: nvidia is a name that only containers resolve")
		}
		if !m.Facts.Hardware.NVIDIA {
			return inputErrorf("enable hardware.nvidia-container-toolkit on the host first, or choose render", "use gpu nvidia: nothing on %s makes NVIDIA cards known to containers", m.Facts.Host.Name)
		}
		h.NVIDIA = true
	}
	return nil
}

// askGPU asks whether the graphics card is used, if the service can use one and
// the host evaluates to have one; else nothing is given.
func (m *maker) askGPU() {
	use, purpose := "", ""
	if m.Entry != nil && m.Entry.Hardware != nil {
		use, purpose = m.Entry.Hardware.GPU, m.Entry.Hardware.GPUFor
	}
	if use == "" {
		return
	}
	if purpose != "" {
		purpose = " for " + purpose
	}
	there := m.hostGPU()
	if len(there) == 0 && use != "required" {
		m.decide(Decision{Name: "gpu", Value: "no", Rule: "a graphics card where the service can use one and the host has one", Reason: "evaluation shows no graphics card on " + m.Facts.Host.Name, Evidence: m.hardwareFile()})
		m.note(fmt.Sprintf("%s can use a graphics card%s, and evaluation shows none on %s. If there is one, say --set gpu=render.", m.model.DisplayName, purpose, m.Facts.Host.Name))
		return
	}
	q := Question{Name: "gpu", Text: fmt.Sprintf("Shall %s use the graphics card%s?", m.model.DisplayName, purpose), Why: "it can, and the host has one; who is given it can slow down all others that use it",
		Choices:   []Choice{{"no", "the processor does it"}, {"render", "the render node of an Intel or AMD card"}},
		DependsOn: []string{"devices", "groups"}, Default: "no", Evidence: append(m.hardwareFile(), there...)}
	if use == "required" {
		q.Why, q.Default = "it does not work without one", "render"
	}
	if m.Facts.Hardware.NVIDIA && m.model.Packaging == Container {
		q.Choices = append(q.Choices, Choice{"nvidia", "an NVIDIA card"})
	}
	m.ask(q)
}

// hostGPU is what shows that the host has a graphics card, nil if nothing does.
func (m *maker) hostGPU() []Evidence {
	var list []Evidence
	if m.Facts.Hardware.Graphics {
		list = append(list, Evidence{Option: "hardware.graphics.enable", Value: "true"})
	}
	if m.Facts.Hardware.NVIDIA {
		list = append(list, Evidence{Option: "hardware.nvidia-container-toolkit.enable", Value: "true"})
	}
	for _, c := range m.deviceClaims() {
		if strings.HasPrefix(c.Text, "/dev/dri") && len(list) < 3 {
			list = append(list, Evidence{Option: c.Option, File: c.File, Line: c.Line, Value: c.Text})
		}
	}
	return list
}

// shm: shared memory is part of the memory that a container may use.
func (m *maker) shm(h *Hardware) error {
	said, ok := m.answer("shm")
	if !ok {
		return nil
	}
	if m.model.Packaging != Container {
		return inputErrorf("leave it out", "read shm: only containers have shared memory of their own")
	}
	if limit := m.model.Memory.Limit; megabytes(said) > megabytes(limit) {
		return inputErrorf("say --set memory="+said+" or more", "read shm: %s of shared memory is more than the %s that the container may use at all", said, limit)
	}
	m.said("shm")
	h.Shm = said
	return nil
}

// megabytes is an amount such as 512M or 2G.
func megabytes(amount string) int {
	var n int
	_, _ = fmt.Sscan(strings.TrimRight(amount, "MG"), &n)
	if strings.HasSuffix(amount, "G") {
		n *= 1024
	}
	return n
}

// half is half an amount of memory.
func half(amount string) string {
	n := megabytes(amount)
	if n%2048 == 0 {
		return fmt.Sprintf("%dG", n/2048)
	}
	return fmt.Sprintf("%dM", cmp.Or(n/2, 1))
}

// readOnly: whether the network mount is only read.
func (m *maker) readOnly() error {
	said, ok := m.answer("mountReadOnly")
	if m.model.Mount == nil {
		if ok && m.known["mountReadOnly"].source == "" {
			return inputErrorf("name one with --set nfs=NAME, or leave it out", "read mountReadOnly: no network mount was asked for")
		}
		return nil
	}
	if ok {
		m.said("mountReadOnly")
		m.model.Mount.ReadOnly = said == "yes"
	}
	return nil
}
