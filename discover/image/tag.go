package image

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// tagForm is what a registry may have as a tag.
var tagForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

// tag is a tag taken apart: words before the first number, the numbers that
// dots separate, and what follows.
type tag struct {
	text   string
	prefix string
	parts  []string // decimal digits, without limit of length
	suffix string
	// numbers are those in the suffix, which order tags that are else equal.
	numbers []string
}

// family is what tags have in common that can be compared with each other.
type family struct {
	prefix string
	parts  int
	suffix string // with # for each number and @ for a commit
	// Year tells that the first number is one: such versions are counted by
	// calendar.
	year bool
}

var (
	// The version starts at a digit that no letter or digit precedes, save a v.
	versionForm  = regexp.MustCompile(`^((?:.*?(?:[_-]|[^0-9.]\.))??v?)([0-9]+(?:\.[0-9]+)*)(?:([^0-9.].*))?$`)
	numberForm   = regexp.MustCompile(`[0-9]+`)
	shortDayForm = regexp.MustCompile(`^[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$`)
	fieldForm    = regexp.MustCompile(`[0-9A-Za-z]+`)
	// A commit is hexadecimal and long; without letters it would be a number.
	commitForm = regexp.MustCompile(`^g?[0-9a-f]{7,64}$`)
)

// parseTag takes a tag apart. It fails for one without a version, such as a
// word, and for what is no tag at all.
func parseTag(text string) (tag, bool) {
	if !tagForm.MatchString(text) || isCommit(text) {
		return tag{}, false
	}
	m := versionForm.FindStringSubmatch(text)
	if m == nil {
		return tag{}, false
	}
	t := tag{text: text, prefix: m[1], parts: strings.Split(m[2], "."), suffix: m[3]}
	if len(t.parts) == 1 && shortDayForm.MatchString(m[2]) {
		t.parts[0] = "20" + m[2] // so that it compares with 20241231
	}
	t.numbers = numberForm.FindAllString(withoutCommits(t.suffix), -1)
	return t, true
}

// IsVersion tells whether a tag has a version in it, which a program that
// proposes updates can compare with others.
func IsVersion(text string) bool {
	_, ok := parseTag(text)
	return ok
}

func (t tag) family() family {
	return family{strings.ToLower(t.prefix), len(t.parts), strings.ToLower(numberForm.ReplaceAllString(withoutCommits(t.suffix), "#")), isYear(t.parts[0])}
}

// compareTags orders by version, then by the numbers in the suffix, then by
// text, so that no two different tags are equal.
func compareTags(a, b tag) int {
	return cmp.Or(
		slices.CompareFunc(a.parts, b.parts, compareNumbers),
		slices.CompareFunc(a.numbers, b.numbers, compareNumbers),
		strings.Compare(a.text, b.text),
	)
}

// compareNumbers compares decimal numbers of any length.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// words are the words of a text of a tag, in lower case: what separators and
// digits leave.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
}

// withoutCommits is a suffix with @ for each commit.
func withoutCommits(suffix string) string {
	return fieldForm.ReplaceAllStringFunc(suffix, func(field string) string {
		if isCommit(field) {
			return "@"
		}
		return field
	})
}

func isCommit(text string) bool {
	return commitForm.MatchString(text) && strings.ContainsAny(strings.TrimPrefix(text, "g"), "abcdef") && strings.ContainsAny(text, "0123456789")
}

// unstable are words of versions that are not yet, or that move.
var unstable = []string{
	"a", "alpha", "b", "beta", "rc", "pre", "preview", "prerelease", "dev", "devel", "develop", "development",
	"nightly", "snapshot", "canary", "edge", "unstable", "testing", "test", "next", "experimental", "insider", "insiders",
	"main", "master", "trunk", "head", "branch", "pr", "pull", "sha", "commit", "git", "feature", "feat", "fix", "ci", "build",
	"latest", "daily", "weekly", "milestone", "m", "ea",
}

// isUnstable tells whether a word around the version says that it is no
// release.
func (t tag) isUnstable() bool {
	return slices.ContainsFunc(words(t.prefix+" "+t.suffix), func(w string) bool { return slices.Contains(unstable, w) })
}

// hasCommit tells whether the tag names a commit beside the version, which
// says that each commit has one.
func (t tag) hasCommit() bool {
	return slices.ContainsFunc(strings.FieldsFunc(t.text, func(r rune) bool { return strings.ContainsRune("._-", r) }), isCommit)
}

// isDate tells whether the version is a day or a moment: 20241231, 2024-12-31,
// 241231. Versions by calendar, such as 2024.12.1, are told apart by their
// family; see datesOnly.
func (t tag) isDate() bool {
	if len(t.parts[0]) >= 6 {
		return true
	}
	return len(t.parts) == 1 && len(t.parts[0]) == 4 && dayForm.MatchString(t.suffix)
}

var dayForm = regexp.MustCompile(`^-(0[1-9]|1[0-2])-?([0-2][0-9]|3[01])([^0-9]|$)`)

// datesOnly tells whether all tags of a family are days written as a version,
// with zeros as in 2024.05.01, and none is what no day can be.
func datesOnly(tags []tag) bool {
	padded := false
	for _, t := range tags {
		if len(t.parts) != 3 || !isYear(t.parts[0]) || !between(t.parts[1], 1, 12) || !between(t.parts[2], 1, 31) {
			return false
		}
		padded = padded || t.parts[1][0] == '0' || t.parts[2][0] == '0'
	}
	return padded
}

func isYear(part string) bool { return len(part) == 4 && between(part, 1990, 2099) }

func between(part string, low, high int) bool {
	n := 0
	for _, r := range part {
		if n = n*10 + int(r-'0'); n > high {
			return false
		}
	}
	return n >= low
}
