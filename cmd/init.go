package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/writer/candidate"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/transaction"
	"holthome.net/scaffold/writer/wire"
)

// initOptions are the flags of init.
type initOptions struct {
	source string
	skip   []string
	noLock bool
}

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init",
		Short: "Wire this repo: flake input, app and check, tasks, settings",
		Long: `init adds scaffold to the repo of a fleet: the flake's input, apps.<system>.scaffold
and checks.<system>.allocations, the tasks service:new, service:plan and
service:check, and the host in .scaffold.yaml. The flake is locked and evaluated
with the changes before they are written, as one transaction that scaffold undo
takes back. What is there is left as it is; what cannot be edited safely is
printed with its place.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.init(c.Context(), o) },
	}
	c.Flags().StringVar(&o.source, "input", "", "flake reference that the input scaffold gets, such as github:OWNER/scaffold")
	c.Flags().StringSliceVar(&o.skip, "skip", nil, "what not to wire: input, flake, task, settings")
	c.Flags().BoolVar(&o.noLock, "no-lock", false, "do not lock the input: write without fetching it, and prove with a stand-in")
	c.Flags().BoolVarP(&a.yes, "yes", "y", false, "write without asking")
	return c
}

// fitting is one run of init.
type fitting struct {
	*app
	initOptions
	target *discover.Target
	// base is the target with a lock that it lacked.
	base   *discover.Target
	host   string
	hosts  []string
	system string
	wiring *wire.Wiring
	locker *wire.Locker
	// lock is the lock file to be written, nil if it stays as it is.
	lock *wire.File
	// standIn tells that what was evaluated had a stand-in for scaffold: the
	// input is not locked.
	standIn bool
	proved  []proved
}

func (a *app) init(ctx context.Context, o initOptions) error {
	if o.source != "" {
		if err := wire.CheckURL(o.source); err != nil {
			return fail(ExitUsage, "%w", err)
		}
	}
	if err := a.mend(ctx); err != nil {
		return err
	}
	f := &fitting{app: a, initOptions: o}
	var err error
	if f.target, err = a.open(ctx); err != nil {
		return err
	}
	f.locker = &wire.Locker{Nix: f.target.Nix.Program, Offline: a.offline, Timeout: a.timeout}
	defer func() { _ = f.locker.Close() }()
	if err := f.read(ctx); err != nil {
		return err
	}
	c, err := f.prove(ctx)
	if err != nil {
		return err
	}
	if !a.json {
		f.show()
	}
	if n := f.broken(); n > 0 {
		if err := f.print("broken"); err != nil {
			return err
		}
		return fail(ExitFound, "verify flake: %s, so nothing was written; leave a door out with --skip", counted(n, "promise is", "promises are")+" broken")
	}
	status := "wired"
	if files := f.files(); len(files) > 0 {
		if err := a.confirmed(""); err != nil {
			return err
		}
		if err := f.write(ctx, c, files); err != nil {
			return err
		}
		status = "written"
	}
	return f.done(status)
}

// write applies the changes as one transaction.
func (f *fitting) write(ctx context.Context, c *candidate.Candidate, files []render.File) error {
	p := &proposal{target: f.target, files: files}
	if err := p.fresh(ctx); err != nil {
		return err
	}
	want, err := c.NARHash(ctx)
	if err != nil {
		return err
	}
	changes := make([]transaction.Change, len(files))
	for i, file := range files {
		changes[i] = transaction.Change{Path: file.Path, Before: file.Before, After: file.After, Mode: 0o644}
	}
	if _, err := transaction.Apply(ctx, f.target.Repo, changes, transaction.Options{Message: "wire the repo", Fault: fault}); err != nil {
		return err
	}
	hash, err := candidate.WorkNARHash(ctx, f.target.Repo)
	if err != nil {
		return err
	}
	if hash != want {
		return fail(ExitFound, "verify files: the work tree is not what was proved (%s, not %s); something else changed it meanwhile. Look with git status, or take it back with scaffold undo", hash, want)
	}
	return nil
}

// done ends the run: what is left to the user makes it fail.
func (f *fitting) done(status string) error {
	refused := f.wiring.Refused()
	if len(refused) > 0 && status == "wired" {
		status = "refused"
	}
	if err := f.print(status); err != nil {
		return err
	}
	if !f.json {
		f.ending(status)
	}
	if len(refused) == 0 {
		return nil
	}
	var names []string
	for _, d := range refused {
		names = append(names, string(d.Name))
	}
	return fail(ExitUsage, "wire repo: %s left to you: %s", counted(len(refused), "door is", "doors are"), strings.Join(names, ", "))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// lockFailed is why the input could not be locked, with what to do.
func lockFailed(err error) error {
	var e *wire.LockError
	if !errors.As(err, &e) {
		return err
	}
	code := ExitUsage
	if e.Network {
		code = ExitNetwork
	}
	return fail(code, "%w; check what --input names, or write without locking it: --no-lock", err)
}
