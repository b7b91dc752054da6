package specification_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// withoutPage is a service that has no web page.
func withoutPage(answers ...string) service {
	return bookmarks(append([]string{"web=no", "-auth"}, answers...)...)
}

// stateless is a service that keeps nothing.
func stateless(answers ...string) service {
	return bookmarks(append([]string{"workload=stateless", "-dataDir", "auth=none"}, answers...)...)
}

// matrixRows are the matrix of features: when each is on, and when it is not.
var matrixRows = []row{
	{"matrix/Homepage: has a web UI", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Equal(t, map[string]string{"group": "Productivity", "url": "https://bookmarks.home.example"}, o.want(plan.PromiseTile))
		require.Contains(t, o.host, "modules.services.homepage.contributions.bookmarks = {")
		require.Contains(t, o.host, `siteMonitor = "http://127.0.0.1:9190";`)
	}},
	{"matrix/Homepage: without a web UI", func(t *testing.T) {
		o := withoutPage().made(t)
		require.Empty(t, o.promises(plan.PromiseTile))
		require.NotContains(t, o.host, "homepage")
	}},
	{"matrix/Gatus: user-facing endpoint", func(t *testing.T) {
		o := bookmarks("auth=builtin").made(t)
		require.Equal(t, "https://bookmarks.home.example", o.want(plan.PromiseProbe)["url"])
		require.Contains(t, o.host, "modules.services.gatus.contributions.bookmarks = {")
		behind := bookmarks().made(t)
		require.Equal(t, "http://127.0.0.1:9190/", behind.want(plan.PromiseProbe)["url"], "the portal would answer in its place")
	}},
	{"matrix/Gatus: internal service", func(t *testing.T) {
		o := withoutPage().made(t)
		require.Empty(t, o.promises(plan.PromiseProbe))
		require.NotContains(t, o.host, "gatus")
	}},
	{"matrix/Native OIDC: several users", func(t *testing.T) {
		o := container("linkding").made(t)
		require.Equal(t, "oidc", o.String("auth"))
		require.Equal(t, "https://linkding.home.example/oidc/callback/", o.want(plan.PromiseClient)["callback"])
		require.NotContains(t, o.host, "caddySecurity", "a login before the login")
	}},
	{"matrix/Native OIDC: single user", func(t *testing.T) {
		s := container("linkding").but(func(in *plan.Input) {
			one := *in.Entry
			one.Auth.MultiUser.Support = catalog.No
			one.Auth.Disable = catalog.Ability{Support: catalog.Yes, Source: "https://docs.example", Environment: map[string]string{"LOGIN": "off"}}
			in.Entry = &one
		})
		o := s.made(t)
		require.Equal(t, "caddy-security", o.String("auth"))
		require.Empty(t, o.promises(plan.PromiseClient))
	}},
	{"matrix/Trusted Header: several users and proxy support", func(t *testing.T) {
		o := container("dozzle").made(t)
		require.Equal(t, "trusted-header", o.String("auth"))
		require.Contains(t, o.host, "header_up Remote-User {http.request.header.X-Token-User-Email}")
		require.Len(t, o.promises(plan.PromiseHeader), 1)
	}},
	{"matrix/Trusted Header: no proxy support", func(t *testing.T) {
		o := container("plex").made(t)
		require.NotEqual(t, "trusted-header", o.String("auth"))
		require.Empty(t, o.promises(plan.PromiseHeader))
		rejected := o.decision("auth").Rejected
		require.Equal(t, "trusted-header", rejected[1].Value)
		require.Contains(t, rejected[1].Reason, "it cannot: https://support.plex.tv")
	}},
	{"matrix/caddySecurity: single user, own login off", func(t *testing.T) {
		o := container("radarr").made(t)
		require.Equal(t, "caddy-security", o.String("auth"))
		require.Equal(t, "media", o.want(plan.PromiseAuth)["policy"])
		require.Contains(t, o.host, "caddySecurity = forgeDefaults.caddySecurity.media;")
		require.Contains(t, o.module, `RADARR__AUTH__METHOD = "External";`)
	}},
	{"matrix/caddySecurity: several users or native OIDC", func(t *testing.T) {
		o := container("linkding").made(t)
		require.Equal(t, map[string]string{"policy": ""}, o.want(plan.PromiseAuth))
	}},
	{"matrix/Hybrid Auth: a key, and a login that cannot be off", func(t *testing.T) {
		o := container("paperless-ai").made(t)
		require.Equal(t, "hybrid", o.String("auth"))
		require.Contains(t, o.host, "header_up x-api-key {$PAPERLESS_AI_API_KEY}")
		require.Len(t, o.promises(plan.PromiseKey), 1)
	}},
	{"matrix/Hybrid Auth: the login can be off, or a header is trusted", func(t *testing.T) {
		for _, name := range []string{"radarr", "dozzle"} {
			o := container(name).made(t)
			require.NotEqual(t, "hybrid", o.String("auth"))
			require.Empty(t, o.promises(plan.PromiseKey))
		}
	}},
	{"matrix/healthcheck.enable: container", func(t *testing.T) {
		o := bookmarks("healthPath=/health").made(t)
		require.Equal(t, "9090", o.want(plan.PromiseHealth)["containerPort"])
		require.Contains(t, o.module, `enable = lib.mkEnableOption "container health check" // { default = true; };`)
		require.Contains(t, o.module, "http://127.0.0.1:9090/health")
		require.Contains(t, o.module, `"--health-cmd=`)
	}},
	{"matrix/healthcheck.enable: systemd service", func(t *testing.T) {
		for _, s := range []service{unit(), jellyfin()} {
			o := s.made(t)
			require.Empty(t, o.promises(plan.PromiseHealth))
			require.NotContains(t, o.module, "health")
		}
	}},
	{"matrix/nfsMountDependency: files of the NAS", func(t *testing.T) {
		o := container("radarr").made(t)
		require.Equal(t, "media", o.Model.Mount.Name)
		require.Contains(t, o.host, `nfsMountDependency = "media";`)
		require.Contains(t, o.module, "requires = [ nfsMount.mountUnitName ];")
		require.Contains(t, o.Promises, plan.Promise{Kind: plan.PromiseMount, Subject: "podman-radarr", Text: "podman-radarr.service waits for mnt-data.mount", Want: map[string]string{"unit": "mnt-data.mount"}})
	}},
	{"matrix/nfsMountDependency: data of its own", func(t *testing.T) {
		o := container("linkding").made(t)
		require.Nil(t, o.Model.Mount)
		require.NotContains(t, o.text(), "nfsMount")
	}},
	{"matrix/mkBackupWithSnapshots: database or state", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Equal(t, map[string]string{"dataset": "tank/services/bookmarks", "path": "/var/lib/bookmarks"}, o.want(plan.PromiseBackup))
		require.Contains(t, o.host, `backup = forgeDefaults.mkBackupWithTags "bookmarks" [ "productivity" ];`, "the helper that takes snapshots, with tags")
		plain := bookmarks().but(func(in *plan.Input) { in.Conventions.BackupHelper = "mkBackupWithSnapshots" }).made(t)
		require.Contains(t, plain.host, `backup = forgeDefaults.mkBackupWithSnapshots "bookmarks";`)
	}},
	{"matrix/mkBackupWithSnapshots: stateless or ephemeral", func(t *testing.T) {
		for _, s := range []service{stateless(), bookmarks("backup=no")} {
			o := s.made(t)
			require.Empty(t, o.promises(plan.PromiseBackup))
			require.True(t, o.absent(plan.AbsentBackup), "it is promised, too")
			require.NotContains(t, o.host, "backup =")
		}
	}},
	{"matrix/preseed: critical service", func(t *testing.T) {
		o := bookmarks("snapshots=no", "backup=no").made(t)
		require.Equal(t, "podman-bookmarks", o.want(plan.PromiseRestore)["main"])
		require.Equal(t, "syncoid local", o.want(plan.PromiseRestore)["methods"], "the repo's policy: never restic by itself")
		require.Contains(t, o.host, `preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];`)
		require.Contains(t, o.module, "mkPreseedService {")
		require.Contains(t, o.module, `after = [ "preseed-${serviceName}.service" ];`)
	}},
	{"matrix/preseed: trivial to recreate", func(t *testing.T) {
		for _, s := range []service{stateless(), bookmarks("preseed=no")} {
			o := s.made(t)
			require.True(t, o.absent(plan.AbsentRestore))
			require.NotContains(t, o.text(), "preseed")
		}
	}},
	{"matrix/mkSanoidDataset: replication to the NAS", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Equal(t, map[string]string{"replication": "yes"}, o.want(plan.PromiseSnapshot))
		require.Contains(t, o.host, `modules.backup.sanoid.datasets."tank/services/bookmarks" = forgeDefaults.mkSanoidDataset "bookmarks";`)
	}},
	{"matrix/mkSanoidDataset: no replication", func(t *testing.T) {
		o := bookmarks("snapshots=no").made(t)
		require.True(t, o.absent(plan.AbsentSnapshots))
		require.NotContains(t, o.host, "sanoid")
		bookmarks("snapshots=yes").but(func(in *plan.Input) { in.Conventions.SnapshotHelper = "" }).refused(t, "the repo has no helper for it")
	}},
}

