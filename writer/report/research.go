package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
)

// maxOptions is how many options of a NixOS module are listed.
const maxOptions = 20

// packages: what is there to run.
func (m *maker) packages() {
	p := Packages{Near: facts.Near{Natives: []string{}, Packages: []string{}}, Image: m.Given.Image, NoImage: m.Given.NoImage,
		Decisions: m.decisions("packaging", "native", "package", "program", "image")}
	if f := m.Given.Facts; f != nil {
		p.Stable, p.Unstable, p.HasUnstable = f.Package, f.Unstable, f.Host.Unstable
		p.Near.Natives, p.Near.Packages = list(f.Near.Natives), list(f.Near.Packages)
		if n := f.Native; n != nil {
			p.Native = &Native{Option: "services." + cmp.Or(n.Name, m.Service), Enabled: n.Enabled, Units: slices.Sorted(maps.Keys(n.Units)), Options: options(n)}
			p.Native.Units = list(p.Native.Units)
		}
	}
	if e := m.Given.Entry; e != nil {
		p.Catalog = &Catalog{File: e.File, Homepage: e.Homepage, Images: list(e.Images), Sources: list(e.Sources)}
	}
	m.r.Packages = p
}

// options are a module's own and those inside of its settings that a wrapper
// cares for: those that have a description first, by name.
func options(n *facts.NativeModule) []Option {
	found := []Option{}
	for _, from := range []map[string]facts.NativeOption{n.Options, n.Inside} {
		for _, name := range slices.Sorted(maps.Keys(from)) {
			if o := from[name]; name != "enable" {
				found = append(found, Option{name, o.Type, o.Default, o.Description})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Option) int {
		switch {
		case (a.Description == "") == (b.Description == ""):
			return 0
		case a.Description == "":
			return 1
		}
		return -1
	})
	return found[:min(len(found), maxOptions)]
}

// authentication: what the catalog and the NixOS module say of logging in.
func (m *maker) authentication() {
	a := Authentication{Abilities: []Ability{}, Options: []facts.NativeAuthOption{}, Decisions: m.decisions("auth", "policy", "issuer")}
	if f := m.Given.Facts; f != nil && f.Native != nil {
		a.Options = list(f.Native.Authentication)
	}
	var known catalog.Auth
	if m.Given.Entry != nil {
		known = m.Given.Entry.Auth
	}
	for _, k := range []struct {
		name string
		catalog.Ability
	}{
		{"Native OIDC or OAuth2", known.OIDC},
		{"Trusted header from the proxy", known.TrustedHeader},
		{"Its own login can be turned off", known.Disable},
		{"API key", known.APIKey},
		{"People have data or rights of their own", known.MultiUser},
	} {
		a.Abilities = append(a.Abilities, Ability{k.name, string(cmp.Or(k.Support, catalog.Unknown)), detail(k.Ability), k.Source, k.Seen})
	}
	if known.None {
		a.Abilities = append(a.Abilities, Ability{Name: "It has a login at all", Support: string(catalog.No)})
	}
	m.r.Authentication = a
}

// detail is what an ability takes, in a few words.
func detail(a catalog.Ability) string {
	var parts []string
	add := func(format, s string) {
		if s != "" {
			parts = append(parts, fmt.Sprintf(format, s))
		}
	}
	add("header %s", a.Header)
	add("callback %s", a.Callback)
	add("secret in %s", a.Secret)
	if a.AutoCreate != "" {
		add("makes accounts at the first login: %s", string(a.AutoCreate))
	}
	add("by hand: %s", a.Manual)
	add("%s", a.Note)
	return strings.Join(parts, "; ")
}
