package verify

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// broker: the account is there with its password, and may read and write its
// topics.
func (c *checker) broker(p plan.Promise) (bool, string) {
	b, ok := c.after.Brokers[p.Subject]
	if !ok {
		return absent("account of it at the broker")
	}
	i := slices.IndexFunc(b.Users, func(u facts.BrokerUser) bool { return text(u.Name) == p.Want["user"] })
	switch {
	case i < 0:
		return false, "there is no account " + p.Want["user"]
	case text(b.Users[i].Secret) != p.Want["secret"]:
		return false, "its password is " + text(b.Users[i].Secret)
	}
	for _, tag := range strings.Fields(p.Want["tags"]) {
		if !slices.Contains(b.Users[i].Tags, tag) {
			return false, "its account has no tag " + tag
		}
	}
	for _, topic := range strings.Fields(p.Want["topics"]) {
		if !slices.ContainsFunc(b.Rules, func(r facts.BrokerRule) bool {
			return text(r.Permission) == "allow" && slices.Contains([]string{"pubsub", "all"}, text(r.Action)) && text(r.Kind) == "user" &&
				text(r.Subject) == p.Want["user"] && slices.Contains(r.Topics, topic)
		}) {
			return false, "no rule lets it read and write " + topic
		}
	}
	return true, "account " + p.Want["user"] + ", topics " + p.Want["topics"]
}

// told: the variables have the values that were decided.
func (c *checker) told(p plan.Promise) (bool, string) {
	given, what := c.digests(p)
	if given == nil {
		return absent(what)
	}
	for _, v := range c.plan.Model.MQTT.Given {
		if kept, saw := same(given, v.Name, v.Value); !kept {
			return false, "the " + what + " has " + saw
		}
	}
	return true, "as decided: " + p.Want["variables"]
}

// source: Grafana itself is given the data source, and its unit the credential.
func (c *checker) source(p plan.Promise) (bool, string) {
	if _, ok := c.after.Grafana[p.Subject]; !ok {
		return absent("contribution of it to Grafana")
	}
	i := slices.IndexFunc(c.after.Provisioned.Sources, func(s facts.DataSource) bool { return text(s.UID) == p.Want["identifier"] })
	if i < 0 || !c.after.Provisioned.Enabled {
		return false, "Grafana is given no data source " + p.Want["identifier"]
	}
	s := c.after.Provisioned.Sources[i]
	saw := text(s.Type) + " at " + text(s.URL)
	switch {
	case text(s.Type) != p.Want["type"] || text(s.URL) != p.Want["url"]:
		return false, saw
	case p.Want["user"] != "" && (text(s.User) != p.Want["user"] || text(s.Database) != p.Want["database"]):
		return false, saw + ", user " + text(s.User) + ", database " + text(s.Database)
	}
	credential := p.Want["credential"]
	if credential == "" {
		return true, saw
	}
	file := "/run/credentials/" + p.Want["unit"] + ".service/" + credential
	named := false
	for _, f := range s.Files {
		named = named || f == file
	}
	if !named {
		return false, saw + ", and it does not read " + file
	}
	if from := c.after.Handovers[p.Want["unit"]].Credentials[credential]; !strings.HasSuffix(from, "/"+p.Want["secret"]) {
		return false, saw + ", and " + p.Want["unit"] + ".service is not given " + credential
	}
	return true, saw + ", with " + credential
}

// dashboards: Grafana shows the folder; one that is fetched lies where Nix puts
// what has the hash that was decided.
func (c *checker) dashboards(p plan.Promise) (bool, string) {
	f, ok := c.after.Grafana[p.Subject].Folders[p.Subject]
	if !ok || f.Path == nil {
		return absent("folder of dashboards of it")
	}
	if !slices.ContainsFunc(c.after.Provisioned.Folders, func(g facts.DashboardFolder) bool {
		return text(g.Path) == *f.Path && text(g.Folder) == p.Want["folder"]
	}) {
		return false, "Grafana is not given " + *f.Path + " in folder " + p.Want["folder"]
	}
	root := *f.Path
	if p.Want["path"] != "" && p.Want["hash"] != "" {
		if root, ok = strings.CutSuffix(root, "/"+p.Want["path"]); !ok {
			return false, "the dashboards are in " + *f.Path
		}
	}
	if p.Want["hash"] == "" {
		return strings.HasPrefix(root, "/nix/store/"), *f.Path
	}
	_, name, _ := strings.Cut(path.Base(root), "-")
	want, err := archive.StorePath(p.Want["hash"], name)
	if err != nil || root != want {
		return false, "the dashboards are in " + *f.Path + ", which is not what has the hash"
	}
	return true, *f.Path
}

// telemetry tells whether a change is one that the broker or Grafana makes of
// what the service contributes: the broker may number its accounts anew.
func (c *checker) telemetry(changed string) bool {
	m := c.plan.Model
	if q := m.MQTT; q != nil && strings.HasPrefix(changed, "/handovers/"+q.Unit+"/credentials/") {
		return true
	}
	g := m.Grafana
	if g == nil {
		return false
	}
	name, err := json.Marshal(g.SourceName)
	return err == nil && (strings.HasPrefix(changed, "/provisioned/sources/") && strings.Contains(changed, `"uid":"`+g.UID+`"`) ||
		g.Dashboards != nil && strings.HasPrefix(changed, "/provisioned/folders/") && strings.Contains(changed, `"name":`+string(name)))
}
