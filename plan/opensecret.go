package plan

import (
	"fmt"
	"regexp"
	"strings"
)

// secretEnds are how names of variables end whose values are secrets.
var secretEnds = []string{"PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "SECRET", "API_KEY", "APIKEY", "SECRET_KEY", "PRIVATE_KEY"}

var (
	// plainValue is what is no secret whatever its name says: nothing, a switch, a
	// number, a placeholder, or the path of a file.
	plainValue = regexp.MustCompile(`^(?i:|true|false|yes|no|on|off|[+-]?[0-9]+(\.[0-9]+)?|\{[a-z]+\}|(/[a-z0-9._-]+){2,})$`)
	// addressPassword is the password in an address.
	addressPassword = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s:@]*:([^/?#\s@]+)@`)
)

// checkOpenSecret refuses a secret in an answer that everybody may read: the
// environment and arguments of a service are in the repo and in the store.
func checkOpenSecret(answer, value string) error {
	field := answer[strings.LastIndexByte(answer, '.')+1:]
	hint := "leave it out and say --set secrets=NAME, whose value only sops knows"
	if rest, ok := strings.CutPrefix(answer, partsPrefix); ok {
		part, _, _ := strings.Cut(rest, ".")
		hint = fmt.Sprintf("leave it out and say --set %s%s.secrets=NAME, or secrets=NAME for a part that runs what the service runs", partsPrefix, part)
	}
	switch {
	case strings.HasPrefix(answer, environmentPrefix), strings.HasPrefix(answer, partsPrefix) && strings.Contains(answer, "."+environmentPrefix):
		hint = strings.ReplaceAll(hint, "NAME", field)
		if secretName(field) && !plainValue.MatchString(value) {
			return inputErrorf(hint, "read %s: its value looks like a secret, and would be in the repo and in the store for everybody to read", answer)
		}
	case contains([]string{"command", "arguments", "entrypoint", "healthCommand"}, field):
		if flag := secretFlag(value); flag != "" {
			return inputErrorf(hint, "read %s: what follows %s looks like a secret, and everybody on the host can read arguments", answer, flag)
		}
	default:
		return nil
	}
	if found := addressPassword.FindStringSubmatch(value); found != nil && !plainValue.MatchString(found[1]) {
		return inputErrorf(hint, "read %s: there is a password in its address, which would be in the repo and in the store for everybody to read", answer)
	}
	return nil
}

// secretName tells whether what a name stands for is a secret.
func secretName(name string) bool {
	name = strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, end := range secretEnds {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// secretFlag is the first flag of a command that is given a secret.
func secretFlag(command string) string {
	list, err := Words(command)
	if err != nil {
		list = strings.Fields(command)
	}
	for i, word := range list {
		name, value, joined := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if !strings.HasPrefix(word, "-") || !secretName(name) || strings.HasPrefix(name, "no-") {
			continue
		}
		if !joined && i+1 < len(list) && !strings.HasPrefix(list[i+1], "-") {
			value = list[i+1]
		}
		if !plainValue.MatchString(value) {
			flag, _, _ := strings.Cut(word, "=")
			return flag
		}
	}
	return ""
}
