// Package egress keeps requests where they may go: what an answer redirects to
// must be as public as what was asked for, encrypted, and without a password.
// It also limits how much is received and how often a request is sent again.
package egress

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

// Hosts are the names that the user, the catalog or a mirror gave. Only these
// may lead to an address that is not public.
type Hosts struct {
	mu    sync.Mutex
	named map[string]bool
	plain map[string]bool
}

// Name notes a host that was given.
func (h *Hosts) Name(hostname string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.named == nil {
		h.named = map[string]bool{}
	}
	h.named[strings.ToLower(hostname)] = true
}

// Plain notes a host that was given to be asked without encryption.
func (h *Hosts) Plain(hostname string) {
	h.Name(hostname)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.plain == nil {
		h.plain = map[string]bool{}
	}
	h.plain[strings.ToLower(hostname)] = true
}

func (h *Hosts) isPlain(hostname string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.plain[strings.ToLower(hostname)]
}

func (h *Hosts) isNamed(hostname string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.named[strings.ToLower(hostname)]
}

// shared addresses between a provider and its customers are as private as
// others, and the standard library does not count them.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// IsPublic tells whether an address is one of the public internet.
func IsPublic(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a) && a != netip.AddrFrom4([4]byte{})
}

// ParseAddress reads a host that is an address, in every form that a resolver
// takes: also 2130706433, 0x7f.1 and 127.1.
func ParseAddress(host string) (netip.Addr, bool) {
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

// IsLoopback tells whether a host is this machine by its name or address.
func IsLoopback(hostname string) bool {
	hostname = strings.ToLower(strings.TrimSuffix(hostname, "."))
	if hostname == "localhost" || strings.HasSuffix(hostname, ".localhost") {
		return true
	}
	a, ok := ParseAddress(hostname)
	return ok && a.IsLoopback()
}

// Allow says why a request may not go where it is about to, if so. The first is
// the host that the chain of requests started for.
func (h *Hosts) Allow(u *url.URL, first string) error {
	host := u.Hostname()
	switch {
	case u.User != nil:
		return Refuse("an address with a password in it is not followed")
	case u.Scheme == "https":
	case u.Scheme == "http" && (IsLoopback(host) || h.isPlain(host)):
	case u.Scheme == "http":
		return Refuse("%s is not asked without encryption", u.Host)
	default:
		return Refuse("an address that begins with %q is not followed", u.Scheme)
	}
	if h.isNamed(host) {
		return nil
	}
	a, isAddress := ParseAddress(host)
	if !isAddress && !IsLoopback(host) || isAddress && IsPublic(a) {
		return nil
	}
	// A server within a network may keep its files beside it, but nothing
	// sensible is at a link-local address.
	if own, ok := ParseAddress(first); (ok && !IsPublic(own) || IsLoopback(first)) && !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !a.IsMulticast() {
		return nil
	}
	return Refuse("%s sends to %s, an address that is not public", first, host)
}

// Transport is the network, with the proxy that the environment names. What a name that nobody gave resolves to must be
// public.
func (h *Hosts) Transport() http.RoundTripper {
	guarded := &net.Dialer{Timeout: 15 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !IsPublic(at.Addr()) {
			return Refuse("a name leads to %s, an address that is not public", address)
		}
		return nil
	}}
	free := &net.Dialer{Timeout: 15 * time.Second}
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			u, err := http.ProxyFromEnvironment(r)
			if err == nil && u != nil {
				h.Name(u.Hostname())
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
			// The neighbours of a private server were allowed above, by address.
			if a, ok := ParseAddress(host); ok && !IsPublic(a) {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		ForceAttemptHTTP2: true, MaxIdleConns: 8, IdleConnTimeout: 30 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
