package plan

import (
	"regexp"
)

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
