package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Restart is what is started again when a secret changes: units read their
// secrets once, when they start.
type Restart struct {
	// Name is that of the secret, or of the template.
	Name     string
	Template bool
	Units    []string // without suffix
}

var restartKeys = []key{
	{name: "restarts", choices: yesNo, about: "whether a changed secret starts again what reads it"},
}

var notPlain = regexp.MustCompile(`[^a-z0-9-]+`)

// SecretTemplate is the name of the template of sops that has the variables of a
// service or of a part of one.
func SecretTemplate(name string) string { return notPlain.ReplaceAllString(name, "-") + "-env" }

// restarts: a changed secret starts again what reads it, where the repo has that
// done at all. What runs to its end reads it at its next run.
func (m *maker) restarts() error {
	read := m.reads()
	said, ok := m.answer("restarts")
	switch {
	case ok && len(read) == 0 && m.model.Schedule != nil:
		return inputErrorf("leave it out", "read restarts: what runs to its end reads its secrets at every run")
	case ok && len(read) == 0:
		return inputErrorf("leave it out", "read restarts: there is no secret that can start a unit again")
	case len(read) == 0:
		return nil
	case ok:
		m.said("restarts")
	default:
		said = m.restartHabit()
	}
	if said == "yes" {
		m.model.Restarts = read
	}
	return nil
}

// restartHabit tells whether anything on the host is restarted so.
func (m *maker) restartHabit() string {
	r := m.Facts.Restarts
	d := Decision{Name: "restarts", Value: "no", Rule: "a changed secret restarts what reads it, if any secret on the host does so", Reason: "none does; a changed secret is read at the next start"}
	if n := len(r.Secrets) + len(r.Templates); n > 0 {
		d.Value, d.Reason = "yes", fmt.Sprintf("%s so; without it a changed secret would be read at the next start", count(n, "of the host's secrets and templates does", "of the host's secrets and templates do"))
		for _, from := range []struct {
			option string
			units  map[string][]string
		}{{"sops.secrets.", r.Secrets}, {"sops.templates.", r.Templates}} {
			for _, name := range slices.Sorted(maps.Keys(from.units)) {
				if len(d.Evidence) < 3 {
					d.Evidence = append(d.Evidence, Evidence{Option: from.option + name + ".restartUnits", Value: strings.Join(from.units[name], " ")})
				}
			}
		}
	}
	m.decide(d)
	return fmt.Sprint(d.Value)
}

// reads are the secrets and templates that a unit of the service, or the proxy for
// it, reads when it starts.
func (m *maker) reads() []Restart {
	model, options := m.model, m.Facts.Restarts.Options
	if model.Schedule != nil {
		return nil
	}
	var list []Restart
	add := func(name string, template bool, units ...string) {
		if (template && options.Templates) || (!template && options.Secrets) {
			list = append(list, Restart{name, template, units})
		}
	}
	if len(model.SecretNames)+len(model.Composed) > 0 {
		units := []string{m.mainUnit()}
		for _, p := range model.Parts {
			if p.Own {
				units = append(units, p.Unit)
			}
		}
		if model.Handover == ByCredential {
			for _, name := range m.handed() {
				if model.Database == nil || !model.Database.Reused || name != model.Database.Password.Name { // that is another's
					add(name, false, units...)
				}
			}
		} else {
			add(SecretTemplate(m.Service), true, units...)
		}
	}
	for _, p := range model.Parts {
		if len(p.Secrets) > 0 {
			add(SecretTemplate(p.Full), true, p.Unit)
		}
	}
	for _, l := range model.Lines {
		if l.Unit != "" && !slices.ContainsFunc(list, func(r Restart) bool { return r.Name == l.Template }) {
			add(l.Template, true, l.Unit)
		}
	}
	return list
}

// proxyRestarts tells whether sops starts the proxy again by itself when what it
// reads for this service changes.
func (m *maker) proxyRestarts() bool {
	unit := *m.Facts.Identity.Unit
	for _, l := range m.model.Lines {
		if l.Unit != unit && !contains(m.Facts.Identity.Templates, l.Template) {
			continue // somebody else's
		}
		ours := slices.ContainsFunc(m.model.Restarts, func(r Restart) bool { return r.Template && r.Name == l.Template && contains(r.Units, unit) })
		if !ours && !contains(m.Facts.Restarts.Templates[l.Template], unit+".service") {
			return false
		}
	}
	return true
}

// promiseRestarts: sops knows what to start again.
func (m *maker) promiseRestarts() {
	for _, r := range m.model.Restarts {
		what, names := "secret", make([]string, len(r.Units))
		if r.Template {
			what = "template"
		}
		for i, u := range r.Units {
			names[i] = u + ".service"
		}
		m.promise(PromiseRestarted, r.Name, fmt.Sprintf("a change of %s %s starts %s again", what, r.Name, strings.Join(names, ", ")),
			map[string]string{"kind": what, "units": strings.Join(r.Units, " ")})
	}
}
