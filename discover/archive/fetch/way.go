package fetch

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"holthome.net/scaffold/discover/egress"
)

// way is what every request goes through, those included that redirects lead to.
type way struct {
	Options
	first *url.URL // what was asked for
	hosts *egress.Hosts
	inner http.RoundTripper
	retry egress.Retry
}

func newWay(first *url.URL, o Options) *way {
	w := &way{Options: o, first: first, hosts: &egress.Hosts{}, inner: o.Transport, retry: egress.Retry{Times: o.Limits.Retries, Wait: o.Limits.Wait, Now: o.Now}}
	w.hosts.Name(first.Hostname())
	if first.Scheme == "http" {
		w.hosts.Plain(first.Hostname())
	}
	if w.inner == nil {
		w.inner = w.hosts.Transport()
	}
	return w
}

// RoundTrip sends one request, again if that may help.
func (w *way) RoundTrip(given *http.Request) (*http.Response, error) {
	if err := w.hosts.Allow(given.URL, w.first.Hostname()); err != nil {
		return nil, err
	}
	if w.first.Scheme == "https" && given.URL.Scheme != "https" {
		return nil, egress.Refuse("%s sends to %s, which is not encrypted", w.first.Host, given.URL.Host)
	}
	r := given.Clone(given.Context())
	r.Header.Set("User-Agent", w.UserAgent)
	r.Header.Set("Accept", "*/*")
	// The archive as it is: one that was decompressed on the way is another.
	r.Header.Set("Accept-Encoding", "identity")
	for try := 0; ; try++ {
		if w.OnRequest != nil {
			w.OnRequest(r.Method, r.URL.Host, r.URL.Path)
		}
		response, err := w.inner.RoundTrip(r)
		wait, again := w.retry.Again(r, response, err, try)
		if !again {
			if err == nil {
				err = egress.Limit(response, w.Limits.Archive.Packed)
			}
			if err != nil {
				return nil, err
			}
			return response, nil
		}
		if response != nil {
			_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
			_ = response.Body.Close()
		}
		if err := w.Sleep(given.Context(), wait); err != nil {
			return nil, fmt.Errorf("wait for %s: %w", r.URL.Host, err)
		}
	}
}
