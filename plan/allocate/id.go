// Package allocate finds free ids and ports among those that are claimed.
package allocate

import (
	"fmt"
	"sort"

	"holthome.net/scaffold/discover/claim"
)

// Claim is one use of a scarce thing.
type Claim = claim.Claim

// Range is a range of values, both ends included.
type Range struct{ First, Last int64 }

// ServiceIDs is the range in which NixOS repos keep the static ids of services
// where nothing else is seen: below 1000, the first id of people, and above
// NixOS's own table, which ends at 399.
var ServiceIDs = Range{First: 900, Last: 999}

// Dynamic are the ids that NixOS hands out to accounts without one, from the
// last downwards (update-users-groups.pl, allocUid and allocGid).
var Dynamic = Range{First: 400, Last: 999}

// IDs is what must be known to find a free id.
type IDs struct {
	Range Range
	// UIDs and GIDs are claimed, by any host.
	UIDs, GIDs []Claim
	// Dynamic is the largest number of accounts without an id on any host.
	Dynamic int
}

// Exhausted means that nothing is free.
type Exhausted struct {
	What  string
	Range Range
}

func (e *Exhausted) Error() string {
	return fmt.Sprintf("find free %s: none is free from %d to %d", e.What, e.Range.First, e.Range.Last)
}

// Usable is the part of the range that is clear of the ids which NixOS hands
// out next to accounts without one.
func (i IDs) Usable() Range {
	r := i.Range
	if next := Dynamic.Last - int64(i.Dynamic); r.Last > next && r.Last <= Dynamic.Last {
		r.Last = next
	}
	return r
}

// Free is the lowest id that is free as a uid and as a gid on every host.
func (i IDs) Free() (int64, error) {
	taken := map[int64]bool{}
	for _, c := range append(append([]Claim{}, i.UIDs...), i.GIDs...) {
		taken[c.Value] = true
	}
	r := i.Usable()
	for id := r.First; id <= r.Last; id++ {
		if !taken[id] {
			return id, nil
		}
	}
	return 0, &Exhausted{What: "id", Range: r}
}

// Taken is a claim of an id, as a uid or as a gid on any host; nil if it is free.
func (i IDs) Taken(id int64) *Claim {
	for _, claims := range [][]Claim{i.UIDs, i.GIDs} {
		for n := range claims {
			if claims[n].Value == id {
				return &claims[n]
			}
		}
	}
	return nil
}

// Sort orders claims by value, host, owner and option.
func Sort(claims []Claim) {
	sort.SliceStable(claims, func(a, b int) bool {
		x, y := claims[a], claims[b]
		switch {
		case x.Value != y.Value:
			return x.Value < y.Value
		case x.Host != y.Host:
			return x.Host < y.Host
		case x.Owner != y.Owner:
			return x.Owner < y.Owner
		}
		return x.Option < y.Option
	})
}
