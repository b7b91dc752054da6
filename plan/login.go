package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
)

// ownLoginOff turns off the software's own login, where it is known how.
func (m *maker) ownLoginOff() {
	a := m.ability(CaddySecurity)
	switch {
	case a == nil || m.Entry.Auth.None:
	case a.Support == catalog.Yes:
		m.turnOn(*a, "its own login must be turned off in its settings")
	case a.Support == catalog.No:
		m.note(fmt.Sprintf("The login of %s stays on: people log in twice, to the proxy and to it.", m.model.DisplayName))
	default:
		m.note(fmt.Sprintf("Nobody has looked up whether %s can do without its own login; if it cannot, people log in twice.", m.model.DisplayName))
	}
}

// turnOn gives the software the options or variables of an ability. What neither
// can say is left to a person, as a step; byHand says it where the catalog does
// not.
func (m *maker) turnOn(a catalog.Ability, byHand string) {
	auth := &m.model.Auth
	settings, environment := m.means(a)
	for _, path := range sortedNames(settings) {
		auth.Settings = append(auth.Settings, Setting{Path: strings.Split(path, "."), Value: m.filledIn(settings[path], a)})
	}
	for _, name := range sortedNames(environment) {
		value := m.fill(environment[name], a)
		if said, ok := m.Answers[environmentPrefix+name]; ok && m.known[environmentPrefix+name].source != "catalog" {
			if said != value {
				m.note(fmt.Sprintf("%s is %q as you said; the catalog would set %q for the login.", name, said, value))
			}
			continue
		}
		auth.Variables = append(auth.Variables, Variable{name, value})
	}
	switch {
	case a.Manual != "":
		auth.Manual = append(auth.Manual, a.Manual)
	case len(settings)+len(environment) == 0 && byHand != "":
		auth.Manual = append(auth.Manual, byHand+", see "+sourceOf(a))
	}
	if a.Note != "" {
		m.note(m.model.DisplayName + ": " + a.Note + ".")
	}
}

// means is how an ability is turned on: by options of the NixOS module where it
// has them, else by variables.
func (m *maker) means(a catalog.Ability) (settings map[string]any, environment map[string]string) {
	if m.model.Packaging == Native && len(a.Settings) > 0 && m.hasOptions(a.Settings) {
		return a.Settings, nil
	}
	return nil, a.Environment
}

// hasOptions tells whether the NixOS module has options for all paths. What lies
// in an option of free form is not known.
func (m *maker) hasOptions(settings map[string]any) bool {
	if m.Facts.Native == nil {
		return false
	}
	for path := range settings {
		first, rest, deeper := strings.Cut(path, ".")
		o, ok := m.Facts.Native.Options[first]
		if !ok || !deeper && o.Type == "set" {
			return false
		}
		next, _, _ := strings.Cut(rest, ".")
		if deeper && o.Type == "set" && !slices.Contains(o.Fields, next) {
			return false
		}
	}
	return true
}

// mentions tells whether a value of an ability has a placeholder in it.
func (m *maker) mentions(a catalog.Ability, placeholder string) bool {
	settings, environment := m.means(a)
	for _, v := range environment {
		if strings.Contains(v, placeholder) {
			return true
		}
	}
	return strings.Contains(fmt.Sprint(settings), placeholder)
}

// fill puts the service's and the identity provider's addresses in the place of
// their placeholders. The port of software on the host is an option of ours, and
// stays for the module to fill in.
func (m *maker) fill(value string, a catalog.Ability) string {
	pairs := []string{"{url}", m.pageURL(), "{host}", m.HostName(), "{clientId}", m.Service, "{callback}", m.pageURL() + a.Callback}
	if p := m.provider(); p != nil {
		pairs = append(pairs, "{issuer}", p.issuer, "{discovery}", p.discovery)
	}
	if m.model.Packaging == Container {
		pairs = append(pairs, "{port}", fmt.Sprint(m.model.ContainerPort))
	}
	return strings.NewReplacer(pairs...).Replace(value)
}

// filledIn is fill for a value of any kind.
func (m *maker) filledIn(value any, a catalog.Ability) any {
	switch v := value.(type) {
	case string:
		return strings.ReplaceAll(m.fill(v, a), "{port}", fmt.Sprint(m.model.Port))
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = m.filledIn(v[i], a)
		}
		return list
	case map[string]any:
		set := make(map[string]any, len(v))
		for k := range v {
			set[k] = m.filledIn(v[k], a)
		}
		return set
	}
	return value
}

var headerForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// identityHeader is the header in which the proxy's authorization tells who was
// let in.
const identityHeader = "X-Token-User-Email"

// lacksHeader is what a trusted header needs and is not there.
func (m *maker) lacksHeader(a catalog.Ability) string {
	told := slices.ContainsFunc(m.usablePolicies(TrustedHeader), func(name string) bool {
		p := m.policyNamed(name)
		return p.Injects != nil && *p.Injects
	})
	switch {
	case !told:
		return "no authorization policy of the host is known to tell the service who was let in"
	case !headerForm.MatchString(a.Header):
		return "the catalog does not say which header it trusts"
	case !strings.EqualFold(a.Header, identityHeader) && !m.Facts.Hubs[facts.Proxy].Has("reverseProxyBlock"):
		return "virtual hosts of the host cannot set header " + a.Header
	}
	return ""
}

// trustHeader has the proxy say who was let in, in the header that the software
// trusts. The proxy sets the header of every request, so nobody who is let in
// can send another name.
func (m *maker) trustHeader() error {
	if err := m.onlyThroughProxy(); err != nil {
		return err
	}
	a := m.ability(TrustedHeader)
	note := "Whoever reaches the port without the proxy can pretend to be anyone: it listens on this host alone."
	if m.model.Packaging == Container {
		note = "Whoever reaches the port without the proxy can pretend to be anyone: it is published on this host alone, and other containers on the engine's default network reach it too."
	}
	if a == nil || a.Support != catalog.Yes {
		m.note(note + " The header that the software trusts is set with environment.NAME or in its settings.")
		return nil
	}
	m.note(note)
	m.turnOn(*a, "trust in the header must be turned on in its settings")
	if headerForm.MatchString(a.Header) {
		m.model.Auth.Header = a.Header
		if !strings.EqualFold(a.Header, identityHeader) && m.Facts.Hubs[facts.Proxy].Has("reverseProxyBlock") {
			m.model.Auth.ProxyLines = []string{fmt.Sprintf("header_up %s {http.request.header.%s}", a.Header, identityHeader)}
		}
	}
	if a.AutoCreate != catalog.Yes {
		m.model.Auth.Manual = append(m.model.Auth.Manual, "accounts must be made for people by hand, each called like the address that the identity provider knows")
	}
	return nil
}
