package syntax

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What one literal is, asked of Nix: for each of these, ours is one token of a
// path, number, URI or search path exactly if Nix makes a value of that type of it.
func TestNixAgreesOnLiterals(t *testing.T) {
	needNix(t)
	var exprs []string
	pieces := []string{"a", "1", ".", "/", ":", "+", "~"}
	for _, a := range pieces {
		for _, b := range pieces {
			for _, c := range []string{"", "a", "1", "/", "/a", ":b", ".5", "e3"} {
				exprs = append(exprs, a+b+c)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SampledFrom(exprs).Draw(t, "src")
		tokens := Lex([]byte(src))
		want := map[TokenKind]string{TokPath: "path", TokInt: "int", TokFloat: "float", TokURI: "string"}[tokens[0].Kind]
		if len(tokens) > 1 {
			want = ""
		}
		out, _, err := nix(t, "builtins.typeOf ("+src+"\n)", "--eval", "--json")
		got := ""
		if err == nil {
			require.NoError(t, json.Unmarshal(out, &got))
		}
		if strings.HasSuffix(src, "/") || strings.HasPrefix(src, "~") {
			// Nix lexes these as paths and refuses them later, or needs a home.
			return
		}
		if want != "" || got == "path" {
			require.Equal(t, want, got, "%q", src)
		}
	})
}

// operations draws an expression of operators, without parentheses.
func operations() *rapid.Generator[string] {
	operand := rapid.SampledFrom([]string{"a", "b", "-a", "!b", "f a", "f a b", "a.x", "a.x or b", "f a.x", "a ? x", "a ? x.y", "[ a b ]", "(a)", "{ }", "-f a", "!a.x"})
	operator := rapid.SampledFrom([]string{"+", "-", "*", "/", "++", "//", "&&", "||", "->", "==", "!=", "<", ">=", "+", "//", "++"})
	return rapid.Custom(func(t *rapid.T) string {
		src := operand.Draw(t, "operand")
		for range rapid.IntRange(0, 5).Draw(t, "operators") {
			src += " " + operator.Draw(t, "operator") + " " + operand.Draw(t, "operand")
		}
		return src
	})
}

// grouped writes a tree as Nix with all parentheses.
func grouped(f *File, n *Node) string {
	var items []string
	for _, item := range n.Items {
		items = append(items, grouped(f, item))
	}
	switch n.Kind {
	case Binary:
		return "(" + items[0] + " " + n.Text + " " + items[1] + ")"
	case Unary:
		return "(" + n.Text + items[0] + ")"
	case Apply, ListLit:
		if n.Kind == ListLit {
			return "[ " + strings.Join(items, " ") + " ]"
		}
		return "(" + strings.Join(items, " ") + ")"
	case Paren:
		return "(" + grouped(f, n.Body) + ")"
	case HasAttr:
		return "(" + items[0] + " ? " + Range{n.Attrs[0].Start, n.End}.Text(f.Src) + ")"
	}
	return n.source(f)
}

// The tree is right if writing all its parentheses changes nothing for Nix.
func TestNixAgreesOnGrouping(t *testing.T) {
	needNix(t)
	rapid.Check(t, func(t *rapid.T) {
		src := operations().Draw(t, "src")
		const scope = "f: a: b: "
		want, _, err := nix(t, scope+src, "--parse")
		if err != nil {
			return // comparisons do not chain
		}
		file, err := Parse([]byte(src))
		require.NoError(t, err)
		full := grouped(file, file.Root)
		got, problems, err := nix(t, scope+full, "--parse")
		require.NoError(t, err, "%s\n%s", full, problems)
		require.Equal(t, string(want), string(got), "%s read as %s", src, full)
	})
}

// attrSets draws a set of numbers with nested, dotted and quoted spellings.
func attrSets(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c d", "if", "e.f", "g'", "${h}", "config"}), 0, 4, rapid.ID).Draw(t, "names")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"{", "{ /* } */", "rec { # }\n"}).Draw(t, "open"))
		for _, name := range names {
			key, err := AttrName(name)
			require.NoError(t, err)
			if rapid.Bool().Draw(t, "quoted") {
				key, err = String(name)
				require.NoError(t, err)
			}
			if rapid.Bool().Draw(t, "dotted") {
				key += ". x"
			}
			value := fmt.Sprint(rapid.IntRange(0, 99).Draw(t, "number"))
			if depth > 0 && rapid.Bool().Draw(t, "nested") {
				value = rapid.SampledFrom([]string{"%s", "(%s)", "lib.mkIf true %s", "{ } // %s", "let in %s", "lib.mkMerge [ %s ]"}).Draw(t, "wrap")
				value = strings.Replace(value, "%s", attrSets(depth-1).Draw(t, "set"), 1)
			}
			b.WriteString(" " + key + " = " + value + ";\n")
		}
		b.WriteString("}")
		return b.String()
	})
}

// leaves is the numbers of an evaluated set by their paths.
func leaves(value any, at []string, visit func([]string, float64)) {
	switch value := value.(type) {
	case float64:
		visit(at, value)
	case map[string]any:
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			leaves(value[name], append(at[:len(at):len(at)], name), visit)
		}
	}
}

// Whatever path Nix sees, Find finds, with the same value, and each just once.
func TestFindFindsWhatNixSees(t *testing.T) {
	needNix(t)
	rapid.Check(t, func(t *rapid.T) {
		set := attrSets(2).Draw(t, "set")
		src := "{ lib }:\nlet unused = { a = { x = 1; }; }; in\n" + set
		stub := "{ lib = { mkIf = c: v: v; mkMerge = l: builtins.head l; }; }"
		out, problems, err := nix(t, "("+src+") "+stub, "--eval", "--json", "--strict")
		require.NoError(t, err, problems)
		var value any
		require.NoError(t, json.Unmarshal(out, &value))
		f, err := Parse([]byte(src))
		require.NoError(t, err)
		leaves(value, nil, func(path []string, want float64) {
			all := f.Find(path)
			require.NotEmpty(t, all, "%q in\n%s", path, src)
			texts := make([]string, len(all))
			for i, m := range all {
				texts[i] = m.Value.source(f)
			}
			// A path may also be there through `config =`.
			require.Contains(t, texts, fmt.Sprint(want), "%q in\n%s", path, src)
			require.LessOrEqual(t, len(all), 2)
		})
	})
}
