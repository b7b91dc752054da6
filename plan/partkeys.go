package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
)

// partsPrefix begins the keys that say something of a container or unit beside
// the service's own: parts.NAME.FIELD.
const partsPrefix = "parts."

// partKeys are what can be said of a part, beside its environment.
var partKeys = []key{
	{name: "kind", choices: catalog.PartKinds, about: "what a part is: works for the service, starts work by the clock, or is a server of its own"},
	{name: "description", check: lineForm, about: "what a part does, in a few words"},
	{name: "image", check: CheckImage, about: "image of a part that does not run the service's own"},
	{name: "command", check: commandForm, about: "arguments of a part's image, or program and arguments of a part of a unit; quotes keep words together, no shell reads it"},
	{name: "entrypoint", check: commandForm, about: "what a part's image is started with instead of its own entrypoint"},
	{name: "port", check: portForm, about: "port that a part listens on, for its health check; it is not published"},
	{name: "dataDir", check: pathsForm, about: "where a part's image keeps its data, several with commas"},
	{name: "healthPath", check: urlPathForm, about: "path on a part's port that answers when it is well"},
	{name: "healthCommand", check: commandForm, about: "program in a part's image that succeeds when it is well"},
	{name: "memory", check: func(s string) error { return formOf("memory", s) }, about: "memory that a part may use"},
	{name: "secrets", check: listForm, about: "environment variables of a part that hold secrets, with commas"},
	{name: "after", check: partNamesForm, about: "parts that a part starts after, with commas; service stands for the service itself"},
	{name: "runAs", choices: []string{"user", "image"}, about: "how a part gets its ids"},
	{name: "gpu", choices: []string{"no", "render", "nvidia"}, about: "the host's graphics card for a part that is a container"},
	{name: "devices", check: devicesForm, about: "devices of the host for a part that is a container"},
}

// mainPart stands for the service's own container in an order.
const mainPart = "service"

func partNamesForm(s string) error {
	return eachForm(s, func(name string) error {
		if !nameForm.MatchString(name) {
			return fmt.Errorf("%q is no name of a part", name)
		}
		return nil
	})
}

// formOf checks a value as the key of that name is checked.
func formOf(name, value string) error {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
	return keys[i].check(value)
}

// partAbout are the keys of parts, for people.
func partAbout() map[string]string {
	about := map[string]string{
		partsPrefix + "NAME":                              "whether a part of that name, which the catalog knows, is there: yes or no",
		partsPrefix + "NAME." + environmentPrefix + "VAR": "an environment variable of a part that is no secret",
	}
	for _, k := range partKeys {
		about[partsPrefix+"NAME."+k.name] = k.about
	}
	return about
}

// checkPart says what is wrong with an answer that begins with partsPrefix.
func checkPart(name, value string) error {
	part, field, dotted := strings.Cut(strings.TrimPrefix(name, partsPrefix), ".")
	if !nameForm.MatchString(part) || len(part) > maxPart || part == mainPart {
		return inputErrorf(fmt.Sprintf("use small letters, digits and dashes, at most %d, and not %s", maxPart, mainPart), "read answer %q: %q is no name of a part", name, part)
	}
	if !dotted {
		if !contains(yesNo, value) {
			return inputErrorf("choose one of yes, no", "read %s: %q is unknown", name, value)
		}
		return nil
	}
	if variable, ok := strings.CutPrefix(field, environmentPrefix); ok {
		return checkVariable(name, variable, value)
	}
	var known []string
	for _, k := range partKeys {
		if k.name == field {
			return k.allows(name, value)
		}
		known = append(known, k.name)
	}
	return inputErrorf("known of a part are "+strings.Join(append(known, environmentPrefix+"NAME"), ", "), "read answer: %q is unknown", name)
}

// maxPart is the length in bytes of the longest name of a part.
const maxPart = 31

// programForm is a program in a package's bin.
var programForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]*$`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
