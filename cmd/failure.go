package cmd

import (
	"errors"

	"holthome.net/scaffold/discover/archive/fetch"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
)

// failure is what --json prints of an error.
type failure struct {
	Status   string `json:"status"` // error
	ExitCode int    `json:"exitCode"`
	report.Failure
}

// reportFailure is an error as programs and the report are told it; what was
// said otherwise, by questions or broken promises, is none.
func reportFailure(err error) *report.Failure {
	if err == nil || errors.Is(err, errSilent) {
		return nil
	}
	f := &report.Failure{Message: err.Error()}
	var (
		input      *plan.InputError
		nix        *nixeval.Error
		asked      *registry.Error
		downloaded *fetch.Error
	)
	switch {
	case errors.As(err, &nix):
		f.Kind, f.Option, f.File, f.Line, f.Hint = string(nix.Kind), nix.OptionPath, nix.File, nix.Line, nix.Hint
	case errors.As(err, &asked):
		f.Kind, f.Hint = string(asked.Kind), asked.Hint
	case errors.As(err, &downloaded):
		f.Kind, f.Hint = string(downloaded.Kind), downloaded.Hint
	case errors.As(err, &input):
		f.Answer, f.Hint = input.Answer, input.Hint
	}
	return f
}
