package verify

import (
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// hidden: no secret's file is mounted, no secret is in what is started or in a
// variable that is written in the store, and no file with secrets is a file of
// the store.
func (c *checker) hidden(p plan.Promise) (bool, string) {
	secrets := strings.Fields(p.Want["variables"])
	for _, name := range strings.Fields(p.Want["containers"]) {
		k, ok := c.after.Containers[name]
		if !ok {
			return absent("container " + name)
		}
		if saw := exposed("container "+name, k.Exposed); saw != "" {
			return false, saw
		}
		if saw := inStore("container "+name, k.Environment, secrets); saw != "" {
			return false, saw
		}
	}
	for _, unit := range strings.Fields(p.Want["units"]) {
		u, ok := c.after.Focus[unit]
		if !ok {
			return absent("unit " + unit + ".service")
		}
		if saw := exposed(unit+".service", u.Exposed); saw != "" {
			return false, saw
		}
		if saw := inStore(unit+".service", u.Environment, secrets); saw != "" {
			return false, saw
		}
		h := c.after.Handovers[unit]
		for _, file := range append(slices.Clone(h.Files), slices.Sorted(maps.Values(h.Credentials))...) {
			if strings.HasPrefix(file, "/nix/store/") {
				return false, unit + ".service reads its secrets from the store, where everybody can: " + file
			}
		}
	}
	return true, "neither by its file nor by what stands for it"
}

func exposed(what string, list []facts.Exposed) string {
	if len(list) == 0 {
		return ""
	}
	return what + " has the file or placeholder of " + list[0].Secret + " in its " + list[0].Where
}

func inStore(what string, variables, secrets []string) string {
	for _, v := range secrets {
		if slices.Contains(variables, v) {
			return what + " has the value of " + v + " written out, and so it is in the store"
		}
	}
	return ""
}
