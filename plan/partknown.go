package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/catalog"
)

// partOffers is what the catalog knows of the containers beside a service's own.
func (m *maker) partOffers() []offer {
	if m.Entry == nil || m.model.Packaging != Container {
		return nil
	}
	k := knownBy("catalog", "the catalog has it", Evidence{File: m.Entry.FileOf("parts")})
	var offers []offer
	if len(m.Entry.Command) > 0 {
		offers = append(offers, offer{"command", JoinWords(m.Entry.Command), knownBy("catalog", "its image does not start right without", Evidence{File: m.Entry.FileOf("command")})})
	}
	for _, p := range m.Entry.Parts {
		if m.Answers[partsPrefix+p.Name] == "no" {
			continue
		}
		add := func(field, value string) {
			if value != "" && value != "0" {
				offers = append(offers, offer{partsPrefix + p.Name + "." + field, value, k})
			}
		}
		add("kind", p.Kind)
		add("description", p.Description)
		add("command", JoinWords(p.Command))
		add("port", fmt.Sprint(p.Port))
		add("healthPath", p.Health)
		add("healthCommand", JoinWords(p.HealthCommand))
		add("memory", p.Memory)
		if m.workloadKnown() != string(Stateless) {
			add("dataDir", strings.Join(p.DataDirs, ","))
			add("runAs", p.RunAs)
		}
		for _, name := range sortedNames(p.Environment) {
			add(environmentPrefix+name, m.placed(p.Environment[name]))
		}
		if m.Facts.Host.SOPS {
			add("secrets", strings.Join(p.Secrets, ","))
		} else if len(p.Secrets) > 0 {
			m.note(fmt.Sprintf("Part %s does not start without %s, and the host has no sops to keep secrets in.", p.Name, strings.Join(p.Secrets, ", ")))
		}
	}
	return offers
}

// meetNeeds: a part that the catalog has for a need is left out where the host
// meets the need, and meets it where the host does not.
func (m *maker) meetNeeds() {
	if m.Entry == nil || m.model.Packaging != Container {
		return
	}
	for _, p := range m.Entry.Parts {
		wanted := m.Answers[partsPrefix+p.Name]
		if p.Need != "redis" || wanted == "no" {
			continue
		}
		said, ok := m.answer("redis")
		if wanted == "yes" && !ok || said == "no" || !ok && m.sharedRedis() == "" {
			m.Answers["redis"], m.known["redis"] = "no", knownBy("catalog", "part "+p.Name+" of its own is one", Evidence{File: m.Entry.FileOf("parts")})
			continue
		}
		m.leaveOut(p)
		m.decide(Decision{Name: partsPrefix + p.Name, Value: "no", Rule: "the host's server for what needs one", Reason: "the host has one that services share"})
	}
}

// leaveOut takes a part of the catalog away.
func (m *maker) leaveOut(p catalog.Part) {
	for _, n := range sortedNames(m.Answers) {
		if strings.HasPrefix(n, partsPrefix+p.Name+".") {
			delete(m.Answers, n)
			delete(m.known, n)
		}
	}
	m.Answers[partsPrefix+p.Name] = "no"
}

// connect gives the service's own container the variables that lead to a part of
// the catalog, unless the user said others.
func (m *maker) connect(p *Part) {
	k := m.knownPart(p.Name)
	if k == nil {
		return
	}
	source := knownBy("catalog", "it leads to part "+p.Name, Evidence{File: m.Entry.FileOf("parts")})
	for _, n := range sortedNames(k.Connects) {
		answer := environmentPrefix + n
		if _, ok := m.answer(answer); ok && m.known[answer].source != "catalog" {
			continue
		}
		m.Answers[answer], m.known[answer] = m.placed(strings.ReplaceAll(k.Connects[n], "{part}", p.Full)), source
		m.noSecret(n)
	}
	for _, n := range k.ConnectSecrets {
		switch list, ok := m.answer("secrets"); {
		case !m.Facts.Host.SOPS:
		case !ok || list == "":
			m.Answers["secrets"], m.known["secrets"] = n, source
		case !contains(commas(list), n):
			m.Answers["secrets"] = list + "," + n
		}
	}
}
