package registry

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

var platformForm = regexp.MustCompile(`^([a-z0-9]+)/([a-z0-9]+)(?:/([a-z0-9]+))?$`)

// CheckPlatform says what is wrong with a platform such as linux/amd64 or
// linux/arm/v7, if anything.
func CheckPlatform(text string) error {
	if !platformForm.MatchString(text) {
		return &Error{Kind: BadReference, What: fmt.Sprintf("read platform %q", text), Err: errors.New("it is none"), Hint: "write it as linux/amd64 or linux/arm64"}
	}
	return nil
}

// platformOf is what an entry of an index is for. Attestations have one too,
// unknown/unknown, and are not for any.
func platformOf(d v1.Descriptor) (string, bool) {
	if d.Platform == nil || d.Annotations["vnd.docker.reference.type"] != "" {
		return "", false
	}
	text := strings.TrimSuffix(strings.Join([]string{d.Platform.OS, d.Platform.Architecture, d.Platform.Variant}, "/"), "/")
	if d.Platform.OS == "unknown" || d.Platform.Architecture == "unknown" || !platformForm.MatchString(text) {
		return "", false
	}
	return text, true
}

// platforms are those of an index, sorted.
func platforms(entries []v1.Descriptor) []string {
	list := []string{}
	for _, d := range entries {
		if p, ok := platformOf(d); ok {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// acceptable are the platforms that a machine can run, the best first.
func acceptable(want string) []string {
	switch want {
	case "linux/arm64":
		return []string{want, "linux/arm64/v8"}
	case "linux/arm64/v8":
		return []string{want, "linux/arm64"}
	case "linux/amd64":
		return []string{want, "linux/amd64/v1"}
	case "linux/arm/v7":
		return []string{want, "linux/arm/v6", "linux/arm/v5", "linux/arm"}
	case "linux/arm/v6":
		return []string{want, "linux/arm/v5", "linux/arm"}
	}
	return []string{want}
}

// pick is the entry for a platform.
func pick(entries []v1.Descriptor, want string) (v1.Descriptor, bool) {
	for _, p := range acceptable(want) {
		for _, d := range entries {
			if have, ok := platformOf(d); ok && have == p {
				return d, true
			}
		}
	}
	return v1.Descriptor{}, false
}
