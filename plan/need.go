package plan

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// need is something beyond a proxy, an alert and files that a service has to be
// given. Needs tell how much there is to wire, so they are read of the service to
// add and of those that are there.
type need string

// The needs, in the order in which they are told.
const (
	needDatabase   need = "a database server"
	needBroker     need = "a message broker"
	needCache      need = "a cache server"
	needParts      need = "parts that run beside it"
	needHardware   need = "a device of the host"
	needNetwork    need = "the host's network"
	needSecrets    need = "credentials"
	needFile       need = "a database in a file"
	needSharedFile need = "files of a network mount"
	needMetrics    need = "metrics that are scraped"
)

var needs = []need{needDatabase, needBroker, needCache, needParts, needHardware, needNetwork, needSecrets, needFile, needSharedFile, needMetrics}

// tierOf is the tier of a service with those needs. A server beside it makes it
// complex, and so do two of the rest that reach out of it: there the parts must
// be wired to each other. Any need alone is what most services have.
func tierOf(has map[need]Evidence) Tier {
	outward := 0
	for _, n := range []need{needCache, needParts, needHardware, needNetwork, needSecrets} {
		if _, ok := has[n]; ok {
			outward++
		}
	}
	_, database := has[needDatabase]
	_, broker := has[needBroker]
	switch {
	case database, broker, outward > 1:
		return Complex
	case len(has) > 0:
		return Moderate
	}
	return Simple
}

// variables tell by their names what a service is connected to.
var variables = []struct {
	words []string
	need  need
}{
	{[]string{"POSTGRES", "POSTGRESQL", "MYSQL", "MARIADB", "PGHOST"}, needDatabase},
	{[]string{"MQTT"}, needBroker},
	{[]string{"REDIS", "VALKEY", "MEMCACHED"}, needCache},
}

// variableNeeds are the needs that the names of environment variables tell.
func variableNeeds(names []string, into map[need]Evidence, at Evidence) {
	for _, name := range names {
		words := strings.Split(strings.ToUpper(name), "_")
		for _, v := range variables {
			if _, told := into[v.need]; !told && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(v.words, w) }) {
				at.Value = name
				into[v.need] = at
			}
		}
	}
}

// catalogNeeds are what the catalog says a service needs.
func catalogNeeds(list []string, into map[need]Evidence, at Evidence) {
	for _, n := range list {
		known, ok := map[string]need{"postgresql": needDatabase, "mysql": needDatabase, "mqtt": needBroker, "redis": needCache,
			"gpu": needHardware, "usb": needHardware, "host-network": needNetwork}[n]
		if ok {
			at.Value = n
			into[known] = at
		}
	}
}

// smallPages are the record sizes that are given to databases.
var smallPages = []string{"4K", "8K", "16K"}

// needsOf are the needs of a service that is there, as far as its options, its
// container and its storage show them.
func (m *maker) needsOf(name string) map[need]Evidence {
	has, s := map[need]Evidence{}, m.Facts.Services[name]
	at := func(option string) Evidence {
		e := Evidence{Option: m.option(name, option)}
		if d := s.Options[option].Declared; d != nil {
			e.File, e.Line = d.File, d.Line
		}
		return e
	}
	off := func(part string) bool { on, known := s.Options[part+".enable"].Value.(bool); return known && !on }
	for _, option := range sortedNames(s.Options) {
		part, field, _ := strings.Cut(option, ".")
		inside := slices.Contains([]string{"host", "url", "passwordFile", "createLocally"}, field) || slices.Contains(s.Options[option].Fields, "passwordFile")
		switch part {
		case "database", "postgresql", "mysql":
			if inside && !off(part) {
				has[needDatabase] = at(option)
			}
		case "redis", "valkey":
			if !off(part) {
				has[needCache] = at(option)
			}
		case "mqtt":
			if field != "" && !off(part) || len(s.Options[option].Fields) > 0 {
				has[needBroker] = at(option)
			}
		case "nfsMountDependency":
			if mount, ok := s.Options[option].Value.(string); ok && mount != "" {
				has[needSharedFile] = at(option)
			}
		}
	}
	if i := slices.IndexFunc(m.Facts.Secrets, func(secret string) bool { return strings.HasPrefix(secret, name+"/") }); i >= 0 {
		has[needSecrets] = Evidence{Option: "sops.secrets", Value: m.Facts.Secrets[i]}
	}
	if i := slices.IndexFunc(m.Facts.Scrapes, func(j facts.Scrape) bool { return j.Job == name || j.Job == "service-"+name }); i >= 0 {
		has[needMetrics] = Evidence{Option: "services.prometheus.scrapeConfigs", Value: m.Facts.Scrapes[i].Job}
	}
	if size := m.Facts.Datasets[name].RecordSize; size != nil && slices.Contains(smallPages, *size) {
		has[needFile] = Evidence{Option: m.hub(facts.DatasetsHub) + "." + name + ".recordsize", Value: *size}
	}
	m.containerNeeds(name, has)
	if _, server := has[needDatabase]; server {
		delete(has, needFile) // the record size is then what the server's data have
	}
	return has
}

// containerNeeds are those that the container of a service shows.
func (m *maker) containerNeeds(name string, has map[need]Evidence) {
	c, ok := m.Facts.Containers[name]
	if !ok {
		return
	}
	at := Evidence{Option: "virtualisation.oci-containers.containers." + name}
	variableNeeds(c.Environment, has, at)
	if c.EnvironmentFiles > 0 {
		at.Value = "environmentFiles"
		has[needSecrets] = at
	}
	for _, option := range c.ExtraOptions {
		if strings.HasPrefix(option, "--device") || strings.HasPrefix(option, "--gpus") {
			at.Value = option
			has[needHardware] = at
		}
		if option == "--network=host" {
			at.Value = option
			has[needNetwork] = at
		}
	}
	for _, mount := range sortedNames(m.Facts.Mounts) {
		path := m.Facts.Mounts[mount].LocalPath
		for _, v := range c.Volumes {
			if path != nil && *path != "" && strings.HasPrefix(v, *path) {
				at.Value = v
				has[needSharedFile] = at
			}
		}
	}
}
