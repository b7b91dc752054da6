package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/allocate"
	"holthome.net/scaffold/plan/conflict"
)

// table is what facts --table prints as JSON.
type table struct {
	Schema     int           `json:"schema"`
	Table      string        `json:"table"` // ports or ids
	Hosts      []string      `json:"hosts"`
	NotChecked []notChecked  `json:"notChecked"`
	Rows       []claim.Claim `json:"rows"`
	Free       []freeRange   `json:"free"`
}

// freeRange is what nobody claims: ports of a host, ids of all hosts.
type freeRange struct {
	Host  string `json:"host,omitempty"`
	Kind  string `json:"kind"` // id, tcp or udp
	First int64  `json:"first"`
	Last  int64  `json:"last"`
}

// allocations shows what is taken on all hosts, and what is free.
func (a *app) allocations(ctx context.Context, what string, flags checkFlags) error {
	if what != "ports" && what != "ids" {
		return fail(ExitUsage, "read --table: %q is neither ports nor ids", what)
	}
	in, err := a.checkInput(ctx, flags)
	if err != nil {
		return err
	}
	t := newTable(what, in)
	if a.json {
		err = a.encode(t)
	} else {
		a.tableText(t)
	}
	if err == nil && len(t.NotChecked) > 0 {
		return &exitError{ExitEvaluation, errSilent}
	}
	return err
}

func newTable(what string, in conflict.Input) table {
	t := table{Schema: checkSchema, Table: what, Hosts: hostNames(in), NotChecked: []notChecked{}, Rows: []claim.Claim{}, Free: []freeRange{}}
	for _, h := range sortedKeys(in.NotChecked) {
		t.NotChecked = append(t.NotChecked, notChecked{h, in.NotChecked[h]})
	}
	all := make([]*facts.Facts, 0, len(t.Hosts))
	for _, host := range t.Hosts {
		claims := in.Hosts[host].Claims
		all = append(all, in.Hosts[host].Facts)
		for _, c := range claims {
			isID := c.Kind == claim.UID || c.Kind == claim.GID
			if what == "ids" && isID || what == "ports" && c.Kind == claim.Port {
				t.Rows = append(t.Rows, c)
			}
		}
		if what == "ports" {
			for _, protocol := range []string{"tcp", "udp"} {
				for _, r := range allocate.FreeRanges(allocate.UnprivilegedPorts, claim.Ports(claims, protocol)) {
					t.Free = append(t.Free, freeRange{host, protocol, r.First, r.Last})
				}
			}
		}
	}
	if what == "ids" {
		ids := allocate.IDsOf(all)
		for _, r := range allocate.FreeRanges(ids.Usable(), slices.Concat(ids.UIDs, ids.GIDs)) {
			t.Free = append(t.Free, freeRange{"", "id", r.First, r.Last})
		}
	}
	t.Rows = sortRows(what, t.Rows)
	return t
}

// sortRows orders ports by host, then by number, and ids by number. What is the
// same on all hosts is told once.
func sortRows(what string, rows []claim.Claim) []claim.Claim {
	slices.SortStableFunc(rows, func(a, b claim.Claim) int {
		if what == "ports" && a.Host != b.Host {
			return strings.Compare(a.Host, b.Host)
		}
		if a.Value != b.Value {
			return int(a.Value - b.Value)
		}
		return strings.Compare(string(a.Kind)+a.Protocol+a.Owner+a.Option+a.Host, string(b.Kind)+b.Protocol+b.Owner+b.Option+b.Host)
	})
	return slices.CompactFunc(rows, func(a, b claim.Claim) bool { return a.Host == "" && a == b })
}

func (a *app) tableText(t table) {
	u := a.ui
	width := 0
	for _, c := range t.Rows {
		width = max(width, len(c.Owner))
	}
	host := "-"
	for i := 0; i < len(t.Rows); i++ {
		c := t.Rows[i]
		if t.Table == "ports" && c.Host != host {
			host = c.Host
			u.print(u.bold("Ports of " + host))
		}
		value := fmt.Sprintf("%s %d", c.Kind, c.Value)
		if t.Table == "ports" {
			value = fmt.Sprint(c.Value)
			if c.Last > c.Value {
				value += fmt.Sprintf("-%d", c.Last)
			}
			value += "/" + c.Protocol
		}
		// The same claim of several hosts is one line.
		hosts := []string{}
		if c.Host != "" && t.Table == "ids" {
			hosts = append(hosts, c.Host)
			for i+1 < len(t.Rows) && sameRow(c, t.Rows[i+1]) {
				i++
				hosts = append(hosts, t.Rows[i].Host)
			}
		}
		place := ""
		if c.File != "" {
			place = placeOf(c.File, c.Line)
		}
		u.print(strings.TrimRight(fmt.Sprintf("  %-11s %-*s  %-10s %s  %s", value, width, c.Owner, standing(c), c.Option+" "+strings.Join(hosts, ", "), u.dim(place)), " "))
	}
	free := map[string][]string{}
	for _, r := range t.Free {
		text := fmt.Sprint(r.First)
		if r.Last > r.First {
			text += fmt.Sprintf("-%d", r.Last)
		}
		key := strings.TrimSpace(r.Host + " " + r.Kind)
		free[key] = append(free[key], text)
	}
	for _, key := range sortedKeys(free) {
		u.print(u.bold("Free, "+key) + ": " + strings.Join(free[key], ", "))
	}
	for _, n := range t.NotChecked {
		u.print(fmt.Sprintf("%s %s: %s", u.red("not checked"), n.Host, n.Reason))
	}
}

func sameRow(a, b claim.Claim) bool {
	b.Host = a.Host
	return a == b
}

// standing is how a claim holds, in a word.
func standing(c claim.Claim) string {
	if c.Reference {
		return "refers"
	}
	return string(c.Strength)
}

func sortedKeys[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
