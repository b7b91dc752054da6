package cmd

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/verify"
)

func (u *ui) say(lines ...string) {
	for _, l := range lines {
		_, _ = fmt.Fprintln(u.err, l)
	}
}

func (u *ui) print(lines ...string) {
	for _, l := range lines {
		_, _ = fmt.Fprintln(u.out, l)
	}
}

// plan prints the decisions as a table, each with its reason and evidence.
func (u *ui) plan(p *plan.Plan) {
	u.print(u.bold(fmt.Sprintf("Plan for %s on %s", p.Service, p.Host)), "")
	width := 0
	for _, d := range p.Decisions {
		width = max(width, len(d.Name))
	}
	for _, d := range p.Decisions {
		line := fmt.Sprintf("  %-*s  %s", width, d.Name, u.bold(value(d.Value)))
		if plain(d) { // a line each for reason and file would say the same thirty times
			u.print(line + u.dim("  ("+d.Evidence[0].File+")"))
		} else {
			u.print(line)
		}
		if d.Rule != "user" && !plain(d) {
			u.print(u.dim(fmt.Sprintf("  %-*s  %s", width, "", sentence(d.Reason))))
		}
		for _, e := range d.Evidence {
			if s := evidence(e); s != "" && d.Rule != "user" && !plain(d) {
				u.print(u.dim(fmt.Sprintf("  %-*s    %s", width, "", s)))
			}
		}
		for _, r := range d.Rejected {
			if r.Source != "" { // sources that contradict each other are for the user to judge
				u.print(fmt.Sprintf("  %-*s  %s", width, "", u.warn(fmt.Sprintf("! %s: %s", value(r.Value), r.Reason))))
				continue
			}
			u.print(u.dim(fmt.Sprintf("  %-*s    not %s: %s", width, "", value(r.Value), r.Reason)))
		}
	}
}

// plain tells that a decision is what the catalog says, and nothing else.
func plain(d plan.Decision) bool {
	return d.Rule == "catalog" && d.Reason == plan.CatalogHasIt && len(d.Evidence) == 1 && d.Evidence[0].File != "" && d.Evidence[0].Option == "" && d.Evidence[0].Value == ""
}

func value(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ", ")
	case string:
		return v
	}
	return fmt.Sprint(v)
}

// sentence makes one of a clause. What is called so in Nix keeps its spelling.
func sentence(s string) string {
	if word, _, _ := strings.Cut(s, " "); strings.ContainsAny(word, "._") {
		return s + "."
	}
	r, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[size:] + "."
}

func evidence(e plan.Evidence) string {
	s := e.Option
	if e.Value != "" {
		if s != "" {
			s += " = "
		}
		s += e.Value
	}
	if e.File != "" {
		if s != "" {
			s += "  "
		}
		s += e.File
		if e.Line > 0 {
			s += fmt.Sprintf(":%d", e.Line)
		}
	}
	return s
}

// diff prints the new files and the edits.
func (u *ui) diff(files []render.File) {
	for _, f := range files {
		u.print("")
		for _, line := range strings.Split(strings.TrimSuffix(unified(f), "\n"), "\n") {
			switch {
			case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
				u.print(u.bold(line))
			case strings.HasPrefix(line, "+"):
				u.print(u.good(line))
			case strings.HasPrefix(line, "-"):
				u.print(u.red(line))
			default:
				u.print(line)
			}
		}
	}
}

func unified(f render.File) string {
	from := "a/" + f.Path
	if f.Before == nil {
		from = "/dev/null"
	}
	return udiff.Unified(from, "b/"+f.Path, string(f.Before), string(f.After))
}

// proof prints each promise as kept or broken, with what was seen.
func (u *ui) proof(p *proposal, pr *proof) {
	broken := verify.Broken(pr.results)
	u.print("", u.bold(fmt.Sprintf("Evaluated with the new files: %d of %s kept", len(pr.results)-len(broken), counted(len(pr.results), "promise", "promises"))))
	for _, r := range pr.results {
		mark := u.good("kept  ")
		if !r.Kept {
			mark = u.red("BROKEN")
		}
		u.print(fmt.Sprintf("  %s %s", mark, r.Text), u.dim("           "+r.Saw))
	}
	for _, c := range pr.checks {
		u.print("", u.red("The flake's own check "+c.Name+" evaluated before and fails now:"))
		for _, line := range strings.Split(strings.TrimSpace(c.Err.Message), "\n") {
			u.print("    " + line)
		}
		if at := c.Err.Position(); at != "" {
			u.print("  at " + at)
			if line := sourceLine(p.target.Files[c.Err.File], c.Err.Line); line != "" {
				u.print("    " + line)
			}
		}
		switch {
		case len(c.numbers) == 0:
			u.print("  If it counts what services add, raise the numbers there by what this one adds.")
			continue
		case c.enough:
			u.print("  It counts what services add, and holds with these numbers, which are left to you:")
		default:
			u.print("  It counts what services add. These numbers are others now, and it fails for another reason too:")
		}
		for _, n := range c.numbers {
			u.print("    " + raise(n))
		}
	}
}

// sourceLine is a line of a file, without its indentation.
func sourceLine(text []byte, n int) string {
	lines := strings.Split(string(text), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[n-1])
}

func (u *ui) checklist(p *plan.Plan) {
	if len(p.Checklist) == 0 && len(p.Notes) == 0 {
		return
	}
	u.print("", u.bold("Left to you"))
	for _, s := range p.Checklist {
		u.print(fmt.Sprintf("  %s: %s", s.When, s.What))
		if s.Command != "" {
			u.print("      " + s.Command)
		}
	}
	for _, n := range p.Notes {
		u.print(u.dim("  note: " + n))
	}
}
