package plan

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

// Input is everything that a plan is made from.
type Input struct {
	Service     string
	Facts       *facts.Facts
	Conventions *convention.Conventions
	// Others are the ids of the flake's other hosts, NotChecked the hosts that
	// could not be evaluated.
	Others     map[string]*facts.Facts
	NotChecked []string
	// Answers are what the user said, by decision or question.
	Answers map[string]string
	// Paths are all files of the repo.
	Paths []string
}

// InputError is something wrong with what the user asked for.
type InputError struct {
	What string
	Hint string
}

func (e *InputError) Error() string {
	if e.Hint == "" {
		return e.What
	}
	return e.What + "; " + e.Hint
}

func inputErrorf(hint, format string, args ...any) error {
	return &InputError{What: fmt.Sprintf(format, args...), Hint: hint}
}

// maxName is the length of the longest user name that NixOS accepts
// (users-groups.nix aborts at 32).
const maxName = 31

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// keywords of Nix, and names that would be read as something else where a
// service's name is used.
var reserved = map[string]bool{
	"assert": true, "else": true, "if": true, "in": true, "inherit": true, "let": true, "or": true,
	"rec": true, "then": true, "with": true, "true": true, "false": true, "null": true,
	"default": true, "root": true, "nobody": true,
}

// CheckName says what is wrong with a name for a service, if anything: it
// becomes a file, an attribute, an account, a unit, a dataset and a DNS label.
func CheckName(name string) error {
	const hint = "use lower-case letters, digits and single hyphens, such as paperless-ai"
	switch {
	case name == "":
		return inputErrorf(hint, "read service name: it is empty")
	case len(name) > maxName:
		return inputErrorf(hint, "read service name %q: %d characters, and an account's name has at most %d", name, len(name), maxName)
	case !nameForm.MatchString(name):
		return inputErrorf(hint, "read service name %q: it becomes a file, an account and a host name", name)
	case reserved[name]:
		return inputErrorf("choose another name", "read service name %q: the word has a meaning of its own", name)
	}
	return nil
}

// key is something the user may say.
type key struct {
	name    string
	choices []string
	check   func(string) error
	about   string
}

