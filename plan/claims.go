package plan

import (
	"sort"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/allocate"
)

// idClaims are the uids and gids of every host, and how many accounts have
// none on the host that has most of them.
func (in Input) idClaims() allocate.IDs {
	hosts := in.hosts()
	all := make([]*facts.Facts, 0, len(hosts))
	for _, host := range hosts {
		all = append(all, in.hostFacts(host))
	}
	return allocate.IDsOf(all)
}

// portClaims are the TCP ports that something on the host listens on, as far
// as evaluation shows.
func (in Input) portClaims() []allocate.Claim {
	return claim.Ports(claim.Of(in.Facts), "tcp")
}

// number reads a port from an option: a number, or a string of digits.
func number(v any) (int64, bool) { return claim.Number(v) }

func (in Input) hosts() []string {
	hosts := append(sortedNames(in.Others), in.Facts.Host.Name)
	sort.Strings(hosts)
	return hosts
}

func (in Input) hostFacts(host string) *facts.Facts {
	if f, ok := in.Others[host]; ok {
		return f
	}
	return in.Facts
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
