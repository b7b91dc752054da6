package verify

import (
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// restarted: sops starts units again, which are there, when a secret or a template
// changes.
func (c *checker) restarted(p plan.Promise) (bool, string) {
	all, what := c.after.Restarts.Secrets, "secret "+p.Subject
	if p.Want["kind"] == "template" {
		all, what = c.after.Restarts.Templates, "template "+p.Subject
		if _, ok := c.after.Templates[p.Subject]; !ok {
			return absent(what)
		}
	} else if !slices.Contains(c.after.Secrets, p.Subject) {
		return absent(what)
	}
	units := all[p.Subject]
	for _, unit := range strings.Fields(p.Want["units"]) {
		if _, ok := c.after.Units[unit]; !ok {
			return absent("unit " + unit + ".service")
		}
		if !slices.Contains(units, unit+".service") {
			return false, what + " starts " + orNothing(units) + " again, and not " + unit + ".service"
		}
	}
	return true, "restartUnits: " + strings.Join(units, " ")
}
