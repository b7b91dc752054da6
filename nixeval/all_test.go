package nixeval

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAll(t *testing.T) {
	bad := errors.New("bad")
	for _, c := range []struct {
		name         string
		limit, count int
	}{
		{"none", 2, 0}, {"one at a time", 1, 5}, {"no limit is one", 0, 3}, {"two", 2, 20}, {"more than there are", 100, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			var now, most atomic.Int64
			results := All(t.Context(), c.limit, c.count, func(_ context.Context, i int) (int, error) {
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				defer now.Add(-1)
				if i == 1 {
					return 0, bad
				}
				return i * i, nil
			})
			require.Len(t, results, c.count)
			require.LessOrEqual(t, int(most.Load()), max(c.limit, 1))
			for i, r := range results {
				if i == 1 {
					require.ErrorIs(t, r.Err, bad)
					continue
				}
				require.NoError(t, r.Err, "one failure is one failure")
				require.Equal(t, i*i, r.Value)
			}
		})
	}
}

func TestAllCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var begun atomic.Int64
	results := All(ctx, 1, 10, func(ctx context.Context, _ int) (int, error) {
		begun.Add(1)
		cancel()
		return 0, ctx.Err()
	})
	require.EqualValues(t, 1, begun.Load())
	for _, r := range results {
		require.ErrorIs(t, r.Err, context.Canceled)
	}
}

func TestLimit(t *testing.T) {
	require.GreaterOrEqual(t, Limit(1), 1)
	require.Equal(t, 1, Limit(1<<62), "there is always one")
	require.GreaterOrEqual(t, Limit(0), 1)
}

func TestAvailableMemory(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int64
	}{
		{"usual", "MemTotal:  100 kB\nMemAvailable:    2048 kB\nSwap: 1 kB\n", 2 << 20},
		{"not told", "MemTotal:  100 kB\n", 0},
		{"odd", "MemAvailable: x kB\n", 0},
		{"empty", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "meminfo")
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			require.Equal(t, c.want, availableMemory(path))
		})
	}
	require.Zero(t, availableMemory("/nonexistent"))
}
