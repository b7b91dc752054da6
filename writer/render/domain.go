package render

import (
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// domainMark stands in values for the host's domain. No value has a NUL in it,
// so nothing that anybody says means it.
const domainMark = "\x00domain\x00"

// domainOption is what the mark is written as.
const domainOption = "${config.networking.domain}"

// textOf is a string as Nix.
func textOf(s string) (string, error) {
	if !strings.Contains(s, domainMark) {
		return syntax.String(s)
	}
	within, err := inner(s)
	return `"` + within + `"`, err
}

// withoutDomain is the model with the mark where its values name the host's
// domain: addresses then move with the host, as those of its other services do.
func withoutDomain(m *plan.Model, domain string) *plan.Model {
	marked := *m
	variables := func(list []plan.Variable) []plan.Variable {
		list = slices.Clone(list)
		for i := range list {
			list[i].Value = markDomain(list[i].Value, domain)
		}
		return list
	}
	marked.Environment = variables(m.Environment)
	marked.Arguments = slices.Clone(m.Arguments)
	for i, a := range marked.Arguments {
		marked.Arguments[i] = markDomain(a, domain)
	}
	marked.Auth.Settings = slices.Clone(m.Auth.Settings)
	for i, s := range marked.Auth.Settings {
		marked.Auth.Settings[i].Value = markAny(s.Value, domain)
	}
	marked.Parts = slices.Clone(m.Parts)
	for i := range marked.Parts {
		marked.Parts[i].Environment = variables(marked.Parts[i].Environment)
	}
	if m.Widget != nil {
		w := *m.Widget
		w.Options = variables(w.Options)
		marked.Widget = &w
	}
	return &marked
}

// markAny marks the texts in a value of an option.
func markAny(of any, domain string) any {
	switch x := of.(type) {
	case string:
		return markDomain(x, domain)
	case []any:
		list := make([]any, len(x))
		for i := range x {
			list[i] = markAny(x[i], domain)
		}
		return list
	case map[string]any:
		set := make(map[string]any, len(x))
		for k := range x {
			set[k] = markAny(x[k], domain)
		}
		return set
	}
	return of
}

// markDomain puts the mark where a text has the domain as a name, or as the end
// of one.
func markDomain(s, domain string) string {
	var b strings.Builder
	from := 0
	for {
		at := strings.Index(s[from:], domain)
		if at < 0 {
			return b.String() + s[from:]
		}
		at += from
		b.WriteString(s[from:at])
		from = at + len(domain)
		if beginsName(s[:at]) && endsName(s[from:]) {
			b.WriteString(domainMark)
		} else {
			b.WriteString(domain)
		}
	}
}

// beginsName tells whether the text before a domain leaves it the end of a name.
func beginsName(before string) bool {
	return before == "" || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "//") || strings.HasSuffix(before, "@")
}

// endsName tells whether the text behind a domain is no part of its last label,
// and no label more.
func endsName(after string) bool {
	after = strings.TrimPrefix(after, ".")
	return after == "" || !strings.ContainsRune("-_", rune(after[0])) && !isLetterOrDigit(after[0])
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
