package cmd

import (
	"net/url"

	"holthome.net/scaffold/plan/conflict"
)

// SARIF 2.1.0, as far as a check needs it.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		// Successful is false if a host could not be evaluated.
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Message  *sarifText    `json:"message,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

func newSARIF(r checkResult) sarifLog {
	run := sarifRun{
		Tool:    sarifTool{sarifDriver{Name: "scaffold", Version: Version}},
		Results: []sarifResult{},
	}
	for _, rule := range conflict.Rules() {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{string(rule.Rule), sarifText{rule.About}})
	}
	invocation := sarifInvocation{Successful: len(r.NotChecked) == 0, Notifications: []sarifNotification{}}
	for _, n := range r.NotChecked {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"error", sarifText{n.Host + " could not be evaluated: " + n.Reason}})
	}
	for _, f := range r.NotRead {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"note", sarifText{f.Message}})
	}
	run.Invocations = []sarifInvocation{invocation}
	for _, f := range r.Findings {
		result := sarifResult{RuleID: string(f.Rule), Level: string(f.Severity), Message: sarifText{f.Message + ". " + f.Advice + "."}, Locations: []sarifLocation{}}
		for i, p := range f.Parties {
			if p.File == "" {
				continue
			}
			// Spaces and the like have no place in a URI.
			l := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: p.File}).String()}}}
			if p.Line > 0 {
				l.Physical.Region = &sarifRegion{p.Line}
			}
			if len(result.Locations) == 0 {
				result.Locations = append(result.Locations, l)
				continue
			}
			l.ID, l.Message = i, &sarifText{p.Owner + ": " + p.Option}
			result.Related = append(result.Related, l)
		}
		run.Results = append(run.Results, result)
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}
