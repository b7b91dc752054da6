package report

import (
	"fmt"
	"strings"
)

func (p *page) research(r *Report) {
	k := r.Packages
	if r.Host == "" {
		return
	}
	p.heading(2, "1. Package research")
	p.table("Asked", "Found", "Where")
	if k.Native != nil {
		state := "module " + code(k.Native.Option)
		if k.Native.Enabled {
			state += ", enabled already"
		}
		if len(k.Native.Units) > 0 {
			state += ", makes " + codes(suffixed(k.Native.Units, ".service"))
		}
		p.row("NixOS module", state, code(k.Native.Option+".enable"))
	} else {
		p.row("NixOS module", "none", code("services."+r.Service))
	}
	p.pack("Package, stable", k.Stable, "pkgs", r.Service)
	if k.HasUnstable {
		p.pack("Package, unstable", k.Unstable, "pkgs.unstable", r.Service)
	} else {
		p.row("Package, unstable", "the repo has no second package set", code("pkgs.unstable"))
	}
	if len(k.NearNatives) > 0 {
		p.row("Modules with a like name", codes(k.NearNatives), code("services"))
	}
	if len(k.NearPackages) > 0 {
		p.row("Packages with a like name", codes(k.NearPackages), code("pkgs"))
	}
	if c := k.Catalog; c != nil {
		found := "known"
		if len(c.Images) > 0 {
			found = "images " + codes(c.Images)
		}
		p.row("Catalog", found, strings.Join(append([]string{code(c.File)}, links(c.Sources)...), ", "))
	} else {
		p.row("Catalog", "no entry", "")
	}
	p.image(r)
	if k.Native != nil && len(k.Native.Options) > 0 {
		p.heading(3, "Options of the NixOS module")
		p.table("Option", "Type", "Default", "About")
		for _, o := range k.Native.Options {
			fallback := ""
			if o.Default != nil {
				fallback = code(fmt.Sprint(o.Default))
			}
			p.row(code(o.Name), text(o.Type), fallback, text(o.Description))
		}
	}
	if len(k.Decisions) > 0 {
		p.heading(3, "Decided")
		p.reasoned(k.Decisions)
	}
	p.authentication(r)
}

// pack is the row of a package.
func (p *page) pack(asked string, k *Package, set, service string) {
	if k == nil {
		p.row(asked, "none", code(set+"."+service))
		return
	}
	parts := []string{"of unknown version"}
	if k.Version != "" {
		parts[0] = code(k.Version)
	}
	for _, problem := range k.Problems {
		parts = append(parts, "**"+upper(text(problem))+"**")
	}
	if len(k.Licences) > 0 {
		parts = append(parts, "licence "+text(strings.Join(k.Licences, ", ")))
	}
	where := code(k.Attribute)
	if k.Homepage != "" {
		where += ", " + link(k.Homepage)
	}
	p.row(asked, strings.Join(parts, ", "), where)
}

// image is what a registry says, or why it was not asked.
func (p *page) image(r *Report) {
	i := r.Packages.Image
	if i == nil {
		if r.Packages.NoImage != "" {
			p.row("Image", "not looked at: "+text(r.Packages.NoImage), "")
		}
		return
	}
	p.row("Image", code(i.Reference), text(i.Choice))
	if i.Warning != "" {
		p.row("Warning", "**"+text(i.Warning)+"**", "")
	}
	user := []string{}
	if i.User != "" {
		user = append(user, i.User)
	}
	for _, said := range []struct {
		asked  string
		values []string
		where  string
	}{
		{"Platforms", i.Platforms, "its index"}, {"Exposed ports", i.Ports, "its config"}, {"Volumes", i.Volumes, "its config"},
		{"User", user, "its config"}, {"Entrypoint", i.Entrypoint, "its config"}, {"Health check of its own", i.HealthCheck, "its config"},
		{"Programs for a health check", i.Tools, "its layers"},
	} {
		if len(said.values) > 0 {
			p.row(said.asked, codes(said.values), said.where)
		}
	}
	for _, x := range i.Rejected {
		p.row("Not taken", code(x.Repository), text(x.Reason))
	}
}

func (p *page) authentication(r *Report) {
	a := r.Authentication
	p.heading(3, "Authentication")
	p.table("Asked", "Found", "More", "Source")
	for _, b := range a.Abilities {
		source := ""
		if b.Source != "" {
			source = link(b.Source)
			if b.Seen != "" {
				source += ", " + text(b.Seen)
			}
		}
		p.row(text(b.Name), text(b.Support), text(b.Detail), source)
	}
	if len(a.Options) > 0 {
		p.gap()
		p.line("Options of the NixOS module that tell of a way to log in:")
		p.table("Option", "Kind", "About")
		for _, o := range a.Options {
			p.row(code(o.Option), text(o.Kind), text(o.Description))
		}
	}
	p.reasoned(a.Decisions)
}

func codes(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = code(v)
	}
	return strings.Join(list, ", ")
}

func links(addresses []string) []string {
	list := make([]string, len(addresses))
	for i, a := range addresses {
		list[i] = link(a)
	}
	return list
}

func suffixed(names []string, suffix string) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = n + suffix
	}
	return list
}
