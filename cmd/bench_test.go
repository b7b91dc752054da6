package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// BenchmarkPlan measures a whole `plan` against a bare `nix eval` of the same
// expressions, on the example and, where SCAFFOLD_BENCH_REPO and
// SCAFFOLD_BENCH_HOST name one, on a real repo:
//
//	x-bare       time of the plan, nothing remembered, by that of all its evaluations run bare, two at a time
//	x-host       the same, by that of the two evaluations of the host alone, one after the other (goal: 1.15)
//	warm-s       seconds of `plan --offline` when all is remembered (goal: 0.1)
//	host-evals   evaluations of the host in a cold plan (goal: 2)
//	other-evals  all others: the list of hosts, the other hosts, the flake's checks
//	own-MB       peak memory of the program itself, without nix (goal: 60)
func BenchmarkPlan(b *testing.B) {
	needNix(b, "nix")
	b.Run("example", func(b *testing.B) { benchmarkPlan(b, newFleet(b, "example"), "forge") })
	b.Run("example-registry", func(b *testing.B) { benchmarkPlan(b, newFleet(b, "example-registry"), "forge") })
	repo, host := os.Getenv("SCAFFOLD_BENCH_REPO"), os.Getenv("SCAFFOLD_BENCH_HOST")
	if repo == "" || host == "" {
		return
	}
	b.Run(filepath.Base(repo), func(b *testing.B) { benchmarkPlan(b, &fleet{b, repo}, host) })
}

func benchmarkPlan(b *testing.B, f *fleet, host string) {
	b.Helper()
	b.Setenv("XDG_CACHE_HOME", b.TempDir())
	args := f.benchArgs(host)
	calls := f.record(args)
	var atHost, others []call
	for _, c := range calls {
		if strings.Contains(strings.Join(c.args, "\n"), `host = "`+host+`"`) {
			atHost = append(atHost, c)
		} else {
			others = append(others, c)
		}
	}
	var cold, warm, all, alone, memory []float64
	for b.Loop() {
		f.forget()
		took, own := f.timed(args)
		cold, memory = append(cold, took), append(memory, own)
		took, _ = f.timed(append(slices.Clone(args), "--offline"))
		warm = append(warm, took)
		all = append(all, seconds(func() { f.replay(calls, 2) }))
		alone = append(alone, seconds(func() { f.replay(atHost, 1) }))
	}
	b.ReportMetric(median(cold)/median(all), "x-bare")
	b.ReportMetric(median(cold)/median(alone), "x-host")
	b.ReportMetric(median(cold), "cold-s")
	b.ReportMetric(median(warm), "warm-s")
	b.ReportMetric(float64(len(atHost)), "host-evals")
	b.ReportMetric(float64(len(others)), "other-evals")
	b.ReportMetric(slices.Max(memory), "own-MB")
}

// benchArgs leave no question open; the category is one that the repo has.
func (f *fleet) benchArgs(host string) []string {
	f.t.Helper()
	args := []string{
		"plan", "benchbox", "--host", host, "--json", "--set", "packaging=container", "--set", "image=ghcr.io/gchq/cyberchef:10.19.4@" + digest,
		"--set", "containerPort=80", "--set", "port=18080", "--set", "auth=none", "--set", "workload=sqlite", "--set", "dataDir=/data",
		"--set", "description=data workbench",
	}
	code, stdout, stderr := f.run(args...)
	require.Equal(f.t, 3, code, stdout+stderr)
	category := gjson.Get(stdout, `questions.#(name=="category").choices.0.value`).String()
	return append(args, "--set", "category="+category)
}

// call is one run of nix.
type call struct{ args []string }

// record gives the evaluations of a cold plan, in the order in which they
// began.
func (f *fleet) record(args []string) []call {
	f.t.Helper()
	dir := f.t.TempDir()
	real := needNix(f.t, "nix")
	script := filepath.Join(dir, "nix")
	require.NoError(f.t, os.WriteFile(script, []byte("#!/bin/sh\nprintf '%s\\0' \"$@\" > "+dir+"/$(date +%s%N).$$\nexec "+real+" \"$@\"\n"), 0o755))
	f.forget()
	code, stdout, stderr := f.run(append(slices.Clone(args), "--nix", script)...)
	require.Equal(f.t, 0, code, stdout+stderr)
	names, err := filepath.Glob(dir + "/*.*")
	require.NoError(f.t, err)
	slices.Sort(names)
	var calls []call
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(f.t, err)
		c := call{strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")}
		if c.args[0] == "eval" {
			calls = append(calls, c)
		}
	}
	return calls
}

// forget removes what we remember of the repo; what nix keeps stays.
func (f *fleet) forget() {
	f.t.Helper()
	require.NoError(f.t, os.RemoveAll(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "scaffold")))
}

// timed runs the program and gives seconds and its own peak memory in MB.
func (f *fleet) timed(args []string) (took, own float64) {
	f.t.Helper()
	file := filepath.Join(f.t.TempDir(), "memory")
	c := f.command(args...)
	c.Env = append(os.Environ(), "SCAFFOLD_TEST_MEMORY="+file)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	took = seconds(func() { require.Equal(f.t, 0, exitOf(f.t, c.Run()), out.String()) })
	data, err := os.ReadFile(file)
	require.NoError(f.t, err)
	kB, err := strconv.ParseFloat(string(data), 64)
	require.NoError(f.t, err)
	return took, kB / 1024
}

// replay runs nix bare, so many at a time. What is evaluated twice on one tree
// may overlap, the candidate only begins when the facts are there.
func (f *fleet) replay(calls []call, atOnce int) {
	f.t.Helper()
	nix := needNix(f.t, "nix")
	for len(calls) > 0 {
		phase := 1
		for phase < len(calls) && calls[phase].flake() == calls[0].flake() {
			phase++
		}
		var group sync.WaitGroup
		slots := make(chan struct{}, atOnce)
		failed := make([]error, phase)
		for i, c := range calls[:phase] {
			slots <- struct{}{}
			group.Go(func() {
				defer func() { <-slots }()
				run := exec.CommandContext(f.t.Context(), nix, c.args...)
				if out, err := run.Output(); err != nil {
					failed[i] = fmt.Errorf("%w: %.200s", err, out)
				}
			})
		}
		group.Wait()
		for _, err := range failed {
			// A check that counts fails bare as well.
			if err != nil && !strings.Contains(strings.Join(calls[0].args, " "), "checks") {
				f.t.Logf("bare nix: %v", err)
			}
		}
		calls = calls[phase:]
	}
}

// flake is the reference that a run of nix evaluates, without the attribute.
func (c call) flake() string {
	for _, a := range c.args {
		if flake, _, ok := strings.Cut(a, "#"); ok && strings.Contains(flake, ":") {
			return flake
		}
	}
	return ""
}

func seconds(f func()) float64 {
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
