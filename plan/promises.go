package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// engine is what runs the host's containers.
func (m *maker) engine() string {
	if b := m.Facts.Host.Backend; b != nil && *b != "" {
		return *b
	}
	return "podman"
}

// Unit is the name of the service's main unit, without its suffix.
func (m *maker) mainUnit() string {
	switch m.model.Packaging {
	case Container:
		return m.engine() + "-" + m.Service
	case Native:
		return m.nativeUnit()
	}
	return m.Service
}

// nativeUnit is the unit that a trial of the NixOS module made, the one that
// bears its name if there are several.
func (m *maker) nativeUnit() string {
	units := m.Facts.Native.Units
	for _, name := range []string{m.model.NativeName, m.Service} {
		if _, ok := units[name]; ok {
			return name
		}
	}
	for _, name := range sortedNames(units) {
		if units[name].Starts && (units[name].Type == nil || *units[name].Type != "oneshot") {
			return name
		}
	}
	return m.model.NativeName
}

// promises: everything that was decided and can be observed.
func (m *maker) promises() {
	model := m.model
	unit := m.mainUnit()
	want := map[string]string{"declared": model.Where.Module, "defined": model.Where.Host}
	if model.Factory {
		delete(want, "declared") // the factory's file declares the options
	}
	m.promise(PromiseService, m.Service, fmt.Sprintf("%s is enabled in %s", m.option(m.Service), model.Where.Host), want)
	if a := model.Account; a.User != "" {
		m.promise(PromiseUser, a.User, fmt.Sprintf("account %s has uid %d and group %s", a.User, a.UID, a.Group),
			map[string]string{"uid": fmt.Sprint(a.UID), "group": a.Group})
		m.promise(PromiseGroup, a.Group, fmt.Sprintf("group %s has gid %d", a.Group, a.GID), map[string]string{"gid": fmt.Sprint(a.GID)})
		if m.Conventions.Registry != nil {
			m.promise(PromiseRegistry, m.Service, fmt.Sprintf("the id table has %d for %s", a.UID, m.Service), map[string]string{"uid": fmt.Sprint(a.UID), "gid": fmt.Sprint(a.GID)})
		}
	}
	m.promiseStart(unit)
	if model.Packaging == Container {
		m.promiseContainer(unit)
	} else {
		m.promiseUnit(unit)
	}
	m.promiseHardware()
	m.promiseServers(unit)
	m.promiseBroker(unit)
	m.promiseGrafana()
	m.promiseParts(unit)
	m.promiseStorage(unit)
	m.promiseAccess()
	m.promiseMonitoring(unit)
	m.promiseAlerts()
	m.promiseAbsences()
	m.promiseHidden(unit)
	m.promiseRestarts()
	for _, name := range m.SecretNames() {
		m.promise(PromiseSecret, name, "secret "+name+" is declared", nil)
	}
	m.promise(PromiseNothing, m.Facts.Host.Name, "nothing else on "+m.Facts.Host.Name+" changes", nil)
	m.promise(PromiseAssertions, m.Facts.Host.Name, "no assertion fails and no warning comes up that was not there", nil)
	m.promise(PromiseSystem, m.Facts.Host.Name, "the system of "+m.Facts.Host.Name+" evaluates", nil)
	for _, host := range sortedNames(m.Others) {
		m.promise(PromiseSystem, host, "the system of "+host+" evaluates", nil)
	}
}

// promiseUnit: a unit on the host runs as the account, confined, and may write
// where its files are.
func (m *maker) promiseUnit(unit string) {
	model := m.model
	if model.Account.User != "" {
		m.promise(PromiseAccount, unit, fmt.Sprintf("%s.service runs as %s, with no dynamic user", unit, model.Account.User),
			map[string]string{"user": model.Account.User, "uid": fmt.Sprint(model.Account.UID)})
	}
	if model.Packaging == OwnUnit {
		m.promise(PromiseHardening, unit, "the baseline of hardening is on "+unit+".service", nil)
	}
	if model.Data != nil {
		m.promise(PromiseWritable, unit, unit+".service may write the data", map[string]string{"path": model.Data.Dir})
	}
	if model.Mount != nil && model.Mount.ReadOnly {
		m.promise(PromiseReadOnly, unit, unit+".service reads the files of mount "+model.Mount.Name+", and cannot write them", map[string]string{"path": model.Mount.Path})
	} else if model.Mount != nil {
		m.promise(PromiseWritable, unit, unit+".service may write the files of mount "+model.Mount.Name, map[string]string{"path": model.Mount.Path})
	}
	m.promiseEnvironment(unit)
}

