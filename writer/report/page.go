package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"holthome.net/scaffold/plan"
)

// mark is the beginning of every report in Markdown: by it a former one is known.
const mark = "# scaffold: "

// JSON writes the report by docs/report.schema.json.
func (r *Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// IsReport tells whether the content of a file is a report that was written
// before, in either form.
func IsReport(content []byte) bool {
	if strings.HasPrefix(string(content), mark) {
		return true
	}
	var former struct {
		Schema   int             `json:"schema"`
		Service  string          `json:"service"`
		Patterns json.RawMessage `json:"patterns"`
		Build    json.RawMessage `json:"validation"`
	}
	return json.Unmarshal(content, &former) == nil && former.Schema > 0 && former.Service != "" && former.Patterns != nil && former.Build != nil
}

// Markdown writes the report for a pull request.
func (r *Report) Markdown(w io.Writer) error {
	p := &page{}
	p.head(r)
	p.research(r)
	p.patterns(r)
	p.plan(r)
	p.files(r)
	p.documentation(r)
	p.validation(r)
	p.checklist(r)
	p.rationale(r)
	_, err := io.WriteString(w, p.String())
	return err
}

// page is Markdown in the making.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// heading begins a part, with an empty line on either side.
func (p *page) heading(level int, title string) {
	p.gap()
	p.line("%s %s\n", strings.Repeat("#", level), title)
}

// gap leaves one empty line.
func (p *page) gap() {
	if s := p.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		p.WriteString("\n")
	}
}

// table begins a table: its rows follow.
func (p *page) table(heads ...string) {
	rule := make([]string, len(heads))
	for i := range heads {
		rule[i] = "---"
	}
	p.gap()
	p.WriteString(row(heads...) + "|" + strings.Join(rule, "|") + "|\n")
}

func (p *page) row(cells ...string) { p.WriteString(row(cells...)) }

var titles = map[Status]string{
	Failed: "stopped by an error", Questions: "questions are left", Broken: "a promise is broken, nothing was written", Planned: "planned and proved, not written",
	Written: "written, not built", Built: "written and built", BuildFailed: "written, but the build fails", TakenBack: "taken back after the build failed",
}

func (p *page) head(r *Report) {
	p.WriteString(mark + "add " + text(r.Service))
	if r.Host != "" {
		p.WriteString(" to " + text(r.Host))
	}
	p.line("\n\n**%s.**\n", upper(titles[r.Status]))
	for _, s := range r.Summary {
		p.line("- %s", opening(s))
	}
	if f := r.Failure; f != nil {
		p.heading(2, "What failed")
		p.line("%s", opening(f.Message))
		if f.Option != "" || f.File != "" {
			p.table("Option", "Place", "Kind")
			p.row(code(f.Option), place(f.File, f.Line), text(f.Kind))
		}
		if !strings.HasSuffix(f.Message, f.Hint) {
			p.gap()
			p.line("%s", opening(f.Hint))
		}
	}
	if len(r.Questions) > 0 {
		p.heading(2, "Questions")
		p.line("No source could answer these. Answer with `--set NAME=VALUE` or a file with `--answers`.")
		p.table("Name", "Question", "Why it is asked", "What depends on it", "Choices", "Proposed", "What sources say")
		for _, q := range r.Questions {
			choices := make([]string, len(q.Choices))
			for i, c := range q.Choices {
				choices[i] = code(c.Value)
			}
			p.row(code(q.Name), text(q.Text), text(q.Why), text(strings.Join(q.DependsOn, ", ")), strings.Join(choices, ", "), code(q.Default), evidences(q.Evidence))
		}
	}
}

// place is where in a file.
func place(file string, line int) string {
	if file != "" && line > 0 {
		return code(fmt.Sprintf("%s:%d", file, line))
	}
	return code(file)
}

// upper begins a sentence. A name with a dot in it, such as that of a unit, stays
// what it is called.
func upper(s string) string {
	if word, _, _ := strings.Cut(s, " "); strings.Contains(strings.TrimSuffix(word, "."), ".") {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// sentence is a reason as one.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return text(upper(s))
	}
	return text(upper(s)) + "."
}

// reasoned are decisions in words: what, and why.
func (p *page) reasoned(decisions []plan.Decision) {
	if len(decisions) == 0 {
		return
	}
	p.gap()
	for _, d := range decisions {
		p.line("- **%s**: %s. %s", text(d.Name), code(value(d.Value)), because(d))
		for _, x := range d.Rejected {
			p.line("  - not %s: %s", code(value(x.Value)), sentence(x.Reason))
		}
	}
}

// because is why a decision was made.
func because(d plan.Decision) string {
	if d.Rule == "user" {
		return "Said by the user."
	}
	return sentence(d.Reason)
}
