package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/writer/candidate"
	"holthome.net/scaffold/writer/wire"
)

// proved is one promise of init, and what evaluation says of it.
type proved struct {
	Text string `json:"text"`
	Kept bool   `json:"kept"`
	Saw  string `json:"saw"`
}

func (f *fitting) promise(text string, kept bool, saw string) {
	f.proved = append(f.proved, proved{text, kept, saw})
}

func (f *fitting) broken() int {
	return len(slices.DeleteFunc(slices.Clone(f.proved), func(p proved) bool { return p.Kept }))
}

// prove gives the tree as it would be, evaluated if the flake changes.
func (f *fitting) prove(ctx context.Context) (*candidate.Candidate, error) {
	var changed []candidate.File
	flake := f.target.Files["flake.nix"]
	for _, c := range f.wiring.Files {
		changed = append(changed, candidate.File{Path: c.Path, Content: c.After})
		if c.Path == "flake.nix" {
			flake = c.After
		}
	}
	evaluated := f.base.Work
	if f.wiring.Has("flake.nix") {
		var err error
		if evaluated, err = f.relock(ctx, flake, changed); err != nil {
			return nil, err
		}
	}
	if f.wiring.Has("flake.nix") || f.lock != nil || f.standIn {
		if err := f.evaluate(ctx, f.base.At(evaluated)); err != nil {
			return nil, err
		}
	}
	if f.lock != nil {
		changed = append(changed, candidate.File{Path: wire.LockFile, Content: f.lock.After})
	}
	return candidate.Build(f.target.Repo, f.target.Work, changed)
}

// relock makes the lock for a flake and gives the tree with it. A lock of a
// stand-in is for evaluation only; any other is to be written.
func (f *fitting) relock(ctx context.Context, flake []byte, changed []candidate.File) (*gitrepo.Tree, error) {
	before, err := f.readLock(ctx)
	if err != nil {
		return nil, err
	}
	f.standIn, f.locker.StandIn = f.noLock, f.noLock
	f.ui.say(f.ui.dim("Locking the input scaffold ..."))
	lock, err := f.locker.Lock(ctx, flake, before)
	if err != nil {
		return nil, lockFailed(err)
	}
	f.lock = nil
	if !f.standIn {
		f.lock = &wire.File{Path: wire.LockFile, Before: before, After: lock}
	}
	c, err := candidate.Build(f.target.Repo, f.target.Work, append(slices.Clone(changed), candidate.File{Path: wire.LockFile, Content: lock}))
	if err != nil {
		return nil, err
	}
	return c.Tree, nil
}

// readLock is the lock file of the repo, nil without one.
func (f *fitting) readLock(ctx context.Context) ([]byte, error) {
	if !slices.Contains(f.target.All, wire.LockFile) {
		return nil, nil
	}
	t, err := f.target.Repo.Snapshot(ctx, func(e gitrepo.Entry, _ int64) bool { return e.Path == wire.LockFile })
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", wire.LockFile, err)
	}
	return t.Content[wire.LockFile], nil
}

// evaluate sees that all hosts are what they were, and that the flake has its
// app and check.
func (f *fitting) evaluate(ctx context.Context, after *discover.Target) error {
	n := len(f.hosts)
	results := nixeval.All(ctx, nixeval.Limit(memoryPerHost), 2*n, func(ctx context.Context, i int) (*facts.Facts, error) {
		t := f.base
		if i >= n {
			t = after
		}
		return t.Facts(ctx, discover.Query{Host: f.hosts[i%n], Toplevel: true, Only: systemCells})
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, host := range f.hosts {
		f.compare(host, results[i], results[n+i])
	}
	for _, d := range f.wiring.Doors {
		if d.Name == wire.Outputs && (d.State == wire.Added || d.State == wire.Wired) {
			return f.reached(ctx, after)
		}
	}
	return nil
}

// compare judges the system of a host before and after.
func (f *fitting) compare(host string, before, after nixeval.Result[*facts.Facts]) {
	was, _ := systemOf(before)
	is, why := systemOf(after)
	text := "the system of " + host + " evaluates as before"
	switch {
	case is == "" && was == "":
		f.promise(text, true, "it did not evaluate before either: "+why)
	case is == "":
		f.promise(text, false, why)
	case is == was:
		f.promise(text, true, "it is the same, to the byte")
	default:
		f.promise(text, true, "it evaluates, and is another: something in it depends on the flake's inputs or revision")
	}
}

// systemOf is the derivation of a host's system, or why there is none.
func systemOf(r nixeval.Result[*facts.Facts]) (string, string) {
	if r.Err != nil {
		return "", r.Err.Error()
	}
	why := "its system does not evaluate"
	for _, u := range r.Value.Unreadable {
		if u.Cell == "toplevel" {
			why = u.Reason
		}
	}
	return r.Value.Toplevel, why
}

// reached sees that the outputs are there, that the check can be instantiated,
// and that nothing is lost.
func (f *fitting) reached(ctx context.Context, after *discover.Target) error {
	for _, want := range []struct{ output, name string }{{"apps", "scaffold"}, {"checks", "allocations"}} {
		was, err := f.names(ctx, f.base, want.output)
		if err != nil {
			return err
		}
		is, err := f.names(ctx, after, want.output)
		if nixeval.KindOf(err) == nixeval.Network {
			return unreached(err)
		}
		text := fmt.Sprintf("the flake has %s.%s.%s", want.output, f.system, want.name)
		if err != nil {
			f.promise(text, false, err.Error())
			continue
		}
		f.promise(text, slices.Contains(is, want.name), "it has "+strings.Join(is, ", "))
		if lost := slices.DeleteFunc(was, func(n string) bool { return slices.Contains(is, n) }); len(lost) > 0 {
			f.promise(fmt.Sprintf("the flake keeps its %s.%s", want.output, f.system), false, "it loses "+strings.Join(lost, ", "))
		}
	}
	for _, what := range []struct{ text, output, name, attr string }{
		{"the app can be evaluated", "apps", "scaffold", "program"}, {"the check can be evaluated", "checks", "allocations", "drvPath"},
	} {
		_, err := after.Nix.Eval(ctx, nixeval.Request{
			Flake: after.Flake, Key: after.Tree, Prepare: after.Work.Store, What: what.output + "." + f.system + "." + what.name,
			Attr: []string{what.output, f.system, what.name}, Apply: "x: builtins.isString x." + what.attr,
		})
		if nixeval.KindOf(err) == nixeval.Network {
			return unreached(err)
		}
		saw := "it can"
		if f.standIn {
			saw = "it can, with a stand-in for scaffold"
		}
		if err != nil {
			saw = err.Error()
		}
		f.promise(what.text, err == nil, saw)
	}
	return nil
}

// unreached is a proof that needs what the network does not give: an input of
// scaffold that is locked and was not fetched yet.
func unreached(err error) error {
	return fail(ExitNetwork, "prove flake: %w; without the network, write with --no-lock", err)
}
