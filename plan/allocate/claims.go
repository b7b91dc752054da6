package allocate

import (
	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

// IDsOf is what must be known to find an id that is free on all of the hosts.
func IDsOf(hosts []*facts.Facts) IDs {
	ids := IDs{Range: ServiceIDs}
	for _, f := range hosts {
		ids.Dynamic = max(ids.Dynamic, WithoutID(f))
		for _, c := range claim.Of(f) {
			switch c.Kind { //nolint:exhaustive // the others are no ids
			case claim.UID:
				ids.UIDs = append(ids.UIDs, c)
			case claim.GID:
				ids.GIDs = append(ids.GIDs, c)
			}
		}
	}
	return ids
}

// WithoutID is how many users or groups, whichever are more, have no id: NixOS
// gives each one at activation.
func WithoutID(f *facts.Facts) int {
	users, groups := 0, 0
	for _, u := range f.Users {
		if u.UID == nil {
			users++
		}
	}
	for _, g := range f.Groups {
		if g.GID == nil {
			groups++
		}
	}
	return max(users, groups)
}
