package image

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Choice is a tag that was chosen, and why.
type Choice struct {
	Tag string
	// Reason says by which rule; Warning what is not as it should be, empty if
	// all is well.
	Reason, Warning string
}

// moving are tags that name no version, in the order in which they are taken
// when there is nothing else.
var moving = []string{"stable", "release", "production", "latest", "main", "master"}

// Choose takes the newest stable version among the tags of a repository. With
// an example, such as 1.2.3-alpine, it is the newest with that many numbers and
// the same text around them. Release candidates, dates, moving names and
// commits are taken, in this order, only where there is nothing better, and
// then the choice warns. It is false if no tag can be used. The order of tags
// does not matter.
func Choose(tags []string, example string) (Choice, bool) {
	all, words := sortTags(tags)
	if example != "" {
		if c, ok := chooseLike(all, words, example); ok {
			return c, true
		}
		c, ok := chooseAny(all, words)
		c.Warning = joinWarnings(fmt.Sprintf("no tag is like %s, which the catalog wants", example), c.Warning)
		return c, ok
	}
	return chooseAny(all, words)
}

// sortTags takes tags apart: versions from old to new, and words.
func sortTags(tags []string) (versions []tag, words []string) {
	for _, text := range slices.Compact(slices.Sorted(slices.Values(tags))) {
		if isSignature(text) {
			continue
		}
		if t, ok := parseTag(text); ok {
			versions = append(versions, t)
		} else if tagForm.MatchString(text) {
			words = append(words, text)
		}
	}
	slices.SortFunc(versions, compareTags)
	return versions, words
}

// isSignature tells whether a tag is that of a signature or attestation, which
// are kept beside images under the digest of what they sign.
func isSignature(text string) bool {
	return strings.HasPrefix(text, "sha256-") && len(text) >= len("sha256-")+64
}

// chooseLike takes the newest tag of the family of an example.
func chooseLike(versions []tag, words []string, example string) (Choice, bool) {
	want, ok := parseTag(example)
	if !ok {
		if slices.Contains(words, example) {
			return Choice{example, "the catalog wants this tag", example + " names no version, so it moves"}, true
		}
		return Choice{}, false
	}
	for _, t := range slices.Backward(versions) {
		if t.family() == want.family() {
			return Choice{Tag: t.text, Reason: newestOf(versions, want.family(), example)}, true
		}
	}
	return Choice{}, false
}

// newestOf says how many tags a choice was made among.
func newestOf(versions []tag, f family, like string) string {
	n := 0
	for _, t := range versions {
		if t.family() == f {
			n++
		}
	}
	if n == 1 {
		return "the only version like " + like
	}
	return fmt.Sprintf("newest of %d versions like %s", n, like)
}

// chooseAny takes the newest version of the best kind there is.
func chooseAny(versions []tag, words []string) (Choice, bool) {
	families := map[family][]tag{}
	for _, t := range versions {
		families[t.family()] = append(families[t.family()], t)
	}
	byKind := map[kind][]tag{}
	for _, members := range families {
		k := kindOf(members)
		byKind[k] = append(byKind[k], members...)
	}
	for k := plain; k <= dates; k++ {
		if t, ok := newest(byKind[k], families); ok {
			c := Choice{Tag: t.text, Reason: newestOf(versions, t.family(), "it"), Warning: kindNames[k]}
			if k < candidates {
				c.Warning = twoCountings(byKind[k], t)
			}
			return c, true
		}
	}
	return chooseWord(byKind[commits], words)
}

// chooseWord takes what names no version.
func chooseWord(withCommit []tag, words []string) (Choice, bool) {
	if len(withCommit) > 0 {
		t := slices.MaxFunc(withCommit, compareTags)
		return Choice{t.text, "highest version among commits", kindNames[commits]}, true
	}
	for _, m := range moving {
		if slices.Contains(words, m) {
			return Choice{m, "there is no version", fmt.Sprintf("no tag is a version, and %s moves", m)}, true
		}
	}
	if len(words) == 0 {
		return Choice{}, false
	}
	return Choice{words[0], "there is no version", "no tag is a version"}, true
}

// newest is the highest version. A lone number is taken only where there is
// none with dots, as 2 moves where there is 2.1; of 2.1 and 2.1.0 it is the
// longer; of 2.1.0 and v2.1.0 it is that which more tags are like.
func newest(tags []tag, families map[family][]tag) (tag, bool) {
	if slices.ContainsFunc(tags, func(t tag) bool { return len(t.parts) > 1 }) {
		tags = slices.DeleteFunc(slices.Clone(tags), func(t tag) bool { return len(t.parts) == 1 })
	}
	if len(tags) == 0 {
		return tag{}, false
	}
	return slices.MaxFunc(tags, func(a, b tag) int {
		return cmp.Or(
			slices.CompareFunc(a.parts, b.parts, compareNumbers),
			cmp.Compare(len(families[a.family()]), len(families[b.family()])),
			compareTags(a, b),
		)
	}), true
}

// twoCountings warns where a repository counts by calendar and otherwise too:
// the higher number need not be the newer then.
func twoCountings(tags []tag, chosen tag) string {
	year := isYear(chosen.parts[0])
	var other *tag
	for _, t := range tags {
		if len(t.parts) > 1 && isYear(t.parts[0]) != year && (other == nil || compareTags(*other, t) < 0) {
			other = &t
		}
	}
	if !year || other == nil {
		return ""
	}
	return fmt.Sprintf("there are also tags like %s, which count otherwise; see which is the newer", other.text)
}

func joinWarnings(warnings ...string) string {
	return strings.Join(slices.DeleteFunc(warnings, func(w string) bool { return w == "" }), "; ")
}
