package specification_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// patternRows are the patterns of every service: how it is watched and guarded.
var patternRows = []row{
	{"pattern/container healthcheck: the image's own, or with a tool that it has", func(t *testing.T) {
		looked := func(own, tools []string) outcome {
			return bookmarks().but(func(in *plan.Input) {
				in.Image = &image.Image{Reference: "ghcr.io/x/bookmarks:1.2.3@" + digest, Tag: "1.2.3", Config: image.Config{HealthCheck: own}, Tools: tools}
			}).made(t)
		}
		require.Contains(t, looked([]string{"CMD-SHELL", "am-i-well"}, nil).module, "am-i-well")
		require.Contains(t, looked(nil, []string{"wget"}).module, "wget -q")
		o := looked(nil, []string{})
		require.NotContains(t, o.module, "health-cmd", "a check without a tool always fails")
		require.Empty(t, o.promises(plan.PromiseHealth))
	}},
	{"pattern/NFS mount dependency: waits, sees the files, may use them", func(t *testing.T) {
		o := container("radarr").made(t)
		for _, text := range []string{"requires = [ nfsMount.mountUnitName ];", "after = [ nfsMount.mountUnitName ];", `"${nfsMount.localPath}:/data:rw"`} {
			require.Contains(t, o.module, text)
		}
		require.Contains(t, o.Promises, plan.Promise{Kind: plan.PromiseVolume, Subject: "radarr", Text: "the container has the files of mount media at /data", Want: map[string]string{"path": "/mnt/data", "inside": "/data"}})
		bookmarks("nfs=films").refused(t, "the host has media")
	}},
	{"pattern/NFS mount dependency: an entry of the mounts, not any name", func(t *testing.T) {
		o := container("radarr").made(t)
		require.Contains(t, o.module, "assertion = cfg.nfsMountDependency == null || nfsMount != null;")
	}},
	{"pattern/service alert: of the unit that runs, by the helper of its kind", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.host, `forgeDefaults.mkServiceDownAlert "bookmarks" "Bookmarks" "keeps bookmarks";`)
		require.Equal(t, map[string]string{"unit": "podman-bookmarks", "service": "bookmarks"}, o.want(plan.PromiseAlert))
		u := unit().made(t)
		require.Contains(t, u.host, `forgeDefaults.mkSystemdServiceDownAlert "gotify"`)
		require.Equal(t, "gotify", u.want(plan.PromiseAlert)["unit"])
	}},
	{"pattern/reverse proxy: what the shared type has is handed on", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.module, "inherit (cfg.reverseProxy) hostName auth caddySecurity extraConfig reverseProxyBlock security;")
		require.Equal(t, map[string]string{"hostName": "bookmarks.home.example", "port": "9190", "address": "127.0.0.1", "scheme": "http"}, o.want(plan.PromiseVhost))
	}},
	{"pattern/metrics: the port that has them, while the service is on", func(t *testing.T) {
		o := bookmarks("metricsPath=/metrics").made(t)
		require.Equal(t, map[string]string{"port": "9190", "path": "/metrics"}, o.want(plan.PromiseMetrics))
		require.Contains(t, o.host, "enable = serviceEnabled;")
		none := bookmarks().made(t)
		require.True(t, none.absent(plan.AbsentMetrics), "a scrape of nothing would only alert")
	}},
	{"pattern/guard: contributions are in mkIf serviceEnabled", func(t *testing.T) {
		o := bookmarks("metricsPath=/metrics", "secrets=TOKEN").made(t)
		before, guarded, ok := strings.Cut(o.host, "(lib.mkIf serviceEnabled {")
		require.True(t, ok)
		for _, contribution := range []string{"sops.secrets", "modules.backup.sanoid", "modules.alerting", "modules.services.homepage", "modules.services.gatus"} {
			require.Contains(t, guarded, contribution)
			require.NotContains(t, strings.ReplaceAll(before, "config.sops", ""), contribution)
		}
	}},
	{"pattern/registration: both lists of imports", func(t *testing.T) {
		var paths []string
		for _, f := range bookmarks().made(t).files {
			paths = append(paths, f.Path)
		}
		require.Equal(t, []string{"hosts/_modules/nixos/services/bookmarks/default.nix", "hosts/forge/services/bookmarks.nix",
			"hosts/_modules/nixos/services/default.nix", "hosts/forge/default.nix"}, paths)
	}},
	{"pattern/preseed: the unit is made, and waited for", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.module, "storageHelpers.mkPreseedService {")
		for _, argument := range []string{"mainServiceUnit = ", "replicationCfg = replication;", "resticRepoUrl = cfg.preseed.repositoryUrl;", "inherit (cfg.preseed) restoreMethods;",
			`after = [ "preseed-${serviceName}.service" ];`} {
			require.Contains(t, o.module, argument)
		}
		require.Contains(t, o.module, `lib.types.enum [ "local" "restic" "syncoid" ]`)
	}},
	{"pattern/preseed: the methods that the repo uses", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Equal(t, []string{"syncoid", "local"}, o.Model.Preseed)
		require.NotContains(t, o.host, "restic\"")
	}},
	{"pattern/custom types: extensions as names or with options", func(t *testing.T) {
		o := withDatabase("databaseExtensions=pg_trgm").made(t)
		require.Contains(t, o.module, "lib.types.coercedTo lib.types.str (name: { inherit name; }) (lib.types.submodule {")
		for _, field := range []string{"dropBeforeCreate", "schema", "updateToLatest", "version"} {
			require.Contains(t, o.module, field+" = lib.mkOption {")
		}
		require.NotContains(t, bookmarks().made(t).module, "submodule {\n          options", "where nothing is structured there is no type")
	}},
}

