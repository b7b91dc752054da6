package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// Retry is how often a request is sent again, and how long a server may ask to
// wait before that.
type Retry struct {
	Times int
	Wait  time.Duration
	Now   func() time.Time
}

// Again tells whether to send a request again, and after which wait. A server
// that says when is waited for, if that is soon enough.
func (p Retry) Again(r *http.Request, response *http.Response, err error, try int) (time.Duration, bool) {
	if try >= p.Times || r.Method != http.MethodGet && r.Method != http.MethodHead || r.Context().Err() != nil {
		return 0, false
	}
	pause := time.Second << (2 * try) // 1s, 4s
	if err != nil {
		return pause, isTemporary(err)
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if after := response.Header.Get("Retry-After"); after != "" {
			wait, ok := retryAfter(after, p.Now())
			end, limited := r.Context().Deadline()
			return wait, ok && wait <= p.Wait && (!limited || wait < end.Sub(p.Now()))
		}
		return pause, true
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusGatewayTimeout:
		return pause, true
	}
	return 0, false
}

// retryAfter reads the header, which has seconds or a date. What lies in the
// past means now.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}

// isTemporary tells whether the connection, and not the answer, was at fault.
// A name that does not exist and a port that nobody listens on will not change
// within seconds.
func isTemporary(err error) bool {
	var broken *Refusal
	var name *net.DNSError
	switch {
	case errors.As(err, &broken), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ECONNREFUSED):
		return false
	case errors.As(err, &name):
		return name.IsTemporary
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
}

// Sleep waits, or ends with the context.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
