package allocate

// portStep is how far the next candidate for a port is from one that is taken:
// the specification's rule, which keeps the last digits recognisable.
const portStep = 100

const lastPort = 65535

// Port is the wanted port if it is free, else the next one in steps that is.
// The claim is what stands in the way of the wanted one, nil if nothing does.
func Port(wanted int64, claims []Claim) (int64, *Claim, error) {
	taken := map[int64]*Claim{}
	for i := range claims {
		for port := claims[i].Value; port <= claims[i].End(); port++ {
			if taken[port] == nil {
				taken[port] = &claims[i]
			}
		}
	}
	for port := wanted; port <= lastPort; port += portStep {
		if taken[port] == nil {
			return port, taken[wanted], nil
		}
	}
	return 0, taken[wanted], &Exhausted{What: "port", Range: Range{First: wanted, Last: lastPort}}
}
