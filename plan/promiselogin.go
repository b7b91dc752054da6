package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// promiseLogin: what the way to log in needs reaches the software and the proxy.
func (m *maker) promiseLogin() {
	auth, unit := m.model.Auth, m.mainUnit()
	if len(auth.Variables)+len(auth.Settings) > 0 {
		want := map[string]string{"unit": unit}
		var names, paths []string
		for _, v := range auth.Variables {
			names = append(names, v.Name)
		}
		for _, s := range auth.Settings {
			paths = append(paths, strings.Join(s.Path, "."))
		}
		if len(names) > 0 {
			want["variables"] = strings.Join(names, " ")
		}
		if len(paths) > 0 {
			want["settings"] = strings.Join(paths, " ")
		}
		m.promise(PromiseLogin, m.Service, fmt.Sprintf("the software is told how people log in: auth %s", auth.Kind), want)
	}
	if c := auth.Client; c != nil {
		want := map[string]string{"issuer": c.Issuer, "hostName": m.HostName(), "unit": unit}
		text := "the software is a client of " + c.Issuer
		if c.Callback != "" {
			want["callback"] = c.Callback
			text += ", which sends people back to its own host name"
		}
		if c.Secret != "" {
			want["secret"] = c.Secret
		}
		m.promise(PromiseClient, m.Service, text, want)
	}
	switch auth.Kind {
	case TrustedHeader:
		want := map[string]string{"policy": auth.Policy, "port": fmt.Sprint(m.model.Port), "address": loopback}
		if len(auth.ProxyLines) > 0 {
			want["line"] = auth.ProxyLines[0]
		}
		if m.model.Packaging == Native {
			want["addressOption"] = m.model.NativeNames["address"]
		}
		m.promise(PromiseHeader, m.Service, "the proxy says who was let in, and no other host reaches the service without it", want)
	case Hybrid:
		m.promise(PromiseKey, m.Service, fmt.Sprintf("the proxy sends the key in header %s, from a variable that is defined", auth.Header),
			map[string]string{"line": auth.ProxyLines[0], "variable": auth.Key})
	}
}

// loginSteps: what a person must do for people to be able to log in.
func (m *maker) loginSteps(before, after func(what, command string)) {
	auth := m.model.Auth
	if c := auth.Client; c != nil {
		where := "redirect URL " + c.Callback
		if c.Callback == "" {
			where = "the redirect URL that its documentation names, on " + m.pageURL()
		}
		what := fmt.Sprintf("make a client at %s, with id %s and %s; let the groups use it that shall", c.Issuer, c.ID, where)
		if c.Secret != "" {
			what += "; its secret is the value of " + c.Secret
		}
		before(what, "")
	}
	for _, step := range auth.Manual {
		after(step, "")
	}
	if auth.Kind == Hybrid && m.Facts.Identity.Unit != nil && !m.proxyRestarts() {
		after("restart the proxy: it reads the key when it starts", fmt.Sprintf("ssh %s systemctl restart %s.service", m.Facts.Host.Name, *m.Facts.Identity.Unit))
	}
	made := map[string]bool{}
	for _, l := range m.model.Lines {
		if !made[l.Secret] && !l.Random && !m.given(l.Secret) {
			made[l.Secret] = true
			after(fmt.Sprintf("make what %s stands for in the settings of %s, put it in the place of the first value, and deploy again", l.Secret, m.model.DisplayName), "sops edit "+m.secretsFile())
		}
	}
	if m.model.Widget != nil && len(m.model.Widget.Secrets) > 0 && m.Facts.Hubs[facts.DashboardHub] != nil {
		after("restart the dashboard if its widget shows nothing: it reads the key when it starts", "")
	}
}

// random tells whether a secret's value is made up, not the software's.
func (m *maker) random(secret string) bool {
	return slices.ContainsFunc(m.model.Lines, func(l Line) bool { return l.Random && l.Secret == secret })
}

// given tells whether the software itself is given the secret.
func (m *maker) given(secret string) bool {
	for _, v := range m.model.SecretNames {
		if SecretName(m.Service, v) == secret {
			return true
		}
	}
	return false
}
