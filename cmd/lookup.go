package cmd

import (
	"context"
	"errors"
	"reflect"

	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/nixeval"
)

// lookup asks the registries for the image that the plan would know of. It
// tells whether there is news for the plan; each question is asked once.
func (a *app) lookup(ctx context.Context, p *proposal) (news bool, err error) {
	l := p.plan.Lookup
	if l == nil || a.offline || reflect.DeepEqual(l, p.looked) {
		return false, nil
	}
	p.looked, p.image, p.noImage = l, nil, ""
	client, err := a.registry()
	if err != nil {
		return false, err
	}
	query := registry.Query{Repositories: l.Repositories, Platform: l.Platform, Family: l.Family, Tools: a.tools}
	if l.Reference != "" {
		query.Repositories = []string{l.Reference}
	}
	what := "registries for " + p.plan.Service
	a.ui.progress(nixeval.Event{Stage: nixeval.Started, What: what})
	p.image, err = client.Resolve(ctx, query)
	a.ui.progress(nixeval.Event{Stage: nixeval.Finished, What: what})
	if err == nil {
		return true, nil
	}
	var e *registry.Error
	if !errors.As(err, &e) {
		return false, err
	}
	// What is pinned can be used unseen. What the catalog proposes is no more
	// than a proposal, unless nobody could be asked at all.
	if l.Pinned || l.Reference == "" && !failed(e) {
		p.noImage = err.Error()
		return true, nil
	}
	return false, err
}

// failed tells whether a registry could not be asked, or did not do as it must.
func failed(e *registry.Error) bool {
	switch e.Kind {
	case registry.Unreachable, registry.Limited, registry.Refused:
		return true
	}
	return false
}
