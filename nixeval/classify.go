package nixeval

import (
	"regexp"
	"strings"
)

// rule gives the kind of the messages that match.
type rule struct {
	kind Kind
	re   *regexp.Regexp
	hint string
}

// Messages of Nix 2.8 to 2.34. Nix has no error codes, so text is all there is.
var rules = compile([]struct {
	kind Kind
	re   string
	hint string
}{
	{FeatureDisabled, `^experimental (?:Nix )?feature '[^']+' is disabled`, "enable the feature in nix.conf, or with NIX_CONFIG"},
	{Usage, `^(?:unrecognised flag|'[^\n]*' is not a valid URL|'[^\n]*' is not a recogni[sz]ed command|invalid extended outputs specifier|flag '[^']*' requires|unexpected argument)`,
		"this is a defect of the request, not of the flake"},
	{LockNeedsUpdate, `requires lock file changes|^cannot write modified lock file|^(?:lock file|flake) [^\n]*(?:unlocked input|out of date)`, "run `nix flake lock` in the repository and review flake.lock"},
	{UntrackedFile, `is not tracked by Git`, ""},
	{FlakeMissing, `(?i)^git repository [^\n]* does not exist|does not contain a '[^']*flake\.nix'|could not find a flake\.nix|^cannot find flake|^program 'git' failed|^failed to fetch git repository|^resolving git reference|is not a flake|^flake '[^']*' (?:has an unsupported|lacks) attribute`,
		"check that the repository exists, has a commit, and has flake.nix at its root"},
	{Network, `(?i)unable to download|could(?:n't| not) (?:resolve|connect)|failed to open archive|failed to connect|http error \d`, "check the network, or run again with --offline"},
	{MissingFile, `^getting status of ['"][^\n]*['"]: No such file|^path '[^\n]*' does not exist|^Path '[^\n]*' does not exist in Git repository|^opening file ['"][^\n]*['"]: No such file`, ""},
	{Abort, `^evaluation aborted with the following error message:`, "see the message; the value cannot be evaluated as it is"},
	{Assertion, `^assertion [^\n]* failed|^\s*Failed assertions:`, "make the assertion true, then run again"},
	{InfiniteRecursion, `^infinite recursion encountered|^stack overflow`, "a value needs itself; look for config used in imports or in an option's own condition"},
	{UndefinedVariable, `^undefined variable '`, "define the name, or correct its spelling"},
	{Syntax, `^syntax error|^(?:dynamic attributes not allowed|attribute '[^\n]*' at [^\n]* already defined|attribute '[^\n]*' already defined|duplicate formal)`, "correct the file at this position"},
	{MissingAttribute, `^attribute '[^\n]*' missing|does not provide attribute|^attribute [^\n]* in selection path|^The option [^\n]* does not exist`, "check the spelling, and that the option or output exists here"},
	{Type, `(?i)^cannot (?:coerce|convert|add|compare|concatenate|call|decode)|^a definition for option [^\n]* is not of type|^value is [^\n]* while|^expected [^\n]* but found|while [^\n]* was expected|called (?:without required|with unexpected) argument|^attempt to call something which is not a function|^list index|called on an empty list|^division by zero|^\[json\.exception|^error parsing JSON`,
		"correct the type of the value at this position"},
	{ImportFromDerivation, `allow-import-from-derivation|^path '[^\n]*\.drv' is not valid`, "build it first, or allow import from derivation"},
	{Build, `(?i)^builder for '|^cannot build |^build of '|dependencies of derivation|^a '[^\n]*' with features|required to build|^unexpected EOF reading a line`, "run `nix log` on the derivation that failed"},
	{Store, `(?i)^cannot connect to (?:socket|daemon)|daemon|^(?:creating|opening|cannot open) [^\n]*(?:permission denied|read-only|no space left)|database [^\n]*(?:busy|locked)|the group '[^\n]*' specified in 'build-users-group'|no space left on device`,
		"check that the nix daemon runs and that the store can be written"},
})

func compile(in []struct {
	kind Kind
	re   string
	hint string
}) []rule {
	out := make([]rule, len(in))
	for i, r := range in {
		out[i] = rule{kind: r.kind, re: regexp.MustCompile(r.re), hint: r.hint}
	}
	return out
}

const throwHint = "see the message; give the value that it asks for"

// classify says what kind of failure a report is, and what to do next.
func classify(r report) (Kind, string) {
	inner := ""
	if len(r.frames) > 0 {
		inner = r.frames[0].text
	}
	matched := func() (Kind, string, bool) {
		for _, c := range rules {
			if c.re.MatchString(r.message) && !r.claimed(c.kind) {
				return c.kind, c.hint, true
			}
		}
		return Unknown, "", false
	}
	switch {
	case !r.found:
		return Unknown, ""
	case inner == "while calling the 'throw' builtin":
		// The text of a throw is the author's and may look like anything. Only
		// what the module system throws has a kind of its own.
		for _, c := range rules {
			if c.kind != Assertion && c.kind != Type && c.kind != MissingAttribute || !moduleSystem(r.message) {
				continue
			}
			if c.re.MatchString(r.message) {
				return c.kind, c.hint
			}
		}
		return Throw, throwHint
	case inner == "while calling the 'abort' builtin":
		return Abort, "see the message; the value cannot be evaluated as it is"
	case strings.HasPrefix(inner, "while evaluating the condition of the assertion"):
		return Assertion, "make the assertion true, then run again"
	}
	kind, hint, ok := matched()
	switch {
	case ok && kind == MissingFile && strings.HasPrefix(inner, "while fetching the input"):
		return FlakeMissing, "check the reference of the flake and of its inputs"
	case ok:
		return kind, hint
	case strings.HasPrefix(inner, "while realising the context of path"):
		return Build, "run `nix log` on the derivation that failed"
	case r.old && r.pos.file == "":
		// A throw has no position and no frame of its own there.
		return Throw, throwHint
	default:
		return Unknown, "run again with -v for all that nix said"
	}
}

// moduleSystem says whether a thrown message is one of the module system's.
func moduleSystem(msg string) bool {
	msg = strings.TrimSpace(msg)
	return strings.HasPrefix(msg, "Failed assertions:") ||
		strings.HasPrefix(msg, "The option ") || strings.HasPrefix(msg, "A definition for option ")
}

// claimed says that the message only looks like the kind: where a throw cannot
// be told by its frame, it can by the position that the real one has.
func (r report) claimed(k Kind) bool {
	if !r.old || r.pos.file != "" || strings.HasPrefix(r.message, "stack overflow") {
		return false
	}
	return k == InfiniteRecursion || k == UndefinedVariable || k == Syntax ||
		k == MissingAttribute && strings.HasPrefix(r.message, "attribute ")
}
