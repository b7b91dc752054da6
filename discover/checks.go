package discover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"holthome.net/scaffold/nixeval"
)

// Check is one of the flake's own checks: whether it can be instantiated.
type Check struct {
	Name string
	// Err says that it cannot. Why, Explain finds out where Nix did not tell it
	// at once.
	Err *nixeval.Error
}

// checksExpression gives the store paths of all checks, cell by cell.
const checksExpression = `checks: %s "" (builtins.mapAttrs (name: check: check.drvPath) checks)`

// Checks instantiates the flake's checks for a system, such as x86_64-linux:
// those that are named, or else all. A flake without any gives none. Checks are
// not built.
func (t *Target) Checks(ctx context.Context, system string, only ...string) ([]Check, error) {
	request := t.request("the flake's checks", "checks", system)
	data, unreadable, err := t.Nix.EvalCells(ctx, request, func(skip []string) string {
		return fmt.Sprintf(checksExpression, nixeval.Cells{Skip: skip, Only: only}.Nix())
	})
	if nixeval.KindOf(err) == nixeval.MissingAttribute {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var checks []Check
	gjson.ParseBytes(data).ForEach(func(name, _ gjson.Result) bool {
		checks = append(checks, Check{Name: name.String()})
		return true
	})
	for _, u := range unreadable {
		checks = append(checks, Check{Name: u.Cell, Err: u.Err})
	}
	slices.SortFunc(checks, func(a, b Check) int { return strings.Compare(a.Name, b.Name) })
	return checks, nil
}

// Explain asks for a failed check alone, so that its message and position are
// seen: what was caught within Nix has none.
func (t *Target) Explain(ctx context.Context, system string, c Check) Check {
	if c.Err == nil || c.Err.Kind != nixeval.Throw {
		return c
	}
	if err := t.Fails(ctx, system, c.Name); err != nil {
		c.Err = err
	}
	return c
}

// Fails evaluates one check alone: nil if it can be instantiated, else why not,
// with the message of what threw.
func (t *Target) Fails(ctx context.Context, system, name string) *nixeval.Error {
	r := t.request("check "+name, "checks", system)
	r.Failures = true
	r.Apply = fmt.Sprintf(checksExpression, nixeval.Cells{Only: []string{name}, Uncaught: true}.Nix())
	_, err := t.Nix.Eval(ctx, r)
	var failure *nixeval.Error
	if err != nil && !errors.As(err, &failure) {
		failure = &nixeval.Error{Message: err.Error()}
	}
	return failure
}
