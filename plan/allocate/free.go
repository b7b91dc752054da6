package allocate

import "slices"

// FreeRanges are the parts of a range that no claim has, in order.
func FreeRanges(within Range, claims []Claim) []Range {
	taken := slices.Clone(claims)
	slices.SortFunc(taken, func(a, b Claim) int { return int(a.Value - b.Value) })
	free := []Range{}
	next := within.First
	for _, c := range taken {
		if c.Value > next && next <= within.Last {
			free = append(free, Range{First: next, Last: min(c.Value-1, within.Last)})
		}
		next = max(next, c.End()+1)
	}
	if next <= within.Last {
		free = append(free, Range{First: next, Last: within.Last})
	}
	return free
}

// UnprivilegedPorts are those that a service may listen on without a privilege,
// below the ones that Linux gives to outgoing connections.
var UnprivilegedPorts = Range{First: 1024, Last: 32767}
