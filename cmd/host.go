package cmd

import (
	"context"
	"os"
	"slices"
	"strings"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
)

// saidHost is a host that is named somewhere, and where.
type saidHost struct{ host, by string }

// said is the host that is named: by the flag, the environment, or the repo's
// settings; none if it is named nowhere.
func (a *app) said(t *discover.Target) (saidHost, error) {
	s, err := readSettings(settingsFile, t.Files[settingsFile])
	if err != nil {
		return saidHost{}, err
	}
	for _, said := range []saidHost{
		{a.host, "--host"}, {os.Getenv("SCAFFOLD_HOST"), "SCAFFOLD_HOST"}, {s.Host, settingsFile},
	} {
		if said.host != "" {
			return said, nil
		}
	}
	return saidHost{}, nil
}

// chooseHost finds the host: the one that is named, the only one there is, a
// question on a terminal.
func (a *app) chooseHost(ctx context.Context, t *discover.Target) (string, []string, error) {
	hosts, err := t.Hosts(ctx)
	if err != nil {
		return "", nil, err
	}
	said, err := a.said(t)
	if err != nil {
		return "", nil, err
	}
	if said.host != "" {
		if !slices.Contains(hosts, said.host) {
			return "", nil, fail(ExitUsage, "choose host: %s names %q, and the flake has %s", said.by, said.host, strings.Join(hosts, ", "))
		}
		return said.host, hosts, nil
	}
	switch {
	case len(hosts) == 0:
		return "", nil, fail(ExitUsage, "choose host: the flake has no nixosConfigurations")
	case len(hosts) == 1:
		return hosts[0], hosts, nil
	case a.ui.interactive() && !a.json:
		choices := make([]plan.Choice, len(hosts))
		for i, h := range hosts {
			choices[i].Value = h
		}
		host, err := a.ui.choose("Which host?", choices)
		return host, hosts, err
	}
	return "", nil, fail(ExitUsage, "choose host: the flake has %s; say which with --host", strings.Join(hosts, ", "))
}
