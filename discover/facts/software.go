package facts

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NativeModule is a module of NixOS, services.<name>.
type NativeModule struct {
	// Name is the first of the names asked for under which there is one.
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	// Package is the path in the package set of the package that it runs, nil if
	// it does not say so.
	Package *string `json:"package"`
	// Options are its own by name; Inside are those further down, in sets and in
	// the types of settings, that may hold a port, an account, a folder, an
	// address or a file with secrets, by dotted path such as settings.Port.
	Options map[string]NativeOption `json:"options"`
	Inside  map[string]NativeOption `json:"inside"`
	// Authentication are options at any depth that tell of a way to log in.
	Authentication []NativeAuthOption `json:"authentication"`
	// Digests are the SHA-256 sums, in hexadecimal, of the plain values that the
	// repo gives to its options, by dotted path.
	Digests map[string]string `json:"digests"`
	// Units are those that the module makes when it is enabled with nothing
	// else said.
	Units map[string]UnitDetail `json:"units"`
}

// NativeOption is one option of a NativeModule; Type is the module system's
// name of its type, and "set" for a set of further options.
type NativeOption struct {
	Type       string   `json:"type"`
	HasDefault bool     `json:"hasDefault"`
	Default    any      `json:"default"` // nil if it is no string, number or boolean
	Fields     []string `json:"fields"`
	// Description is plain text of one line, cut at 300 bytes. It is read of
	// options that may hold what Inside lists, and of settings.
	Description string `json:"description"`
}

// AuthKind is a way to log in that an option tells of.
type AuthKind string

// The ways to log in that are looked for.
const (
	AuthOIDC   AuthKind = "oidc"
	AuthOAuth  AuthKind = "oauth"
	AuthSAML   AuthKind = "saml"
	AuthLDAP   AuthKind = "ldap"
	AuthHeader AuthKind = "header" // an account's name in a header
	AuthProxy  AuthKind = "proxy"  // a proxy that logs people in
)

// NativeAuthOption is an option of a NativeModule that tells of a way to log in,
// by its path or its description.
type NativeAuthOption struct {
	// Path is the attribute path below services.<name>, as Nix writes it.
	Path string   `json:"path"`
	Kind AuthKind `json:"kind"`
	Type string   `json:"type"`
	// Description is plain text of one line, cut at 300 bytes.
	Description string `json:"description"`
}

// Package is a package of the target's own package set. The zero value of all
// that speaks against it means that nothing does.
type Package struct {
	// Attribute is its path in the package set: the one that the native module
	// runs, else the first of the names asked for under which there is a package.
	Attribute   string  `json:"attribute"`
	Version     *string `json:"version"`
	MainProgram *string `json:"mainProgram"`
	Description *string `json:"description"`
	Homepage    *string `json:"homepage"`
	// Licenses are the SPDX names of its licences, or nixpkgs' own.
	Licenses []string `json:"licenses"`
	Broken   bool     `json:"broken"`
	// Insecure tells that nixpkgs marks it so, for the Vulnerabilities.
	Insecure        bool     `json:"insecure"`
	Vulnerabilities []string `json:"vulnerabilities"`
	Unfree          bool     `json:"unfree"`
	// Unsupported tells that it is not meant for the host's platform.
	Unsupported bool `json:"unsupported"`
	// Refused tells that the package set, as the repo configures it, does not
	// give it; Throws that to look at it already fails, as where it was removed.
	Refused bool `json:"refused"`
	Throws  bool `json:"throws"`
}

// Usable tells whether the package can be built as far as is known. A nil
// package cannot.
func (p *Package) Usable() bool {
	return p != nil && !p.Broken && !p.Refused && !p.Throws
}

// Near are names that contain one asked for, or begin it, whatever the case and
// the dashes: the nearest first, at most twelve of each.
type Near struct {
	Natives  []string `json:"natives"`
	Packages []string `json:"packages"`
}

// maxText is the length in bytes at which text from a package or module is cut.
const maxText = 300

// clean makes one line of plain text, of at most maxText bytes: it will be shown.
func clean(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	}), " ")
	if len(s) <= maxText {
		return s
	}
	end := maxText - len("...")
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

func cleanAll(texts ...*string) {
	for _, t := range texts {
		if t != nil {
			*t = clean(*t)
		}
	}
}

func (p *Package) clean() {
	if p == nil {
		return
	}
	cleanAll(&p.Attribute, p.Version, p.MainProgram, p.Description, p.Homepage)
	for _, list := range [][]string{p.Licenses, p.Vulnerabilities} {
		for i := range list {
			list[i] = clean(list[i])
		}
	}
}

func (m *NativeModule) clean() {
	cleanAll(m.Package)
	for _, options := range []map[string]NativeOption{m.Options, m.Inside} {
		for name, o := range options {
			o.Description = clean(o.Description)
			options[name] = o
		}
	}
	for i := range m.Authentication {
		a := &m.Authentication[i]
		cleanAll(&a.Path, &a.Description)
	}
}

var nearForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_'-]{0,99}$`)

// clean leaves names that can be given as an answer.
func (n *Near) clean() {
	for _, list := range []*[]string{&n.Natives, &n.Packages} {
		*list = slices.DeleteFunc(*list, func(name string) bool { return !nearForm.MatchString(name) })
	}
}
