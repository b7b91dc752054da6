package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// change is a fact that differs. Its names are the words on its path that
// somebody chose: those of entries and of elements of lists, not those of fields.
type change struct {
	path  string
	names []string
}

// Changes are the paths of all facts that differ, sorted. A list differs by its
// elements, so that a new element is named by what it is.
func Changes(before, after *facts.Facts) []string {
	var paths []string
	for _, ch := range changes(before, after) {
		paths = append(paths, ch.path)
	}
	return paths
}

func changes(before, after *facts.Facts) []change {
	var changed []change
	a, b := differing(before, after)
	a.Handovers, b.Handovers = withUnits(a.Handovers, b.Handovers), withUnits(b.Handovers, a.Handovers)
	walk(change{}, reflect.TypeFor[compared](), plain(a), plain(b), func(ch change) { changed = append(changed, ch) })
	known := map[string]bool{}
	for _, u := range before.Unreadable {
		known[u.Cell] = true
	}
	for _, u := range after.Unreadable {
		if !known[u.Cell] {
			_, name, _ := strings.Cut(u.Cell, " ")
			changed = append(changed, change{"/unreadable/" + u.Cell, []string{name}})
		}
	}
	sort.SliceStable(changed, func(i, j int) bool { return changed[i].path < changed[j].path })
	return changed
}

// field and entry go one step down a path.
func (c change) field(name string) change { return change{c.path + "/" + name, c.names} }

func (c change) entry(name string, words ...string) change {
	return change{c.path + "/" + name, append(slices.Clone(c.names), words...)}
}

// compared are facts in the form in which they are compared: with the tables of
// ids by where they are.
type compared struct {
	facts.Facts
	IDTables map[table]map[string]facts.RegistryEntry `json:"idTables"`
}

type table string

// plain is facts as JSON values, less what changes by itself: the store path of
// the source, the derivation, the package and module that were asked about, and
// line numbers.
func plain(f *facts.Facts) any {
	copied := *f
	copied.Host.Source, copied.Toplevel = "", ""
	copied.Native, copied.Package, copied.Unstable = nil, nil, nil
	copied.Libraries, copied.Arguments, copied.KeyHelpers = nil, nil, nil
	copied.Tunnels = withoutLoad(f.Tunnels)
	copied.Registries = nil
	copied.Unreadable = nil // their reasons name store paths
	copied.Upstream = withoutPlaces(f.Upstream)
	copied.Handovers = withoutStore(f.Handovers)
	tables := map[table]map[string]facts.RegistryEntry{}
	for _, r := range f.Registries {
		tables[table(strings.Join(r.Path, "."))] = r.Entries
	}
	data, err := json.Marshal(compared{copied, tables})
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

// withUnits has the units of others too, with nothing handed over: a unit that is
// given its first secret differs by that secret.
func withUnits(units, others map[string]facts.Handover) map[string]facts.Handover {
	all := maps.Clone(others)
	for name := range all {
		all[name] = facts.Handover{}
	}
	if all == nil {
		return units
	}
	maps.Copy(all, units)
	return all
}

// withoutStore leaves out which file of the store a credential is: its name
// tells of its content, which is not what is compared.
func withoutStore(units map[string]facts.Handover) map[string]facts.Handover {
	copied := make(map[string]facts.Handover, len(units))
	for name, h := range units {
		if h.Credentials = maps.Clone(h.Credentials); h.Credentials == nil {
			h.Credentials = map[string]string{}
		}
		for id, file := range h.Credentials {
			if strings.HasPrefix(file, "/nix/store/") {
				h.Credentials[id] = "/nix/store"
			}
		}
		copied[name] = h
	}
	return copied
}

// withoutLoad leaves out what tunnels carry, which virtual hosts say of
// themselves.
func withoutLoad(tunnels map[string]facts.Tunnel) map[string]facts.Tunnel {
	copied := make(map[string]facts.Tunnel, len(tunnels))
	for name, t := range tunnels {
		t.Digest, t.HostNames = nil, nil
		copied[name] = t
	}
	return copied
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

// walk compares two values of a type, which says what on the way is a name.
func walk(at change, t reflect.Type, a, b any, differs func(change)) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			differs(at)
			return
		}
		for _, k := range keys(x, y) {
			if k == "line" {
				continue
			}
			v, inA := x[k]
			w, inB := y[k]
			below, of := down(at, t, k)
			if inA && inB {
				walk(below, of, v, w, differs)
			} else {
				differs(below)
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok && b != nil {
			differs(at)
			return
		}
		for _, e := range append(missing(x, y), missing(y, x)...) {
			differs(at.entry(element(e), words(e)...))
		}
	default:
		if list, ok := b.([]any); ok && a == nil {
			walk(at, t, []any{}, list, differs)
			return
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			differs(at)
		}
	}
}

// down is the member of a value: a field of a struct, or the entry of a map that
// somebody named. Where the type says nothing, it is no name.
func down(at change, t reflect.Type, key string) (change, reflect.Type) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil:
	case t.Kind() == reflect.Map && t.Key() == reflect.TypeFor[string]():
		return at.entry(key, key), t.Elem()
	case t.Kind() == reflect.Map:
		return at.field(key), t.Elem()
	case t.Kind() == reflect.Struct:
		return at.field(key), fieldType(t, key)
	}
	return at.field(key), nil
}

// fieldType is the type of a field by its name in JSON.
func fieldType(t reflect.Type, key string) reflect.Type {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		if !f.Anonymous && name == key {
			return f.Type
		}
	}
	return nil
}

// words are the texts in an element of a list.
func words(e any) []string {
	switch x := e.(type) {
	case map[string]any:
		var all []string
		for _, k := range keys(x, nil) {
			all = append(all, words(x[k])...)
		}
		return all
	case []any:
		var all []string
		for _, v := range x {
			all = append(all, words(v)...)
		}
		return all
	case nil:
		return nil
	}
	return []string{fmt.Sprint(e)}
}

// missing are the elements of a that b lacks.
func missing(a, b []any) []any {
	have := map[string]int{}
	for _, e := range b {
		have[element(e)]++
	}
	var lacking []any
	for _, e := range a {
		s := element(e)
		if have[s] == 0 {
			lacking = append(lacking, e)
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
