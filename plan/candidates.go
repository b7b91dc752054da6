package plan

import (
	"slices"
	"strings"
)

// none is the answer that says there is no module, or no package, for it.
const none = "no"

// noneInCatalog is the name with which the catalog says the same.
const noneInCatalog = "none"

// unstablePrefix begins the name of a package that is to come from the second
// package set.
const unstablePrefix = "unstable."

// suffixes are what nixpkgs puts behind the name of the same software, or
// leaves out: the part of it that runs on a server, and the fork that everybody
// went on with.
var suffixes = []string{"-server", "-ngx"}

// Candidates are the names under which nixpkgs may have a service's module or
// package, in order of preference. What the user said is meant alone, and none
// are left where he said no. The catalog names those that differ from the
// service's own name, which may then be other software's.
func Candidates(service, said string, catalog []string) []string {
	switch said {
	case "":
	case none:
		return nil
	default:
		return []string{strings.TrimPrefix(said, unstablePrefix)}
	}
	if slices.Contains(catalog, noneInCatalog) { // what is called so is something else
		return nil
	}
	names := append(slices.Clone(catalog), service)
	for _, variant := range variants(service) {
		if !slices.Contains(names, variant) {
			names = append(names, variant)
		}
	}
	return names
}

// variants are the service's name with and without the suffixes.
func variants(service string) []string {
	var names []string
	for _, suffix := range suffixes {
		if stem, ok := strings.CutSuffix(service, suffix); ok {
			return []string{stem}
		}
		names = append(names, service+suffix)
	}
	return names
}
