package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCheck measures `check` of 1 to 32 hosts against bare `nix eval`s of
// the same expressions:
//
//	cold-s    seconds of the check, nothing remembered
//	bare-s    seconds of all its evaluations run bare, one after the other
//	x-ideal   the check by the bare evaluations spread evenly over the cores there are (goal: 1.15)
//	own-MB    peak memory of the program itself, without nix
//
// Every host is the example's forge under a name of its own.
func BenchmarkCheck(b *testing.B) {
	needNix(b, "nix")
	for _, n := range []int{1, 2, 4, 8, 16, 32} {
		b.Run(fmt.Sprintf("hosts=%d", n), func(b *testing.B) { benchmarkCheck(b, n) })
	}
}

func benchmarkCheck(b *testing.B, n int) {
	b.Helper()
	b.Setenv("XDG_CACHE_HOME", b.TempDir())
	f := newFleet(b, "example")
	f.multiply(n)
	args := []string{"check", "--severity", "error"}
	calls := f.record(args)
	var cold, bare, memory []float64
	for b.Loop() {
		f.forget()
		took, own := f.timed(args)
		cold, memory = append(cold, took), append(memory, own)
		bare = append(bare, seconds(func() { f.replay(calls, 1) }))
	}
	cores := min(n, runtime.GOMAXPROCS(0))
	b.ReportMetric(median(cold), "cold-s")
	b.ReportMetric(median(bare), "bare-s")
	b.ReportMetric(median(cold)/(median(bare)/float64(cores)), "x-ideal")
	b.ReportMetric(slices.Max(memory), "own-MB")
}

// multiply makes a flake of n hosts, all of them forge.
func (f *fleet) multiply(n int) {
	f.t.Helper()
	name := filepath.Join(f.dir, "flake.nix")
	text, err := os.ReadFile(name)
	require.NoError(f.t, err)
	var lines []string
	for _, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.Contains(line, `"nas-1"; #`):
		case strings.Contains(line, `"forge"; #`):
			for i := range n {
				lines = append(lines, strings.Replace(line, "forge =", fmt.Sprintf("forge-%d =", i), 1))
			}
		default:
			lines = append(lines, line)
		}
	}
	require.NoError(f.t, os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644))
}
