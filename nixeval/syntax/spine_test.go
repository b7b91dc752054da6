package syntax

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// described is the literals found, as inner text | guards | calls.
func described(f *File, parts []Part) []string {
	var all []string
	for _, p := range parts {
		all = append(all, strings.TrimSpace(p.Node.Inner().Text(f.Src))+"|"+strings.Join(p.Guards, ",")+"|"+strings.Join(p.Calls, ","))
	}
	return all
}

func TestSets(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want []string
	}{
		{"{ a = 1; }", []string{"a = 1;||"}},
		{"rec { a = 1; }", []string{"a = 1;||"}},
		{"(({ }))", []string{"||"}},
		{"{ x = 1; } // { y = 2; } // z", []string{"x = 1;||", "y = 2;||"}},
		{"lib.mkIf a.b { }", []string{"|a.b|"}},
		{"mkIf (a && b) (mkIf c { })", []string{"|(a && b),c|"}},
		{"lib.optionalAttrs a { }", []string{"|a|"}},
		{"lib.mkMerge [ { x = 1; } (lib.mkIf a { y = 2; }) other ]", []string{"x = 1;||", "y = 2;|a|"}},
		{"lib.mkMerge ([ { x = 1; } ] ++ lib.optional a { y = 2; })", []string{"x = 1;||"}},
		{"lib.mkDefault { }", []string{"||"}},
		{"lib.mkForce { }", []string{"||"}},
		{"lib.mkOverride 50 { }", []string{"||"}},
		{"lib.mkOrder 50 { }", []string{"||"}},
		{"lib.mkBefore { }", []string{"||"}},
		{"if a then { x = 1; } else if b then { y = 2; } else { }", []string{"x = 1;|a|", "y = 2;|!(a),b|", "|!(a),!(b)|"}},
		{"let a = { }; in { x = a; }", []string{"x = a;||"}},
		{"with a; { }", []string{"||"}},
		{"assert a; { }", []string{"||"}},
		{"lib.mkIf { }", nil},
		{"lib.mkIf a { } b", nil},
		{"f { }", nil},
		{"(f x).mkIf a { }", []string{"|a|"}},
		{"(x: { }) 1", nil},
		{"a: { }", nil},
		{"[ { } ]", nil},
		{"{ } + { }", nil},
	} {
		t.Run(tt.src, func(t *testing.T) {
			f, err := Parse([]byte(tt.src))
			require.NoError(t, err)
			require.Equal(t, tt.want, described(f, f.Sets(f.Root)))
		})
	}
}

func TestLists(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want []string
	}{
		{"[ 1 ]", []string{"1||"}},
		{"[ 1 ] ++ [ 2 ] ++ x", []string{"1||", "2||"}},
		{"lib.optionals a [ 1 ]", []string{"1|a|"}},
		{"lib.mkIf a ([ 1 ] ++ lib.optionals b [ 2 ])", []string{"1|a|", "2|a,b|"}},
		{"map f [ 1 ]", []string{"1||map"}},
		{"f (map g [ 1 ])", []string{"1||f,map"}},
		{"lib.mkForce [ ]", []string{"||"}},
		{"if a then [ 1 ] else [ ]", []string{"1|a|", "|!(a)|"}},
		{"lib.mkMerge [ 1 ]", []string{"1||"}},
		{"{ a = [ ]; }", nil},
		{"x", nil},
	} {
		t.Run(tt.src, func(t *testing.T) {
			f, err := Parse([]byte(tt.src))
			require.NoError(t, err)
			require.Equal(t, tt.want, described(f, f.Lists(f.Root)))
		})
	}
}

// Guards of one branch must not show up in another: they are grown by appending.
func TestGuardsAreNotShared(t *testing.T) {
	f, err := Parse([]byte("mkIf a (mkIf b (mkIf c (mkMerge [ (mkIf d { }) (mkIf e { }) (mkIf f { }) ])))"))
	require.NoError(t, err)
	require.Equal(t, []string{"|a,b,c,d|", "|a,b,c,e|", "|a,b,c,f|"}, described(f, f.Sets(f.Root)))
}

func TestWithin(t *testing.T) {
	f, err := Parse([]byte("{ a = { b.c = 1; config.d = 2; }; }"))
	require.NoError(t, err)
	value := f.Root.Bindings[0].Value
	require.Len(t, f.Within(value, []string{"b", "c"}), 1)
	require.Empty(t, f.Within(value, []string{"d"}), "config is transparent at the top only")
	require.Len(t, f.Within(value, []string{"config", "d"}), 1)
}

func TestWalkReachesEveryExpression(t *testing.T) {
	src := "{ n1 ? n2 }@n3: let n4 = n5; inherit (n6) n7; in with n8; assert n9; { ${n10} = n11; \"x${n12}\" = ''${n13}''; } " +
		"// f [ n14 (n15) ] \"${n16}\" ./a/${n17} n18.${n19} (n20 ? \"${n21}\") (if n22 then n23 else -n24) (n25.x or n26)"
	f, err := Parse([]byte(src))
	require.NoError(t, err)
	seen := map[string]bool{}
	f.Root.Walk(func(n *Node) bool {
		if n.Kind == Ident {
			require.False(t, seen[n.Text], "%s twice", n.Text)
			seen[n.Text] = true
		}
		return true
	})
	for _, name := range strings.Fields("n2 n5 n6 n8 n9 n10 n11 n12 n13 n14 n15 n16 n17 n18 n19 n20 n21 n22 n23 n24 n25 n26 f") {
		require.True(t, seen[name], name)
	}
	require.Len(t, seen, 23, "names that are bound are no expressions")
	count := 0
	f.Root.Walk(func(*Node) bool { count++; return false })
	require.Equal(t, 1, count)
}

func TestTokenAtAndRanges(t *testing.T) {
	f, err := Parse([]byte("{ a = 1; }"))
	require.NoError(t, err)
	require.Equal(t, 0, f.TokenAt(0))
	require.Equal(t, "a", f.Tokens[f.TokenAt(2)].Text(f.Src))
	require.Equal(t, len(f.Tokens), f.TokenAt(len(f.Src)))
	require.Equal(t, 3, Range{2, 5}.Len())
	require.True(t, Range{2, 5}.Contains(Range{2, 5}))
	require.False(t, Range{2, 5}.Contains(Range{1, 3}))
	require.Equal(t, 3, Line([]byte("a\nb\r\nc"), 5))
}
