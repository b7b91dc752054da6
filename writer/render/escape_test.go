package render

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/nixeval/syntax"
)

func TestInner(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "a b": "a b", `a"b\`: `a\"b\\`, "${x}": `\${x}`, "$x": "$x", "a$": `a\$`, `\$`: `\\\$`, "$$": `$\$`, "$": `\$`, "a\nb": `a\nb`,
	} {
		got, err := inner(value)
		require.NoError(t, err)
		require.Equal(t, want, got, "%q", value)
	}
	_, err := inner("a\x00")
	require.ErrorIs(t, err, syntax.ErrNUL)
}

// TestInnerBeforeInterpolation: whatever a text ends with, what comes after it is
// still an interpolation, and the text is the text.
func TestInnerBeforeInterpolation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("a$\\{\"'}\n "))).Draw(t, "text")
		text, err := inner(s)
		require.NoError(t, err)
		_, err = syntax.Parse([]byte(`x: "` + text + `${x}"`))
		require.NoError(t, err)
		if before, ok := strings.CutSuffix(text, "$"); ok {
			slashes := len(before) - len(strings.TrimRight(before, `\`))
			require.Equal(t, 1, slashes%2, "a bare dollar would make text of the interpolation")
		}
	})
}

func TestIdent(t *testing.T) {
	for _, good := range []string{"lib", "forgeDefaults", "a_b", "a-b", "a'", "_"} {
		got, err := ident(good)
		require.NoError(t, err)
		require.Equal(t, good, got)
	}
	for _, bad := range []string{"", "or", "if", "with", "a b", "1a", "a.b", "${x}", `"a"`, "a;b", "ä", "a\x00"} {
		_, err := ident(bad)
		require.Error(t, err, "%q", bad)
	}
}

func TestSelection(t *testing.T) {
	for want, path := range map[string][]string{
		"a": {"a"}, "a.b.c": {"a", "b", "c"}, `a."b c"`: {"a", "b c"}, `a."if"`: {"a", "if"}, `a."\${x}"`: {"a", "${x}"}, `a."".b`: {"a", "", "b"},
	} {
		got, err := selection(path)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range [][]string{nil, {}, {""}, {"a b", "c"}, {"if"}, {"${x}"}, {"a", "b\x00"}} {
		_, err := selection(bad)
		require.Error(t, err, "%q", bad)
	}
}

func TestInteger(t *testing.T) {
	for want, n := range map[string]any{"80": 80, "900": int64(900), "0": 0} {
		got, err := integer(n)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []any{"80", 80.5, nil, true, []int{1}, uint(3)} {
		_, err := integer(bad)
		require.Error(t, err, "%v", bad)
	}
}

func TestStringList(t *testing.T) {
	for want, values := range map[string][]string{
		"[ ]": nil, `[ "a" ]`: {"a"}, `[ "a b" "\${c}" "\"" ]`: {"a b", "${c}", `"`},
	} {
		got, err := stringList(values)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := stringList([]string{"a", "\x00"})
	require.ErrorIs(t, err, syntax.ErrNUL)
}

// TestComments: every line is a comment, whatever is in it, and none is long
// unless a word is.
func TestComments(t *testing.T) {
	require.Equal(t, "# a b\n#\n# c", comments([]string{"a  b", "", "c"}))
	require.Equal(t, "# a } ]; evil", comments([]string{"a\n} ];\r\nevil"}))
	rapid.Check(t, func(t *rapid.T) {
		paragraphs := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "paragraphs")
		for _, line := range strings.Split(comments(paragraphs), "\n") {
			require.True(t, strings.HasPrefix(line, "#"), "%q", line)
			require.NotContains(t, line, "\r")
			if strings.Contains(strings.TrimPrefix(line, "# "), " ") {
				require.LessOrEqual(t, len(line), commentWidth)
			}
		}
		tree, err := syntax.Parse([]byte(comments(paragraphs) + "\n{ }\n"))
		require.NoError(t, err)
		require.NotNil(t, tree)
	})
}

func TestArgument(t *testing.T) {
	for value, want := range map[string]string{
		"serve":              `"serve"`,
		"":                   `""`,
		"{port}":             `"${toString cfg.port}"`,
		"{address}:{port}":   `"127.0.0.1:${toString cfg.port}"`,
		"--data={dataDir}/x": `"--data=${cfg.dataDir}/x"`,
		"{port}{port}":       `"${toString cfg.port}${toString cfg.port}"`,
		"${port}":            `"\$${toString cfg.port}"`,
		"$${port}":           `"$\$${toString cfg.port}"`,
		"{Port}":             `"{Port}"`,
		"{port":              `"{port"`,
		"{{port}}":           `"{${toString cfg.port}}"`,
		`"${x}\`:             `"\"\${x}\\"`,
		"%d$HOME":            `"%d$HOME"`,
	} {
		got, err := argument(value)
		require.NoError(t, err)
		require.Equal(t, want, got, "%q", value)
		_, err = syntax.Parse([]byte("cfg: " + got))
		require.NoError(t, err)
	}
	_, err := argument("a\x00{port}")
	require.ErrorIs(t, err, syntax.ErrNUL)
}
