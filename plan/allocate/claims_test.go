package allocate_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/allocate"
)

// host is one with users and groups of these ids; 0 stands for none.
func host(name string, uids, gids []int64) *facts.Facts {
	f := facts.New()
	f.Host.Name = name
	for i, id := range uids {
		u := facts.User{UID: &id}
		if id == 0 {
			u.UID = nil
		}
		f.Users[name+string(rune('a'+i))] = u
	}
	for i, id := range gids {
		g := facts.Group{GID: &id}
		if id == 0 {
			g.GID = nil
		}
		f.Groups[name+string(rune('a'+i))] = g
	}
	return f
}

func TestWithoutID(t *testing.T) {
	require.Equal(t, 0, allocate.WithoutID(facts.New()))
	require.Equal(t, 2, allocate.WithoutID(host("h", []int64{0, 900, 0}, []int64{0, 901})))
	require.Equal(t, 3, allocate.WithoutID(host("h", []int64{0}, []int64{0, 0, 0})), "whichever are more")
}

// TestIDsOf takes the claims of all hosts, and the margin of the one that needs
// most.
func TestIDsOf(t *testing.T) {
	ids := allocate.IDsOf([]*facts.Facts{host("forge", []int64{900, 0}, []int64{901}), host("nas-1", []int64{902}, []int64{903, 0, 0})})
	require.Equal(t, allocate.ServiceIDs, ids.Range)
	require.Equal(t, 2, ids.Dynamic)
	values := func(claims []allocate.Claim) []int64 {
		var list []int64
		for _, c := range claims {
			list = append(list, c.Value)
			require.NotEmpty(t, c.Host)
			require.NotEmpty(t, c.Option)
		}
		return list
	}
	require.Equal(t, []int64{900, 902}, values(ids.UIDs))
	require.Equal(t, []int64{901, 903}, values(ids.GIDs))
	id, err := ids.Free()
	require.NoError(t, err)
	require.Equal(t, int64(904), id)

	id, err = allocate.IDsOf(nil).Free()
	require.NoError(t, err)
	require.Equal(t, int64(900), id)
}

func TestFreeRanges(t *testing.T) {
	within := allocate.Range{First: 10, Last: 20}
	for _, c := range []struct {
		name   string
		claims []allocate.Claim
		want   []allocate.Range
	}{
		{"nothing is claimed", nil, []allocate.Range{{10, 20}}},
		{"in the middle", claims(15), []allocate.Range{{10, 14}, {16, 20}}},
		{"at the ends", claims(20, 10), []allocate.Range{{11, 19}}},
		{"side by side, twice", claims(12, 11, 12), []allocate.Range{{10, 10}, {13, 20}}},
		{"outside", claims(9, 21, -5, 1000), []allocate.Range{{10, 20}}},
		{"all", claims(span(10, 20)...), []allocate.Range{}},
		{"a range", []allocate.Claim{{Value: 12, Last: 14}}, []allocate.Range{{10, 11}, {15, 20}}},
		{"ranges one in the other", []allocate.Claim{{Value: 12, Last: 18}, {Value: 13, Last: 14}}, []allocate.Range{{10, 11}, {19, 20}}},
		{"a range across the ends", []allocate.Claim{{Value: 5, Last: 11}, {Value: 19, Last: 25}}, []allocate.Range{{12, 18}}},
		{"a range around it", []allocate.Claim{{Value: 1, Last: 100}}, []allocate.Range{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, allocate.FreeRanges(within, c.claims))
		})
	}
}

// TestFreeRangesProperty: a value is in one of the ranges if nothing claims it,
// and the ranges are apart and in order.
func TestFreeRangesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		within := allocate.Range{First: 10, Last: 40}
		taken := map[int64]bool{}
		var list []allocate.Claim
		for _, first := range rapid.SliceOf(rapid.Int64Range(0, 50)).Draw(t, "claims") {
			c := allocate.Claim{Value: first}
			if length := rapid.Int64Range(0, 5).Draw(t, "length"); length > 0 {
				c.Last = first + length
			}
			for v := c.Value; v <= c.End(); v++ {
				taken[v] = true
			}
			list = append(list, c)
		}
		free := map[int64]bool{}
		end := within.First - 2
		for _, r := range allocate.FreeRanges(within, list) {
			if r.First > r.Last || r.First <= end+1 && end >= within.First {
				t.Fatalf("%+v after %d", r, end)
			}
			for v := r.First; v <= r.Last; v++ {
				free[v] = true
			}
			end = r.Last
		}
		for v := range int64(60) {
			if want := v >= within.First && v <= within.Last && !taken[v]; free[v] != want {
				t.Fatalf("%d is free: %v, want %v", v, free[v], want)
			}
		}
	})
}

// TestPortRange: a claim may be of many ports.
func TestPortRange(t *testing.T) {
	port, by, err := allocate.Port(8100, []allocate.Claim{{Value: 8000, Last: 8250, Owner: "x"}})
	require.NoError(t, err)
	require.Equal(t, int64(8300), port)
	require.Equal(t, "x", by.Owner)
}
