package render_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

// TestDomain: addresses on the host's domain move with it, and what only looks
// like one stays as it is.
func TestDomain(t *testing.T) {
	for value, want := range map[string]string{
		"https://id.home.example":                 `"https://id.${config.networking.domain}"`,
		"https://links.home.example/x?y=1":        `"https://links.${config.networking.domain}/x?y=1"`,
		"links.home.example":                      `"links.${config.networking.domain}"`,
		"home.example":                            `"${config.networking.domain}"`,
		"home.example.":                           `"${config.networking.domain}."`,
		"https://home.example:8443":               `"https://${config.networking.domain}:8443"`,
		"admin@home.example":                      `"admin@${config.networking.domain}"`,
		"a.home.example,b.home.example":           `"a.${config.networking.domain},b.${config.networking.domain}"`,
		"$a.home.example":                         `"$a.${config.networking.domain}"`,
		"//$home.example":                         `"//$home.example"`,
		"@home.example$":                          `"@${config.networking.domain}\$"`,
		"my-home.example":                         `"my-home.example"`,
		"https://myhome.example":                  `"https://myhome.example"`,
		"https://a.home.example.org":              `"https://a.home.example.org"`,
		"https://a.home.examples":                 `"https://a.home.examples"`,
		"https://a.home.example-x/.home.example/": `"https://a.home.example-x/.${config.networking.domain}/"`,
		"https://a.HOME.example":                  `"https://a.HOME.example"`,
		"${x}.home.example":                       `"\${x}.${config.networking.domain}"`,
		"say \"hi\" to $$.home.example":           `"say \"hi\" to $$.${config.networking.domain}"`,
	} {
		s := everything.with("-nfs", "-secrets", "-metricsPath")
		s.answers["environment.WHERE"] = value
		module, _, _ := texts(t, s)
		require.Contains(t, module, "WHERE = "+want+";", value)
		if _, err := exec.LookPath("nix-instantiate"); err == nil {
			out, err := instantiate(t, `let config.networking.domain = "home.example"; in `+want, "--eval", "--json")
			require.NoError(t, err, "%s", out)
			var got string
			require.NoError(t, json.Unmarshal(out, &got))
			require.Equal(t, value, got)
		}
	}
	other := changed(everything.with("environment.WHERE=https://a.home.example"), func(f *facts.Facts, _ *convention.Conventions) { f.Host.Domain = nil })
	module, _, _ := texts(t, other)
	require.Contains(t, module, `WHERE = "https://a.home.example";`, "the host says no domain")
}

// TestDomainEverywhere: in units, in parts, in arguments and for a factory too.
func TestDomainEverywhere(t *testing.T) {
	const here = "https://a.${config.networking.domain}"
	unit, _, _ := texts(t, named(t, "unit").with("environment.WHERE=https://a.home.example/100%", "arguments=--url https://a.home.example"))
	require.Contains(t, unit, `WHERE = "`+here+`/100%%";`)
	require.Contains(t, unit, `"`+here+`"`)
	parts, _, _ := texts(t, named(t, "parts").with("parts.search.environment.WHERE=https://a.home.example"))
	require.Contains(t, parts, `WHERE = "`+here+`";`)
	factory, _, _ := texts(t, named(t, "factory").with("environment.WHERE=https://a.home.example"))
	require.Contains(t, factory, `WHERE = "`+here+`";`)
	require.Contains(t, factory, ", config\n")
}
