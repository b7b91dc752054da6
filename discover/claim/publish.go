package claim

import (
	"strconv"
	"strings"
)

// Listener is what a container's published port takes of the host.
type Listener struct {
	Address     string
	First, Last int64
	Protocol    string
}

// lastPort is the largest port.
const lastPort = 65535

// ParsePublish reads what podman and docker take to publish a port:
// [[address:][host port]:]container port[/protocol], where ports may be ranges.
// What leaves the host's port to chance takes none, and neither does what makes
// no sense: ok is then false.
func ParsePublish(s string) (l Listener, ok bool) {
	spec, protocol, given := strings.Cut(s, "/")
	l.Protocol = strings.ToLower(protocol)
	if !given {
		l.Protocol = "tcp"
	}
	if l.Protocol != "tcp" && l.Protocol != "udp" && l.Protocol != "sctp" {
		return Listener{}, false
	}
	rest, inside, hasHost := cutLast(spec)
	if !hasHost || !isPorts(inside) {
		return Listener{}, false
	}
	address, port, hasAddress := cutLast(rest)
	if !hasAddress {
		address, port = "", rest
	}
	l.Address = canonicalAddress(address)
	if l.First, l.Last, ok = parsePorts(port); !ok {
		return Listener{}, false
	}
	return l, true
}

// parsePorts reads a port or a range of ports.
func parsePorts(s string) (from, to int64, ok bool) {
	first, last, isRange := strings.Cut(s, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	to = from
	if isRange {
		if to, err = strconv.ParseInt(last, 10, 64); err != nil {
			return 0, 0, false
		}
	}
	return from, to, from > 0 && from <= to && to <= lastPort
}

func isPorts(s string) bool { _, _, ok := parsePorts(s); return ok }

// cutLast cuts at the last colon that is not inside of an IPv6 address.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || i < strings.LastIndexByte(s, ']') {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// canonicalAddress writes every address as "" and drops brackets.
func canonicalAddress(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(s), "["), "]")
	switch s {
	case "0.0.0.0", "::", "*", "any", "::0":
		return ""
	case "localhost":
		return "127.0.0.1"
	}
	return s
}

// Overlaps tells whether two listeners cannot be at once. An IPv4 and an IPv6
// address never meet; every address meets all.
func Overlaps(a, b Claim) bool {
	return a.Kind == b.Kind && a.Protocol == b.Protocol && a.Value <= b.End() && b.Value <= a.End() &&
		(a.Address == "" || b.Address == "" || a.Address == b.Address)
}

// flagValues are the values of a flag in a command line: --flag=value,
// --flag value, -f value, -f=value, -fvalue.
func flagValues(args []string, long, short string) []string {
	var values []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case strings.HasPrefix(arg, long+"="):
			values = append(values, arg[len(long)+1:])
		case strings.HasPrefix(arg, long+" "): // one word to Nix, two to a shell
			values = append(values, strings.TrimSpace(arg[len(long):]))
		case arg == long || short != "" && arg == short:
			if i+1 < len(args) {
				i++
				values = append(values, args[i])
			}
		case short != "" && strings.HasPrefix(arg, short) && !strings.HasPrefix(arg, "--"):
			values = append(values, strings.TrimLeft(arg[len(short):], "= "))
		}
	}
	return values
}
