package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// tunnel: the virtual host is in the tunnel under its name, and what runs the
// tunnel is started with something else than before, or is seen to carry it.
func (c *checker) tunnel(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok || !v.Enable {
		return absent("such virtual host")
	}
	name := p.Want["tunnel"]
	switch {
	case text(v.Tunnel) != name || v.Tunnel == nil:
		return false, "it is in tunnel " + text(v.Tunnel)
	case text(v.HostName) != p.Want["hostName"]:
		return false, "the proxy calls it " + text(v.HostName)
	}
	t, ok := c.after.Tunnels[name]
	switch {
	case !ok || !t.Enabled:
		return false, "the host has no tunnel " + name + " that is on"
	case t.HostNames != nil:
		return slices.Contains(t.HostNames, p.Want["hostName"]), fmt.Sprintf("tunnel %s carries %s", name, strings.Join(t.HostNames, ", "))
	case t.Unit == nil:
		return false, "no unit runs tunnel " + name
	case t.Digest == nil:
		return true, fmt.Sprintf("in tunnel %s; what %s.service carries of it cannot be seen", name, *t.Unit)
	}
	if before := c.before.Tunnels[name].Digest; before != nil && *before == *t.Digest {
		return false, *t.Unit + ".service is started with what it was before: it does not carry it"
	}
	return true, *t.Unit + ".service is started with another configuration than before"
}

// machine: a key opens what was decided and no more, and its variable is in the
// proxy's environment. A variable that is not would be empty, and an empty key
// lets everybody in.
func (c *checker) machine(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Want["vhost"]]
	if !ok || !v.Enable {
		return absent("such virtual host")
	}
	k := keyNamed(v.Open, p.Subject)
	if k == nil {
		return false, "the virtual host has no such key"
	}
	for _, f := range []struct{ field, is, want string }{
		{"variable", text(k.Variable), p.Want["variable"]},
		{"header", text(k.Header), p.Want["header"]},
		{"paths", strings.Join(k.Paths, " "), p.Want["paths"]},
		{"networks", strings.Join(k.Networks, " "), p.Want["networks"]},
	} {
		if f.is != f.want {
			return false, fmt.Sprintf("its %s: %s", f.field, orNone(f.is))
		}
	}
	if k.Audited != nil && fmt.Sprint(*k.Audited) != p.Want["audited"] {
		return false, fmt.Sprintf("whether the service is told which key it was: %t", *k.Audited)
	}
	return c.proxyHas(p.Want["variable"])
}

// proxyHas: a template that the proxy reads defines a variable.
func (c *checker) proxyHas(variable string) (bool, string) {
	for _, name := range c.after.Identity.Templates {
		if slices.Contains(c.after.Templates[name].Variables, variable) {
			return true, variable + " is in template " + name + ", which the proxy reads"
		}
	}
	if c.defined(variable) {
		return false, "the proxy does not read the template that defines " + variable
	}
	return false, "no template defines " + variable
}

func keyNamed(open *facts.Open, name string) *facts.StaticKey {
	if open == nil {
		return nil
	}
	for i := range open.Keys {
		if k := &open.Keys[i]; k.Name != nil && *k.Name == name {
			return k
		}
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// unasked: no request passes the login but those that were decided.
func (c *checker) unasked(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok || !v.Enable {
		return absent("such virtual host")
	}
	if v.Open == nil {
		return false, "nobody is asked for a login at all"
	}
	var keys []string
	for _, k := range v.Open.Keys {
		keys = append(keys, text(k.Name))
	}
	if len(v.Open.Resources) > 0 {
		return false, "what matches " + strings.Join(v.Open.Resources, ", ") + " passes unasked"
	}
	for _, f := range []struct{ what, is, want string }{
		{"paths that pass unasked", strings.Join(v.Open.Paths, " "), p.Want["paths"]},
		{"keys that pass", strings.Join(keys, " "), p.Want["keys"]},
	} {
		if !sameWords(f.is, f.want) {
			return false, fmt.Sprintf("%s: %s", f.what, orNone(f.is))
		}
	}
	if p.Want["paths"] != "" && !sameWords(strings.Join(v.Open.Networks, " "), p.Want["networks"]) {
		return false, "networks from which they pass: " + orNone(strings.Join(v.Open.Networks, " "))
	}
	return true, fmt.Sprintf("paths: %s; keys: %s", orNone(p.Want["paths"]), orNone(p.Want["keys"]))
}

// sameWords tells whether two texts have the same words, in any order.
func sameWords(a, b string) bool {
	return slices.Equal(slices.Sorted(slices.Values(strings.Fields(a))), slices.Sorted(slices.Values(strings.Fields(b))))
}

func (c *checker) foundTunnel(p plan.Promise) string {
	if v, ok := c.after.Vhosts[p.Subject]; ok && v.Tunnel != nil {
		return "tunnel " + *v.Tunnel
	}
	return ""
}