// withDatabase is a container with a database of its own.
func withDatabase(answers ...string) service {
	return bookmarks(append([]string{"database=postgresql", "databaseVariables=DATABASE_URL={databaseUrl}"}, answers...)...)
}

// serverRows are the patterns of complex services.
var serverRows = []row{
	{"server/database: declared, with owner, extensions and permissions", func(t *testing.T) {
		o := withDatabase("databaseExtensions=pg_trgm,unaccent").made(t)
		for _, text := range []string{"modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {", "owner = cfg.database.user;",
			"ownerPasswordFile = cfg.database.passwordFile;"} {
			require.Contains(t, o.module, text)
		}
		want := o.want(plan.PromiseDatabase)
		require.Equal(t, "pg_trgm unaccent", want["extensions"])
		require.Contains(t, o.module, `default = "owner-readwrite+readonly-select";`)
		require.Contains(t, o.module, `requires = [ "postgresql-provision-databases.service" ];`)
	}},
	{"server/database: no extension that the server has not", func(t *testing.T) {
		withDatabase("databaseExtensions=vector").refused(t, "PostgreSQL of forge has no extension vector, for want of a package in services.postgresql.extensions")
		o := withDatabase("databaseExtensions=vector", "category=productivity").on("example-registry").made(t)
		require.Equal(t, []string{"vector"}, o.Model.Database.Extensions)
	}},
	{"server/database: migrations, where the repo's databases have them", func(t *testing.T) {
		withDatabase("databaseMigrations=20240101").but(func(in *plan.Input) {
			hub := *in.Facts.Hubs[facts.DatabasesHub]
			hub.Fields = []string{"owner", "ownerPasswordFile"}
			in.Facts.Hubs[facts.DatabasesHub] = &hub
		}).refused(t, "the repo's databases have no field for it")
		o := withDatabase("databaseMigrations=20240101", "category=productivity").on("example-registry").made(t)
		require.Contains(t, o.module, `schemaMigrations.entries = [ "20240101" ];`)
	}},
	{"server/database: a container finds it on the host", func(t *testing.T) {
		o := withDatabase().made(t)
		require.Equal(t, "host.containers.internal", o.Model.Database.Host)
		u := unit("database=postgresql", "databaseVariables=DB={databaseHost}").made(t)
		require.Equal(t, "127.0.0.1", u.Model.Database.Host)
	}},
	{"server/MQTT: registered with the broker, with an account of its own", func(t *testing.T) {
		o := bookmarks("mqtt=yes", "mqttPassword=MQTT_PASSWORD", "mqttVariables=MQTT_HOST={mqttHost}").made(t)
		for _, text := range []string{"modules.services.emqx.integrations.${serviceName} = lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {",
			"inherit (cfg.mqtt) username passwordFile;", `permission = "allow";`, `action = "pubsub";`, `subject = { kind = "user"; value = cfg.mqtt.username; };`, "inherit (cfg.mqtt) topics;"} {
			require.Contains(t, o.module, text)
		}
		require.Equal(t, map[string]string{"user": "bookmarks", "secret": "bookmarks/mqtt-password", "topics": "bookmarks/#", "tags": "bookmarks", "unit": "podman-emqx"}, o.want(plan.PromiseBroker), "topics below its name")
		require.Empty(t, bookmarks().made(t).promises(plan.PromiseBroker))
	}},
	{"server/Grafana: data source and dashboards are provisioned", func(t *testing.T) {
		o := withDatabase("grafana=postgresql", "grafanaDashboards=https://example.org/x-1.0.0.tar.gz", "grafanaDashboardsFolder=grafana/dashboards",
			"grafanaDashboardsHash=sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=").made(t)
		for _, text := range []string{"modules.services.grafana.integrations.${serviceName} = lib.mkIf cfg.grafana.enable {", `type = "postgres";`, `access = "proxy";`,
			`secureJsonData.password = "$__file{`, "loadCredentials = [\n", "pkgs.fetchzip {", "inherit (cfg.grafana) folder;"} {
			require.Contains(t, o.module, text)
		}
		require.Len(t, o.promises(plan.PromiseSource), 1)
		require.Len(t, o.promises(plan.PromiseDashboards), 1)
		require.Empty(t, withDatabase().made(t).promises(plan.PromiseSource))
	}},
	{"server/LoadCredential: the environment's file is made from credentials", func(t *testing.T) {
		o := withDatabase("secrets=TOKEN", "handover=credential").made(t)
		for _, text := range []string{"LoadCredential = [", `"database-password:${cfg.database.passwordFile}"`, `"token:${cfg.secrets.tokenFile}"`, `RuntimeDirectoryMode = "0700";`, "preStart = ''"} {
			require.Contains(t, o.module, text)
		}
		require.Contains(t, o.module, `environmentFiles = [ "/run/bookmarks-env/env" ];`)
		require.Equal(t, []string{"TOKEN", "DATABASE_URL"}, strings.Fields(o.want(plan.PromiseCredential)["variables"]))
	}},
	{"server/LoadCredential: or a template of sops, as the repo does it", func(t *testing.T) {
		o := withDatabase("secrets=TOKEN").made(t)
		require.Equal(t, "template", o.String("handover"))
		require.NotContains(t, o.module, "LoadCredential")
		require.Contains(t, o.host, "sops.templates.bookmarks-env = {\n        content = ''")
		require.NotEmpty(t, o.decision("handover").Reason)
	}},
	{"server/complexity: the tier, and the service to compare with", func(t *testing.T) {
		for want, s := range map[plan.Tier]service{plan.Simple: stateless(), plan.Moderate: container("radarr"), plan.Complex: withDatabase()} {
			o := s.made(t)
			require.Equal(t, want, o.Model.Tier)
			require.NotEmpty(t, o.decision("exemplar").Reason)
		}
		o := container("radarr").made(t)
		require.Equal(t, "Media", *o.given.Facts.Dashboard[o.Model.Exemplar].Group, "one of the same group")
		require.Contains(t, withDatabase().made(t).decision("exemplar").Reason, "needs a database server")
	}},
}

