package verify

import (
	"maps"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/discover/facts"
)

func TestDifferingKeepsWhatDiffers(t *testing.T) {
	same := facts.User{Home: ptrTo("/x"), ExtraGroups: []string{"a"}}
	a, b := facts.New(), facts.New()
	a.Users = map[string]facts.User{"same": same, "gone": {}, "other": {Home: ptrTo("/a")}}
	b.Users = map[string]facts.User{"same": {Home: ptrTo("/x"), ExtraGroups: []string{"a"}}, "new": {}, "other": {Home: ptrTo("/b")}}
	a.Timers, b.Timers = []string{"a"}, []string{"a"}
	a.Warnings, b.Warnings = []string{"a"}, []string{"b"}
	a.Groups = nil
	before, after := differing(a, b)
	require.Equal(t, map[string]facts.User{"gone": {}, "other": {Home: ptrTo("/a")}}, before.Users)
	require.Equal(t, map[string]facts.User{"new": {}, "other": {Home: ptrTo("/b")}}, after.Users)
	require.Empty(t, before.Timers)
	require.Equal(t, []string{"b"}, after.Warnings)
	require.Nil(t, before.Groups)
	require.NotNil(t, after.Groups, "no groups are not the same as none known")
	require.Len(t, a.Users, 3, "the facts themselves stay as they are")
	require.Len(t, b.Users, 3)
	require.Equal(t, []string{"a"}, a.Timers)
}

func ptrTo[T any](v T) *T { return &v }

// TestNothingIsOverlooked draws facts and changes of them, and compares with
// looking at everything.
func TestNothingIsOverlooked(t *testing.T) {
	names := rapid.SampledFrom([]string{"a", "b", "c"})
	rapid.Check(t, func(t *rapid.T) {
		a, b := facts.New(), facts.New()
		a.Users = rapid.MapOfN(names, rapid.Make[facts.User](), 0, 3).Draw(t, "users")
		a.Hubs = rapid.MapOfN(rapid.SampledFrom([]facts.HubKind{facts.Proxy, facts.AlertsHub}), rapid.Make[*facts.Hub](), 0, 2).Draw(t, "hubs")
		a.Timers = rapid.SliceOfN(names, 0, 3).Draw(t, "timers")
		a.Host = rapid.Make[facts.Host]().Draw(t, "host")
		a.Scrapes = rapid.SliceOfN(rapid.Make[facts.Scrape](), 0, 2).Draw(t, "scrapes")
		*b = *a
		b.Users, b.Hubs = maps.Clone(a.Users), maps.Clone(a.Hubs)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			switch rapid.IntRange(0, 5).Draw(t, "change") {
			case 0:
				b.Users[names.Draw(t, "user")] = rapid.Make[facts.User]().Draw(t, "new")
			case 1:
				delete(b.Users, names.Draw(t, "user"))
			case 2:
				if b.Hubs == nil {
					b.Hubs = map[facts.HubKind]*facts.Hub{}
				}
				b.Hubs[facts.Proxy] = rapid.Make[*facts.Hub]().Draw(t, "hub")
			case 3:
				b.Timers = rapid.SliceOfN(names, 0, 3).Draw(t, "timers")
			case 4:
				b.Host = rapid.Make[facts.Host]().Draw(t, "host")
			case 5:
				b.Hubs = nil
			}
		}
		want := []string{}
		walk(change{}, nil, plain(a), plain(b), func(ch change) { want = append(want, ch.path) })
		sort.Strings(want)
		require.ElementsMatch(t, want, Changes(a, b))
	})
}
