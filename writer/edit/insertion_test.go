package edit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/nixeval/syntax"
)

func TestDiff(t *testing.T) {
	for _, tt := range []struct {
		name, before, after string
		want                Insertion
		refused             bool
	}{
		{"same", "abc", "abc", Insertion{3, ""}, false},
		{"middle", "ac", "abc", Insertion{1, "b"}, false},
		{"start", "b", "ab", Insertion{0, "a"}, false},
		{"end", "a", "ab", Insertion{1, "b"}, false},
		{"into nothing", "", "a", Insertion{0, "a"}, false},
		{"repeated", "aa", "aaa", Insertion{2, "a"}, false},
		{"removed", "abc", "ac", Insertion{}, true},
		{"changed", "abc", "axc", Insertion{}, true},
		{"twice", "abc", "xabyc", Insertion{}, true},
		{"replaced by more", "abc", "axyc", Insertion{}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Diff([]byte(tt.before), []byte(tt.after))
			if tt.refused {
				require.ErrorIs(t, err, ErrNotInsertion)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestDiffFindsEveryInsertion(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab\n")), 0, 20, -1)
	rapid.Check(t, func(t *rapid.T) {
		before := []byte(text.Draw(t, "before"))
		added := Insertion{rapid.IntRange(0, len(before)).Draw(t, "offset"), text.Draw(t, "text")}
		after := added.Apply(before)
		got, err := Diff(before, after)
		require.NoError(t, err)
		require.Equal(t, string(after), string(got.Apply(before)))
		require.Len(t, got.Text, len(added.Text))
	})
}

func TestApplyLeavesTheSourceAlone(t *testing.T) {
	backing := []byte("abcdef")
	out := Insertion{3, "X"}.Apply(backing[:3])
	require.Equal(t, "abcX", string(out))
	require.Equal(t, "abcdef", string(backing))
}

// finish is the last line of defence: it must see what a careless insertion does.
func TestFinishRefuses(t *testing.T) {
	src := "{ a = [ 1 ]; b = 2; }"
	f, err := syntax.Parse([]byte(src))
	require.NoError(t, err)
	list := f.Root.Bindings[0].Value
	for _, tt := range []struct {
		name    string
		text    string
		members int
	}{
		{"two members", " 2 3", 1},
		{"none", " # x\n", 1},
		{"leaves the list", " ] ++ [ 2", 1},
		{"leaves the binding", " ]; c = [ 2", 1},
		{"breaks the file", " ( ", 1},
		{"swallows the rest", " 2 #", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := finish(f, list, Insertion{list.End - 2, tt.text}, tt.members)
			require.Error(t, err)
			require.Contains(t, err.Error(), "insert text: ")
		})
	}
	out, err := finish(f, list, Insertion{list.End - 2, " 2"}, 1)
	require.NoError(t, err)
	require.Equal(t, "{ a = [ 1 2 ]; b = 2; }", string(out))
}
