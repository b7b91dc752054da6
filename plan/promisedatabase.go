package plan

import (
	"fmt"
	"strings"
)

// promiseServers: the database is as decided, the unit waits for who makes it,
// and what the software is told of it reaches it.
func (m *maker) promiseServers(unit string) {
	if db := m.model.Database; db != nil {
		want := map[string]string{"owner": db.User, "secret": db.Password.Name}
		text := fmt.Sprintf("database %s is made, and %s owns it", db.Name, db.User)
		if db.Reused {
			text = fmt.Sprintf("database %s is as before, and %s owns it", db.Name, db.User)
		}
		if len(db.Extensions) > 0 {
			want["extensions"] = strings.Join(db.Extensions, " ")
		}
		if db.Policy != "" {
			want["policy"] = db.Policy
		}
		m.promise(PromiseDatabase, db.Name, text, want)
		m.promise(PromiseOrder, unit, fmt.Sprintf("%s.service starts after %s.service, and not without it", unit, db.Unit), map[string]string{"after": db.Unit + ".service", "requires": db.Unit + ".service"})
	}
	if r := m.model.Redis; r != nil {
		m.promise(PromiseRedis, r.Server, fmt.Sprintf("no other service uses database %d of Redis %s", r.Index, r.Server), map[string]string{"port": fmt.Sprint(r.Port), "index": fmt.Sprint(r.Index)})
		m.promise(PromiseOrder, unit, fmt.Sprintf("%s.service starts after %s.service", unit, r.Unit), map[string]string{"after": r.Unit + ".service", "wants": r.Unit + ".service"})
	}
	m.promiseHandover(unit)
}

// promiseHandover: secrets as credentials, each variable written before the
// start, and nothing of them where others read it. Those by template are
// promised with the environment.
func (m *maker) promiseHandover(unit string) {
	if m.model.Handover == ByCredential {
		m.promiseCredentials(unit, CredentialsFile(m.Service))
	}
}

func (m *maker) promiseCredentials(unit, file string) {
	want := map[string]string{"secrets": strings.Join(m.handed(), " "), "variables": strings.Join(m.secretVariables(), " "), "file": file}
	m.promise(PromiseCredential, unit, unit+".service is given its secrets as credentials, and makes its environment of them", want)
}

// secretVariables are the names of the variables whose values hold secrets.
func (m *maker) secretVariables() []string {
	names := append([]string{}, m.model.SecretNames...)
	for _, c := range m.model.Composed {
		names = append(names, c.Name)
	}
	return names
}

// CredentialsDirectory is the name below /run of the folder that holds the
// environment of a service whose secrets are credentials.
func CredentialsDirectory(service string) string { return service + "-env" }

// CredentialsFile is that environment.
func CredentialsFile(service string) string { return "/run/" + CredentialsDirectory(service) + "/env" }
