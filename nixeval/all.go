package nixeval

import (
	"bufio"
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// Result is what one of several calls returned.
type Result[T any] struct {
	Value T
	Err   error
}

// All calls do for 0 to count-1, at most limit at a time, and returns the
// results in that order. A failure does not end the others; a cancelled
// context does: calls not begun then have its error. A limit below 1 is 1.
func All[T any](ctx context.Context, limit, count int, do func(ctx context.Context, i int) (T, error)) []Result[T] {
	results := make([]Result[T], count)
	slots := make(chan struct{}, max(limit, 1))
	var wg sync.WaitGroup
	for i := range count {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		// Checked apart: with a slot free, select may take it all the same.
		if ctx.Err() != nil {
			results[i].Err = context.Cause(ctx)
			continue
		}
		wg.Go(func() {
			defer func() { <-slots }()
			results[i].Value, results[i].Err = do(ctx, i)
		})
	}
	wg.Wait()
	return results
}

// Limit is how many evaluations of about perEval bytes may run side by side:
// one for each core, as far as the memory that is available now allows, and
// at least one. Where the system does not tell its memory, cores decide.
func Limit(perEval int64) int {
	n := runtime.GOMAXPROCS(0)
	if mem := availableMemory("/proc/meminfo"); mem > 0 && perEval > 0 {
		n = min(n, int(mem/perEval))
	}
	return max(n, 1)
}

// availableMemory reads MemAvailable from a file like /proc/meminfo, in
// bytes; 0 if it is not there.
func availableMemory(path string) int64 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) == 3 && words[0] == "MemAvailable:" && words[2] == "kB" {
			kib, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
