package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
	taskfile "holthome.net/scaffold/taskfile-snippets"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/wire"
)

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
