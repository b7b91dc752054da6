package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// promiseContainer: the image, whose ids it runs with, what it sees of the host
// and what it may use.
func (m *maker) promiseContainer(unit string) {
	model := m.model
	m.promise(PromiseContainer, m.Service, "the container runs the pinned image", map[string]string{"image": model.Image})
	switch a := model.Account; {
	case a.User == "" || model.RunAs == "image":
	case model.RunAs == "puid":
		m.promise(PromiseIdentity, m.Service, fmt.Sprintf("the image is told the ids %d and %d", a.UID, a.GID),
			map[string]string{"puid": fmt.Sprint(a.UID), "pgid": fmt.Sprint(a.GID)})
	default:
		m.promise(PromiseIdentity, m.Service, fmt.Sprintf("the container runs with the ids %d and %d", a.UID, a.GID),
			map[string]string{"uid": fmt.Sprint(a.UID), "gid": fmt.Sprint(a.GID)})
	}
	if model.Port > 0 && !m.hostNetworked() {
		want := map[string]string{"port": fmt.Sprint(model.Port), "containerPort": fmt.Sprint(model.ContainerPort)}
		text := fmt.Sprintf("port %d of the host reaches port %d of the container", model.Port, model.ContainerPort)
		if m.Facts.Hubs[facts.Proxy] != nil {
			want["address"] = loopback
			text += ", from this host alone"
		}
		m.promise(PromiseListener, m.Service, text, want)
	}
	switch {
	case model.Data != nil && len(model.Data.Folders) > 0:
		for _, f := range model.Data.Folders {
			m.promiseVolume("the data in "+f.Name, model.Data.Dir+"/"+f.Name, f.Inside)
		}
	case model.Data != nil:
		m.promiseVolume("the data", model.Data.Dir, model.Data.Inside)
	}
	if model.Mount != nil {
		m.promiseMounted(model.Mount)
	}
	m.promiseLimits()
	// A factory makes its own, where its other containers show one.
	if len(model.HealthCheck) > 0 && (!model.Factory || m.containersHave("--health-cmd")) {
		m.promise(PromiseHealth, m.Service, "the container is checked as its image says", map[string]string{"command": model.HealthCheck[len(model.HealthCheck)-1]})
	} else if model.ContainerPort > 0 && !model.NoHealthCheck && (!model.Factory || m.containersHave("--health-cmd")) {
		m.promise(PromiseHealth, m.Service, fmt.Sprintf("a health check asks port %d inside of the container", model.ContainerPort),
			map[string]string{"containerPort": fmt.Sprint(model.ContainerPort)})
	}
	if model.Network != "" {
		m.promise(PromiseNetwork, m.Service, "the container is on network "+model.Network, map[string]string{"network": model.Network})
	}
	if model.EngineNetwork != "" {
		m.promiseEngineNetwork(m.Service)
	}
	m.promiseEnvironment(unit)
}

// loopback is where a service listens that a proxy stands before.
const loopback = "127.0.0.1"

func (m *maker) promiseVolume(what, dir, inside string) {
	m.promise(PromiseVolume, m.Service, fmt.Sprintf("the container has %s at %s", what, inside), map[string]string{"path": dir, "inside": inside})
}

// promiseLimits: where the host's containers show that the repo's own function
// makes options of the limits.
func (m *maker) promiseLimits() {
	shown := m.model.Factory || len(m.Conventions.ContainerFunction) > 0 && m.Conventions.Submodules["resources"] != ""
	want := map[string]string{}
	for _, l := range []struct{ name, flag, value string }{
		{"memory", "--memory", m.model.Memory.Limit},
		{"memoryReservation", "--memory-reservation", m.model.Memory.Reservation},
		{"cpus", "--cpus", m.model.Memory.CPUs},
	} {
		if shown && l.value != "" && m.containersHave(l.flag) {
			want[l.name] = l.value
		}
	}
	if h := m.model.Hardware; h != nil && h.Shm != "" {
		want["shm"] = h.Shm
	}
	if len(want) > 0 {
		m.promise(PromiseResources, m.Service, "the container may use no more than was decided", want)
	}
}

// containersHave tells whether a container of the host has an option.
func (m *maker) containersHave(flag string) bool {
	for _, c := range m.Facts.Containers {
		for _, o := range c.ExtraOptions {
			if o == flag || strings.HasPrefix(o, flag+"=") || strings.HasPrefix(o, flag+" ") {
				return true
			}
		}
	}
	return false
}

// promiseEnvironment: the variables, and the secrets among them, reach the
// software.
func (m *maker) promiseEnvironment(unit string) {
	want := map[string]string{"unit": unit}
	var names []string
	for _, v := range m.model.Environment {
		names = append(names, v.Name)
	}
	var what []string
	if len(names) > 0 {
		want["variables"] = strings.Join(names, " ")
		what = append(what, "variables")
	}
	if secrets := m.secretVariables(); len(secrets) > 0 && m.model.Handover != ByCredential {
		want["secrets"] = strings.Join(secrets, " ")
		what = append(what, "secrets")
	}
	if len(what) > 0 {
		m.promise(PromiseEnvironment, m.Service, "the "+strings.Join(what, " and ")+" reach the software", want)
	}
}
