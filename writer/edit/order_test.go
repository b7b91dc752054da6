package edit

import (
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/nixeval/syntax"
)

func TestPosition(t *testing.T) {
	for _, tt := range []struct {
		name, keys, key string
		want            int
	}{
		{"nobody", "", "m", 0},
		{"one neighbour tells no order", "z", "m", 1},
		{"sorted", "a c e", "d", 2},
		{"first", "b c", "a", 0},
		{"last", "a b", "c", 2},
		{"equal goes behind", "a b c", "b", 2},
		{"unsorted", "c a b", "a", 3},
		{"four of five are enough", "a b d c e f", "bb", 2},
		{"three of five are not", "a c b e d f", "bb", 6},
		{"a late stray does not attract", "a b m n o p q c r", "d", 2},
		{"an early stray does not repel", "z a b c d f g h", "e", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, position(strings.Fields(tt.keys), tt.key))
		})
	}
}

func TestSortedStaysSorted(t *testing.T) {
	word := rapid.StringMatching(`[a-d]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(word, 2, 20).Draw(t, "keys")
		sort.Strings(keys)
		key := word.Draw(t, "key")
		at := position(keys, key)
		all := append(append(append([]string{}, keys[:at]...), key), keys[at:]...)
		require.True(t, sort.StringsAreSorted(all), "%v", all)
	})
}

func TestOrders(t *testing.T) {
	f, err := syntax.Parse([]byte("{ B.\"c d\" = { uid = 5; n = { m = 7; }; }; inherit x; ${y} = { uid = -1; }; z.uid = 9; w = f { uid = 1; }; }"))
	require.NoError(t, err)
	type result struct {
		key string
		ok  bool
	}
	number := func(n string) result { return result{strings.Repeat("0", 20-len(n)) + n, true} }
	for _, tt := range []struct {
		name  string
		order Order
		want  []result
	}{
		{"name", ByName, []result{{"b.c d", true}, {"x", false}, {"", false}, {"z.uid", true}, {"w", true}}},
		{"uid", ByInt("uid"), []result{number("5"), {}, {}, {}, {}}},
		{"nested", ByInt("n", "m"), []result{number("7"), {}, {}, {}, {}}},
		{"last", Last, make([]result, 5)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []result
			for _, b := range f.Root.Bindings {
				key, ok := tt.order(f, b)
				got = append(got, result{key, ok})
			}
			require.Equal(t, tt.want, got)
		})
	}
}
