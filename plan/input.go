package plan

import (
	"errors"
	"fmt"
	"maps"
	"sort"
	"strings"
	"unicode/utf8"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
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
	// Catalog is what is known of services, Entry what it says of this one, nil
	// if nothing.
	Catalog *catalog.Catalog
	Entry   *catalog.Entry
	// Image is the container image as its registry has it, nil if it was not
	// looked at; then NoImage says why, empty if nobody tried.
	Image   *image.Image
	NoImage string
	// PartImages and NoPartImages are the same of the images of parts, by the
	// part's name.
	PartImages   map[string]*image.Image
	NoPartImages map[string]string
	// Archive is the archive that Plan.Wanted names, nil if it was not looked at;
	// then NoArchive says why, empty if nobody tried.
	Archive   *archive.Archive
	NoArchive string
}

// InputError is something wrong with what the user asked for.
type InputError struct {
	What string
	Hint string
	// Answer is the answer that cannot be used, where its name or form alone is
	// wrong.
	Answer string
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

// environmentPrefix begins the keys that set an environment variable.
const environmentPrefix = "environment."

// Keys are the names of all that can be said, with what each is about.
func Keys() map[string]string {
	about := map[string]string{environmentPrefix + "NAME": "an environment variable that is no secret"}
	for _, k := range keys {
		about[k.name] = k.about
	}
	maps.Copy(about, partAbout())
	maps.Copy(about, machineAbout())
	maps.Copy(about, alertAbout())
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
		// What is wrong with a form quotes the value, which must be no secret.
		err := checkOpenSecret(n, answers[n])
		if err == nil {
			err = checkAnswer(n, answers[n])
		}
		var input *InputError
		if errors.As(err, &input) {
			input.Answer = n
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func checkAnswer(name, value string) error {
	if variable, ok := strings.CutPrefix(name, environmentPrefix); ok {
		return checkVariable(name, variable, value)
	}
	if strings.HasPrefix(name, partsPrefix) {
		return checkPart(name, value)
	}
	if strings.HasPrefix(name, apiKeysPrefix) {
		return checkMachine(name, value)
	}
	if strings.HasPrefix(name, alertsPrefix) {
		return checkAlert(name, value)
	}
	for _, k := range keys {
		if k.name == name {
			return k.allows(name, value)
		}
	}
	return unknownName(name)
}

// checkVariable says what is wrong with an environment variable.
func checkVariable(answer, variable, value string) error {
	if !variableName.MatchString(variable) {
		return inputErrorf("use letters, digits and underscores", "read answer %q: %q is no name of a variable", answer, variable)
	}
	if strings.ContainsRune(value, 0) || !utf8.ValidString(value) {
		return inputErrorf("", "read %s: the value has a NUL in it, or is no UTF-8", answer)
	}
	return nil
}

// allows says what is wrong with a value, if anything; answer is what it is
// called.
func (k key) allows(answer, value string) error {
	if k.choices != nil && !contains(k.choices, value) {
		return inputErrorf("choose one of "+strings.Join(k.choices, ", "), "read %s: %q is unknown", answer, value)
	}
	if k.check != nil {
		if err := k.check(value); err != nil {
			return inputErrorf("", "read %s: %v", answer, err)
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
