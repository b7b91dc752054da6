package nixeval

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// cacheKey is the name of the answer to a request: a hash of all that the
// answer depends on, or "" when it is not to be remembered. Where the flake
// lies is no part of it: equal trees have equal answers.
func (n *Nix) cacheKey(r Request, v Version, apply string) string {
	if n.Cache == nil || r.Key == "" || r.AllowUnlocked {
		return ""
	}
	h := sha256.New()
	field := func(name string, values ...string) {
		for _, s := range append([]string{name}, values...) {
			// With its length, so that no two lists of fields read alike.
			var size [8]byte
			binary.BigEndian.PutUint64(size[:], uint64(len(s)))
			h.Write(size[:])
			h.Write([]byte(s))
		}
		h.Write([]byte{0})
	}
	field("format", cacheFormat)
	field("tree", r.Key)
	field("flake", flakeQuery(r.Flake))
	field("attr", r.Attr...)
	field("apply", apply)
	field("nix", v.Raw)
	field("flags", boolFlag(r.ReadOnly), string(r.IFD), boolFlag(r.Failures))
	field("env", n.settingsEnv()...)
	for _, f := range n.settingsFiles() {
		field("conf", f)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func boolFlag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

// flakeQuery is the scheme and the query of a reference: dir, submodules, and
// rev, which a configuration can read as self.rev.
func flakeQuery(flake string) string {
	path, query, _ := strings.Cut(flake, "?")
	scheme, _, ok := strings.Cut(path, ":")
	if !ok {
		scheme = ""
	}
	if q, err := url.ParseQuery(query); err == nil {
		query = q.Encode() // sorted
	}
	return scheme + "?" + query
}

// settingsEnv are the variables that change what nix does, in the order that
// the last one counts.
func (n *Nix) settingsEnv() []string {
	last := map[string]string{}
	for _, kv := range append(os.Environ(), n.Env...) {
		name, value, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "NIX_") {
			last[name] = value
		}
	}
	var out []string
	for name, value := range last {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

func (n *Nix) getenv(name string) string {
	value := os.Getenv(name)
	for _, kv := range n.Env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}

// settingsFiles are the contents of the nix.conf files that nix reads
// (system, then NIX_USER_CONF_FILES or those of the XDG folders), with what
// they include.
func (n *Nix) settingsFiles() []string {
	system := n.getenv("NIX_CONF_DIR")
	if system == "" {
		system = "/etc/nix"
	}
	paths := []string{filepath.Join(system, "nix.conf")}
	if user := n.getenv("NIX_USER_CONF_FILES"); user != "" {
		paths = append(paths, strings.Split(user, ":")...)
	} else {
		dirs := strings.Split(orDefault(n.getenv("XDG_CONFIG_DIRS"), "/etc/xdg"), ":")
		home := orDefault(n.getenv("XDG_CONFIG_HOME"), filepath.Join(n.getenv("HOME"), ".config"))
		for _, d := range append(dirs, home) {
			paths = append(paths, filepath.Join(d, "nix", "nix.conf"))
		}
	}
	var out []string
	for _, p := range paths {
		out = append(out, readSettings(p, 0)...)
	}
	return out
}

// includeDepth bounds how deep settings files may include each other.
const includeDepth = 8

func readSettings(path string, depth int) []string {
	b, err := os.ReadFile(path)
	if err != nil || depth > includeDepth {
		return nil
	}
	out := []string{string(b)}
	for l := range strings.Lines(string(b)) {
		words := strings.Fields(l)
		if len(words) == 2 && (words[0] == "include" || words[0] == "!include") {
			p := words[1]
			if !filepath.IsAbs(p) {
				p = filepath.Join(filepath.Dir(path), p)
			}
			out = append(out, readSettings(p, depth+1)...)
		}
	}
	return out
}
