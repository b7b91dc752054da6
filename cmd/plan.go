package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/writer/report"
	"holthome.net/scaffold/writer/verify"
)

func (a *app) planCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "plan <service>",
		Short: "Show what would be done and why, proved by evaluation, and write nothing",
		Args:  exactlyOne("service"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reported(c.Context(), args[0], false, func() error { return a.show(c.Context(), args[0]) })
		},
	}
	a.answerFlags(c)
	a.reportFlag(c)
	return c
}

// show makes and proves a plan and prints it.
func (a *app) show(ctx context.Context, service string) error {
	p, pr, err := a.planned(ctx, service)
	if err != nil {
		return err
	}
	status := "planned"
	if len(verify.Broken(pr.results)) > 0 {
		status = "broken"
	}
	if a.json {
		err = a.document(status, p, pr)
	} else {
		a.ui.diff(p.files)
		a.ui.proof(p, pr)
		a.ui.checklist(p.plan)
		a.ui.summary(report.Summary(a.reportInput(nil)))
	}
	if err == nil && status == "broken" {
		return &exitError{ExitFound, errSilent}
	}
	return err
}

// planned makes and proves a plan. Open questions end it with their own code.
func (a *app) planned(ctx context.Context, service string) (*proposal, *proof, error) {
	p, err := a.propose(ctx, service)
	if err != nil {
		return nil, nil, err
	}
	if !p.plan.Ready() {
		if a.json {
			if err := a.document("questions", p, nil); err != nil {
				return nil, nil, err
			}
		} else {
			a.ui.plan(p.plan)
			a.ui.questions(p.plan, p.answers)
		}
		return nil, nil, &exitError{ExitQuestions, errSilent}
	}
	if !a.json {
		a.ui.plan(p.plan)
	}
	pr, err := a.prove(ctx, p)
	a.story.proof = pr
	return p, pr, err
}

// exactlyOne is an argument that must be there.
func exactlyOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return fail(ExitUsage, "read arguments: the %s is missing", what)
		case len(args) > 1:
			return fail(ExitUsage, "read arguments: one %s at a time, not %q", what, args)
		}
		return nil
	}
}

// oneOrNone is for the program itself: without a service it shows its help. Of
// several words the first may be a command that does not exist.
func oneOrNone(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fail(ExitUsage, "read arguments: one service at a time, not %q; commands are listed by scaffold --help", args)
	}
	return nil
}
