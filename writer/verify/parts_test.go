package verify_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// partAnswers are a service in four containers: its own, a worker with the same
// image, a search server with data and a key, and a queue.
var partAnswers = []string{
	"packaging=container", "image=ghcr.io/linkwarden/linkwarden:v2.9.3@" + digest, "containerPort=3000", "dataDir=/data/data", "workload=config", "auth=caddy-security",
	"description=bookmarks with copies", "secrets=MEILI_MASTER_KEY,NEXTAUTH_SECRET", "environment.MEILI_HOST=http://linkwarden-search:7700", "command=serve 'my links'",
	"parts.search.image=docker.io/getmeili/meilisearch:v1.12.8@" + digest, "parts.search.port=7700", "parts.search.healthPath=/health", "parts.search.dataDir=/meili_data",
	"parts.search.secrets=MEILI_MASTER_KEY", "parts.search.environment.MEILI_NO_ANALYTICS=true", "parts.queue.image=docker.io/valkey/valkey:8.1.3@" + digest,
	"parts.queue.healthCommand=valkey-cli ping", "parts.worker.command=yarn 'worker start'", "parts.worker.environment.WORKER_LANES=2",
}

func init() {
	maps.Copy(scenarios, map[string]scenario{
		"parts":             {"example", discover.Query{Service: "linkwarden"}, said(append(slices.Clone(partAnswers), "category=Productivity", "nfs=media")...)},
		"parts-factory":     {"example-registry", discover.Query{Service: "linkwarden"}, said(append(slices.Clone(partAnswers), "category=infrastructure")...)},
		"parts-hardware":    {"example", discover.Query{Service: "linkwarden"}, said(append(slices.Clone(partAnswers), "category=Productivity", "parts.worker.gpu=render", "parts.search.devices=/dev/apex_0")...)},
		"parts-credentials": {"example", discover.Query{Service: "linkwarden"}, said(append(slices.Clone(partAnswers), "category=Productivity", "handover=credential")...)},
		"parts-units": {"example", discover.Query{Service: "gotify", Packages: []string{"gotify-server"}}, said("packaging=unit", "package=gotify-server", "port=8070",
			"workload=sqlite", "arguments=--listen {address}:{port}", "auth=builtin", "category=Infrastructure", "secrets=GOTIFY_TOKEN",
			"parts.worker.command=gotify-work --data {dataDir}", "parts.worker.environment.GOTIFY_QUEUE=all", "parts.cache.command=gotify-cache", "parts.cache.kind=sidecar")},
	})
}

