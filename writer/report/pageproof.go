package report

import (
	"strings"
)

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
