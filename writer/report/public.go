package report

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// access says from where people reach the service.
func (m *maker) access() string {
	model := m.Plan.Model
	switch {
	case model.Schedule != nil:
		return "It listens nowhere: it runs to its end."
	case !model.Web:
		return "It has no web page."
	case m.Given.Facts == nil || m.Given.Facts.Hubs[facts.Proxy] == nil:
		return "The host has no reverse proxy that services register with: it is reached at its port on the host."
	case model.Port == 0:
		return ""
	}
	s := fmt.Sprintf("Not exposed to the internet: no tunnel is set up. It is reached through the proxy at https://%s", m.hostName())
	if t := model.Tunnel; t != nil {
		s = fmt.Sprintf("Exposed to the internet: through tunnel %s and the proxy, at https://%s", t.Name, m.hostName())
	}
	switch model.Auth.Kind {
	case plan.NoAuth:
		return s + ", without a login."
	case "":
		return s + "."
	}
	if d, ok := m.decision("auth"); ok {
		s += fmt.Sprintf("; login: %s (%s)", value(d.Value), d.Reason)
	}
	return s + "."
}

// public is the decision on public access: whether, how it is guarded, and why,
// or how it is reached instead; then what gets in without a person.
func (m *maker) public() []Fact {
	list := []Fact{}
	say := func(about, text string) { list = append(list, Fact{about, text}) }
	model := m.Plan.Model
	if !model.Web || model.Port == 0 || m.Given.Facts == nil || m.Given.Facts.Hubs[facts.Proxy] == nil {
		return list
	}
	if t := model.Tunnel; t != nil {
		say("Exposed to the internet", "yes, through tunnel "+t.Name)
		say("Authentication", t.Login)
		why := t.Reason
		if why == "" {
			why = "none was given; say it with tunnelReason"
		}
		say("Justification", why)
		dns := "made by the repo from the virtual host"
		if !t.Registers {
			dns = "to be made by hand, see the checklist"
		}
		say("Public DNS record", dns)
	} else {
		say("Exposed to the internet", "no")
		say("Access method", "the network at home, or a VPN into it")
	}
	for _, k := range model.Keys {
		text := fmt.Sprintf("in header %s; opens %s", k.Header, opens(k.Paths))
		if len(k.Networks) > 0 {
			text += ", from " + strings.Join(k.Networks, ", ")
		}
		say("Key for machines: "+k.Name, text)
	}
	if b := model.Bypass; b != nil {
		text := strings.Join(b.Paths, ", ") + ", and what begins so"
		if len(b.Networks) > 0 {
			text += "; from " + strings.Join(b.Networks, ", ")
		}
		say("Passes without a login", text)
	}
	return append(list, exposure(model)...)
}

func opens(paths []string) string {
	if len(paths) == 0 {
		return "everything"
	}
	return "what begins with " + strings.Join(paths, ", ")
}

// exposure are the security considerations of what is on the internet.
func exposure(model *plan.Model) []Fact {
	if model.Tunnel == nil {
		return nil
	}
	list := []Fact{{"What that means", "anyone on the internet can send it requests, and no firewall stands between: what is named above is all that guards it"}}
	switch model.Auth.Kind {
	case plan.NoAuth:
		list = append(list, Fact{"Risk taken", "nobody logs in, as was said twice"})
	case plan.Builtin, plan.OIDC:
		list = append(list, Fact{"Risk taken", "requests reach the software before anyone has logged in: its own holes, and guessed passwords, are in reach of everyone"})
	}
	if len(model.Keys) > 0 || model.Bypass != nil {
		list = append(list, Fact{"Risk taken", "keys of machines and paths that pass without a login do so from the internet too"})
	}
	return list
}
