package render_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
)

const (
	brokerVariables = "mqttVariables=MQTT_HOST={mqttHost},MQTT_PORT={mqttPort},MQTT_USERNAME={mqttUser}"
	upstreamHash    = "grafanaDashboardsHash=sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4="
)

// withBroker gives the newer example a broker and a Grafana, to which services
// contribute as in the older one.
func withBroker(f *facts.Facts, _ *convention.Conventions) {
	f.Hubs, f.Containers, f.Units = maps.Clone(f.Hubs), maps.Clone(f.Containers), maps.Clone(f.Units)
	f.Hubs[facts.BrokerHub] = &facts.Hub{Path: []string{"modules", "services", "emqx", "integrations"}, Fields: []string{"users", "acls"}}
	f.Hubs[facts.GrafanaHub] = &facts.Hub{Path: []string{"modules", "services", "grafana", "integrations"}, Fields: []string{"datasources", "dashboards", "loadCredentials"}}
	f.Containers["emqx"] = facts.Container{Ports: []string{"1883:1883"}}
	f.Units["podman-emqx"], f.Units["grafana"] = facts.Unit{}, facts.Unit{}
	f.Provisioned = facts.Provisioned{Enabled: true, Named: true}
}

// telemetry are services with an account at the broker, a data source and
// dashboards, in each way to run one.
var telemetry = []scenario{
	{
		name: "telemetry", example: "example", service: "carlog",
		answers: said("packaging=container", "image=ghcr.io/x/carlog:1.0.0@"+digest, "containerPort=4000", "workload=stateless", "auth=builtin", "category=Productivity",
			"description=log of a car", "secrets=ENCRYPTION_KEY", "database=postgresql", "databaseVariables=DATABASE_HOST={databaseHost},DATABASE_PASS={databasePassword}",
			"mqtt=yes", "mqttTopics=carlog/#,homeassistant/#", "mqttTags=telemetry", "mqttPassword=MQTT_PASSWORD", brokerVariables,
			"grafana=postgresql", "grafanaDashboards=https://example.org/carlog/archive/v1.0.0.tar.gz", "grafanaDashboardsFolder=grafana/dashboards", upstreamHash, "grafanaFolder=Cars"),
	},
	{
		name: "telemetry-credential", example: "example", service: "carlog",
		answers: said("packaging=container", "image=ghcr.io/x/carlog:1.0.0@"+digest, "containerPort=4000", "workload=stateless", "auth=builtin", "category=Productivity",
			"description=log of a car", "handover=credential", "mqtt=yes", "mqttUser=car", "mqttPassword=MQTT_PASSWORD", "mqttVariables=MQTT_URL={mqttUrl}",
			"grafana=prometheus", "grafanaDashboards=https://example.org/carlog-1.0.0.zip", "grafanaDashboardsFolder=.", upstreamHash),
	},
	{
		name: "telemetry-unit", example: "example", service: "gotify", pkg: "gotify-server",
		answers: said("packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --broker {mqttHost}", "port=8070", "workload=sqlite", "auth=builtin",
			"category=Infrastructure", "mqtt=yes", "mqttPassword=GOTIFY_MQTT_PASSWORD", "mqttVariables=GOTIFY_BROKER={mqttHost}:{mqttPort}",
			"grafana=influxdb", "grafanaUrl=http://127.0.0.1:8086", "grafanaOrganization=home", "grafanaBucket=messages"),
	},
	{
		name: "telemetry-native", example: "example", service: "jellyfin", native: "jellyfin", pkg: "jellyfin",
		answers: said("port=8096", "workload=media", "auth=builtin", "category=Media", "preseed=no", "mqtt=yes", "grafana=prometheus"),
	},
	{
		name: "telemetry-factory", example: "example-registry", service: "carlog", change: withBroker,
		answers: said("packaging=container", "image=ghcr.io/x/carlog:1.0.0@"+digest, "containerPort=4000", "dataDir=/data", "workload=config", "auth=builtin", "category=productivity",
			"description=log of a car", "database=postgresql", "databaseVariables=DATABASE_URL={databaseUrl}", "mqtt=yes", "mqttPassword=MQTT_PASSWORD", brokerVariables,
			"grafana=postgresql", "grafanaDashboards=https://example.org/carlog-1.0.0.tgz", "grafanaDashboardsFolder=boards", upstreamHash),
	},
}

