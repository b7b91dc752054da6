package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// naming: names for people.
func (m *maker) naming() error {
	if n, ok := m.said("displayName"); ok {
		m.model.DisplayName = n
	} else {
		m.model.DisplayName = title(m.Service)
		m.decide(Decision{Name: "displayName", Value: m.model.DisplayName, Rule: "the service's name in title case", Reason: "nothing says otherwise"})
	}
	if d, ok := m.said("description"); ok {
		m.model.Description = d
	} else if text, path := m.packageDescription(); text != "" {
		m.model.Description = text
		m.decide(Decision{Name: "description", Value: m.model.Description, Rule: "the package's description", Reason: "nixpkgs describes it",
			Evidence: []Evidence{{Option: path}}})
	} else {
		m.model.Description = m.model.DisplayName
		m.decide(Decision{Name: "description", Value: m.model.Description, Rule: "its name where nothing describes it", Reason: "no source says what it does; alerts and dashboard are better with --set description"})
	}
	if i, ok := m.said("icon"); ok {
		m.model.Icon = i
	} else {
		m.model.Icon = m.Service
	}
	return nil
}

func title(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || unicode.IsSpace(r) })
	if len(words) == 0 {
		return s
	}
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// category: where the module is registered, and the dashboard's group.
func (m *maker) category() error {
	var names []string
	for _, k := range m.Conventions.Categories {
		if k.Name != "" {
			names = append(names, k.Name)
		}
	}
	said, ok := m.said("category")
	if !ok && len(names) > 0 {
		said, ok = m.peersCategory(names)
	}
	if !ok {
		return m.group(names)
	}
	m.model.Category = said
	if len(names) > 0 && !slices.Contains(names, said) {
		for _, n := range names {
			if strings.EqualFold(n, said) {
				m.model.Category = n
			}
		}
		if !slices.Contains(names, m.model.Category) {
			return inputErrorf("this repo has "+strings.Join(names, ", "), "read category: %q is unknown", said)
		}
	}
	if _, user := m.Answers["category"]; !user || len(names) > 0 {
		if group, ok := m.peersGroupOnDashboard(); ok {
			m.model.Group = group
			return nil
		}
	}
	m.model.Group = m.groupCalled(said)
	return nil
}

// peersCategory is the category of the repo's services that are of the same
// kind, or one that is called like the kind.
func (m *maker) peersCategory(names []string) (string, bool) {
	if m.Entry == nil {
		return "", false
	}
	in := map[string]string{}
	for _, k := range m.Conventions.Categories {
		for _, file := range k.Members {
			in[file] = k.Name
		}
	}
	counts, examples := m.peers(func(service string) string {
		if d := m.Facts.Services[service].Declared; d != nil {
			return in[d.File]
		}
		return ""
	})
	d := Decision{Name: "category", Rule: "where the repo's services of the same kind are", Evidence: []Evidence{{File: m.Entry.FileOf("category"), Value: m.Entry.Category}}}
	if best := most(counts); best != "" {
		example := m.Facts.Services[examples[best]]
		d.Value, d.Reason = best, fmt.Sprintf("%d of kind %s are there, such as %s", counts[best], m.Entry.Category, examples[best])
		d.Evidence = append(d.Evidence, Evidence{Option: m.option(examples[best]), File: example.Declared.File})
		for _, other := range sortedNames(counts) {
			if other != best {
				d.Rejected = append(d.Rejected, Rejected{Value: other, Reason: fmt.Sprintf("%d are there, such as %s", counts[other], examples[other])})
			}
		}
		m.decide(d)
		return best, true
	}
	for _, n := range names {
		if strings.EqualFold(n, m.Entry.Category) || strings.EqualFold(n, m.Entry.Group) {
			d.Value, d.Reason = n, "it is called like the kind"
			m.decide(d)
			return n, true
		}
	}
	return "", false
}

// group: the dashboard's group where nothing was said of a category; then it
// stands for the category too, if the repo has no categories.
func (m *maker) group(names []string) error {
	if len(names) == 0 {
		if group, ok := m.peersGroupOnDashboard(); ok {
			m.model.Category, m.model.Group = group, group
			return nil
		}
	}
	known := names
	if len(known) == 0 {
		known = m.Conventions.Groups
	}
	if len(known) > 0 {
		m.ask(Question{Name: "category", Text: "Which category does " + m.model.DisplayName + " belong to?",
			Why: "the module's place and the dashboard's group follow from it", Choices: choices(known...), DependsOn: []string{"registration", "tile"}})
	}
	return nil
}

// peersGroupOnDashboard is the group in which the dashboard has the services of
// the same kind, or one that is called as the catalog would call it.
func (m *maker) peersGroupOnDashboard() (string, bool) {
	if m.Entry == nil {
		return "", false
	}
	counts, examples := m.peers(func(service string) string {
		if t, ok := m.Facts.Dashboard[service]; ok && t.Group != nil {
			return *t.Group
		}
		return ""
	})
	d := Decision{Name: "dashboardGroup", Rule: "where the dashboard has services of the same kind", Evidence: []Evidence{{File: m.Entry.FileOf("category"), Value: m.Entry.Category}}}
	if best := most(counts); best != "" {
		d.Value, d.Reason = best, fmt.Sprintf("%d of kind %s are there, such as %s", counts[best], m.Entry.Category, examples[best])
		m.decide(d)
		return best, true
	}
	for _, g := range m.Conventions.Groups {
		if strings.EqualFold(g, m.Entry.Group) {
			d.Value, d.Reason = g, "the catalog calls it so"
			m.decide(d)
			return g, true
		}
	}
	return "", false
}

// groupCalled is the group of the dashboard that is called like a category, or
// a new one.
func (m *maker) groupCalled(category string) string {
	for _, g := range m.Conventions.Groups {
		if strings.EqualFold(strings.ReplaceAll(g, " ", "-"), strings.ReplaceAll(category, " ", "-")) {
			return g
		}
	}
	return title(strings.ToLower(category))
}
