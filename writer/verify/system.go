package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// nothingElse: every fact that changed is about the service.
func (c *checker) nothingElse(plan.Promise) (bool, string) {
	changes := Changes(c.before, c.after)
	var foreign []string
	for _, path := range changes {
		if !c.attributed(path) {
			foreign = append(foreign, path)
		}
	}
	if len(foreign) == 0 {
		return true, fmt.Sprintf("%d facts changed, all of them the service's", len(changes))
	}
	if len(foreign) > 5 {
		foreign = append(foreign[:5], fmt.Sprintf("and %d more", len(foreign)-5))
	}
	return false, "changed: " + strings.Join(foreign, ", ")
}

// attributed tells whether a change bears the service's name, its unit's or its
// NixOS module's, as a word of its own.
func (c *checker) attributed(path string) bool {
	m := c.plan.Model
	for _, name := range []string{c.plan.Service, m.NativeName, m.Unit} {
		if name != "" && hasWord(path, name) {
			return true
		}
	}
	return false
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

// Changes are the paths of all facts that differ, sorted. A list differs by its
// elements, so that a new element is named by what it is.
func Changes(before, after *facts.Facts) []string {
	var changed []string
	a, b := differing(before, after)
	walk("", plain(a), plain(b), func(path string) { changed = append(changed, path) })
	known := map[string]bool{}
	for _, u := range before.Unreadable {
		known[u.Cell] = true
	}
	for _, u := range after.Unreadable {
		if !known[u.Cell] {
			changed = append(changed, "/Unreadable/"+u.Cell)
		}
	}
	sort.Strings(changed)
	return changed
}

// plain is facts as JSON values, less what changes by itself: the store path of
// the source, the derivation, the package and module that were asked about, and
// line numbers.
func plain(f *facts.Facts) any {
	copied := *f
	copied.Host.Source, copied.Toplevel = "", ""
	copied.Native, copied.Package, copied.Unstable = nil, nil, nil
	copied.Libraries, copied.Arguments = nil, nil
	copied.Registries = nil
	copied.Unreadable = nil // their reasons name store paths
	copied.Upstream = withoutPlaces(f.Upstream)
	tables := map[string]map[string]facts.RegistryEntry{}
	for _, r := range f.Registries {
		tables[strings.Join(r.Path, ".")] = r.Entries
	}
	data, err := json.Marshal(struct {
		facts.Facts
		IDTables map[string]map[string]facts.RegistryEntry
	}{copied, tables})
	if err != nil {
		return nil
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return nil
	}
	return v
}

// withoutPlaces leaves out where the ports are said: a list differs by the whole
// of its elements, lines included.
func withoutPlaces(modules map[string]facts.Upstream) map[string]facts.Upstream {
	copied := make(map[string]facts.Upstream, len(modules))
	for name, u := range modules {
		u.Ports = slices.Clone(u.Ports)
		for i := range u.Ports {
			u.Ports[i].At = nil
		}
		copied[name] = u
	}
	return copied
}

func walk(path string, a, b any, differs func(string)) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			differs(path)
			return
		}
		for _, k := range keys(x, y) {
			if k == "line" {
				continue
			}
			v, inA := x[k]
			w, inB := y[k]
			if inA && inB {
				walk(path+"/"+k, v, w, differs)
			} else {
				differs(path + "/" + k)
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok && b != nil {
			differs(path)
			return
		}
		for _, e := range missing(x, y) {
			differs(path + "/" + e)
		}
		for _, e := range missing(y, x) {
			differs(path + "/" + e)
		}
	default:
		if list, ok := b.([]any); ok && a == nil {
			walk(path, []any{}, list, differs)
			return
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			differs(path)
		}
	}
}

// missing are the elements of a that b lacks, as text.
func missing(a, b []any) []string {
	have := map[string]int{}
	for _, e := range b {
		have[element(e)]++
	}
	var lacking []string
	for _, e := range a {
		s := element(e)
		if have[s] == 0 {
			lacking = append(lacking, s)
			continue
		}
		have[s]--
	}
	return lacking
}

func element(e any) string {
	if s, ok := e.(string); ok {
		return s
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Sprint(e)
	}
	return string(data)
}

func keys(a, b map[string]any) []string {
	seen := map[string]bool{}
	var list []string
	for _, m := range []map[string]any{a, b} {
		for k := range m {
			if !seen[k] {
				seen[k] = true
				list = append(list, k)
			}
		}
	}
	sort.Strings(list)
	return list
}

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
		return true, fmt.Sprintf("%d assertions fail, as before", n)
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
