package syntax

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAttrName(t *testing.T) {
	for in, want := range map[string]string{
		"sonarr": "sonarr", "a-b'": "a-b'", "_": "_", "true": "true",
		"or": `"or"`, "if": `"if"`, "1a": `"1a"`, "": `""`, "a.b": `"a.b"`, "-rf": `"-rf"`, "a b": `"a b"`,
		"${x}": `"\${x}"`, "Ä": `"Ä"`, "a\nb": `"a\nb"`, "openid/key": `"openid/key"`,
	} {
		got, err := AttrName(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestAttrPath(t *testing.T) {
	got, err := AttrPath([]string{"sops", "secrets", "a/b", "with"})
	require.NoError(t, err)
	require.Equal(t, `sops.secrets."a/b"."with"`, got)
	_, err = AttrPath(nil)
	require.Error(t, err)
}

func TestPathLiterals(t *testing.T) {
	for _, s := range []string{"./a.nix", "../a", "/a/b", "./a/b-c_d+e.nix", "./.", "~/a"} {
		got, err := Path(s)
		require.NoError(t, err)
		require.Equal(t, s, got)
	}
	for _, s := range []string{"", "a", "./a b", "./a/", "./${x}", "./a;", "./a # b", "<nixpkgs>", "./a\n", "./ä", "a//b", "./a ./b", "\x00", "./a\x00"} {
		_, err := Path(s)
		require.Error(t, err, s)
		require.Contains(t, err.Error(), "quote path: ")
	}
}

func TestComment(t *testing.T) {
	for in, want := range map[string]string{
		"why": "# why", "": "#", "  a \t b ": "# a b", "a\nb = 1;": "# a b = 1;", "a\rb": "# a b", "a\r\n\r\nb": "# a b",
		"\x1b[31mred\x07": "# [31mred", "a\u2028b\u2029c\u0085d": "# a b c d", "evil\u202egnitset": "# evil gnitset", "\xff": "# \ufffd",
		"*/ x": "# */ x", "\x00": "#",
	} {
		require.Equal(t, want, Comment(in), "%q", in)
	}
}

func TestCommentsHoldAllTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comment := Comment(nixString().Draw(t, "text"))
		tokens := Lex([]byte(comment + "\n1"))
		require.Equal(t, TokLineComment, tokens[0].Kind)
		require.Equal(t, len(comment), tokens[0].End)
	})
}

func TestNumbersAndListsAreReadBackByNix(t *testing.T) {
	needNix(t)
	ints := []int64{0, 1, -1, 568, math.MaxInt64, math.MinInt64}
	elements := make([]string, 0, len(ints)+12)
	for _, n := range ints {
		elements = append(elements, Int(n))
	}
	elements = append(elements, Bool(true), Bool(false), `"a b"`, "a: a", "x.y or 1", "1 + 1", "f 1", "-1", "if true then 1 else 2", "[ ]")
	list, err := List(elements)
	require.NoError(t, err)
	out, problems, err := nix(t, "with { f = x: x; x = { }; }; map (e: if builtins.isFunction e then \"f\" else e) "+list, "--eval", "--json", "--strict")
	require.NoError(t, err, problems)
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	decoder.UseNumber()
	var got []any
	require.NoError(t, decoder.Decode(&got))
	require.Len(t, got, len(elements))
	for i, n := range ints {
		value, err := got[i].(json.Number).Int64()
		require.NoError(t, err)
		require.Equal(t, n, value)
	}
}

func TestList(t *testing.T) {
	for _, tt := range []struct {
		in   []string
		want string
	}{
		{nil, "[ ]"},
		{[]string{`"a"`, "./b", "c.d"}, `[ "a" ./b c.d ]`},
		{[]string{"f x", "a // b"}, "[ (f x) (a // b) ]"},
	} {
		got, err := List(tt.in)
		require.NoError(t, err)
		require.Equal(t, tt.want, got)
	}
	for _, bad := range []string{"", "a ]", "a # b", "a;", `"`} {
		_, err := List([]string{bad})
		require.Error(t, err, bad)
		require.Contains(t, err.Error(), "quote list element")
	}
}
