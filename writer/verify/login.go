package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// digest is how the facts tell a value.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// login: the software is given every variable and option of the way to log in,
// each with the value that was decided.
func (c *checker) login(p plan.Promise) (bool, string) {
	given, what := c.digests(p)
	if given == nil {
		return absent(what)
	}
	auth := c.plan.Model.Auth
	for _, v := range auth.Variables {
		if kept, saw := same(given, v.Name, c.written(v.Value)); !kept {
			return false, "the " + what + " has " + saw
		}
	}
	saw := strings.Fields(p.Want["variables"])
	if len(auth.Settings) > 0 {
		if c.after.Native == nil {
			return absent("such NixOS module")
		}
		for _, s := range auth.Settings {
			for path, value := range plainValues(strings.Join(s.Path, "."), s.Value) {
				if kept, saw := same(c.after.Native.Digests, path, value); !kept {
					return false, "the NixOS module has " + saw
				}
				saw = append(saw, path)
			}
		}
	}
	slices.Sort(saw)
	return true, "as decided: " + strings.Join(saw, ", ")
}

// digests are those of the variables of the container or unit, and what it is.
func (c *checker) digests(p plan.Promise) (map[string]string, string) {
	if c.plan.Model.Packaging == plan.Container {
		k, ok := c.after.Containers[p.Subject]
		if !ok {
			return nil, "such container"
		}
		return orEmpty(k.Digests), "container"
	}
	u, ok := c.after.Focus[p.Want["unit"]]
	if !ok {
		return nil, "unit " + p.Want["unit"] + ".service"
	}
	return orEmpty(u.Digests), "unit"
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// written is the value of a variable as the system has it: a unit's module fills
// in the port and the folder, and systemd reads a percent sign that is doubled.
func (c *checker) written(value string) string {
	m := c.plan.Model
	if m.Packaging == plan.Container {
		return value
	}
	dir := ""
	if m.Data != nil {
		dir = m.Data.Dir
	}
	return strings.NewReplacer("%", "%%", "{port}", fmt.Sprint(m.Port), "{dataDir}", dir, "{address}", "127.0.0.1").Replace(value)
}

// same tells whether a value is there and is the one that was decided.
func same(digests map[string]string, name, value string) (bool, string) {
	has, ok := digests[name]
	switch {
	case !ok:
		return false, "no " + name
	case has != digest(value):
		return false, "another " + name + " than was decided"
	}
	return true, name
}

// plainValues are the plain values in a value of an option, by dotted path. What
// is in lists, and numbers with a fraction, is not told by the facts.
func plainValues(path string, value any) map[string]string {
	switch x := value.(type) {
	case string, bool, int, int64, uint64:
		return map[string]string{path: fmt.Sprint(x)}
	case map[string]any:
		all := map[string]string{}
		for name, v := range x {
			for p, text := range plainValues(path+"."+name, v) {
				all[p] = text
			}
		}
		return all
	}
	return nil
}

// client: the issuer is the host's identity provider, people are sent back to a
// name that the proxy has, and the client's secret reaches the software.
func (c *checker) client(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok || !v.Enable {
		return absent("such virtual host")
	}
	if text(v.HostName) != p.Want["hostName"] {
		return false, "the proxy calls it " + text(v.HostName)
	}
	if callback := p.Want["callback"]; callback != "" {
		u, err := url.Parse(callback)
		if err != nil || u.Hostname() != text(v.HostName) || u.Scheme != "https" {
			return false, "people are sent back to " + callback + ", and the proxy calls it " + text(v.HostName)
		}
	}
	if !c.issues(p.Want["issuer"]) {
		return false, "nothing on the host is " + p.Want["issuer"]
	}
	if secret := p.Want["secret"]; secret != "" {
		if kept, saw := c.handed(p, secret); !kept {
			return false, saw
		}
	}
	return true, "issuer " + p.Want["issuer"] + ", " + text(v.HostName)
}

// handed: a secret reaches the software, in a file of its environment or as one
// of its credentials.
func (c *checker) handed(p plan.Promise, variable string) (bool, string) {
	unit := p.Want["unit"]
	if c.plan.Model.Handover == plan.ByCredential {
		return slices.Contains(c.after.Handovers[unit].Writes, variable), "nothing writes " + variable + " before " + unit + ".service starts"
	}
	return c.environment(plan.Promise{Subject: p.Subject, Want: map[string]string{"unit": unit, "secrets": variable}})
}

// issues tells whether an identity provider of the host has the address.
func (c *checker) issues(issuer string) bool {
	for _, p := range c.after.Identity.Providers {
		for _, address := range []*string{p.Issuer, p.Discovery} {
			if address != nil && strings.HasPrefix(*address, issuer) {
				return true
			}
		}
	}
	for _, v := range c.after.Vhosts {
		if v.Enable && v.HostName != nil && "https://"+*v.HostName == issuer {
			return true
		}
	}
	return false
}

// header: the proxy lets through and says who it is, and nobody else can.
func (c *checker) header(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok || !v.Enable {
		return absent("such virtual host")
	}
	if text(v.Policy) != p.Want["policy"] || v.Policy == nil {
		return false, "policy " + text(v.Policy)
	}
	for _, o := range c.after.Policies {
		if o.Name == *v.Policy && o.Injects != nil && !*o.Injects {
			return false, "policy " + o.Name + " does not tell the service who was let in"
		}
	}
	if line := p.Want["line"]; line != "" && !hasLine(v.ReverseProxyBlock, line) {
		return false, "the proxy does not set the header: " + line
	}
	if len(v.Bypasses) > 0 {
		return false, bypassed(v.Bypasses)
	}
	if kept, saw := c.onlyThroughProxy(p); !kept {
		return false, saw
	}
	return true, "policy " + *v.Policy + ", on " + p.Want["address"] + " alone"
}

// bypassed says that the proxy sends along what nobody proved to be.
func bypassed(options []string) string {
	return "requests pass that the portal did not ask: " + strings.Join(options, ", ")
}

// onlyThroughProxy: the proxy asks on this host, nothing else publishes the
// port, and the firewall does not let it in.
func (c *checker) onlyThroughProxy(p plan.Promise) (bool, string) {
	v := c.after.Vhosts[p.Subject]
	if v.Backend == nil || text(v.Backend.Host) != p.Want["address"] {
		return false, "the proxy does not ask on " + p.Want["address"]
	}
	for _, port := range c.after.Firewall.TCP {
		if fmt.Sprint(port) == p.Want["port"] {
			return false, "the firewall lets port " + p.Want["port"] + " in"
		}
	}
	if option := p.Want["addressOption"]; option != "" {
		if c.after.Native == nil || c.after.Native.Digests[option] != digest(p.Want["address"]) {
			return false, option + " is not " + p.Want["address"]
		}
	}
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return true, ""
	}
	for _, published := range k.Ports {
		if !strings.HasPrefix(published, p.Want["address"]+":") {
			return false, published + " is open to other hosts"
		}
	}
	if networks := slices.Concat(k.Networks, option(k, "--network")); len(networks) > 0 {
		return false, "other containers on network " + strings.Join(networks, ", ") + " reach it without the proxy"
	}
	return true, ""
}

// key: the proxy sends the key, and has the variable that it is in.
func (c *checker) key(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok || !v.Enable {
		return absent("such virtual host")
	}
	if !hasLine(v.ReverseProxyBlock, p.Want["line"]) {
		return false, "the proxy does not send it: " + p.Want["line"]
	}
	unasked := v.Bypasses
	if len(c.plan.Model.Keys) > 0 { // who has one of its keys may use the service's
		unasked = slices.DeleteFunc(slices.Clone(unasked), func(option string) bool { return option == "staticApiKeys" })
	}
	if len(unasked) > 0 {
		return false, bypassed(unasked)
	}
	return c.proxyHas(p.Want["variable"])
}

// hasLine tells whether a block has a line, whatever its indentation.
func hasLine(block, line string) bool {
	return slices.ContainsFunc(strings.Split(block, "\n"), func(l string) bool { return strings.TrimSpace(l) == line })
}
