package conflict

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
)

// isAccount tells an entry of users.users or users.groups.
func isAccount(c claim.Claim) bool {
	return c.Strength == claim.Static && !c.Reference && (strings.HasPrefix(c.Option, "users.users.") || strings.HasPrefix(c.Option, "users.groups."))
}

// byValue groups claims; the order of each group is kept.
func byValue(claims []claim.Claim) ([]int64, map[int64][]claim.Claim) {
	groups := map[int64][]claim.Claim{}
	var values []int64
	for _, c := range claims {
		if groups[c.Value] == nil {
			values = append(values, c.Value)
		}
		groups[c.Value] = append(groups[c.Value], c)
	}
	slices.Sort(values)
	return values, groups
}

// accounts: two owners of one id on a host.
func (j *judge) accounts(host string) {
	owned := func(c claim.Claim) bool { return !c.Reference && c.Strength != claim.Table }
	values, uids := byValue(j.of(host, claim.UID, owned))
	both := map[int64]string{}
	for _, v := range values {
		if parties := j.sharing(host, uids[v]); len(parties) > 0 {
			both[v] = owners(parties)
			j.add(j.shared(UIDShared, host, v, parties, j.alsoGroup(host, v, parties)))
		}
	}
	values, gids := byValue(j.of(host, claim.GID, func(c claim.Claim) bool {
		// Many services of a table or of the options share a group.
		return owned(c) && c.Strength != claim.Registry
	}))
	for _, v := range values {
		if parties := j.sharingGroup(gids[v]); len(parties) > 0 && both[v] != owners(parties) {
			j.add(j.shared(GIDShared, host, v, parties, ""))
		}
	}
}

// sharing are the claims that cannot stand together, one for each owner.
func (j *judge) sharing(host string, claims []claim.Claim) []claim.Claim {
	accounts := slices.DeleteFunc(slices.Clone(claims), func(c claim.Claim) bool { return !isAccount(c) })
	if len(accounts) > 1 {
		return accounts // two accounts are two, whatever service they are of
	}
	var parties []claim.Claim
	for _, c := range claims {
		// An account that bears no service's name is there to be shared.
		if len(accounts) == 1 && !isAccount(c) && (j.same(c, accounts[0]) || !j.isService(host, accounts[0].Service)) {
			continue
		}
		if !slices.ContainsFunc(parties, func(p claim.Claim) bool { return j.same(p, c) }) {
			parties = append(parties, c)
		}
	}
	if len(parties) < 2 {
		return nil
	}
	// A service that is on and uses another's account is told as such.
	if len(accounts) == 1 && !slices.ContainsFunc(parties, func(p claim.Claim) bool { return !isAccount(p) && p.Strength != claim.Static }) {
		return nil
	}
	if len(accounts) == 1 {
		parties = slices.DeleteFunc(parties, func(p claim.Claim) bool { return !isAccount(p) && p.Strength == claim.Static })
	}
	return parties
}

// sharingGroup is sharing for groups: services may well name one group.
func (j *judge) sharingGroup(claims []claim.Claim) []claim.Claim {
	accounts := slices.DeleteFunc(slices.Clone(claims), func(c claim.Claim) bool { return !isAccount(c) })
	if len(accounts) > 1 {
		return accounts
	}
	if len(accounts) == 1 {
		return nil
	}
	var parties []claim.Claim
	for _, c := range claims {
		if !slices.ContainsFunc(parties, func(p claim.Claim) bool { return p.Service == c.Service }) {
			parties = append(parties, c)
		}
	}
	// By number alone nobody can tell a shared group from a mistake; several
	// services that are off cannot either.
	if len(parties) < 2 || !slices.ContainsFunc(parties, func(p claim.Claim) bool { return p.Strength == claim.Static }) {
		return nil
	}
	return parties
}

// alsoGroup says that the owners share the number as a gid too.
func (j *judge) alsoGroup(host string, v int64, parties []claim.Claim) string {
	count := 0
	for _, p := range parties {
		if len(j.of(host, claim.GID, func(c claim.Claim) bool { return c.Value == v && c.Service == p.Service && !c.Reference })) > 0 {
			count++
		}
	}
	if count > 1 && count == len(parties) {
		return ", and as gid too"
	}
	return ""
}

