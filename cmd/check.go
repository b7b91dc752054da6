package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/plan/conflict"
)

// checkFlags are the flags of check.
type checkFlags struct {
	facts, settings  string
	uidMaps, gidMaps []string
	format, severity string
	sideBySide
}

// sideBySide bounds how many hosts are evaluated at once.
type sideBySide struct {
	jobs   int
	memory string
}

func (s *sideBySide) flags(c *cobra.Command) {
	c.Flags().IntVar(&s.jobs, "jobs", 0, "hosts evaluated side by side (default: as cores and memory allow)")
	c.Flags().StringVar(&s.memory, "memory", "", "memory that evaluations may take together, such as 8G (default: what is available)")
}

// limit is how many hosts may be evaluated at once.
func (s *sideBySide) limit() (int, error) {
	if s.jobs < 0 {
		return 0, fail(ExitUsage, "read --jobs: %d is negative", s.jobs)
	}
	n := nixeval.Limit(memoryPerHost)
	if s.memory != "" {
		bytes, err := parseBytes(s.memory)
		if err != nil {
			return 0, fail(ExitUsage, "read --memory: %w", err)
		}
		n = nixeval.Limit(0)
		n = max(min(n, int(bytes/memoryPerHost)), 1)
	}
	if s.jobs > 0 {
		n = s.jobs
	}
	return n, nil
}

func (a *app) checkCommand() *cobra.Command {
	var flags checkFlags
	c := &cobra.Command{
		Use:   "check",
		Short: "Look for conflicts of ids, ports, datasets and host names on all hosts",
		Long: `check evaluates all hosts of the flake and reports what two owners have, and
what comes close: an id or a port taken twice, an id that means somebody else on
another host, one mountpoint for two datasets. What is wanted is declared, with
a reason, under exceptions in .scaffold.yaml. docs/checks.md explains each rule.

Exit code: 0 nothing found, 1 something found, 4 nothing found but a host could
not be evaluated.`,
		Example: `  scaffold check
  scaffold check --format github
  scaffold check --uid-map forge=uid-map --gid-map forge=gid-map`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return a.check(c.Context(), flags) },
	}
	c.Flags().StringVar(&flags.facts, "facts", "", "judge facts that were evaluated elsewhere, from a JSON file; no Nix and no repo is needed")
	c.Flags().StringVar(&flags.settings, "settings", "", "file with exceptions (default: .scaffold.yaml of the repo)")
	c.Flags().StringArrayVar(&flags.uidMaps, "uid-map", nil, "what a host remembers of its uids: HOST=FILE, a copy of its /var/lib/nixos/uid-map")
	c.Flags().StringArrayVar(&flags.gidMaps, "gid-map", nil, "the same of gids: HOST=FILE")
	c.Flags().StringVar(&flags.format, "format", "text", "text, json, github or sarif")
	c.Flags().StringVar(&flags.severity, "severity", "warning", "the least that counts for the exit code: warning or error")
	flags.sideBySide.flags(c)
	return c
}

// errFound ends a check that printed what it found.
var errFound = &exitError{ExitFound, errSilent}

func (a *app) check(ctx context.Context, flags checkFlags) error {
	if a.json {
		flags.format = "json"
	}
	if !slices.Contains([]string{"text", "json", "github", "sarif"}, flags.format) {
		return fail(ExitUsage, "read --format: %q is none of text, json, github, sarif", flags.format)
	}
	if flags.severity != string(conflict.Warning) && flags.severity != string(conflict.Error) {
		return fail(ExitUsage, "read --severity: %q is neither warning nor error", flags.severity)
	}
	if _, err := flags.limit(); err != nil {
		return err
	}
	in, err := a.checkInput(ctx, flags)
	if err != nil {
		return err
	}
	r := newCheckResult(in, conflict.Judge(in))
	if err := a.showCheck(flags.format, r); err != nil {
		return err
	}
	switch {
	case r.Counts.Errors > 0, r.Counts.Warnings > 0 && flags.severity == string(conflict.Warning):
		return errFound
	case len(r.NotChecked) > 0:
		return &exitError{ExitEvaluation, errSilent}
	}
	return nil
}

// checkInput evaluates, or reads, what is to be judged.
func (a *app) checkInput(ctx context.Context, flags checkFlags) (conflict.Input, error) {
	in := conflict.Input{Hosts: map[string]conflict.Host{}, NotChecked: map[string]string{}, SettingsFile: settingsFile}
	var s settings
	var files map[string][]byte
	if flags.facts != "" {
		if err := readFacts(flags.facts, &in); err != nil {
			return in, err
		}
	} else {
		t, err := a.open(ctx)
		if err != nil {
			return in, err
		}
		files = t.Files
		if s, err = readSettings(settingsFile, t.Files[settingsFile]); err != nil {
			return in, err
		}
		if err := a.checkHosts(ctx, t, flags, &in); err != nil {
			return in, err
		}
	}
	if flags.settings != "" {
		data, err := readFile(flags.settings)
		if err != nil {
			return in, err
		}
		if s, err = readSettings(flags.settings, data); err != nil {
			return in, err
		}
	}
	in.Exceptions = s.Exceptions
	for name, h := range in.Hosts {
		h.Claims = claim.Of(h.Facts)
		claim.Locate(h.Claims, files)
		in.Hosts[name] = h
	}
	return in, a.readIDMaps(flags, in)
}

// checkHosts evaluates all hosts, or the one that was asked for.
func (a *app) checkHosts(ctx context.Context, t *discover.Target, flags checkFlags, in *conflict.Input) error {
	limit, err := flags.limit()
	if err != nil {
		return err
	}
	hosts, err := t.Hosts(ctx)
	if err != nil {
		return err
	}
	if a.host != "" {
		if !slices.Contains(hosts, a.host) {
			return fail(ExitUsage, "choose host: --host names %q, and the flake has %s", a.host, strings.Join(hosts, ", "))
		}
		hosts = []string{a.host}
	}
	results := nixeval.All(ctx, limit, len(hosts), func(ctx context.Context, i int) (*facts.Facts, error) {
		return t.Facts(ctx, discover.Query{Host: hosts[i], Only: discover.AllocationKinds()})
	})
	for i, host := range hosts {
		err := results[i].Err
		switch {
		case errors.Is(err, context.Canceled):
			return err
		case err != nil:
			in.NotChecked[host] = strings.TrimSpace(err.Error())
		default:
			in.Hosts[host] = conflict.Host{Facts: results[i].Value}
		}
	}
	return nil
}

// parseBytes reads an amount of memory: a number with K, M, G or T.
func parseBytes(s string) (int64, error) {
	var n int64
	var unit string
	if _, err := fmt.Sscanf(s, "%d%s", &n, &unit); err != nil && unit == "" && n == 0 {
		return 0, fmt.Errorf("%q is no amount such as 8G", s)
	}
	shift, ok := map[string]uint{"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(unit), "B"), "I")]
	if !ok || n <= 0 || n > 1<<20 && shift > 20 {
		return 0, fmt.Errorf("%q is no amount such as 8G", s)
	}
	return n << shift, nil
}
