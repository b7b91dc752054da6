package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
)

// bypass: paths at which the proxy asks nobody, for machines that cannot log
// in and have keys of the software's own.
func (m *maker) bypass(paths []string) error {
	if err := m.guarded("bypassPaths", "bypassPaths"); err != nil {
		return err
	}
	if m.model.Auth.Kind == Hybrid {
		return inputErrorf("choose auth=caddy-security, or give machines apiKeys instead", "use bypassPaths: with auth hybrid the proxy sends the service's key along, so everyone would be let in there")
	}
	m.said("bypassPaths")
	b := &Bypass{Paths: paths}
	if networks, ok := m.said("bypassNetworks"); ok {
		if !m.Facts.Access.Lets("allowedNetworks") && m.model.Auth.Kind != "" {
			return inputErrorf("leave it out", "use bypassNetworks: single sign-on of the host's virtual hosts has no allowedNetworks")
		}
		b.Networks = listed(networks)
	}
	for _, k := range m.model.Keys {
		if k.pointless(paths) {
			return inputErrorf("take the path out of one of them", "make key %s: what it opens passes without it, by bypassPaths", k.Name)
		}
	}
	m.model.Bypass = b
	if h := m.bypassHelper(paths); h != nil {
		b.Given = true
		m.model.Auth.Helper = append([]string{m.Conventions.HostLibrary.Binding}, h.Helper...)
	}
	m.note(fmt.Sprintf("Nobody is asked for a login at what begins with %s. See that the software asks for a key of its own there, with its login turned off too.", strings.Join(paths, ", ")))
	return nil
}

// pointless tells that everything which a key opens passes unasked.
func (k APIKey) pointless(bypass []string) bool {
	return len(k.Paths) > 0 && !slices.ContainsFunc(k.Paths, func(path string) bool {
		return !slices.ContainsFunc(bypass, func(open string) bool { return strings.HasPrefix(path, open) })
	})
}

// bypassHelper is the helper that carries the policy with just these exceptions.
func (m *maker) bypassHelper(paths []string) *convention.BypassHelper {
	want := slices.Sorted(slices.Values(paths))
	for i := range m.Conventions.BypassHelpers {
		h := &m.Conventions.BypassHelpers[i]
		if h.Policy == m.model.Auth.Policy && slices.Equal(slices.Sorted(slices.Values(h.Paths)), want) {
			return h
		}
	}
	return nil
}

// offerBypass tells of paths at which the software asks for a key however people
// log in: those that the catalog knows, else those that the host library lets
// pass with the policy. They are never let pass without being asked for.
func (m *maker) offerBypass() {
	if m.model.Auth.Kind != CaddySecurity || m.Entry == nil || m.Entry.Auth.APIKey.Support != catalog.Yes || !m.Facts.Access.Lets("bypassPaths") {
		return
	}
	const why = "Programs and webhooks do not get past the login. "
	key := m.Entry.Auth.APIKey
	if len(key.Paths) > 0 {
		paths := strings.Join(key.Paths, ",")
		m.note(fmt.Sprintf("%sAt %s %s asks for its key all the same, says the catalog: --set bypassPaths=%s lets those pass that have it.", why, strings.ReplaceAll(paths, ",", ", "), m.model.DisplayName, paths))
		return
	}
	for _, h := range m.Conventions.BypassHelpers {
		if h.Policy == m.model.Auth.Policy {
			m.note(fmt.Sprintf("%s%s has a key for its API; if it asks for that at all of them, --set bypassPaths=%s lets requests there pass, as %s does for others.",
				why, m.model.DisplayName, strings.Join(h.Paths, ","), strings.Join(h.Helper, ".")))
			return
		}
	}
}

// networksInTunnel refuses networks by which the internet would be let in: what
// comes through a tunnel comes from the host itself.
func (m *maker) networksInTunnel() error {
	type limited struct {
		name     string
		networks []string
	}
	var all []limited
	if b := m.model.Bypass; b != nil {
		all = append(all, limited{"bypassNetworks", b.Networks})
	}
	for _, k := range m.model.Keys {
		all = append(all, limited{apiKeysPrefix + k.Name + ".networks", k.Networks})
	}
	for _, l := range all {
		for _, n := range l.networks {
			if p, err := netip.ParsePrefix(n); err == nil && (p.Contains(netip.MustParseAddr("127.0.0.1")) || p.Contains(netip.IPv6Loopback())) {
				return inputErrorf("take it out, or leave out tunnel", "use %s with a tunnel: %s has the host itself in it, from where everything comes that the tunnel carries", l.name, n)
			}
		}
		if len(l.networks) > 0 {
			m.note(fmt.Sprintf("%s does not open anything through the tunnel: what that carries comes from the host itself.", l.name))
		}
	}
	return nil
}
