package report

import (
	"strings"
)

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
