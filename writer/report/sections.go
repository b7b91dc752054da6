package report

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/plan"
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
		where += ", " + link("", k.Homepage)
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
			source = link("", b.Source)
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

func (p *page) patterns(r *Report) {
	if len(r.Patterns) == 0 {
		return
	}
	p.heading(2, "2. Pattern study")
	p.line("How the repo's own services do it, by evaluation and by majority.")
	if r.Complexity.Exemplar != "" {
		p.line("Lines are of %s, the service most like this one, where it does so too.", code(r.Complexity.Exemplar))
	}
	p.table("Convention", "What the repo does", "Taught by", "Decides")
	for _, k := range r.Patterns {
		taught := make([]string, len(k.Taught))
		for i, l := range k.Taught {
			taught[i] = place(l.File, l.Number)
			if l.Text != "" {
				taught[i] += ": " + code(l.Text)
			}
		}
		p.row(text(k.Name), text(k.Finding), strings.Join(taught, "; "), text(strings.Join(k.Decisions, ", ")))
	}
}

func (p *page) plan(r *Report) {
	if len(r.Plan) == 0 {
		return
	}
	p.heading(2, "3. Plan")
	if c := r.Complexity; c.Tier != "" {
		p.line("Complexity: **%s**. %s", text(string(c.Tier)), sentence(c.Reason))
		for _, d := range c.Decisions {
			p.gap()
			if d.Name == "exemplar" {
				p.line("To compare with: %s. %s\n", code(value(d.Value)), sentence(d.Reason))
			}
			for _, e := range d.Evidence {
				p.line("- %s", evidence(e))
			}
		}
	}
	p.table("What", "How")
	for _, f := range r.Plan {
		p.row(text(f.About), text(f.Text))
	}
}

func (p *page) files(r *Report) {
	if len(r.Files) == 0 {
		return
	}
	p.heading(2, "4. Files")
	p.table("File", "Change")
	for _, f := range r.Files {
		p.row(code(f.Path), map[string]string{"create": "new", "edit": "edited"}[f.Action])
	}
	for _, f := range r.Files {
		p.heading(3, code(f.Path))
		if f.Action == "create" {
			p.WriteString(fence("nix", f.Content, ""))
		} else {
			p.WriteString(fence("diff", f.Diff, ""))
		}
	}
}

func (p *page) documentation(r *Report) {
	d := r.Documentation
	if len(d.Decisions) == 0 {
		return
	}
	p.heading(2, "5. Documentation")
	p.heading(3, "Decisions")
	p.table("Decision", "Value", "Rule", "Reason", "Evidence", "Not taken")
	for _, k := range d.Decisions {
		not := []string{}
		for _, x := range k.Rejected {
			not = append(not, code(value(x.Value))+" ("+text(x.Reason)+")")
		}
		p.row(text(k.Name), code(value(k.Value)), text(k.Rule), because(k), evidences(k.Evidence), strings.Join(not, "; "))
	}
	p.heading(3, "What sources contradict each other in")
	if len(d.Contradictions) == 0 {
		p.line("Nothing.")
	}
	for _, c := range d.Contradictions {
		p.line("- %s is %s, not %s: %s", opening(c.Decision), code(c.Value), code(c.Other), sentence(c.Reason))
	}
	if len(d.Integrations) > 0 {
		p.heading(3, "What it is wired into")
		p.table("What", "How", "Option", "Evaluated")
		for _, i := range d.Integrations {
			p.row(text(i.Name), text(i.Text), code(i.Option), text(i.Saw))
		}
	}
	if d.Access != "" {
		p.heading(3, "Public access")
		p.line("%s", opening(d.Access))
	}
	p.heading(3, "Deviations")
	if len(d.Deviations) == 0 {
		p.line("None: it does as the repo's other services do.")
	}
	for _, s := range d.Deviations {
		p.line("- %s", opening(s))
	}
}

func evidences(list []plan.Evidence) string {
	seen := []string{}
	for _, e := range list {
		if s := evidence(e); s != "" {
			seen = append(seen, s)
		}
	}
	return strings.Join(seen, "; ")
}

