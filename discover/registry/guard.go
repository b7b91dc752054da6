package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"holthome.net/scaffold/discover/egress"
)

// guard is what every request to a registry, its token server and its storage
// goes through. It counts, waits, refuses and cuts off.
type guard struct {
	*Client
	registry string // host that is asked
	inner    http.RoundTripper
}

// sizeKey is the context's key for the longest body that is wanted, in bytes.
type sizeKey struct{}

func withSize(ctx context.Context, size int64) context.Context {
	return context.WithValue(ctx, sizeKey{}, size)
}

// RoundTrip sends one request, again if the registry asks for that.
func (g *guard) RoundTrip(given *http.Request) (*http.Response, error) {
	redirects := 0
	for before := given.Response; before != nil && before.Request != nil; before = before.Request.Response {
		if redirects++; redirects > g.limits.Redirects {
			return nil, egress.Refuse("%s redirects more than %d times", g.registry, g.limits.Redirects)
		}
	}
	r := given.Clone(given.Context()) // whoever gave it may look at it again
	// The library tries both ways for hosts that look local. We know which.
	if r.URL.Host == g.registry && r.Response == nil {
		switch local := egress.IsLoopback(hostname(g.registry)); {
		case local && r.URL.Scheme == "https":
			r.URL.Scheme = "http"
		case !local && r.URL.Scheme == "http":
			return nil, fmt.Errorf("%s is not asked without encryption", g.registry)
		}
	}
	if err := g.hosts.Allow(r.URL, hostname(g.registry)); err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", g.userAgent)
	for try := 0; ; try++ {
		if g.requests.Add(1) > int64(g.limits.Requests) {
			return nil, egress.Refuse("more than %d requests are needed", g.limits.Requests)
		}
		g.trace(r)
		response, err := g.inner.RoundTrip(r)
		wait, again := g.retry.Again(r, response, err, try)
		if !again {
			return g.cut(r, response, err)
		}
		if response != nil {
			_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
			_ = response.Body.Close()
		}
		if err := g.sleep(given.Context(), wait); err != nil {
			return nil, fmt.Errorf("wait for %s: %w", g.registry, err)
		}
	}
}

// trace tells of a request, without what might be secret in it.
func (g *guard) trace(r *http.Request) {
	if g.onRequest != nil {
		g.onRequest(r.Method, r.URL.Host, r.URL.Path)
	}
}

// cut limits the body of a response.
func (g *guard) cut(r *http.Request, response *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	most, ok := r.Context().Value(sizeKey{}).(int64)
	if !ok {
		most = g.limits.Small
	}
	if err := egress.Limit(response, most); err != nil {
		return nil, err
	}
	return response, nil
}

// session is the way to one repository, with a token if that is needed.
type session struct {
	*Client
	repository name.Repository // as it is asked for
	shown      string          // as people write it
	http       *http.Client
}

// challenges are how the largest registries hand out tokens. To ask them for
// that first would be one more request in each run.
var challenges = map[string]transport.Challenge{
	"ghcr.io":            {Scheme: "bearer", Parameters: map[string]string{"realm": "https://ghcr.io/token", "service": "ghcr.io"}},
	"quay.io":            {Scheme: "bearer", Parameters: map[string]string{"realm": "https://quay.io/v2/auth", "service": "quay.io"}},
	name.DefaultRegistry: {Scheme: "bearer", Parameters: map[string]string{"realm": "https://auth.docker.io/token", "service": "registry.docker.io"}},
}

// open starts a session with credentials, or with authn.Anonymous.
func (c *Client) open(ctx context.Context, p place, auth authn.Authenticator) (*session, error) {
	registry := p.asked.Registry
	c.hosts.Name(hostname(registry.RegistryStr()))
	g := &guard{Client: c, registry: registry.RegistryStr(), inner: c.inner}
	ctx = withSize(ctx, c.limits.Small)
	scopes := []string{p.asked.Scope(transport.PullScope)}
	s := &session{Client: c, repository: p.asked, shown: p.shown}
	if challenge, ok := challenges[registry.RegistryStr()]; ok {
		token, err := transport.Exchange(ctx, registry, auth, g, scopes, &challenge)
		if err == nil {
			if token.Token == "" {
				token.Token = token.AccessToken
			}
			way, err := transport.FromToken(registry, auth, g, &challenge, token)
			if err != nil {
				return nil, err
			}
			s.http = &http.Client{Transport: way}
			return s, nil
		}
		// A token server that denies has answered; one that is not there may have
		// moved, which the registry knows.
		if e := fail("", err); e.Kind == Refused || e.Kind == Limited || ctx.Err() != nil || isDenied(err) {
			return nil, err
		}
	}
	way, err := transport.NewWithContext(ctx, registry, auth, g, scopes)
	if err != nil {
		return nil, asRefusal(err)
	}
	s.http = &http.Client{Transport: way}
	return s, nil
}

func isDenied(err error) bool {
	var status *transport.Error
	return errors.As(err, &status) && (status.StatusCode == http.StatusUnauthorized || status.StatusCode == http.StatusForbidden)
}

// asRefusal marks what the library refused by itself, such as a token server at
// an address that is not public: what is neither a status nor a request that
// failed.
func asRefusal(err error) error {
	var status *transport.Error
	var request *url.Error
	if errors.As(err, &status) || errors.As(err, &request) {
		return err
	}
	return egress.Refuse("%v", err)
}

// Requests is how many requests the client has sent, those included that were
// sent again and those that redirects led to.
func (c *Client) Requests() int { return int(c.requests.Load()) }
