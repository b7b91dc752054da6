package plan

import (
	"net/url"
	"strings"

	"holthome.net/scaffold/discover/catalog"
)

// wellKnown is where an identity provider describes itself, below its issuer.
const wellKnown = "/.well-known/openid-configuration"

// provider is the host's identity provider: its issuer, the address of its
// description, and where that is said.
type provider struct {
	name, issuer, discovery, option string
}

// ownIssuers are identity providers whose issuer is the address of their page,
// without what names are spelled with.
var ownIssuers = []string{"pocketid", "authelia", "zitadel"}

// provider is the one that the proxy itself uses, else one that runs on the
// host; nil if there is none.
func (m *maker) provider() *provider {
	for _, p := range m.Facts.Identity.Providers {
		found := provider{name: p.Name, option: p.Path + "." + p.Name}
		if p.Discovery != nil {
			found.discovery = *p.Discovery
			found.issuer = strings.TrimSuffix(strings.TrimSuffix(found.discovery, wellKnown), "/")
		}
		if found.issuer == found.discovery && p.Issuer != nil {
			found.issuer = strings.TrimSuffix(*p.Issuer, "/")
		}
		if found.discovery == "" {
			found.discovery = found.issuer + wellKnown
		}
		if isWebAddress(found.issuer) && isWebAddress(found.discovery) {
			return &found
		}
	}
	for _, name := range sortedNames(m.Facts.Vhosts) {
		v := m.Facts.Vhosts[name]
		for _, known := range ownIssuers {
			if sameName(name, known) && v.Enable && v.HostName != nil && isWebAddress("https://"+*v.HostName) {
				issuer := "https://" + *v.HostName
				return &provider{name: name, issuer: issuer, discovery: issuer + wellKnown, option: m.hub("proxy") + "." + name}
			}
		}
	}
	return nil
}

// isWebAddress tells whether text is an address that can stand in a variable.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// lacksOIDC is what a client needs and is not there.
func (m *maker) lacksOIDC(a catalog.Ability) string {
	switch {
	case m.provider() == nil:
		return "the host has no identity provider that is known"
	case a.Secret != "" && !m.Facts.Host.SOPS:
		return "the client's secret cannot be handed over: the host has no sops"
	case a.Callback == "" && m.mentions(a, "{callback}"):
		return "the catalog does not say where the identity provider sends people back to"
	}
	return ""
}

// registerClient makes the software a client of the identity provider.
func (m *maker) registerClient() error {
	a := m.ability(OIDC)
	if a == nil || a.Support != catalog.Yes {
		if m.Answers["secrets"] == "" {
			return inputErrorf("name the variable with --set secrets=NAME, and the others with --set environment.NAME=VALUE", "use auth oidc: the software must be given its client's secret")
		}
		m.note("The client of the identity provider must exist before the first login, with a redirect URL on " + m.HostName() + "; its secret is one of the secrets of the service.")
		return nil
	}
	if lacks := m.lacksOIDC(*a); lacks != "" {
		return inputErrorf("choose another auth", "use auth oidc: %s", lacks)
	}
	p := m.provider()
	m.turnOn(*a, "the client must be set up in its settings")
	if a.Secret != "" {
		m.model.Auth.Secrets = append(m.model.Auth.Secrets, a.Secret)
	}
	client := &Client{ID: m.Service, Provider: p.name, Issuer: p.issuer, Secret: a.Secret}
	if a.Callback != "" {
		client.Callback = m.pageURL() + a.Callback
	}
	m.model.Auth.Client = client
	m.decide(Decision{Name: "identityProvider", Value: p.issuer, Rule: "the one that the proxy uses, else one that runs on the host",
		Reason: "it is called " + p.name + " there", Evidence: []Evidence{{Option: p.option, Value: p.issuer}}})
	return nil
}
