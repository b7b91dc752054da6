package render

import (
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
)

// BrokerHub is the repo's option for accounts at the broker, GrafanaHub that for
// data sources and dashboards.
func (v *View) BrokerHub() []string { return v.f.Hubs[facts.BrokerHub].Path }

// GrafanaHub is the repo's option for data sources and dashboards.
func (v *View) GrafanaHub() []string { return v.f.Hubs[facts.GrafanaHub].Path }

// BrokerUnits are the units of the broker that is used.
func (v *View) BrokerUnits() []string {
	if v.MQTT == nil {
		return nil
	}
	return serviceUnits(v.MQTT.Unit)
}

// SourceFile is where Grafana's unit finds the secret of the data source.
func (v *View) SourceFile() string {
	return "/run/credentials/" + v.Grafana.Unit + ".service/" + v.Grafana.Credential
}

// DashboardsPath is the folder of the repo, as the module names it.
func (v *View) DashboardsPath() (code, error) {
	below, err := syntax.String("/" + v.Grafana.Dashboards.Path)
	if err != nil {
		return "", err
	}
	up := strings.TrimSuffix(strings.Repeat("../", strings.Count(v.Where.Module, "/")), "/")
	if up == "" {
		up = "./."
	}
	return code(up + " + " + below), nil
}

// telemetrySecrets are the sops names of what the broker and Grafana read.
func (v *View) telemetrySecrets() []string {
	var names []string
	if v.MQTT != nil {
		names = append(names, v.MQTT.Secret)
	}
	if v.Grafana != nil && v.Grafana.Secret != "" {
		names = append(names, v.Grafana.Secret)
	}
	return names
}
