package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// promiseOutside: who gets in from where, and nobody else.
func (m *maker) promiseOutside() {
	model := m.model
	if t := model.Tunnel; t != nil {
		m.promise(PromiseTunnel, m.Service, fmt.Sprintf("tunnel %s carries %s", t.Name, m.HostName()),
			map[string]string{"tunnel": t.Name, "hostName": m.HostName(), "unit": t.Unit})
	}
	for _, k := range model.Keys {
		m.promise(PromiseMachine, k.Name, fmt.Sprintf("key %s opens %s, in header %s, from a variable that the proxy has", k.Name, k.opens(), k.Header), map[string]string{
			"vhost": m.Service, "variable": k.Variable, "header": k.Header, "paths": strings.Join(k.Paths, " "), "networks": strings.Join(k.Networks, " "), "audited": fmt.Sprint(k.Audited),
		})
	}
	if model.Auth.Kind != CaddySecurity && len(model.Keys) == 0 || model.Auth.Policy == "" {
		return
	}
	want, text := map[string]string{}, "nothing passes the login unasked"
	if b := model.Bypass; b != nil {
		want["paths"], want["networks"] = strings.Join(b.Paths, " "), strings.Join(b.Networks, " ")
		text += " but what begins with " + strings.Join(b.Paths, ", ")
	}
	var names []string
	for _, k := range model.Keys {
		names = append(names, k.Name)
	}
	if len(names) > 0 {
		want["keys"] = strings.Join(names, " ")
		if model.Bypass == nil {
			text += " but"
		} else {
			text += ", and"
		}
		text += " who has key " + strings.Join(names, ", ")
	}
	m.promise(PromiseUnasked, m.Service, text, want)
}

// outsideSteps: values of keys, names of the internet, and what to try.
func (m *maker) outsideSteps(before, after func(what, command string)) {
	url := "https://" + m.HostName()
	if t := m.model.Tunnel; t != nil {
		if m.model.Auth.Kind == Builtin {
			before(fmt.Sprintf("set %s.%s.%s.enable = false for the first deployment, make the first account of %s from the network at home and turn off that strangers register; only then set it to true and deploy again: on the internet, whoever comes first could make that account",
				m.hub(facts.Proxy), m.Service, t.Field, m.model.DisplayName), "")
		}
		switch {
		case t.Registers:
			after(fmt.Sprintf("see that %s has made a DNS record of %s", m.tunnelUnit(t), m.HostName()), fmt.Sprintf("ssh %s journalctl -u %s.service -n 50", m.Facts.Host.Name, m.tunnelUnit(t)))
		case t.Field == "cloudflare":
			before(fmt.Sprintf("let %s point to tunnel %s on the internet", m.HostName(), t.Name), fmt.Sprintf("cloudflared tunnel route dns %s %s", t.Name, m.HostName()))
		default:
			before(fmt.Sprintf("let %s point to tunnel %s on the internet", m.HostName(), t.Name), "")
		}
		after(m.outsideLook(), "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' "+url)
	}
	if len(m.model.Keys) > 0 && m.Facts.Identity.Unit != nil && m.model.Auth.Kind != Hybrid && !m.proxyRestarts() {
		after("restart the proxy: it reads the keys when it starts", fmt.Sprintf("ssh %s systemctl restart %s.service", m.Facts.Host.Name, *m.Facts.Identity.Unit))
	}
	for _, k := range m.model.Keys {
		path := "/"
		if len(k.Paths) > 0 {
			path = k.Paths[0]
		}
		if k.Secret != "" {
			before(fmt.Sprintf("add key %s, a long random value and never an empty one, which would let everybody in (openssl rand -hex 32 makes one)", k.Name), m.sopsCommand(k.Secret))
		}
		after(fmt.Sprintf("see that key %s lets a machine in: what the service answers, and no 302 to the login; enter the key, which is not shown", k.Name), fmt.Sprintf("read -rs KEY; curl -fsS -o /dev/null -w '%%{http_code}\\n' -H \"%s: $KEY\" %s%s", k.Header, url, path))
		after(fmt.Sprintf("see that another value than that of key %s is refused: 302, 401 or 403, never 200", k.Name), fmt.Sprintf("curl -sS -o /dev/null -w '%%{http_code}\\n' -H '%s: wrong' %s%s", k.Header, url, path))
	}
	if b := m.model.Bypass; b != nil {
		for _, p := range b.Paths {
			after(fmt.Sprintf("see that %s asks for a key of its own: nobody else asks there", p), fmt.Sprintf("curl -sS -o /dev/null -w '%%{http_code}\\n' %s%s", url, p))
		}
	}
}

// outsideLook is what to see from outside, where the answer's number alone says
// nothing of a login that is a page of the software's own.
func (m *maker) outsideLook() string {
	switch m.model.Auth.Kind {
	case NoAuth:
		return "see from outside of your network what everybody sees"
	case Builtin:
		return "see from outside of your network, in a browser without a session, that nothing is shown but its own login, and no way to register; 200 is right if it is the page of that login"
	case OIDC:
		return "see from outside of your network, in a browser without a session, that nothing is shown but a login, which leads to the identity provider; 200 is right if it is the page of that login"
	default:
		return "see from outside of your network that a login is asked for: 200 with a page of its own would be open to everybody"
	}
}

// tunnelUnit is what is known of the unit that runs a tunnel.
func (m *maker) tunnelUnit(t *Tunnel) string {
	if t.Unit == "" {
		return t.Name
	}
	return t.Unit
}
