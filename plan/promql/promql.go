// Package promql reads expressions of alerting rules: whether they can be raised,
// and which metrics, jobs and units they ask for.
package promql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Check sees that a text is PromQL, as Prometheus itself reads it, and that it
// compares something: a rule without comparison holds whenever there is a value.
func Check(s string) error {
	expr, err := parser.ParseExpr(s)
	if err != nil {
		return fmt.Errorf("%q is no PromQL: %w", s, err)
	}
	if expr.Type() != parser.ValueTypeVector {
		return fmt.Errorf("%q gives a %s, and a rule wants values with labels", s, parser.DocumentedType(expr.Type()))
	}
	if !compares(expr) {
		return fmt.Errorf("%q compares nothing, so it would hold whenever there is a value", s)
	}
	return nil
}

// compares tells whether an expression can be without a value where there is one.
func compares(expr parser.Expr) bool {
	found := false
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.BinaryExpr:
			found = found || n.Op.IsComparisonOperator() && !n.ReturnBool || n.Op == parser.LUNLESS
		case *parser.Call:
			found = found || strings.HasPrefix(n.Func.Name, "absent")
		}
		return nil
	})
	return found
}

// selectors are what an expression asks for; none where it is no PromQL, as what
// others wrote may be.
func selectors(expr string) []*parser.VectorSelector {
	parsed, err := parser.ParseExpr(expr)
	if err != nil {
		return nil
	}
	var list []*parser.VectorSelector
	parser.Inspect(parsed, func(n parser.Node, _ []parser.Node) error {
		if v, ok := n.(*parser.VectorSelector); ok {
			list = append(list, v)
		}
		return nil
	})
	return list
}

// Labels are the values that an expression asks for by a label, each once.
func Labels(expr, label string) []string {
	var values []string
	for _, s := range selectors(expr) {
		for _, m := range s.LabelMatchers {
			if m.Name == label && m.Type == labels.MatchEqual && m.Value != "" && !slices.Contains(values, m.Value) {
				values = append(values, m.Value)
			}
		}
	}
	return values
}

// Metrics are the metrics that an expression asks for, each once.
func Metrics(expr string) []string {
	var names []string
	for _, s := range selectors(expr) {
		if s.Name != "" && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// unitSuffix is what the name of a unit of systemd ends in.
var unitSuffix = regexp.MustCompile(`\.(service|timer|socket|mount|target|path)$`)

// IsUnit tells whether a name is that of a unit of systemd, with its suffix.
func IsUnit(name string) bool { return unitSuffix.MatchString(name) }

// Units are the units that an expression asks for by name.
func Units(expr string) []string {
	return slices.DeleteFunc(Labels(expr, "name"), func(name string) bool { return !IsUnit(name) })
}
