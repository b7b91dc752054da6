package conflict

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/allocate"
)

// Result is what a judgement found.
type Result struct {
	// Findings are sorted by rule, value and host.
	Findings []Finding
	// Excepted are those that an exception allows.
	Excepted []Excepted
}

// Excepted is a finding that is wanted, and why.
type Excepted struct {
	Finding
	Reason string `json:"reason"`
}

// Judge applies all rules.
func Judge(in Input) Result {
	j := &judge{in: in, hosts: sortedNames(in.Hosts)}
	all := make([]*facts.Facts, 0, len(j.hosts))
	for _, h := range j.hosts {
		all = append(all, in.Hosts[h].Facts)
	}
	j.ids = allocate.IDsOf(all)
	j.relate()
	for _, h := range j.hosts {
		j.accounts(h)
		j.users(h)
		j.ports(h)
		j.backends(h)
		j.places(h)
		j.devices(h)
		j.dynamic(h)
		j.onHost(h)
		j.unread(h)
	}
	j.reserved()
	j.acrossHosts()
	for _, h := range sortedNames(in.NotChecked) {
		j.add(Finding{
			Rule: HostNotChecked, Severity: Note, Value: h, Hosts: []string{h}, Parties: []Party{{Owner: h, Host: h, Option: "nixosConfigurations." + h}},
			Message: fmt.Sprintf("host %s could not be evaluated: %s", h, in.NotChecked[h]),
			Advice:  "its ids and ports are not known to be free; mend the evaluation and check again",
		})
	}
	return j.finish()
}

// judge is one judgement.
type judge struct {
	in       Input
	hosts    []string
	ids      allocate.IDs
	findings []Finding
	keys     map[string]int
	// related are names that are one service on some host: a service that is
	// off there has the same names elsewhere.
	related map[[2]string]bool
}

// relate notes which names are one service on some host.
func (j *judge) relate() {
	j.related = map[[2]string]bool{}
	for _, h := range j.hosts {
		owners := map[string]map[string]bool{}
		for _, c := range j.in.Hosts[h].Claims {
			if owners[c.Service] == nil {
				owners[c.Service] = map[string]bool{}
			}
			owners[c.Service][normal(c.Owner)] = true
		}
		for _, names := range owners {
			for a := range names {
				for b := range names {
					j.related[[2]string{a, b}] = true
				}
			}
		}
	}
}

// same tells whether the owners of two claims are one service.
func (j *judge) same(a, b claim.Claim) bool {
	return a.Service == b.Service || j.related[[2]string{normal(a.Owner), normal(b.Owner)}]
}

// sameMachine tells that two hosts are one machine under two names, such as its
// image.
func (j *judge) sameMachine(a, b string) bool {
	x, y := j.in.Hosts[a].Facts.Host.HostName, j.in.Hosts[b].Facts.Host.HostName
	return x != nil && y != nil && *x == *y
}

