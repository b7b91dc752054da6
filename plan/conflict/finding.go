// Package conflict judges the claims of all hosts: what two owners have, and
// what comes close. It is pure; the same claims give the same findings.
package conflict

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

// Rule names what is wrong; the names are stable, and docs/checks.md explains
// each.
type Rule string

// The rules.
const (
	UIDShared        Rule = "uid-shared"
	GIDShared        Rule = "gid-shared"
	UIDOfOther       Rule = "uid-as-user-of-other"
	UIDAcrossHosts   Rule = "uid-across-hosts"
	GIDAcrossHosts   Rule = "gid-across-hosts"
	IDDiffers        Rule = "id-differs-across-hosts"
	IDDynamic        Rule = "id-in-dynamic-range"
	IDReserved       Rule = "id-reserved"
	IDTakenOnHost    Rule = "id-taken-on-host"
	IDChangedOnHost  Rule = "id-changed-on-host"
	PortShared       Rule = "port-shared"
	PortOfOther      Rule = "port-of-other"
	MountpointShared Rule = "dataset-mountpoint"
	HostNameShared   Rule = "hostname-shared"
	DeviceShared     Rule = "device-shared"
	ExceptionUnused  Rule = "exception-unused"
	HostNotChecked   Rule = "host-not-checked"
	ValueNotRead     Rule = "value-not-read"
)

// Rules are all rules with what each is about, in the order in which findings
// are shown.
func Rules() []RuleAbout {
	return []RuleAbout{
		{UIDShared, "two owners have one uid on one host"},
		{GIDShared, "two groups have one gid on one host"},
		{UIDOfOther, "a service runs as the account of another"},
		{PortShared, "two listeners have one port"},
		{PortOfOther, "a virtual host leads to the listener of another service"},
		{MountpointShared, "two datasets are mounted at one place"},
		{HostNameShared, "two virtual hosts have one name"},
		{DeviceShared, "two services have one device of the host"},
		{IDTakenOnHost, "the host has given the id to somebody else"},
		{IDChangedOnHost, "the host has the account under another id"},
		{UIDAcrossHosts, "one uid is different owners on different hosts"},
		{GIDAcrossHosts, "one gid is different groups on different hosts"},
		{IDDiffers, "one name has different ids on different hosts"},
		{IDReserved, "an id lies in a range that belongs to the system"},
		{IDDynamic, "NixOS may have given the id away already"},
		{ExceptionUnused, "an exception matches nothing"},
		{HostNotChecked, "a host could not be evaluated"},
		{ValueNotRead, "a value could not be evaluated"},
	}
}

// RuleAbout is a rule with what it is about.
type RuleAbout struct {
	Rule  Rule
	About string
}

// Severity is how bad a finding is.
type Severity string

// The severities. A Note is never counted: it says what was not looked at.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is something wrong, with everything that is needed to mend it.
type Finding struct {
	Rule     Rule     `json:"rule"`
	Severity Severity `json:"severity"`
	// Value is what is shared: an id, a port with its protocol, a path.
	Value string `json:"value"`
	// Hosts are where it is so; empty if it is a matter of the whole fleet.
	Hosts []string `json:"hosts"`
	// Parties are those who have it, at least one.
	Parties []Party `json:"parties"`
	Message string  `json:"message"`
	// Advice is what to do about it.
	Advice string `json:"advice"`
}

// Party is one side of a Finding.
type Party struct {
	Owner  string `json:"owner"`
	Host   string `json:"host,omitempty"`
	Option string `json:"option"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Value  string `json:"value,omitempty"`
}

// Owners are the names of the parties, each once.
func (f Finding) Owners() []string {
	var names []string
	for _, p := range f.Parties {
		if !slices.Contains(names, p.Owner) {
			names = append(names, p.Owner)
		}
	}
	return names
}

// Host is what is known of one host.
type Host struct {
	Facts *facts.Facts
	// Claims are claim.Of(Facts), perhaps with lines that were looked up.
	Claims []claim.Claim
	// OnHost are the ids that the host itself remembers; HasUIDs and HasGIDs
	// tell whether it was asked.
	OnHost           []claim.Claim
	HasUIDs, HasGIDs bool
}

// Exception is a conflict that is wanted.
type Exception struct {
	Rule string `yaml:"rule"`
	// Value is the Finding's; empty means any.
	Value string `yaml:"value"`
	// Owners must all be among the finding's; none means any.
	Owners []string `yaml:"owners"`
	Reason string   `yaml:"reason"`
}

// Input is everything that is judged.
type Input struct {
	Hosts map[string]Host
	// NotChecked are the hosts that could not be evaluated, and why.
	NotChecked map[string]string
	Exceptions []Exception
	// SettingsFile is where the exceptions are from.
	SettingsFile string
}

// party is a claim as a side of a finding.
func party(c claim.Claim) Party {
	return Party{Owner: c.Owner, Host: c.Host, Option: c.Option, File: c.File, Line: c.Line}
}

// key is the same for findings that differ only in the host.
func (f Finding) key() string {
	parts := make([]string, 0, 3+3*len(f.Parties))
	parts = append(parts, string(f.Rule), f.Value, string(f.Severity))
	for _, p := range f.Parties {
		parts = append(parts, p.Owner, p.Option, p.Value)
	}
	return strings.Join(parts, "\x00")
}
