package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
