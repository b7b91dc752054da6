package cmd

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
)

// settingsFile is where a repo keeps what it wants of scaffold.
const settingsFile = ".scaffold.yaml"

// settings is the content of settingsFile.
type settings struct {
	Host string `yaml:"host"`
}

// chooseHost finds the host: the flag, the environment, the repo's settings,
// the only one there is, a question on a terminal.
func (a *app) chooseHost(ctx context.Context, t *discover.Target) (string, []string, error) {
	hosts, err := t.Hosts(ctx)
	if err != nil {
		return "", nil, err
	}
	var s settings
	if data, ok := t.Files[settingsFile]; ok {
		if err := yaml.UnmarshalWithOptions(data, &s, yaml.DisallowUnknownField()); err != nil {
			return "", nil, fail(ExitUsage, "read %s: %w", settingsFile, err)
		}
	}
	for _, said := range []struct{ host, by string }{
		{a.host, "--host"}, {os.Getenv("SCAFFOLD_HOST"), "SCAFFOLD_HOST"}, {s.Host, settingsFile},
	} {
		if said.host == "" {
			continue
		}
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
