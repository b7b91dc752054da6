package facts

// Access is what the fields of virtual hosts are for access from outside, and
// for machines.
type Access struct {
	// TunnelField is the field that puts a virtual host into a tunnel, nil if
	// there is none.
	TunnelField *string `json:"tunnelField"`
	// Security are the fields of its single sign-on, Keys those of a key for
	// machines; Header is the header that a key is sent in if nothing is said.
	Security []string `json:"security"`
	Keys     []string `json:"keys"`
	Header   *string  `json:"header"`
}

// Lets tells whether single sign-on of virtual hosts has a field by which
// requests pass that it did not ask.
func (a Access) Lets(field string) bool { return contains(a.Security, field) }

// Open is what a virtual host lets through without asking.
type Open struct {
	Paths     []string    `json:"paths"`
	Resources []string    `json:"resources"`
	Networks  []string    `json:"networks"`
	Keys      []StaticKey `json:"keys"`
}

// StaticKey is a key with which a machine passes: the variable that has its
// value, the header that it is sent in, and what it opens, nil for everything.
type StaticKey struct {
	Name     *string  `json:"name"`
	Variable *string  `json:"variable"`
	Header   *string  `json:"header"`
	Paths    []string `json:"paths"`
	Networks []string `json:"networks"`
	// Audited tells whether the service is told which key it was.
	Audited *bool `json:"audited"`
}

// KeyHelpers are the functions of a library that make a StaticKey.
type KeyHelpers struct {
	Members map[string]KeyHelper `json:"members"`
}

// KeyHelper is a function that makes a StaticKey from a name and a variable.
type KeyHelper struct {
	// Takes are the fields that it takes beside, all that it takes if they are
	// Named parameters.
	Takes  []string `json:"takes"`
	Named  bool     `json:"named"`
	Header *string  `json:"header"`
}

// Tunnel is a way by which the internet reaches virtual hosts that are put into
// it.
type Tunnel struct {
	Enabled bool `json:"enabled"`
	// Registers tells that the names of its virtual hosts become DNS records.
	Registers bool `json:"registers"`
	// Unit is what runs it, nil if none of that name does; Digest is a hash of
	// what the unit is started with, another when it carries something else. It
	// is nil where that names no file of the store that evaluation makes.
	Unit   *string `json:"unit"`
	Digest *string `json:"digest"`
	// HostNames are what it carries, nil if that is not an option.
	HostNames []string `json:"hostNames"`
}
