// Package answers reads what is said of a service from a file: YAML or JSON, in
// which names may be nested.
package answers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"holthome.net/scaffold/plan"
)

// commands are answers that are commands: a list is one word by word.
var commands = []string{"command", "entrypoint", "healthCommand"}

// Parse gives the answers in a file by name, as plan.Input has them: names that
// are nested are joined by dots, lists by commas. It does not look whether a
// name is known; plan.CheckAnswers does.
func Parse(data []byte) (map[string]string, error) {
	var values, more map[string]any
	documents := yaml.NewDecoder(bytes.NewReader(data))
	if err := documents.Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it is neither YAML nor JSON with a value for each name: %s", visible(err.Error()))
	}
	if err := documents.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("it has a second document after ---; put all answers into one")
	}
	all := map[string]string{}
	if err := flatten("", values, all); err != nil {
		return nil, err
	}
	return all, nil
}

// visible is text without what a terminal does instead of showing it: an error of
// the parser quotes the file.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

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
			if slices.Contains(commands, name) {
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
