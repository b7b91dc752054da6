package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Handover is how secrets reach the software.
type Handover string

// The ways to hand secrets over.
const (
	// ByTemplate is a template of sops that is a file of the environment.
	ByTemplate Handover = "template"
	// ByCredential is systemd's LoadCredential: what the unit runs before it
	// starts writes the file of the environment.
	ByCredential Handover = "credential"
)

var credentialKeys = []key{
	{name: "handover", choices: []string{string(ByTemplate), string(ByCredential)}, about: "how secrets reach the software: a template of sops, or credentials of systemd"},
}

// credentials: values with a password in them are taken out of the environment,
// and secrets are handed over as the repo does it for software of that kind.
func (m *maker) credentials() error {
	if err := m.compose(); err != nil {
		return err
	}
	if len(m.model.SecretNames)+len(m.model.Composed) == 0 {
		if _, ok := m.answer("handover"); ok {
			return inputErrorf("leave it out", "read handover: there is no secret to hand over")
		}
		return nil
	}
	if said, ok := m.said("handover"); ok {
		m.model.Handover = Handover(said)
		return nil
	}
	if len(m.model.Parts) > 0 {
		m.model.Handover = ByTemplate
		m.decide(Decision{Name: "handover", Value: string(ByTemplate), Rule: "one file where several containers read it", Reason: "credentials are those of one unit"})
		return nil
	}
	d := Decision{Name: "handover", Rule: "as most software of that kind has its secrets", Reason: "no other shows it; a template needs no script"}
	counts, examples, what := m.handovers()
	m.model.Handover = ByTemplate
	if counts[ByCredential] > max(counts[ByTemplate], 1) { // one is no habit
		m.model.Handover = ByCredential
	}
	if len(examples) > 0 {
		d.Reason = fmt.Sprintf("of %s, %d have them from templates and %d as credentials", what, counts[ByTemplate], counts[ByCredential])
		for _, by := range []Handover{ByTemplate, ByCredential} {
			if examples[by] != "" {
				d.Evidence = append(d.Evidence, Evidence{Option: "systemd.services." + examples[by], Value: string(by)})
			}
		}
	}
	d.Value = string(m.model.Handover)
	m.decide(d)
	return nil
}

// compose finds the values that hold the database's password.
func (m *maker) compose() error {
	var plain []Variable
	if db := m.model.Database; db != nil {
		// A secret of that name is the password.
		m.model.SecretNames = slices.DeleteFunc(m.model.SecretNames, func(n string) bool {
			is := SecretName(m.Service, n) == db.Password.Name
			if is {
				m.model.Composed = append(m.model.Composed, Composed{n, passwordReference})
			}
			return is
		})
	}
	for _, v := range m.model.Environment {
		if !reference.MatchString(v.Value) {
			plain = append(plain, v)
			continue
		}
		if err := unknownReference(v.Value); err != nil {
			return inputErrorf("", "read %s%s: %v", environmentPrefix, v.Name, err)
		}
		v.Value = madeOf.Replace(v.Value)
		if err := m.fillable(environmentPrefix+v.Name, v.Value); err != nil {
			return err
		}
		if !strings.Contains(v.Value, passwordReference) {
			plain = append(plain, v)
			continue
		}
		if strings.ContainsFunc(v.Value, misleading) {
			return inputErrorf("", "read %s%s: a value with a password in it must be one line", environmentPrefix, v.Name)
		}
		m.model.Composed = append(m.model.Composed, Composed(v))
	}
	m.model.Environment = plain
	for i, a := range m.model.Arguments {
		if err := unknownReference(a); err != nil {
			return inputErrorf("", "read arguments: %v", err)
		}
		a = madeOf.Replace(a)
		if strings.Contains(a, passwordReference) {
			return inputErrorf("give it in a variable, with --set environment.NAME=VALUE", "read arguments: everybody on the host can read a password that is an argument")
		}
		if err := m.fillable("arguments", a); err != nil {
			return err
		}
		m.model.Arguments[i] = a
	}
	return nil
}

