package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Part is a container or unit that runs beside the service's own.
type Part struct {
	// Name is its own name, Full the service's and its: of the container, or of
	// the unit without suffix. Unit is its systemd service without suffix.
	Name, Full, Unit string
	// Kind is worker, scheduler or sidecar.
	Kind, Description string
	// Image is what it runs; Own tells that it is the service's, which then has
	// the same variables, secrets and files.
	Image string
	Own   bool
	// Command are the arguments of the entrypoint, or of Program in a unit.
	Command, Entrypoint []string
	Program             string
	// Port is where it listens inside, 0 for nowhere. It is never published.
	Port int
	// Folders are folders of the service's data that only it sees.
	Folders     []Folder
	Environment []Variable
	Secrets     []string
	// RunAs is user, image, or puid with the service's image.
	RunAs  string
	Memory Memory
	// Hardware is what it is given of the host's devices, nil for none.
	Hardware *Hardware
	// HealthCheck, HealthPath, HealthTool and NoHealthCheck are as in Model.
	HealthCheck   []string
	HealthPath    string
	HealthTool    string
	NoHealthCheck bool
	// After are the names, in full, of what it starts after and not without.
	After []string
}

// Checked tells whether the engine checks how it is.
func (p *Part) Checked() bool { return len(p.HealthCheck) > 0 || p.HealthPath != "" }

// parts: what runs beside the service's own container or unit.
func (m *maker) parts() error {
	m.meetNeeds()
	names := m.partNames()
	if said, ok := m.said("command"); ok && m.model.Packaging == Container {
		m.model.Command = words(said)
	}
	if len(names) == 0 {
		return nil
	}
	if m.model.Packaging == Native {
		return inputErrorf("leave it out, or choose another packaging", "read %s%s: the module of NixOS makes its own units", partsPrefix, names[0])
	}
	for _, name := range names {
		p, err := m.part(name)
		if err != nil {
			return err
		}
		m.model.Parts = append(m.model.Parts, *p)
	}
	if err := m.partOrder(); err != nil {
		return err
	}
	if m.model.Packaging == OwnUnit {
		return nil
	}
	for i := range m.model.Parts {
		m.partFolders(&m.model.Parts[i])
		m.connect(&m.model.Parts[i])
	}
	return m.partNetwork()
}

