package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"holthome.net/scaffold/discover/image"
)

// Query is what is asked for.
type Query struct {
	// Repositories are the candidates: registry/name, with :tag, with @digest or
	// with both. GHCR is asked before Quay, that before Docker Hub, and others
	// last; those of one registry in their order.
	Repositories []string
	// Platform is that of the host, such as linux/amd64, which is also the
	// default.
	Platform string
	// Family is a tag of the kind that is wanted, such as 1.2.3-alpine; see
	// image.Choose. It does not matter where a tag is named.
	Family string
	// Tools asks for the programs in the image, if it brings no health check.
	// That receives its layers, which may be hundreds of MB.
	Tools bool
}

// Resolve finds the first candidate that answers and has the platform. It fails
// with an *Error, or with the context's error where that ended. In the normal
// case it sends five requests at most: for a token, the tags, the index, the
// manifest and the config; one more to registries that must be asked first how
// they give tokens, and one for each further thousand of tags.
func (c *Client) Resolve(ctx context.Context, q Query) (*image.Image, error) {
	if q.Platform == "" {
		q.Platform = "linux/amd64"
	}
	if err := CheckPlatform(q.Platform); err != nil {
		return nil, err
	}
	var places []place
	for _, text := range q.Repositories {
		p, err := c.place(text)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(places, func(other place) bool { return other.String() == p.String() }) {
			places = append(places, p)
		}
	}
	if len(places) == 0 {
		return nil, &Error{Kind: BadReference, What: "find image", Err: errors.New("no image is named"), Hint: "name one as registry/name"}
	}
	if c.offline {
		return nil, &Error{Kind: Offline, What: "ask for " + places[0].String(), Err: errors.New("the network is not to be used"), Hint: "leave out --offline, or name the image with tag and digest"}
	}
	order(places)
	total, cancel := context.WithTimeout(ctx, c.limits.Total)
	defer cancel()
	return c.first(ctx, total, places, q)
}

// first asks one candidate after the other.
func (c *Client) first(ctx, total context.Context, places []place, q Query) (*image.Image, error) {
	rejected := []image.Rejected{}
	var failures []*Error
	for n, p := range places {
		found, err := c.look(total, p, q)
		if err == nil {
			img := found.Image
			for _, other := range places[n+1:] {
				rejected = append(rejected, image.Rejected{Repository: other.String(), Reason: "not asked, as " + p.shown + " has it"})
			}
			img.Rejected = rejected
			if q.Tools && len(img.Config.HealthCheck) == 0 {
				found.listTools(ctx)
			}
			return img, ctx.Err() //nolint:wrapcheck // the caller's own
		}
		if ctx.Err() != nil {
			return nil, ctx.Err() //nolint:wrapcheck // the caller's own
		}
		e := fail("ask for "+p.String(), err)
		failures = append(failures, e)
		rejected = append(rejected, image.Rejected{Repository: p.String(), Reason: printable(e.Err)})
	}
	if len(failures) == 1 {
		return nil, failures[0]
	}
	return nil, noneOf(rejected, failures)
}

// noneOf sums up why no candidate can be taken. It is of the kind that trying
// again may change, if one was.
func noneOf(rejected []image.Rejected, failures []*Error) *Error {
	worst := failures[0]
	for _, f := range failures {
		if f.Kind == Unreachable || f.Kind == Limited {
			worst = f
		}
	}
	reasons := make([]string, len(rejected))
	for i, r := range rejected {
		reasons[i] = r.Repository + ": " + r.Reason
	}
	return &Error{Kind: worst.Kind, What: fmt.Sprintf("find image among %d candidates", len(rejected)), Err: errors.New(strings.Join(reasons, "; ")), Hint: worst.Hint}
}

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
			return nil, refuse("its index leads to another index")
		}
	}
	if t := m.config.MediaType; t != types.OCIConfigJSON && t != types.DockerConfigJSON {
		return nil, refuse("it is no image to run, but %s", t)
	}
	body, err := s.blob(ctx, m.config, s.limits.Config)
	if err != nil {
		return nil, err
	}
	config, made, err := image.ReadConfig(body)
	if err != nil {
		return nil, refuse("%v", err)
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
