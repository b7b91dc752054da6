package cmd

import (
	"holthome.net/scaffold/plan/conflict"
)

// checkResult is what check says, as --json prints it; docs/check.schema.json
// describes it.
type checkResult struct {
	Schema int `json:"schema"`
	// Status is clean, found or not-checked.
	Status     string              `json:"status"`
	Hosts      []string            `json:"hosts"`
	NotChecked []notChecked        `json:"notChecked"`
	Counts     checkCounts         `json:"counts"`
	Findings   []conflict.Finding  `json:"findings"`
	Excepted   []conflict.Excepted `json:"excepted"`
	// NotRead are values that could not be evaluated on hosts that could.
	NotRead []conflict.Finding `json:"notRead"`
}

type notChecked struct {
	Host   string `json:"host"`
	Reason string `json:"reason"`
}

type checkCounts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
}

// checkSchema is the version of checkResult.
const checkSchema = 1

func newCheckResult(in conflict.Input, judged conflict.Result) checkResult {
	r := checkResult{
		Schema: checkSchema, Status: "clean", Hosts: hostNames(in), NotChecked: []notChecked{},
		Findings: []conflict.Finding{}, Excepted: []conflict.Excepted{}, NotRead: []conflict.Finding{},
	}
	r.Excepted = append(r.Excepted, judged.Excepted...)
	for _, f := range judged.Findings {
		switch {
		case f.Rule == conflict.HostNotChecked:
			r.NotChecked = append(r.NotChecked, notChecked{f.Value, in.NotChecked[f.Value]})
		case f.Severity == conflict.Note:
			r.NotRead = append(r.NotRead, f)
		default:
			r.Findings = append(r.Findings, f)
			if f.Severity == conflict.Error {
				r.Counts.Errors++
			} else {
				r.Counts.Warnings++
			}
		}
	}
	switch {
	case len(r.Findings) > 0:
		r.Status = "found"
	case len(r.NotChecked) > 0:
		r.Status = "not-checked"
	}
	return r
}
