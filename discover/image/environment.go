package image

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// VariableNames are the names of the variables that the image sets, sorted.
func (c Config) VariableNames() []string { return slices.Sorted(maps.Keys(c.Environment)) }

// environment takes the variables apart. Those whose name is no name, or whose
// value has control characters, are left out; so are values that look like
// secrets, but not their names.
func environment(list []string) map[string]string {
	values := map[string]string{}
	for _, entry := range list {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case !variableForm.MatchString(name) || Printable(value) != strings.TrimSpace(value):
		case looksSecret(name, value):
			values[name] = ""
		default:
			values[name] = value
		}
	}
	return values
}

var (
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	secretName   = regexp.MustCompile(`(?i)(^|_)(pass|passwd|password|passphrase|pwd|secret|token|credentials?|(api|access|private|secret|encryption|signing|auth|gpg)_?key|key)(_|$)|(password|secret|token|apikey)$`)
	// These are told by what follows the name of a kind of secret too.
	secretAbout = regexp.MustCompile(`(?i)_(file|path|dir|name|url|uri|header|type|ttl|length|algorithm|enabled?)$`)
	secretValue = regexp.MustCompile(`^(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abposr]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|sk-[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\$2[aby]\$\d\d\$.{40,})$|-----BEGIN |://[^/@\s:]+:[^/@\s]+@`)
	plainValue  = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|none|[0-9]{0,6}|/[^:]*)$`)
)

// looksSecret tells whether a variable's value should be shown to nobody. What
// is plainly none, such as a switch or a path, is not.
func looksSecret(name, value string) bool {
	if secretValue.MatchString(value) {
		return true
	}
	return secretName.MatchString(name) && !secretAbout.MatchString(name) && !plainValue.MatchString(value)
}
