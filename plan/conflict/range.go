package conflict

import (
	"fmt"
	"slices"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/plan/allocate"
)

// inRepo tells that the repo itself says the claim: NixOS's own accounts are
// NixOS's business.
func inRepo(c claim.Claim) bool { return c.File != "" }

// dynamic: an id of the repo among those that NixOS has handed out by now, if
// the accounts without one were there before. Evaluation cannot see them.
func (j *judge) dynamic(host string) {
	h := j.in.Hosts[host]
	count := allocate.WithoutID(h.Facts)
	next := allocate.Dynamic.Last - int64(count)
	seen := map[string]bool{}
	for _, kind := range []claim.Kind{claim.UID, claim.GID} {
		if kind == claim.UID && h.HasUIDs || kind == claim.GID && h.HasGIDs {
			continue
		}
		accounts := j.of(host, kind, isAccount)
		for _, c := range j.of(host, kind, func(c claim.Claim) bool { return !c.Reference && c.Strength == claim.Static && inRepo(c) }) {
			if c.Value <= next || c.Value > allocate.Dynamic.Last || seen[fmt.Sprint(c.Owner, c.Value)] {
				continue
			}
			declared := slices.ContainsFunc(accounts, func(a claim.Claim) bool { return a.Value == c.Value })
			if declared && !isAccount(c) {
				continue // its account is told
			}
			seen[fmt.Sprint(c.Owner, c.Value)] = true
			if !declared {
				j.add(Finding{
					Rule: IDDynamic, Severity: Warning, Value: fmt.Sprint(c.Value), Hosts: []string{host}, Parties: []Party{party(c)},
					Message: fmt.Sprintf("%s uses the %s %d, which no account of %s declares, so that NixOS gives it to one of the %d accounts without an id (from %d down)",
						c.Owner, kind, c.Value, host, count, allocate.Dynamic.Last),
					Advice: fmt.Sprintf("declare an account with it, or give %s another id: %s", c.Owner, j.freeID()),
				})
				continue
			}
			j.add(Finding{
				Rule: IDDynamic, Severity: Warning, Value: fmt.Sprint(c.Value), Hosts: []string{host}, Parties: []Party{party(c)},
				Message: fmt.Sprintf("%s has the %s %d; %s has %d accounts without an id, to which NixOS gives %d and below, and it does not check a declared id against what it gave before",
					c.Owner, kind, c.Value, host, count, allocate.Dynamic.Last),
				Advice: fmt.Sprintf("on %s: getent passwd %d; getent group %d; grep -w %d /var/lib/nixos/uid-map /var/lib/nixos/gid-map. Or hand over its map: --uid-map %s=FILE", host, c.Value, c.Value, c.Value, host),
			})
		}
	}
}

// onHost: what the host itself remembers of ids.
func (j *judge) onHost(host string) {
	h := j.in.Hosts[host]
	for _, kind := range []claim.Kind{claim.UID, claim.GID} {
		for _, c := range j.of(host, kind, isAccount) {
			for _, m := range h.OnHost {
				if m.Kind != kind {
					continue
				}
				f := Finding{Value: fmt.Sprint(c.Value), Hosts: []string{host}, Parties: []Party{party(c), party(m)}}
				switch {
				case m.Value == c.Value && m.Owner != c.Owner:
					f.Rule, f.Severity = IDTakenOnHost, Error
					f.Message = fmt.Sprintf("%s is declared with the %s %d, which %s has given to %s", c.Owner, kind, c.Value, host, m.Owner)
					f.Advice = fmt.Sprintf("give %s another id: %s", c.Owner, j.freeOnHosts())
				case m.Value != c.Value && m.Owner == c.Owner:
					f.Rule, f.Severity = IDChangedOnHost, Warning
					f.Message = fmt.Sprintf("%s is declared with the %s %d, and %s remembers it with %d: NixOS does not change the id of an account that exists", c.Owner, kind, c.Value, host, m.Value)
					f.Advice = fmt.Sprintf("declare %d, or change the account and its files on %s by hand", m.Value, host)
				default:
					continue
				}
				j.add(f)
			}
		}
	}
}

// freeOnHosts is freeID, clear of what the hosts remember.
func (j *judge) freeOnHosts() string {
	ids := j.ids
	for _, h := range j.hosts {
		ids.UIDs = append(slices.Clone(ids.UIDs), j.in.Hosts[h].OnHost...)
	}
	if id, err := ids.Free(); err == nil {
		return fmt.Sprintf("%d is free on all hosts", id)
	}
	return j.freeID()
}

// reservedRange is a range that belongs to somebody.
type reservedRange struct {
	first, last int64
	what        string
	uids, gids  bool
}

// Ranges that NixOS and systemd use (nixos/modules/misc/ids.nix,
// systemd's UIDS-GIDS).
var reservedRanges = []reservedRange{
	{30000, 31000, "the builders of Nix", true, true},
	{61184, 65519, "systemd's DynamicUser", true, true},
	{65534, 65535, "nobody and the invalid id", true, true},
	{524288, 1879048191, "containers of systemd-nspawn", true, true},
	{100000, 524287, "subordinate ids of users", true, true},
	{4294967294, 4294967295, "the invalid id", true, true},
}

