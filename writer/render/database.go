package render

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// ByTemplate tells that the service's secrets are a file that a template of sops
// makes.
func (v *View) ByTemplate() bool { return v.hasSecrets() && v.Handover != plan.ByCredential }

// ByCredential tells that they are credentials of systemd.
func (v *View) ByCredential() bool { return v.hasSecrets() && v.Handover == plan.ByCredential }

func (v *View) hasSecrets() bool { return len(v.SecretNames)+len(v.Composed) > 0 }

// CredentialsDirectory is the folder below /run in which the environment is
// written, CredentialsFile that environment.
func (v *View) CredentialsDirectory() string { return plan.CredentialsDirectory(v.Name) }

// CredentialsFile is the file of variables that is made of the credentials.
func (v *View) CredentialsFile() string { return plan.CredentialsFile(v.Name) }

// DatabaseHub is the repo's option for databases.
func (v *View) DatabaseHub() []string {
	if h := v.f.Hubs[facts.DatabasesHub]; h != nil && v.Database != nil {
		return h.Path
	}
	return nil
}

// MadeDatabase is the database, if the service's module makes it.
func (v *View) MadeDatabase() *plan.PostgreSQL {
	if v.Database == nil || v.Database.Reused {
		return nil
	}
	return v.Database
}

// DatabasePassword tells whether the module names the file with the password of the
// database's role: for who makes the role, and for units that are given the file.
func (v *View) DatabasePassword() bool {
	if v.Database == nil {
		return false
	}
	return !v.Database.Reused || v.ByCredential() || v.Grafana != nil && v.Grafana.Source == plan.SourcePostgreSQL
}

// DatabaseFields are the options of the database that its entry in the hub has
// under the same name.
func (v *View) DatabaseFields() []string {
	var names []string
	if len(v.Database.Extensions) > 0 {
		names = append(names, "extensions")
	}
	if v.Database.Policy != "" {
		names = append(names, "permissionsPolicy")
	}
	return names
}

// ExtensionField is a field of an extension with its type and its default, which
// are Nix.
type ExtensionField struct {
	Name          string
	Type, Default code
	About         string
}

// ExtensionFields are what can be said of an extension besides its name.
func (v *View) ExtensionFields() []ExtensionField {
	text, yes := code("lib.types.nullOr lib.types.str"), code("lib.types.bool")
	var fields []ExtensionField
	for _, f := range []ExtensionField{
		{"schema", text, "null", "Schema that it is made in, null for the usual one."},
		{"version", text, "null", "Version, null for the newest."},
		{"dropBeforeCreate", yes, "false", "Whether an older one is dropped first."},
		{"dropCascade", yes, "true", "Whether what depends on it is dropped with it."},
		{"updateToLatest", yes, "false", "Whether it is updated to the newest version."},
	} {
		if slices.Contains(v.Database.ExtensionFields, f.Name) {
			fields = append(fields, f)
		}
	}
	return fields
}

// serverReferences are the options that stand for the placeholders of servers.
var serverReferences = map[string]string{
	"{databaseHost}": "database.host", "{databasePort}": "toString database.port", "{databaseName}": "database.name", "{databaseUser}": "database.user",
	"{mqttHost}": "mqtt.host", "{mqttPort}": "toString mqtt.port", "{mqttUser}": "mqtt.username",
	"{redisHost}": "redis.host", "{redisPort}": "toString redis.port", "{redisIndex}": "toString redis.index",
}

// serverOption is the expression for a placeholder, where the options are below
// a prefix such as "cfg.".
func serverOption(placeholder, prefix string) string {
	expression := serverReferences[placeholder]
	if rest, ok := strings.CutPrefix(expression, "toString "); ok {
		return "toString " + prefix + rest
	}
	return prefix + expression
}

// pieces are the placeholders of servers in a value and the texts between them.
func pieces(value string) []string {
	var list []string
	for value != "" {
		at, which := len(value), ""
		for p := range serverReferences {
			if i := strings.Index(value, p); i >= 0 && i < at {
				at, which = i, p
			}
		}
		if i := strings.Index(value, databasePassword); i >= 0 && i < at {
			at, which = i, databasePassword
		}
		if at > 0 {
			list = append(list, value[:at])
		}
		if which != "" {
			list = append(list, which)
		}
		value = value[at+len(which):]
	}
	return list
}

// containerValue is the value of an environment variable of a container: a
// string with the options for the placeholders of servers, or such an option.
func containerValue(s string) (string, error) { return withServers(s, textOf, inner) }

// withServers writes a value with placeholders of servers. whole writes a text
// that has none, part what stands between them.
func withServers(s string, whole, part func(string) (string, error)) (string, error) {
	list := pieces(s)
	switch {
	case len(list) == 1 && serverReferences[s] != "":
		return serverOption(s, "cfg."), nil
	case !slices.ContainsFunc(list, func(p string) bool { return serverReferences[p] != "" }):
		return whole(s)
	}
	var b strings.Builder
	for _, piece := range list {
		if serverReferences[piece] != "" {
			b.WriteString("${" + serverOption(piece, "cfg.") + "}")
			continue
		}
		text, err := part(piece)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return `"` + b.String() + `"`, nil
}

// FactoryReadsConfig tells whether a variable of a factory's container is made of
// options.
func (v *View) FactoryReadsConfig() bool {
	return slices.ContainsFunc(v.Environment, func(e plan.Variable) bool {
		return slices.ContainsFunc(pieces(e.Value), func(p string) bool { return serverReferences[p] != "" })
	})
}

// serviceUnits are units with their suffix, as the lists of a unit have them.
func serviceUnits(units ...string) []string {
	var list []string
	for _, u := range units {
		list = append(list, u+".service")
	}
	return list
}

// DatabaseUnits are the units that make the database.
func (v *View) DatabaseUnits() []string {
	if v.Database == nil {
		return nil
	}
	return serviceUnits(v.Database.Unit)
}

// RedisUnits are the units of the Redis that is used.
func (v *View) RedisUnits() []string {
	if v.Redis == nil {
		return nil
	}
	return serviceUnits(v.Redis.Unit)
}

// FactoryWants are the units that a factory's container wants, FactoryAfter those
// that it starts after.
func (v *View) FactoryWants() []string {
	return slices.Concat(v.DatasetUnits(), v.RedisUnits(), v.BrokerUnits())
}

// FactoryAfter are the units that a factory's container starts after.
func (v *View) FactoryAfter() []string { return slices.Concat(v.FactoryWants(), v.DatabaseUnits()) }

// AddHost tells that a container must be told what the host's name is.
func (v *View) AddHost() string {
	if v.Database != nil && v.Database.AddHost {
		return v.Database.Host
	}
	if v.MQTT != nil && v.MQTT.AddHost {
		return v.MQTT.Host
	}
	if v.Redis != nil && v.Redis.AddHost {
		return v.Redis.Host
	}
	return ""
}
