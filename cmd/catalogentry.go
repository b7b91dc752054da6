package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/catalog"
)

// entry prints all that is known of a service, and where each ability was read.
func (u *ui) entry(e *catalog.Entry) {
	u.print(u.bold(e.DisplayName)+": "+e.Description, "")
	row := func(name, value, field string) {
		if value == "" || value == "0" {
			return
		}
		from := ""
		if field != "" && e.FileOf(field) != e.FileOf("") {
			from = u.dim("  " + e.FileOf(field))
		}
		u.print(fmt.Sprintf("  %-14s  %s", name, shown(value)) + from)
	}
	list := func(values []string) string { return strings.Join(values, ", ") }
	row("name", e.Name, "")
	row("also", list(e.Aliases), "aliases")
	row("category", e.Category, "category")
	row("group", e.Group, "group")
	row("homepage", e.Homepage, "homepage")
	row("icon", e.Icon, "icon")
	row("NixOS", list(e.Native), "native")
	row("nixpkgs", list(e.Packages), "packages")
	row("images", list(e.Images), "images")
	row("tag", e.Tag, "tag")
	row("port", fmt.Sprint(e.Port), "port")
	if e.NoWeb {
		row("web", "no", "noWeb")
	}
	row("data", list(e.DataDirs), "dataDirs")
	row("workload", e.Workload, "workload")
	row("works on", strings.TrimSpace(e.Mount+" "+e.MountPath), "mount")
	row("needs", list(e.Needs), "needs")
	row("memory", e.Memory, "memory")
	row("run as", e.RunAs, "runAs")
	for _, n := range slices.Sorted(maps.Keys(e.Environment)) {
		row("variable", n+"="+e.Environment[n], "environment")
	}
	row("secrets", list(e.Secrets), "secrets")
	row("health", e.Health, "health")
	if m := e.Metrics; m != nil {
		row("metrics", strings.TrimSpace(fmt.Sprintf("%s, authentication: %s", m.Path, m.Authentication)), "metrics")
	}
	if w := e.Widget; w != nil {
		row("widget", w.Type+"  "+w.Source, "widget")
	}
	if q := e.MQTT; q != nil {
		row("topics", strings.TrimSpace(list(q.Topics)+"  "+q.Source), "mqtt")
		row("at the broker", q.Password, "mqtt")
	}
	if g := e.Grafana; g != nil {
		row("Grafana", g.Data+"  "+g.Source, "grafana")
		row("dashboards", strings.TrimSpace(g.Dashboards+"  "+g.Folder), "grafana")
		row("data source", g.UID, "grafana")
	}
	u.print("", u.bold("Logging in"))
	if e.Auth.None {
		row("login", "none", "auth.none")
	}
	u.ability(e, "oidc", "OIDC", e.Auth.OIDC)
	u.ability(e, "trustedHeader", "trusted header", e.Auth.TrustedHeader)
	u.ability(e, "disable", "can be off", e.Auth.Disable)
	u.ability(e, "apiKey", "API key", e.Auth.APIKey)
	u.ability(e, "multiUser", "many users", e.Auth.MultiUser)
	u.print("", u.bold("Sources")+"  "+e.File)
	for _, s := range e.Sources {
		u.print("  " + s)
	}
}

// ability prints one, with the page that says so.
func (u *ui) ability(e *catalog.Entry, field, name string, a catalog.Ability) {
	if !a.Known() {
		u.print(fmt.Sprintf("  %-14s  %s", name, u.dim("unknown")))
		return
	}
	from := ""
	if e.FileOf("auth."+field) != e.FileOf("") {
		from = "  " + e.FileOf("auth."+field)
	}
	u.print(fmt.Sprintf("  %-14s  %-3s  %s", name, a.Support, u.dim(a.Source+", read "+a.Seen+from)))
	more := func(text string) {
		if text != "" {
			u.print(u.dim(fmt.Sprintf("  %-14s       %s", "", shown(text))))
		}
	}
	for _, n := range slices.Sorted(maps.Keys(a.Environment)) {
		more(n + "=" + a.Environment[n])
	}
	for _, n := range slices.Sorted(maps.Keys(a.Settings)) {
		more(fmt.Sprintf("%s = %v", n, a.Settings[n]))
	}
	if a.Secret != "" {
		more("secret " + a.Secret)
	}
	if a.Callback != "" {
		more("comes back to " + a.Callback)
	}
	if a.Header != "" {
		more("header " + a.Header)
	}
	more(a.Manual)
	more(a.Note)
}
