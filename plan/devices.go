package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

var deviceForm = regexp.MustCompile(`^/dev(/[A-Za-z0-9_.@#+=:-]+)+$`)

func devicesForm(s string) error {
	if s == none {
		return nil
	}
	return eachForm(s, func(d string) error {
		host, inside := cutDevice(d)
		for _, path := range []string{host, inside} {
			if !deviceForm.MatchString(path) || strings.Contains(path+"/", "/../") || strings.Contains(path+"/", "/./") {
				return fmt.Errorf("%q is no device of the host, such as /dev/serial/by-id/usb-X or /dev/ttyUSB0", d)
			}
		}
		return nil
	})
}

// cutDevice separates a device from where a container sees it. Names of devices
// may have colons in them.
func cutDevice(s string) (host, inside string) {
	if i := strings.Index(s, ":/dev/"); i > 0 {
		return s[:i], s[i+1:]
	}
	return s, s
}

// kernelMemory are devices that are the whole machine.
var kernelMemory = []string{"/dev/mem", "/dev/kmem", "/dev/port"}

// manyDevices are folders of devices; a rule for a unit names a file.
var manyDevices = []string{"/dev/dri", "/dev/snd", "/dev/input", "/dev/bus/usb", "/dev/serial", "/dev/disk", "/dev/shm", "/dev/pts", "/dev/mapper"}

// devices: what was said, each refused if another service has it alone.
func (m *maker) devices(h *Hardware) error {
	said, ok := m.said("devices")
	if !ok {
		m.askDevices()
		return nil
	}
	if said == none {
		return nil
	}
	for _, d := range commas(said) {
		if err := m.addDevice(h, "devices", d); err != nil {
			return err
		}
	}
	return nil
}

// addDevice adds a device that was said with a key.
func (m *maker) addDevice(h *Hardware, key, device string) error {
	host, inside := cutDevice(device)
	switch {
	case contains(kernelMemory, host):
		return inputErrorf("leave it out", "read %s: %s is the memory of the machine, and who has it has the host", key, host)
	case m.model.Packaging == Container && strings.Contains(host+inside, ":"):
		return inputErrorf("name it by /dev/serial/by-id or /dev/disk/by-id", "read %s: an engine takes what follows the colon in %s for a place inside", key, host)
	case m.model.Packaging != Container && inside != host:
		return inputErrorf("leave out "+inside, "read %s: a service that is no container sees %s where it is", key, host)
	case m.model.Packaging != Container && contains(manyDevices, host):
		return inputErrorf("name its devices one by one", "read %s: %s is a folder, and a unit is let to devices by file", key, host)
	}
	for _, other := range h.Devices {
		if other.Inside == inside {
			return inputErrorf("leave one out, or put it elsewhere with HOST:INSIDE", "read %s: %s and %s would both be %s inside", key, other.Host, host, inside)
		}
	}
	if err := m.wholeDisk(key, host); err != nil {
		return err
	}
	if err := m.exclusive(host); err != nil {
		return err
	}
	h.Devices = append(h.Devices, facts.Device{Host: host, Inside: inside})
	if passing.MatchString(host) {
		m.note(fmt.Sprintf("%s is numbered in the order in which devices are found, and may be another after a restart; a name below /dev/serial/by-id or /dev/disk/by-id stays.", host))
	}
	return nil
}

// passing are names of devices that change with what is plugged in.
var passing = regexp.MustCompile(`^/dev/(tty(USB|ACM)[0-9]+|sd[a-z]+|bus/usb/[0-9/]+)$`)

// deviceClaims are who has which device of the host.
func (m *maker) deviceClaims() []claim.Claim {
	return slices.DeleteFunc(claim.Of(m.Facts), func(c claim.Claim) bool { return c.Kind != claim.Device })
}

