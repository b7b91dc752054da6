package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
)

// verdict is what is known of one way to log in: whether it can be, and why.
type verdict struct {
	auth    Auth
	support catalog.Support
	why     string
}

// chooseAuth takes the first way to log in that is known to work, and asks where
// something that is not known would come before it.
func (m *maker) chooseAuth() (string, bool) {
	if m.Entry == nil {
		m.askAuth(m.nothingKnown(), verdict{}, nil)
		return "", false
	}
	best, open := m.rank()
	rule, ways := m.order()
	var refused []Rejected
	for _, auth := range ways {
		if auth == best.auth {
			break
		}
		if v := m.judge(auth); v.support == catalog.No {
			refused = append(refused, Rejected{Value: string(auth), Reason: v.why})
		}
	}
	if len(open) > 0 || best.auth == "" {
		why := "no source tells what it supports, and an open page is worse than a question"
		if len(open) > 0 {
			var names []string
			for _, v := range open {
				names = append(names, string(v.auth)+" ("+v.why+")")
			}
			why = "it is not known whether it can do what would be better: " + strings.Join(names, ", ")
		}
		m.askAuth(why, best, refused)
		return "", false
	}
	m.decide(Decision{Name: "auth", Value: string(best.auth), Rule: rule, Reason: best.why, Evidence: m.evidenceOf(best.auth), Rejected: refused})
	if best.auth == CaddySecurity || best.auth == Hybrid {
		if u := m.Entry.Auth.MultiUser; u.Support == catalog.Yes && !m.Entry.Auth.None {
			m.note(fmt.Sprintf("%s tells people apart, but not behind this login: everyone who is let in is the same user in it.", m.model.DisplayName))
		}
	}
	return string(best.auth), true
}

// nothingKnown is why it is asked of a service that is in no catalog.
func (m *maker) nothingKnown() string {
	why := "no source tells what it supports, and an open page is worse than a question"
	if n := m.Facts.Native; n != nil && m.model.Packaging == Native {
		var told []string
		for _, a := range n.Authentication {
			if t := fmt.Sprintf("services.%s.%s (%s)", m.model.NativeName, a.Path, a.Kind); len(told) < 3 {
				told = append(told, t)
			}
		}
		if len(told) > 0 {
			why += "; its module has " + strings.Join(told, ", ")
		}
	}
	return why
}

// order is the order in which ways to log in are tried, and the rule that says
// so. Where people have data of their own the software must know who they are;
// else one login for all services is better than one of its own.
func (m *maker) order() (rule string, ways []Auth) {
	a := m.Entry.Auth
	switch {
	case a.None:
		return "the proxy asks where the software does not", []Auth{CaddySecurity}
	case a.MultiUser.Support == catalog.Yes:
		rule = "several users"
	case a.MultiUser.Support != catalog.No && (a.OIDC.Support == catalog.Yes || a.TrustedHeader.Support == catalog.Yes):
		rule = "several users, as one that can be told who somebody is has them"
	default:
		return "one user: own login off behind the proxy's, then hybrid, then what knows who it is, then its own login",
			[]Auth{CaddySecurity, Hybrid, OIDC, TrustedHeader, Builtin}
	}
	return rule + ": OIDC, then a trusted header, then own login off behind the proxy's, then hybrid, then its own login",
		[]Auth{OIDC, TrustedHeader, CaddySecurity, Hybrid, Builtin}
}

// rank is the first way that is known to work, and those before it of which it
// is not known. Best has no value if none is.
func (m *maker) rank() (best verdict, open []verdict) {
	_, ways := m.order()
	for _, auth := range ways {
		switch v := m.judge(auth); v.support {
		case catalog.Yes:
			return v, open
		case catalog.No:
		default:
			open = append(open, v)
		}
	}
	return verdict{}, open
}

// ability is what the catalog knows of a way to log in, nil where nothing has to
// be known.
func (m *maker) ability(auth Auth) *catalog.Ability {
	if m.Entry == nil {
		return nil
	}
	a := &m.Entry.Auth
	return map[Auth]*catalog.Ability{OIDC: &a.OIDC, TrustedHeader: &a.TrustedHeader, CaddySecurity: &a.Disable, Hybrid: &a.APIKey}[auth]
}

