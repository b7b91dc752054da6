package report

import (
	"strings"

	"holthome.net/scaffold/plan"
)

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
	if len(d.LeftOut) > 0 {
		p.heading(3, "What is left out")
		p.table("What", "Why")
		for _, o := range d.LeftOut {
			p.row(text(o.About), sentence(o.Reason))
		}
	}
	if d.Access != "" {
		p.heading(3, "Public access")
		p.line("%s", opening(d.Access))
	}
	if len(d.Public) > 0 {
		p.gap()
		for _, f := range d.Public {
			p.line("- **%s**: %s", text(f.About), sentence(f.Text))
		}
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
			s += link(e.Value)
		} else {
			s += code(e.Value)
		}
	}
	if strings.HasPrefix(e.File, "https://") {
		return strings.TrimSpace(s + " " + link(e.File))
	}
	if e.File != "" {
		if s != "" {
			s += " in "
		}
		s += place(e.File, e.Line)
	}
	return s
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
