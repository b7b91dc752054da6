package cmd

import (
	"context"
	"errors"
	"slices"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/format"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/transaction"
)

// proposal is a plan with the files that carry it out and what it rests on.
type proposal struct {
	target *discover.Target
	// begun waits for the host's facts, if they are being evaluated already.
	begun       func() (*facts.Facts, error)
	host        string
	hosts       []string
	facts       *facts.Facts
	others      map[string]*facts.Facts
	notChecked  []string
	conventions *convention.Conventions
	answers     map[string]string
	query       discover.Query
	catalog     *catalog.Catalog
	entry       *catalog.Entry
	// looked is what the registries were asked, image what they said, noImage
	// why they said nothing.
	looked  *plan.Lookup
	image   *image.Image
	noImage string
	parts   map[string]partImage // by name
	// downloads are the archives that were asked for, by address.
	downloads map[string]download
	plan      *plan.Plan
	files     []render.File
}

// memoryPerHost is what evaluating one NixOS host may take, in bytes.
const memoryPerHost = 3 << 30

// idCells are the kinds of facts in which hosts keep ids.
var idCells = []string{"host", "root", "users", "groups", "service", "container"}

// open finds nix and the repo, and reads its tree.
func (a *app) open(ctx context.Context) (*discover.Target, error) {
	nix, err := nixeval.Look(a.nix)
	if err != nil {
		return nil, err
	}
	nix.Log, nix.Progress, nix.Timeout, nix.Offline = a.log, a.ui.progress, a.timeout, a.offline
	if !a.noCache {
		if nix.Cache, err = nixeval.DefaultCache(); err != nil {
			a.log.Debug().Err(err).Msg("evaluating without cache")
		}
	}
	asked := make(chan nixeval.Result[nixeval.Version], 1)
	go func() { // while the repo is read
		version, err := nix.Version(ctx)
		asked <- nixeval.Result[nixeval.Version]{Value: version, Err: err}
	}()
	t, err := a.read(ctx, nix)
	version := <-asked
	if version.Err != nil {
		return nil, version.Err
	}
	a.log.Debug().Str("nix", version.Value.String()).Str("program", nix.Program).Msg("found nix")
	return t, err
}

func (a *app) read(ctx context.Context, nix *nixeval.Nix) (*discover.Target, error) {
	repo, err := gitrepo.Open(ctx, a.repo)
	if err != nil {
		return nil, err
	}
	nix.WorkTree = repo.Root
	if run, err := transaction.Unfinished(ctx, repo); err == nil && run != nil {
		a.ui.say("A run (" + run.Message + ") is writing, or was killed while it wrote: then scaffold undo takes it back.")
	}
	return discover.Open(ctx, nix, repo)
}

// input checks what was typed, which needs no repo.
func (a *app) input(service string) (map[string]string, error) {
	if err := plan.CheckName(service); err != nil {
		return nil, err
	}
	return a.answers()
}

// propose makes the plan for a service, asking on a terminal what is not known.
func (a *app) propose(ctx context.Context, service string) (*proposal, error) {
	answers, err := a.input(service)
	if err != nil {
		return nil, err
	}
	p := &proposal{answers: answers}
	a.story.proposal = p
	if p.target, err = a.open(ctx); err != nil {
		return nil, err
	}
	if p.catalog, err = p.target.Catalog(); err != nil {
		return nil, err
	}
	p.entry = p.catalog.Find(service)
	if err := p.choose(ctx, a, service); err != nil {
		return nil, err
	}
	for {
		if err := p.evaluate(ctx, service); err != nil {
			return nil, err
		}
		if err := p.decide(service); err != nil {
			return nil, err
		}
		news, err := a.lookup(ctx, p)
		if err != nil {
			return nil, err
		}
		if news {
			continue
		}
		if p.plan.Ready() || !a.ui.interactive() || a.json {
			break
		}
		if err := a.ask(p); err != nil {
			return nil, err
		}
	}
	if p.plan.Ready() {
		if p.files, err = render.Files(p.plan, p.conventions, p.facts, p.target.Files); err != nil {
			return nil, err
		}
		return p, a.format(ctx, p)
	}
	return p, nil
}

