package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
)

// maxOptions is how many options of a NixOS module are listed.
const maxOptions = 20

// packages: what is there to run.
func (m *maker) packages() {
	p := Packages{NearNatives: []string{}, NearPackages: []string{}, Image: imageOf(m.Given.Image), NoImage: m.Given.NoImage,
		Decisions: m.decisions("packaging", "native", "package", "program", "image")}
	if f := m.Given.Facts; f != nil {
		p.Stable, p.Unstable, p.HasUnstable = packageOf("pkgs", m.Service, f.Package), packageOf("pkgs.unstable", m.Service, f.Unstable), f.Host.Unstable
		p.NearNatives, p.NearPackages = list(f.Near.Natives), list(f.Near.Packages)
		if n := f.Native; n != nil {
			p.Native = &Native{Option: "services." + cmp.Or(n.Name, m.Service), Enabled: n.Enabled, Units: list(slices.Sorted(maps.Keys(n.Units))), Options: options(n)}
		}
	}
	if e := m.Given.Entry; e != nil {
		p.Catalog = &Catalog{File: e.File, Homepage: e.Homepage, Images: list(e.Images), Sources: list(e.Sources)}
	}
	m.r.Packages = p
}

func packageOf(set, service string, p *facts.Package) *Package {
	if p == nil {
		return nil
	}
	optional := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	k := &Package{Attribute: set + "." + cmp.Or(p.Attribute, service), Version: optional(p.Version), Description: optional(p.Description),
		Homepage: optional(p.Homepage), Licences: list(p.Licenses), Problems: []string{}}
	insecure := "marked insecure"
	if len(p.Vulnerabilities) > 0 {
		insecure += " for " + strings.Join(p.Vulnerabilities, ", ")
	}
	for _, against := range []struct {
		is   bool
		text string
	}{
		{p.Broken, "marked broken"}, {p.Insecure, insecure}, {p.Unfree, "unfree"}, {p.Unsupported, "not for the host's platform"},
		{p.Refused, "refused by the repo's package set"}, {p.Throws, "cannot be evaluated"},
	} {
		if against.is {
			k.Problems = append(k.Problems, against.text)
		}
	}
	return k
}

func imageOf(i *image.Image) *Image {
	if i == nil {
		return nil
	}
	k := &Image{Reference: i.Reference, Choice: i.Choice, Warning: i.Warning, Platforms: list(i.Platforms), Ports: []string{}, Volumes: list(i.Config.Volumes),
		User: i.Config.User, Entrypoint: list(i.Config.Entrypoint), HealthCheck: list(i.Config.HealthCheck), Tools: list(i.Tools), Rejected: []Rejected{}}
	for _, p := range i.Config.Ports {
		k.Ports = append(k.Ports, fmt.Sprintf("%d/%s", p.Number, p.Protocol))
	}
	for _, x := range i.Rejected {
		k.Rejected = append(k.Rejected, Rejected(x))
	}
	return k
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
	a := Authentication{Abilities: []Ability{}, Options: []AuthOption{}, Decisions: m.decisions("auth", "policy", "issuer")}
	if f := m.Given.Facts; f != nil && f.Native != nil {
		for _, o := range f.Native.Authentication {
			a.Options = append(a.Options, AuthOption{o.Path, string(o.Kind), o.Type, o.Description})
		}
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
