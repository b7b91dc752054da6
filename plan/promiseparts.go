package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// promiseParts: each part runs as it was decided, and somebody watches it.
func (m *maker) promiseParts(unit string) {
	model := m.model
	if len(model.Command) > 0 {
		m.promiseCommand(m.Service, model.Command, nil)
	}
	if len(model.Parts) == 0 {
		return
	}
	m.promiseOrder(unit, model.After)
	if model.OwnNetwork {
		m.promise(PromiseUnit, m.networkUnit(), m.networkUnit()+".service makes the network", nil)
	}
	for i := range model.Parts {
		p := &model.Parts[i]
		m.promise(PromiseUnit, p.Unit, p.Unit+".service exists and starts something", nil)
		if model.Packaging == Container {
			m.promisePartContainer(p)
		} else {
			m.promisePartUnit(p)
		}
		m.promiseOrder(p.Unit, p.After)
		m.promisePartData(p)
		if m.alertHelper() != "" && m.Facts.Hubs[facts.AlertsHub] != nil {
			m.promise(PromiseAlert, p.Full+"-service-down", "an alert watches the real unit of part "+p.Name, map[string]string{"unit": p.Unit, "service": p.Full})
		}
		if m.notifies() {
			m.promise(PromiseNotify, p.Unit, "a failure of "+p.Unit+".service is reported", map[string]string{"template": m.Service + "-failure"})
		}
	}
	if model.Backup != nil {
		want := map[string]string{"service": m.Service}
		if p := model.Protection; p != nil && p.Offsite != nil {
			want["beside"] = p.Offsite.Name
		}
		m.promise(PromiseOneBackup, m.Service, "one backup job takes the data of all parts", want)
	}
}

// networkUnit makes the network that the containers share.
func (m *maker) networkUnit() string { return "podman-network-" + m.model.Network }

// promisePartContainer: its image, ids, network and limits. Nothing of it is
// published.
func (m *maker) promisePartContainer(p *Part) {
	model, a := m.model, m.model.Account
	m.promise(PromiseContainer, p.Full, "the container runs the pinned image", map[string]string{"image": p.Image})
	switch p.RunAs {
	case "user":
		m.promise(PromiseIdentity, p.Full, fmt.Sprintf("the container runs with the ids %d and %d", a.UID, a.GID),
			map[string]string{"uid": fmt.Sprint(a.UID), "gid": fmt.Sprint(a.GID)})
	case "puid":
		m.promise(PromiseIdentity, p.Full, fmt.Sprintf("the image is told the ids %d and %d", a.UID, a.GID),
			map[string]string{"puid": fmt.Sprint(a.UID), "pgid": fmt.Sprint(a.GID)})
	}
	if len(p.Command)+len(p.Entrypoint) > 0 {
		m.promiseCommand(p.Full, p.Command, p.Entrypoint)
	}
	m.promise(PromiseNetwork, p.Full, "the container is on network "+model.Network, map[string]string{"network": model.Network})
	if p.Own && model.EngineNetwork != "" {
		m.promiseEngineNetwork(p.Full)
	}
	m.promise(PromiseInternal, p.Full, "no port of the container is open outside of its network", nil)
	switch {
	case len(p.HealthCheck) > 0:
		m.promise(PromiseHealth, p.Full, "the container is checked by its own program", map[string]string{"command": p.HealthCheck[len(p.HealthCheck)-1]})
	case p.HealthPath != "":
		m.promise(PromiseHealth, p.Full, fmt.Sprintf("a health check asks port %d inside of the container", p.Port), map[string]string{"containerPort": fmt.Sprint(p.Port)})
	}
	if len(m.Conventions.ContainerFunction) == 0 || m.containersHave("--memory") {
		m.promise(PromiseResources, p.Full, "the container may use no more than was decided",
			map[string]string{"memory": p.Memory.Limit, "memoryReservation": p.Memory.Reservation, "cpus": p.Memory.CPUs})
	}
	m.promisePartEnvironment(p, p.Secrets)
}

// promisePartUnit: the service's account, and its baseline of hardening.
func (m *maker) promisePartUnit(p *Part) {
	a := m.model.Account
	if a.User != "" {
		m.promise(PromiseAccount, p.Unit, fmt.Sprintf("%s.service runs as %s, with no dynamic user", p.Unit, a.User), map[string]string{"user": a.User, "uid": fmt.Sprint(a.UID)})
	}
	m.promise(PromiseHardening, p.Unit, "the baseline of hardening is on "+p.Unit+".service", nil)
	if m.model.Data != nil {
		m.promise(PromiseWritable, p.Unit, p.Unit+".service may write the data", map[string]string{"path": m.model.Data.Dir})
	}
	m.promisePartEnvironment(p, nil)
}