// evidence is a fact with where it was seen.
func evidence(e plan.Evidence) string {
	s := code(e.Option)
	if e.Value != "" {
		if s != "" {
			s += " = "
		}
		if strings.HasPrefix(e.Value, "https://") {
			s += link("", e.Value)
		} else {
			s += code(e.Value)
		}
	}
	if strings.HasPrefix(e.File, "https://") {
		return strings.TrimSpace(s + " " + link("", e.File))
	}
	if e.File != "" {
		if s != "" {
			s += " in "
		}
		s += place(e.File, e.Line)
	}
	return s
}

func (p *page) validation(r *Report) {
	v := r.Validation
	if r.Host == "" {
		return
	}
	p.heading(2, "6. Validation")
	if v.Evaluated {
		p.line("The host was evaluated with the new files: %d of %d promises are kept.", v.Kept, len(v.Results))
		if v.Kept < len(v.Results) {
			p.heading(3, "Broken")
			p.results(r, false)
		}
		if v.Kept > 0 {
			p.heading(3, "Kept")
			p.results(r, true)
		}
	} else {
		p.line("The host was not evaluated with the new files, so nothing is proved.")
	}
	p.heading(3, "Checks of the flake")
	switch {
	case !v.Evaluated:
		p.line("Not evaluated.")
	case len(v.Failing) == 0:
		p.line("None fails that did not fail before. They were evaluated, not built: `nix flake check` builds them.")
	default:
		p.line("These evaluated before and fail with the new files. Where one counts what services add, raise its numbers by what this one adds.")
		for _, c := range v.Failing {
			p.gap()
			p.line("- %s at %s\n", code(c.Name), place(c.File, c.Line))
			p.WriteString(fence("text", strings.TrimSpace(c.Message), "  "))
		}
	}
	if len(v.NotChecked) > 0 {
		p.heading(3, "Hosts that were not checked")
		p.line("They could not be evaluated, so their ids are not known to be free: %s.", codes(v.NotChecked))
	}
	p.heading(3, "Build")
	switch v.Build.State {
	case Succeeded:
		p.line("Built with %s.", code(v.Build.Command))
	case Unbuildable:
		p.line("**Failed** with %s:\n", code(v.Build.Command))
		p.WriteString(fence("text", v.Build.Message, ""))
	default:
		p.line("%s", strings.TrimSpace("Not built. "+text(v.Build.Message)))
		if v.Build.Command != "" {
			p.gap()
			p.WriteString(fence("sh", v.Build.Command, ""))
		}
	}
}

func (p *page) results(r *Report, kept bool) {
	p.table("Promise", "Seen")
	for _, k := range r.Validation.Results {
		if k.Kept == kept {
			p.row(text(k.Text), code(k.Saw))
		}
	}
}

func (p *page) checklist(r *Report) {
	if len(r.Checklist) == 0 && len(r.Notes) == 0 {
		return
	}
	p.heading(2, "7. Follow-up checklist")
	last := ""
	for _, s := range r.Checklist {
		if s.When != last {
			p.gap()
			p.line("**%s**\n", text(upper(s.When)))
			last = s.When
		}
		p.line("- [ ] %s", opening(upper(s.What)))
		if s.Command != "" {
			p.gap()
			p.WriteString(fence("sh", s.Command, "  ") + "\n")
		}
	}
	if len(r.Notes) > 0 {
		p.heading(3, "Notes")
		for _, n := range r.Notes {
			p.line("- %s", opening(n))
		}
	}
}

func (p *page) rationale(r *Report) {
	if len(r.Rationale) == 0 {
		return
	}
	p.heading(2, "8. Rationale")
	for _, f := range r.Rationale {
		said := ""
		if f.Choice != "" {
			said = code(f.Choice) + ". "
		}
		p.line("- **%s**: %s", text(f.About), strings.TrimSpace(said+sentence(f.Reason)))
	}
	p.gap()
	p.line("Made by scaffold %s%s.", code(r.Scaffold), tree(r.Tree))
}

// tree says what the plan was made from.
func tree(id string) string {
	if id == "" {
		return ""
	}
	return " from the files of git tree " + code(id)
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
		list[i] = link("", a)
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
