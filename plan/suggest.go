package plan

import (
	"regexp"
	"slices"
	"strings"
)

// similar are the names that were likely meant, the nearest first, at most three:
// those that begin so or are a few letters away.
func similar(name string, names []string) []string {
	type candidate struct {
		name string
		away int
	}
	var near []candidate
	for _, n := range names {
		away := distance(strings.ToLower(name), strings.ToLower(n))
		if begins := len(name) > 2 && strings.HasPrefix(strings.ToLower(n), strings.ToLower(name)); begins || away <= 1+len(name)/4 {
			near = append(near, candidate{n, away})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.away - b.away })
	var found []string
	for _, c := range near[:min(len(near), 3)] {
		found = append(found, c.name)
	}
	return found
}

// distance is how many letters must be put in, left out or changed to make one
// word of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// unknownName says of a name that cannot be said what was likely meant.
func unknownName(name string) error {
	all := sortedNames(Keys())
	near := similar(name, all)
	if len(near) == 0 {
		near = related(name, all)
	}
	if len(near) > 0 {
		return inputErrorf("did you mean "+strings.Join(near, " or ")+"?", "read answer: %q is unknown", name)
	}
	// What is said of a part, a rule or a key is left out here.
	all = slices.DeleteFunc(all, func(n string) bool { return strings.Count(n, ".") > 1 })
	return inputErrorf("known are "+strings.Join(all, ", "), "read answer: %q is unknown", name)
}

var nameWord = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)

// related are the names that have a word with a name in common, the shortest
// first, at most three: secrets for oidcSecret.
func related(name string, names []string) []string {
	words := func(s string) []string {
		return nameWord.FindAllString(strings.TrimPrefix(s[strings.LastIndexByte(s, '.')+1:], "NAME"), -1)
	}
	var found []string
	for _, n := range names {
		for _, a := range words(name) {
			for _, b := range words(n) {
				a, b := strings.ToLower(a), strings.ToLower(b)
				if min(len(a), len(b)) > 3 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) && !slices.Contains(found, n) {
					found = append(found, n)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(a) - len(b) })
	return found[:min(len(found), 3)]
}
