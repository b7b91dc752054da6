package render

import (
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// DeviceStrings are the devices as an engine takes them: where they are on the
// host and, if that is elsewhere, where they are seen inside.
func (v *View) DeviceStrings() []string {
	if v.Hardware == nil {
		return nil
	}
	var list []string
	for _, d := range v.Hardware.Devices {
		if d.Inside != d.Host {
			list = append(list, d.Host+":"+d.Inside)
		} else {
			list = append(list, d.Host)
		}
	}
	return list
}

// forWhat is a purpose as the end of a comment.
func forWhat(about, purpose string) string {
	if purpose == "" {
		return about + "."
	}
	return about + ", for " + strings.TrimSuffix(purpose, ".") + "."
}

// DevicesComment says why it is given devices, and what it is not given.
func (v *View) DevicesComment() string {
	return forWhat("Hardware of this host, and no device beside it", v.Hardware.WhyDevices)
}

// CapabilitiesComment says what the capabilities are for.
func (v *View) CapabilitiesComment() string {
	about := "Of what root alone may do, only this: "
	if v.Packaging != plan.OwnUnit {
		about = "What it may do beyond others of its kind: "
	}
	return forWhat(about+plan.CapabilityUses(v.Hardware.Capabilities), v.Hardware.WhyCapabilities)
}

// EngineOption is an option of the container engine with the comment before it.
type EngineOption struct {
	About string
	Value code
}

// EngineOptions are those that give a container hardware, beside its devices, and
// a way to servers of the host.
func (v *View) EngineOptions() ([]EngineOption, error) {
	h := v.Hardware
	if h == nil && v.EngineNetwork == "" {
		return nil, nil
	}
	if h == nil {
		h = &plan.Hardware{}
	}
	var options []EngineOption
	add := func(about, option string) error {
		quoted, err := syntax.String(option)
		options = append(options, EngineOption{about, code(quoted)})
		return err
	}
	var errs []error
	if h.NVIDIA {
		errs = append(errs, add(v.DevicesComment(), "--device="+plan.NVIDIADevice))
	}
	about := "Groups of the host, by number: who is in them may open the devices."
	for _, g := range h.Groups {
		path, err := selection([]string{"config", "users", "groups", g.Name, "gid"})
		errs = append(errs, err)
		options = append(options, EngineOption{about, code(`"--group-add=${toString ` + path + `}"`)})
		about = ""
	}
	for i, c := range h.Capabilities {
		about = ""
		if i == 0 {
			about = v.CapabilitiesComment()
		}
		errs = append(errs, add(about, "--cap-add="+c))
	}
	if h.HostNetwork {
		errs = append(errs, add(forWhat("On the host's network: its ports are the host's own, and nothing is published", h.WhyNetwork), "--network=host"))
	}
	if v.EngineNetwork != "" {
		errs = append(errs, add("The server on this host listens on the engine's own network.", "--network="+v.EngineNetwork))
	}
	if h.Shm != "" {
		errs = append(errs, add(forWhat("More shared memory than the engine gives by itself", h.WhyShm), "--shm-size="+h.Shm))
	}
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, errs[i]
	}
	return options, nil
}

// HostNetworked tells that a container is on the host's network.
func (v *View) HostNetworked() bool { return v.Hardware != nil && v.Hardware.HostNetwork }

// DeviceAccess tells that a unit of ours cannot be without the host's devices:
// it is given some, or a capability that goes away with them.
func (v *View) DeviceAccess() bool {
	return v.Hardware != nil && (len(v.Hardware.Devices) > 0 || slices.ContainsFunc(v.Hardware.Capabilities, func(c string) bool { return c == "SYS_RAWIO" || c == "MKNOD" }))
}

// DeviceGroups are the groups that a unit is in beside its account's.
func (v *View) DeviceGroups() []string {
	var names []string
	if v.Hardware != nil {
		for _, g := range v.Hardware.Groups {
			names = append(names, g.Name)
		}
	}
	return names
}

// Capabilities are those of a unit, as systemd names them.
func (v *View) Capabilities() []string {
	var names []string
	if v.Hardware != nil {
		for _, c := range v.Hardware.Capabilities {
			names = append(names, "CAP_"+c)
		}
	}
	return names
}

// AddressFamilies are the kinds of sockets that a unit of ours may open: with
// some capabilities come others.
func (v *View) AddressFamilies() []string {
	families := []string{"AF_INET", "AF_INET6", "AF_UNIX"}
	if slices.Contains(v.Capabilities(), "CAP_NET_ADMIN") {
		families = append(families, "AF_NETLINK")
	}
	if slices.Contains(v.Capabilities(), "CAP_NET_RAW") {
		families = append(families, "AF_PACKET")
	}
	return families
}

// NativeSays is what the unit of the NixOS module says of a directive.
func (v *View) NativeSays(directive string) []string {
	if v.f.Native == nil {
		return nil
	}
	return v.f.Native.Units[v.Unit].Confinement[directive]
}

// NativeHidesDevices tells that the unit of the NixOS module sees no devices.
func (v *View) NativeHidesDevices() bool {
	return slices.ContainsFunc(v.NativeSays("PrivateDevices"), func(s string) bool { return s == "true" || s == "yes" })
}

// NativeBounds are the capabilities that the unit of the NixOS module is bound
// to, with ours; none if it is bound to none.
func (v *View) NativeBounds() []string {
	said, bound := []string{}, false
	if v.f.Native != nil {
		said, bound = v.f.Native.Units[v.Unit].Confinement["CapabilityBoundingSet"]
	}
	if !bound || len(v.Capabilities()) == 0 || slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "~") }) {
		return nil
	}
	all := v.Capabilities()
	for _, s := range said {
		all = append(all, strings.Fields(s)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// MountMode is how a container has the network mount.
func (v *View) MountMode() string {
	if v.Mount != nil && v.Mount.ReadOnly {
		return "ro"
	}
	return "rw"
}

// MountWritable tells that a unit may write the network mount.
func (v *View) MountWritable() bool { return v.Mount != nil && !v.Mount.ReadOnly }

// MountReadOnly tells that a unit only reads the network mount.
func (v *View) MountReadOnly() bool { return v.Mount != nil && v.Mount.ReadOnly }