// libraryRows are the helpers of the host's library.
var libraryRows = []row{
	{"helper/backup: the one that most services use, never a live path", func(t *testing.T) {
		for _, s := range []service{unit(), unit("category=infrastructure").on("example-registry")} {
			o := s.made(t)
			require.Regexp(t, `backup = forgeDefaults\.mkBackupWith(Tags|Snapshots) "gotify"`, o.host)
			require.NotContains(t, o.host, "forgeDefaults.backup;")
		}
	}},
	{"helper/backupTags: the set that is called like the category", func(t *testing.T) {
		require.Contains(t, bookmarks("category=Media").made(t).host, `mkBackupWithTags "bookmarks" forgeDefaults.backupTags.media;`)
		require.Contains(t, bookmarks().made(t).host, `mkBackupWithTags "bookmarks" [ "productivity" ];`)
	}},
	{"helper/mkPreseed, mkSanoidDataset: with the service's name", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.host, "forgeDefaults.mkPreseed [")
		require.Contains(t, o.host, `forgeDefaults.mkSanoidDataset "bookmarks";`)
	}},
	{"helper/alerts: container or systemd", func(t *testing.T) {
		require.Contains(t, bookmarks().made(t).host, "forgeDefaults.mkServiceDownAlert ")
		require.Contains(t, jellyfin().made(t).host, "forgeDefaults.mkSystemdServiceDownAlert ")
	}},
	{"helper/caddySecurity: the member whose policy services of the group have", func(t *testing.T) {
		require.Contains(t, container("radarr").made(t).host, "forgeDefaults.caddySecurity.media;")
		require.Contains(t, bookmarks("policy=admins").made(t).host, "forgeDefaults.caddySecurity.admin;", "the policy is called admins, the helper admin")
		bookmarks("policy=default").refused(t, `"default" is unknown`)
	}},
	{"helper/podmanNetwork: instead of the name", func(t *testing.T) {
		require.Contains(t, bookmarks("network=media-services").made(t).host, "podmanNetwork = forgeDefaults.podmanNetwork;")
	}},
	{"helper/import: as the host's other files have it", func(t *testing.T) {
		o := bookmarks().made(t)
		line := "forgeDefaults = import ../lib/defaults.nix { inherit config lib; };"
		require.Contains(t, o.host, line)
		require.True(t, slices.ContainsFunc(slices.Sorted(strings.SplitSeq(string(files(t, "example")["hosts/forge/services/sonarr.nix"]), "\n")), func(l string) bool { return strings.TrimSpace(l) == line }))
	}},
}
