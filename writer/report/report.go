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
	// Kind, Option, File and Line are told where evaluation failed.
	Kind   string `json:"kind,omitempty"`
	Option string `json:"option,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// Packages is what was found out of the ways to get the software.
type Packages struct {
	Stable   *Package `json:"stable,omitempty"`
	Unstable *Package `json:"unstable,omitempty"`
	// HasUnstable tells whether the repo has a second package set at all.
	HasUnstable bool    `json:"hasUnstable"`
	Native      *Native `json:"native,omitempty"`
	// NearNatives and NearPackages are modules and packages with a like name.
	NearNatives  []string `json:"nearNatives"`
	NearPackages []string `json:"nearPackages"`
	Image        *Image   `json:"image,omitempty"`
	// NoImage is why the image was not looked at in its registry.
	NoImage string   `json:"noImage,omitempty"`
	Catalog *Catalog `json:"catalog,omitempty"`
	// Decisions are on how the software is run and where it comes from.
	Decisions []plan.Decision `json:"decisions"`
}

// Package is the software in a package set.
type Package struct {
	Attribute   string   `json:"attribute"` // from pkgs on
	Version     string   `json:"version,omitempty"`
	Description string   `json:"description,omitempty"`
	Homepage    string   `json:"homepage,omitempty"`
	Licences    []string `json:"licences"`
	// Problems speak against it, such as that it is marked broken.
	Problems []string `json:"problems"`
}

// Image is a container image as its registry has it.
type Image struct {
	Reference   string     `json:"reference"`
	Choice      string     `json:"choice,omitempty"`
	Warning     string     `json:"warning,omitempty"`
	Platforms   []string   `json:"platforms"`
	Ports       []string   `json:"ports"` // such as 80/tcp
	Volumes     []string   `json:"volumes"`
	User        string     `json:"user,omitempty"`
	Entrypoint  []string   `json:"entrypoint"`
	HealthCheck []string   `json:"healthCheck"`
	Tools       []string   `json:"tools"`
	Rejected    []Rejected `json:"rejected"`
}

// Rejected is an image that was not taken.
type Rejected struct {
	Repository string `json:"repository"`
	Reason     string `json:"reason"`
}

// Native is a module of NixOS and what of it was looked at.
type Native struct {
	Option  string   `json:"option"` // services.<name>
	Enabled bool     `json:"enabled"`
	Units   []string `json:"units"`
	Options []Option `json:"options"`
}

// Option is an option of a NixOS module.
type Option struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Default     any    `json:"default,omitempty"`
	Description string `json:"description,omitempty"`
}

// Catalog is the catalog's entry of the service.
type Catalog struct {
	File     string   `json:"file"`
	Homepage string   `json:"homepage,omitempty"`
	Images   []string `json:"images"`
	Sources  []string `json:"sources"`
}

// Authentication is what was found out of how people can log in.
type Authentication struct {
	Abilities []Ability `json:"abilities"`
	// Options are those of the NixOS module that tell of a way to log in.
	Options   []AuthOption    `json:"options"`
	Decisions []plan.Decision `json:"decisions"`
}

// AuthOption is an option of a NixOS module that tells of a way to log in.
type AuthOption struct {
	Option      string `json:"option"` // below services.<name>
	Kind        string `json:"kind"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
}

// Ability is a way to log in that the software has, has not, or may have.
type Ability struct {
	Name    string `json:"name"`
	Support string `json:"support"` // yes, no or unknown
	Detail  string `json:"detail,omitempty"`
	// Source is the page that says so, Seen the day on which it was read.
	Source string `json:"source,omitempty"`
	Seen   string `json:"seen,omitempty"`
}

// Pattern is one way in which the repo does things, and what taught it.
type Pattern struct {
	Name    string `json:"name"`
	Finding string `json:"finding"`
	Taught  []Line `json:"taught"`
	// Decisions are those that follow it.
	Decisions []string `json:"decisions"`
}

// Line is a line of a file of the repo. Number is 0 where it is the whole file.
type Line struct {
	File   string `json:"file"`
	Number int    `json:"line,omitempty"`
	Text   string `json:"text,omitempty"`
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
	Access         string          `json:"access,omitempty"`
	Deviations     []string        `json:"deviations"`
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
