package syntax

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// tricky are strings that have broken, or could break, one of the quotings.
var tricky = []string{
	"", " ", "  ", "\n", "\n\n", " \n", "\n ", "  \n  ", "a", "a\n", " a\n  b\n", "  a\n b", "a\n\n  b\n   ",
	"\t", "\ta\n\t b", "\r", "a\r\nb", "\r\n", "a\r", "'", "''", "'''", "''''", "'''''", "a'", "'a", "don't", "a''b",
	"$", "$$", "$$$", "${", "$${", "$$${", "${a}", "$${a}", "''${a}", "'${a}", "'$", "''$", "$'", "$''", "$'${", "'\n", "$\n", "'\r",
	`\`, `\\`, `\n`, `\${a}`, `\\${a}`, `''\n`, `'\`, `"`, `\"`, `"${a}"`, "a\\", "x $\ry", "a '", " '", "' ",
	"${builtins.abort \"x\"}", "''; evil = ''", "\"; evil = \"", "Grüße", "日本", "\xff\xfe", "a\xc3", "\x01\x1b[31m\x7f",
	"line\n  ${x}\n  ''\n", "  ${x}", "\n  x", "x\n\n", "   \nx", "x\n   \ny", "# not a comment", "/* neither */",
}

func TestStringIsReadBackByNix(t *testing.T) {
	needNix(t)
	exprs := make([]string, len(tricky))
	for i, s := range tricky {
		var err error
		exprs[i], err = String(s)
		require.NoError(t, err)
		require.NotContains(t, exprs[i], "\n")
	}
	requireValues(t, tricky, exprs)
}

func TestIndentedIsReadBackByNix(t *testing.T) {
	needNix(t)
	for _, indent := range []int{0, 2, 7} {
		exprs := make([]string, len(tricky))
		for i, s := range tricky {
			var err error
			exprs[i], err = Indented(s, indent)
			require.NoError(t, err)
		}
		requireValues(t, tricky, exprs)
	}
}

func TestEscapeIndentedStandsForItself(t *testing.T) {
	needNix(t)
	exprs, want := make([]string, len(tricky)), make([]string, len(tricky))
	for i, s := range tricky {
		text, err := EscapeIndented(s)
		require.NoError(t, err)
		exprs[i], want[i] = "let v = \"V\"; in ''x"+text+"${v}''", "x"+s+"V"
	}
	requireValues(t, want, exprs)
}

func TestAttrNamesAreReadBackByNix(t *testing.T) {
	needNix(t)
	names := append([]string{"if", "or", "rec", "true", "null", "a-b", "a'", "_", "1a", "a.b", "-rf", "inherit", "__functor"}, tricky...)
	exprs := make([]string, len(names))
	for i, s := range names {
		name, err := AttrName(s)
		require.NoError(t, err)
		path, err := AttrPath([]string{"x", s, s})
		require.NoError(t, err)
		exprs[i] = "builtins.head (builtins.attrNames { " + name + " = { " + path + " = 1; }." + path + "; })"
	}
	requireValues(t, names, exprs)
}

// nixString draws what a Nix string can hold, rich in what needs an escape.
func nixString() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"'", "''", "$", "${", "{", "}", `\`, `"`, "\n", "\r", "\t", " ", "  ", "a", "n"}),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 3), func(b []byte) string { return string(b) }),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 12), func(parts []string) string {
		return strings.ReplaceAll(strings.Join(parts, ""), "\x00", "")
	})
}

func TestQuotingHoldsForAnyString(t *testing.T) {
	needNix(t)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(nixString(), 1, 30).Draw(t, "values")
		indent := rapid.IntRange(0, 12).Draw(t, "indent")
		var want, exprs []string
		for _, s := range values {
			quoted, err := String(s)
			require.NoError(t, err)
			indented, err := Indented(s, indent)
			require.NoError(t, err)
			name, err := AttrName(s)
			require.NoError(t, err)
			want = append(want, s, s, s)
			exprs = append(exprs, quoted, indented, "builtins.head (builtins.attrNames { "+name+" = 1; })")
		}
		requireValues(t, want, exprs)
	})
}

// What we quote is one literal to our own reader too, with nothing live in it.
func TestQuotedTextHoldsNoCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := nixString().Draw(t, "s")
		quoted, err := String(s)
		require.NoError(t, err)
		indented, err := Indented(s, 2)
		require.NoError(t, err)
		for _, literal := range []string{quoted, indented} {
			f, err := Parse([]byte(literal))
			require.NoError(t, err, literal)
			require.Contains(t, []NodeKind{StringLit, IndentedLit}, f.Root.Kind)
			require.Empty(t, f.Root.Items)
		}
		require.Equal(t, s, unescape(quoted[1:len(quoted)-1]))
	})
}

func TestNULIsRefused(t *testing.T) {
	for name, quote := range map[string]func(string) (string, error){
		"string":   String,
		"indented": func(s string) (string, error) { return Indented(s, 0) },
		"escape":   EscapeIndented,
		"name":     AttrName,
		"path":     func(s string) (string, error) { return AttrPath([]string{"a", s}) },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := quote("a\x00b")
			require.ErrorIs(t, err, ErrNUL)
		})
	}
}

func TestLiteralsLookAsAPersonWritesThem(t *testing.T) {
	for _, tt := range []struct{ in, quoted, indented string }{
		{"plain", `"plain"`, "''\n    plain''"},
		{"two\nlines\n", `"two\nlines\n"`, "''\n    two\n    lines\n  ''"},
		{"don't", `"don't"`, "''\n    don't''"},
		{"$HOME and ${X}", `"$HOME and \${X}"`, "''\n    $HOME and ''${X}''"},
		{"a\n\nb\n", `"a\n\nb\n"`, "''\n    a\n\n    b\n  ''"},
		{"", `""`, "''''"},
	} {
		quoted, err := String(tt.in)
		require.NoError(t, err)
		require.Equal(t, tt.quoted, quoted)
		indented, err := Indented(tt.in, 2)
		require.NoError(t, err)
		require.Equal(t, tt.indented, indented)
	}
}
