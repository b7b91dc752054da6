package cmd

import (
	"context"
	"errors"
	"fmt"

	"holthome.net/scaffold/discover/archive/fetch"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/edit"
	"holthome.net/scaffold/writer/transaction"
)

// Exit codes, documented in the README.
const (
	ExitDone       = 0 // what was asked for was done
	ExitFound      = 1 // a check found something, or verification failed
	ExitUsage      = 2 // usage, or input that cannot be used
	ExitQuestions  = 3 // questions are left
	ExitEvaluation = 4 // evaluation failed
	ExitNetwork    = 5 // a registry, a download or the network failed
	// ExitCancelled is what shells use for a program that SIGINT ended.
	ExitCancelled = 130
)

// exitError is an error with the exit code that it stands for.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func fail(code int, format string, args ...any) error {
	return &exitError{code, fmt.Errorf(format, args...)}
}

// exitCode is the code for an error from anywhere below.
func exitCode(err error) int {
	var (
		coded       *exitError
		input       *plan.InputError
		nix         *nixeval.Error
		repo        *gitrepo.Error
		ambiguous   *edit.AmbiguousError
		transaction *transaction.Error
		asked       *registry.Error
		downloaded  *fetch.Error
	)
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &coded):
		return coded.code
	case errors.Is(err, context.Canceled):
		return ExitCancelled
	case errors.As(err, &nix):
		if nix.Kind == nixeval.Network {
			return ExitNetwork
		}
		return ExitEvaluation
	case errors.As(err, &asked):
		if asked.Kind == registry.BadReference {
			return ExitUsage
		}
		return ExitNetwork
	case errors.As(err, &downloaded):
		if downloaded.Kind == fetch.BadAddress {
			return ExitUsage
		}
		return ExitNetwork
	case errors.As(err, &input), errors.As(err, &repo), errors.As(err, &ambiguous), errors.As(err, &transaction):
		return ExitUsage
	}
	return ExitUsage
}
