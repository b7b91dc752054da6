package edit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
)

func TestErrorsSayWhatToDo(t *testing.T) {
	_, err := InsertImport([]byte("{\n  imports = [ ./a ];\n}"), "./a", "")
	require.ErrorIs(t, err, ErrPresent)
	var present *PresentError
	require.ErrorAs(t, err, &present)
	require.Equal(t, PresentError{"import ./a", 2}, *present)

	_, err = InsertImport([]byte("{\n}"), "./a", "")
	require.NotErrorIs(t, err, ErrPresent)
	var ambiguous *AmbiguousError
	require.ErrorAs(t, err, &ambiguous)
	require.Contains(t, err.Error(), "add it by hand")
}

// The snippet is the text to put in: with it in place, the file says what was asked for.
func TestSnippetsCanBePutInByHand(t *testing.T) {
	src := "{ lib, ... }:\n{\n}\n"
	_, err := InsertImport([]byte(src), "./a.nix", "")
	var ambiguous *AmbiguousError
	require.ErrorAs(t, err, &ambiguous)
	mended := Insertion{len(src) - 2, ambiguous.Snippet + "\n"}.Apply([]byte(src))
	imports, err := syntax.Imports(mended)
	require.NoError(t, err)
	require.Len(t, imports, 1)
	require.Equal(t, "./a.nix", imports[0].Path)

	src = "{\n  imports = [\n    ./a.nix\n  ] ++ [\n    ./b.nix\n  ];\n}\n"
	_, err = InsertImport([]byte(src), "./c.nix", "")
	require.ErrorAs(t, err, &ambiguous)
	at := 0
	for range ambiguous.Line {
		for src[at] != '\n' {
			at++
		}
		at++
	}
	imports, err = syntax.Imports(Insertion{at, ambiguous.Snippet + "\n"}.Apply([]byte(src)))
	require.NoError(t, err)
	require.Len(t, imports, 3)
}

func TestBrokenFilesAreNotEdited(t *testing.T) {
	src := []byte("{ a = ")
	for name, edit := range map[string]func() ([]byte, error){
		"import":  func() ([]byte, error) { return InsertImport(src, "./a", "") },
		"binding": func() ([]byte, error) { return InsertBinding(src, nil, "b = 1;", ByName) },
		"let":     func() ([]byte, error) { return InsertLet(src, "b = 1;", ByName) },
		"element": func() ([]byte, error) { return AppendElement(src, []string{"a"}, "1") },
		"operand": func() ([]byte, error) { return AppendOperand(src, []string{"a"}, "b") },
		"lines":   func() ([]byte, error) { return AppendLines(src, []string{"a"}, "b") },
	} {
		t.Run(name, func(t *testing.T) {
			out, err := edit()
			require.Nil(t, out)
			var e *syntax.Error
			require.ErrorAs(t, err, &e)
		})
	}
}

// Text that is more than what it claims to be must not get into a file.
func TestOnlyOneThingGoesIn(t *testing.T) {
	src := []byte("{\n  a = {\n    z = [\n      1\n    ];\n  };\n}\n")
	for _, text := range []string{
		"", "b = 1", "b = 1; c = 2;", "b = 1; }; evil = { x = 1;", "inherit b;", "${b} = 1;", "\"${b}\" = 1;", "b", "} // {", "b = 1; } // { c = 2;", "b = ''; # x", "b = \"",
	} {
		_, err := InsertBinding(src, []string{"a"}, text, ByName)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), "insert binding")
	}
	for _, text := range []string{"", "1 2", "f x", "] ++ [ 2", "1 ]; b = [ 2", "\"", "x: x", "1 + 1", "# c"} {
		_, err := AppendElement(src, []string{"a", "z"}, text)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), "insert element")
	}
	for _, text := range []string{"", "a; b = c", "a || b", "a // b", "a: b", "a # c", "if a then b else c", "with a; b", "let in a"} {
		_, err := AppendOperand(src, []string{"a"}, text)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), "insert operand")
	}
}

func TestPathsAreComparedAsNixReadsThem(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"./a", "./a", true}, {"./a", "./a/default.nix", true}, {"./a", "./b/../a", true}, {"./a", "././a", true}, {"../a", "./../a", true},
		{"./a", "./a.nix", false}, {"./a", "../a", false}, {"./a", "/a", false}, {"./a", "./a/b", false}, {"./default.nix", "./a", false},
	} {
		require.Equal(t, tt.same, normal(tt.a) == normal(tt.b), "%s %s", tt.a, tt.b)
	}
}
