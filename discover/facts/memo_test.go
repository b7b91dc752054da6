package facts_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

const twoServices = `{"service a":{"enabled":true,"options":{"port":{"type":"port","value":1}}},"service b":{"enabled":true},"users a":{},"groups a":{},"timers":["x"]}`

func TestMemoSharesWhatIsEqual(t *testing.T) {
	var m facts.Memo
	first, err := m.Decode([]byte(twoServices))
	require.NoError(t, err)
	after := strings.Replace(twoServices, `"service b":{"enabled":true}`, `"service b":{"enabled":false},"service c":{"enabled":true,"options":{"port":{"type":"port","value":1}}}`, 1)
	second, err := m.Decode([]byte(after))
	require.NoError(t, err)
	require.Equal(t, decode(t, twoServices), first, "as without")
	require.Equal(t, decode(t, after), second, "as without")
	second.Services["a"].Options["seen"] = facts.Option{}
	require.Contains(t, first.Services["a"].Options, "seen", "the same entry")
	require.Contains(t, second.Services["c"].Options, "seen", "by its text, not by its name")
	require.True(t, first.Services["b"].Enabled)
	require.False(t, second.Services["b"].Enabled)
}

// TestMemoTellsKindsApart: the same text is a user, a group or a unit.
func TestMemoTellsKindsApart(t *testing.T) {
	var m facts.Memo
	for _, data := range []string{`{"users a":{},"groups a":{},"units a":{},"focus a":{},"service a":{}}`, `{"service a":{},"focus a":{},"groups a":{},"users a":{}}`} {
		f, err := m.Decode([]byte(data))
		require.NoError(t, err)
		require.Equal(t, decode(t, data), f)
	}
}

func TestMemoDoesNotRememberErrors(t *testing.T) {
	var m facts.Memo
	for range 2 {
		f, err := m.Decode([]byte(`{"service a":{"enabled":1},"service b":{"enabled":true}}`))
		require.NoError(t, err)
		require.Len(t, f.Unreadable, 1)
		require.NotContains(t, f.Services, "a")
		require.Contains(t, f.Services, "b")
	}
}

func TestMemoByManyAtOnce(t *testing.T) {
	var m facts.Memo
	want := decode(t, twoServices)
	var wg sync.WaitGroup
	got := make([]*facts.Facts, 8)
	for i := range got {
		wg.Go(func() { got[i], _ = m.Decode([]byte(twoServices)) })
	}
	wg.Wait()
	for _, f := range got {
		require.Equal(t, want, f)
	}
}
