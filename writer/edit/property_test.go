package edit

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/nixeval/syntax"
)

// modules draws a module with an imports list in one of many layouts.
func modules() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-m]{1,6}`), 0, 12, rapid.ID).Draw(t, "names")
		if rapid.Bool().Draw(t, "sorted") {
			sort.Strings(names)
		}
		comments := rapid.IntRange(0, 2).Draw(t, "comments")
		var b strings.Builder
		b.WriteString("{ ... }:\n{\n  imports = [")
		separator := rapid.SampledFrom([]string{" ", "\n    ", "\n\n    "}).Draw(t, "separator")
		for i, name := range names {
			b.WriteString(separator)
			if separator != " " && i%4 == 3 {
				b.WriteString("# above" + "\n    ")
			}
			b.WriteString("./" + name + rapid.SampledFrom([]string{"", ".nix", "/x.nix"}).Draw(t, "suffix"))
			if separator != " " && i%2 < comments {
				b.WriteString(" # why")
			}
		}
		if separator == " " {
			b.WriteString(" ];\n}")
		} else {
			b.WriteString("\n  ];\n}\n")
		}
		if src := b.String(); rapid.Bool().Draw(t, "dos") {
			return strings.ReplaceAll(src, "\n", "\r\n")
		}
		return b.String()
	})
}

func paths(t require.TestingT, src []byte) []string {
	all, err := syntax.Imports(src)
	require.NoError(t, err)
	names := make([]string, len(all))
	for i, imported := range all {
		names[i] = imported.Path
	}
	return names
}

func TestInsertImportAddsJustThePath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(modules().Draw(t, "src"))
		literal := "./" + rapid.StringMatching(`[n-z][a-z]{0,4}(\.nix)?`).Draw(t, "path")
		if rapid.Bool().Draw(t, "early") {
			literal = "./a0" + literal[2:]
		}
		out, err := InsertImport(src, literal, "new # one\nline")
		require.NoError(t, err)
		_, err = Diff(src, out)
		require.NoError(t, err)
		before, after := paths(t, src), paths(t, out)
		require.ElementsMatch(t, append(before, literal), after)
		require.Equal(t, strings.Contains(string(src), "\r\n"), strings.Contains(string(out), "\r\n"))
		require.Zero(t, strings.Count(strings.ReplaceAll(string(out), "\r\n", ""), "\n")*strings.Count(string(out), "\r\n"), "mixed line ends")
		_, err = InsertImport(out, literal, "")
		require.ErrorIs(t, err, ErrPresent)
	})
}

// registries draws a registry as a person might have written it.
func registries() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-m]{1,6}`), 0, 8, rapid.ID).Draw(t, "names")
		blank := rapid.SampledFrom([]string{"", "\n"}).Draw(t, "blank")
		var b strings.Builder
		b.WriteString("let x = 1; in\n{\n")
		for i, name := range names {
			name, err := syntax.AttrName(name)
			require.NoError(t, err)
			switch rapid.IntRange(0, 3).Draw(t, "style") {
			case 0:
				fmt.Fprintf(&b, "  %s = { uid = %d; };\n%s", name, i, blank)
			case 1:
				fmt.Fprintf(&b, "  # About it.\n  %s = {\n    uid = %d; # why\n  };\n%s", name, i, blank)
			case 2:
				fmt.Fprintf(&b, "  %s.uid = %d;\n%s", name, i, blank)
			default:
				fmt.Fprintf(&b, "  %s = x;\n%s", name, blank)
			}
		}
		b.WriteString("}\n")
		return b.String()
	})
}

