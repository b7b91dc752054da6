// Package cmd holds the commands of scaffold: flags in, exit code out. It wires
// discovery, plan and writer together, and decides nothing itself.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"holthome.net/scaffold/nixeval"
)

// Version is set when the program is built.
var Version = "dev"

// options are the flags that all commands share.
type options struct {
	repo, host  string
	set         []string
	answersFile string
	yes         bool
	offline     bool
	noBuild     bool
	json        bool
	noCache     bool
	rollback    bool
	verbose     int
	reportFile  string
	nix         string
	timeout     time.Duration
	mirrors     []string
	login       bool
	tools       bool
}

// app is one run of the program.
type app struct {
	options
	in       *os.File
	out, err io.Writer
	ui       *ui
	log      zerolog.Logger
	// printed tells that the result is on standard output already.
	printed bool
	story   story
}

// Main runs the program and returns its exit code.
func Main(args []string, in *os.File, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{in: in, out: out, err: errOut}
	a.ui = newUI(in, out, errOut)
	a.ui.cancelled = ctx.Done()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	// A flag that is none ends the reading of flags, wherever --json stands.
	a.json = a.json || slices.Contains(args, "--json")
	a.ui.clear()
	if err != nil {
		a.report(err)
	}
	return exitCode(err)
}

// errSilent ends a command whose output has said everything.
var errSilent = errors.New("")

// report prints an error with what to do next and, when asked for, the trace.
func (a *app) report(err error) {
	if errors.Is(err, errSilent) {
		return
	}
	_, _ = fmt.Fprintln(a.err, a.ui.bad("scaffold: ")+err.Error())
	if a.json && !a.printed {
		if err := a.encode(failure{Status: "error", ExitCode: exitCode(err), Failure: *reportFailure(err)}); err != nil {
			_, _ = fmt.Fprintln(a.err, err)
		}
	}
	var nix *nixeval.Error
	if errors.As(err, &nix) && nix.Trace != "" {
		if a.verbose > 0 {
			_, _ = fmt.Fprintln(a.err, nix.Trace)
		} else {
			_, _ = fmt.Fprintln(a.err, a.ui.dim("the whole trace: -v"))
		}
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "scaffold <service>",
		Short: "Add a service to a NixOS fleet the way its owner would",
		Long: `scaffold evaluates the flake of a NixOS fleet, decides from what is true how a
new service is wired in, shows every decision with its evidence, proves by
evaluation that the result is what was planned, and writes the files as one
transaction.`,
		Example: `  scaffold miniflux
  scaffold plan linkding --set image=ghcr.io/x/linkding:1.2.3@sha256:... --json
  scaffold undo`,
		Args:              oneOrNone,
		SilenceUsage:      true,
		SilenceErrors:     true,
		ValidArgsFunction: cobra.NoFileCompletions,
		PersistentPreRun:  func(*cobra.Command, []string) { a.configure() },
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return a.reported(c.Context(), args[0], true, func() error { return a.add(c.Context(), args[0]) })
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.repo, "repo", ".", "folder of the flake")
	flags.StringVar(&a.host, "host", "", "host under nixosConfigurations (else SCAFFOLD_HOST, .scaffold.yaml, the only one)")
	flags.BoolVar(&a.json, "json", false, "print the result as JSON")
	flags.BoolVar(&a.noCache, "no-cache", false, "evaluate anew, whatever was evaluated before")
	flags.BoolVar(&a.offline, "offline", os.Getenv("SCAFFOLD_OFFLINE") == "1", "do not use the network (SCAFFOLD_OFFLINE=1 says so too)")
	flags.CountVarP(&a.verbose, "verbose", "v", "say more: what is run, whole traces")
	flags.StringVar(&a.nix, "nix", "", "the nix program (else nix from PATH)")
	a.registryFlags(flags)
	flags.DurationVar(&a.timeout, "timeout", 0, "longest time for one evaluation, such as 5m (default: none)")
	for _, c := range []*cobra.Command{root} {
		a.answerFlags(c)
		a.writeFlags(c)
		a.reportFlag(c)
	}
	root.AddCommand(a.planCommand(), a.factsCommand(), a.checkCommand(), a.imageCommand(), a.catalogCommand(), a.undoCommand(), a.initCommand(), a.demoCommand(), a.versionCommand(), a.manCommand())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fail(ExitUsage, "read flags: %w; see %s --help", err, c.CommandPath())
	})
	return root
}

// answerFlags are the ways to say what no source knows.
func (a *app) answerFlags(c *cobra.Command) {
	c.Flags().StringArrayVar(&a.set, "set", nil, "answer a question or overrule a decision: name=value (names: see plan --json)")
	c.Flags().StringVar(&a.answersFile, "answers", "", "file with answers, YAML or JSON")
	a.toolsFlag(c)
}

func (a *app) writeFlags(c *cobra.Command) {
	c.Flags().BoolVarP(&a.yes, "yes", "y", false, "write without asking")
	c.Flags().BoolVar(&a.noBuild, "no-build", false, "do not build the system after writing")
	c.Flags().BoolVar(&a.rollback, "rollback-on-failure", false, "take everything back if the build fails")
}

func (a *app) configure() {
	level := zerolog.WarnLevel
	switch {
	case a.verbose > 1:
		level = zerolog.TraceLevel
	case a.verbose == 1:
		level = zerolog.DebugLevel
	}
	a.log = zerolog.New(zerolog.ConsoleWriter{Out: a.err, NoColor: !a.ui.colourErr, TimeFormat: time.TimeOnly}).
		Level(level).With().Timestamp().Logger()
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.encode(map[string]string{"version": Version})
			}
			_, err := fmt.Fprintln(a.out, "scaffold", Version)
			return err
		},
	}
}
