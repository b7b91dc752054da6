package verify_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/plan/answers"
	"holthome.net/scaffold/writer/verify"
)

// complexServices are the services of testdata/services, each described in a file as a
// user would write it, with what is asked of nixpkgs.
var complexServices = map[string]discover.Query{
	"drivelog":  {},
	"paperdesk": {},
	"doorcam":   {},
	"sweeper":   {},
	"ledger":    {Packages: []string{"gotify-server"}},
}

func init() {
	for name, query := range complexServices {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "services", name+".yaml"))
		if err != nil {
			panic(err)
		}
		said, err := answers.Parse(data)
		if err != nil {
			panic(name + ": " + err.Error())
		}
		query.Service = name
		for _, example := range []string{"example", "example-registry"} {
			scenarios[name+" in "+example] = scenario{example, query, maps.Clone(said)}
		}
	}
}

// TestComplexServicesAreAll: there is no file of a service that nothing tests.
func TestComplexServicesAreAll(t *testing.T) {
	files, err := os.ReadDir(filepath.Join("..", "..", "testdata", "services"))
	require.NoError(t, err)
	require.Len(t, files, len(complexServices))
}

// TestComplexServicesBroken: of each complex service, each integration is broken by
// hand, and the promise that it was to keep is reported.
func TestComplexServicesBroken(t *testing.T) {
	for service, breaks := range map[string][]struct {
		what string
		edit edit
		kind plan.PromiseKind
		saw  string
	}{
		"drivelog": {
			{"database of another owner", inModule("owner = cfg.database.user;", `owner = "postgres";`), plan.PromiseDatabase, "owner postgres"},
			{"extension left out", inModule(`default = [ "cube" "earthdistance" ];`, `default = [ "cube" ];`), plan.PromiseDatabase, "extensions cube,"},
			{"start without the database", inModule(`requires = [ "postgresql-provision-databases.service" ];`, ""), plan.PromiseOrder, "it does not require postgresql-provision-databases"},
			{"credential left out", inModule(`"encryption-key:${cfg.secrets.encryptionKeyFile}"`, ""), plan.PromiseCredential, ""},
			{"secret that starts nothing again", inHost(`"drivelog/mqtt-password".restartUnits = [ "podman-drivelog.service" ];`, `"drivelog/mqtt-password" = { };`), plan.PromiseRestarted, "secret drivelog/mqtt-password starts none again"},
			{"account that nobody registers", inModule("registerIntegration) {", "registerIntegration && false) {"), plan.PromiseBroker, "no account of it"},
			{"topics of another", inModule("inherit (cfg.mqtt) topics;", `topics = [ "x" ];`), plan.PromiseBroker, "no rule lets it"},
			{"data source of another database", inModule("          database = cfg.database.name;\n          #", "          database = \"postgres\";\n          #"), plan.PromiseSource, ""},
			{"dashboards that are not in the archive's folder", inModule("/grafana/dashboards", "/dashboards"), plan.PromiseDashboards, "/dashboards"},
		},
		"paperdesk": {
			{"worker without its command", inModule(`cmd = [ "paperdesk" "worker" ];`, ""), plan.PromiseCommand, "the command of its image"},
			{"scheduler that does not wait for the worker", inModule(`dependsOn = [ "paperdesk-worker" ];`, ""), plan.PromiseOrder, "paperdesk-worker"},
			{"cache that is not checked", inModule(`"--health-cmd=[\"valkey-cli\",\"ping\"]"`, ""), plan.PromiseHealth, ""},
			{"cache of another image", inModule(`image = "docker.io/valkey/valkey:8.1.3@`, `image = "docker.io/valkey/valkey:8.1.2@`), plan.PromiseContainer, "8.1.2"},
			{"documents that are not mounted", inModule("}:/srv/documents:rw", "}:/srv/elsewhere:rw"), plan.PromiseVolume, "/srv/elsewhere"},
			{"network that nobody makes", inModule("(cfg.podmanNetwork == serviceName)", "false"), plan.PromiseOrder, "podman-network-paperdesk"},
			{"worker that keeps the old secret", inHost(`restartUnits = [ "podman-paperdesk.service" "podman-paperdesk-worker.service" `, `restartUnits = [ "podman-paperdesk.service" `), plan.PromiseRestarted, "and not podman-paperdesk-worker.service"},
			{"secret that is not declared", inHost(`"paperdesk/secret-key" = { };`, ""), plan.PromiseSecret, ""},
			{"database of another owner", inModule("owner = cfg.database.user;", `owner = "postgres";`), plan.PromiseDatabase, "owner postgres"},
			{"dataset without its owner", inModule("        owner = cfg.user;\n        inherit (cfg) group;\n        mode", "        mode"), plan.PromiseDataset, "owner root"},
		},
		"doorcam": {
			{"device left out", inHost(`devices = [ "/dev/dri/renderD128" "/dev/serial/by-id/usb-Example_Detector-if00" ];`, `devices = [ "/dev/dri/renderD128" ];`), plan.PromiseDevices, "/dev/dri/renderD128"},
			{"device too many", inHost(`"/dev/serial/by-id/usb-Example_Detector-if00" ];`, `"/dev/serial/by-id/usb-Example_Detector-if00" "/dev/mem" ];`), plan.PromiseDevices, "/dev/mem"},
			{"group left out", inModule(`"--group-add=${toString config.users.groups.render.gid}"`, ""), plan.PromiseGroups, ""},
			{"capability too many", inModule(`"--cap-add=PERFMON"`, `"--cap-add=PERFMON" "--cap-add=SYS_ADMIN"`), plan.PromiseCapability, "SYS_ADMIN"},
			{"shared memory of the engine", inModule(`"--shm-size=512M"`, ""), plan.PromiseResources, ""},
			{"mount that it can change", inModule(":/media/archive:ro", ":/media/archive:rw"), plan.PromiseVolume, "rw"},
			{"key that opens everything", inHost(`(forgeDefaults.mkStaticApiKeyWithPaths "recorder" "DOORCAM_RECORDER_API_KEY" [ "/api/events" ])`, `(forgeDefaults.mkStaticApiKey "recorder" "DOORCAM_RECORDER_API_KEY")`), plan.PromiseMachine, ""},
			{"key that the proxy does not have", inHost(`        DOORCAM_HOME_API_KEY=${config.sops.placeholder."doorcam/home-api-key"}`+"\n", ""), plan.PromiseMachine, "DOORCAM_HOME_API_KEY"},
			{"more that nobody is asked for", inHost(`bypassPaths = [ "/api/hooks" ];`, `bypassPaths = [ "/api" ];`), plan.PromiseUnasked, "/api"},
			{"policy that is lost", inModule(" caddySecurity extraConfig", " extraConfig"), plan.PromiseAuth, "policy nothing"},
			{"rule on a job that is not there", inHost(`job = "service-doorcam";`, `job = "doorcam";`), plan.PromiseRule, "job doorcam"},
			{"stale check that nothing writes", inModule(`startAt = "minutely";`, ""), plan.PromiseExported, ""},
			{"account that nobody registers", inModule("registerIntegration) {", "registerIntegration && false) {"), plan.PromiseBroker, "no account of it"},
		},
		"sweeper": {
			{"timer left out", inModule(`wantedBy = [ "timers.target" ];`, ""), plan.PromiseTimer, ""},
			{"another schedule", inModule("OnCalendar = cfg.schedule;", `OnCalendar = "daily";`), plan.PromiseTimer, "daily"},
			{"started with the host", inModule("autoStart = false;", ""), plan.PromiseUnit, ""},
			{"started anew when it ends", inModule(`Restart = lib.mkForce "no";`, ""), plan.PromiseEnds, ""},
			{"rule on a unit that is not there", inHost(`name="podman-sweeper.service",state="failed"`, `name="sweeper.service",state="failed"`), plan.PromiseRule, "sweeper.service"},
			{"failure that nobody hears of", inModule("(lib.mkIf notify {\n          unitConfig", "(lib.mkIf false {\n          unitConfig"), plan.PromiseNotify, "OnFailure="},
			{"secrets that do not reach it", inHost("environmentFile = config.sops.templates.sweeper-env.path;", ""), plan.PromiseEnvironment, ""},
		},
		"ledger": {
			{"start without the database", inModule(`requires = [ "postgresql-provision-databases.service" ];`, ""), plan.PromiseOrder, "it does not require postgresql-provision-databases"},
			{"hardening left out", inModule("            NoNewPrivileges = true;\n", ""), plan.PromiseHardening, "NoNewPrivileges is not set"},
			{"another account", inModule("            User = cfg.user;\n", "            User = \"root\";\n"), plan.PromiseAccount, "root"},
			{"metrics of another port", inHost("port = 8075;", "port = 8076;"), plan.PromiseMetrics, "8076"},
			{"not in the tunnel", inHost("        enable = true;\n        tunnel", "        enable = false;\n        tunnel"), plan.PromiseTunnel, ""},
			{"threshold on another alertname", inHost(`alertname = "LedgerStuck";`, `alertname = "Stuck";`), plan.PromiseRule, "Stuck"},
			{"secret in the store", inModule(`LEDGER_CURRENCY = "EUR";`, `LEDGER_CURRENCY = "EUR"; LEDGER_KEY = "${cfg.secrets.ledgerKeyFile}";`), plan.PromiseHidden, "ledger/ledger-key in its environment"},
			{"credential left out", inModule(`"ledger-key:${cfg.secrets.ledgerKeyFile}"`, ""), plan.PromiseCredential, ""},
			{"restore that nobody waits for", inModule("(lib.mkIf cfg.preseed.enable {", "(lib.mkIf false {"), plan.PromiseRestore, "does not start after it"},
			{"backup of another dataset", inHost(`mkBackupWithTags "ledger"`, `mkBackupWithTags "legder"`), plan.PromiseBackup, "legder"},
			{"data source of another server", inModule(`url = "http://127.0.0.1:9090";`, `url = "http://127.0.0.1:9091";`), plan.PromiseSource, "9091"},
		},
	} {
		for _, b := range breaks {
			t.Run(service+"/"+b.what, func(t *testing.T) {
				st := prepare(t, service+" in example")
				after, systems := st.evaluate(t, b.edit)
				seen, kinds := "", broken(verify.Check(st.plan, st.before, after, systems))
				for _, r := range verify.Broken(verify.Check(st.plan, st.before, after, systems)) {
					if r.Kind == b.kind {
						seen += r.Saw + "\n"
					}
				}
				require.Contains(t, kinds, b.kind)
				require.Contains(t, seen, b.saw)
			})
		}
	}
}

// TestEngineNetworkBroken: a container that is taken off the network on which the
// host's server listens is seen.
func TestEngineNetworkBroken(t *testing.T) {
	st := prepare(t, "paperdesk in example-registry")
	after, systems := st.evaluate(t, inModule("\n      # The server on this host listens on the engine's own network.\n      \"--network=podman\"", ""))
	results := verify.Check(st.plan, st.before, after, systems)
	require.Equal(t, []plan.PromiseKind{plan.PromiseNetwork}, broken(results))
	require.Len(t, verify.Broken(results), 1, "the parts are on it still")
}
