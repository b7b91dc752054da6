package cmd

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/plan/conflict"
)

// showCheck prints the result of a check in a format.
func (a *app) showCheck(format string, r checkResult) error {
	switch format {
	case "json":
		return a.encode(r)
	case "sarif":
		return a.encode(newSARIF(r))
	case "github":
		a.githubCheck(r)
	default:
		a.textCheck(r)
	}
	return nil
}

// textCheck is for people: what is wrong, whose it is, where, what to do.
func (a *app) textCheck(r checkResult) {
	u := a.ui
	for _, f := range errorsLast(grouped(r.Findings)) {
		mark := u.red(string(f.Severity))
		if f.Severity == conflict.Warning {
			mark = u.bold(string(f.Severity))
		}
		u.print(strings.TrimRight(fmt.Sprintf("%s %s %s", mark, f.Rule, u.dim(strings.Join(f.Hosts, ", "))), " "), "  "+f.Message)
		width := 0
		for _, p := range f.Parties {
			width = max(width, len(p.Owner))
		}
		for _, p := range f.Parties {
			u.print("    " + strings.TrimRight(fmt.Sprintf("%-*s  %s%s  %s", width, p.Owner, p.Option, valueText(p), u.dim(place(p))), " "))
		}
		u.print("  "+f.Advice, "")
	}
	for _, n := range r.NotChecked {
		u.print(fmt.Sprintf("%s %s: %s", u.red("not checked"), n.Host, n.Reason))
	}
	for _, f := range r.NotRead {
		u.print(fmt.Sprintf("%s %s: %s", u.bold("not read"), strings.Join(f.Hosts, ", "), f.Message))
	}
	if len(r.Excepted) > 0 {
		u.print(fmt.Sprintf("%s wanted, as %s says", count(len(r.Excepted), "conflict"), settingsFile))
	}
	u.print(fmt.Sprintf("%s checked: %s", count(len(r.Hosts), "host"), summary(r)))
}

// errorsLast puts what is worst where it is read first: a terminal shows the
// end of a long text, and so does Nix of a check that failed.
func errorsLast(findings []conflict.Finding) []conflict.Finding {
	isError := func(f conflict.Finding) int {
		if f.Severity == conflict.Error {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(findings, func(a, b conflict.Finding) int { return isError(a) - isError(b) })
	return findings
}

// grouped makes one of the ids of a host that all need the same look at it.
func grouped(findings []conflict.Finding) []conflict.Finding {
	var list []conflict.Finding
	at := map[string]int{}
	values := map[string][]string{}
	for _, f := range findings {
		host := strings.Join(f.Hosts, ", ")
		if f.Rule != conflict.IDDynamic || len(f.Parties) != 1 || !strings.HasPrefix(f.Parties[0].Option, "users.") {
			list = append(list, f)
			continue
		}
		p := f.Parties[0]
		p.Value, p.Host = f.Value, ""
		if i, ok := at[host]; ok {
			list[i].Parties = append(list[i].Parties, p)
		} else {
			at[host] = len(list)
			f.Parties = []conflict.Party{p}
			list = append(list, f)
		}
		values[host] = append(values[host], f.Value)
	}
	for host, i := range at {
		if ids := values[host]; len(ids) > 1 {
			list[i].Message = fmt.Sprintf("%s declares %d ids that NixOS may have given away: it hands out 999 and below to accounts without an id, and does not check a declared one against what it gave before", host, len(ids))
			list[i].Advice = fmt.Sprintf("on %s: grep -wE '%s' /var/lib/nixos/uid-map /var/lib/nixos/gid-map. Or hand over its maps: --uid-map %s=FILE --gid-map %s=FILE", host, strings.Join(ids, "|"), host, host)
		}
	}
	return list
}

func summary(r checkResult) string {
	text := fmt.Sprintf("%s, %s", count(r.Counts.Errors, "error"), count(r.Counts.Warnings, "warning"))
	if r.Counts == (checkCounts{}) {
		text = "no conflict"
	}
	if len(r.NotChecked) > 0 {
		text += fmt.Sprintf("; %d not checked", len(r.NotChecked))
	}
	return text
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func valueText(p conflict.Party) string {
	text := ""
	if p.Value != "" {
		text = " = " + p.Value
	}
	if p.Host != "" {
		text += " on " + p.Host
	}
	return text
}

// place is the file and the line, as far as they are known.
func place(p conflict.Party) string {
	if p.File == "" {
		return "(NixOS)"
	}
	return placeOf(p.File, p.Line)
}

func placeOf(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// githubCheck prints annotations: one at every place of a finding that the
// repo has, so that a review of either file shows it.
func (a *app) githubCheck(r checkResult) {
	for _, f := range r.Findings {
		level := "error"
		if f.Severity == conflict.Warning {
			level = "warning"
		}
		text := f.Message
		for _, p := range f.Parties {
			text += fmt.Sprintf("\n%s: %s%s (%s)", p.Owner, p.Option, valueText(p), place(p))
		}
		text += "\n" + f.Advice
		placed := false
		for _, p := range f.Parties {
			if p.File == "" {
				continue
			}
			placed = true
			line := ""
			if p.Line > 0 {
				line = fmt.Sprintf(",line=%d", p.Line)
			}
			a.ui.print(fmt.Sprintf("::%s file=%s%s,title=%s::%s", level, githubProperty(p.File), line, f.Rule, githubData(text)))
		}
		if !placed {
			a.ui.print(fmt.Sprintf("::%s title=%s::%s", level, f.Rule, githubData(text)))
		}
	}
	for _, n := range r.NotChecked {
		a.ui.print(fmt.Sprintf("::error title=%s::%s", conflict.HostNotChecked, githubData(n.Host+" could not be evaluated: "+n.Reason)))
	}
	for _, f := range r.NotRead {
		a.ui.print(fmt.Sprintf("::notice title=%s::%s", f.Rule, githubData(f.Message)))
	}
}

var (
	githubDataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubPropertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubData(s string) string     { return githubDataEscapes.Replace(s) }
func githubProperty(s string) string { return githubPropertyEscapes.Replace(s) }
