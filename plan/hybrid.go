package plan

import (
	"fmt"
	"regexp"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
)

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9._~:-]* ?$`)

// lacksKey is what a key that the proxy injects needs and is not there.
func (m *maker) lacksKey(a catalog.Ability) string {
	if a.Pages != catalog.Yes {
		return "no key is known that opens its pages, not only its API"
	}
	return m.lacksInjection(a)
}

// lacksInjection is the same without whether the key opens the pages, which the
// user may know.
func (m *maker) lacksInjection(a catalog.Ability) string {
	switch {
	case !headerForm.MatchString(a.Header) || !prefixForm.MatchString(a.Prefix):
		return "the catalog does not say which header its key is sent in"
	case !m.Facts.Hubs[facts.Proxy].Has("reverseProxyBlock"):
		return "virtual hosts of the host cannot set a header"
	case !m.Facts.Host.SOPS:
		return "the key cannot be handed over: the host has no sops"
	case m.Facts.Identity.Unit == nil:
		return "it is not known which unit the proxy is"
	}
	return ""
}

// injectKey has the proxy send the service's key with every request that it lets
// through, from a variable of the proxy's own environment.
func (m *maker) injectKey() error {
	a := m.ability(Hybrid)
	if a == nil || a.Support != catalog.Yes {
		return inputErrorf("write apiKey with its header into an entry below .scaffold/catalog, or choose caddy-security or builtin", "use auth hybrid: no source tells of a key of %s", m.Service)
	}
	if lacks := m.lacksInjection(*a); lacks != "" {
		return inputErrorf("choose caddy-security or builtin", "use auth hybrid: %s", lacks)
	}
	if a.Pages != catalog.Yes {
		m.note(fmt.Sprintf("Nothing says that the key of %s opens its pages too, and not only its API.", m.model.DisplayName))
	}
	m.turnOn(*a, "")
	variable := m.variable("") + "API_KEY"
	value := "{$" + variable + "}"
	if a.Prefix != "" {
		value = `"` + a.Prefix + value + `"`
	}
	auth := &m.model.Auth
	auth.Header, auth.Key = a.Header, variable
	auth.ProxyLines = []string{"header_up " + a.Header + " " + value}
	if a.Secret != "" {
		auth.Secrets = append(auth.Secrets, a.Secret)
	}
	m.proxyVariable(Line{Variable: variable, Secret: m.keySecret(), About: "The proxy sends the key with every request that it lets through."})
	return nil
}

// proxyVariable adds a variable with a secret to the proxy's environment: to a
// template that the proxy reads, or to one of the service's own. It tells
// whether it did: a variable that is there already is taken as it is.
func (m *maker) proxyVariable(l Line) bool {
	for _, t := range m.Facts.Identity.Templates {
		if contains(m.Facts.Templates[t].Variables, l.Variable) {
			m.note(fmt.Sprintf("The proxy has a variable %s already, in template %s: it is taken as the key.", l.Variable, t))
			return false
		}
	}
	if t := m.Facts.Identity.Templates; len(t) > 0 {
		l.Template = t[0]
	} else {
		l.Template, l.Unit = m.Service+"-proxy-env", *m.Facts.Identity.Unit
	}
	m.model.Lines = append(m.model.Lines, l)
	return true
}

// keySecret is the sops name of the service's key.
func (m *maker) keySecret() string {
	if a := m.ability(Hybrid); a != nil && a.Secret != "" && contains(m.model.Auth.Secrets, a.Secret) {
		return SecretName(m.Service, a.Secret)
	}
	return SecretName(m.Service, "API_KEY")
}

// variable is the service's name as the beginning of a variable.
func (m *maker) variable(prefix string) string { return prefix + upper(m.Service) + "_" }

// upper is text as it is written in the names of variables.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, s)
}
