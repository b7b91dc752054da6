package image

import (
	"slices"
	"strings"
)

// kind is how good a family is: the lower, the better.
type kind int

const (
	plain      kind = iota // 1.2.3, v1.2.3
	rebuilt                // 1.2.3-4, 1.2.3-ls45: only numbers tell builds apart
	prefixed               // version-1.2.3
	variant                // 1.2.3-alpine
	candidates             // 1.2.3-rc1
	dates                  // 2024-05-01
	commits                // 1.2.3-0a1b2c3
)

var kindNames = map[kind]string{
	candidates: "no tag is a stable version, only pre-releases", dates: "no tag is a version, only dates",
	commits: "no tag is a version, only commits",
}

// architectures are words that only tell for which machine a tag is.
var architectures = []string{"amd", "arm", "aarch", "armhf", "armv", "x", "ppc", "ppcle", "s", "riscv", "i", "win", "windows", "nanoserver", "windowsservercore"}

var rebuildWords = []string{"", "r", "ls", "build", "revision", "p"}

func kindOf(tags []tag) kind {
	t := tags[len(tags)-1]
	around := words(t.suffix)
	switch {
	case t.hasCommit():
		return commits
	case t.isDate() || datesOnly(tags):
		return dates
	case t.isUnstable() && !isRebuild(t, around):
		return candidates
	case slices.ContainsFunc(append(words(t.prefix), around...), func(w string) bool { return slices.Contains(architectures, w) }):
		return variant
	case strings.EqualFold(t.prefix, "v") || t.prefix == "":
		switch {
		case t.suffix == "":
			return plain
		case isRebuild(t, around):
			return rebuilt
		}
		return variant
	case t.suffix == "":
		return prefixed
	}
	return variant
}

// isRebuild tells whether the suffix but numbers builds of one version.
func isRebuild(t tag, around []string) bool {
	return strings.TrimSuffix(t.prefix, "v") == "" && strings.HasPrefix(t.suffix, "-") && len(t.numbers) == 1 && slices.Contains(rebuildWords, strings.Join(around, " "))
}
