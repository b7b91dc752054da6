package archive

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// mostSources is how many data sources are told of a folder.
const mostSources = 20

// dashboards are the folders with dashboards in them.
func (t *tree) dashboards() []Folder {
	found := map[string]*Folder{}
	uses := map[string]map[Use]int{}
	for _, name := range slices.Sorted(maps.Keys(t.nodes)) {
		n := t.nodes[name]
		if n.folder || n.target != "" || !strings.HasSuffix(name, ".json") {
			continue
		}
		dir := path.Dir(name)
		if dir == "." {
			dir = ""
		}
		f := found[dir]
		if f == nil {
			f = &Folder{Path: dir}
			found[dir], uses[dir] = f, map[Use]int{}
		}
		if !IsDashboard(n.content) {
			f.Others++
			continue
		}
		f.Dashboards = append(f.Dashboards, path.Base(name))
		f.Inputs = f.Inputs || gjson.GetBytes(n.content, "__inputs.0").Exists()
		for _, u := range sources(n.content) {
			uses[dir][u]++
		}
	}
	var list []Folder
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		f := found[dir]
		if len(f.Dashboards) == 0 {
			continue
		}
		for u, count := range uses[dir] {
			u.Count = count
			f.Uses = append(f.Uses, u)
		}
		slices.SortFunc(f.Uses, func(a, b Use) int {
			return cmp.Or(b.Count-a.Count, strings.Compare(a.Type, b.Type), strings.Compare(a.UID, b.UID))
		})
		f.Uses = f.Uses[:min(len(f.Uses), mostSources)]
		list = append(list, *f)
	}
	return list
}

// IsDashboard tells whether a file is a dashboard that Grafana provisions: an
// object with a title, and panels or rows of them.
func IsDashboard(data []byte) bool {
	if !json.Valid(data) {
		return false // with a limit on how deep it is, unlike gjson's
	}
	d := gjson.ParseBytes(data)
	return d.IsObject() && d.Get("title").Type == gjson.String && (d.Get("panels").IsArray() || d.Get("rows").IsArray())
}

// sources are the data sources that a dashboard names, each once: those that
// Grafana has of its own, and variables, are none.
func sources(data []byte) []Use {
	seen := map[Use]bool{}
	var walk func(gjson.Result, int)
	walk = func(v gjson.Result, depth int) {
		if depth > 40 || !v.IsObject() && !v.IsArray() {
			return
		}
		v.ForEach(func(key, value gjson.Result) bool {
			if v.IsObject() && key.String() == "datasource" && value.IsObject() {
				u := Use{Type: value.Get("type").String(), UID: value.Get("uid").String()}
				if isName(u.Type) && isName(u.UID) && u.UID != "grafana" && u.Type != "datasource" && u.Type != "grafana" && len(seen) < mostSources {
					seen[u] = true
				}
			}
			walk(value, depth+1)
			return true
		})
	}
	walk(gjson.ParseBytes(data), 0)
	return slices.Collect(maps.Keys(seen))
}

// isName tells whether text is an identifier as Grafana takes it.
func isName(s string) bool {
	return s != "" && len(s) <= 40 && !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	})
}
