package claim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/claim"
)

// TestParsePublish reads every form that podman run --publish takes.
func TestParsePublish(t *testing.T) {
	for _, c := range []struct {
		spec string
		want claim.Listener
	}{
		{"8080:80", claim.Listener{Address: "", First: 8080, Last: 8080, Protocol: "tcp"}},
		{"8080:80/tcp", claim.Listener{First: 8080, Last: 8080, Protocol: "tcp"}},
		{"8080:80/TCP", claim.Listener{First: 8080, Last: 8080, Protocol: "tcp"}},
		{"53:53/udp", claim.Listener{First: 53, Last: 53, Protocol: "udp"}},
		{"9:9/sctp", claim.Listener{First: 9, Last: 9, Protocol: "sctp"}},
		{"127.0.0.1:8080:80", claim.Listener{Address: "127.0.0.1", First: 8080, Last: 8080, Protocol: "tcp"}},
		{"localhost:8080:80", claim.Listener{Address: "127.0.0.1", First: 8080, Last: 8080, Protocol: "tcp"}},
		{"0.0.0.0:8080:80", claim.Listener{First: 8080, Last: 8080, Protocol: "tcp"}},
		{"[::]:8080:80", claim.Listener{First: 8080, Last: 8080, Protocol: "tcp"}},
		{"[::1]:8080:80", claim.Listener{Address: "::1", First: 8080, Last: 8080, Protocol: "tcp"}},
		{"[FE80::1]:8080:80/udp", claim.Listener{Address: "fe80::1", First: 8080, Last: 8080, Protocol: "udp"}},
		{"8000-8010:8000-8010", claim.Listener{First: 8000, Last: 8010, Protocol: "tcp"}},
		{"10.0.0.1:8000-8010:9000-9010/udp", claim.Listener{Address: "10.0.0.1", First: 8000, Last: 8010, Protocol: "udp"}},
		{"8000-8010:80", claim.Listener{First: 8000, Last: 8010, Protocol: "tcp"}},
	} {
		got, ok := claim.ParsePublish(c.spec)
		require.True(t, ok, c.spec)
		require.Equal(t, c.want, got, c.spec)
	}
	for _, spec := range []string{
		"", ":", "::", "80", "80/tcp", "127.0.0.1::80", ":80", "x:80", "80:x", "0:80", "70000:80", "80:70000", "90-80:80", "80-:80", "-80:80",
		"80:80/icmp", "80:80/", "[::1]80:80", "-1:80", "+-1:80",
	} {
		_, ok := claim.ParsePublish(spec)
		require.False(t, ok, "%q takes no port of the host that is known", spec)
	}
}

func TestOverlaps(t *testing.T) {
	at := func(address, protocol string, first, last int64) claim.Claim {
		return claim.Claim{Kind: claim.Port, Address: address, Protocol: protocol, Value: first, Last: last}
	}
	for _, c := range []struct {
		name string
		a, b claim.Claim
		want bool
	}{
		{"the same", at("", "tcp", 80, 0), at("", "tcp", 80, 0), true},
		{"another port", at("", "tcp", 80, 0), at("", "tcp", 81, 0), false},
		{"another protocol", at("", "tcp", 80, 0), at("", "udp", 80, 0), false},
		{"one on every address", at("", "tcp", 80, 0), at("10.0.0.1", "tcp", 80, 0), true},
		{"the same address", at("10.0.0.1", "tcp", 80, 0), at("10.0.0.1", "tcp", 80, 0), true},
		{"another address", at("10.0.0.1", "tcp", 80, 0), at("127.0.0.1", "tcp", 80, 0), false},
		{"IPv4 and IPv6", at("127.0.0.1", "tcp", 80, 0), at("::1", "tcp", 80, 0), false},
		{"in a range", at("", "tcp", 80, 90), at("", "tcp", 85, 0), true},
		{"ranges that meet", at("", "tcp", 80, 90), at("", "tcp", 90, 99), true},
		{"ranges that do not", at("", "tcp", 80, 89), at("", "tcp", 90, 99), false},
		{"another kind", at("", "tcp", 80, 0), claim.Claim{Kind: claim.UID, Value: 80}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, claim.Overlaps(c.a, c.b))
			require.Equal(t, c.want, claim.Overlaps(c.b, c.a))
		})
	}
}

// FuzzParsePublish: what is read is a range of ports that exists, and reading
// its own form again gives the same.
func FuzzParsePublish(f *testing.F) {
	for _, s := range []string{"80:80", "[::1]:80-90:80-90/udp", "127.0.0.1::80", ":", "a:1:1", "1-2-3:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, ok := claim.ParsePublish(s)
		if !ok {
			require.Equal(t, claim.Listener{}, l)
			return
		}
		require.True(t, 0 < l.First && l.First <= l.Last && l.Last <= 65535)
		require.Contains(t, []string{"tcp", "udp", "sctp"}, l.Protocol)
	})
}
