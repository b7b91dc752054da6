package allocate_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/plan/allocate"
)

func claims(values ...int64) []allocate.Claim {
	list := make([]allocate.Claim, len(values))
	for i, v := range values {
		list[i] = allocate.Claim{Value: v, Owner: "x"}
	}
	return list
}

func span(first, last int64) []int64 {
	var list []int64
	for v := first; v <= last; v++ {
		list = append(list, v)
	}
	return list
}

func TestFree(t *testing.T) {
	for _, c := range []struct {
		name       string
		uids, gids []int64
		dynamic    int
		want       int64
	}{
		{"nothing is claimed", nil, nil, 0, 900},
		{"lowest", []int64{900, 901, 903}, nil, 0, 902},
		{"a gap is used", []int64{900, 902, 903}, nil, 0, 901},
		{"a gid is in the way too", []int64{900}, []int64{901}, 0, 902},
		{"other ranges do not count", []int64{0, 1000, 899, 65534}, []int64{-1}, 0, 900},
		{"last", span(900, 998), nil, 0, 999},
		{"the same id twice", []int64{900, 900}, []int64{900}, 0, 901},
		{"clear of what NixOS hands out", span(900, 988), nil, 10, 989},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids := allocate.IDs{Range: allocate.ServiceIDs, UIDs: claims(c.uids...), GIDs: claims(c.gids...), Dynamic: c.dynamic}
			id, err := ids.Free()
			require.NoError(t, err)
			require.Equal(t, c.want, id)
		})
	}
}

func TestExhausted(t *testing.T) {
	for _, c := range []struct {
		ids  allocate.IDs
		want string
	}{
		{allocate.IDs{Range: allocate.ServiceIDs, UIDs: claims(span(900, 999)...)}, "find free id: none is free from 900 to 999"},
		{allocate.IDs{Range: allocate.ServiceIDs, UIDs: claims(span(900, 990)...), Dynamic: 9}, "find free id: none is free from 900 to 990"},
		{allocate.IDs{Range: allocate.ServiceIDs, Dynamic: 200}, "find free id: none is free from 900 to 799"},
	} {
		_, err := c.ids.Free()
		var exhausted *allocate.Exhausted
		require.ErrorAs(t, err, &exhausted)
		require.EqualError(t, err, c.want)
	}
}

// TestUsable: NixOS hands ids out from 999 downwards.
func TestUsable(t *testing.T) {
	for _, c := range []struct {
		name    string
		dynamic int
		of      allocate.Range
		want    allocate.Range
	}{
		{"all have ids", 0, allocate.ServiceIDs, allocate.Range{First: 900, Last: 999}},
		{"three have none", 3, allocate.ServiceIDs, allocate.Range{First: 900, Last: 996}},
		{"more than there are", 100, allocate.ServiceIDs, allocate.Range{First: 900, Last: 899}},
		{"another range is its own", 50, allocate.Range{First: 2000, Last: 2999}, allocate.Range{First: 2000, Last: 2999}},
		{"a range below is reached late", 50, allocate.Range{First: 400, Last: 900}, allocate.Range{First: 400, Last: 900}},
		{"a range across 999", 50, allocate.Range{First: 900, Last: 1100}, allocate.Range{First: 900, Last: 1100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, allocate.IDs{Range: c.of, Dynamic: c.dynamic}.Usable())
		})
	}
}

func TestPort(t *testing.T) {
	taken := []allocate.Claim{{Value: 8080, Owner: "a", Option: "a.port"}, {Value: 8080, Owner: "b"}, {Value: 8180, Owner: "c"}, {Value: 65500}}
	for _, c := range []struct {
		wanted, want int64
		owner        string
	}{
		{8081, 8081, ""},
		{8080, 8280, "a"},
		{8180, 8280, "c"},
		{65535, 65535, ""},
	} {
		port, by, err := allocate.Port(c.wanted, taken)
		require.NoError(t, err)
		require.Equal(t, c.want, port)
		if c.owner == "" {
			require.Nil(t, by)
			continue
		}
		require.Equal(t, c.owner, by.Owner, "the first that has it")
	}
	_, by, err := allocate.Port(65500, taken)
	require.EqualError(t, err, "find free port: none is free from 65500 to 65535")
	require.NotNil(t, by)
}

// TestPortProperty: a port is free, a multiple of the step away, and none before
// it is free.
func TestPortProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wanted := rapid.Int64Range(1, 65535).Draw(t, "wanted")
		taken := map[int64]bool{}
		var list []allocate.Claim
		for _, steps := range rapid.SliceOf(rapid.Int64Range(-5, 20)).Draw(t, "taken") {
			taken[wanted+100*steps] = true
			list = append(list, allocate.Claim{Value: wanted + 100*steps})
		}
		port, by, err := allocate.Port(wanted, list)
		if (by != nil) != taken[wanted] {
			t.Fatalf("claim %v, taken %v", by, taken[wanted])
		}
		for p := wanted; p < port; p += 100 {
			if !taken[p] {
				t.Fatalf("%d was free, got %d", p, port)
			}
		}
		if err == nil && (taken[port] || (port-wanted)%100 != 0 || port > 65535) {
			t.Fatalf("%d is not free or not in steps", port)
		}
	})
}

// TestFreeProperty: what is found is the lowest that is clear of every claim,
// and of as many ids at the top as NixOS will hand out.
func TestFreeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.Int64Range(890, 1005), 0, 60)
		uids, gids := draw.Draw(t, "uids"), draw.Draw(t, "gids")
		ids := allocate.IDs{Range: allocate.ServiceIDs, UIDs: claims(uids...), GIDs: claims(gids...), Dynamic: rapid.IntRange(0, 40).Draw(t, "dynamic")}
		id, err := ids.Free()
		if err != nil {
			return
		}
		taken := map[int64]bool{}
		for _, v := range append(append([]int64{}, uids...), gids...) {
			taken[v] = true
		}
		if taken[id] || id < 900 || 999-id < int64(ids.Dynamic) {
			t.Fatalf("id %d: taken %v, %d accounts have none", id, taken[id], ids.Dynamic)
		}
		for v := int64(900); v < id; v++ {
			if !taken[v] {
				t.Fatalf("%d was free, got %d", v, id)
			}
		}
	})
}

func TestSort(t *testing.T) {
	sorted := []allocate.Claim{
		{Value: 1, Host: "a", Owner: "a"}, {Value: 1, Host: "a", Owner: "b", Option: "a"}, {Value: 1, Host: "a", Owner: "b", Option: "b"},
		{Value: 1, Host: "b", Owner: "a"}, {Value: 2, Host: "a"},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		shuffled := append([]allocate.Claim{}, sorted...)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		allocate.Sort(shuffled)
		require.Equal(t, sorted, shuffled)
	}
}
