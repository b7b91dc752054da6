package specification_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
)

// profile is what the specification says of a kind of service.
type profile struct {
	auth                            plan.Auth
	tile, check, mount, saved, seed bool
}

// fits requires that the service is as its profile says, and alerted on, and
// that evaluation proves all of it.
func (p profile) fits(t *testing.T, s service) outcome {
	t.Helper()
	o := s.made(t)
	require.Equal(t, p.auth, o.Model.Auth.Kind)
	for kind, wanted := range map[plan.PromiseKind]bool{plan.PromiseTile: p.tile, plan.PromiseProbe: p.check, plan.PromiseBackup: p.saved, plan.PromiseRestore: p.seed} {
		require.Equal(t, wanted, len(o.promises(kind)) == 1, kind)
	}
	require.Equal(t, p.mount, o.Model.Mount != nil)
	require.Len(t, o.promises(plan.PromiseAlert), 1)
	s.proved(t)
	return o
}

// profileRows are the common kinds of services.
var profileRows = []row{
	{"profile/Media arr service: radarr", func(t *testing.T) {
		o := profile{plan.CaddySecurity, true, true, true, true, true}.fits(t, container("radarr"))
		require.Contains(t, o.module, `RADARR__AUTH__METHOD = "External";`, "its own login is off")
		require.Equal(t, "16K", o.Model.Data.RecordSize, "what it has on the dataset is SQLite")
	}},
	{"profile/Media server: plex, jellyfin", func(t *testing.T) {
		want := profile{plan.Builtin, true, true, true, true, true}
		want.fits(t, container("plex"))
		want.fits(t, jellyfin())
	}},
	{"profile/Multi-user dashboard: grafana", func(t *testing.T) {
		s := container("grafana", "category=observability").called("charts").on("example-registry")
		require.Equal(t, "oidc", s.made(t).String("auth"), "by the priority, which puts OIDC first")
		o := profile{plan.TrustedHeader, true, true, false, true, true}.fits(t, s.with("auth=trusted-header"))
		require.Contains(t, o.module, `GF_AUTH_PROXY_AUTO_SIGN_UP = "true";`)
		require.Contains(t, o.host, "header_up Remote-User {http.request.header.X-Token-User-Email}")
	}},
	{"profile/Multi-user web app: mealie, paperless", func(t *testing.T) {
		want := profile{plan.OIDC, true, true, false, true, true}
		want.fits(t, container("mealie", "category=productivity").on("example-registry"))
		want.fits(t, container("paperless-ngx", "category=productivity").on("example-registry"))
	}},
	{"profile/Single-user utility: paperless-ai", func(t *testing.T) {
		profile{plan.Hybrid, true, true, false, true, true}.fits(t, container("paperless-ai"))
	}},
	{"profile/Internal API: static key, neither tile nor check", func(t *testing.T) {
		o := profile{auth: plan.CaddySecurity}.fits(t, hook("probe=no", "apiKeys=ci"))
		require.Contains(t, o.host, `(forgeDefaults.mkStaticApiKey "ci" "HOOK_CI_API_KEY")`)
		require.NotContains(t, o.host, "contributions")
		profile{auth: plan.CaddySecurity}.fits(t, hook("probe=no", "apiKeys=ci", "category=infrastructure").on("example-registry"))
	}},
	{"profile/Internal API: without a page, no key either", func(t *testing.T) {
		o := profile{auth: plan.NoAuth}.fits(t, hook("-page", "-containerPort", "web=no"))
		require.NotContains(t, strings.ToLower(o.text()), "virtualhosts")
	}},
	{"profile/Infrastructure: DNS, monitoring", func(t *testing.T) {
		dns := container("adguard-home", "category=Infrastructure").made(t)
		require.Len(t, dns.promises(plan.PromiseTile), 1, "it can be browsed")
		o := profile{plan.CaddySecurity, true, true, false, true, true}.fits(t, container("uptime-kuma", "category=Monitoring", "auth=caddy-security"))
		require.Equal(t, "http://127.0.0.1:3001/api/entry-page", o.want(plan.PromiseProbe)["url"], "its health is asked for")
		profile{plan.NoAuth, false, false, false, true, true}.fits(t, container("loki", "category=Monitoring").called("logs"))
	}},
	{"profile/Infrastructure: without a page, its health asked for on request", func(t *testing.T) {
		o := profile{plan.NoAuth, false, true, false, true, true}.fits(t, container("loki", "category=Monitoring", "probe=yes", "healthPath=/ready").called("logs"))
		require.Equal(t, "http://127.0.0.1:3200/ready", o.want(plan.PromiseProbe)["url"])
		require.Equal(t, "pushover", o.want(plan.PromiseProbe)["tells"])
	}},
}
