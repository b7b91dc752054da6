package cmd

import (
	"strconv"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/cmd/man"
)

// exitMeanings are the exit codes, as the manual page tells them.
var exitMeanings = [][2]string{
	{strconv.Itoa(ExitDone), "done"},
	{strconv.Itoa(ExitFound), "a check found something, a promise is broken, or the build failed"},
	{strconv.Itoa(ExitUsage), "usage, or input that cannot be used"},
	{strconv.Itoa(ExitQuestions), "questions are left"},
	{strconv.Itoa(ExitEvaluation), "evaluation failed"},
	{strconv.Itoa(ExitNetwork), "a registry, a download or the network failed"},
	{strconv.Itoa(ExitCancelled), "interrupted"},
}

// manCommand prints the manual page, for those who package the program.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return man.Write(a.out, c.Root(), Version, man.Section{Title: "EXIT STATUS", Lines: exitMeanings})
		},
	}
}