// exclusive refuses a device that somebody else has, if it has one user at a
// time.
func (m *maker) exclusive(device string) error {
	if !claim.Exclusive(device) {
		return nil
	}
	for _, c := range m.deviceClaims() {
		if c.Reference {
			continue
		}
		where := c.Option
		if c.File != "" {
			where += ", " + c.File
		}
		if c.Text == device {
			return inputErrorf("take it from "+c.Owner+" first, or name another", "use device %s: %s has it (%s), and only one can use it at a time", device, c.Owner, where)
		}
		if deviceGroup(c.Text) == deviceGroup(device) {
			m.note(fmt.Sprintf("%s has %s (%s). See that %s is not the same device under another name.", c.Owner, c.Text, where, device))
		}
	}
	return nil
}

// askDevices asks which device it is, if it does not work without one: evaluation
// cannot see what is plugged in.
func (m *maker) askDevices() {
	if m.Entry == nil || m.Entry.Hardware == nil || m.Entry.Hardware.Device == "" {
		return
	}
	what := m.Entry.Hardware.DeviceFor
	if what == "" {
		what = "what is plugged in"
	}
	if m.Entry.Hardware.Device != "required" {
		m.decide(Decision{Name: "devices", Value: none, Rule: "devices that were named", Reason: "evaluation cannot see what is plugged in, and it works without", Evidence: m.hardwareFile()})
		m.note(fmt.Sprintf("%s can use a device of the host for %s. If there is one, say --set devices=/dev/...", m.model.DisplayName, what))
		return
	}
	m.ask(Question{Name: "devices", Text: fmt.Sprintf("Which device of the host has %s for %s?", m.model.DisplayName, what),
		Why:       fmt.Sprintf("evaluation cannot see what is plugged in; `ssh %s ls -l /dev/serial/by-id` does. Say no if it is reached over the network", m.Facts.Host.Name),
		DependsOn: []string{"devices", "groups"}, Evidence: m.hardwareFile()})
}

// renderNode is the one that the host's other services are given, else the
// first. What was said below /dev/dri is it.
func (m *maker) renderNode(h *Hardware, prefix string) {
	if strings.Contains(m.Answers[prefix+"devices"], "/dev/dri/") {
		return
	}
	node := facts.Device{Host: "/dev/dri/renderD128", Inside: "/dev/dri/renderD128"}
	d := Decision{Name: prefix + "renderNode", Rule: "the render node that others on the host have, else the first", Reason: "no service of the host names one; with several cards it may be another"}
	votes, from := map[facts.Device]int{}, map[facts.Device]claim.Claim{}
	for _, c := range m.deviceClaims() {
		if !strings.HasPrefix(c.Text, "/dev/dri/") || !strings.Contains(c.Text, "render") {
			continue
		}
		found := facts.Device{Host: c.Text, Inside: c.Text}
		for _, other := range m.Facts.Containers[c.Container].Reach().Devices {
			if c.Container != "" && m.model.Packaging == Container && other.Host == c.Text {
				found = other
			}
		}
		votes[found]++
		if _, ok := from[found]; !ok {
			from[found] = c
		}
		if best := votes[node]; votes[found] > best {
			node = found
		}
	}
	if c, ok := from[node]; ok {
		d.Reason = c.Owner + " has it"
		d.Evidence = []Evidence{{Option: c.Option, File: c.File, Line: c.Line, Value: c.Text}}
	}
	if d.Value = node.Host; node.Inside != node.Host {
		d.Value = node.Host + ":" + node.Inside
	}
	h.Devices = append(h.Devices, node)
	m.decide(d)
}

// groupOf are the groups that udev gives devices to, by how their files begin.
// What is not there belongs to root, or is for everybody.
var groupOf = []struct{ prefix, group string }{
	{"/dev/dri/card", "video"},
	{"/dev/dri", "render"}, {"/dev/kfd", "render"}, {"/dev/serial", "dialout"}, {"/dev/tty", "dialout"},
	{"/dev/video", "video"}, {"/dev/media", "video"}, {"/dev/dvb", "video"}, {"/dev/snd", "audio"}, {"/dev/input", "input"}, {"/dev/kvm", "kvm"},
	{"/dev/sd", "disk"}, {"/dev/nvme", "disk"}, {"/dev/vd", "disk"}, {"/dev/xvd", "disk"}, {"/dev/mmcblk", "disk"}, {"/dev/dm-", "disk"}, {"/dev/md", "disk"}, {"/dev/mapper", "disk"}, {"/dev/zd", "disk"}, {"/dev/zvol", "disk"}, {"/dev/sg", "disk"}, {"/dev/disk", "disk"},
}

