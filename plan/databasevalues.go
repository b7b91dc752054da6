package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What stands in the values of variables for the servers that the service uses.
// The first are made of the others; of those only the password is a secret.
const (
	databaseURL = "postgresql://{databaseUser}:{databasePassword}@{databaseHost}:{databasePort}/{databaseName}"
	redisURL    = "redis://{redisHost}:{redisPort}/{redisIndex}"
	mqttURL     = "mqtt://{mqttHost}:{mqttPort}"
)

var (
	madeOf          = strings.NewReplacer("{databaseUrl}", databaseURL, "{redisUrl}", redisURL, "{mqttUrl}", mqttURL)
	reference       = regexp.MustCompile(`\{(?:database|redis|mqtt)[A-Za-z]*\}`)
	knownReferences = []string{"{databaseUrl}", "{databaseHost}", "{databasePort}", "{databaseName}", "{databaseUser}", "{databasePassword}",
		"{redisUrl}", "{redisHost}", "{redisPort}", "{redisIndex}", "{mqttUrl}", "{mqttHost}", "{mqttPort}", "{mqttUser}"}
)

const passwordReference = "{databasePassword}"

// Composed is a variable whose value has the database's password in it; the
// rest of the value stands as it is, with the placeholders of the options.
type Composed struct{ Name, Value string }

// variablesForm is a list of NAME=VALUE with commas, or no.
var variablesForm = func(s string) error {
	if s == none {
		return nil
	}
	return eachForm(s, func(e string) error {
		name, value, ok := strings.Cut(e, "=")
		if !ok || !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) {
			return fmt.Errorf("%q is no NAME=VALUE, such as DATABASE_URL={databaseUrl}", e)
		}
		if !utf8.ValidString(value) || strings.ContainsFunc(value, misleading) {
			return fmt.Errorf("%q is not one line of text", value)
		}
		if !reference.MatchString(value) {
			return fmt.Errorf("%s has none of %s in it", name, strings.Join(knownReferences, ", "))
		}
		return unknownReference(value)
	})
}

// unknownReference says which placeholder of a value is none.
func unknownReference(value string) error {
	for _, r := range reference.FindAllString(value, -1) {
		if !slices.Contains(knownReferences, r) {
			return fmt.Errorf("%s stands for nothing; known are %s", r, strings.Join(knownReferences, ", "))
		}
	}
	return nil
}

// mentioned tells whether a variable or an argument has a placeholder that
// begins so.
func (m *maker) mentioned(beginning string) bool {
	for n, value := range m.Answers {
		if (strings.HasPrefix(n, environmentPrefix) || n == "arguments") && strings.Contains(value, beginning) {
			return true
		}
	}
	return false
}

// urlNames are names of variables that hold the whole address of a server.
var (
	databaseURLName = regexp.MustCompile(`^([A-Z0-9_]+_)?(DATABASE|DB|POSTGRES|POSTGRESQL|PG)_(URL|URI|DSN)$`)
	redisURLName    = regexp.MustCompile(`^([A-Z0-9_]+_)?(REDIS|VALKEY)_(URL|URI|DSN)$`)
)

// databaseVariables: what the user or the catalog says, else a secret that is
// called as an address is, else a question.
func (m *maker) databaseVariables() error {
	if said, ok := m.said("databaseVariables"); ok {
		m.giveVariables(said)
		return nil
	}
	if m.mentioned("{database") || m.addressAmongSecrets(databaseURLName, "{databaseUrl}") {
		return nil
	}
	if i := slices.IndexFunc(commas(m.Answers["secrets"]), databaseURLName.MatchString); i >= 0 {
		name := commas(m.Answers["secrets"])[i]
		m.note(fmt.Sprintf("%s is a secret of your own, as you said; with --set databaseVariables=%s={databaseUrl} it is made from the database's password.", name, name))
		return nil
	}
	q := Question{Name: "databaseVariables", Text: "Which variables tell " + m.model.DisplayName + " of its database?",
		Why:       "no source says it; in a value, {databaseUrl}, {databaseHost}, {databasePort}, {databaseName}, {databaseUser} and {databasePassword} stand for the parts",
		DependsOn: []string{"environment"}, Default: "DATABASE_URL={databaseUrl}"}
	if m.Image != nil {
		for _, name := range sortedNames(m.Image.Config.Environment) {
			has := map[need]Evidence{}
			if variableNeeds([]string{name}, has, Evidence{}); len(has) > 0 {
				q.Evidence = append(q.Evidence, Evidence{Option: "image Env", Value: name})
			}
		}
	}
	m.ask(q)
	return nil
}

