package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxExpression is the length of the longest expression or text of a rule in
// bytes.
const maxExpression = 2000

// expressionForm sees that a value may be PromQL: what is opened is closed, and
// it compares something, since a rule without comparison holds whenever there is
// a value. Prometheus knows more of it than can be told here.
func expressionForm(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("%q is no expression", s)
	case len(s) > maxExpression:
		return fmt.Errorf("%d bytes, more than %d", len(s), maxExpression)
	case strings.ContainsFunc(s, misleading):
		return fmt.Errorf("%q is not one line of text", s)
	}
	plain, err := withoutText(s)
	if err != nil {
		return err
	}
	if err := closed(plain); err != nil {
		return fmt.Errorf("%q %w", s, err)
	}
	bare := inBraces.ReplaceAllString(plain, "")
	if !comparison.MatchString(bare) && !strings.Contains(bare, "absent") && !strings.Contains(bare, " unless ") {
		return fmt.Errorf("%q compares nothing, so it would hold whenever there is a value", s)
	}
	return nil
}

var (
	inBraces   = regexp.MustCompile(`\{[^{}]*\}`)
	comparison = regexp.MustCompile(`==|!=|<|>`)
	labelMatch = regexp.MustCompile(`\b([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"([^"\\]*)"`)
)

// withoutText is an expression with empty strings in place of its texts.
func withoutText(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if !strings.ContainsRune("\"'`", rune(s[i])) {
			continue
		}
		end := i + 1
		for end < len(s) && s[end] != s[i] {
			if s[end] == '\\' && s[i] != '`' {
				end++
			}
			end++
		}
		if end >= len(s) {
			return "", fmt.Errorf("%q has a quote %c that is not closed", s, s[i])
		}
		b.WriteByte(s[i])
		i = end
	}
	return b.String(), nil
}

// closed sees that every bracket has its other one.
func closed(s string) error {
	var open []rune
	for _, r := range s {
		switch r {
		case '(', '[', '{':
			open = append(open, map[rune]rune{'(': ')', '[': ']', '{': '}'}[r])
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != r {
				return fmt.Errorf("has a %c that nothing opens", r)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("lacks a %c", open[len(open)-1])
	}
	return nil
}

// Labels are the values that an expression asks for by a label, each once.
func Labels(expr, label string) []string {
	var values []string
	for _, match := range labelMatch.FindAllStringSubmatch(expr, -1) {
		if match[1] == label && match[2] != "" && !slices.Contains(values, match[2]) {
			values = append(values, match[2])
		}
	}
	return values
}

var (
	identifier = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*`)
	// grouping is a list of labels, which are no metrics.
	grouping  = regexp.MustCompile(`\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)`)
	span      = regexp.MustCompile(`\[[^\[\]]*\]|\b[0-9][0-9a-z]*\b`)
	operators = []string{"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right", "Inf", "NaN", "inf", "nan", "start", "end"}
)

// metricsIn are the metrics that an expression asks for, each once.
func metricsIn(expr string) []string {
	plain, err := withoutText(expr)
	if err != nil {
		return nil
	}
	plain = inBraces.ReplaceAllString(plain, " ")
	plain = span.ReplaceAllString(grouping.ReplaceAllString(plain, " "), " ")
	var names []string
	for _, at := range identifier.FindAllStringIndex(plain, -1) {
		name := plain[at[0]:at[1]]
		if !strings.HasPrefix(strings.TrimLeft(plain[at[1]:], " "), "(") && !slices.Contains(operators, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// unitSuffix is what the name of a unit of systemd ends in.
var unitSuffix = regexp.MustCompile(`\.(service|timer|socket|mount|target|path)$`)

// UnitsIn are the units that an expression asks for by name.
func UnitsIn(expr string) []string {
	return slices.DeleteFunc(Labels(expr, "name"), func(name string) bool { return !unitSuffix.MatchString(name) })
}
