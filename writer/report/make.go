package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/verify"
)

// Input is what a report is made from. What a run did not come to is nil.
type Input struct {
	Scaffold string
	Tree     string
	Service  string
	// Given is what the plan was made from.
	Given plan.Input
	Plan  *plan.Plan
	Files []render.File
	// Sources are the texts of the repo's files by path.
	Sources map[string][]byte
	// Evaluated tells that Results and Failing are what evaluation said.
	Evaluated bool
	Results   []verify.Result
	Failing   []FailingCheck
	// Written tells that the files were written, TakenBack that they were taken
	// back after that.
	Written, TakenBack bool
	Build              Build
	Failure            *Failure
}

// Summary tells a run in a few sentences, which costs next to nothing.
func Summary(in Input) []string {
	m := maker{in, empty(in)}
	m.validation()
	m.files()
	m.r.Status = m.status()
	m.summary()
	return m.r.Summary
}

// empty is a report in which nothing is told yet.
func empty(in Input) *Report {
	r := &Report{Schema: SchemaVersion, Scaffold: in.Scaffold, Tree: in.Tree, Service: in.Service, Failure: in.Failure,
		Summary: []string{}, Questions: []plan.Question{}, Patterns: []Pattern{}, Plan: []Fact{}, Files: []File{},
		Checklist: []plan.Step{}, Rationale: []Choice{}, Notes: []string{}}
	if r.Scaffold == "" {
		r.Scaffold = "dev"
	}
	return r
}

// Make tells a run. It is pure: the same input gives the same report, byte for
// byte.
func Make(in Input) *Report {
	r := empty(in)
	m := maker{in, r}
	m.validation()
	m.packages()
	m.authentication()
	m.patterns()
	m.complexity()
	m.files()
	m.documentation()
	if p := in.Plan; p != nil {
		r.Host = p.Host
		r.Questions, r.Checklist, r.Notes = list(p.Questions), list(p.Checklist), list(p.Notes)
		m.glance()
		m.rationale()
	}
	r.Status = m.status()
	m.summary()
	return r
}

type maker struct {
	Input
	r *Report
}

// list is a list that JSON shows as [], not as null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func (m *maker) status() Status {
	switch {
	case m.TakenBack:
		return TakenBack
	case m.Written && m.Build.State == Unbuildable:
		return BuildFailed
	case m.Written && m.Build.State == Succeeded:
		return Built
	case m.Plan != nil && !m.Plan.Ready():
		return Questions
	case len(verify.Broken(m.Results)) > 0:
		return Broken
	case m.Failure != nil || m.Plan == nil:
		return Failed
	case m.Written:
		return Written
	}
	return Planned
}

// decisions are those with one of the names, in the plan's order.
func (m *maker) decisions(names ...string) []plan.Decision {
	found := []plan.Decision{}
	if m.Plan == nil {
		return found
	}
	for _, d := range m.Plan.Decisions {
		if slices.Contains(names, d.Name) {
			found = append(found, d)
		}
	}
	return found
}

func (m *maker) decision(name string) (plan.Decision, bool) {
	if found := m.decisions(name); len(found) > 0 {
		return found[0], true
	}
	return plan.Decision{}, false
}

// value is a decided value as text.
func value(v any) string {
	if l, ok := v.([]string); ok {
		return strings.Join(l, ", ")
	}
	return fmt.Sprint(v)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (m *maker) validation() {
	v := Validation{Evaluated: m.Evaluated, Results: list(m.Results), Failing: list(m.Failing), NotChecked: list(m.Given.NotChecked), Build: m.Build}
	v.Kept = len(m.Results) - len(verify.Broken(m.Results))
	v.Build.State = cmp.Or(v.Build.State, NotBuilt)
	m.r.Validation = v
}

func (m *maker) files() {
	for _, f := range m.Files {
		if f.Before == nil {
			m.r.Files = append(m.r.Files, File{Path: f.Path, Action: "create", Content: string(f.After)})
			continue
		}
		m.r.Files = append(m.r.Files, File{Path: f.Path, Action: "edit", Diff: udiff.Unified("a/"+f.Path, "b/"+f.Path, string(f.Before), string(f.After))})
	}
}

func (m *maker) complexity() {
	c := Complexity{Decisions: m.decisions("tier", "exemplar")}
	if d, ok := m.decision("tier"); ok {
		c.Tier, c.Reason, c.Exemplar = m.Plan.Model.Tier, d.Reason, m.Plan.Model.Exemplar
	}
	m.r.Complexity = c
}