// choose finds the host. Where its name is said, its facts are evaluated beside
// the list of hosts in which the name must be.
func (p *proposal) choose(ctx context.Context, a *app, service string) error {
	said, err := a.said(p.target)
	if err != nil {
		return err
	}
	if said.host == "" {
		p.host, p.hosts, err = a.chooseHost(ctx, p.target)
		return err
	}
	evaluation, cancel := context.WithCancel(ctx)
	query := p.question(said.host, service)
	done := make(chan nixeval.Result[*facts.Facts], 1)
	go func() {
		f, err := p.target.Facts(evaluation, query)
		done <- nixeval.Result[*facts.Facts]{Value: f, Err: err}
	}()
	p.begun = func() (*facts.Facts, error) {
		r := <-done
		cancel()
		return r.Value, r.Err
	}
	if p.host, p.hosts, err = a.chooseHost(ctx, p.target); err != nil {
		cancel()
		_, _ = p.begun() // nix is not left behind
	}
	return err
}

// question is what is wanted of the host.
func (p *proposal) question(host, service string) discover.Query {
	q := discover.Query{Host: host, Service: service}
	entry := p.entry
	if entry == nil {
		entry = &catalog.Entry{}
	}
	q.Natives = plan.Candidates(service, p.answers["native"], entry.Native)
	q.Packages = plan.Candidates(service, p.answers["package"], entry.Packages)
	return q
}

// format has the repo's own formatter look at the new files, where it is
// installed: it is never built for the purpose. Edited files keep their bytes.
func (a *app) format(ctx context.Context, p *proposal) error {
	if p.facts.Host.Formatter == nil {
		return nil
	}
	program := format.Find(*p.facts.Host.Formatter)
	if program == "" {
		a.log.Debug().Str("formatter", *p.facts.Host.Formatter).Msg("the repo's formatter is not installed")
		return nil
	}
	for i := range p.files {
		if p.files[i].Before != nil {
			continue
		}
		text, err := format.File(ctx, program, p.files[i].After)
		if err != nil {
			return fail(ExitUsage, "format %s: %w", p.files[i].Path, err)
		}
		p.files[i].After = text
	}
	return nil
}

// evaluate reads the host in full and the ids of all others, side by side. What
// is known already is not asked again.
func (p *proposal) evaluate(ctx context.Context, service string) error {
	query := p.question(p.host, service)
	if p.facts != nil && slices.Equal(query.Natives, p.query.Natives) && slices.Equal(query.Packages, p.query.Packages) {
		return nil
	}
	p.query = query
	others := slices.DeleteFunc(slices.Clone(p.hosts), func(h string) bool { return h == p.host })
	begun, taken := p.begun, false
	p.begun = nil
	results := nixeval.All(ctx, nixeval.Limit(memoryPerHost), 1+len(others), func(ctx context.Context, i int) (*facts.Facts, error) {
		switch {
		case i > 0:
			return p.target.Facts(ctx, discover.Query{Host: others[i-1], Only: idCells})
		case begun != nil:
			taken = true // only this call writes it, and it is read when all are done
			return begun()
		}
		return p.target.Facts(ctx, query)
	})
	if begun != nil && !taken { // cancelled before its turn came
		_, _ = begun()
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	p.facts = results[0].Value
	p.others, p.notChecked = map[string]*facts.Facts{}, nil
	for i, h := range others {
		if err := results[i+1].Err; err != nil {
			if errors.Is(err, context.Canceled) {
				return err
			}
			p.notChecked = append(p.notChecked, h)
			continue
		}
		p.others[h] = results[i+1].Value
	}
	p.conventions = convention.Derive(p.facts, p.target.Source)
	return nil
}

func (p *proposal) decide(service string) error {
	var err error
	p.plan, err = plan.Make(p.given(service))
	return err
}

// given is what the plan is made from.
func (p *proposal) given(service string) plan.Input {
	in := plan.Input{
		Service: service, Facts: p.facts, Conventions: p.conventions, Others: p.others,
		NotChecked: p.notChecked, Answers: p.answers,
		Catalog: p.catalog, Entry: p.entry, Image: p.image, NoImage: p.noImage,
	}
	in.PartImages, in.NoPartImages = p.partImages()
	in.Archive, in.NoArchive = p.downloaded()
	if p.target != nil {
		in.Paths = p.target.All
	}
	return in
}
