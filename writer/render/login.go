package render

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// LinesByTemplate are the variables for others, those of one template together.
func (v *View) LinesByTemplate() [][]plan.Line {
	var groups [][]plan.Line
	for _, l := range v.Lines {
		i := slices.IndexFunc(groups, func(g []plan.Line) bool { return g[0].Template == l.Template })
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], l)
	}
	return groups
}

// ProxyLinesForwarded tells whether the module hands lines of the proxy's block
// on, as a factory need not do; else they are said of the virtual host itself.
func (v *View) ProxyLinesForwarded() bool {
	return !v.Model.Factory && slices.Contains(v.ProxyForwarded, "reverseProxyBlock")
}

// ProxyComment says why the proxy sets a header.
func (v *View) ProxyComment() string {
	if v.Auth.Kind == plan.Hybrid {
		return "Who was let in is let in there too: the key is in the proxy's environment."
	}
	return "Set on every request, so that nobody can send another name."
}

// LoginComment says what options of the NixOS module are for.
func (v *View) LoginComment() string {
	switch v.Auth.Kind {
	case plan.OIDC:
		return "Login through the identity provider."
	case plan.TrustedHeader:
		return "The proxy says in a header who it is."
	}
	return "Its own login is off: the proxy asks."
}

// value is any value of an option as Nix on one line: text, a number, true or
// false, null, or a list or a set of them.
func value(of any) (string, error) {
	switch x := of.(type) {
	case nil:
		return "null", nil
	case string:
		return textOf(x)
	case bool:
		return strconv.FormatBool(x), nil
	case int:
		return syntax.Int(int64(x)), nil
	case int64:
		return syntax.Int(x), nil
	case uint64:
		if x > 1<<63-1 {
			return "", fmt.Errorf("write value: %d is too large a number", x)
		}
		return syntax.Int(int64(x)), nil
	case float64:
		return float(x)
	case []any:
		return listOf(x)
	case map[string]any:
		return setOf(x)
	}
	return "", fmt.Errorf("write value: %T is no value of an option", of)
}

// float is a number as Nix reads it: with a point, and no sign before it that
// would need parentheses in a list.
func float(x float64) (string, error) {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if strings.ContainsAny(text, "NI") { // not a number, infinite
		return "", fmt.Errorf("write value: %v is no number", x)
	}
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	if strings.HasPrefix(text, "-") {
		text = "(" + text + ")"
	}
	return text, nil
}

func listOf(list []any) (string, error) {
	parts := []string{"["}
	for _, e := range list {
		text, err := value(e)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	return strings.Join(append(parts, "]"), " "), nil
}

func setOf(set map[string]any) (string, error) {
	parts := []string{"{"}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		key, err := syntax.AttrName(name)
		if err != nil {
			return "", err
		}
		text, err := value(set[name])
		if err != nil {
			return "", err
		}
		parts = append(parts, key+" = "+text+";")
	}
	return strings.Join(append(parts, "}"), " "), nil
}
