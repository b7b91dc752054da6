package plan

import (
	"fmt"
	"slices"
	"strings"
)

// APIKey is a key with which a machine passes the proxy's login.
type APIKey struct {
	Name string
	// Variable is that of the proxy which has the key, Secret its sops name.
	Variable, Secret string
	Header           string
	// Paths and Networks limit what it opens, and from where; empty for all.
	Paths, Networks []string
	// Audited tells that the service is told which key it was.
	Audited bool
	// Helper is the member of the host library that makes it, nil for none;
	// Named tells that it takes a set.
	Helper []string
	Named  bool
}

// opens is what a key opens, for people.
func (k APIKey) opens() string {
	if len(k.Paths) == 0 {
		return "everything"
	}
	return "what begins with " + strings.Join(k.Paths, ", ")
}

// from is from where a key works, for people.
func (k APIKey) from() string {
	if len(k.Networks) == 0 {
		return ""
	}
	return ", from " + strings.Join(k.Networks, ", ")
}

// Bypass is what passes without a login.
type Bypass struct {
	Paths, Networks []string
	// Given tells that the policy's helper has the paths already.
	Given bool
}

// machines: what gets in without a person: keys of machines, and paths that
// nobody is asked at.
func (m *maker) machines() error {
	if err := m.strayKeys(); err != nil {
		return err
	}
	_, keys := m.answer("apiKeys")
	paths, open := m.answer("bypassPaths")
	if _, ok := m.answer("bypassNetworks"); ok && !open {
		return inputErrorf("say bypassPaths too, or leave it out", "read bypassNetworks: nothing passes unasked")
	}
	if keys {
		if err := m.apiKeys(); err != nil {
			return err
		}
	}
	if open {
		return m.bypass(listed(paths))
	}
	m.offerBypass()
	return nil
}

// guarded refuses what only a login of the proxy can let through.
func (m *maker) guarded(name, field string) error {
	auth := m.model.Auth.Kind
	switch {
	case auth == "": // still a question
		return nil
	case auth == NoAuth:
		return inputErrorf("choose auth=caddy-security, or leave it out", "use %s: with auth none everything passes already", name)
	case auth == OIDC || auth == Builtin:
		return inputErrorf("use the software's own keys, or choose auth=caddy-security", "use %s: with auth %s the proxy asks nobody, so there is nothing to let pass", name, auth)
	case auth == TrustedHeader:
		return inputErrorf("choose another auth, or leave it out", "use %s: with auth trusted-header who is not asked could send any name", name)
	case !m.Facts.Access.Lets(field):
		return inputErrorf("leave it out", "use %s: single sign-on of the host's virtual hosts has no %s", name, field)
	}
	return nil
}

// apiKeys: a key for each machine, whose value is in the proxy's environment.
func (m *maker) apiKeys() error {
	if err := m.guarded("apiKeys", "staticApiKeys"); err != nil {
		return err
	}
	if lacks := m.lacksKeys(); lacks != "" {
		return inputErrorf("mend it, or leave out apiKeys", "use apiKeys: %s", lacks)
	}
	said, _ := m.said("apiKeys")
	variables := map[string]string{}
	for _, name := range listed(said) {
		k := m.apiKey(name)
		if other, ok := variables[k.Variable]; ok {
			return inputErrorf("give each a variable of its own", "make keys %s and %s: both are in variable %s", other, name, k.Variable)
		}
		variables[k.Variable] = name
		if !m.proxyVariable(Line{Variable: k.Variable, Secret: k.Secret, Random: true, About: "The proxy lets machines in that send the key."}) {
			k.Secret = ""
		}
		m.chooseKeyHelper(&k)
		m.decide(Decision{Name: apiKeysPrefix + name, Value: k.Variable, Rule: "a variable of the proxy for each key", Reason: fmt.Sprintf("opens %s, in header %s%s", k.opens(), k.Header, k.from())})
		m.model.Keys = append(m.model.Keys, k)
	}
	return nil
}

// lacksKeys is what keys need and is not there.
func (m *maker) lacksKeys() string {
	switch {
	case !m.Facts.Host.SOPS:
		return "the keys cannot be handed to the proxy: the host has no sops"
	case m.Facts.Identity.Unit == nil:
		return "it is not known which unit the proxy is"
	case !contains(m.Facts.Access.Keys, "name") || !contains(m.Facts.Access.Keys, "envVar"):
		return "keys of virtual hosts have no name or no variable"
	}
	return ""
}

// apiKey is a key as it was said, and as it is otherwise.
func (m *maker) apiKey(name string) APIKey {
	said := func(field string) string { return m.Answers[apiKeysPrefix+name+"."+field] }
	k := APIKey{Name: name, Secret: m.Service + "/" + name + "-api-key", Variable: m.variable("") + upper(name) + "_API_KEY",
		Header: "X-Api-Key", Paths: listed(said("paths")), Networks: listed(said("networks")), Audited: said("audited") != "no"}
	if h := m.Facts.Access.Header; h != nil {
		k.Header = *h
	}
	if h := said("header"); h != "" {
		k.Header = h
	}
	if v := said("variable"); v != "" {
		k.Variable = v
	}
	return k
}

// chooseKeyHelper takes the helper that needs least said.
func (m *maker) chooseKeyHelper(k *APIKey) {
	if m.Conventions.HostLibrary == nil {
		return
	}
	var wants []string
	if len(k.Paths) > 0 {
		wants = append(wants, "paths")
	}
	if len(k.Networks) > 0 {
		wants = append(wants, "allowedNetworks")
	}
	for _, member := range sortedNames(m.Conventions.KeyHelpers) {
		h := m.Conventions.KeyHelpers[member]
		fits := !h.Named && slices.Equal(h.Takes, wants) && k.Audited && h.Header != nil && *h.Header == k.Header
		full := h.Named && k.Helper == nil && m.takesAll(h.Takes, *k)
		if fits || full {
			k.Helper, k.Named = []string{m.Conventions.HostLibrary.Binding, member}, h.Named
		}
		if fits {
			return
		}
	}
}

// takesAll tells whether a helper takes everything that is said of a key.
func (m *maker) takesAll(takes []string, k APIKey) bool {
	for field, said := range map[string]bool{"headerName": true, "paths": len(k.Paths) > 0, "allowedNetworks": len(k.Networks) > 0, "injectAuthHeader": !k.Audited} {
		if said && !contains(takes, field) {
			return false
		}
	}
	return true
}
