package plan

import (
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
	if near := similar(name, all); len(near) > 0 {
		return inputErrorf("did you mean "+strings.Join(near, " or ")+"?", "read answer: %q is unknown", name)
	}
	return inputErrorf("known are "+strings.Join(all, ", "), "read answer: %q is unknown", name)
}