// settled drops what is told better: services that are off where one of them
// shares the id, if they share it in earnest elsewhere.
func (j *judge) settled() {
	j.findings = slices.DeleteFunc(j.findings, func(f Finding) bool {
		return f.Rule == UIDShared && f.Severity == Warning && slices.ContainsFunc(j.findings, func(e Finding) bool {
			return e.Severity == Error && (e.Rule == UIDShared || e.Rule == UIDOfOther) && e.Value == f.Value && sameSet(e.Owners(), f.Owners())
		})
	})
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// add keeps a finding, or the host of one that is the same on another.
func (j *judge) add(f Finding) {
	if j.keys == nil {
		j.keys = map[string]int{}
	}
	sort.Strings(f.Hosts)
	if i, ok := j.keys[f.key()]; ok {
		for _, h := range f.Hosts {
			if !slices.Contains(j.findings[i].Hosts, h) {
				j.findings[i].Hosts = append(j.findings[i].Hosts, h)
				j.findings[i].Parties = withoutHosts(j.findings[i].Parties)
			}
		}
		return
	}
	j.keys[f.key()] = len(j.findings)
	j.findings = append(j.findings, f)
}

// withoutHosts drops hosts that are told once for the whole finding.
func withoutHosts(parties []Party) []Party {
	parties = slices.Clone(parties)
	for i := range parties {
		parties[i].Host = ""
	}
	return parties
}

// finish sorts, and sets the wanted apart.
func (j *judge) finish() Result {
	j.settled()
	var r Result
	used := make([]bool, len(j.in.Exceptions))
	for _, f := range j.findings {
		if i := j.exception(f); i >= 0 {
			used[i] = true
			r.Excepted = append(r.Excepted, Excepted{f, j.in.Exceptions[i].Reason})
			continue
		}
		r.Findings = append(r.Findings, f)
	}
	for i, e := range j.in.Exceptions {
		if !used[i] && !j.unsure(e) {
			r.Findings = append(r.Findings, Finding{
				Rule: ExceptionUnused, Severity: Warning, Value: strings.TrimSpace(e.Rule + " " + e.Value), Hosts: []string{},
				Parties: []Party{{Owner: first(strings.Join(e.Owners, ", "), "any owner"), Option: fmt.Sprintf("exceptions.%d", i), File: j.in.SettingsFile}},
				Message: fmt.Sprintf("the exception for %s matches nothing any more (reason given: %s)", describe(e), e.Reason),
				Advice:  "remove it, so that it hides nothing later",
			})
		}
	}
	order := map[Rule]int{}
	for i, about := range Rules() {
		order[about.Rule] = i
	}
	sort.SliceStable(r.Findings, func(a, b int) bool {
		x, y := r.Findings[a], r.Findings[b]
		switch {
		case order[x.Rule] != order[y.Rule]:
			return order[x.Rule] < order[y.Rule]
		case len(x.Value) != len(y.Value) && isDigits(x.Value) && isDigits(y.Value):
			return len(x.Value) < len(y.Value)
		}
		return x.Value < y.Value
	})
	return r
}

// exception is the index of the exception that allows a finding, -1 if none
// does. What was not looked at cannot be allowed.
func (j *judge) exception(f Finding) int {
	if f.Severity == Note {
		return -1
	}
	return slices.IndexFunc(j.in.Exceptions, func(e Exception) bool {
		if e.Rule != string(f.Rule) || e.Value != "" && e.Value != f.Value && e.Value != strings.SplitN(f.Value, "/", 2)[0] {
			return false
		}
		owners := f.Owners()
		for _, o := range e.Owners {
			if !slices.Contains(owners, o) {
				return false
			}
		}
		return true
	})
}

// unsure tells that an exception may match on a host that was not evaluated.
func (j *judge) unsure(Exception) bool { return len(j.in.NotChecked) > 0 }

func describe(e Exception) string {
	text := e.Rule
	if e.Value != "" {
		text += " " + e.Value
	}
	if len(e.Owners) > 0 {
		text += " of " + strings.Join(e.Owners, " and ")
	}
	return text
}

// freeID says which id could be taken instead.
func (j *judge) freeID() string {
	if id, err := j.ids.Free(); err == nil {
		return fmt.Sprintf("%d is free on all hosts", id)
	}
	return "no id is free in the usual range"
}

func (j *judge) unread(host string) {
	for _, u := range j.in.Hosts[host].Facts.Unreadable {
		kind, name, _ := strings.Cut(u.Cell, " ")
		j.add(Finding{
			Rule: ValueNotRead, Severity: Note, Value: u.Cell, Hosts: []string{host},
			Parties: []Party{{Owner: first(name, kind), Option: u.Cell, File: u.File, Line: u.Line}},
			Message: fmt.Sprintf("%s could not be evaluated: %s", u.Cell, u.Reason),
			Advice:  "what it claims is not known",
		})
	}
}

// of are the claims of a host of a kind.
func (j *judge) of(host string, kind claim.Kind, keep func(claim.Claim) bool) []claim.Claim {
	var list []claim.Claim
	for _, c := range j.in.Hosts[host].Claims {
		if c.Kind == kind && keep(c) {
			list = append(list, c)
		}
	}
	return list
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
