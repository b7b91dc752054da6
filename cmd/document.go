package cmd

import (
	"encoding/json"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// document is what --json prints of a plan.
type document struct {
	*plan.Plan
	// Status is questions, planned, broken or written.
	Status   string          `json:"status"`
	Files    []documentFile  `json:"files"`
	Results  []verify.Result `json:"results"`
	Failing  []failingCheck  `json:"failingChecks"`
	Unproved []string        `json:"notChecked"`
}

type documentFile struct {
	Path   string `json:"path"`
	Action string `json:"action"` // create or edit
	Diff   string `json:"diff"`
}

type failingCheck struct {
	Name    string `json:"name"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

func (a *app) document(status string, p *proposal, pr *proof) error {
	d := document{Plan: p.plan, Status: status, Files: []documentFile{}, Results: []verify.Result{}, Failing: []failingCheck{}, Unproved: orEmpty(p.notChecked)}
	for _, f := range p.files {
		action := "edit"
		if f.Before == nil {
			action = "create"
		}
		d.Files = append(d.Files, documentFile{f.Path, action, unified(f)})
	}
	if pr != nil {
		d.Results = pr.results
		for _, c := range pr.checks {
			d.Failing = append(d.Failing, failingCheck{c.Name, c.Err.File, c.Err.Line, c.Err.Message})
		}
	}
	return a.encode(d)
}

// encode prints a value as JSON for people and programs alike.
func (a *app) encode(v any) error {
	a.printed = true
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// orEmpty is a list that JSON shows as [], not as null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