func (j *judge) shared(rule Rule, host string, v int64, claims []claim.Claim, more string) Finding {
	f := Finding{Rule: rule, Severity: Error, Value: fmt.Sprint(v), Hosts: []string{host}}
	kind := "uid"
	if rule == GIDShared {
		kind = "gid"
	}
	var disabled []claim.Claim
	for _, c := range claims {
		f.Parties = append(f.Parties, party(c))
		if c.Strength == claim.Disabled {
			f.Severity = Warning
			disabled = append(disabled, c)
		} else if c.Strength == claim.Registry && f.Severity == Error && !allRegistry(claims) {
			f.Severity = Warning
		}
	}
	off := ""
	switch len(disabled) {
	case 0:
	case 1:
		off = fmt.Sprintf("; %s is off, but its data on disk keep the id, and it comes up with it", disabled[0].Owner)
	default:
		off = fmt.Sprintf("; %s are off, but data on disk keep the id, and they come up with it", owners(disabled))
	}
	f.Message = fmt.Sprintf("%s have the %s %d%s%s", owners(claims), kind, v, more, off)
	f.Advice = fmt.Sprintf("give one of them another id: %s; then chown what it owns", j.freeID())
	return f
}

func allRegistry(claims []claim.Claim) bool {
	return !slices.ContainsFunc(claims, func(c claim.Claim) bool { return c.Strength != claim.Registry })
}

// owners names the owners of claims: "a and b", "a, b and c".
func owners(claims []claim.Claim) string {
	var names []string
	for _, c := range claims {
		if !slices.Contains(names, c.Owner) {
			names = append(names, c.Owner)
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// isService tells whether a name is a service of the host: one of the repo's,
// or what a container or a dataset is called.
func (j *judge) isService(host, service string) bool {
	f := j.in.Hosts[host].Facts
	for _, c := range j.in.Hosts[host].Claims {
		if c.Service == service && (c.Kind == claim.Port && !c.Reference || c.Kind == claim.Mountpoint || c.Container != "" || strings.HasPrefix(c.Option, strings.Join(f.Root, ".")+".")) {
			return true
		}
	}
	for name := range f.Services {
		if normal(name) == service {
			return true
		}
	}
	return false
}

// users: a service that runs as an account of another, by number. Who means to
// share an account names it.
func (j *judge) users(host string) {
	h := j.in.Hosts[host]
	accounts := map[int64]claim.Claim{}
	for _, c := range j.of(host, claim.UID, isAccount) {
		accounts[c.Value] = c
	}
	type pair struct{ user, account string }
	found := map[pair]*Finding{}
	var order []pair
	for _, c := range h.Claims {
		account, ok := accounts[c.Value]
		uses := c.Kind == claim.UID && (c.Reference || c.Strength == claim.Static && !isAccount(c))
		if !ok || !uses || j.same(account, c) || !j.isService(host, account.Service) || j.names(host, c, account.Owner) {
			continue
		}
		if u := h.Facts.Users[account.Owner]; u.IsNormalUser || account.Value == 0 {
			continue
		}
		key := pair{c.Service, account.Service}
		if f := found[key]; f != nil {
			f.Parties = append(f.Parties, party(c))
			continue
		}
		order = append(order, key)
		found[key] = &Finding{
			Rule: UIDOfOther, Severity: Error, Value: fmt.Sprint(c.Value), Hosts: []string{host},
			Parties: []Party{party(c), party(account)},
			Message: fmt.Sprintf("%s uses the uid %d, which is the account of %s", c.Owner, c.Value, account.Owner),
			Advice:  fmt.Sprintf("give %s its own account (%s), or name the account %q instead of its number if it is shared on purpose", c.Owner, j.freeID(), account.Owner),
		}
	}
	for _, key := range order {
		j.add(*found[key])
	}
}

// names tells whether the service of a claim names an account as its user.
func (j *judge) names(host string, c claim.Claim, account string) bool {
	for name, s := range j.in.Hosts[host].Facts.Services {
		if user, ok := s.Options["user"].Value.(string); ok && user == account {
			for _, other := range j.in.Hosts[host].Claims {
				if other.Service == c.Service && other.Owner == name {
					return true
				}
			}
			if normal(name) == c.Service {
				return true
			}
		}
	}
	return false
}

func normal(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(name))
}
