package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
)

// outside are services that the internet or machines reach.
var outside = []scenario{
	{
		name: "tunnel", example: "example", service: "linkding", answers: everything.with("-nfs", "-network", "-secrets", "-metricsPath", "tunnel=yes", "tunnelReason=${shared} with */ friends").answers,
	},
	{
		name: "tunnel-key", example: "example", service: "notes", entry: known("notes", withKey, nil),
		answers: scenario{answers: notes}.with("tunnel=forge", "apiKeys=ci", "apiKeys.ci.header=X-Ci").answers,
	},
	{
		name: "tunnel-unit", example: "example", service: "shiori", pkg: "shiori",
		answers: said("packaging=unit", "program=shiori", "port=8484", "workload=stateless", "auth=none", "category=Productivity", "tunnel=yes", "tunnelWithoutLogin=yes"),
	},
	{
		name: "machines", example: "example", service: "hooks",
		answers: said("packaging=container", "image=ghcr.io/x/hooks:1.0.0@"+digest, "containerPort=8080", "workload=stateless", "category=Infrastructure", "description=hooks of others",
			"page=no", "probe=no", "apiKeys=ci,deploy,home,all", "apiKeys.deploy.paths=/hooks,/deploy", "apiKeys.home.networks=10.0.0.0/8",
			"apiKeys.all.paths=/a", "apiKeys.all.networks=10.0.0.0/8,fd00::/8", "apiKeys.all.audited=no", "apiKeys.all.variable=EVERY_KEY", "bypassPaths=/ping,/feed", "bypassNetworks=10.0.0.0/8"),
	},
	{
		name: "machines-plain", example: "example", service: "hooks",
		answers: said("packaging=container", "image=ghcr.io/x/hooks:1.0.0@"+digest, "containerPort=8080", "workload=stateless", "category=Infrastructure", "description=hooks of others",
			"page=no", "apiKeys=ci,all", "apiKeys.all.paths=/a", "apiKeys.all.networks=10.0.0.0/8", "apiKeys.all.audited=no"),
		change: func(_ *facts.Facts, c *convention.Conventions) { c.KeyHelpers = nil },
	},
	{
		name: "factory-tunnel", example: "example-registry", service: "linkding",
		answers: everything.with("category=media", "-network", "-metricsPath", "policy=media", "bypassPaths=/api,/feed,/ping", "tunnel=guests", "apiKeys=ci").answers,
	},
}

// TestOutsideIsWritten: what the plan says of the internet and of machines is in
// the host's file, in the guard, and no more.
func TestOutsideIsWritten(t *testing.T) {
	for _, c := range []struct {
		name      string
		want, not []string
	}{
		{"tunnel", []string{"# On the internet: ${shared} with */ friends.", "# What guards it: single sign-on at the proxy, policy home.", "virtualHosts.linkding.cloudflare = {", `tunnel = "forge";`}, []string{"staticApiKeys", "bypassPaths"}},
		{"tunnel-key", []string{"header_up Authorization", `headerName = "X-Ci";`, "NOTES_CI_API_KEY=$", "NOTES_API_KEY=$"}, nil},
		{"tunnel-unit", []string{"# On the internet, as asked for.", "# What guards it: nothing, whoever finds it may use it."}, []string{"caddySecurity"}},
		{"machines", []string{`(forgeDefaults.mkStaticApiKey "ci" "HOOKS_CI_API_KEY")`, `(forgeDefaults.mkStaticApiKeyWithPaths "deploy" "HOOKS_DEPLOY_API_KEY" [ "/hooks" "/deploy" ])`,
			`(forgeDefaults.mkStaticApiKeyWithNetworks "home" "HOOKS_HOME_API_KEY" [ "10.0.0.0/8" ])`, "(forgeDefaults.mkStaticApiKeyFull {", "injectAuthHeader = false;", `envVar = "EVERY_KEY";`,
			`bypassPaths = [ "/ping" "/feed" ];`, `allowedNetworks = [ "10.0.0.0/8" ];`, "EVERY_KEY=$"}, []string{"homepage.contributions", "gatus.contributions", ".cloudflare"}},
		{"machines-plain", []string{`headerName = "X-Api-Key";`, "gatus.contributions"}, []string{"mkStaticApiKey", "homepage.contributions"}},
		{"factory-tunnel", []string{"caddySecurity = forgeDefaults.caddySecurity.mediaWithApiBypass // {", `tunnel = "guests";`}, []string{"bypassPaths"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, files := named(t, c.name).render(t)
			host := string(files[1].After)
			for _, want := range c.want {
				require.Contains(t, host, want)
			}
			for _, not := range c.not {
				require.NotContains(t, host, not)
			}
			if tunnel := strings.Index(host, ".cloudflare ="); tunnel >= 0 {
				require.Greater(t, tunnel, strings.Index(host, "lib.mkIf serviceEnabled"), "it is gone with the service")
			}
		})
	}
}