// deviceGroup is the group that may open a device, empty if none is known.
func deviceGroup(device string) string {
	for _, g := range groupOf {
		if strings.HasPrefix(device, g.prefix) {
			return g.group
		}
	}
	return ""
}

// deviceGroups are the groups of its devices: with them the process need not be
// root.
func (m *maker) deviceGroups(h *Hardware, ofPart bool) error {
	for _, d := range h.Devices {
		group := deviceGroup(d.Host)
		if group == "" {
			note := fmt.Sprintf("Which group may open %s is not known; ls -l on the host tells", d.Host)
			switch _, said := m.answer("groups"); {
			case !claim.Exclusive(d.Host):
			case ofPart:
				m.note(note + ". A part has the groups of its devices alone, so it must be root or everybody's.")
			case !said:
				m.note(note + ", and --set groups=NAME adds it.")
			}
			continue
		}
		names := []string{group}
		if d.Host == "/dev/dri" {
			names = []string{"render", "video"}
		}
		for _, name := range names {
			if err := m.addGroup(h, name, "it may open "+d.Host); err != nil {
				return err
			}
		}
	}
	return nil
}

// moreGroups are those that were said. An image that drops root itself sets the
// groups of its process anew.
func (m *maker) moreGroups(h *Hardware) error {
	if said, ok := m.said("groups"); ok {
		for _, name := range commas(said) {
			if !contains(m.groupNames(h), name) {
				if err := refuseRootLike("groups", name); err != nil {
					return err
				}
			}
			if err := m.addGroup(h, name, ""); err != nil {
				return err
			}
			if name != m.model.Account.Group {
				m.groupSecrets(name)
			}
		}
	}
	m.noteDropped(h, m.model.RunAs)
	return nil
}

// noteDropped tells of groups that an image may not keep.
func (m *maker) noteDropped(h *Hardware, runAs string) {
	if len(h.Groups) > 0 && runAs == "puid" {
		m.note(fmt.Sprintf("The image drops root itself, and may leave group %s behind as it does; linuxserver images join the groups of devices that they find.", enumerated(m.groupNames(h))))
	}
}

// addGroup adds a group of the host. A container knows it by its number alone.
func (m *maker) addGroup(h *Hardware, name, reason string) error {
	if contains(m.groupNames(h), name) || name == m.model.Account.Group {
		return nil
	}
	g, ok := m.Facts.Groups[name]
	switch {
	case !ok:
		return inputErrorf("declare it under users.groups, or leave it out", "join group %q: host %s has no such group", name, m.Facts.Host.Name)
	case g.GID == nil && m.model.Packaging == Container:
		return inputErrorf("give the group a gid first", "join group %q: it has no gid that evaluation shows, and a container knows it by that alone", name)
	}
	added := DeviceGroup{Name: name}
	if g.GID != nil {
		added.GID = *g.GID
	}
	h.Groups = append(h.Groups, added)
	decided := slices.ContainsFunc(m.plan.Decisions, func(d Decision) bool { return d.Name == "groups."+name })
	if reason != "" && !decided { // of the service, or of another part
		m.decide(Decision{Name: "groups." + name, Value: added.GID, Rule: "the group of a device, so that the process need not be root", Reason: reason, Evidence: []Evidence{{Option: "users.groups." + name + ".gid", Value: fmt.Sprint(added.GID)}}})
	}
	return nil
}

func (m *maker) groupNames(h *Hardware) []string {
	var names []string
	for _, g := range h.Groups {
		names = append(names, g.Name)
	}
	return names
}
