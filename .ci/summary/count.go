package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`; `go doc test2json` describes the fields.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// count adds up the results of any number of runs.
type count struct {
	passed, failed, skipped int
	failures                []string // package and test
	skips                   []string // package, test and the reason it gave

	progress io.Writer
	output   map[string][]string // what each unfinished test, package or build has printed
	inside   map[string]int      // failed tests of each package of this run
}

func newCount(progress io.Writer) *count {
	return &count{progress: progress}
}

// read takes in one run. Lines that are no events, as a failing toolchain prints, are shown as they are.
func (c *count) read(r io.Reader) error {
	c.output, c.inside = map[string][]string{}, map[string]int{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
				fmt.Fprint(c.progress, line)
			} else {
				c.add(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read events: %w", err)
		}
	}
}

func (c *count) add(e event) {
	name := strings.TrimSpace(e.Package + " " + e.Test)
	switch {
	case e.Action == "output" || e.Action == "build-output":
		name = strings.TrimSpace(name + e.ImportPath)
		c.output[name] = append(c.output[name], e.Output)
		return
	case e.Action == "build-fail":
		fmt.Fprint(c.progress, strings.Join(c.output[e.ImportPath], ""))
		delete(c.output, e.ImportPath)
	case e.Test != "":
		c.addTest(e, name)
	default:
		c.addPackage(e)
	}
	if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
		delete(c.output, name)
	}
}

func (c *count) addTest(e event, name string) {
	switch e.Action {
	case "pass":
		c.passed++
	case "fail":
		c.failed++
		c.inside[e.Package]++
		c.failures = append(c.failures, name)
		fmt.Fprint(c.progress, strings.Join(c.output[name], ""))
	case "skip":
		c.skipped++
		c.skips = append(c.skips, name+": "+reason(c.output[name]))
	}
}

// addPackage counts a package as a failure of its own only where no test of it failed: it did not
// build, its TestMain failed, or it was stopped.
func (c *count) addPackage(e event) {
	switch e.Action {
	case "fail":
		if c.inside[e.Package] == 0 {
			c.failed++
			c.failures = append(c.failures, e.Package)
			fmt.Fprint(c.progress, strings.Join(c.output[e.Package], ""))
		}
		fmt.Fprintf(c.progress, "fail %s %.1fs\n", e.Package, e.Elapsed)
	case "pass":
		fmt.Fprintf(c.progress, "ok   %s %.1fs\n", e.Package, e.Elapsed)
	}
}

// reason is what a skipped test printed, without the lines that the test runner adds.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

// verdict is why the tests as a whole have not passed.
type verdict string

func (v verdict) Error() string { return string(v) }

// verdict is nil only when tests ran and every one of them passed.
func (c *count) verdict() error {
	switch {
	case c.failed > 0:
		return verdict(fmt.Sprintf("%d failed", c.failed))
	case c.skipped > 0:
		return verdict(fmt.Sprintf("%d skipped: CI has all that a test may ask for, so none may skip", c.skipped))
	case c.passed == 0:
		return verdict("no test ran")
	}
	return nil
}
