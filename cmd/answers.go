package cmd

import (
	"os"
	"strings"

	"holthome.net/scaffold/plan"
	parsed "holthome.net/scaffold/plan/answers"
)

// answers are what the user said: the file first, then --set, which wins.
func (a *app) answers() (map[string]string, error) {
	answers := map[string]string{}
	if a.answersFile != "" {
		data, err := os.ReadFile(a.answersFile)
		if err != nil {
			return nil, fail(ExitUsage, "read answers: %w", err)
		}
		if answers, err = parsed.Parse(data); err != nil {
			return nil, fail(ExitUsage, "read answers %s: %w", a.answersFile, err)
		}
	}
	for _, s := range a.set {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, fail(ExitUsage, "read --set %q: write it as name=value", s)
		}
		answers[name] = value
	}
	if err := plan.CheckAnswers(answers); err != nil {
		return nil, err
	}
	return answers, nil
}
