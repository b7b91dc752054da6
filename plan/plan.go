// Package plan decides what to do to add a service, and says why.
//
// It is pure: from what was discovered of the target repo and what the user
// said of the service it makes a Plan, the same Plan for the same input, byte
// for byte. It reads no file and runs nothing.
package plan

import "fmt"

// SchemaVersion is the version of the plan's JSON form, see
// docs/plan.schema.json.
const SchemaVersion = 1

// Plan is what shall be done and why.
type Plan struct {
	Schema  int    `json:"schema"`
	Service string `json:"service"`
	Host    string `json:"host"`
	// Decisions are in the order in which they were made; a later one may rest
	// on an earlier one.
	Decisions []Decision `json:"decisions"`
	// Questions are what no source could answer. A plan with questions cannot
	// be carried out.
	Questions []Question `json:"questions"`
	// Promises are what must be observable in the evaluated system afterwards.
	Promises []Promise `json:"promises"`
	// Checklist is what is left to the user before and after deployment.
	Checklist []Step `json:"checklist"`
	// Notes are what the user should know and need not decide.
	Notes []string `json:"notes"`
	// Lookup is an image that should be looked at before the plan is made again,
	// nil if there is none.
	Lookup *Lookup `json:"-"`
	// PartLookups are the same of images of parts, by the part's name.
	PartLookups map[string]*Lookup `json:"-"`
	// Wanted is an archive that should be looked at likewise, nil if there is none.
	Wanted *Wanted `json:"-"`
	// Model is what the files are rendered from. It is not part of the
	// published form: everything in it is a decision.
	Model *Model `json:"-"`
}

// Decision is one thing that was settled.
type Decision struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
	// Rule names the rule that decided; "user" is the rule that what the user
	// says wins.
	Rule     string     `json:"rule"`
	Reason   string     `json:"reason"`
	Evidence []Evidence `json:"evidence"`
	Rejected []Rejected `json:"rejected"`
}

// Evidence is a fact a decision rests on.
type Evidence struct {
	// Option is an attribute path in the evaluated configuration.
	Option string `json:"option,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Value  string `json:"value,omitempty"`
}

// Rejected is an alternative that was not chosen.
type Rejected struct {
	Value  any    `json:"value"`
	Reason string `json:"reason"`
	// Source is who says so, where a source contradicts what was decided: image
	// or catalog.
	Source string `json:"source,omitempty"`
}

// Question is something that no source could answer. Its answer is given under
// its name: --set NAME=VALUE or in an answers file.
type Question struct {
	Name string `json:"name"`
	Text string `json:"text"`
	// Why is why it is asked, DependsOn what depends on it.
	Why       string   `json:"why"`
	DependsOn []string `json:"dependsOn"`
	// Choices are the only possible answers, if there are any.
	Choices []Choice `json:"choices,omitempty"`
	// Default is the answer that is likely right, empty where there is none. It
	// is only proposed: a plan is not made with it.
	Default string `json:"default,omitempty"`
	// Evidence is what sources say of it, which did not settle it.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Choice is a possible answer and what it means.
type Choice struct {
	Value string `json:"value"`
	About string `json:"about,omitempty"`
}

func choices(values ...string) []Choice {
	list := make([]Choice, len(values))
	for i, v := range values {
		list[i].Value = v
	}
	return list
}

// Step is something that a person must do, with the exact command where there
// is one.
type Step struct {
	When    string `json:"when"` // "before deployment" or "after deployment"
	What    string `json:"what"`
	Command string `json:"command,omitempty"`
}

// String is the value of a decision as text, empty if it was not made.
func (p *Plan) String(decision string) string {
	for _, d := range p.Decisions {
		if d.Name == decision {
			return fmt.Sprint(d.Value)
		}
	}
	return ""
}

// Ready tells whether the plan can be carried out.
func (p *Plan) Ready() bool { return len(p.Questions) == 0 }