// promisePartEnvironment: its variables and secrets, and those of the service
// where it has them too.
func (m *maker) promisePartEnvironment(p *Part, secrets []string) {
	want := map[string]string{"unit": p.Unit}
	var names []string
	for _, v := range p.Environment {
		names = append(names, v.Name)
	}
	if p.Own {
		for _, v := range m.model.Environment {
			if !contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
		secrets = m.model.SecretNames
	}
	if p.Own && m.model.Handover == ByCredential {
		secrets = nil
		if m.model.Packaging == Container {
			want["file"] = CredentialsFile(m.Service) // the service's unit makes it, and goes before
		} else {
			m.promiseCredentials(p.Unit, CredentialsFile(p.Full))
		}
	}
	var what []string
	if len(names) > 0 {
		want["variables"] = strings.Join(names, " ")
		what = append(what, "variables")
	}
	if len(secrets) > 0 {
		want["secrets"] = strings.Join(secrets, " ")
	}
	if len(secrets) > 0 || want["file"] != "" {
		what = append(what, "secrets")
	}
	if len(what) > 0 {
		m.promise(PromiseEnvironment, p.Full, "the "+strings.Join(what, " and ")+" reach part "+p.Name, want)
	}
}

// promisePartData: what it keeps lies in the service's dataset, which is mounted
// and restored before.
func (m *maker) promisePartData(p *Part) {
	model, data := m.model, m.model.Data
	for _, f := range p.Folders {
		m.promise(PromiseVolume, p.Full, fmt.Sprintf("the container has what it keeps at %s", f.Inside), map[string]string{"path": data.Dir + "/" + f.Name, "inside": f.Inside})
	}
	if !p.Own && len(p.Folders) == 0 || data == nil {
		return
	}
	if p.Own && model.Packaging == Container {
		for _, f := range data.Folders {
			m.promise(PromiseVolume, p.Full, "the container has the service's data in "+f.Name, map[string]string{"path": data.Dir + "/" + f.Name, "inside": f.Inside})
		}
		if len(data.Folders) == 0 {
			m.promise(PromiseVolume, p.Full, "the container has the service's data", map[string]string{"path": data.Dir, "inside": data.Inside})
		}
	}
	if m.Facts.Hubs[facts.DatasetsHub] != nil {
		want := map[string]string{"path": data.Dir}
		if units := m.Conventions.Storage.Units; len(units) > 0 {
			want["after"] = strings.Join(units, " ")
		}
		m.promise(PromiseMount, p.Unit, p.Unit+".service waits for the dataset", want)
	}
	if len(model.Preseed) > 0 {
		m.promise(PromiseOrder, p.Unit, p.Unit+".service waits for the restore", map[string]string{"after": "preseed-" + m.Service + ".service"})
	}
}

// promiseOrder: it starts after others, and not without them.
func (m *maker) promiseOrder(unit string, after []string) {
	var units []string
	for _, name := range after {
		if name == m.Service {
			units = append(units, m.mainUnit())
		} else {
			units = append(units, strings.TrimSuffix(m.mainUnit(), m.Service)+name)
		}
	}
	if m.model.OwnNetwork {
		units = append(units, m.networkUnit())
	}
	for _, u := range units {
		u += ".service"
		m.promise(PromiseOrder, unit, fmt.Sprintf("%s.service starts after %s, and not without it", unit, u), map[string]string{"after": u, "requires": u})
	}
}

func (m *maker) promiseCommand(container string, command, entrypoint []string) {
	want := map[string]string{"command": JoinWords(command)}
	if len(entrypoint) > 0 {
		want["entrypoint"] = entrypoint[0]
	}
	m.promise(PromiseCommand, container, "the container is started with the command that was decided", want)
}

// partSecretSteps are the steps for the secrets that only parts have; it returns
// their sops names.
func (m *maker) partSecretSteps(before func(what, command string)) []string {
	var names []string
	for _, p := range m.model.Parts {
		for _, v := range p.Secrets {
			name := SecretName(m.Service, v)
			if contains(m.model.SecretNames, v) || contains(names, name) {
				continue // the service has the same
			}
			names = append(names, name)
			before("add the secret for "+v+" of part "+p.Name, m.sopsCommand(name))
		}
	}
	return names
}