func (m *maker) promiseStorage(unit string) {
	model, data := m.model, m.model.Data
	if data != nil && m.Facts.Hubs[facts.DatasetsHub] != nil {
		m.promise(PromiseDataset, m.Service, fmt.Sprintf("the dataset is mounted at %s and belongs to the account", data.Dir), map[string]string{
			"mountpoint": data.Dir, "recordsize": data.RecordSize, "compression": data.Compression,
			"owner": model.Account.User, "uid": fmt.Sprint(model.Account.UID), "group": model.Account.Group,
		})
		want := map[string]string{"path": data.Dir}
		if units := m.Conventions.Storage.Units; len(units) > 0 {
			want["after"] = strings.Join(units, " ")
		}
		m.promise(PromiseMount, unit, unit+".service waits for the dataset", want)
	}
	if model.Mount != nil {
		m.promise(PromiseMount, unit, unit+".service waits for "+model.Mount.Unit, map[string]string{"unit": model.Mount.Unit})
	}
	if model.Backup != nil {
		m.promise(PromiseBackup, m.Service, "a backup job for the data exists", map[string]string{"dataset": m.dataset(), "path": data.Dir})
	}
	if model.Backup != nil && model.Backup.Reader != "" {
		m.promise(PromiseReader, model.Backup.Reader, "the backup's account may read the data", map[string]string{"group": model.Account.Group})
	}
	if len(model.Preseed) > 0 {
		want := map[string]string{"main": unit, "methods": strings.Join(model.Preseed, " "), "dataset": m.dataset()}
		if units := m.Conventions.Storage.Units; len(units) > 0 {
			want["after"] = strings.Join(units, " ")
		}
		m.promise(PromiseRestore, m.Service, "a unit restores the data by "+strings.Join(model.Preseed, " or ")+" once the dataset is made, and "+unit+".service waits for it", want)
	}
	m.promiseProtection()
	if model.Snapshots {
		if m.replicated() {
			m.promise(PromiseSnapshot, m.dataset(), "the dataset has snapshots and replication", map[string]string{"replication": "yes"})
		} else {
			m.promise(PromiseSnapshot, m.dataset(), "the dataset has snapshots", nil)
		}
	}
}

// replicated tells whether most datasets of the host's services are.
func (m *maker) replicated() bool {
	all, sent := 0, 0
	for path, s := range m.Facts.Snapshots {
		if strings.HasPrefix(path, m.Conventions.Storage.Parent+"/") {
			all++
			if s.Replication != nil {
				sent++
			}
		}
	}
	return 2*sent > all
}

// dataset is the ZFS dataset of the service.
func (m *maker) dataset() string { return m.Conventions.Storage.Parent + "/" + m.Service }

func (m *maker) promiseAccess() {
	model := m.model
	if m.Answers["web"] == "no" || m.Facts.Hubs[facts.Proxy] == nil || model.Port == 0 {
		return
	}
	m.promise(PromiseVhost, m.Service, "the proxy sends "+m.HostName()+" to the service", map[string]string{
		"hostName": m.HostName(), "port": fmt.Sprint(model.Port), "address": loopback, "scheme": "http",
	})
	want := map[string]string{"policy": model.Auth.Policy}
	text := "the virtual host has no policy, as decided"
	if model.Auth.Policy != "" {
		text = "the virtual host really carries policy " + model.Auth.Policy
	}
	m.promise(PromiseAuth, m.Service, text, want)
	m.promiseLogin()
	m.promiseOutside()
}

func (m *maker) notifies() bool {
	return m.Facts.Hubs[facts.TemplatesHub] != nil && m.Conventions.Submodules["notifications"] != ""
}

func (m *maker) alertHelper() string {
	if m.Conventions.HostLibrary == nil || m.model.Schedule != nil {
		return "" // what runs to its end is inactive when all is well
	}
	if m.model.Packaging == Container {
		return m.Conventions.ContainerAlert
	}
	return m.Conventions.UnitAlert
}

// AlertName is the key of the alerting rule.
func (m *maker) AlertName() string { return m.Service + "-service-down" }

// HostName is the name under which the service is reached.
func (m *maker) HostName() string {
	label := m.hostLabel()
	if d := m.Facts.Host.Domain; d != nil && *d != "" {
		return label + "." + *d
	}
	return label
}

func (m *maker) hostLabel() string {
	if h, ok := m.answer("hostName"); ok {
		return h
	}
	return m.Service
}

// SecretNames are the sops names of the service's secrets.
func (m *maker) SecretNames() []string {
	var names []string
	for _, v := range m.model.SecretNames {
		names = append(names, SecretName(m.Service, v))
	}
	if db := m.model.Database; db != nil && !db.Reused {
		names = append(names, db.Password.Name)
	}
	for _, p := range m.model.Parts {
		for _, v := range p.Secrets {
			if name := SecretName(m.Service, v); !contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, name := range m.telemetrySecrets() {
		if !contains(names, name) {
			names = append(names, name)
		}
	}
	for _, l := range m.model.Lines {
		if !contains(names, l.Secret) {
			names = append(names, l.Secret)
		}
	}
	return names
}

// SecretName is the sops name of an environment variable's value.
func SecretName(service, variable string) string {
	return service + "/" + strings.ToLower(strings.ReplaceAll(variable, "_", "-"))
}
