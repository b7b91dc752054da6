package convention

import "sort"

// tally counts votes.
type tally map[string]int

func (t tally) add(s string) {
	if s != "" {
		t[s]++
	}
}

// ranked are the candidates, most votes first, equal ones in order of name.
func (t tally) ranked() []string {
	names := make([]string, 0, len(t))
	for n := range t {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		if t[names[i]] != t[names[j]] {
			return t[names[i]] > t[names[j]]
		}
		return names[i] < names[j]
	})
	return names
}

// winner is the candidate with most votes, empty if there are none.
func (t tally) winner() string {
	if r := t.ranked(); len(r) > 0 {
		return r[0]
	}
	return ""
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