// TestPartsBroken: what goes wrong with several containers evaluates cleanly, and
// exactly the promise that it breaks is reported.
func TestPartsBroken(t *testing.T) {
	for _, m := range []mutation{
		{"worker without the file of secrets", "parts-credentials", []edit{inModule("image environmentFiles volumes;", "image volumes;")}, []plan.PromiseKind{plan.PromiseEnvironment}, "files none"},
		{"worker without its command", "parts", []edit{inModule(`        cmd = [ "yarn" "worker start" ];`+"\n", "")}, []plan.PromiseKind{plan.PromiseCommand}, "the command of its image"},
		{"service without its command", "parts", []edit{inModule(`        cmd = [ "serve" "my links" ];`+"\n", "")}, []plan.PromiseKind{plan.PromiseCommand}, "the command of its image"},
		{"command split by a shell", "parts", []edit{inModule(`"worker start"`, `"worker" "start"`)}, []plan.PromiseKind{plan.PromiseCommand}, "yarn worker start"},
		{"another image of a part", "parts", []edit{inModule("meilisearch:v1.12.8@", "meilisearch:v1.12.9@")}, []plan.PromiseKind{plan.PromiseContainer}, "v1.12.9"},
		{"part that is published", "parts", []edit{inModule(`          "${cfg.dataDir}/search:/meili_data:rw"`+"\n        ];", `          "${cfg.dataDir}/search:/meili_data:rw"`+"\n        ];\n        ports = [ \"7700:7700\" ];")}, []plan.PromiseKind{plan.PromiseInternal}, "it publishes 7700:7700"},
		{"service that does not wait for its parts", "parts", []edit{inModule(`        dependsOn = [ "linkwarden-queue" "linkwarden-search" ];`+"\n        extra", "        extra")}, []plan.PromiseKind{plan.PromiseOrder}, "it does not start after podman-linkwarden-queue.service"},
		{"worker that does not wait", "parts", []edit{inModule(`        dependsOn = [ "linkwarden-queue" "linkwarden-search" "linkwarden" ];`+"\n", "")}, []plan.PromiseKind{plan.PromiseOrder}, "it does not start after podman-linkwarden"},
		{"part on no data of the service", "parts", []edit{inModule(`"${cfg.dataDir}/search:/meili_data:rw"`, `"/var/lib/search:/meili_data:rw"`)}, []plan.PromiseKind{plan.PromiseVolume}, "/var/lib/search"},
		{"variable that does not reach the part", "parts", []edit{inModule("          MEILI_NO_ANALYTICS = \"true\";\n", "")}, []plan.PromiseKind{plan.PromiseEnvironment}, "no variable MEILI_NO_ANALYTICS"},
		{"secret that does not reach the part", "parts", []edit{inModule("        environmentFiles = lib.optional (cfg.searchEnvironmentFile != null) cfg.searchEnvironmentFile;\n", "")}, []plan.PromiseKind{plan.PromiseEnvironment}, "handed no file"},
		{"alert of a part on a container that does not exist", "parts", []edit{inHost(`mkServiceDownAlert "linkwarden-search"`, `mkServiceDownAlert "linkwarden-find"`)}, []plan.PromiseKind{plan.PromiseAlert}, "linkwarden-find is neither"},
		{"alert of a part on the service", "parts", []edit{inHost(`mkServiceDownAlert "linkwarden-search"`, `mkServiceDownAlert "linkwarden"`)}, []plan.PromiseKind{plan.PromiseAlert}, "it watches linkwarden"},
		{"health check of another port", "parts", []edit{inModule("curl -fsS -o /dev/null -m 8 'http://127.0.0.1:7700/health'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:7700/health'", "curl -fsS http://127.0.0.1/health")}, []plan.PromiseKind{plan.PromiseHealth}, "127.0.0.1/health"},
		{"network that nobody makes", "parts", []edit{inModule("(cfg.podmanNetwork == serviceName)", "false")}, []plan.PromiseKind{plan.PromiseOrder, plan.PromiseUnit}, "podman-network-linkwarden"},
		{"backup below a part", "parts", []edit{inModule("    backup = lib.mkOption", "    parts.backup = lib.mkOption"), inHost("backup = forge", "parts.backup = forge")}, []plan.PromiseKind{plan.PromiseBackup, plan.PromiseOneBackup}, "there is no backup job or unit"},
		{"backup twice", "parts", []edit{inHost("(lib.mkIf serviceEnabled {", "(lib.mkIf serviceEnabled {\n      modules.services.backup.restic.jobs.linkwarden-search = { enable = true; repository = \"nas-primary\"; paths = [ \"/var/lib/linkwarden/search\" ]; };\n")}, []plan.PromiseKind{plan.PromiseOneBackup}, "2 units"},
		{"part of a factory without its ids", "parts-factory", []edit{inModule("        \"--user=${cfg.user}:${groupId}\"\n        \"--umask=0027\"\n      ] ++ lib.optionals (cfg.podmanNetwork != null) [\n        \"--network=${cfg.podmanNetwork}\"\n      ];\n    };\n\n    systemd.services.\"${config.virtualisation.oci-containers.backend}-linkwarden-search\"", "        \"--umask=0027\"\n      ] ++ lib.optionals (cfg.podmanNetwork != null) [\n        \"--network=${cfg.podmanNetwork}\"\n      ];\n    };\n\n    systemd.services.\"${config.virtualisation.oci-containers.backend}-linkwarden-search\"")}, []plan.PromiseKind{plan.PromiseIdentity}, "the user of its image"},
		{"device of a part that it does not get", "parts-hardware", []edit{inHost(`searchDevices = [ "/dev/apex_0" ];`, `searchDevices = [ ];`)}, []plan.PromiseKind{plan.PromiseDevices}, "devices none"},
		{"device of a part too many", "parts-hardware", []edit{inHost(`workerDevices = [ "/dev/dri/renderD128" ];`, `workerDevices = [ "/dev/dri/renderD128" "/dev/apex_0" ];`)}, []plan.PromiseKind{plan.PromiseDevices}, "/dev/apex_0"},
		{"part without the group of its device", "parts-hardware", []edit{inModule(`          "--group-add=${toString config.users.groups.render.gid}"`+"\n", "")}, []plan.PromiseKind{plan.PromiseGroups}, "groups none"},
		{"privileged part", "parts-hardware", []edit{inModule(`          "--group-add=${toString config.users.groups.render.gid}"`, `          "--group-add=${toString config.users.groups.render.gid}" "--privileged"`)}, []plan.PromiseKind{plan.PromiseCapability, plan.PromiseDevices}, "it is privileged"},
		{"unit beside that is not ordered", "parts-units", []edit{inModule("          requires = [ \"gotify-cache.service\" \"gotify.service\" ];\n          after = [ \"gotify-cache.service\" \"gotify.service\" ];\n", "")}, []plan.PromiseKind{plan.PromiseOrder}, "it does not start after gotify"},
	} {
		t.Run(m.name, func(t *testing.T) {
			st := prepare(t, m.scenario)
			after, systems := st.evaluate(t, m.edits...)
			results := verify.Check(st.plan, st.before, after, systems)
			require.Equal(t, m.broken, broken(results), "%+v", verify.Broken(results))
			seen := ""
			for _, r := range verify.Broken(results) {
				seen += r.Saw + "\n"
			}
			require.Contains(t, seen, m.saw)
		})
	}
}
