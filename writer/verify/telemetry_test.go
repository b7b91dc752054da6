package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

func init() {
	scenarios["telemetry"] = scenario{"example", discover.Query{Service: "carlog"}, said("packaging=container", "image=ghcr.io/x/carlog:1.0.0@"+digest,
		"containerPort=4000", "workload=stateless", "auth=builtin", "category=Productivity", "description=log of a car", "mqtt=yes", "mqttPassword=MQTT_PASSWORD",
		"mqttVariables=MQTT_HOST={mqttHost},MQTT_PORT={mqttPort},MQTT_USERNAME={mqttUser}", "grafana=prometheus",
		"grafanaDashboards=https://example.org/carlog-1.0.0.tar.gz", "grafanaDashboardsFolder=grafana/dashboards",
		"grafanaDashboardsHash=sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=")}
}

// TestTelemetryBroken: each part of the account at the broker, the data source
// and the dashboards is seen to be missing.
func TestTelemetryBroken(t *testing.T) {
	for name, c := range map[string]struct {
		e    edit
		kind plan.PromiseKind
		saw  string
	}{
		"no account":      {inModule("registerIntegration) {", "registerIntegration && false) {"), plan.PromiseBroker, "no account of it"},
		"no topics":       {inModule("inherit (cfg.mqtt) topics;", `topics = [ "x" ];`), plan.PromiseBroker, "no rule lets it"},
		"denied":          {inModule(`permission = "allow"`, `permission = "deny"`), plan.PromiseBroker, "no rule lets it"},
		"no order":        {inModule(`after = [ "podman-emqx.service" ]`, `before = [ "podman-x.service" ]`), plan.PromiseOrder, "podman-emqx.service"},
		"another account": {inModule("MQTT_USERNAME = cfg.mqtt.username;", `MQTT_USERNAME = "x";`), plan.PromiseTold, "another MQTT_USERNAME"},
		"another source":  {inModule(`type = "prometheus";`, `type = "loki";`), plan.PromiseSource, "loki"},
		"no source":       {inModule(`uid = "carlog";`, ""), plan.PromiseSource, "no data source carlog"},
		"other folder":    {inModule("/grafana/dashboards", "/dashboards"), plan.PromiseDashboards, "/dashboards"},
		"other archive":   {inModule("VWolbr", "VWolbs"), plan.PromiseDashboards, "not what has the hash"},
	} {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, "telemetry")
			after, systems := st.evaluate(t, c.e)
			results := verify.Broken(verify.Check(st.plan, st.before, after, systems))
			seen := ""
			for _, r := range results {
				if r.Kind == c.kind {
					seen += r.Saw
				}
			}
			require.Contains(t, seen, c.saw, "%+v", results)
		})
	}
}
