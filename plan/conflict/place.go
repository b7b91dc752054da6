package conflict

import (
	"fmt"
	"slices"

	"holthome.net/scaffold/discover/claim"
)

// places: two datasets on one mountpoint, one host name twice.
func (j *judge) places(host string) {
	for _, kind := range []struct {
		kind            claim.Kind
		rule            Rule
		message, advice string
	}{
		{claim.Mountpoint, MountpointShared, "%s are mounted at %s of %s: one hides the other", "give one of them a mountpoint of its own"},
		{claim.HostName, HostNameShared, "%s are both %s on %s: only one can answer", "give one of them another name, or make it one virtual host"},
	} {
		claims := map[string][]claim.Claim{}
		for _, c := range j.of(host, kind.kind, func(c claim.Claim) bool { return !c.Reference }) {
			claims[c.Text] = append(claims[c.Text], c)
		}
		for _, text := range sortedNames(claims) {
			list := claims[text]
			if len(list) < 2 {
				continue
			}
			f := Finding{Rule: kind.rule, Severity: Error, Value: text, Hosts: []string{host}, Advice: kind.advice, Message: fmt.Sprintf(kind.message, owners(list), text, host)}
			for _, c := range list {
				f.Parties = append(f.Parties, party(c))
			}
			j.add(f)
		}
	}
	j.namesOfOthers(host)
}

// namesOfOthers: one host name on two hosts.
func (j *judge) namesOfOthers(host string) {
	for _, c := range j.of(host, claim.HostName, func(claim.Claim) bool { return true }) {
		for _, other := range j.hosts {
			if other <= host || j.sameMachine(host, other) {
				continue
			}
			twins := j.of(other, claim.HostName, func(d claim.Claim) bool { return d.Text == c.Text })
			if i := slices.IndexFunc(twins, func(claim.Claim) bool { return true }); i >= 0 {
				j.add(Finding{
					Rule: HostNameShared, Severity: Warning, Value: c.Text, Hosts: []string{host, other}, Parties: []Party{party(c), party(twins[i])},
					Message: fmt.Sprintf("%s is a virtual host on %s (%s) and on %s (%s): DNS leads to one of them", c.Text, host, c.Owner, other, twins[i].Owner),
					Advice:  "give one of them another name, or declare why both have it",
				})
			}
		}
	}
}
