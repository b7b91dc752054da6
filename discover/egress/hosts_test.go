package egress_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/egress"
)

// hosts are those that were given.
func hosts(names ...string) *egress.Hosts {
	h := &egress.Hosts{}
	for _, n := range names {
		h.Name(n)
	}
	return h
}

func TestAllow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		address, registry, named string
		want                     string // empty if it may
	}{
		{"https://ghcr.io/v2/", "ghcr.io", "ghcr.io", ""},
		{"https://pkg.example.org/x?sig=1", "ghcr.io", "ghcr.io", ""},
		{"https://8.8.8.8/", "ghcr.io", "ghcr.io", ""},
		{"https://[2001:4860:4860::8888]/", "ghcr.io", "ghcr.io", ""},
		{"http://ghcr.io/", "ghcr.io", "ghcr.io", "without encryption"},
		{"http://10.1.2.3/", "10.1.2.3", "10.1.2.3", "without encryption"},
		{"http://127.0.0.1:5000/", "127.0.0.1:5000", "127.0.0.1", ""},
		{"http://localhost:5000/", "localhost:5000", "localhost", ""},
		{"http://127.0.0.1:6000/", "127.0.0.1:5000", "127.0.0.1", ""},
		{"https://10.1.2.3/", "10.1.2.3", "10.1.2.3", ""},
		{"https://10.9.9.9/", "10.1.2.3", "10.1.2.3", ""},
		{"https://127.0.0.1/", "10.1.2.3", "10.1.2.3", ""},
		{"https://169.254.169.254/", "10.1.2.3", "10.1.2.3", "not public"},
		{"https://169.254.169.254/", "127.0.0.1:5000", "127.0.0.1", "not public"},
		{"https://[fe80::1%25eth0]/", "127.0.0.1:5000", "127.0.0.1", "not public"},
		{"https://0.0.0.0/", "127.0.0.1:5000", "127.0.0.1", "not public"},
		{"https://224.0.0.1/", "127.0.0.1:5000", "127.0.0.1", "not public"},
		{"https://10.1.2.3/", "ghcr.io", "ghcr.io", "not public"},
		{"https://100.100.100.200/", "ghcr.io", "ghcr.io", "not public"},
		{"https://LOCALHOST./", "ghcr.io", "ghcr.io", "not public"},
		{"https://x.localhost/", "ghcr.io", "ghcr.io", "not public"},
		{"https://127.1/", "ghcr.io", "ghcr.io", "not public"},
		{"https://GHCR.IO/", "ghcr.io", "ghcr.io", ""},
		{"ftp://example.org/", "ghcr.io", "ghcr.io", `begins with "ftp"`},
		{"https://u:p@ghcr.io/", "ghcr.io", "ghcr.io", "a password in it"},
	} {
		u, err := url.Parse(tt.address)
		require.NoError(t, err)
		err = hosts(tt.named).Allow(u, strings.Split(tt.registry, ":")[0])
		if tt.want == "" {
			require.NoError(t, err, tt.address)
		} else {
			require.ErrorContains(t, err, tt.want, tt.address)
		}
	}
}

// Only a host that was given to be asked so is asked without encryption.
func TestPlain(t *testing.T) {
	t.Parallel()
	h := hosts("other.example")
	h.Plain("Plain.example")
	for address, want := range map[string]string{
		"http://plain.example/x": "", "http://PLAIN.example:8080/x": "", "https://plain.example/": "",
		"http://other.example/": "without encryption", "http://third.example/": "without encryption",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		if err = h.Allow(u, "plain.example"); want == "" {
			require.NoError(t, err, address)
		} else {
			require.ErrorContains(t, err, want, address)
		}
	}
}

// What is too long is cut off, whether it says so or not.
func TestLimit(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"": "", "1234": "", "12345": "more than the 4 bytes", strings.Repeat("x", 99): "more than the 4 bytes"} {
		r := &http.Response{ContentLength: -1, Body: io.NopCloser(strings.NewReader(body))}
		require.NoError(t, egress.Limit(r, 4))
		got, err := io.ReadAll(r.Body)
		if want == "" {
			require.NoError(t, err)
			require.Equal(t, body, string(got))
			continue
		}
		var refusal *egress.Refusal
		require.ErrorAs(t, err, &refusal)
		require.True(t, refusal.TooLarge)
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, egress.Limit(&http.Response{ContentLength: 5, Body: http.NoBody}, 4), "the answer has 5 bytes, and 4 are allowed")
}

// A name that nobody gave must not lead inside, whatever it resolves to.
func TestNamesLeadOutside(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	get := func(named ...string) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost:"+port+"/", http.NoBody)
		require.NoError(t, err)
		response, err := hosts(named...).Transport().RoundTrip(r)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	}
	require.ErrorContains(t, get(), "an address that is not public")
	require.ErrorContains(t, get("localhost"), "certificate", "this one is reached")
}

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for _, a := range []string{"1.1.1.1", "140.82.112.34", "2606:4700::1"} {
		require.True(t, egress.IsPublic(netip.MustParseAddr(a)), a)
	}
	for _, a := range []string{
		"0.0.0.0", "10.0.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
	} {
		require.False(t, egress.IsPublic(netip.MustParseAddr(a)), a)
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "2130706433": "127.0.0.1", "0x7f000001": "127.0.0.1", "127.1": "127.0.0.1", "127.0.1": "127.0.0.1", "0177.0.0.1": "127.0.0.1",
		"0xa9fea9fe": "169.254.169.254", "[::1]": "::1", "fe80::1%eth0": "fe80::1", "::ffff:1.2.3.4": "1.2.3.4", "1.2.3.4": "1.2.3.4", "10.258": "10.0.1.2",
	} {
		a, ok := egress.ParseAddress(host)
		require.True(t, ok, host)
		require.Equal(t, want, a.String(), host)
	}
	for _, host := range []string{"", "localhost", "example.org", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "4294967296", "-1", "1..2", "0x", "a.1"} {
		_, ok := egress.ParseAddress(host)
		require.False(t, ok, host)
	}
}

// What Go resolves as an address is seen as one, and as the same.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "::1", "0x7f.1", "1.2", "[::1]", "a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		got, ok := egress.ParseAddress(host)
		if ip := net.ParseIP(host); ip != nil {
			require.True(t, ok)
			want, _ := netip.AddrFromSlice(ip)
			require.Equal(t, want.Unmap(), got)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "7", "-1", "Mon, 23 Nov 2026 09:00:00 GMT", "99999999999"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if wait, ok := egress.RetryAfter(text, now); ok {
			require.GreaterOrEqual(t, wait, time.Duration(0))
		}
	})
}