// giveVariables takes a list of NAME=VALUE as variables that were given.
func (m *maker) giveVariables(list string) {
	if list == none {
		return
	}
	for _, e := range commas(list) {
		name, value, _ := strings.Cut(e, "=")
		m.Answers[environmentPrefix+name] = value
		delete(m.known, environmentPrefix+name)
		m.noSecret(name)
	}
}

// noSecret takes a variable from those that a source says to be secrets: its
// value is known.
func (m *maker) noSecret(name string) {
	if k, ok := m.known["secrets"]; !ok || k.source == "user" {
		return
	}
	rest := slices.DeleteFunc(commas(m.Answers["secrets"]), func(s string) bool { return s == name })
	if len(rest) == 0 {
		m.forget("secrets")
		return
	}
	m.Answers["secrets"] = strings.Join(rest, ",")
}

// addressAmongSecrets takes the variable that a source tells to be a secret, and
// that is called as an address is, for that address.
func (m *maker) addressAmongSecrets(form *regexp.Regexp, value string) bool {
	if m.Answers["secrets"] == "" || m.known["secrets"].source == "" || m.known["secrets"].source == "user" {
		return false
	}
	for _, name := range commas(m.Answers["secrets"]) {
		if form.MatchString(name) {
			source := m.known["secrets"]
			m.noSecret(name)
			m.Answers[environmentPrefix+name] = value
			m.known[environmentPrefix+name] = known{source: source.source, reason: "it is called as an address is", evidence: source.evidence}
			return true
		}
	}
	return false
}

// withoutDatabase: variables that sources would fill are left to the user, as
// secrets; what the user says of a database that is not there is an error.
func (m *maker) withoutDatabase() error {
	for _, k := range databaseKeys[1:] {
		if _, ok := m.answer(k.name); ok {
			if source := m.known[k.name].source; source != "" && source != "user" {
				m.forget(k.name)
				continue
			}
			return inputErrorf("leave it out, or say --set database=postgresql", "read %s: it gets no database of the host", k.name)
		}
	}
	return m.unfilled("{database", "database=postgresql")
}

// unfilled makes secrets of the variables whose placeholders nothing fills.
func (m *maker) unfilled(beginning, hint string) error {
	var names []string
	// What upstream would have anyway.
	usual := strings.NewReplacer("{databaseName}", m.Service, "{databaseUser}", m.Service, "{databasePort}", "5432", "{redisPort}", "6379", "{redisIndex}", "0")
	for _, n := range sortedNames(m.Answers) {
		variable, ok := strings.CutPrefix(n, environmentPrefix)
		if (!ok && n != "arguments") || !strings.Contains(m.Answers[n], beginning) {
			continue
		}
		if source := m.known[n].source; source == "" || source == "user" {
			return inputErrorf("say --set "+hint+", or write out the value", "read %s: %s stands for nothing here", n, reference.FindString(m.Answers[n]))
		}
		if value := usual.Replace(m.Answers[n]); !reference.MatchString(value) {
			m.Answers[n] = value
			continue
		}
		m.forget(n)
		names = append(names, variable)
	}
	if len(names) == 0 {
		return nil
	}
	if !m.Facts.Host.SOPS {
		m.note(fmt.Sprintf("It does not start without %s, and the host has no sops to keep secrets in.", strings.Join(names, ", ")))
		return nil
	}
	k := m.known["secrets"]
	if m.Answers["secrets"] == "" {
		k = knownBy("catalog", "the catalog has it", Evidence{File: m.Entry.FileOf("environment")})
	}
	m.Answers["secrets"] = strings.Trim(cmp.Or(m.Answers["secrets"], "")+","+strings.Join(names, ","), ",")
	m.known["secrets"] = k
	return nil
}
