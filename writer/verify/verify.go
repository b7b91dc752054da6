// Package verify checks the promises of a plan against what evaluation says of
// the system with the planned files in it. It trusts nothing that was written:
// only evaluated truth keeps a promise.
package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// Result is whether a promise was kept, with what was seen.
type Result struct {
	plan.Promise
	Kept bool `json:"kept"`
	// Saw is the evidence: what evaluation says where the promise looks.
	Saw string `json:"saw"`
}

// System is what evaluation said of one host as a whole.
type System struct {
	Host string
	// Drv is the store path of its toplevel derivation, empty with Err.
	Drv string
	Err error
	// BrokenBefore tells that it did not evaluate before the change either.
	BrokenBefore bool
}

// Check holds every promise against the facts. systems are by host.
func Check(p *plan.Plan, before, after *facts.Facts, systems map[string]System) []Result {
	c := &checker{plan: p, before: before, after: after, systems: systems}
	results := make([]Result, 0, len(p.Promises))
	for _, promise := range p.Promises {
		check, ok := checks[promise.Kind]
		r := Result{Promise: promise, Saw: "no check knows this kind of promise"}
		if ok {
			r.Kept, r.Saw = check(c, promise)
		}
		if cause := c.unreadable(promise); !r.Kept && cause != "" {
			r.Saw = cause + ", and so " + r.Saw
		}
		results = append(results, r)
	}
	return results
}

// Broken are the results that were not kept.
func Broken(results []Result) []Result {
	var broken []Result
	for _, r := range results {
		if !r.Kept {
			broken = append(broken, r)
		}
	}
	return broken
}

type checker struct {
	plan          *plan.Plan
	before, after *facts.Facts
	systems       map[string]System
}

// unreadable says why what was looked for may be missing: a value that could
// not be evaluated is not there, and a unit that cannot be read takes with it
// whatever is about the unit. What could not be read before is no cause.
func (c *checker) unreadable(p plan.Promise) string {
	about := []string{p.Subject}
	for _, field := range []string{"unit", "main", "service", "units", "containers"} {
		for _, name := range strings.Fields(p.Want[field]) {
			about = append(about, strings.TrimSuffix(name, ".service"))
		}
	}
	for _, u := range c.after.Unreadable {
		kind, name, _ := strings.Cut(u.Cell, " ")
		whole := name == "" && (kind == "focus" || kind == "units")
		if !whole && !slices.Contains(about, name) || slices.ContainsFunc(c.before.Unreadable, func(old facts.Unreadable) bool { return old.Cell == u.Cell }) {
			continue
		}
		where := ""
		if u.File != "" {
			where = " (" + place(u.File, u.Line) + ")"
		}
		return u.Cell + " cannot be evaluated: " + u.Reason + where
	}
	return ""
}

type check func(*checker, plan.Promise) (bool, string)

var checks = map[plan.PromiseKind]check{
	plan.PromiseService:     (*checker).service,
	plan.PromiseUser:        (*checker).user,
	plan.PromiseGroup:       (*checker).group,
	plan.PromiseRegistry:    (*checker).registry,
	plan.PromiseUnit:        (*checker).unit,
	plan.PromiseAccount:     (*checker).account,
	plan.PromiseHardening:   (*checker).hardening,
	plan.PromiseContainer:   (*checker).container,
	plan.PromiseIdentity:    (*checker).identity,
	plan.PromiseVolume:      (*checker).volume,
	plan.PromiseResources:   (*checker).resources,
	plan.PromiseHealth:      (*checker).health,
	plan.PromiseNetwork:     (*checker).network,
	plan.PromiseEnvironment: (*checker).environment,
	plan.PromiseWritable:    (*checker).writable,
	plan.PromiseLogs:        (*checker).logs,
	plan.PromiseDatabase:    (*checker).database,
	plan.PromiseRedis:       (*checker).redis,
	plan.PromiseOrder:       (*checker).order,
	plan.PromiseCredential:  (*checker).credential,
	plan.PromiseHidden:      (*checker).hidden,
	plan.PromiseRestarted:   (*checker).restarted,
	plan.PromiseBroker:      (*checker).broker,
	plan.PromiseTold:        (*checker).told,
	plan.PromiseSource:      (*checker).source,
	plan.PromiseDashboards:  (*checker).dashboards,
	plan.PromiseDevices:     (*checker).devices,
	plan.PromiseGroups:      (*checker).groups,
	plan.PromiseCapability:  (*checker).capabilities,
	plan.PromiseHostNetwork: (*checker).hostNetwork,
	plan.PromiseReadOnly:    (*checker).readOnly,
	plan.PromiseCommand:     (*checker).command,
	plan.PromiseInternal:    (*checker).internal,
	plan.PromiseOneBackup:   (*checker).oneBackup,
	plan.PromiseTunnel:      (*checker).tunnel,
	plan.PromiseMachine:     (*checker).machine,
	plan.PromiseUnasked:     (*checker).unasked,
	plan.PromiseAbsence:     (*checker).absence,
	plan.PromiseListener:    (*checker).listener,
	plan.PromiseDataset:     (*checker).dataset,
	plan.PromiseMount:       (*checker).mount,
	plan.PromiseVhost:       (*checker).vhost,
	plan.PromiseAuth:        (*checker).auth,
	plan.PromiseLogin:       (*checker).login,
	plan.PromiseClient:      (*checker).client,
	plan.PromiseHeader:      (*checker).header,
	plan.PromiseKey:         (*checker).key,
	plan.PromiseBackup:      (*checker).backup,
	plan.PromiseReader:      (*checker).reader,
	plan.PromiseRestore:     (*checker).restore,
	plan.PromiseSnapshot:    (*checker).snapshot,
	plan.PromiseProtection:  (*checker).protection,
	plan.PromiseAlert:       (*checker).alert,
	plan.PromiseRule:        (*checker).rule,
	plan.PromiseTimer:       (*checker).timer,
	plan.PromiseEnds:        (*checker).ends,
	plan.PromiseUnwatched:   (*checker).unwatched,
	plan.PromiseExported:    (*checker).exported,
	plan.PromiseNotify:      (*checker).notify,
	plan.PromiseMetrics:     (*checker).metrics,
	plan.PromiseTile:        (*checker).tile,
	plan.PromiseProbe:       (*checker).probe,
	plan.PromiseSecret:      (*checker).secret,
	plan.PromiseNothing:     (*checker).nothingElse,
	plan.PromiseAssertions:  (*checker).assertions,
	plan.PromiseSystem:      (*checker).system,
}

// text is an optional value for people.
func text(s *string) string {
	if s == nil {
		return "nothing"
	}
	return *s
}

func id(n *int64) string {
	if n == nil {
		return "no id"
	}
	return fmt.Sprint(*n)
}

// place is where in a file, the line only where it is known.
func place(file string, line int) string {
	if line <= 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func absent(what string) (bool, string) { return false, "there is no " + what }
