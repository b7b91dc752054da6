// Package report tells a whole run for people who were not there: what was found
// out, what was decided from it and why, what was written, what evaluation says
// of it, and what is left to do. It is made for a pull request, as Markdown, and
// for programs, as JSON by docs/report.schema.json.
package report

import (
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// SchemaVersion is the version of the report's JSON form, see
// docs/report.schema.json.
const SchemaVersion = 1

// Status is how far a run got.
type Status string

// How far a run gets.
const (
	Failed      Status = "failed"       // it ended with an error, see Failure
	Questions   Status = "questions"    // no source could answer them
	Broken      Status = "broken"       // a promise is broken, nothing was written
	Planned     Status = "planned"      // proved, nothing was written
	Written     Status = "written"      // proved and written, not built
	Built       Status = "built"        // and built
	BuildFailed Status = "build-failed" // written, the build failed, the files stand
	TakenBack   Status = "taken-back"   // written, the build failed, the files are gone
)

// Report is one run. Its parts are in the order in which they are read.
type Report struct {
	Schema int `json:"schema"`
	// Scaffold is the version of the program, Tree the git tree that the plan was
	// made from, uncommitted changes included.
	Scaffold string   `json:"scaffold"`
	Tree     string   `json:"tree,omitempty"`
	Service  string   `json:"service"`
	Host     string   `json:"host,omitempty"`
	Status   Status   `json:"status"`
	Summary  []string `json:"summary"` // sentences
	Failure  *Failure `json:"failure,omitempty"`
	// Questions are what no source could answer.
	Questions      []plan.Question `json:"questions"`
	Packages       Packages        `json:"packages"`
	Authentication Authentication  `json:"authentication"`
	Patterns       []Pattern       `json:"patterns"`
	Complexity     Complexity      `json:"complexity"`
	Plan           []Fact          `json:"plan"`
	Files          []File          `json:"files"`
	Documentation  Documentation   `json:"documentation"`
	Validation     Validation      `json:"validation"`
	Checklist      []plan.Step     `json:"checklist"`
	Rationale      []Choice        `json:"rationale"`
	Notes          []string        `json:"notes"`
}

// Failure is what ended a run, and where.
type Failure struct {
	Message string `json:"message"`
	// Answer is the one that cannot be used, where its name or form is wrong.
	Answer string `json:"answer,omitempty"`
	// Kind is told where evaluation, a registry or a download failed, Option,
	// File and Line where evaluation did.
	Kind   string `json:"kind,omitempty"`
	Option string `json:"option,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	// Hint is what to do next. Errors have it at the end of Message too.
	Hint string `json:"hint,omitempty"`
}

// Complexity is how much there is to wire, and the service to compare with.
type Complexity struct {
	Tier     plan.Tier `json:"tier,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Exemplar string    `json:"exemplar,omitempty"`
	// Decisions are the tier and the exemplar with their evidence.
	Decisions []plan.Decision `json:"decisions"`
}

// Fact is one thing that is said about another.
type Fact struct {
	About string `json:"about"`
	Text  string `json:"text"`
}

// Choice is one thing that was settled, and why it was settled so.
type Choice struct {
	About  string `json:"about"`
	Choice string `json:"choice,omitempty"`
	Reason string `json:"reason"`
}

// File is a file that the plan makes or changes.
type File struct {
	Path    string `json:"path"`
	Action  string `json:"action"` // create or edit
	Content string `json:"content,omitempty"`
	Diff    string `json:"diff,omitempty"`
}

// Documentation is what a reader later wants to know.
type Documentation struct {
	Decisions      []plan.Decision `json:"decisions"`
	Contradictions []Contradiction `json:"contradictions"`
	Integrations   []Integration   `json:"integrations"`
	// LeftOut is what of the host it is not wired into, and why.
	LeftOut []Choice `json:"leftOut"`
	Access  string   `json:"access,omitempty"`
	// Public is the decision on public access.
	Public     []Fact   `json:"public"`
	Deviations []string `json:"deviations"`
}

// Contradiction is a source that says something else than was decided.
type Contradiction struct {
	Decision string `json:"decision"`
	Value    string `json:"value"`
	Other    string `json:"other"`
	Reason   string `json:"reason"`
}

// Integration is something of the host that the service is wired into.
type Integration struct {
	Name   string `json:"name"`
	Option string `json:"option,omitempty"`
	Text   string `json:"text"`
	Saw    string `json:"saw,omitempty"`
}

// Validation is what was proved, and what was not.
type Validation struct {
	// Evaluated tells whether the host was evaluated with the new files.
	Evaluated  bool            `json:"evaluated"`
	Kept       int             `json:"kept"`
	Results    []verify.Result `json:"results"`
	Failing    []FailingCheck  `json:"failingChecks"`
	NotChecked []string        `json:"notChecked"`
	Build      Build           `json:"build"`
}

// FailingCheck is a check of the flake that evaluated before and fails now.
type FailingCheck struct {
	Name    string `json:"name"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

// BuildState is whether the host was built.
type BuildState string

// What becomes of a build.
const (
	NotBuilt    BuildState = "not-built"
	Succeeded   BuildState = "built"
	Unbuildable BuildState = "failed"
)

// Build is what became of the build of the host.
type Build struct {
	State   BuildState `json:"state"`
	Command string     `json:"command,omitempty"`
	// Message is why it failed, or was not done.
	Message string `json:"message,omitempty"`
}