// judge tells whether a way can be taken: the software must be able to, and the
// host must have what it needs.
func (m *maker) judge(auth Auth) verdict {
	no := func(why string) verdict { return verdict{auth, catalog.No, why} }
	a := m.ability(auth)
	if a == nil {
		return verdict{auth, catalog.Yes, "nothing else is known to work"}
	}
	if m.Facts.Hubs[facts.Proxy] == nil {
		return no("the host has no reverse proxy that services register with")
	}
	none := auth == CaddySecurity && m.Entry.Auth.None
	switch {
	case none:
	case a.Support == catalog.No:
		return no("it cannot: " + sourceOf(*a))
	case a.Support != catalog.Yes && auth == Hybrid:
		return no("no key is known that opens its pages")
	case a.Support != catalog.Yes:
		return verdict{auth, catalog.Unknown, "nobody has looked it up"}
	}
	if lacks := m.lacks(auth, *a); lacks != "" {
		return no(lacks)
	}
	if none {
		return verdict{auth, catalog.Yes, "it has no login of its own"}
	}
	return verdict{auth, catalog.Yes, map[Auth]string{
		OIDC: "it signs people in through an identity provider, and the host has one", TrustedHeader: "it takes the proxy's word for who somebody is",
		CaddySecurity: "its own login can be turned off", Hybrid: "its own login cannot be turned off, and a key opens its pages",
	}[auth]}
}

// lacks is what a way needs and is not there, empty if nothing is missing.
func (m *maker) lacks(auth Auth, a catalog.Ability) string {
	if auth != OIDC && len(m.usablePolicies(auth)) == 0 {
		return "no authorization policy of the host can be used for it"
	}
	switch auth {
	case OIDC:
		return m.lacksOIDC(a)
	case TrustedHeader:
		if err := m.onlyThroughProxy(); err != nil {
			return err.Error()
		}
		return m.lacksHeader(a)
	case Hybrid:
		return m.lacksKey(a)
	}
	return ""
}

// evidenceOf is what a way to log in rests on: what the catalog knows, where it
// was read, and what options of the NixOS module tell of it.
func (m *maker) evidenceOf(auth Auth) []Evidence {
	var list []Evidence
	if m.Entry != nil {
		a := m.Entry.Auth
		all := []struct {
			field   string
			ability catalog.Ability
		}{{"oidc", a.OIDC}, {"trustedHeader", a.TrustedHeader}, {"disable", a.Disable}, {"apiKey", a.APIKey}, {"multiUser", a.MultiUser}}
		for _, f := range all {
			if m.ability(auth) != nil && (f.field == fieldOf[auth] || f.field == "multiUser") && f.ability.Support != catalog.Unknown && f.ability.Support != "" {
				list = append(list, Evidence{File: m.Entry.FileOf("auth." + f.field), Value: fmt.Sprintf("%s: %s, %s", f.field, f.ability.Support, sourceOf(f.ability))})
			}
		}
	}
	kinds := map[Auth][]facts.AuthKind{OIDC: {facts.AuthOIDC, facts.AuthOAuth}, TrustedHeader: {facts.AuthHeader, facts.AuthProxy}}[auth]
	if n := m.Facts.Native; n != nil && m.model.Packaging == Native {
		for _, o := range n.Authentication {
			if slices.Contains(kinds, o.Kind) && len(list) < 5 {
				list = append(list, Evidence{Option: "services." + m.model.NativeName + "." + o.Path, Value: string(o.Kind)})
			}
		}
	}
	return list
}

var fieldOf = map[Auth]string{OIDC: "oidc", TrustedHeader: "trustedHeader", CaddySecurity: "disable", Hybrid: "apiKey"}

// sourceOf is the page that an ability was read on, and when.
func sourceOf(a catalog.Ability) string {
	switch {
	case a.Source == "":
		return "no source"
	case a.Seen == "":
		return a.Source
	}
	return a.Source + " (" + a.Seen + ")"
}
