package render_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
)

var (
	namedSecret  = regexp.MustCompile(`config\.sops\.(?:secrets|placeholder)\.(?:"([^"]+)"|([A-Za-z_][A-Za-z0-9_-]*))`)
	declaredPart = regexp.MustCompile(`(?s)sops\.secrets = \{\n(.*?)\n {6}\};`)
	declaredName = regexp.MustCompile(`(?m)^ {8}(?:"([^"]+)"|([A-Za-z_][A-Za-z0-9_-]*))(?: = \{|\.restartUnits)`)
	sopsStep     = regexp.MustCompile(`^sops edit .+  # ([^:]+): ([^:]+): <value>$`)
)

func matched(form *regexp.Regexp, text string) []string {
	var names []string
	for _, m := range form.FindAllStringSubmatch(text, -1) {
		if name := m[1] + m[2]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// listed are the secrets that the checklist has a command for.
func listed(t *testing.T, p *plan.Plan) []string {
	t.Helper()
	var names []string
	for _, s := range p.Checklist {
		if m := sopsStep.FindStringSubmatch(s.Command); m != nil {
			require.Equal(t, "before deployment", s.When, s.What)
			name := m[1] + "/" + m[2]
			require.NotContains(t, names, name, "it is told once")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestSecretsChecklist: every secret that a generated file names, and that was
// not there before, is listed with its command, and none is listed that nothing
// reads.
func TestSecretsChecklist(t *testing.T) {
	some := false
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			p, f, _ := s.plan(t)
			_, files := s.render(t)
			text := string(files[0].After) + string(files[1].After)
			declared := []string{}
			if part := declaredPart.FindStringSubmatch(text); part != nil {
				declared = matched(declaredName, part[1])
			}
			named := slices.DeleteFunc(matched(namedSecret, text), func(n string) bool { return slices.Contains(f.Secrets, n) })
			require.ElementsMatch(t, declared, listed(t, p), "what is declared is listed")
			require.ElementsMatch(t, named, listed(t, p), "what is read is listed, and the other way round")
			some = some || len(named) > 1
		})
	}
	require.True(t, some, "there is a scenario with secrets")
}

// TestSecretsStayOut: no secret is an argument, in a volume, or among the plain
// variables, and none is read when the system is built.
func TestSecretsStayOut(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			p, files := s.render(t)
			module := string(files[0].After)
			for _, bad := range []string{"readFile", "builtins.readFile", "/run/secrets", "config.sops"} {
				require.NotContains(t, module, bad)
			}
			require.NotContains(t, string(files[1].After), "readFile")
			for _, line := range strings.Split(module, "\n") {
				if strings.Contains(line, "passwordFile}") || strings.Contains(line, "cfg.secrets.") {
					require.Regexp(t, `^ +"[a-z0-9-]+:\$\{cfg\.[A-Za-z.]+\}"$`, line, "only a credential names such a file")
				}
			}
			for _, v := range p.Model.Environment {
				require.NotContains(t, p.Model.SecretNames, v.Name)
				require.NotContains(t, v.Value, "{databasePassword}")
			}
			for _, a := range p.Model.Arguments {
				require.NotContains(t, a, "assword}")
			}
		})
	}
}
