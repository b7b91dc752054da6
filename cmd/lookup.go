package cmd

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"

	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/plan"
)

// lookup asks the registries for the images, and upstream for the archive, that
// the plan would know of. It tells whether there is news for the plan; each question is asked once.
func (a *app) lookup(ctx context.Context, p *proposal) (news bool, err error) {
	if a.offline {
		return false, nil
	}
	if l := p.plan.Lookup; l != nil && !reflect.DeepEqual(l, p.looked) {
		p.looked, news = l, true
		if p.image, p.noImage, err = a.resolve(ctx, l, p.plan.Service); err != nil {
			return false, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.plan.PartLookups)) {
		l := p.plan.PartLookups[name]
		if reflect.DeepEqual(l, p.parts[name].looked) {
			continue
		}
		part := partImage{looked: l}
		if part.image, part.noImage, err = a.resolve(ctx, l, p.plan.Service+", part "+name); err != nil {
			return false, err
		}
		if p.parts == nil {
			p.parts = map[string]partImage{}
		}
		p.parts[name], news = part, true
	}
	more, err := a.lookupArchive(ctx, p)
	return news || more, err
}

// partImage is what the registries said of the image of a part.
type partImage struct {
	looked  *plan.Lookup
	image   *image.Image
	noImage string
}

// partImages are the images of parts as the plan takes them.
func (p *proposal) partImages() (images map[string]*image.Image, none map[string]string) {
	images, none = map[string]*image.Image{}, map[string]string{}
	for name, part := range p.parts {
		if part.image != nil {
			images[name] = part.image
		}
		if part.noImage != "" {
			none[name] = part.noImage
		}
	}
	return images, none
}

// resolve asks for one image. Where none is known and that is no error, it says
// why.
func (a *app) resolve(ctx context.Context, l *plan.Lookup, whose string) (*image.Image, string, error) {
	client, err := a.registry()
	if err != nil {
		return nil, "", err
	}
	query := registry.Query{Repositories: l.Repositories, Platform: l.Platform, Family: l.Family, Tools: a.tools}
	if l.Reference != "" {
		query.Repositories = []string{l.Reference}
	}
	done := a.ui.during("asking", "registries for "+whose)
	img, err := client.Resolve(ctx, query)
	done()
	if err == nil {
		return img, "", nil
	}
	var e *registry.Error
	if !errors.As(err, &e) {
		return nil, "", err
	}
	// What is pinned can be used unseen. What the catalog proposes is no more
	// than a proposal, unless nobody could be asked at all.
	if l.Pinned || l.Reference == "" && !failed(e) {
		return nil, err.Error(), nil
	}
	return nil, "", err
}

// failed tells whether a registry could not be asked, or did not do as it must.
func failed(e *registry.Error) bool {
	switch e.Kind {
	case registry.Unreachable, registry.Limited, registry.Refused:
		return true
	}
	return false
}
