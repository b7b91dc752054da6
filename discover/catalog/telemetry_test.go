package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

const page = "source: https://links.example/docs"

// TestTelemetryFields: what can be said of a broker and of Grafana, and what
// cannot.
func TestTelemetryFields(t *testing.T) {
	s := schema(t, "")
	for _, good := range []string{
		"mqtt: {topics: [links/#, +/links/+/state, '$SYS/#', '#'], " + page + "}\n",
		"mqtt: {password: MQTT_PASSWORD, " + page + "}\n",
		"needs: [mqtt]\nenvironment: {A: \"{mqttUrl} {mqttHost}:{mqttPort} {mqttUser}\"}\nmqtt: {topics: [a], password: B, " + page + "}\n",
		"needs: [postgresql]\ngrafana: {data: postgresql, " + page + "}\n",
		"metrics: {path: /metrics, authentication: none}\ngrafana: {data: prometheus, dashboards: \"https://x.example/a/v{version}.tar.gz\", folder: a/b, uid: Links, " + page + "}\n",
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: https://x.example/a.zip, " + page + "}\n",
	} {
		require.NoError(t, withText(good), good)
		require.NoError(t, s.Validate(document(t, []byte(server+good))), good)
	}
	for bad, c := range map[string]struct {
		want   string
		schema bool // the schema can say it too
	}{
		"mqtt: {topics: [a/#/b], " + page + "}\n":                                     {"mqtt.topics[0]", true},
		"mqtt: {topics: ['a b'], " + page + "}\n":                                     {"mqtt.topics[0]", true},
		"mqtt: {topics: [a, a], " + page + "}\n":                                      {"is there twice", true},
		"mqtt: {topics: [a]}\n":                                                       {"mqtt.source", true},
		"mqtt: {" + page + "}\n":                                                      {"it says nothing", true},
		"mqtt: {password: a-b, " + page + "}\n":                                       {"mqtt.password", true},
		"environment: {P: x}\nmqtt: {password: P, " + page + "}\n":                    {"P is in environment too", false},
		"environment: {P: \"{mqttHost}\"}\n":                                          {"{mqttHost} stands for nothing: needs does not have mqtt", false},
		"needs: [mqtt]\nenvironment: {P: \"{mqttPassword}\"}\n":                       {"{mqttPassword} is no placeholder", true},
		"grafana: {data: postgresql, " + page + "}\n":                                 {"needs does not have postgresql", false},
		"grafana: {data: prometheus, " + page + "}\n":                                 {"metrics does not say that it has any", false},
		"needs: [postgresql]\ngrafana: {data: postgresql, uid: a b, " + page + "}\n":  {"grafana.uid", true},
		"grafana: {data: loki, " + page + "}\n":                                       {`"loki" is none of postgresql, prometheus`, true},
		"needs: [postgresql]\ngrafana: {data: postgresql}\n":                          {"grafana.source", true},
		"needs: [postgresql]\ngrafana: {data: postgresql, folder: a, " + page + "}\n": {"there are no dashboards", false},
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: https://x.example/a.zip, folder: ../a, " + page + "}\n": {"has . or .. in it", false},
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: https://x.example/a.zip, folder: /a, " + page + "}\n":   {"grafana.folder", true},
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: http://x.example/a.zip, " + page + "}\n":                {"is no https address", true},
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: https://x.example/a.tar.xz, " + page + "}\n":            {"is no archive", true},
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: 'https://x.example/a.zip?x=1', " + page + "}\n":         {"is no archive", true},
		"needs: [postgresql]\ngrafana: {data: postgresql, dashboards: 'https://u:p@x.example/a.zip', " + page + "}\n":         {"is no https address", false},
	} {
		require.ErrorContains(t, withText(bad), c.want, bad)
		if err := s.Validate(document(t, []byte(server+bad))); c.schema {
			require.Error(t, err, bad)
		} else {
			require.NoError(t, err, "the schema says it after all: %s", bad)
		}
	}
}

// TestDashboardsOf: the version is filled in, and an archive of no known version
// is none.
func TestDashboardsOf(t *testing.T) {
	g := &catalog.Grafana{Dashboards: "https://x.example/v{version}/a-{version}.tar.gz"}
	require.Equal(t, "https://x.example/v1.2/a-1.2.tar.gz", g.DashboardsOf("1.2"))
	require.Empty(t, g.DashboardsOf(""))
	g.Dashboards = "https://x.example/a.tar.gz"
	require.Equal(t, g.Dashboards, g.DashboardsOf(""))
	require.Empty(t, (&catalog.Grafana{}).DashboardsOf("1"))
}

// TestBrokerIsTold: what needs a broker is told where it is, and has its account
// and the password of that.
func TestBrokerIsTold(t *testing.T) {
	var names []string
	for _, e := range catalog.Builtin().Entries() {
		told := ""
		for _, value := range e.Environment {
			told += value
		}
		if !strings.Contains(told, "{mqtt") {
			continue
		}
		names = append(names, e.Name)
		require.Contains(t, told, "{mqttUser}", e.Name)
		require.True(t, strings.Contains(told, "{mqttUrl}") || strings.Contains(told, "{mqttHost}"), e.Name)
		require.NotNil(t, e.MQTT, e.Name)
		require.NotEmpty(t, e.MQTT.Password, e.Name)
		require.NotContains(t, e.Secrets, e.MQTT.Password, "%s: it is handed over as the account's", e.Name)
	}
	require.Equal(t, []string{"teslamate", "zigbee2mqtt"}, names)
}
