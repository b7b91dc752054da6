package verify_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// Services with an account at the broker, a data source and dashboards, in each
// way to run one.
func init() {
	const archive = "grafanaDashboards=https://example.org/carlog-1.0.0.tar.gz"
	const hash = "grafanaDashboardsHash=sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4="
	const told = "mqttVariables=MQTT_HOST={mqttHost},MQTT_PORT={mqttPort},MQTT_USERNAME={mqttUser}"
	carlog := []string{"packaging=container", "image=ghcr.io/x/carlog:1.0.0@" + digest, "containerPort=4000", "auth=builtin", "description=log of a car", "mqtt=yes",
		"mqttPassword=MQTT_PASSWORD", told, archive, hash, "grafanaDashboardsFolder=grafana/dashboards"}
	database := []string{"grafana=postgresql", "database=postgresql", "databaseVariables=DATABASE_URL={databaseUrl}"}
	scenarios["telemetry"] = scenario{"example", discover.Query{Service: "carlog"}, said(append([]string{"workload=stateless", "category=Productivity", "grafana=prometheus", "mqttTags=telemetry"}, carlog...)...)}
	scenarios["telemetry-database"] = scenario{"example", discover.Query{Service: "carlog"}, said(slices.Concat([]string{"workload=stateless", "category=Productivity", "handover=credential"}, carlog, database)...)}
	scenarios["telemetry-reused"] = scenario{"example", discover.Query{Service: "carlog"}, said(slices.Concat([]string{"workload=stateless", "category=Productivity", "handover=template", "databaseName=dispatcharr", "databaseReuse=yes"}, carlog, database)...)}
	scenarios["telemetry-unit"] = scenario{"example", discover.Query{Service: "gotify", Packages: []string{"gotify-server"}}, said("packaging=unit", "package=gotify-server",
		"arguments=--listen {address}:{port} --broker {mqttHost}", "port=8070", "workload=sqlite", "auth=builtin", "category=Infrastructure", "mqtt=yes", "mqttPassword=GOTIFY_MQTT_PASSWORD",
		"mqttVariables=GOTIFY_BROKER={mqttHost}:{mqttPort}", "grafana=influxdb", "grafanaUrl=http://127.0.0.1:8086", "grafanaOrganization=home", "grafanaBucket=messages")}
	scenarios["telemetry-native"] = scenario{"example", discover.Query{Service: "jellyfin", Natives: []string{"jellyfin"}, Packages: []string{"jellyfin"}}, said("port=8096", "workload=media", "auth=builtin",
		"category=Media", "mqtt=yes", "grafana=prometheus")}
	scenarios["telemetry-factory"] = scenario{"example-registry", discover.Query{Service: "carlog"}, said(slices.Concat([]string{"dataDir=/data", "workload=config", "category=productivity"}, carlog, database)...)}
}

