package report

import (
	"cmp"
	"fmt"

	"holthome.net/scaffold/plan"
)

// summary is the run in a few sentences.
func (m *maker) summary() {
	say := func(format string, args ...any) { m.r.Summary = append(m.r.Summary, fmt.Sprintf(format, args...)) }
	p := m.Plan
	if p == nil {
		say("No plan could be made for %s.", m.Service)
		return
	}
	about := fmt.Sprintf("%s on %s, run as %s", cmp.Or(p.Model.DisplayName, p.Service), p.Host, runAs(p.Model.Packaging))
	if p.Model.Tier != "" {
		about += "; " + string(p.Model.Tier)
		if p.Model.Exemplar != "" {
			about += ", most like " + p.Model.Exemplar
		}
	}
	say("%s.", about)
	if n := len(p.Questions); n > 0 {
		say("%s.", count(n, "question is left, so nothing was proved", "questions are left, so nothing was proved"))
		return
	}
	switch v := m.r.Validation; {
	case !v.Evaluated:
		say("The host was not evaluated with the new files.")
	default:
		s := fmt.Sprintf("Evaluated with the new files: %d of %s kept", v.Kept, count(len(v.Results), "promise", "promises"))
		if n := len(v.Failing); n > 0 {
			s += "; " + count(n, "check of the flake fails that did not before", "checks of the flake fail that did not before")
		}
		if n := len(v.NotChecked); n > 0 {
			s += "; " + count(n, "host could not be checked", "hosts could not be checked")
		}
		say("%s.", s)
	}
	created := 0
	for _, f := range m.r.Files {
		if f.Action == "create" {
			created++
		}
	}
	changes := fmt.Sprintf("%s, %s", count(created, "new file", "new files"), count(len(m.r.Files)-created, "edited file", "edited files"))
	say("%s: %s.", changes, map[Status]string{Planned: "nothing is written yet", Broken: "nothing was written", Failed: "see what failed",
		Written: "written, not built", Built: "written and built", BuildFailed: "written, and the build failed", TakenBack: "taken back, because the build failed"}[m.r.Status])
	before := 0
	for _, s := range p.Checklist {
		if s.When == "before deployment" {
			before++
		}
	}
	if n := len(p.Checklist); n > 0 {
		say("%s left to do by hand, %d of them before deployment.", count(n, "step is", "steps are"), before)
	}
}

// runAs is a packaging in words.
func runAs(p plan.Packaging) string {
	switch p {
	case plan.Native:
		return "a module of NixOS, wrapped"
	case plan.OwnUnit:
		return "a unit of its own"
	}
	return "a container"
}
