// Package registry asks container registries what an image is: which versions
// there are, what the chosen one is called by its content, for which platforms
// it is made and what its config says. What they answer is not trusted: sizes,
// times, redirects and addresses are limited, and every digest is computed here
// from what was received.
package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"holthome.net/scaffold/discover/egress"
)

// Options are how a client asks. The zero value is fit for use.
type Options struct {
	// Mirrors are hosts that are asked instead of others, as ParseMirror gives
	// them. A mirror may have a path, which is put before the repository's.
	Mirrors map[string]string
	// Login allows credentials of docker and podman where a registry refuses
	// without; that may run the helper programs that they are kept with.
	Login bool
	// Offline makes every question fail without any request.
	Offline bool
	// UserAgent is how the client calls itself.
	UserAgent string
	// Limits that are zero are those of DefaultLimits.
	Limits Limits
	// OnRequest is told of each request, if it is set.
	OnRequest func(method, host, path string)
	// Transport, Sleep and Now stand for network and clock in tests.
	Transport http.RoundTripper
	Sleep     func(context.Context, time.Duration) error
	Now       func() time.Time
}

// Limits are what a registry may cost.
type Limits struct {
	// Total and Candidate are the longest times for all candidates and for one;
	// Layers is that for listing the files of one.
	Total, Candidate, Layers time.Duration
	// Wait is the longest time that a registry may ask to wait.
	Wait time.Duration
	// Retries is how often a request is sent again.
	Retries int
	// Pages and Tags are how much of a list of tags is read.
	Pages, Tags int
	Redirects   int
	// Requests is how many are sent in all.
	Requests int
	// Small is for what has no other limit, in bytes, as are those below.
	Small, TagPage, Manifest, Config int64
	// LayerBytes is how much of layers is received, FileBytes how much comes of
	// that when it is decompressed.
	LayerBytes, FileBytes int64
}

// DefaultLimits are far above what honest registries need.
func DefaultLimits() Limits {
	return Limits{
		Total: time.Minute, Candidate: 30 * time.Second, Layers: 5 * time.Minute, Wait: 20 * time.Second,
		Retries: 2, Pages: 20, Tags: 50_000, Redirects: 5, Requests: 200,
		Small: 64 << 10, TagPage: 4 << 20, Manifest: 4 << 20, Config: 4 << 20,
		LayerBytes: 512 << 20, FileBytes: 4 << 30,
	}
}

// Client asks registries. It can be used more than once, not at the same time.
type Client struct {
	limits    Limits
	mirrors   map[string]string
	login     bool
	offline   bool
	userAgent string
	onRequest func(method, host, path string)
	hosts     *egress.Hosts
	inner     http.RoundTripper
	sleep     func(context.Context, time.Duration) error
	retry     egress.Retry
	requests  atomic.Int64
}

// New makes a client. It fails where a mirror is none.
func New(o Options) (*Client, error) {
	c := &Client{
		limits: o.Limits.orDefault(), mirrors: map[string]string{}, login: o.Login, offline: o.Offline, userAgent: o.UserAgent,
		onRequest: o.OnRequest, hosts: &egress.Hosts{}, inner: o.Transport, sleep: o.Sleep,
	}
	for from, to := range maps.All(o.Mirrors) {
		if _, _, err := ParseMirror(from + "=" + to); err != nil {
			return nil, err
		}
		c.mirrors[canonicalHost(from)] = strings.TrimSuffix(to, "/")
	}
	if c.userAgent == "" {
		c.userAgent = "scaffold"
	}
	if c.inner == nil {
		c.inner = c.hosts.Transport()
	}
	if c.sleep == nil {
		c.sleep = egress.Sleep
	}
	c.retry = egress.Retry{Times: c.limits.Retries, Wait: c.limits.Wait, Now: o.Now}
	if c.retry.Now == nil {
		c.retry.Now = time.Now
	}
	return c, nil
}

// orDefault fills in what is not set.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	fill(&l.Total, d.Total)
	fill(&l.Candidate, d.Candidate)
	fill(&l.Layers, d.Layers)
	fill(&l.Wait, d.Wait)
	fill(&l.Retries, d.Retries)
	fill(&l.Pages, d.Pages)
	fill(&l.Tags, d.Tags)
	fill(&l.Redirects, d.Redirects)
	fill(&l.Requests, d.Requests)
	fill(&l.Small, d.Small)
	fill(&l.TagPage, d.TagPage)
	fill(&l.Manifest, d.Manifest)
	fill(&l.Config, d.Config)
	fill(&l.LayerBytes, d.LayerBytes)
	fill(&l.FileBytes, d.FileBytes)
	return l
}

func fill[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// ParseMirror reads host=host, such as ghcr.io=mirror.example.org:5000. The
// second may have a path below which the first's repositories are.
func ParseMirror(text string) (from, to string, err error) {
	from, to, ok := strings.Cut(text, "=")
	bad := func(err error) error {
		return &Error{Kind: BadReference, What: fmt.Sprintf("read mirror %q", text), Err: err, Hint: "write it as host=host, such as ghcr.io=mirror.example.org:5000"}
	}
	if !ok {
		return "", "", bad(errors.New("there is no ="))
	}
	host, prefix, _ := strings.Cut(strings.TrimSuffix(to, "/"), "/")
	for _, h := range []string{from, host} {
		if !isRegistryHost(h) {
			return "", "", bad(fmt.Errorf("%q is no host", h))
		}
	}
	if prefix != "" && !pathForm.MatchString(prefix) {
		return "", "", bad(fmt.Errorf("%q is no path of repositories", prefix))
	}
	return from, to, nil
}

// hostname is a host without its port.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}
