package plan

import (
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
	} else if p := m.Facts.Package; p != nil && p.Description != nil && *p.Description != "" && m.model.Packaging != Container && *p.Description != m.Service {
		m.model.Description = *p.Description
		m.decide(Decision{Name: "description", Value: m.model.Description, Rule: "the package's description", Reason: "nixpkgs describes it",
			Evidence: []Evidence{{Option: "pkgs." + m.Service + ".meta.description"}}})
	} else {
		m.ask(Question{Name: "description", Text: "What does " + m.model.DisplayName + " do, in a few words?",
			Why: "alerts, dashboard and comments say it", DependsOn: []string{"alert", "tile"}})
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
	c := m.Conventions
	var names []string
	for _, k := range c.Categories {
		if k.Name != "" {
			names = append(names, k.Name)
		}
	}
	known := slices.Clone(names)
	if len(known) == 0 {
		known = c.Groups
	}
	said, ok := m.said("category")
	if !ok {
		if len(known) > 0 {
			m.ask(Question{Name: "category", Text: "Which category does " + m.model.DisplayName + " belong to?",
				Why: "the module's place and the dashboard's group follow from it", Choices: choices(known...), DependsOn: []string{"registration", "tile"}})
		}
		return nil
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
	m.model.Group = title(strings.ToLower(said))
	for _, g := range c.Groups {
		if strings.EqualFold(strings.ReplaceAll(g, " ", "-"), strings.ReplaceAll(said, " ", "-")) {
			m.model.Group = g
		}
	}
	return nil
}
