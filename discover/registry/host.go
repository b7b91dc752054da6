package registry

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// hosts are the names that the user, the catalog or a mirror gave. Only these
// may lead to an address that is not public.
type hosts struct {
	mu    sync.Mutex
	named map[string]bool
}

func (h *hosts) name(hostname string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.named == nil {
		h.named = map[string]bool{}
	}
	h.named[strings.ToLower(hostname)] = true
}

func (h *hosts) isNamed(hostname string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.named[strings.ToLower(hostname)]
}

// shared addresses between a provider and its customers are as private as
// others, and the standard library does not count them.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// isPublic tells whether an address is one of the public internet.
func isPublic(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a) && a != netip.AddrFrom4([4]byte{})
}

// parseAddress reads a host that is an address, in every form that a resolver
// takes: also 2130706433, 0x7f.1 and 127.1.
func parseAddress(host string) (netip.Addr, bool) {
	host, _, _ = strings.Cut(strings.Trim(host, "[]"), "%")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap(), true
	}
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var value uint64
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts)) // the last part fills what is left
		}
		n, err := strconv.ParseUint(part, 0, bits)
		if err != nil {
			return netip.Addr{}, false
		}
		value = value<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)}), true
}

// isLoopback tells whether a host is this machine by its name or address.
func isLoopback(hostname string) bool {
	hostname = strings.ToLower(strings.TrimSuffix(hostname, "."))
	if hostname == "localhost" || strings.HasSuffix(hostname, ".localhost") {
		return true
	}
	a, ok := parseAddress(hostname)
	return ok && a.IsLoopback()
}

// allow says why a request may not go where it is about to, if so. The registry
// is the host that the chain of requests started for.
func (h *hosts) allow(u *url.URL, registry string) error {
	host := u.Hostname()
	switch {
	case u.User != nil:
		return refuse("an address with a password in it is not followed")
	case u.Scheme == "https":
	case u.Scheme == "http" && isLoopback(host):
	case u.Scheme == "http":
		return refuse("%s is not asked without encryption", u.Host)
	default:
		return refuse("an address that begins with %q is not followed", u.Scheme)
	}
	if h.isNamed(host) {
		return nil
	}
	a, isAddress := parseAddress(host)
	if !isAddress && !isLoopback(host) || isAddress && isPublic(a) {
		return nil
	}
	// A registry within a network may keep its layers beside it, but nothing
	// sensible is at a link-local address.
	if own, ok := parseAddress(registry); (ok && !isPublic(own) || isLoopback(registry)) && !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !a.IsMulticast() {
		return nil
	}
	return refuse("%s sends to %s, an address that is not public", registry, host)
}

// transport is the network. What a name that nobody gave resolves to must be
// public.
func (h *hosts) transport() http.RoundTripper {
	guarded := &net.Dialer{Timeout: 15 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !isPublic(at.Addr()) {
			return refuse("a name leads to %s, an address that is not public", address)
		}
		return nil
	}}
	free := &net.Dialer{Timeout: 15 * time.Second}
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			u, err := http.ProxyFromEnvironment(r)
			if err == nil && u != nil {
				h.name(u.Hostname())
			}
			return u, err
		},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, fmt.Errorf("dial %s: %w", address, err)
			}
			if h.isNamed(host) {
				return free.DialContext(ctx, network, address)
			}
			// A private registry's neighbours were allowed above, by address.
			if a, ok := parseAddress(host); ok && !isPublic(a) {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		ForceAttemptHTTP2: true, MaxIdleConns: 8, IdleConnTimeout: 30 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
