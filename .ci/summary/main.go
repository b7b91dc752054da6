// Summary reads what `go test -json` prints, for CI: "follow" shows a run while it goes on and keeps
// its events, "total" counts the kept runs and ends with one plain line.
//
//	go test -json ./... | summary follow LOG
//	summary total LOG...
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	err := run(os.Args[1:], os.Stdin, os.Stdout)
	if errors.As(err, new(verdict)) {
		os.Exit(1) // said already, before the last line
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(2)
	}
}

// run is main without the process: it fails when the tests did, or when one was skipped.
func run(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) < 2 || (args[0] != "follow" && args[0] != "total") || (args[0] == "follow" && len(args) != 2) {
		return fmt.Errorf("read arguments: want `follow LOG` or `total LOG...`, got %q", args)
	}
	if args[0] == "follow" {
		return follow(stdin, stdout, args[1])
	}
	return total(stdout, args[1:])
}

// follow prints each package's result and the output of what failed, and copies stdin to the file log.
func follow(stdin io.Reader, stdout io.Writer, log string) error {
	file, err := os.Create(log)
	if err != nil {
		return fmt.Errorf("create log: %w", err)
	}
	counted := newCount(stdout)
	readErr := counted.read(io.TeeReader(stdin, file))
	if err := file.Close(); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	if readErr != nil {
		return readErr
	}
	if counted.failed > 0 {
		return verdict(fmt.Sprintf("%d failed", counted.failed))
	}
	return nil
}

// total names what was skipped and what failed in all logs; its last line is the plain count.
func total(stdout io.Writer, logs []string) error {
	counted := newCount(io.Discard)
	for _, log := range logs {
		file, err := os.Open(log)
		if err != nil {
			return fmt.Errorf("open log: %w", err)
		}
		err = counted.read(file)
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return fmt.Errorf("read log %s: %w", log, err)
		}
	}
	for _, name := range counted.failures {
		fmt.Fprintln(stdout, "failed:", name)
	}
	for _, skip := range counted.skips {
		fmt.Fprintln(stdout, "skipped:", skip)
	}
	err := counted.verdict()
	if err != nil {
		fmt.Fprintln(stdout, "not passed:", err)
	}
	fmt.Fprintf(stdout, "%d passed, %d failed, %d skipped\n", counted.passed, counted.failed, counted.skipped)
	return err
}
