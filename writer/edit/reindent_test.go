package edit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReindent(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"one line", "a = 1;", "a = 1;"},
		{"code", "a = {\n  b = 1;\n\n  c = 2;\n};", "a = {\n>>  b = 1;\n\n>>  c = 2;\n>>};"},
		{"line ends of others", "a = [\r\n  1\r\n];", "a = [\n>>  1\n>>];"},
		{"string keeps its lines", "a = \"x\n  y\";\nb", "a = \"x\n  y\";\n>>b"},
		{"indented moves", "a = ''\n  x\n\n    y\n'';", "a = ''\n>>  x\n\n>>    y\n>>'';"},
		{"indented that starts at once stays", "a = ''x\n  y\n'';\nb", "a = ''x\n  y\n'';\n>>b"},
		{"interpolation at the margin", "''\n${a}\nb''", "''\n>>${a}\n>>b''"},
		{"code in a string", "\"${\n  a\n}\n b\"", "\"${\n>>  a\n>>}\n b\""},
		{"string in indented", "''\n  ${\"x\n y\"}\n  z''", "''\n>>  ${\"x\n y\"}\n>>  z''"},
		{"comments", "# a\n/* b\n   c */\nd", "# a\n>>/* b\n>>   c */\n>>d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, reindent(tt.in, ">>", "\n"))
		})
	}
}

func TestReindentUsesTheLineEndsOfTheFile(t *testing.T) {
	got := reindent("a = {\n  b = ''\n    x\n  '';\n};", "  ", "\r\n")
	// In a string the line end is part of the value.
	require.Equal(t, "a = {\r\n    b = ''\n      x\n    '';\r\n  };", got)
}

func TestReindentKeepsValues(t *testing.T) {
	needNix(t)
	for _, text := range []string{
		"''\n  a\n    b\n\n  c\n''", "''\n  a\n b''", "''a\n  b\n''", "''\n    \n  a\n''", "''\n\ta\n  b\n''", "\"a\n  b\"",
		"''\n${\"x\"}\n  y\n''", "''\n  ${''\n    in\n  ''}\n  out\n''", "''\n  \n''", "''   \n  a\n   ''",
	} {
		want := evaluated(t, text)
		require.Equal(t, want, evaluated(t, reindent(text, strings.Repeat(" ", 6), "\n")), "%q", text)
	}
}
