package nixeval

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// MinVersion is the oldest Nix that this package works with: the one of
// Debian 12, and the first whose flake commands take the flags it needs.
var MinVersion = Version{Product: "Nix", Major: 2, Minor: 8}

// Version is a Nix version. For forks it is the version of Nix that they say
// they are, except for Lix, which numbers its own releases from 2.90.
type Version struct {
	// Product is "Nix", "Lix" or "Determinate Nix".
	Product string
	// Major, Minor and Patch are zero where they are not given.
	Major, Minor, Patch int
	// Suffix is what follows the numbers: "pre20240101_abc" or empty.
	Suffix string
	// Raw is the line that was read.
	Raw string
}

var versionLine = regexp.MustCompile(`^nix \(([^()]*)\) (\d+)\.(\d+)(?:\.(\d+))?(\S*)$`)

// ParseVersion reads the output of `nix --version`.
func ParseVersion(out string) (Version, error) {
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		m := versionLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		v := Version{Product: product(m[1]), Suffix: strings.TrimLeft(m[5], "-+."), Raw: line}
		for i, to := range []*int{&v.Major, &v.Minor, &v.Patch} {
			if m[i+2] == "" {
				continue
			}
			n, err := strconv.Atoi(m[i+2])
			if err != nil {
				return Version{}, fmt.Errorf("read version of nix: %w", err)
			}
			*to = n
		}
		return v, nil
	}
	return Version{}, fmt.Errorf("read version of nix: %q is not a version line", firstLine(out, 80))
}

func product(name string) string {
	switch {
	case strings.HasPrefix(name, "Lix"):
		return "Lix"
	case strings.HasPrefix(name, "Determinate"):
		return "Determinate Nix"
	default:
		return "Nix"
	}
}

// AtLeast says whether the version is major.minor or later.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// Supported says whether this package works with the version.
func (v Version) Supported() bool { return v.AtLeast(MinVersion.Major, MinVersion.Minor) }

// exactPath says whether "flake#.a.b" means a.b and nothing else. Older ones
// look under packages.<system> first.
func (v Version) exactPath() bool { return v.Product != "Lix" && v.AtLeast(2, 19) }

// traceFirst says whether errors are printed below their trace, as since 2.13.
func (v Version) traceFirst() bool { return v.AtLeast(2, 13) }

// String is the version as its product writes it: "Nix 2.18.1".
func (v Version) String() string {
	s := fmt.Sprintf("%s %d.%d", v.Product, v.Major, v.Minor)
	if v.Patch != 0 || strings.Count(v.Raw, ".") > 1 && v.Suffix == "" {
		s += fmt.Sprintf(".%d", v.Patch)
	}
	return s + v.Suffix
}

// firstLine is the first line of s, at most limit bytes of it.
func firstLine(s string, limit int) string {
	s = strings.TrimSpace(s)
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}