// TestTelemetryChoices: what was decided decides what is written.
func TestTelemetryChoices(t *testing.T) {
	for _, c := range []struct {
		name         string
		s            scenario
		module, host []string // what must be there; with a minus, what must not
	}{
		{"everything", named(t, "telemetry"), []string{
			"modules.services.emqx.integrations.${serviceName} = lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration)", `"telemetry"`, "inherit (cfg.mqtt) topics;",
			"url = \"https://example.org/carlog/archive/v1.0.0.tar.gz\";", `hash = "sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=";`, `"${upstream}/grafana/dashboards";`,
			`secureJsonData.password = "$__file{/run/credentials/grafana.service/carlog-db-password}";`, "loadCredentials = [\n          \"carlog-db-password:${cfg.database.passwordFile}\"\n        ];",
			`default = "Cars";`, "MQTT_HOST = cfg.mqtt.host;", "-stripRoot", "-MQTT_PASSWORD",
		}, []string{"passwordFile = config.sops.secrets.\"carlog/mqtt-password\".path;", "grafana.enable = true;"}},
		{"root of an archive", named(t, "telemetry-credential"), []string{`"${upstream}";`, "-loadCredentials", "-secureJsonData"}, nil},
		{"no dashboards", named(t, "telemetry-native"), []string{"-fetchzip", "-dashboards =", `type = "prometheus";`}, nil},
		{"a token", named(t, "telemetry-unit"), []string{`organization = "home";`, `defaultBucket = "messages";`, `secureJsonData.token = "$__file{/run/credentials/grafana.service/gotify-grafana-token}";`, `"gotify-grafana-token:${cfg.grafana.tokenFile}"`}, []string{`tokenFile = config.sops.secrets."gotify/grafana-token".path;`}},
		{"no broker", named(t, "telemetry").with("mqtt=no", "-mqttTopics", "-mqttTags", "-mqttPassword", "-mqttVariables"), []string{"-emqx", "-mqtt"}, []string{"-mqtt"}},
		{"no Grafana", named(t, "telemetry-native").with("grafana=no"), []string{"-grafana"}, []string{"-grafana.enable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			module, host, _ := texts(t, c.s)
			for text, wants := range map[string][]string{module: c.module, host: c.host} {
				for _, want := range wants {
					if bad, ok := strings.CutPrefix(want, "-"); ok {
						require.NotContains(t, text, bad)
					} else {
						require.Contains(t, text, want)
					}
				}
			}
		})
	}
}

// TestDashboardsOfTheRepo: a folder of the repo is named from where the module
// is, so that it is in the store.
func TestDashboardsOfTheRepo(t *testing.T) {
	s := named(t, "telemetry-native").with("grafanaDashboards=hosts/forge/Mein Brett")
	f, c := s.inputs(t)
	p, err := plan.Make(plan.Input{Service: s.service, Facts: f, Conventions: c, Answers: s.answers, Paths: []string{"hosts/forge/Mein Brett/a.json"}})
	require.NoError(t, err)
	files, err := render.Files(p, c, f, s.files(t))
	require.NoError(t, err)
	up := strings.Repeat("../", strings.Count(p.Model.Where.Module, "/"))
	require.Contains(t, string(files[0].After), `default = "${`+strings.TrimSuffix(up, "/")+` + "/hosts/forge/Mein Brett"}";`)
	require.NotContains(t, string(files[0].After), "fetchzip")
}
