package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/discover"
)

func (a *app) factsCommand() *cobra.Command {
	var what string
	var flags checkFlags
	command := &cobra.Command{
		Use:   "facts",
		Short: "Show what evaluation says of a host",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if what != "" {
				return a.allocations(c.Context(), what, flags)
			}
			t, err := a.open(c.Context())
			if err != nil {
				return err
			}
			host, _, err := a.chooseHost(c.Context(), t)
			if err != nil {
				return err
			}
			f, err := t.Facts(c.Context(), discover.Query{Host: host})
			if err != nil {
				return err
			}
			if a.json {
				return a.encode(f)
			}
			a.ui.facts(f)
			for _, u := range f.Unreadable {
				a.ui.say(fmt.Sprintf("unreadable: %s: %s", u.Cell, u.Reason))
			}
			return nil
		},
	}
	command.Flags().StringVar(&what, "table", "", "show what is taken and what is free on all hosts: ports or ids")
	command.Flags().StringVar(&flags.facts, "facts", "", "with --table: facts that were evaluated elsewhere, from a JSON file")
	flags.sideBySide.flags(command)
	return command
}
