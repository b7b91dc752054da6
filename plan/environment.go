package plan

import (
	"slices"
	"sort"
	"strings"
)

// environment: variables that are no secrets. Those of the login go before what
// the catalog has for others, and after what the user said.
func (m *maker) environment() error {
	values := map[string]string{}
	var names []string
	for n, value := range m.Answers {
		if variable, ok := strings.CutPrefix(n, environmentPrefix); ok {
			values[variable] = value
		}
	}
	for _, v := range m.model.Auth.Variables {
		values[v.Name] = v.Value
	}
	for n := range values {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if !m.loginSets(n) {
			m.said(environmentPrefix + n)
		} else {
			m.decide(Decision{Name: environmentPrefix + n, Value: values[n], Rule: "what the login needs", Reason: "auth is " + string(m.model.Auth.Kind),
				Evidence: []Evidence{{File: m.Entry.FileOf("auth." + fieldOf[m.model.Auth.Kind])}}})
		}
		m.model.Environment = append(m.model.Environment, Variable{Name: n, Value: values[n]})
	}
	return nil
}

// loginSets tells whether a variable is one that the way to log in needs.
func (m *maker) loginSets(name string) bool {
	return slices.ContainsFunc(m.model.Auth.Variables, func(v Variable) bool { return v.Name == name })
}

// secrets: names of variables whose values only sops knows.
func (m *maker) secrets() error {
	said, ok := m.said("secrets")
	names := slices.Concat(m.model.Auth.Secrets, m.brokerSecret())
	if ok {
		names = append(names, strings.Split(said, ",")...)
	}
	if len(names) == 0 {
		return nil
	}
	if !m.Facts.Host.SOPS {
		return inputErrorf("leave it out, and hand them over by hand", "read secrets: host %s has no sops", m.Facts.Host.Name)
	}
	for _, n := range names {
		m.model.SecretNames = append(m.model.SecretNames, strings.TrimSpace(n))
	}
	slices.Sort(m.model.SecretNames)
	m.model.SecretNames = slices.Compact(m.model.SecretNames)
	for _, v := range m.model.Environment {
		if contains(m.model.SecretNames, v.Name) {
			return inputErrorf("say it in one place", "read secrets: %s is in environment too, where its value is no secret", v.Name)
		}
	}
	return nil
}