func TestInsertBindingAddsJustTheValue(t *testing.T) {
	needNix(t)
	rapid.Check(t, func(t *rapid.T) {
		src := registries().Draw(t, "src")
		value := rapid.StringOf(rapid.RuneFrom([]rune("a '\"$\\{}\n\t"))).Draw(t, "value")
		name := "z" + rapid.StringOf(rapid.RuneFrom([]rune("a.\"${ "))).Draw(t, "name")
		key, err := syntax.AttrName(name)
		require.NoError(t, err)
		quoted, err := syntax.Indented(value, 2)
		require.NoError(t, err)
		order := rapid.SampledFrom([]string{"name", "uid", "last"}).Draw(t, "order")
		out, err := InsertBinding([]byte(src), nil, key+" = {\n  uid = 900;\n  text = "+quoted+";\n};",
			map[string]Order{"name": ByName, "uid": ByInt("uid"), "last": Last}[order])
		require.NoError(t, err)

		var before, after map[string]any
		require.NoError(t, json.Unmarshal([]byte(evaluated(t, src)), &before))
		require.NoError(t, json.Unmarshal([]byte(evaluated(t, string(out))), &after))
		before[name] = map[string]any{"uid": float64(900), "text": value}
		require.Equal(t, before, after)
	})
}

func TestAppendLinesAddsJustTheLines(t *testing.T) {
	needNix(t)
	line := rapid.StringOf(rapid.RuneFrom([]rune("ab '\"$\\{}=")))
	rapid.Check(t, func(t *rapid.T) {
		content := strings.Join(rapid.SliceOfN(line, 0, 5).Draw(t, "content"), "\n") + "\n"
		if strings.TrimSpace(content) == "" {
			content = ""
		}
		literal, err := syntax.Indented(content, 2)
		require.NoError(t, err)
		if content == "" {
			literal = "''\n  ''"
		}
		src := "{\n  a = " + literal + ";\n}\n"
		added := []string{"NEW=" + line.Draw(t, "first"), "NEXT=" + line.Draw(t, "second")}
		var escaped []string
		for _, text := range added {
			text, err := syntax.EscapeIndented(text)
			require.NoError(t, err)
			escaped = append(escaped, text)
		}
		out, err := AppendLines([]byte(src), []string{"a"}, escaped...)
		require.NoError(t, err)
		var got struct{ A string }
		require.NoError(t, json.Unmarshal([]byte(evaluated(t, string(out))), &got))
		require.Equal(t, content+strings.Join(added, "\n")+"\n", got.A)
	})
}

// Whatever the file, an edit fails cleanly or is one insertion.
func FuzzEdits(f *testing.F) {
	for _, seed := range []string{
		"{ imports = [ ./a ./c ]; a = { b = 1; }; s = ''\n  x\n''; }", "{ imports = [\r\n  ./a # x\r\n]; }", "{ imports = [ ]; a = {}; s = ''''; }",
		"let x = 1; in { a.b = 1; a.c = { }; imports = [ /* x */ ] ++ [ ./y ]; }", "{ config = { a = { } // { }; imports = [ ./x\n]; }; }", "{imports=[./a#\n];a={b=1;#\n};}",
	} {
		f.Add([]byte(seed), "./b.nix", "why")
	}
	f.Fuzz(func(t *testing.T, src []byte, literal, text string) {
		comment := syntax.Comment(text)
		name, err := syntax.AttrName(text)
		if err != nil {
			return
		}
		for i, edit := range []func() ([]byte, error){
			func() ([]byte, error) { return InsertImport(src, literal, text) },
			func() ([]byte, error) {
				return InsertBinding(src, []string{"a"}, name+" = { x = 1; }; "+comment, ByName)
			},
			func() ([]byte, error) { return InsertBinding(src, nil, name+" = {\n  x = 1;\n};", ByInt("x")) },
			func() ([]byte, error) { return InsertLet(src, name+" = 1;", ByName) },
			func() ([]byte, error) { return AppendElement(src, []string{"imports"}, "(f "+name+")") },
			func() ([]byte, error) { return AppendOperand(src, []string{"a"}, "f {\n  "+name+" = 1;\n}") },
			func() ([]byte, error) { return AppendLines(src, []string{"s"}, text) },
		} {
			out, err := edit()
			if err != nil {
				var ambiguous *AmbiguousError
				if errors.As(err, &ambiguous) {
					require.NotEmpty(t, ambiguous.Reason, "edit %d", i)
				}
				continue
			}
			_, err = Diff(src, out)
			require.NoError(t, err, "edit %d", i)
			_, err = syntax.Parse(out)
			require.NoError(t, err, "edit %d", i)
		}
	})
}