// TestTelemetryBroken: each part of the account at the broker, the data source
// and the dashboards is seen to be missing, whatever the service is run as.
func TestTelemetryBroken(t *testing.T) {
	for _, c := range []struct {
		name, scenario string
		edits          []edit
		kind           plan.PromiseKind
		saw            string
	}{
		{"no account", "telemetry", []edit{inModule("registerIntegration) {", "registerIntegration && false) {")}, plan.PromiseBroker, "no account of it"},
		{"not registered", "telemetry", []edit{inHost("mqtt = {\n", "mqtt = {\n          registerIntegration = false;\n")}, plan.PromiseBroker, "no account of it"},
		{"account of another name", "telemetry", []edit{inHost("mqtt = {\n", "mqtt = {\n          username = \"car\";\n")}, plan.PromiseBroker, "there is no account carlog"},
		{"password of another secret", "telemetry-database", []edit{inHost(`passwordFile = config.sops.secrets."carlog/mqtt-password".path;`, `passwordFile = config.sops.secrets."carlog/database-password".path;`)}, plan.PromiseBroker, "its password is carlog/database-password"},
		{"no tag", "telemetry", []edit{inModule(`tags = [ "carlog" "telemetry" ];`, `tags = [ "carlog" ];`)}, plan.PromiseBroker, "its account has no tag telemetry"},
		{"no topics", "telemetry", []edit{inModule("inherit (cfg.mqtt) topics;", `topics = [ "x" ];`)}, plan.PromiseBroker, "no rule lets it read and write carlog/#"},
		{"denied", "telemetry", []edit{inModule(`permission = "allow"`, `permission = "deny"`)}, plan.PromiseBroker, "no rule lets it"},
		{"only read", "telemetry", []edit{inModule(`action = "pubsub"`, `action = "subscribe"`)}, plan.PromiseBroker, "no rule lets it"},
		{"rule for another", "telemetry", []edit{inModule(`value = cfg.mqtt.username;`, `value = "x";`)}, plan.PromiseBroker, "no rule lets it"},
		{"no order", "telemetry", []edit{inModule(`after = [ "podman-emqx.service" ]`, `before = [ "podman-x.service" ]`)}, plan.PromiseOrder, "podman-emqx.service"},
		{"another account told", "telemetry", []edit{inModule("MQTT_USERNAME = cfg.mqtt.username;", `MQTT_USERNAME = "x";`)}, plan.PromiseTold, "another MQTT_USERNAME"},
		{"another source", "telemetry", []edit{inModule(`type = "prometheus";`, `type = "loki";`)}, plan.PromiseSource, "loki"},
		{"no source", "telemetry", []edit{inModule(`uid = "carlog";`, "")}, plan.PromiseSource, "no data source carlog"},
		{"other folder", "telemetry", []edit{inModule("/grafana/dashboards", "/dashboards")}, plan.PromiseDashboards, "/dashboards"},
		{"other archive", "telemetry", []edit{inModule("VWolbr", "VWolbs")}, plan.PromiseDashboards, "not what has the hash"},
		{"other folder of Grafana", "telemetry", []edit{inModule("inherit (cfg.grafana) folder;", `folder = "x";`)}, plan.PromiseDashboards, "in folder Carlog"},

		{"database of another", "telemetry-database", []edit{inModule("          database = cfg.database.name;\n          #", "          database = \"x\";\n          #")}, plan.PromiseSource, "database x"},
		{"password in another file", "telemetry-database", []edit{inModule("grafana.service/carlog-db-password", "grafana.service/x")}, plan.PromiseSource, "it does not read /run/credentials/grafana.service/carlog-db-password"},
		{"no credential", "telemetry-database", []edit{inModule(`"carlog-db-password:${cfg.database.passwordFile}"`, "")}, plan.PromiseSource, "grafana.service is not given carlog-db-password"},
		{"credential of another secret", "telemetry-database", []edit{inModule(`"carlog-db-password:${cfg.database.passwordFile}"`, `"carlog-db-password:${cfg.mqtt.passwordFile}"`)}, plan.PromiseSource, "grafana.service is not given carlog-db-password"},

		{"unit without account", "telemetry-unit", []edit{inModule("registerIntegration) {", "registerIntegration && false) {")}, plan.PromiseBroker, "no account of it"},
		{"unit without order", "telemetry-unit", []edit{inModule("(lib.mkIf cfg.mqtt.enable {", "(lib.mkIf false {")}, plan.PromiseOrder, "podman-emqx.service"},
		{"unit told of another", "telemetry-unit", []edit{inModule("${toString cfg.mqtt.port}", "1")}, plan.PromiseTold, "another GOTIFY_BROKER"},
		{"token of another secret", "telemetry-unit", []edit{inHost(`tokenFile = config.sops.secrets."gotify/grafana-token".path;`, `tokenFile = config.sops.secrets."gotify/gotify-mqtt-password".path;`)}, plan.PromiseSource, "is not given gotify-grafana-token"},

		{"credential of another's database", "telemetry-reused", []edit{inHost(`database.passwordFile = config.sops.secrets."postgresql/dispatcharr_password".path;`, `database.passwordFile = config.sops.secrets."carlog/mqtt-password".path;`)}, plan.PromiseSource, "is not given carlog-db-password"},

		{"module without account", "telemetry-native", []edit{inModule("registerIntegration) {", "registerIntegration && false) {")}, plan.PromiseBroker, "no account of it"},
		{"module without order", "telemetry-native", []edit{inModule("(lib.mkIf cfg.mqtt.enable {", "(lib.mkIf false {")}, plan.PromiseOrder, "podman-emqx.service"},
		{"module without source", "telemetry-native", []edit{inHost("grafana.enable = true;", "grafana.enable = false;")}, plan.PromiseSource, "no contribution of it to Grafana"},

		{"factory without account", "telemetry-factory", []edit{inModule("cfg.mqtt.registerIntegration)", "false)")}, plan.PromiseBroker, "no account of it"},
		{"factory without order", "telemetry-factory", []edit{inModule(`"podman-emqx.service" "postgresql-provision-databases.service"`, `"postgresql-provision-databases.service"`)}, plan.PromiseOrder, "podman-emqx.service"},
		{"factory without credential", "telemetry-factory", []edit{inModule(`"carlog-db-password:${cfg.database.passwordFile}"`, "")}, plan.PromiseSource, "grafana.service is not given carlog-db-password"},
		{"factory with another archive", "telemetry-factory", []edit{inModule("VWolbr", "VWolbs")}, plan.PromiseDashboards, "not what has the hash"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := prepare(t, c.scenario)
			after, systems := st.evaluate(t, c.edits...)
			seen := ""
			results := verify.Broken(verify.Check(st.plan, st.before, after, systems))
			for _, r := range results {
				if r.Kind == c.kind {
					seen += r.Saw
				}
			}
			require.Contains(t, seen, c.saw, "%+v", results)
		})
	}
}

// TestTelemetryOfOthers: an account, a source or a secret that is not the
// service's is something else, even where it had nothing of the kind before.
func TestTelemetryOfOthers(t *testing.T) {
	st := prepare(t, "telemetry-database")
	after, systems := st.evaluate(t)
	require.NotContains(t, st.before.Handovers, "grafana", "the first secret that Grafana is given is the service's")
	require.Contains(t, after.Handovers, "grafana")
	for want, change := range map[string]func(*facts.Facts){
		"/handovers/grafana/credentials/mail": func(f *facts.Facts) { f.Handovers["grafana"].Credentials["mail"] = "/run/secrets/mail" },
		"/handovers/sonarr/credentials/mail": func(f *facts.Facts) {
			f.Handovers["sonarr"] = facts.Handover{Credentials: map[string]string{"mail": "/x"}}
		},
		"/provisioned/sources/": func(f *facts.Facts) { f.Provisioned.Sources = append(f.Provisioned.Sources, facts.DataSource{}) },
		"/brokers/x":            func(f *facts.Facts) { f.Brokers["x"] = facts.BrokerEntry{} },
	} {
		again, _ := st.evaluate(t)
		change(again)
		seen := ""
		for _, r := range verify.Broken(verify.Check(st.plan, st.before, again, systems)) {
			require.Equal(t, plan.PromiseNothing, r.Kind)
			seen += r.Saw
		}
		require.Contains(t, seen, want)
	}
}
