package counts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/counts"
)

const guard = `{ forge, pkgs }:
let
  timers = [ ]; # assert length timers == 9;
  text = "assert 1 == 2;";
in
{
  guard =
    assert builtins.length timers == 12;
    assert builtins.elem "x" timers;
    assert (manifest {
      a = 1 == 1;
    }).byClass == {
      # the first
      critical = 10;
      standard = 15;
    };
    assert a == 1 && b == 2;
    assert a == b;
    assert a == "1";
    assert a == { b = "c"; };
    assert a == [ ];
    assert with lib; length a == 3;
    assert let x = 1; in x == 4;
    assert == 5;
    pkgs.hello;
}
`

// TestFind: assertions that compare with numbers count, and no others.
func TestFind(t *testing.T) {
	var found []string
	for _, a := range counts.Find([]byte(guard)) {
		found = append(found, a.Left.Text([]byte(guard)))
	}
	require.Equal(t, []string{"builtins.length timers", "(manifest {\n      a = 1 == 1;\n    }).byClass"}, found)
	require.Empty(t, counts.Find([]byte("assert a == 1")), "it does not end")
	require.Empty(t, counts.Find([]byte("(assert a) == 1;")))
	require.Empty(t, counts.Find([]byte("assert a == { b = 1; } // c;")))
	require.Empty(t, counts.Find([]byte("assert a == { inherit b; };")))
	require.Empty(t, counts.Find([]byte("assert a == { };")))
	require.Empty(t, counts.Find([]byte("assert a == -1;")))
}

// TestTelling: it is the same file, line by line, with assertions that tell.
func TestTelling(t *testing.T) {
	telling := string(counts.Telling([]byte(guard), nil))
	_, err := syntax.Parse([]byte(telling))
	require.Error(t, err, "what is no Nix stays none")
	valid := strings.Replace(guard, "    assert == 5;\n", "", 1)
	for _, done := range []map[int]bool{nil, {8: true}, {8: true, 10: true}} {
		telling = string(counts.Telling([]byte(valid), done))
		_, err = syntax.Parse([]byte(telling))
		require.NoError(t, err, telling)
		lines, before := strings.Split(telling, "\n"), strings.Split(valid, "\n")
		require.Len(t, lines, len(before))
		require.Equal(t, before[8], lines[8])
		require.Equal(t, before[16:], lines[16:])
		require.Equal(t, done[8], lines[7] == "    assert true;")
		require.Equal(t, !done[8], strings.Contains(telling, `throw ("scaffold counts 8 "`))
		require.Equal(t, !done[10], strings.Contains(telling, `throw ("scaffold counts 10 "`))
	}
}

// TestTold: the numbers that are others now, with their lines.
func TestTold(t *testing.T) {
	told := func(message string) (int, []counts.Number, bool) {
		return counts.Told("lib/checks.nix", []byte(guard), message)
	}
	line, list, ok := told(`error: scaffold counts 8 {"is":14,"was":12}`)
	require.True(t, ok)
	require.Equal(t, 8, line)
	require.Equal(t, []counts.Number{{"lib/checks.nix", 8, "builtins.length timers", 12, 14}}, list)
	_, list, ok = told(`scaffold counts 10 {"is":{"critical":11,"standard":15},"was":{"critical":10,"standard":15}}`)
	require.True(t, ok)
	require.Equal(t, []counts.Number{{"lib/checks.nix", 14, "(manifest { a = 1 == 1; }).byClass.critical", 10, 11}}, list)
	for _, message := range []string{
		"assertion failed", "scaffold counts 8 {", `scaffold counts 9 {"is":1,"was":2}`, `scaffold counts 8 {"is":"x","was":12}`,
		`scaffold counts 10 {"is":{"critical":10,"other":1},"was":{"critical":10}}`, `scaffold counts 10 {"is":{"critical":10},"was":{"critical":10}}`,
	} {
		_, _, ok := told(message)
		require.False(t, ok, message)
	}
}
