package cmd

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"holthome.net/scaffold/plan"
)

// answers are what the user said: the file first, then --set, which wins.
func (a *app) answers() (map[string]string, error) {
	answers := map[string]string{}
	if a.answersFile != "" {
		data, err := os.ReadFile(a.answersFile)
		if err != nil {
			return nil, fail(ExitUsage, "read answers: %w", err)
		}
		var values map[string]any
		if err := yaml.Unmarshal(data, &values); err != nil {
			return nil, fail(ExitUsage, "read answers %s: it is neither YAML nor JSON with a value for each name: %w", a.answersFile, err)
		}
		if err := flatten("", values, answers); err != nil {
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

// commandFields are answers that are commands: a list is one word by word.
var commandFields = []string{"command", "entrypoint", "healthCommand"}

// flatten makes dotted names of nested ones, and text of plain values.
func flatten(prefix string, values map[string]any, into map[string]string) error {
	for name, v := range values {
		switch v := v.(type) {
		case map[string]any:
			if err := flatten(prefix+name+".", v, into); err != nil {
				return err
			}
		case []any:
			parts := make([]string, len(v))
			for i, e := range v {
				parts[i] = fmt.Sprint(e)
			}
			into[prefix+name] = strings.Join(parts, ",")
			if slices.Contains(commandFields, name) {
				into[prefix+name] = plan.JoinWords(parts)
			}
		case bool:
			into[prefix+name] = map[bool]string{true: "yes", false: "no"}[v]
		case string, int, int64, uint64, float64:
			into[prefix+name] = fmt.Sprint(v)
		default:
			return fmt.Errorf("%s%s has no value", prefix, name)
		}
	}
	return nil
}
