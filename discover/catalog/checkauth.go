package catalog

import (
	"slices"
	"strings"
	"time"
)

// abilities are the abilities of an entry by the field that has them.
func (a *Auth) abilities() map[string]*Ability {
	return map[string]*Ability{"oidc": &a.OIDC, "trustedHeader": &a.TrustedHeader, "disable": &a.Disable, "apiKey": &a.APIKey, "multiUser": &a.MultiUser}
}

// supports are what Support may be; nothing is unknown.
var supports = []string{string(Yes), string(No), string(Unknown)}

// auth sees that what is said of logging in has a source: what is guessed there
// opens somebody's house.
func (d *document) auth(e *Entry) {
	abilities := e.Auth.abilities()
	for _, name := range sorted(abilities) {
		d.ability("auth."+name, abilities[name])
	}
	if !e.Auth.None {
		return
	}
	for _, name := range []string{"oidc", "trustedHeader"} {
		if abilities[name].Support == Yes {
			d.say("auth."+name, "it cannot be there where auth.none says that there is no login")
		}
	}
	if e.Auth.Disable.Support != Yes {
		d.say("auth.disable", "it is yes where auth.none says that there is no login, with the page that says so")
	}
}

func (d *document) ability(field string, a *Ability) {
	d.oneOf(field+".support", string(a.Support), supports, false)
	d.oneOf(field+".pages", string(a.Pages), supports, false)
	d.oneOf(field+".autoCreate", string(a.AutoCreate), supports, false)
	known := a.Support == Yes || a.Support == No
	d.address(field+".source", a.Source, false)
	if known && a.Source == "" {
		d.say(field+".source", "it is missing: %s is only written with the page that says so; else write unknown", a.Support)
	}
	switch _, err := time.Parse(time.DateOnly, a.Seen); {
	case known && a.Seen == "":
		d.say(field+".seen", "it is missing: write the day on which the page was read, as YYYY-MM-DD")
	case a.Seen != "" && err != nil:
		d.say(field+".seen", "%q is no day, which is written YYYY-MM-DD", a.Seen)
	}
	d.variables(field+".environment", a.Environment)
	d.settings(field+".settings", a.Settings)
	d.form(field+".secret", a.Secret, variableForm, maxLine, false)
	if _, ok := a.Environment[a.Secret]; ok && a.Secret != "" {
		d.say(field+".secret", "%s is in environment too, where its value is no secret", a.Secret)
	}
	d.form(field+".callback", a.Callback, pathForm, maxLine, false)
	d.form(field+".header", a.Header, headerForm, maxTitle, false)
	d.long(field+".paths", len(a.Paths))
	for _, p := range a.Paths {
		d.form(field+".paths", p, pathForm, maxLine, true)
	}
	d.text(field+".prefix", a.Prefix, maxTitle, false)
	d.oneOf(field+".pages", string(a.Pages), supports, false)
	d.text(field+".manual", a.Manual, maxText, false)
	d.text(field+".note", a.Note, maxText, false)
	if a.Support == Yes {
		return
	}
	for name, there := range map[string]bool{
		"environment": len(a.Environment) > 0, "settings": len(a.Settings) > 0, "secret": a.Secret != "", "callback": a.Callback != "", "header": a.Header != "",
		"pages": a.Pages != "", "paths": len(a.Paths) > 0,
	} {
		if there {
			d.say(field+"."+name, "it is only written where support is yes")
		}
	}
}

// settings sees that values of options are of the kinds that Nix has, and that
// their text is like that of variables.
func (d *document) settings(field string, values map[string]any) {
	d.long(field, len(values))
	for _, n := range sorted(values) {
		if strings.TrimSpace(n) == "" || strings.ContainsFunc(n, misleading) || len(n) > maxLine {
			d.say(field, "%q is no path of an option", n)
			continue
		}
		d.setting(field+"."+n, values[n])
	}
}

func (d *document) setting(field string, v any) {
	switch v := v.(type) {
	case string:
		d.value(field, v)
	case bool, int, int64, uint64, float64:
	case []any:
		d.long(field, len(v))
		for _, e := range v {
			d.setting(field, e)
		}
	case map[string]any:
		d.settings(field, v)
	default:
		d.say(field, "%T is no value of an option", v)
	}
}

// Known tells whether the ability was looked up.
func (a *Ability) Known() bool {
	return slices.Contains([]Support{Yes, No}, a.Support)
}
