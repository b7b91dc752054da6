package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/writer/transaction"
)

func (a *app) undoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "undo",
		Short: "Take back the last run, to the byte",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.undo(c.Context()) },
	}
}

// undone is what --json prints.
type undone struct {
	Status   string   `json:"status"`
	Message  string   `json:"message"`
	Removed  []string `json:"removed"`
	Restored []string `json:"restored"`
	Notes    []string `json:"notes"`
}

func (a *app) undo(ctx context.Context) error {
	repo, err := a.repository(ctx)
	if err != nil {
		return err
	}
	report, err := transaction.Undo(ctx, repo)
	if err != nil {
		return err
	}
	r := report.Record
	if a.json {
		return a.encode(undone{"undone", r.Message, orEmpty(r.Created), orEmpty(r.Edited), orEmpty(report.Notes)})
	}
	a.ui.print(fmt.Sprintf("Taken back: %s.", r.Message))
	for _, path := range r.Created {
		a.ui.print("  removed  " + path)
	}
	for _, path := range r.Edited {
		a.ui.print("  restored " + path)
	}
	a.ui.print(report.Notes...)
	return nil
}

func (a *app) repository(ctx context.Context) (*gitrepo.Repo, error) {
	return gitrepo.Open(ctx, a.repo)
}