// fillable sees that the servers that a value names are used.
func (m *maker) fillable(name, value string) error {
	for _, r := range reference.FindAllString(value, -1) {
		if strings.HasPrefix(r, "{database") && m.model.Database == nil {
			return inputErrorf("say --set database=postgresql, or write out the value", "read %s: %s stands for nothing here", name, r)
		}
		if strings.HasPrefix(r, "{mqtt") && m.model.MQTT == nil {
			return inputErrorf("say --set mqtt=yes, or write out the value", "read %s: %s stands for nothing here", name, r)
		}
		if strings.HasPrefix(r, "{redis") && m.model.Redis == nil {
			return inputErrorf("say --set redis=yes, or write out the value", "read %s: %s stands for nothing here", name, r)
		}
	}
	return nil
}

// handovers counts how units of the same kind have variables with secrets: those that
// have the password of a database too, if this service has and there are any;
// else all that are run in the same way. what is what was counted.
func (m *maker) handovers() (counts map[Handover]int, examples map[Handover]string, what string) {
	what = "units on the host"
	if m.model.Packaging == Container {
		what = "containers"
	}
	if m.model.Database != nil {
		if counts, examples = m.countHandovers(m.hasDatabasePassword); len(examples) > 0 {
			return counts, examples, what + " with a database"
		}
	}
	counts, examples = m.countHandovers(func(string) bool { return true })
	return counts, examples, what
}

func (m *maker) countHandovers(like func(unit string) bool) (map[Handover]int, map[Handover]string) {
	counts, examples := map[Handover]int{}, map[Handover]string{}
	for _, unit := range sortedNames(m.Facts.Handovers) {
		h := m.Facts.Handovers[unit]
		if m.isContainer(unit) != (m.model.Packaging == Container) || strings.HasSuffix(unit, "@") || !like(unit) ||
			m.Facts.Identity.Unit != nil && unit == *m.Facts.Identity.Unit {
			continue // an instance of a template has no service of its own, and the proxy has those of others
		}
		by := ByTemplate
		switch {
		case len(h.Credentials) > 0 && len(h.Files) > 0:
			by = ByCredential
		case len(h.Templates) == 0:
			continue // it reads the files of its credentials itself
		}
		if counts[by]++; counts[by] == 1 {
			examples[by] = unit
		}
	}
	return counts, examples
}

func (m *maker) isContainer(unit string) bool {
	_, name, _ := strings.Cut(unit, "-")
	_, ok := m.Facts.Containers[name]
	return ok && (strings.HasPrefix(unit, "podman-") || strings.HasPrefix(unit, "docker-"))
}

// hasDatabasePassword tells whether a unit has the password of a database that
// is named like the service: as a credential, or by a service with a database
// that has it from a template.
func (m *maker) hasDatabasePassword(unit string) bool {
	h := m.Facts.Handovers[unit]
	for _, name := range sortedNames(m.Facts.Databases) {
		p := m.Facts.Databases[name].Password
		if p == nil {
			continue
		}
		for _, path := range h.Credentials {
			if strings.HasSuffix(path, "/"+p.Name) {
				return true
			}
		}
		if own := strings.TrimPrefix(strings.TrimPrefix(unit, "podman-"), "docker-"); sameName(own, name) && len(h.Templates) > 0 {
			return true
		}
	}
	return false
}

// Credential is the id under which systemd hands a secret to the unit, for the
// sops name that it has.
func Credential(secret string) string {
	return secret[strings.LastIndexByte(secret, '/')+1:]
}

// handed are the sops names of the secrets that the software is given, without
// those for others.
func (m *maker) handed() []string {
	var names []string
	for _, v := range m.model.SecretNames {
		names = append(names, SecretName(m.Service, v))
	}
	if m.model.Database != nil && len(m.model.Composed) > 0 && !slices.Contains(names, m.model.Database.Password.Name) {
		names = append(names, m.model.Database.Password.Name)
	}
	return names
}
