package plan

import (
	"fmt"
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
	ids := m.idClaims()
	id, err := ids.Free()
	if err != nil {
		return fmt.Errorf("allocate id for %s: %w", m.Service, err)
	}
	usable := ids.Usable()
	reason := fmt.Sprintf("lowest that is free as uid and gid on all hosts, from %d to %d", usable.First, usable.Last)
	if usable.Last < ids.Range.Last {
		reason += fmt.Sprintf("; above, NixOS hands out ids to the %d accounts without one", ids.Dynamic)
	}
	m.model.Account = Account{User: m.Service, UID: id, Group: m.Service, GID: id}
	m.decide(Decision{Name: "uid", Value: id, Rule: "lowest free stable id", Reason: reason, Evidence: m.neighbours(ids.UIDs, id)})
	if group, ok := m.said("group"); ok && group != m.Service {
		g, exists := m.Facts.Groups[group]
		if !exists {
			return inputErrorf("the host has no such group; leave it out for a group of its own", "read group: %q is unknown on %s", group, m.Facts.Host.Name)
		}
		if g.GID == nil {
			return inputErrorf("give the group a gid first", "read group: %q has no gid, so files would not keep it across hosts", group)
		}
		m.model.Account.Group, m.model.Account.GID, m.model.Account.Shared = group, *g.GID, true
	}
	style := m.Conventions.IDStyle
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

// withoutAccount refuses what only an account could have.
func (m *maker) withoutAccount() error {
	if m.Answers["workload"] != string(Stateless) {
		return nil // not known yet
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
