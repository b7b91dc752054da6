package plan

import "strings"

// container: ids, network and resources of a container.
func (m *maker) container() error {
	if m.model.Packaging != Container {
		for _, k := range []string{"image", "containerPort", "runAs", "network", "command"} {
			if _, ok := m.answer(k); ok {
				return inputErrorf("leave it out, or choose packaging=container", "read %s: a service that is no container has none", k)
			}
		}
		return nil
	}
	m.resources()
	m.runAs()
	if err := m.factory(); err != nil {
		return err
	}
	if network, ok := m.said("network"); ok && network != "no" {
		if !contains(m.Facts.Networks, network) {
			return inputErrorf("the host has "+orNone(m.Facts.Networks), "read network: %q is unknown", network)
		}
		m.model.Network = network
	}
	return nil
}

// resources: limits for a container; nothing tells what it needs.
func (m *maker) resources() {
	m.model.Memory = Memory{Limit: "512M", Reservation: "256M", CPUs: "1.0"}
	if said, ok := m.said("memory"); ok {
		m.model.Memory.Limit, m.model.Memory.Reservation = said, half(said)
		m.decide(Decision{Name: "memoryReservation", Value: m.model.Memory.Reservation, Rule: "half of the limit", Reason: "what it keeps when memory is short, beside what others need"})
	} else {
		m.decide(Decision{Name: "memory", Value: m.model.Memory.Limit, Rule: "a limit for each container", Reason: "nothing tells what it needs; raise it when it is used up"})
	}
	if said, ok := m.said("cpus"); ok {
		m.model.Memory.CPUs = said
	}
}

// runAs: the account's ids are given to the engine, unless the image takes
// them as variables.
func (m *maker) runAs() {
	said, ok := m.said("runAs")
	switch {
	case ok:
		m.model.RunAs = said
	case m.model.Account.User == "":
		m.model.RunAs = "image"
		m.decide(Decision{Name: "runAs", Value: "image", Rule: "the account's ids where files are written", Reason: "it owns no files on the host"})
	case m.Image == nil && strings.Contains(m.model.Image, "linuxserver/"):
		m.model.RunAs = "puid"
		m.decide(Decision{Name: "runAs", Value: "puid", Rule: "PUID and PGID where the image drops root itself", Reason: "linuxserver images start as root and read them"})
	default:
		m.model.RunAs = "user"
		m.decide(Decision{Name: "runAs", Value: "user", Rule: "the account's ids where files are written", Reason: "the process never is root",
			Rejected: []Rejected{{Value: "puid", Reason: "only for images that start as root and read PUID and PGID"}}})
	}
	if m.model.RunAs == "image" && m.model.Data != nil {
		m.note("The container runs as the user that its image names. Files on the dataset must belong to that user; the account on the host does not.")
	}
}

// factory: a container with state goes through the repo's service factory.
func (m *maker) factory() error {
	f := m.Conventions.Factory
	if f == nil {
		return nil
	}
	name := strings.Join(f.Path, ".")
	if m.model.Schedule != nil {
		m.decide(Decision{Name: "factory", Value: "no", Rule: "the factory for containers with state", Reason: name + " makes what always runs and listens on a port"})
		return nil
	}
	if m.model.Data == nil {
		m.decide(Decision{Name: "factory", Value: "no", Rule: "the factory for containers with state", Reason: name + " always makes a dataset and a backup"})
		return nil
	}
	if m.model.RunAs == "image" {
		m.decide(Decision{Name: "factory", Value: "no", Rule: "the factory for containers with state", Reason: name + " always gives the container ids of its own"})
		return nil
	}
	d := Decision{Name: "factory", Value: "yes", Rule: "the factory for containers with state", Reason: "the repo makes its containers with " + name}
	for i, file := range f.Users {
		if i < 3 {
			d.Evidence = append(d.Evidence, Evidence{Option: name, File: file})
		}
	}
	m.model.Factory = true
	m.decide(d)
	return m.profile()
}

// profile: the factory's kind of service. What a kind lacks, the factory
// accepts and does not do, so a mount needs a kind that has mounts.
func (m *maker) profile() error {
	profiles := m.Conventions.Factory.Profiles
	category := strings.ToLower(m.model.Category)
	choice := ""
	for _, name := range sortedNames(profiles) {
		if name == category || choice == "" && strings.HasPrefix(category, name) {
			choice = name
		}
	}
	d := Decision{Name: "profile", Rule: "the factory's kind of service by category", Reason: "it is called like the category"}
	if choice == "" {
		choice, d.Reason = "productivity", "no kind is called like the category"
	}
	if m.model.Mount != nil && !mounts(profiles[choice]) {
		d.Rejected = []Rejected{{Value: choice, Reason: "the factory ignores a mount in that kind"}}
		d.Reason = "a kind that waits for a network mount"
		choice = ""
		for _, name := range sortedNames(profiles) {
			if mounts(profiles[name]) && (choice == "" || name == m.model.Mount.Name) {
				choice = name
			}
		}
		if choice == "" {
			return inputErrorf("leave out nfs", "use mount %s: the repo's factory makes no service that waits for one", m.model.Mount.Name)
		}
	}
	d.Value = choice
	m.model.Profile = choice
	m.decide(d)
	return nil
}

// mounts tells whether a factory's profile says that it has a network mount.
func mounts(profile map[string]any) bool {
	for _, name := range sortedNames(profile) {
		if on, ok := profile[name].(bool); ok && on && strings.Contains(strings.ToLower(name), "nfs") {
			return true
		}
	}
	return false
}

// unit: what only a unit of ours has.
func (m *maker) unit() error {
	if m.model.Packaging != OwnUnit {
		for _, k := range []string{"package", "program", "arguments"} {
			if v, ok := m.answer(k); ok && m.model.Packaging != Native && (k != "package" || v != none) {
				return inputErrorf("leave it out, or choose packaging=unit", "read %s: a container has none", k)
			}
		}
	}
	return nil
}
