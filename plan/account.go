package plan

import (
	"fmt"
	"strconv"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/plan/allocate"
)

// account: whom the service runs as, with ids that are the same everywhere.
func (m *maker) account() error {
	if nfs := m.Answers["nfs"]; m.model.Packaging == Container && m.model.Data == nil && (nfs == "" || nfs == "no") {
		if err := m.withoutAccount(); err != nil {
			return err
		}
		m.decide(Decision{Name: "account", Value: "none", Rule: "an account for whoever owns files", Reason: "a container without data owns none"})
		return nil
	}
	id, err := m.accountID()
	if err != nil {
		return err
	}
	m.model.Account = Account{User: m.Service, UID: id, Group: m.Service, GID: id}
	group, ok := m.said("group")
	if !ok {
		group, ok = m.peersGroup()
	}
	if ok && group != m.Service {
		if err := refuseRootLike("group", group); err != nil {
			return err
		}
		g, exists := m.Facts.Groups[group]
		if !exists {
			return inputErrorf("the host has no such group; leave it out for a group of its own", "read group: %q is unknown on %s", group, m.Facts.Host.Name)
		}
		if g.GID == nil {
			return inputErrorf("give the group a gid first", "read group: %q has no gid, so files would not keep it across hosts", group)
		}
		m.model.Account.Group, m.model.Account.GID, m.model.Account.Shared = group, *g.GID, true
		m.groupSecrets(group)
	}
	style := m.Conventions.IDStyle
	if style == convention.StringUser && m.model.Packaging != Container {
		m.decide(Decision{Name: "idStyle", Value: string(convention.IntOption), Rule: "name and id for software on the host", Reason: "its unit is started by the account's name"})
		return nil
	}
	d := Decision{Name: "idStyle", Value: string(style), Rule: "the repo's most used"}
	switch style {
	case convention.RegistryIDs:
		r := m.Conventions.Registry
		d.Reason = "the repo keeps all ids in one table"
		if r.File != nil {
			d.Evidence = []Evidence{{Option: strings.Join(r.Path, "."), File: *r.File}}
		}
	default:
		d.Reason = "most services keep their id so"
		if s, ok := m.Facts.Services[m.Conventions.IDExemplar]; ok && s.Declared != nil {
			d.Evidence = []Evidence{{Option: m.option(m.Conventions.IDExemplar), File: s.Declared.File}}
		}
	}
	m.decide(d)
	return nil
}

// accountID is the id that the user says, if it is free, else the lowest that is.
func (m *maker) accountID() (int64, error) {
	ids := m.idClaims()
	usable := ids.Usable()
	if said, ok := m.said("uid"); ok {
		id, _ := strconv.ParseInt(said, 10, 64)
		switch c := ids.Taken(id); {
		case c != nil:
			return 0, inputErrorf("choose another, or leave it out", "use id %d: %s has it (%s)", id, c.Owner, c.Option)
		case id > usable.Last && id <= allocate.Dynamic.Last:
			return 0, inputErrorf(fmt.Sprintf("choose one up to %d", usable.Last), "use id %d: NixOS hands it out next to accounts without one (%d on the host with most)", id, ids.Dynamic)
		}
		return id, nil
	}
	id, err := ids.Free()
	if err != nil {
		return 0, fmt.Errorf("allocate id for %s: %w", m.Service, err)
	}
	reason := fmt.Sprintf("lowest that is free as uid and gid on all hosts, from %d to %d", usable.First, usable.Last)
	if usable.Last < ids.Range.Last {
		reason += fmt.Sprintf("; those above %d are left to accounts that NixOS numbers itself (%d on the host with most)", usable.Last, ids.Dynamic)
	}
	m.decide(Decision{Name: "uid", Value: id, Rule: "lowest free stable id", Reason: reason, Evidence: m.neighbours(ids.UIDs, id)})
	return id, nil
}

// withoutAccount refuses what only an account could have.
func (m *maker) withoutAccount() error {
	if m.Answers["workload"] != string(Stateless) {
		return nil // not known yet
	}
	m.forget("runAs")
	if uid, said := m.answer("uid"); said {
		return inputErrorf("leave it out", "read uid: %s is given, and a container without data has no account", uid)
	}
	group, ok := m.answer("group")
	switch as := m.Answers["runAs"]; {
	case ok:
		return inputErrorf("leave it out", "read group: %q is given, and a container without data has no account", group)
	case as == "user" || as == "puid":
		return inputErrorf("choose runAs=image", "read runAs: %q is given, and a container without data has no account", as)
	}
	return nil
}

// peersGroup is the primary group of most services that use the same network
// mount: they write the same files.
func (m *maker) peersGroup() (string, bool) {
	mount := m.Answers["nfs"]
	votes := map[string]int{}
	for _, name := range sortedNames(m.Facts.Services) {
		o := m.Facts.Services[name].Options
		if v, ok := o["nfsMountDependency"].Value.(string); !ok || v != mount {
			continue
		}
		if g, ok := o["group"].Value.(string); ok {
			votes[g]++
		}
	}
	best := ""
	for _, g := range sortedNames(votes) {
		if f, ok := m.Facts.Groups[g]; ok && f.GID != nil && rootLike[g] == "" && (best == "" || votes[g] > votes[best]) {
			best = g
		}
	}
	if votes[best] < 2 {
		return "", false
	}
	m.decide(Decision{Name: "group", Value: best, Rule: "the group of services with the same mount", Reason: fmt.Sprintf("%d services that use it have it", votes[best]),
		Rejected: []Rejected{{Value: m.Service, Reason: "the others could not write its files"}}})
	return best, true
}

// mountGroup is the group that may use the network mount's files.
func (m *maker) mountGroup() string {
	if g, ok := m.Facts.Groups["media"]; ok && g.GID != nil {
		return "media"
	}
	return ""
}

// neighbours are the claims nearest to an id, as evidence of the range.
func (m *maker) neighbours(claims []allocate.Claim, id int64) []Evidence {
	var below, above *allocate.Claim
	for i := range claims {
		c := &claims[i]
		if c.Value < id && (below == nil || c.Value > below.Value) {
			below = c
		}
		if c.Value > id && (above == nil || c.Value < above.Value) {
			above = c
		}
	}
	var evidence []Evidence
	for _, c := range []*allocate.Claim{below, above} {
		if c != nil {
			evidence = append(evidence, Evidence{Option: c.Option, File: c.File, Line: c.Line, Value: fmt.Sprint(c.Value)})
		}
	}
	return evidence
}

func (m *maker) note(text string) { m.plan.Notes = append(m.plan.Notes, text) }
