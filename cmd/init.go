package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
	taskfile "holthome.net/scaffold/taskfile-snippets"
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
		if err := a.confirmed(); err != nil {
			return err
		}
		if err := f.write(ctx, c, files); err != nil {
			return err
		}
		status = "written"
	}
	return f.done(status)
}

// read evaluates what must be known, and decides.
func (f *fitting) read(ctx context.Context) error {
	if err := f.locked(ctx); err != nil {
		return err
	}
	var err error
	if f.host, f.hosts, err = f.chooseHost(ctx, f.base); err != nil {
		return err
	}
	host, err := f.base.Facts(ctx, discover.Query{Host: f.host, Only: []string{"host"}})
	if err != nil {
		return err
	}
	if host.Host.System == nil {
		return fail(ExitEvaluation, "read host: the system of %s, such as x86_64-linux, cannot be evaluated", f.host)
	}
	f.system = *host.Host.System
	r := wire.Repo{Files: f.target.Files, All: f.target.All, Host: f.host, System: f.system}
	if r.Apps, err = f.names(ctx, f.base, "apps"); err != nil {
		return err
	}
	if r.Checks, err = f.names(ctx, f.base, "checks"); err != nil {
		return err
	}
	o := wire.Options{Service: taskfile.Service}
	for _, s := range f.skip {
		o.Skip = append(o.Skip, wire.Name(s))
	}
	if o.URL, err = f.url(o.Skip); err != nil {
		return err
	}
	if f.wiring, err = wire.Make(r, o); err != nil {
		return fail(ExitUsage, "%w", err)
	}
	return nil
}

// locked gives a repo a lock that has an input without one, as a run with
// --no-lock leaves it: nothing can be evaluated before.
func (f *fitting) locked(ctx context.Context) error {
	f.base = f.target
	flake := f.target.Files["flake.nix"]
	if has, err := wire.HasInput(flake); err != nil || !has {
		return nil //nolint:nilerr // nix says it better, and where
	}
	lock, err := f.readLock(ctx)
	if err != nil || wire.IsLocked(lock) {
		return err
	}
	work, err := f.relock(ctx, flake, nil)
	if err != nil {
		return err
	}
	f.base = f.target.At(work)
	return nil
}

// url is what the input is to name; it is asked for only if it is needed.
func (f *fitting) url(skip []wire.Name) (string, error) {
	has, err := wire.HasInput(f.target.Files["flake.nix"])
	switch {
	case err != nil:
		return "", fail(ExitUsage, "read flake.nix: %w", err)
	case has || f.source != "" || slices.Contains(skip, wire.Source):
		return f.source, nil
	case !f.ui.interactive() || f.json:
		return "", fail(ExitQuestions, "wire repo: where scaffold comes from is not known; say it with --input REF, such as github:OWNER/scaffold or git+https://HOST/scaffold")
	}
	f.ui.say("", f.ui.bold("Where does scaffold come from?"), f.ui.dim("  A flake reference, such as github:OWNER/scaffold or git+https://HOST/scaffold"))
	for {
		line, err := f.ui.line("> ")
		if err != nil {
			return "", err
		}
		if err := wire.CheckURL(line); err == nil {
			return line, nil
		}
		f.ui.say("a flake reference is one word without #")
	}
}

// names are the attributes of an output of the flake for the host's system.
func (f *fitting) names(ctx context.Context, t *discover.Target, output string) ([]string, error) {
	data, err := t.Nix.Eval(ctx, nixeval.Request{
		Flake: t.Flake, Key: t.Tree, Prepare: t.Work.Store, What: output + " of the flake",
		Attr: []string{output, f.system}, Apply: "builtins.attrNames",
	})
	if nixeval.KindOf(err) == nixeval.MissingAttribute {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range gjson.ParseBytes(data).Array() {
		names = append(names, n.String())
	}
	return names, nil
}

// files are all changes, the lock among them.
func (f *fitting) files() []render.File {
	var files []render.File
	for _, c := range f.wiring.Files {
		files = append(files, render.File{Path: c.Path, Before: c.Before, After: c.After})
	}
	if f.lock != nil {
		files = append(files, render.File{Path: f.lock.Path, Before: f.lock.Before, After: f.lock.After})
	}
	slices.SortFunc(files, func(x, y render.File) int { return strings.Compare(x.Path, y.Path) })
	return files
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
