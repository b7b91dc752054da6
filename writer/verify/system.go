package verify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// nothingElse: every fact that changed is about the service.
func (c *checker) nothingElse(plan.Promise) (bool, string) {
	changed := changes(c.before, c.after)
	var foreign []string
	for _, ch := range changed {
		if !slices.ContainsFunc(ch.names, c.ours) && ch.path != c.readersGroup() && !c.telemetry(ch.path) && !c.named(ch.path) {
			foreign = append(foreign, ch.path)
		}
	}
	if len(foreign) == 0 {
		return true, count(len(changed), "fact", "facts") + " changed, all of them the service's"
	}
	if len(foreign) > 5 {
		foreign = append(foreign[:5], fmt.Sprintf("and %d more", len(foreign)-5))
	}
	return false, "changed: " + strings.Join(foreign, ", ")
}

// readersGroup is the change by which the backup's account may read the data.
func (c *checker) readersGroup() string {
	b := c.plan.Model.Backup
	if b == nil || b.Reader == "" {
		return ""
	}
	return "/users/" + b.Reader + "/extraGroups/" + c.plan.Model.Account.Group
}

// named tells whether a change is one that the plan calls by a name that need not
// have the service's in it: its database, or a variable of the proxy with a key.
func (c *checker) named(changed string) bool {
	m := c.plan.Model
	var own []string
	if db := m.Database; db != nil && !db.Reused {
		own = append(own, "/databases/"+db.Name, "/hubs/"+string(facts.DatabasesHub)+"/names/"+db.Name)
	}
	for _, l := range m.Lines {
		own = append(own, "/templates/"+l.Template+"/variables/"+l.Variable)
	}
	return slices.Contains(own, changed)
}

// ours tells whether a name has the service's, its unit's or its NixOS module's
// as a word of its own, and not as part of another's that was there before.
func (c *checker) ours(name string) bool {
	m := c.plan.Model
	for _, own := range []string{c.plan.Service, m.NativeName, m.Unit} {
		if own != "" && hasWord(c.withoutOthers(name, own), own) {
			return true
		}
	}
	return false
}

// withoutOthers takes the longer names that have a word in them, and were there
// before, out of a text.
func (c *checker) withoutOthers(name, word string) string {
	for _, other := range c.others() {
		if len(other) > len(word) && hasWord(other, word) {
			name = strings.ReplaceAll(name, other, " ")
		}
	}
	return name
}

// others are the names of services and containers that were there before, the
// longest first.
func (c *checker) others() []string {
	names := append(slices.Collect(maps.Keys(c.before.Services)), slices.Collect(maps.Keys(c.before.Containers))...)
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return names
}

// hasWord tells whether a name is in a text with no letter or digit beside it.
// An underscore counts as a hyphen, and case does not count.
func hasWord(text, word string) bool {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }
	text, word = plain(text), plain(word)
	for rest := text; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		before, after := rest[:i], rest[i+len(word):]
		if (before == "" || !alphanumeric(before[len(before)-1])) && (after == "" || !alphanumeric(after[0])) {
			return true
		}
		rest = rest[i+1:]
	}
}

func alphanumeric(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

func (c *checker) assertions(plan.Promise) (bool, string) {
	var fresh []string
	old := map[string]bool{}
	for _, m := range append(append([]string{}, c.before.Assertions...), c.before.Warnings...) {
		old[m] = true
	}
	for _, m := range append(append([]string{}, c.after.Assertions...), c.after.Warnings...) {
		if !old[m] {
			fresh = append(fresh, m)
		}
	}
	if len(fresh) > 0 {
		return false, strings.Join(fresh, "; ")
	}
	if n := len(c.before.Assertions); n > 0 {
		return true, count(n, "assertion fails", "assertions fail") + ", as before"
	}
	return true, "none fails"
}

func (c *checker) system(p plan.Promise) (bool, string) {
	s, ok := c.systems[p.Subject]
	switch {
	case !ok:
		return false, "it was not evaluated"
	case s.Err != nil && s.BrokenBefore:
		return true, "it does not evaluate, as before: " + s.Err.Error()
	case s.Err != nil:
		return false, s.Err.Error()
	}
	return true, s.Drv
}
