package syntax

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// shape writes a tree with every grouping visible.
func shape(f *File, n *Node) string {
	join := func(nodes []*Node) string {
		var all []string
		for _, item := range nodes {
			all = append(all, shape(f, item))
		}
		return strings.Join(all, " ")
	}
	names := func(attrs []Attr) string {
		var all []string
		for _, a := range attrs {
			all = append(all, a.Text(f.Src))
		}
		return strings.Join(all, ".")
	}
	switch n.Kind {
	case Binary, Unary:
		return "(" + n.Text + " " + join(n.Items) + ")"
	case Apply:
		return "(" + join(n.Items) + ")"
	case Select:
		return "(. " + join(n.Items[:1]) + " " + names(n.Attrs) + strings.Join([]string{"", join(n.Items[1:])}, " ") + ")"
	case HasAttr:
		return "(? " + join(n.Items) + " " + names(n.Attrs) + ")"
	case If, With, Assert:
		words := map[NodeKind]string{If: "if", With: "with", Assert: "assert"}
		if n.Body != nil {
			return "(" + words[n.Kind] + " " + join(n.Items) + " " + shape(f, n.Body) + ")"
		}
		return "(" + words[n.Kind] + " " + join(n.Items) + ")"
	case Lambda:
		return "(\\" + n.Text + " " + shape(f, n.Body) + ")"
	case Paren:
		return shape(f, n.Body)
	}
	return n.source(f)
}

func TestGrouping(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"a b c", "(a b c)"},
		{"a.b c.d", "((. a b ) (. c d ))"},
		{"a.b or c d", "((. a b c) d)"},
		{"a.b or c.d or e", "(. a b (. c d e))"},
		{"a + b * c", "(+ a (* b c))"},
		{"a - b - c", "(- (- a b) c)"},
		{"a ++ b ++ c", "(++ a (++ b c))"},
		{"a // b // c", "(// a (// b c))"},
		{"a -> b -> c", "(-> a (-> b c))"},
		{"a || b && c", "(|| a (&& b c))"},
		{"!a == b", "(== (! a) b)"},
		{"!a ? b", "(! (? a b))"},
		{"-a + b", "(+ (- a) b)"},
		{"- f x", "(- (f x))"},
		{"a ? b.c && d", "(&& (? a b.c) d)"},
		{"f a // g b", "(// (f a) (g b))"},
		{"a == b // c", "(== a (// b c))"},
		{"a: b: c", "(\\a (\\b c))"},
		{"{ a, b ? { }, ... }@c: d", "(\\c d)"},
		{"c@{ a }: d", "(\\c d)"},
		{"{ }: a", "(\\ a)"},
		{"if a then b else c + d", "(if a b (+ c d))"},
		{"with a; b c", "(with a (b c))"},
		{"assert a; b", "(assert a b)"},
		{"f (a: b) [ c d ] { e = 1; }", "(f (\\a b) [ c d ] { e = 1; })"},
		{"a |> b |> c", "(|> (|> a b) c)"},
		{"./a /b", "(./a /b)"},
		{"{ }", "{ }"},
		{"rec { a = b; }", "rec { a = b; }"},
		{"let { body = 1; }", "let { body = 1; }"},
		{"f { inherit a; inherit (b) c \"d\"; ${e} = 1; \"f${g}\".h = 2; or = 3; }", "(f { inherit a; inherit (b) c \"d\"; ${e} = 1; \"f${g}\".h = 2; or = 3; })"},
	} {
		t.Run(tt.src, func(t *testing.T) {
			f, err := Parse([]byte(tt.src))
			require.NoError(t, err)
			require.Equal(t, tt.want, shape(f, f.Root))
			require.Equal(t, Range{0, len(tt.src)}, f.Root.Range)
		})
	}
}

func TestListElementsAreNotCalls(t *testing.T) {
	f, err := Parse([]byte("[ f x (f x) a.b or c ./d ]"))
	require.NoError(t, err)
	require.Len(t, f.Root.Items, 5)
	require.Equal(t, Select, f.Root.Items[3].Kind)
}

func TestSyntaxErrorsHaveAPosition(t *testing.T) {
	for _, tt := range []struct {
		src          string
		line, column int
		message      string
	}{
		{"{ a = 1 }", 1, 9, `expected ";", found "}"`},
		{"{\n  a = ;\n}", 2, 7, `unexpected ";"`},
		{"[ a", 1, 4, "unexpected end of file"},
		{`"a`, 1, 3, "string is not closed"},
		{"", 1, 1, "unexpected end of file"},
		{"a )", 1, 3, `unexpected ")"`},
		{"{ 1 = 2; }", 1, 3, `expected an attribute name, found "1"`},
		{"{ a, 1 }: a", 1, 6, `expected a name, found "1"`},
		{"{ a }@1: a", 1, 7, `expected a name, found "1"`},
		{"a ^ b", 1, 3, `unexpected "^"`},
		{strings.Repeat("(", 100000), 1, 0, "nested more than"},
	} {
		_, err := Parse([]byte(tt.src))
		var e *Error
		require.ErrorAs(t, err, &e, tt.src)
		require.Contains(t, e.Message, tt.message)
		require.Equal(t, tt.line, e.Line)
		if tt.column > 0 {
			require.Equal(t, tt.column, e.Column, tt.src)
			require.Contains(t, err.Error(), "parse nix: ")
		}
	}
}

// What Nix accepts, we accept, and what we take to be one string or path Nix does too.
func TestNixAgreesThatItParses(t *testing.T) {
	needNix(t)
	rapid.Check(t, func(t *rapid.T) {
		// Nix takes a NUL byte for the end of the file; for us it is no Nix.
		src := "with { }; " + strings.ReplaceAll(source().Draw(t, "src"), "\x00", "")
		if nixParses(t, src) {
			_, err := Parse([]byte(src))
			require.NoError(t, err, "Nix parses %q", src)
		}
	})
}

func TestNixAgreesOnOurOwnFiles(t *testing.T) {
	needNix(t)
	for _, name := range []string{"module.nix", "host.nix"} {
		src, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		require.True(t, nixParses(t, string(src)), name)
		_, err = Parse(src)
		require.NoError(t, err)
		// Without any one bracket or quote neither of us reads it.
		for _, token := range Lex(src) {
			if token.Kind != TokClose && token.Kind != TokStringClose {
				continue
			}
			broken := string(src[:token.Start]) + string(src[token.End:])
			_, err := Parse([]byte(broken))
			var e *Error
			require.ErrorAs(t, err, &e, "without the %q at line %d", token.Text(src), Line(src, token.Start))
		}
	}
}

func TestTrailingComment(t *testing.T) {
	src := "{ a = 1; # one\n b = 2;\n # own line\n c = 3; /* three */ d = 4; /* four\n */ }"
	f, err := Parse([]byte(src))
	require.NoError(t, err)
	var got []string
	for _, b := range f.Root.Bindings {
		token, ok := f.TrailingComment(b.End)
		if !ok {
			got = append(got, "")
			continue
		}
		got = append(got, token.Text(f.Src))
	}
	require.Equal(t, []string{"# one", "", "/* three */", ""}, got)
}

func TestInner(t *testing.T) {
	for src, want := range map[string]string{
		"[ a ]": " a ", "{ }": " ", "rec /* { */ { a = 1; }": " a = 1; ", `"x"`: "x", "''y''": "y", "(z)": "z", "w": "w",
	} {
		f, err := Parse([]byte(src))
		require.NoError(t, err)
		require.Equal(t, want, f.Root.Inner().Text(f.Src))
	}
}
