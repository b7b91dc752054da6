package cmd

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/candidate"
	"holthome.net/scaffold/writer/counts"
)

// failing is a check of the flake that fails with the new files.
type failing struct {
	discover.Check
	// numbers are those that it counts and that must be others; enough tells that
	// it holds with them.
	numbers []counts.Number
	enough  bool
}

// counted finds out which numbers a check has that the service changes. Without
// any it is about something else.
func (p *proposal) counted(ctx context.Context, files []candidate.File, check discover.Check) failing {
	f := failing{Check: check}
	done := map[string]map[int]bool{}
	originals := map[string][]byte{}
	file := check.Err.File
	for range maxNumbers {
		if originals[file] == nil {
			src := p.target.Files[file]
			for _, changed := range files {
				if changed.Path == file {
					src = changed.Content
				}
			}
			if len(counts.Find(src)) == 0 {
				return f
			}
			originals[file], done[file] = src, map[int]bool{}
		}
		err := p.telling(ctx, files, originals, done, check.Name)
		if err == nil {
			f.enough = len(f.numbers) > 0
			return f
		}
		line, numbers, ok := counts.Told(file, originals[file], err.Message)
		if !ok || done[file][line] {
			return f
		}
		done[file][line] = true
		f.numbers = append(f.numbers, numbers...)
	}
	return f
}

// maxNumbers bounds the evaluations of one check.
const maxNumbers = 16

// telling evaluates a check with assertions that tell their numbers.
func (p *proposal) telling(ctx context.Context, files []candidate.File, originals map[string][]byte, done map[string]map[int]bool, name string) *nixeval.Error {
	all := slices.DeleteFunc(slices.Clone(files), func(f candidate.File) bool { return originals[f.Path] != nil })
	for _, path := range slices.Sorted(maps.Keys(originals)) {
		all = append(all, candidate.File{Path: path, Content: counts.Telling(originals[path], done[path])})
	}
	c, err := candidate.Build(p.target.Repo, p.target.Work, all)
	if err != nil {
		return &nixeval.Error{Message: err.Error()}
	}
	return p.target.At(c.Tree).Fails(ctx, p.system(), name)
}

// raise says which number to change.
func raise(n counts.Number) string {
	return fmt.Sprintf("%s:%d: %s from %d to %d", n.File, n.Line, n.What, n.Was, n.Is)
}

// raising are the steps for checks that count.
func raising(checks []failing) []plan.Step {
	var steps []plan.Step
	for _, c := range checks {
		for _, n := range c.numbers {
			steps = append(steps, plan.Step{When: "before deployment", What: "raise a number of the flake's check " + c.Name + ", " + raise(n)})
		}
	}
	return steps
}
