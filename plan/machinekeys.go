package plan

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// apiKeysPrefix begins the keys that say something of one key for machines:
// apiKeys.NAME.FIELD.
const apiKeysPrefix = "apiKeys."

var machineKeys = []key{
	{name: "apiKeys", check: machineNamesForm, about: "names of keys with which machines pass the proxy's login, with commas"},
	{name: "bypassPaths", check: pathsForm, about: "paths at which the proxy asks nobody for a login, with commas; everything that begins so passes"},
	{name: "bypassNetworks", check: networksForm, about: "networks from which bypassPaths pass, with commas; all if it is not said"},
}

// apiKeyKeys are what can be said of one key.
var apiKeyKeys = []key{
	{name: "paths", check: pathsForm, about: "paths that a key opens, with commas; all if it is not said"},
	{name: "networks", check: networksForm, about: "networks from which a key works, with commas; all if it is not said"},
	{name: "header", check: func(s string) error {
		if !headerForm.MatchString(s) {
			return fmt.Errorf("%q is no name of a header", s)
		}
		return nil
	}, about: "header that a key is sent in"},
	{name: "variable", check: listForm, about: "variable of the proxy that has a key"},
	{name: "audited", choices: yesNo, about: "whether the service is told which key it was"},
}

var machineName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,29}[a-z0-9])?$`)

func machineNamesForm(s string) error {
	seen := map[string]bool{}
	return eachForm(s, func(name string) error {
		if !machineName.MatchString(name) {
			return fmt.Errorf("%q is no name of a key: small letters, digits and dashes, at most 31", name)
		}
		if seen[name] {
			return fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
		return nil
	})
}

func networksForm(s string) error {
	return eachForm(s, func(network string) error {
		p, err := netip.ParsePrefix(network)
		if err != nil || p.Masked() != p {
			return fmt.Errorf("%q is no network such as 10.0.0.0/8", network)
		}
		if p.Bits() == 0 {
			return fmt.Errorf("%s is every network; leave it out: all networks pass anyway", network)
		}
		return nil
	})
}

// listed are the elements of a list with commas.
func listed(s string) []string {
	var list []string
	for _, e := range strings.Split(s, ",") {
		if e = strings.TrimSpace(e); e != "" {
			list = append(list, e)
		}
	}
	return list
}

// machineAbout are the keys of keys for machines, for people.
func machineAbout() map[string]string {
	about := map[string]string{}
	for _, k := range apiKeyKeys {
		about[apiKeysPrefix+"NAME."+k.name] = k.about
	}
	return about
}

// checkMachine says what is wrong with an answer that begins with apiKeysPrefix.
func checkMachine(name, value string) error {
	machine, field, _ := strings.Cut(strings.TrimPrefix(name, apiKeysPrefix), ".")
	if !machineName.MatchString(machine) {
		return inputErrorf("use small letters, digits and dashes, at most 31", "read answer %q: %q is no name of a key", name, machine)
	}
	var known []string
	for _, k := range apiKeyKeys {
		if k.name == field {
			return k.allows(name, value)
		}
		known = append(known, k.name)
	}
	return inputErrorf("known of a key are "+strings.Join(known, ", "), "read answer: %q is unknown", name)
}

// strayKeys refuses what is said of a key that apiKeys does not name.
func (m *maker) strayKeys() error {
	names := listed(m.Answers["apiKeys"])
	for _, answer := range sortedNames(m.Answers) {
		if rest, ok := strings.CutPrefix(answer, apiKeysPrefix); ok {
			if name, _, _ := strings.Cut(rest, "."); !contains(names, name) {
				return inputErrorf(fmt.Sprintf("say --set apiKeys=%s too", strings.Join(append(names, name), ",")), "read %s: there is no key of that name", answer)
			}
		}
	}
	return nil
}