// typeRows are the matrix of the kinds of services: tile and black-box check.
var typeRows = []row{
	{"type/Web UI: tile and check", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Len(t, o.promises(plan.PromiseTile), 1)
		require.Len(t, o.promises(plan.PromiseProbe), 1)
		require.Empty(t, bookmarks().but(func(in *plan.Input) { in.Facts.Hubs[facts.DashboardHub] = nil }).made(t).promises(plan.PromiseTile), "a host without dashboard has no tile")
	}},
	{"type/Database or backend: neither", func(t *testing.T) {
		o := container("loki", "category=Monitoring").called("logs").made(t)
		require.Equal(t, "no", o.String("web"), "the catalog knows it")
		require.Empty(t, o.promises(plan.PromiseTile))
		require.Empty(t, o.promises(plan.PromiseProbe))
		require.True(t, o.absent(plan.AbsentVhost))
		require.Equal(t, map[string]string{"port": "3200", "path": "/metrics"}, o.want(plan.PromiseMetrics), "Prometheus watches it")
		require.Len(t, o.promises(plan.PromiseAlert), 1)
	}},
	{"type/Infrastructure: tile if browseable, check if it answers", func(t *testing.T) {
		browseable := container("uptime-kuma", "category=Monitoring").made(t)
		require.Len(t, browseable.promises(plan.PromiseTile), 1)
		require.Len(t, browseable.promises(plan.PromiseProbe), 1)
		logs := container("loki", "category=Monitoring").called("logs").made(t)
		require.Empty(t, logs.promises(plan.PromiseTile))
		require.Empty(t, logs.promises(plan.PromiseProbe))
		require.NotContains(t, logs.host, "reverseProxy")
	}},
}
