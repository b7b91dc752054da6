// Package claim says who uses what of the things that a fleet has one of: ids,
// ports, mountpoints, host names and devices.
//
// It is pure: facts in, claims out. The plan allocates from these claims and
// the check judges them, so that both have one notion of what is taken.
package claim

import (
	"slices"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Kind is what is claimed.
type Kind string

// The kinds of claims. A UID, GID or Port has a Value, the others a Text.
const (
	UID        Kind = "uid"
	GID        Kind = "gid"
	Port       Kind = "port"
	Mountpoint Kind = "mountpoint"
	HostName   Kind = "hostname"
	Device     Kind = "device"
)

// Strength is how firmly a claim holds.
type Strength string

// The strengths. All but Table make a value taken for everybody else.
const (
	// Static is in effect on the host.
	Static Strength = "static"
	// Disabled is the option of a service that is off: its data may be on disk.
	Disabled Strength = "disabled"
	// Registry is an entry in the repo's table of ids.
	Registry Strength = "registry"
	// Table is an entry in NixOS's own table, config.ids.
	Table Strength = "table"
	// OnHost is what a host's own map of ids remembers.
	OnHost Strength = "on-host"
)

// Claim is one use of a scarce thing.
type Claim struct {
	Kind  Kind  `json:"kind"`
	Value int64 `json:"value,omitempty"`
	// Last is the end of a range that begins with Value; 0 if it is no range.
	Last int64 `json:"last,omitempty"`
	// Text is the mountpoint, the host name or the device's file.
	Text string `json:"text,omitempty"`
	// Protocol is tcp, udp or sctp; of ports only.
	Protocol string `json:"protocol,omitempty"`
	// Address is what a listener is bound to; empty means every address.
	Address string `json:"address,omitempty"`
	// Host is the name of the host; empty for what holds on all of them.
	Host string `json:"host,omitempty"`
	// Owner is who has it, by the name that the option gives: an account, a
	// service, a container.
	Owner string `json:"owner"`
	// Service is the same for all owners that are one service under several
	// names.
	Service  string   `json:"service"`
	Strength Strength `json:"strength"`
	// Option is the attribute path that says so.
	Option string `json:"option"`
	// File and Line are where the repo says it: a slash-separated path, empty
	// if the repo does not, and a line, 0 if it is not known.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Reference tells that it uses what somebody else claims: a proxy's
	// backend, a container that runs as a user.
	Reference bool `json:"reference,omitempty"`
	// Container is the container that listens, empty if none does: two of one
	// service are two listeners.
	Container string `json:"container,omitempty"`
}

// End is the last value of the claim.
func (c Claim) End() int64 { return max(c.Value, c.Last) }

// Of gives the claims of a host: first accounts, then what names them, then
// ports, host names, mountpoints and devices, each in the order of names.
func Of(f *facts.Facts) []Claim {
	r := &reader{f: f, owners: newOwners(f), host: f.Host.Name}
	r.accounts()
	r.serviceIDs()
	r.tables()
	r.userReferences()
	r.containerPorts()
	r.servicePorts()
	r.upstreamPorts()
	r.socketPorts()
	r.portReferences()
	r.hostNames()
	r.mountpoints()
	r.devices()
	return r.claims
}

// Ports are the claims of ports of a protocol, references included: what stands
// in the way of a new listener.
func Ports(claims []Claim, protocol string) []Claim {
	return slices.DeleteFunc(slices.Clone(claims), func(c Claim) bool { return c.Kind != Port || c.Protocol != protocol })
}

// reader collects the claims of one host.
type reader struct {
	f      *facts.Facts
	owners *owners
	host   string
	claims []Claim
}

// add completes a claim and keeps it.
func (r *reader) add(c Claim, at *facts.Position) {
	if at != nil {
		c.File, c.Line = at.File, at.Line
	}
	if c.Strength == "" {
		c.Strength = Static
	}
	if c.Host == "" && c.Strength != Registry && c.Strength != Table {
		c.Host = r.host
	}
	if c.Service == "" {
		c.Service = r.owners.of(c.Owner, c.File)
	}
	r.claims = append(r.claims, c)
}

// option is the path of an option of a service of the repo.
func (r *reader) option(service, option string) string {
	return strings.Join(append(slices.Clone(r.f.Root), service, option), ".")
}

// first is the first position that is known.
func first(positions ...*facts.Position) *facts.Position {
	for _, p := range positions {
		if p != nil {
			return p
		}
	}
	return nil
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