// partNames are the parts that are wanted, sorted.
func (m *maker) partNames() []string {
	var names []string
	for n := range m.Answers {
		if rest, ok := strings.CutPrefix(n, partsPrefix); ok {
			name, _, _ := strings.Cut(rest, ".")
			if m.Answers[partsPrefix+name] != "no" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// partAnswer is what was said of a part, as a decision.
func (m *maker) partAnswer(name, field string) (string, bool) {
	return m.said(partsPrefix + name + "." + field)
}

// part settles one.
func (m *maker) part(name string) (*Part, error) {
	p := &Part{Name: name, Full: m.Service + "-" + name, Memory: Memory{Limit: "512M", Reservation: "256M", CPUs: "1.0"}}
	p.Unit = strings.TrimSuffix(m.mainUnit(), m.Service) + p.Full
	if err := m.partFree(p); err != nil {
		return nil, err
	}
	_, hasImage := m.answer(partsPrefix + name + ".image")
	p.Own = !hasImage && len(m.partImages(name)) == 0
	kind, ok := m.partAnswer(name, "kind")
	if p.Kind = kind; !ok {
		p.Kind = map[bool]string{true: "worker", false: "sidecar"}[p.Own]
	}
	if p.Description, ok = m.partAnswer(name, "description"); !ok {
		p.Description = p.Kind + " of " + m.model.DisplayName
	}
	if command, ok := m.partAnswer(name, "command"); ok {
		p.Command = words(command)
	}
	if memory, ok := m.partAnswer(name, "memory"); ok {
		p.Memory.Limit, p.Memory.Reservation = memory, half(memory)
	}
	var err error
	if m.model.Packaging == OwnUnit {
		err = m.partOfUnit(p)
	} else {
		err = m.partOfContainer(p)
	}
	if err != nil {
		return nil, err
	}
	if err := m.partEnvironment(p); err != nil {
		return nil, err
	}
	d := Decision{Name: partsPrefix + name, Value: p.Full, Rule: "one " + map[bool]string{true: "unit", false: "container"}[m.model.Packaging == OwnUnit] + " for each program", Reason: p.Description}
	if k, ok := m.known[partsPrefix+name+".kind"]; ok && k.source == "catalog" {
		d.Evidence = k.evidence
	}
	m.decide(d)
	return p, nil
}

// partFree refuses a name that is there.
func (m *maker) partFree(p *Part) error {
	_, container := m.Facts.Containers[p.Full]
	_, unit := m.Facts.Units[p.Unit]
	_, service := m.Facts.Services[p.Full]
	if container || unit || service {
		return inputErrorf("give the part another name", "add part %s: the host has a container, unit or service %s", p.Name, p.Full)
	}
	if len(p.Full) > maxLabel {
		return inputErrorf("give it a shorter name", "add part %s: %s is longer than the %d characters of a host name", p.Name, p.Full, maxLabel)
	}
	return nil
}

// partOfUnit is another program of the package, with the service's account and
// variables.
func (m *maker) partOfUnit(p *Part) error {
	for _, field := range []string{"image", "entrypoint", "port", "dataDir", "healthPath", "healthCommand", "memory", "secrets", "runAs", "gpu", "devices"} {
		if _, ok := m.answer(partsPrefix + p.Name + "." + field); ok {
			return inputErrorf("leave it out: the part runs as the service does", "read %s%s.%s: a unit beside another has none of its own", partsPrefix, p.Name, field)
		}
	}
	if len(p.Command) == 0 {
		return inputErrorf(fmt.Sprintf("say --set '%s%s.command=PROGRAM ARGUMENTS'", partsPrefix, p.Name), "add part %s: nothing says what it runs", p.Name)
	}
	p.Program, p.Command = p.Command[0], p.Command[1:]
	if !programForm.MatchString(p.Program) {
		return inputErrorf("name a program in the package's bin", "read %s%s.command: %q is no name of a program", partsPrefix, p.Name, p.Program)
	}
	p.Own, p.RunAs = true, m.model.RunAs
	return nil
}

// partOfContainer is another command of the service's image, or an image.
func (m *maker) partOfContainer(p *Part) error {
	if entrypoint, ok := m.partAnswer(p.Name, "entrypoint"); ok {
		// An engine takes one word, so the others go before the arguments.
		split := words(entrypoint)
		p.Entrypoint, p.Command = split[:1], append(split[1:], p.Command...)
	}
	if p.Own && len(p.Command)+len(p.Entrypoint) == 0 {
		return inputErrorf(fmt.Sprintf("say --set %s%s.command=... or --set %s%s.image=...", partsPrefix, p.Name, partsPrefix, p.Name), "add part %s: it would run the same as the service, since nothing says what it runs", p.Name)
	}
	if port, ok := m.partAnswer(p.Name, "port"); ok {
		_, _ = fmt.Sscan(port, &p.Port)
	}
	if err := m.partData(p); err != nil {
		return err
	}
	if secrets, ok := m.partAnswer(p.Name, "secrets"); ok {
		if !m.Facts.Host.SOPS {
			return inputErrorf("leave it out, and hand them over by hand", "read %s%s.secrets: host %s has no sops", partsPrefix, p.Name, m.Facts.Host.Name)
		}
		if p.Own {
			return inputErrorf("say --set secrets="+secrets, "read %s%s.secrets: it has the secrets of the service, whose image it runs", partsPrefix, p.Name)
		}
		p.Secrets = commas(secrets)
		slices.Sort(p.Secrets)
	}
	if err := m.partHardware(p); err != nil {
		return err
	}
	m.choosePartImage(p)
	return m.partHealth(p)
}

// partData: what it keeps lies in folders of the service's dataset, and belongs
// to the service's account.
func (m *maker) partData(p *Part) error {
	dirs, ok := m.partAnswer(p.Name, "dataDir")
	undecided := m.model.Data == nil && m.Answers["workload"] != string(Stateless)
	if ok && !undecided {
		if m.model.Data == nil {
			return inputErrorf("name the workload of its data, or leave it out", "read %s%s.dataDir: a stateless service has no dataset to keep it in", partsPrefix, p.Name)
		}
		p.Folders = folders(dirs)
	}
	runAs, said := m.partAnswer(p.Name, "runAs")
	switch {
	case said:
		p.RunAs = runAs
	case p.Own:
		p.RunAs = m.model.RunAs
	case len(p.Folders) > 0:
		p.RunAs = "user"
	default:
		p.RunAs = "image"
	}
	if p.RunAs == "user" && m.model.Account.User == "" && !undecided {
		return inputErrorf("choose image", "read %s%s.runAs: a service without data has no account", partsPrefix, p.Name)
	}
	if p.RunAs == "image" && len(p.Folders) > 0 {
		m.note(fmt.Sprintf("Part %s runs as the user that its image names. Its folder belongs to the service's account, so only an image that starts as root can write there.", p.Name))
	}
	return nil
}

// partFolders: each folder is named after the part. What the service itself
// keeps then has a folder too, since it must not see those of others.
func (m *maker) partFolders(p *Part) {
	if len(p.Folders) == 0 {
		return
	}
	data := m.model.Data
	if data.Inside == "" {
		return // where the service itself keeps its data is still asked
	}
	if len(data.Folders) == 0 {
		data.Folders = folders(data.Inside)
		m.decide(Decision{Name: "folders", Value: data.Folders[0].Name, Rule: "a folder of the dataset for each that keeps state", Reason: "the service must not see what its parts keep"})
	}
	for i, f := range p.Folders {
		name := p.Name
		if len(p.Folders) > 1 {
			name += "-" + f.Name
		}
		for slices.ContainsFunc(data.Folders, func(other Folder) bool { return other.Name == name }) {
			name += "-part"
		}
		p.Folders[i].Name = name
	}
}

// partEnvironment are its own variables. A unit has those of the service too,
// and so has a container with the service's image.
func (m *maker) partEnvironment(p *Part) error {
	prefix := partsPrefix + p.Name + "." + environmentPrefix
	for _, n := range sortedNames(m.Answers) {
		if variable, ok := strings.CutPrefix(n, prefix); ok {
			value, _ := m.said(n)
			if r := reference.FindString(value); r != "" && m.model.Packaging == Container {
				return inputErrorf("say it of the service, whose variables a part with its image has too, or write out the value", "read %s: %s stands for nothing in a part", n, r)
			}
			p.Environment = append(p.Environment, Variable{Name: variable, Value: value})
		}
	}
	return nil
}

// partStarts refuses a part that starts before the service and needs what the
// service's unit makes when it starts: both would wait for each other.
func (m *maker) partStarts() error {
	if m.model.Packaging != Container {
		return nil
	}
	follows := map[string]bool{m.Service: true} // what starts after the service, by way of others too
	for _, p := range m.model.Parts {
		follows[p.Full] = slices.ContainsFunc(p.After, func(name string) bool { return follows[name] })
		makes := m.model.Data != nil && len(m.model.Data.Folders) > 0 || m.model.Handover == ByCredential && len(m.secretVariables()) > 0
		if p.Own && makes && !follows[p.Full] {
			hint := fmt.Sprintf("say --set %[1]s%[2]s.kind=worker, or --set %[1]s%[2]s.after=%[3]s", partsPrefix, p.Name, mainPart)
			if said, ok := m.answer(partsPrefix + p.Name + ".after"); ok {
				hint = fmt.Sprintf("say --set %s%s.after=%s,%s", partsPrefix, p.Name, said, mainPart)
			}
			return inputErrorf(hint,
				"start part %s before %s: it runs the same image with the same files and secrets, which the service's unit makes", p.Name, m.Service)
		}
	}
	return nil
}

// partNetwork joins the containers: those on one network of the service's own
// find each other by name, and nobody else finds them.
func (m *maker) partNetwork() error {
	switch hub := m.Facts.Hubs[facts.NetworksHub]; {
	case m.Answers["hostNetwork"] == "yes":
		return inputErrorf("leave out one of them", "read hostNetwork: on the host's network its parts are not found by name")
	case m.model.Network != "":
		return nil
	case m.Answers["network"] == "no":
		return inputErrorf("leave it out", "read network: without one its containers do not find each other")
	case hub == nil:
		return inputErrorf("declare networks of the repo's own, or say --set network=NAME", "join the containers of %s: the repo has no option in which networks are declared", m.Service)
	case contains(m.Facts.Networks, m.Service):
		return inputErrorf("say --set network="+m.Service+" to join it", "make network %s: it is there", m.Service)
	}
	m.model.Network, m.model.OwnNetwork = m.Service, true
	m.decide(Decision{Name: "network", Value: m.Service, Rule: "a network of its own for several containers", Reason: "they find each other by name there, and no other service's container finds them",
		Evidence: []Evidence{{Option: m.hub(facts.NetworksHub)}}})
	return nil
}
