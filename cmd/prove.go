package cmd

import (
	"context"
	"fmt"
	"slices"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/writer/candidate"
	"holthome.net/scaffold/writer/verify"
)

// proof is what evaluation says of the candidate.
type proof struct {
	candidate *candidate.Candidate
	results   []verify.Result
	checks    []failing
}

// systemCells is what is evaluated of hosts that only must go on evaluating.
var systemCells = []string{"toplevel"}

// prove evaluates the candidate: the host in full, the systems of all hosts,
// and the flake's own checks. Nothing is written to the repo.
func (a *app) prove(ctx context.Context, p *proposal) (*proof, error) {
	files := make([]candidate.File, len(p.files))
	for i, f := range p.files {
		files[i] = candidate.File{Path: f.Path, Content: f.After}
	}
	c, err := candidate.Build(p.target.Repo, p.target.Work, files)
	if err != nil {
		return nil, err
	}
	after := p.target.At(c.Tree)
	query := p.query
	query.Toplevel = true
	hosts := append([]string{p.host}, slices.DeleteFunc(slices.Clone(p.hosts), func(h string) bool { return h == p.host })...)
	var checks []discover.Check
	var checksErr error
	results := nixeval.All(ctx, nixeval.Limit(memoryPerHost), len(hosts)+1, func(ctx context.Context, i int) (*facts.Facts, error) {
		switch i {
		case 0:
			return after.Facts(ctx, query)
		case len(hosts):
			checks, checksErr = after.Checks(ctx, p.system())
			return nil, nil
		}
		return after.Facts(ctx, discover.Query{Host: hosts[i], Toplevel: true, Only: systemCells})
	})
	if err := results[0].Err; err != nil {
		return nil, fmt.Errorf("evaluate the system with the new files: %w", err)
	}
	if checksErr != nil {
		a.log.Debug().Err(checksErr).Msg("the flake's checks cannot be evaluated")
	}
	systems := map[string]verify.System{}
	for i, h := range hosts {
		systems[h] = a.system(ctx, p, h, results[i])
	}
	pr := &proof{candidate: c, results: verify.Check(p.plan, p.facts, results[0].Value, systems)}
	pr.checks, err = p.newlyFailing(ctx, after, files, checks)
	p.plan.Checklist = append(raising(pr.checks), p.plan.Checklist...)
	return pr, err
}

func (p *proposal) system() string {
	if s := p.facts.Host.System; s != nil {
		return *s
	}
	return "x86_64-linux"
}

// system says whether a host's system evaluates and, if not, whether it did
// before.
func (a *app) system(ctx context.Context, p *proposal, host string, r nixeval.Result[*facts.Facts]) verify.System {
	s := verify.System{Host: host, Err: r.Err}
	if r.Err == nil {
		s.Drv = r.Value.Toplevel
		if s.Drv != "" {
			return s
		}
		s.Err = fmt.Errorf("its system does not evaluate")
		for _, u := range r.Value.Unreadable {
			if u.Cell == "toplevel" {
				s.Err = fmt.Errorf("its system does not evaluate: %s", u.Reason)
			}
		}
	}
	before, err := p.target.Facts(ctx, discover.Query{Host: host, Toplevel: true, Only: systemCells})
	s.BrokenBefore = err != nil || before.Toplevel == ""
	return s
}

// newlyFailing are the checks of the flake that fail with the new files and did
// not before, why, and which numbers in them are to be raised.
func (p *proposal) newlyFailing(ctx context.Context, with *discover.Target, files []candidate.File, checks []discover.Check) ([]failing, error) {
	fail := slices.DeleteFunc(slices.Clone(checks), func(c discover.Check) bool { return c.Err == nil })
	if len(fail) == 0 {
		return nil, nil
	}
	names := make([]string, len(fail))
	for i, c := range fail {
		names[i] = c.Name
	}
	before, err := p.target.Checks(ctx, p.system(), names...)
	if err != nil {
		return nil, err
	}
	fail = slices.DeleteFunc(fail, func(c discover.Check) bool {
		return !slices.ContainsFunc(before, func(b discover.Check) bool { return b.Name == c.Name && b.Err == nil })
	})
	results := nixeval.All(ctx, nixeval.Limit(memoryPerHost), len(fail), func(ctx context.Context, i int) (failing, error) {
		return p.counted(ctx, files, with.Explain(ctx, p.system(), fail[i])), nil
	})
	list := make([]failing, len(fail))
	for i, r := range results {
		list[i] = r.Value
	}
	return list, ctx.Err()
}
