package registry

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Allow tells whether a request may go to an address.
func Allow(named []string, address *url.URL, registry string) error {
	h := &hosts{}
	for _, n := range named {
		h.name(n)
	}
	return h.allow(address, registry)
}

// Network is the transport of a client for which only some names are given.
func Network(named ...string) http.RoundTripper {
	h := &hosts{}
	for _, n := range named {
		h.name(n)
	}
	return h.transport()
}

// What parses bytes from outside.
func ReadManifest(body []byte) (digest string, entries int, err error) {
	m, err := readManifest(body)
	if err != nil {
		return "", 0, err
	}
	for _, p := range platforms(m.entries) {
		if _, ok := pick(m.entries, p); !ok {
			panic(p)
		}
	}
	return m.digest.String(), len(m.entries), nil
}

func NextPage(link, address string) (string, error) { return nextPage(link, address) }

func RetryAfter(text string, now time.Time) (time.Duration, bool) { return retryAfter(text, now) }

func ParseAddress(host string) (netip.Addr, bool) { return parseAddress(host) }

func IsPublic(a netip.Addr) bool { return isPublic(a) }

// Programs lists layers, the lowest first.
func Programs(path string, most int64, layers ...io.Reader) ([]string, error) {
	l := newListing(strings.Split(path, ":"), most)
	for n := range layers {
		if err := l.read(layers[len(layers)-1-n]); err != nil {
			return nil, err
		}
		l.below()
	}
	return l.found(), nil
}

// Place is an image as it is shown, and the repository that is asked for it.
func Place(text string, mirrors map[string]string) (shown, asked string, err error) {
	c, err := New(Options{Mirrors: mirrors})
	if err != nil {
		return "", "", err
	}
	p, err := c.place(text)
	return p.String(), p.asked.Name(), err
}
