// Package fetch downloads an archive that somebody publishes and has it read.
// Who answers is not trusted: size, time, redirects and addresses are limited,
// and nothing is sent but the question.
package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/egress"
)

// Options are how an archive is asked for. The zero value is fit for use.
type Options struct {
	// UserAgent is how the program calls itself.
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

// Limits are what an archive may cost.
type Limits struct {
	// Total is the longest time for all, Wait the longest that a server may ask
	// to wait.
	Total, Wait time.Duration
	// Retries is how often a request is sent again.
	Retries   int
	Redirects int
	// Archive are the sizes.
	Archive archive.Limits
}

// DefaultLimits are far above what archives with dashboards need.
func DefaultLimits() Limits {
	return Limits{Total: 5 * time.Minute, Wait: 20 * time.Second, Retries: 2, Redirects: 5, Archive: archive.DefaultLimits()}
}

func (o Options) orDefault() Options {
	d := DefaultLimits()
	if o.Limits.Total == 0 {
		o.Limits.Total = d.Total
	}
	if o.Limits.Wait == 0 {
		o.Limits.Wait = d.Wait
	}
	if o.Limits.Retries == 0 {
		o.Limits.Retries = d.Retries
	}
	if o.Limits.Redirects == 0 {
		o.Limits.Redirects = d.Redirects
	}
	if o.Limits.Archive.Packed == 0 {
		o.Limits.Archive.Packed = d.Archive.Packed
	}
	if o.UserAgent == "" {
		o.UserAgent = "scaffold"
	}
	if o.Sleep == nil {
		o.Sleep = egress.Sleep
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Get downloads the archive at an address and reads it. The address is asked
// without encryption only if it begins with http. An error is an *Error.
func Get(ctx context.Context, address string, o Options) (*archive.Archive, error) {
	o = o.orDefault()
	what := "download " + address
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, &Error{Kind: BadAddress, What: "download an archive", Err: errors.New("its address does not begin with https:// or http://")}
	case u.User != nil:
		return nil, &Error{Kind: BadAddress, What: "download an archive", Err: errors.New("an address with a password in it is not asked")}
	case !archive.IsArchive(u.Path):
		return nil, &Error{Kind: BadAddress, What: what, Err: errors.New("its name ends neither in .tar.gz, .tgz nor in .zip")}
	}
	limited, cancel := context.WithTimeout(ctx, o.Limits.Total)
	defer cancel()
	data, err := receive(limited, u, o)
	if err != nil {
		return nil, fail(what, err)
	}
	a, err := archive.Read(address, data, o.Limits.Archive)
	if err != nil {
		return nil, &Error{Kind: NoArchive, What: what, Err: err, Hint: "see whether the address is right"}
	}
	return a, nil
}

// receive gets the bytes at an address.
func receive(ctx context.Context, u *url.URL, o Options) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: newWay(u, o), CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > o.Limits.Redirects {
			return egress.Refuse("%s redirects more than %d times", u.Host, o.Limits.Redirects)
		}
		r.Header.Del("Referer") // whoever is sent to need not know from where
		return nil
	}}
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, &statusError{response.StatusCode}
	}
	return io.ReadAll(response.Body)
}
