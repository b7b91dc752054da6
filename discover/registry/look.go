package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"holthome.net/scaffold/discover/egress"
	"holthome.net/scaffold/discover/image"
)

// found is an image, and where its layers are.
type found struct {
	*image.Image
	*session
	layers []v1.Descriptor
}

// look asks one candidate: without credentials first, then with those that may
// be used.
func (c *Client) look(ctx context.Context, p place, q Query) (*found, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Candidate)
	defer cancel()
	f, err := c.lookAs(ctx, p, q, authn.Anonymous)
	if err == nil || !c.login || !isRefusedAnonymously(err) {
		return f, err
	}
	auth, failed := authn.DefaultKeychain.Resolve(p.asked)
	if failed != nil || auth == authn.Anonymous {
		return nil, err
	}
	return c.lookAs(ctx, p, q, auth)
}

func isRefusedAnonymously(err error) bool {
	e := fail("", err)
	return e.Kind == Absent || e.Kind == Limited
}

func (c *Client) lookAs(ctx context.Context, p place, q Query, auth authn.Authenticator) (*found, error) {
	s, err := c.open(ctx, p, auth)
	if err != nil {
		return nil, err
	}
	img, m, err := s.version(ctx, p, q)
	if err != nil {
		return nil, err
	}
	img.Reference = reference(p, img.Tag, m)
	return s.describe(ctx, img, m, q.Platform)
}

// reference is registry/name:tag@digest.
func reference(p place, tag string, m *manifest) string {
	p.tag, p.digest, p.pinned = tag, m.digest, true
	return p.String()
}

// version finds the manifest of the version that is named, or that is chosen.
func (s *session) version(ctx context.Context, p place, q Query) (*image.Image, *manifest, error) {
	img := &image.Image{Tag: p.tag}
	switch {
	case p.pinned:
		m, err := s.manifest(ctx, p.digest.String())
		img.Choice = "named with its digest"
		if p.tag == "" {
			img.Warning = "it has no tag, so no update can be proposed"
		}
		return img, m, err
	case p.tag != "":
		m, err := s.manifest(ctx, p.tag)
		img.Choice = "named with its tag"
		if !image.IsVersion(p.tag) {
			img.Warning = fmt.Sprintf("the tag %s names no version, so no update can be proposed", p.tag)
		}
		return img, m, err
	}
	tags, whole, err := s.tags(ctx)
	if err != nil {
		return nil, nil, err
	}
	img.Total = len(tags)
	// A tag may go between the list and this; another is chosen then, but not
	// from a list that is all wrong.
	for range 3 {
		choice, ok := image.Choose(tags, q.Family)
		if !ok {
			break
		}
		m, err := s.manifest(ctx, choice.Tag)
		if err != nil && isAbsent(fail("", err)) {
			tags = slices.DeleteFunc(tags, func(t string) bool { return t == choice.Tag })
			continue
		}
		img.Tag, img.Choice, img.Warning = choice.Tag, choice.Reason, choice.Warning
		if !whole {
			warn(img, fmt.Sprintf("only the first %d tags were read, so there may be a newer one", img.Total))
		}
		return img, m, err
	}
	return nil, nil, &Error{Kind: NoTag, What: "choose a tag of " + s.shown, Err: fmt.Errorf("none of its %d tags can be used", img.Total), Hint: "name one as " + s.shown + ":tag"}
}

func warn(img *image.Image, text string) {
	if img.Warning != "" {
		text = img.Warning + "; " + text
	}
	img.Warning = text
}

// describe reads what the image says of itself for the platform.
func (s *session) describe(ctx context.Context, img *image.Image, m *manifest, platform string) (*found, error) {
	wrong := func(have []string) error {
		return &Error{Kind: NoPlatform, What: "look at " + img.Reference, Err: fmt.Errorf("it is not made for %s, only for %s", platform, orNone(have)), Hint: "name another image, or another version of it"}
	}
	indexed := m.index
	if indexed {
		img.Platforms = platforms(m.entries)
		entry, ok := pick(m.entries, platform)
		if !ok {
			return nil, wrong(img.Platforms)
		}
		var err error
		if m, err = s.manifest(ctx, entry.Digest.String()); err != nil {
			return nil, err
		}
		if m.index {
			return nil, egress.Refuse("its index leads to another index")
		}
	}
	if t := m.config.MediaType; t != types.OCIConfigJSON && t != types.DockerConfigJSON {
		return nil, egress.Refuse("it is no image to run, but %s", t)
	}
	body, err := s.blob(ctx, m.config, s.limits.Config)
	if err != nil {
		return nil, err
	}
	config, made, err := image.ReadConfig(body)
	if err != nil {
		return nil, egress.Refuse("%v", err)
	}
	img.Config = config
	fits := slices.Contains(acceptable(platform), made)
	switch {
	case !indexed && !fits:
		return nil, wrong([]string{made})
	case !indexed:
		img.Platforms = []string{made}
	case !fits:
		warn(img, fmt.Sprintf("its index says %s, its config %s", platform, made))
	}
	return &found{img, s, m.layers}, nil
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}
