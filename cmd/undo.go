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
		RunE: func(c *cobra.Command, _ []string) error {
			repo, err := a.repository(c.Context())
			if err != nil {
				return err
			}
			report, err := transaction.Undo(c.Context(), repo)
			if err != nil {
				return err
			}
			a.ui.print(fmt.Sprintf("Taken back: %s.", report.Record.Message))
			for _, path := range report.Record.Created {
				a.ui.print("  removed  " + path)
			}
			for _, path := range report.Record.Edited {
				a.ui.print("  restored " + path)
			}
			a.ui.print(report.Notes...)
			return nil
		},
	}
}

func (a *app) repository(ctx context.Context) (*gitrepo.Repo, error) {
	return gitrepo.Open(ctx, a.repo)
}
