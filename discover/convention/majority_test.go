package convention

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTally(t *testing.T) {
	for _, c := range []struct {
		name   string
		votes  []string
		ranked []string
	}{
		{"nobody votes", nil, nil},
		{"one", []string{"a"}, []string{"a"}},
		{"majority", []string{"a", "b", "b"}, []string{"b", "a"}},
		{"a tie goes by name", []string{"b", "a"}, []string{"a", "b"}},
		{"a tie behind the first goes by name", []string{"z", "z", "c", "b", "a"}, []string{"z", "a", "b", "c"}},
		{"capitals come first, as in ASCII", []string{"a", "B"}, []string{"B", "a"}},
		{"an empty vote is none", []string{"", "", "a"}, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			votes := tally{}
			for _, v := range c.votes {
				votes.add(v)
			}
			require.ElementsMatch(t, c.ranked, votes.ranked())
			if len(c.ranked) == 0 {
				require.Empty(t, votes.winner())
				return
			}
			require.Equal(t, c.ranked, votes.ranked())
			require.Equal(t, c.ranked[0], votes.winner())
		})
	}
}

// TestTallyDoesNotDependOnOrder votes in another order.
func TestTallyDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		votes := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "c", "d"})).Draw(t, "votes")
		there, back := tally{}, tally{}
		for i := range votes {
			there.add(votes[i])
			back.add(votes[len(votes)-1-i])
		}
		if got, want := back.ranked(), there.ranked(); len(got) != len(want) {
			t.Fatalf("%v and %v", got, want)
		}
		for i, name := range there.ranked() {
			if back.ranked()[i] != name {
				t.Fatalf("%v and %v", there.ranked(), back.ranked())
			}
			if i > 0 && there[there.ranked()[i-1]] < there[name] {
				t.Fatalf("%v has more votes than what is before it: %v", name, there)
			}
		}
	})
}

func TestSortedKeys(t *testing.T) {
	require.Equal(t, []string{"a", "b", "c"}, sortedKeys(map[string]int{"c": 1, "a": 2, "b": 3}))
	require.Empty(t, sortedKeys(map[string]int(nil)))
}

func TestSimilar(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"sonarr", "sonarr", true},
		{"cooklang-federation", "cooklangFederation", true},
		{"home_assistant", "home-assistant", true},
		{"sonarr", "radarr", false},
		{"sonarr", "sonarr2", false},
		{"", "sonarr", false},
	} {
		require.Equal(t, c.want, similar(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, similar(c.b, c.a), "%s %s", c.b, c.a)
	}
}

func TestContainsAll(t *testing.T) {
	require.True(t, containsAll("mkServiceDownAlert", []string{"alert", "down"}))
	require.False(t, containsAll("mkServiceDown", []string{"alert", "down"}))
	require.True(t, containsAll("x", nil))
}
