package catalog

import "regexp"

// Hardware is what a service can use of a host beyond files and ports. GPU, Device
// and HostNetwork are one of Uses, empty for no use; the fields that end in For
// say what for, as it follows the word for.
type Hardware struct {
	GPU    string `yaml:"gpu" json:"gpu,omitempty"`
	GPUFor string `yaml:"gpuFor" json:"gpuFor,omitempty"`
	// Device is another device of the host: an adapter, an accelerator, disks.
	Device    string `yaml:"device" json:"device,omitempty"`
	DeviceFor string `yaml:"deviceFor" json:"deviceFor,omitempty"`
	// HostNetwork is whether its container does more on the host's network.
	HostNetwork    string `yaml:"hostNetwork" json:"hostNetwork,omitempty"`
	HostNetworkFor string `yaml:"hostNetworkFor" json:"hostNetworkFor,omitempty"`
	// Capabilities are those that its container does not work without, without
	// CAP_.
	Capabilities    []string `yaml:"capabilities" json:"capabilities,omitempty"`
	CapabilitiesFor string   `yaml:"capabilitiesFor" json:"capabilitiesFor,omitempty"`
	// Shm is the shared memory that its container needs, such as 256M.
	Shm    string `yaml:"shm" json:"shm,omitempty"`
	ShmFor string `yaml:"shmFor" json:"shmFor,omitempty"`
	// MountReadOnly tells that it only reads the shared files.
	MountReadOnly bool `yaml:"mountReadOnly" json:"mountReadOnly,omitempty"`
	// Source is the address of the page that says so.
	Source string `yaml:"source" json:"source"`
}

// Uses are how much a service depends on a thing.
var Uses = []string{"optional", "required"}

var capabilityForm = regexp.MustCompile(`^[A-Z][A-Z_]*$`)

// hardware sees that what something is for is said of things that are used.
func (d *document) hardware(e *Entry) {
	h := e.Hardware
	if h == nil {
		return
	}
	for _, use := range []struct{ field, value, purpose string }{
		{"gpu", h.GPU, h.GPUFor}, {"device", h.Device, h.DeviceFor}, {"hostNetwork", h.HostNetwork, h.HostNetworkFor},
	} {
		d.oneOf("hardware."+use.field, use.value, Uses, false)
		d.purpose("hardware."+use.field+"For", use.purpose, use.value != "")
	}
	d.list("hardware.capabilities", h.Capabilities, capabilityForm, maxTitle)
	d.purpose("hardware.capabilitiesFor", h.CapabilitiesFor, len(h.Capabilities) > 0)
	d.form("hardware.shm", h.Shm, memoryForm, 10, false)
	d.purpose("hardware.shmFor", h.ShmFor, h.Shm != "")
	if h.MountReadOnly && (e.Mount == "" || e.Mount == "none") {
		d.say("hardware.mountReadOnly", "mount says that it works on no shared files")
	}
	d.address("hardware.source", h.Source, true)
}

// purpose is what a thing is for: there where the thing is.
func (d *document) purpose(field, purpose string, used bool) {
	d.text(field, purpose, maxTitle, used)
	if purpose != "" && !used {
		d.say(field, "nothing is used for it")
	}
}
