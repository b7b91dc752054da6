package report

import (
	"fmt"
	"strings"
)

// servers are lines on what the service uses of others, and on what runs beside
// it.
func (m *maker) servers(add func(about, format string, args ...any)) {
	model := m.Plan.Model
	if db := model.Database; db != nil {
		s := fmt.Sprintf("PostgreSQL, database %s of role %s, found at %s:%d", db.Name, db.User, db.Host, db.Port)
		if db.Reused {
			s += ", which is there already"
		}
		if len(db.Extensions) > 0 {
			s += ", with " + strings.Join(db.Extensions, ", ")
		}
		add("Database", "%s", s)
	}
	if r := model.Redis; r != nil {
		add("Redis", "%s, number %d, found at %s:%d", r.Server, r.Index, r.Host, r.Port)
	}
	if q := model.MQTT; q != nil {
		add("MQTT", "account %s at %s:%d, topics %s", q.User, q.Host, q.Port, strings.Join(q.Topics, ", "))
	}
	if g := model.Grafana; g != nil {
		var parts []string
		if g.SourceName != "" {
			parts = append(parts, fmt.Sprintf("data source %s (%s)", g.SourceName, g.Source))
		}
		if g.Dashboards != nil {
			parts = append(parts, "dashboards in folder "+g.Dashboards.Folder)
		}
		add("Grafana", "%s", strings.Join(parts, ", "))
	}
	for _, p := range model.Parts {
		s := p.Unit + ".service, "
		switch {
		case p.Program != "":
			s += "program " + p.Program
		case p.Own:
			s += "the service's image with another command"
		default:
			s += p.Image
		}
		add("Part "+p.Name, "%s (%s)", s, p.Description)
	}
}
