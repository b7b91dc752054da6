package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// TestDecidedAndLost: each thing that was decided is taken out of what is
// rendered, or made another, and one kind of promise says so.
func TestDecidedAndLost(t *testing.T) {
	guarded := func(text string) edit {
		return inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      "+text+"\n")
	}
	option := func(text string) edit {
		return inHost("        reverseProxy = {", "        "+text+"\n        reverseProxy = {")
	}
	const data = `"${cfg.dataDir}:/etc/linkding/data:rw"`
	for _, m := range []struct {
		name, scenario string
		edit           edit
		broken         plan.PromiseKind
		saw            string
	}{
		{"data in another folder", "container", inModule(data, `"/tmp/x:/etc/linkding/data:rw"`), plan.PromiseVolume, "/tmp/x:/etc/linkding/data:rw"},
		{"data that cannot be written", "container", inModule(data, `"${cfg.dataDir}:/etc/linkding/data:ro"`), plan.PromiseVolume, "/var/lib/linkding:/etc/linkding/data:ro cannot be written"},
		{"network mount lost", "container", inModule(`"${nfsMount.localPath}:/data:rw"`, `"/tmp/y:/data:rw"`), plan.PromiseVolume, "/tmp/y:/data:rw"},
		{"ids lost", "container", inModule(`          "--user=${cfg.user}:${groupId}"`+"\n", ""), plan.PromiseIdentity, "as the user of its image"},
		{"ids that the image is not told", "puid", inModule("PUID = ", "UID_OF_HOST = "), plan.PromiseIdentity, "PUID nothing"},
		{"secrets not handed over", "container", inModule("environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;", ""), plan.PromiseEnvironment, "handed no file"},
		{"secret missing in its template", "container", inHost("LD_TOKEN=$", "LD_TOKE=$"), plan.PromiseEnvironment, "no new template has LD_TOKEN"},
		{"variable lost", "container", inModule("LD_PATH = ", "LD_PATHS = "), plan.PromiseEnvironment, "no variable LD_PATH"},
		{"secrets not handed to a unit", "unit", inModule("EnvironmentFile = lib.mkIf (cfg.environmentFile != null) cfg.environmentFile;", ""), plan.PromiseEnvironment, "the unit is handed no file"},
		{"mount that a unit cannot write", "unit", inModule(" ++ lib.optional (nfsMount != null) nfsMount.localPath", ""), plan.PromiseWritable, "ReadWritePaths=/var/lib/ntfy"},
		{"port open to all", "container", inModule(`"127.0.0.1:${toString cfg.port}:9090"`, `"${toString cfg.port}:9090"`), plan.PromiseListener, "9190:9090 is open to other hosts"},
		{"proxy to another host", "container", inModule(`host = "127.0.0.1";`, `host = "10.9.9.9";`), plan.PromiseVhost, "http://10.9.9.9:9190"},
		{"proxy with another scheme", "container", inModule(`scheme = "http";`, `scheme = "https";`), plan.PromiseVhost, "https://127.0.0.1:9190"},
		{"check of another address", "container", inHost(`url = "http://127.0.0.1:9190/";`, `url = "http://127.0.0.1:9999/";`), plan.PromiseProbe, "http://127.0.0.1:9999/"},
		{"check that always passes", "container", inHost("[STATUS] == 200", "[STATUS] < 600"), plan.PromiseProbe, "[STATUS] < 600"},
		{"tile that opens another page", "container", inHost(`href = "https://${serviceDomain}";`, `href = "https://x.example";`), plan.PromiseTile, "https://x.example"},
		{"restore before another unit", "container", inModule(`mainServiceUnit = "${containerUnit}.service";`, `mainServiceUnit = "${serviceName}.service";`), plan.PromiseRestore, "it does not come before podman-linkding.service"},
		{"limits lost", "container", inModule("inherit (cfg) image resources;", "inherit (cfg) image;"), plan.PromiseResources, "no --memory"},
		{"health check lost", "container", inModule("lib.optionals cfg.healthcheck.enable [", "lib.optionals false ["), plan.PromiseHealth, "there is no health check"},
		{"network lost", "container", inModule(`"--network=${cfg.podmanNetwork}"`, `"--hostname=x"`), plan.PromiseNetwork, "networks "},
		{"log of another unit", "container", inModule(`journalUnit = "${containerUnit}.service";`, `journalUnit = "${serviceName}.service";`), plan.PromiseLogs, "linkding.service is no unit"},
		{"snapshots off", "container", inHost(`mkSanoidDataset "linkding";`, `mkSanoidDataset "linkding" // { autosnap = false; };`), plan.PromiseSnapshot, "autosnap is off"},
		{"snapshots that nothing times", "container", inHost(`mkSanoidDataset "linkding";`, `mkSanoidDataset "linkding" // { useTemplate = [ ]; };`), plan.PromiseSnapshot, "no template says when"},
		{"not replicated", "container", inHost(`mkSanoidDataset "linkding";`, `mkSanoidDataset "linkding" // { replication = null; };`), plan.PromiseSnapshot, "not replicated"},
		{"backup of another dataset", "container", inHost(`mkBackupWithTags "linkding"`, `mkBackupWithTags "sonarr"`), plan.PromiseBackup, "takes tank/services/sonarr"},
		{"data of a factory's container in another folder", "factory", inModule(data, `"/tmp/x:/etc/linkding/data:rw"`), plan.PromiseVolume, "/tmp/x:/etc/linkding/data:rw"},
		{"port of a factory's container open to all", "factory", inModule(`"127.0.0.1:${toString cfg.port}:9090"`, `"${toString cfg.port}:9090"`), plan.PromiseListener, "is open to other hosts"},
		{"a backup that was not wanted", "unprotected", option(`backup = forgeDefaults.mkBackupWithTags "linkding" [ ];`), plan.PromiseAbsence, "there is unit restic-backup-service-linkding.service"},
		{"metrics that were not wanted", "unprotected", option(`metrics = { enable = true; port = 9190; path = "/metrics"; };`), plan.PromiseAbsence, "there is job service-linkding"},
		{"snapshots that were not wanted", "unprotected", guarded(`modules.backup.sanoid.datasets."tank/services/linkding" = forgeDefaults.mkSanoidDataset "linkding";`), plan.PromiseAbsence, "there is an entry for tank/services/linkding"},
		{"a dataset that was not wanted", "stateless", guarded(`modules.storage.datasets.services.cyberchef = { mountpoint = "/var/lib/cyberchef"; };`), plan.PromiseAbsence, "there is dataset cyberchef"},
	} {
		t.Run(m.name, func(t *testing.T) {
			st := prepare(t, m.scenario)
			after, systems := st.evaluate(t, m.edit)
			results := verify.Check(st.plan, st.before, after, systems)
			require.Equal(t, []plan.PromiseKind{m.broken}, broken(results), "%+v", verify.Broken(results))
			require.Contains(t, verify.Broken(results)[0].Saw, m.saw)
		})
	}
}