var (
	yesNo    = []string{"yes", "no"}
	portForm = func(s string) error {
		var n int
		if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s || n < 1 || n > 65535 {
			return fmt.Errorf("%q is no port from 1 to 65535", s)
		}
		return nil
	}
	pathForm = func(s string) error {
		if !regexp.MustCompile(`^(/[A-Za-z0-9._@+-]+)+$`).MatchString(s) || strings.Contains(s+"/", "/../") || strings.Contains(s+"/", "/./") {
			return fmt.Errorf("%q is no absolute path of letters, digits and ._@+-", s)
		}
		return nil
	}
	urlPathForm = func(s string) error {
		if !regexp.MustCompile(`^/[A-Za-z0-9._~/?=&%+-]*$`).MatchString(s) {
			return fmt.Errorf("%q is no path of a URL", s)
		}
		return nil
	}
	wordForm = func(s string) error {
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_'.-]*$`).MatchString(s) {
			return fmt.Errorf("%q is no name", s)
		}
		return nil
	}
	lineForm = func(s string) error {
		if strings.TrimSpace(s) == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, misleading) {
			return fmt.Errorf("%q is not one line of text", s)
		}
		if len(s) > 200 {
			return fmt.Errorf("%d bytes, more than 200", len(s))
		}
		return nil
	}
	listForm = func(s string) error {
		for _, e := range strings.Split(s, ",") {
			if !regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`).MatchString(strings.TrimSpace(e)) {
				return fmt.Errorf("%q is no name of an environment variable", e)
			}
		}
		return nil
	}
)

// misleading tells whether a character does something to the text around it on a
// terminal or in an editor, instead of being seen.
func misleading(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// maxLabel is the length of the longest label of a DNS name.
const maxLabel = 63

// keys are what can be said, in the order of the decisions.
var keys = []key{
	{name: "packaging", choices: []string{"native", "unit", "container"}, about: "how the software is run"},
	{name: "native", check: wordForm, about: "name of the NixOS module under services"},
	{name: "package", check: wordForm, about: "package in the package set"},
	{name: "program", check: wordForm, about: "program of the package that is started"},
	{name: "arguments", check: lineForm, about: "arguments of the program; {port}, {address} and {dataDir} stand for the values"},
	{name: "image", check: CheckImage, about: "container image with tag and digest"},
	{name: "displayName", check: lineForm, about: "name for people"},
	{name: "description", check: lineForm, about: "what the service does, in a few words"},
	{name: "category", check: lineForm, about: "category of the module and group on the dashboard"},
	{name: "workload", choices: []string{"sqlite", "database", "config", "media", "sequential", "stateless"}, about: "what it does with its storage"},
	{name: "dataDir", check: pathForm, about: "where the software keeps its data"},
	{name: "port", check: portForm, about: "port on which the host finds it"},
	{name: "containerPort", check: portForm, about: "port that the image listens on"},
	{name: "auth", choices: []string{"oidc", "trusted-header", "caddy-security", "hybrid", "builtin", "none"}, about: "how people log in"},
	{name: "policy", check: wordForm, about: "authorization policy of the proxy"},
	{name: "group", check: wordForm, about: "primary group of the account"},
	{name: "nfs", check: wordForm, about: "network mount that it needs, or no"},
	{name: "mountPath", check: pathForm, about: "where a container sees the network mount"},
	{name: "runAs", choices: []string{"user", "puid", "image"}, about: "how a container gets its ids"},
	{name: "secrets", check: listForm, about: "environment variables that hold secrets, with commas"},
	{name: "healthPath", check: urlPathForm, about: "path that answers when the service is well"},
	{name: "metricsPath", check: urlPathForm, about: "path of Prometheus metrics"},
	{name: "network", check: wordForm, about: "container network to join, or no"},
	{name: "icon", check: lineForm, about: "icon on the dashboard"},
	{name: "hostName", check: func(s string) error {
		if !nameForm.MatchString(s) || len(s) > maxLabel {
			return fmt.Errorf("%q is no DNS label", s)
		}
		return nil
	}, about: "first label of the host name"},
	{name: "backup", choices: yesNo, about: "whether the data are backed up"},
	{name: "preseed", choices: yesNo, about: "whether the data are restored before the first start"},
	{name: "snapshots", choices: yesNo, about: "whether the dataset has snapshots and replication"},
	{name: "web", choices: yesNo, about: "whether it has a web page"},
}

// environmentPrefix begins the keys that set an environment variable.
const environmentPrefix = "environment."

// Keys are the names of all that can be said, with what each is about.
func Keys() map[string]string {
	about := map[string]string{environmentPrefix + "NAME": "an environment variable that is no secret"}
	for _, k := range keys {
		about[k.name] = k.about
	}
	return about
}

// CheckAnswers says what is wrong with the user's answers, if anything.
func CheckAnswers(answers map[string]string) error {
	names := make([]string, 0, len(answers))
	for n := range answers {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if err := checkAnswer(n, answers[n]); err != nil {
			return err
		}
	}
	return nil
}

func checkAnswer(name, value string) error {
	if variable, ok := strings.CutPrefix(name, environmentPrefix); ok {
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(variable) {
			return inputErrorf("use letters, digits and underscores", "read %s: %q is no name of a variable", name, variable)
		}
		if strings.ContainsRune(value, 0) || !utf8.ValidString(value) {
			return inputErrorf("", "read %s: the value has a NUL in it, or is no UTF-8", name)
		}
		return nil
	}
	for _, k := range keys {
		if k.name != name {
			continue
		}
		if k.choices != nil && !contains(k.choices, value) {
			return inputErrorf("choose one of "+strings.Join(k.choices, ", "), "read %s: %q is unknown", name, value)
		}
		if k.check != nil {
			if err := k.check(value); err != nil {
				return inputErrorf("", "read %s: %v", name, err)
			}
		}
		return nil
	}
	known := make([]string, 0, len(keys)+1)
	for _, k := range keys {
		known = append(known, k.name)
	}
	known = append(known, environmentPrefix+"NAME")
	sort.Strings(known)
	return inputErrorf("known are "+strings.Join(known, ", "), "read answer: %q is unknown", name)
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