// reserved: ids of the repo that belong to the system.
func (j *judge) reserved() {
	for _, host := range j.hosts {
		for _, kind := range []claim.Kind{claim.UID, claim.GID} {
			tables := j.of(host, kind, func(c claim.Claim) bool { return c.Strength == claim.Table })
			for _, c := range j.of(host, kind, func(c claim.Claim) bool { return !c.Reference && c.Strength != claim.Table && inRepo(c) }) {
				if i := slices.IndexFunc(tables, func(t claim.Claim) bool { return t.Value == c.Value }); i >= 0 {
					if sameName := slices.ContainsFunc(tables, func(t claim.Claim) bool {
						return t.Value == c.Value && (j.same(t, c) || normal(t.Owner) == normal(c.Owner) || j.uses(host, c, t.Owner))
					}); !sameName {
						j.add(Finding{
							Rule: IDReserved, Severity: Warning, Value: fmt.Sprint(c.Value), Hosts: []string{host}, Parties: []Party{party(c), party(tables[i])},
							Message: fmt.Sprintf("%s has the %s %d, which NixOS keeps for %s", c.Owner, kind, c.Value, tables[i].Owner),
							Advice:  fmt.Sprintf("give %s another id: %s", c.Owner, j.freeID()),
						})
					}
				}
				for _, r := range reservedRanges {
					if c.Value >= r.first && c.Value <= r.last && c.Strength != claim.Registry {
						j.add(Finding{
							Rule: IDReserved, Severity: Warning, Value: fmt.Sprint(c.Value), Hosts: []string{host}, Parties: []Party{party(c)},
							Message: fmt.Sprintf("%s has the %s %d; %d to %d belong to %s", c.Owner, kind, c.Value, r.first, r.last, r.what),
							Advice:  fmt.Sprintf("give %s another id: %s", c.Owner, j.freeID()),
						})
					}
				}
			}
		}
	}
}

// uses tells whether the owner of a claim is, on the host, the account of a
// name of NixOS's table: an option may hold the number of an account.
func (j *judge) uses(host string, c claim.Claim, name string) bool {
	f := j.in.Hosts[host].Facts
	if u, ok := f.Users[name]; ok && c.Kind == claim.UID {
		return u.UID != nil && *u.UID == c.Value
	}
	g, ok := f.Groups[name]
	return ok && c.Kind == claim.GID && g.GID != nil && *g.GID == c.Value
}

// acrossHosts: ids travel with files, by NFS and by replication.
func (j *judge) acrossHosts() {
	for _, kind := range []claim.Kind{claim.UID, claim.GID} {
		var all []claim.Claim
		for _, h := range j.hosts {
			users := j.in.Hosts[h].Facts.Users
			all = append(all, j.of(h, kind, func(c claim.Claim) bool {
				return isAccount(c) && inRepo(c) && (kind == claim.GID || !users[c.Owner].IsNormalUser)
			})...)
		}
		j.sameID(kind, all)
		j.sameName(kind, all)
	}
}

func (j *judge) sameID(kind claim.Kind, all []claim.Claim) {
	rule := UIDAcrossHosts
	if kind == claim.GID {
		rule = GIDAcrossHosts
	}
	values, groups := byValue(all)
	for _, v := range values {
		var parties []claim.Claim
		for _, c := range groups[v] {
			if !slices.ContainsFunc(parties, func(p claim.Claim) bool { return p.Owner == c.Owner || j.same(p, c) || j.sameMachine(p.Host, c.Host) }) {
				parties = append(parties, c)
			}
		}
		hosts := hostsOf(parties)
		if len(parties) < 2 || len(hosts) < 2 {
			continue
		}
		f := Finding{Rule: rule, Severity: Warning, Value: fmt.Sprint(v), Hosts: hosts}
		text := ""
		for _, c := range parties {
			f.Parties = append(f.Parties, party(c))
			if text != "" {
				text += " and "
			}
			text += c.Owner + " on " + c.Host
		}
		f.Message = fmt.Sprintf("the %s %d is %s: files that NFS or replication carries change their owner", kind, v, text)
		f.Advice = fmt.Sprintf("give one of them another id: %s", j.freeID())
		j.add(f)
	}
}

func (j *judge) sameName(kind claim.Kind, all []claim.Claim) {
	byName := map[string][]claim.Claim{}
	for _, c := range all {
		byName[c.Owner] = append(byName[c.Owner], c)
	}
	for _, name := range sortedNames(byName) {
		var parties []claim.Claim
		for _, c := range byName[name] {
			if !slices.ContainsFunc(parties, func(p claim.Claim) bool { return p.Value == c.Value || j.sameMachine(p.Host, c.Host) }) {
				parties = append(parties, c)
			}
		}
		if len(parties) < 2 {
			continue
		}
		f := Finding{Rule: IDDiffers, Severity: Warning, Value: name, Hosts: hostsOf(parties)}
		text := ""
		for _, c := range parties {
			p := party(c)
			p.Value = fmt.Sprint(c.Value)
			f.Parties = append(f.Parties, p)
			if text != "" {
				text += " and "
			}
			text += fmt.Sprintf("%d on %s", c.Value, c.Host)
		}
		f.Message = fmt.Sprintf("%s has the %s %s: files that NFS or replication carries change their owner", name, kind, text)
		f.Advice = "give it one id on all hosts"
		j.add(f)
	}
}

func hostsOf(claims []claim.Claim) []string {
	hosts := []string{}
	for _, c := range claims {
		if !slices.Contains(hosts, c.Host) {
			hosts = append(hosts, c.Host)
		}
	}
	slices.Sort(hosts)
	return hosts
}
