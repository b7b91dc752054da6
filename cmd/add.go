package cmd

import (
	"context"
	"fmt"
	"io"

	"holthome.net/scaffold/writer/build"
	"holthome.net/scaffold/writer/candidate"
	"holthome.net/scaffold/writer/report"
	"holthome.net/scaffold/writer/transaction"
	"holthome.net/scaffold/writer/verify"
)

// add does the whole job: plan, prove, show, write, verify, build.
func (a *app) add(ctx context.Context, service string) error {
	if _, err := a.input(service); err != nil {
		return err // before anything is touched
	}
	if err := a.mend(ctx); err != nil {
		return err
	}
	p, pr, err := a.planned(ctx, service)
	if err != nil {
		return err
	}
	if !a.json {
		a.ui.diff(p.files)
		a.ui.proof(p, pr)
	}
	if broken := verify.Broken(pr.results); len(broken) > 0 {
		if a.json {
			if err := a.document("broken", p, pr); err != nil {
				return err
			}
		}
		return fail(ExitFound, "verify plan: %s broken, so nothing was written", counted(len(broken), "promise is", "promises are"))
	}
	if err := a.confirmed(", or use scaffold plan"); err != nil {
		return err
	}
	if err := a.write(ctx, p, pr); err != nil {
		return err
	}
	if a.json {
		if err := a.document("written", p, pr); err != nil {
			return err
		}
	} else {
		a.ui.print("", a.ui.good(fmt.Sprintf("Written: %s. Take it back with: scaffold undo", counted(len(p.files), "file", "files"))))
		a.ui.checklist(p.plan)
	}
	if a.noBuild {
		a.ui.say("Not built, as asked (--no-build).")
	} else {
		err = a.build(ctx, p)
	}
	if !a.json {
		a.ui.summary(report.Summary(a.reportInput(err)))
	}
	return err
}

// mend finishes or takes back what a killed run left, and says which.
func (a *app) mend(ctx context.Context) error {
	repo, err := a.repository(ctx)
	if err != nil {
		return err
	}
	report, err := transaction.Recover(ctx, repo)
	if err != nil {
		return err
	}
	if report.Action != transaction.None {
		a.ui.say(fmt.Sprintf("A run that was killed (%s) was %s.", report.Record.Message, report.Action))
	}
	return nil
}

// confirmed asks before anything is written, unless told not to. instead is what
// may be run where nobody can be asked, empty for nothing.
func (a *app) confirmed(instead string) error {
	if a.yes {
		return nil
	}
	if !a.ui.interactive() || a.json {
		return fail(ExitUsage, "write files: there is no terminal to ask on; add --yes to write%s", instead)
	}
	ok, err := a.ui.confirm("\nWrite these files?")
	if err != nil {
		return err
	}
	if !ok {
		return fail(ExitUsage, "write files: you said no, so nothing was written")
	}
	return nil
}

// fault is called before every step of the write; only tests set it.
var fault func(step string) error

// write applies the files as one transaction, and sees that what stands then is
// what was proved.
func (a *app) write(ctx context.Context, p *proposal, pr *proof) error {
	if err := p.fresh(ctx); err != nil {
		return err
	}
	proved, err := pr.candidate.NARHash(ctx)
	if err != nil {
		return err
	}
	changes := make([]transaction.Change, len(p.files))
	for i, f := range p.files {
		changes[i] = transaction.Change{Path: f.Path, Before: f.Before, After: f.After, Mode: 0o644}
	}
	if _, err := transaction.Apply(ctx, p.target.Repo, changes, transaction.Options{Message: "add " + p.plan.Service, Fault: fault}); err != nil {
		return err
	}
	a.story.written = true
	hash, err := candidate.WorkNARHash(context.WithoutCancel(ctx), p.target.Repo)
	if err != nil {
		return err
	}
	if hash != proved {
		return fail(ExitFound, "verify files: the work tree is not what was proved (%s, not %s); something else changed it meanwhile. Look with git status, or take it back with scaffold undo", hash, proved)
	}
	return nil
}

// fresh refuses to write when anything in the repo changed since it was read:
// what was proved would not be what stands afterwards.
func (p *proposal) fresh(ctx context.Context) error {
	changed, err := p.target.Changed(ctx)
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		return nil
	}
	return fail(ExitUsage, "write files: the repo changed while the plan was made (%s), so nothing was written; run it again", shorten(changed))
}

func shorten(names []string) string {
	s := ""
	for i, n := range names {
		if i == 5 {
			return s + fmt.Sprintf(", and %d more", len(names)-i)
		}
		if i > 0 {
			s += ", "
		}
		s += n
	}
	return s
}

// build runs the repo's own build of the host, or nix's.
func (a *app) build(ctx context.Context, p *proposal) error {
	c := build.Find(p.target.Files, p.host)
	a.ui.say("", a.ui.bold("Building: ")+c.String())
	if c.Note != "" {
		a.ui.say(a.ui.dim(c.Note))
	}
	printed, end := a.err, &tail{}
	if a.reportFile != "" {
		printed = io.MultiWriter(a.err, end)
	}
	err := c.Run(ctx, p.target.Repo.Root, p.target.Nix.Program, printed)
	a.built(c, end, err)
	if err == nil {
		a.ui.say(a.ui.good("Built."))
		return nil
	}
	code := ExitFound
	if ctx.Err() != nil {
		code = ExitCancelled
	}
	if a.rollback {
		if _, undoErr := transaction.Undo(context.WithoutCancel(ctx), p.target.Repo); undoErr != nil {
			return fail(code, "build system: %w; taking the files back failed too: %v", err, undoErr)
		}
		a.story.takenBack = true
		return fail(code, "build system: %w; the files were taken back", err)
	}
	return fail(code, "build system: %w; the files stand, take them back with scaffold undo", err)
}
