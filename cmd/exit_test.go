package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive/fetch"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/edit"
	"holthome.net/scaffold/writer/transaction"
)

func TestExitCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing wrong", nil, ExitDone},
		{"said by the command", fail(ExitFound, "verify plan: broken"), ExitFound},
		{"silent", &exitError{ExitQuestions, errSilent}, ExitQuestions},
		{"input", &plan.InputError{What: "x"}, ExitUsage},
		{"repo", &gitrepo.Error{Kind: gitrepo.NoFlake}, ExitUsage},
		{"anchor", &edit.AmbiguousError{}, ExitUsage},
		{"write", &transaction.Error{Kind: transaction.Stale}, ExitUsage},
		{"anything else", errors.New("x"), ExitUsage},
		{"throw", &nixeval.Error{Kind: nixeval.Throw}, ExitEvaluation},
		{"no nix", &nixeval.Error{Kind: nixeval.NixMissing}, ExitEvaluation},
		{"time is up", &nixeval.Error{Kind: nixeval.Timeout}, ExitEvaluation},
		{"network", &nixeval.Error{Kind: nixeval.Network}, ExitNetwork},
		{"registry", &registry.Error{Kind: registry.Absent, Err: errors.New("x")}, ExitNetwork},
		{"no image at all", &registry.Error{Kind: registry.BadReference, Err: errors.New("x")}, ExitUsage},
		{"download", &fetch.Error{Kind: fetch.Absent, Err: errors.New("x")}, ExitNetwork},
		{"no archive", &fetch.Error{Kind: fetch.NoArchive, Err: errors.New("x")}, ExitNetwork},
		{"no address", &fetch.Error{Kind: fetch.BadAddress, Err: errors.New("x")}, ExitUsage},
		{"download interrupted", &fetch.Error{Kind: fetch.Unreachable, Err: context.Canceled}, ExitCancelled},
		{"interrupted", context.Canceled, ExitCancelled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, exitCode(tt.err))
			if tt.err != nil {
				require.Equal(t, tt.want, exitCode(fmt.Errorf("evaluate system: %w", tt.err)), "wrapped")
			}
		})
	}
}

// The README's table has every code, and no other.
func TestExitCodesInReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	section := regexp.MustCompile(`(?s)\n## Exit codes\n(.*?)\n## `).FindSubmatch(readme)
	require.NotNil(t, section, "the README has no section Exit codes")
	var documented []int
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \| \S.* \|$`).FindAllSubmatch(section[1], -1) {
		code, err := strconv.Atoi(string(m[1]))
		require.NoError(t, err)
		documented = append(documented, code)
	}
	slices.Sort(documented)
	require.Equal(t, []int{ExitDone, ExitFound, ExitUsage, ExitQuestions, ExitEvaluation, ExitNetwork, ExitCancelled}, documented)
}

// So has its table of flags, and its table of what can be said.
func TestFlagsAndKeysInReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	a := &app{ui: newUI(os.Stdin, os.Stdout, os.Stderr)}
	root := a.root()
	for _, c := range root.Commands() {
		if c.Name() != "help" {
			require.Regexp(t, "`scaffold "+c.Name()+"\\b", string(readme))
		}
	}
	for _, flag := range regexp.MustCompile("--[a-z][a-z-]+").FindAllString(string(readme), -1) {
		name := flag[2:]
		known := root.PersistentFlags().Lookup(name) != nil || root.Flags().Lookup(name) != nil
		for _, c := range root.Commands() {
			known = known || c.Flags().Lookup(name) != nil
		}
		require.True(t, known, "the README has %s, which no command takes", flag)
	}
	for key := range plan.Keys() {
		require.Contains(t, string(readme), "`"+key+"`")
	}
}
