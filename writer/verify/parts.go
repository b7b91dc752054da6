package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// command: the container is started with it, whatever its image says.
func (c *checker) command(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	saw := "the command of its image"
	if len(k.Command) > 0 {
		saw = plan.JoinWords(k.Command)
	}
	if k.Entrypoint != nil {
		saw = "entrypoint " + *k.Entrypoint + ", " + saw
	}
	entrypoint := ""
	if k.Entrypoint != nil {
		entrypoint = *k.Entrypoint
	}
	return plan.JoinWords(k.Command) == p.Want["command"] && entrypoint == p.Want["entrypoint"], saw
}

// internal: nothing outside of its network reaches the container.
func (c *checker) internal(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	if len(k.Ports) > 0 {
		return false, "it publishes " + strings.Join(k.Ports, ", ")
	}
	for _, o := range k.ExtraOptions {
		name, _, _ := strings.Cut(o, "=")
		if slices.Contains([]string{"-p", "--publish", "-P", "--publish-all"}, name) || o == "--network=host" || o == "--net=host" {
			return false, "it has the option " + o
		}
	}
	return true, "it publishes nothing"
}

// oneBackup: of the backup units that are new, one alone takes the data. Two
// would take the same data twice, and neither knows of the other.
func (c *checker) oneBackup(p plan.Promise) (bool, string) {
	var units []string
	for name, u := range c.after.Focus {
		_, old := c.before.Units[name]
		if beside := p.Want["beside"]; beside != "" && endsIn(name, beside) {
			continue // the one at another place
		}
		if slices.ContainsFunc(c.plan.Model.Parts, func(part plan.Part) bool { return part.Unit == name }) {
			continue // it may be called backup
		}
		if !old && backsUp(name, p.Subject) && hasWord(name, p.Subject) && u.Starts && u.User != nil {
			units = append(units, name)
		}
	}
	slices.Sort(units)
	if len(units) == 0 {
		return absent("new backup unit")
	}
	return len(units) == 1, fmt.Sprintf("%s: %s", count(len(units), "unit", "units"), strings.Join(units, ", "))
}
