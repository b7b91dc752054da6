package verify

import (
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// environment: the variables are set, and a file with the secrets is handed
// over.
func (c *checker) environment(p plan.Promise) (bool, string) {
	var names []string
	var files int
	what := "container"
	if k, ok := c.after.Containers[p.Subject]; ok && c.plan.Model.Packaging == plan.Container {
		names, files = k.Environment, k.EnvironmentFiles
	} else if u, ok := c.after.Focus[p.Want["unit"]]; ok {
		names, files, what = u.Environment, u.EnvironmentFiles, "unit"
	} else {
		return absent("unit " + p.Want["unit"] + ".service")
	}
	for _, v := range strings.Fields(p.Want["variables"]) {
		if !slices.Contains(names, v) {
			return false, "the " + what + " has no variable " + v
		}
	}
	if file := p.Want["file"]; file != "" {
		handed := c.after.Handovers[p.Want["unit"]].Files
		return slices.Contains(handed, file), "files " + listOrNone(handed) + " for the " + what
	}
	secrets := strings.Fields(p.Want["secrets"])
	if len(secrets) == 0 {
		return true, "the " + what + " has " + strings.Join(names, ", ")
	}
	template := c.templateWith(secrets)
	if template == "" {
		return false, "no new template has " + strings.Join(secrets, " and ")
	}
	if files == 0 {
		return false, "the " + what + " is handed no file, though template " + template + " has the secrets"
	}
	return true, "template " + template + ", and " + count(files, "file", "files") + " for the " + what
}

// templateWith is a template of the service that has all variables: one that was
// not there before.
func (c *checker) templateWith(variables []string) string {
	for _, name := range slices.Sorted(maps.Keys(c.after.Templates)) {
		if _, old := c.before.Templates[name]; old {
			continue
		}
		has := c.after.Templates[name].Variables
		if !slices.ContainsFunc(variables, func(v string) bool { return !slices.Contains(has, v) }) {
			return name
		}
	}
	return ""
}

// logs: what ships logs is told the unit that really runs.
func (c *checker) logs(p plan.Promise) (bool, string) {
	s, ok := c.after.Services[p.Subject]
	if !ok {
		return absent("module with that option")
	}
	if s.LogUnit == nil {
		return false, "logging is off, or names no unit"
	}
	unit := *s.LogUnit
	if _, ok := c.after.Units[strings.TrimSuffix(unit, ".service")]; !ok {
		return false, unit + " is no unit"
	}
	return unit == p.Want["unit"], "the log of " + unit
}
