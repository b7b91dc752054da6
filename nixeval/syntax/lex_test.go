package syntax

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// kindNames are short names for the tables below.
var kindNames = map[TokenKind]string{
	TokInvalid: "invalid", TokLineComment: "comment", TokBlockComment: "block", TokIdent: "id",
	TokKeyword: "kw", TokInt: "int", TokFloat: "float", TokPath: "path", TokSearchPath: "spath", TokURI: "uri",
	TokStringOpen: "str(", TokStringText: "text", TokStringClose: ")str",
	TokIndentedOpen: "ind(", TokIndentedText: "text", TokIndentedClose: ")ind",
	TokInterpOpen: "${", TokInterpClose: "}$", TokOpen: "open", TokClose: "close", TokOperator: "op",
}

// listed is the tokens of a source as kind:text, white space left out.
func listed(src string) []string {
	var all []string
	for _, t := range Lex([]byte(src)) {
		if t.Kind != TokSpace {
			all = append(all, kindNames[t.Kind]+":"+t.Text([]byte(src)))
		}
	}
	return all
}

func requireLossless(t require.TestingT, src string) {
	var b strings.Builder
	at := 0
	for _, token := range Lex([]byte(src)) {
		require.Equal(t, at, token.Start)
		require.Greater(t, token.End, token.Start, "an empty token")
		at = token.End
		b.WriteString(token.Text([]byte(src)))
	}
	require.Equal(t, src, b.String())
}

// The expectations were read off Nix: what it parses each of them as.
func TestTokens(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"call", "f x-y z' _", "id:f id:x-y id:z' id:_"},
		{"keywords", "let in letter or if", "kw:let kw:in id:letter id:or kw:if"},
		{"numbers", "1 1.5 .5 1. 1.e5 1.5e-3 0.5", "int:1 float:1.5 float:.5 float:1. float:1.e5 float:1.5e-3 float:0.5"},
		{"number and selection", "1.2.3", "float:1.2 float:.3"},
		{"leading zero", "01.5", "int:01 float:.5"},
		{"exponent without digits", "1.5e", "float:1.5 id:e"},
		{"paths", "./a ../b /c ~/d a/b .../x", "path:./a path:../b path:/c path:~/d path:a/b path:.../x"},
		{"path of numbers", "1/2", "path:1/2"},
		{"division", "1 / 2", "int:1 op:/ int:2"},
		{"path with dashes", "a-b/c+d", "path:a-b/c+d"},
		{"update is no path", "a//b", "id:a op:// id:b"},
		{"lone dots", ".. ...", "op:." + " op:." + " op:..."},
		{"interpolated path", "./a${x}b/c", "path:./a ${:${ id:x }$:} path:b/c"},
		{"path begins interpolated", "./${x}/y", "path:./ ${:${ id:x }$:} path:/y"},
		{"home path interpolated", "~/${x}", "path:~/ ${:${ id:x }$:}"},
		{"path then set", "./a {b=1;}", "path:./a open:{ id:b op:= int:1 op:; close:}"},
		{"search path", "<nixpkgs/lib> a<b a<b>c", "spath:<nixpkgs/lib> id:a op:< id:b id:a spath:<b> id:c"},
		{"uri", "http://a.b/c?d=e x:y x: y", "uri:http://a.b/c?d=e uri:x:y id:x op:: id:y"},
		{"string", `"a\"b\${c}$${d}$"`, `str(:" text:a\"b\${c}$${d}$ )str:"`},
		{"interpolation", `"a${"b${c}"}d"`, `str(:" text:a ${:${ str(:" text:b ${:${ id:c }$:} )str:" }$:} text:d )str:"`},
		{"braces in interpolation", `"${{a={};}.a}"`, `str(:" ${:${ open:{ id:a op:= open:{ close:} op:; close:} op:. id:a }$:} )str:"`},
		{"indented", "''a ''' ''${b} ''\\n $${c} $''", "ind(:'' text:a ''' ''${b} ''\\n $${c} $ )ind:''"},
		{"indented interpolation", "''a${b}'c'''", "ind(:'' text:a ${:${ id:b }$:} text:'c'''"},
		{"comments", "a # b /* c\n/* d # e\n */ f", "id:a comment:# b /* c block:/* d # e\n */ id:f"},
		{"comment ends at return", "# a\rb", "comment:# a id:b"},
		{"stars", "/**/ /***/ a", "block:/**/ block:/***/ id:a"},
		{"open comment", "a /* b", "id:a invalid:/* b"},
		{"operators", "a ->b==c!=d<=e>=f&&g||h++i!j?k@l", "id:a op:-> id:b op:== id:c op:!= id:d op:<= id:e op:>= id:f op:&& id:g op:|| id:h op:++ id:i op:! id:j op:? id:k op:@ id:l"},
		{"dash before arrow", "a->b", "id:a- op:> id:b"},
		{"pipes", "a |> b <| c", "id:a op:|> id:b op:<| id:c"},
		{"no such bytes", "a ^ \\", "id:a invalid:^ invalid:\\"},
		{"unbalanced", "} a", "close:} id:a"},
		{"open string", `"a${b`, `str(:" text:a ${:${ id:b`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			requireLossless(t, tt.src)
			require.Equal(t, tt.want, strings.Join(listed(tt.src), " "))
		})
	}
}

// source draws text that looks enough like Nix to reach every rule.
func source() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"a", "b ", "x-y", "1", "1.5", ".", "..", "...", "/", "//", "./a", "../b", "~/c", "<n/m>", "http://x", "x:", "\"", "''", "'", "$", "${", "{", "}",
		"(", ")", "[", "]", ";", "=", ",", "@", "?", "#", "/*", "*/", "\\", "\n", "\r\n", " ", "\t", "let ", "in ", "rec ", "or ", "inherit ", "if ",
		"then ", "else ", "with ", "assert ", "++", "+", "-", "->", "!", "==", "&&", "\xff", "é", "\x00",
	})
	return rapid.Map(rapid.SliceOfN(piece, 0, 40), func(parts []string) string { return strings.Join(parts, "") })
}

func TestLexIsLossless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireLossless(t, source().Draw(t, "src")) })
}

// Files are read on every run, some of them of thousands of lines; the time
// must grow with their length and not faster. Quadratic time would take so
// long here that the test runs into its timeout.
func TestLongRunsTakeLinearTime(t *testing.T) {
	for _, piece := range []string{"a.", "-", "1+", "a:", "${"} {
		require.NotEmpty(t, Lex([]byte(strings.Repeat(piece, 1<<17))))
	}
}

func FuzzLex(f *testing.F) {
	for _, seed := range []string{"{ a = ./b; }", "''${x}''$''\\", "\"$\\${", "a/${b}/c", "/* x", "1.e", "<a", "~/${"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		requireLossless(t, src)
		_, _ = Parse([]byte(src))
		Paths([]byte(src))
	})
}
