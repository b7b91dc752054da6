package plan

import (
	"fmt"
	"strings"
)

// places: where the files go.
func (m *maker) places() error {
	c := m.Conventions
	m.model.Where = Where{Module: c.Module.For(m.Service), Host: c.Host.For(m.Service)}
	m.decide(Decision{Name: "moduleFile", Value: m.model.Where.Module, Rule: "where the repo's modules live", Reason: several(len(c.Module.Files), "module lives so", "modules live so"), Evidence: first(c.Module.Files)})
	m.decide(Decision{Name: "hostFile", Value: m.model.Where.Host, Rule: "where the host's services live", Reason: several(len(c.Host.Files), "service lives so", "services live so"), Evidence: first(c.Host.Files)})
	list, ok := c.Category(m.model.Category)
	if !ok && len(c.Categories) == 1 {
		list, ok = c.Categories[0], true
	}
	if ok {
		m.decide(Decision{Name: "moduleRegistration", Value: list.File, Rule: "where the repo registers modules", Reason: "it imports " + several(len(list.Members), "module", "modules"), Evidence: []Evidence{{File: list.File}}})
	}
	m.decide(Decision{Name: "hostRegistration", Value: c.HostList, Rule: "where the host's services are imported", Reason: "it imports the files of the other services", Evidence: []Evidence{{File: c.HostList}}})
	for _, path := range []string{m.model.Where.Module, m.model.Where.Host} {
		if strings.Contains(path, "..") {
			return inputErrorf("", "place file %q: it is outside of the repo", path)
		}
	}
	return nil
}

// several is a number of things in words.
func several(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func first(files []string) []Evidence {
	var evidence []Evidence
	for i, f := range files {
		if i < 3 {
			evidence = append(evidence, Evidence{File: f})
		}
	}
	return evidence
}

// notes: what evaluation could not tell.
func (m *maker) notes() error {
	for _, u := range m.Facts.Unreadable {
		text := "unreadable: " + u.Cell + ": " + u.Reason
		if u.File != "" {
			text += fmt.Sprintf(" (%s:%d)", u.File, u.Line)
		}
		m.note(text)
	}
	for _, h := range m.NotChecked {
		m.note("Host " + h + " could not be evaluated, so its ids are not known to be free.")
	}
	return nil
}
