package plan

import (
	"cmp"
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// databaseNames: named after the service, and made new unless an old one is
// asked for.
func (m *maker) databaseNames(db *PostgreSQL) error {
	own := strings.ReplaceAll(m.Service, "-", "_")
	if said, ok := m.said("databaseName"); ok {
		db.Name = said
	} else {
		db.Name = own
		m.decide(Decision{Name: "databaseName", Value: own, Rule: "the service's name", Reason: "nothing says otherwise"})
	}
	user, userSaid := m.said("databaseUser")
	existing, exists := m.Facts.Databases[db.Name]
	owner, place := "nobody known", ""
	if existing.Owner != nil {
		owner = *existing.Owner
	}
	if existing.At != nil {
		place = " in " + existing.At.File
	}
	reuse := m.Answers["databaseReuse"] == "yes"
	switch {
	case exists && !reuse:
		return inputErrorf("choose another with --set databaseName=NAME, or use that one with --set databaseReuse=yes", "make database %s: it is there, owned by %s%s", db.Name, owner, place)
	case reuse && !exists:
		return inputErrorf("the repo has "+orNone(sortedNames(m.Facts.Databases)), "use database %s: it is not there", db.Name)
	case reuse:
		return m.reuseDatabase(db, existing, user)
	}
	if _, ok := m.answer("databaseReuse"); ok {
		m.said("databaseReuse")
	}
	db.User = cmp.Or(user, own)
	if !userSaid {
		m.decide(Decision{Name: "databaseUser", Value: db.User, Rule: "the service's name", Reason: "a role of its own owns the database"})
	}
	for _, name := range sortedNames(m.Facts.Databases) {
		if o := m.Facts.Databases[name].Owner; o != nil && *o == db.User {
			return inputErrorf("choose another with --set databaseUser=NAME", "make role %s: it owns database %s, and would get another password", db.User, name)
		}
	}
	db.Password = m.passwordFile()
	return nil
}

// reuseDatabase takes one that is there, if its owner is who was said and its
// password is known.
func (m *maker) reuseDatabase(db *PostgreSQL, existing facts.Database, user string) error {
	m.said("databaseReuse")
	switch {
	case existing.Owner == nil:
		return inputErrorf("choose another", "use database %s: its owner cannot be evaluated", db.Name)
	case user != "" && user != *existing.Owner:
		return inputErrorf("leave out databaseUser, or choose another database", "use database %s: %s owns it, not %s", db.Name, *existing.Owner, user)
	case existing.Password == nil:
		return inputErrorf("give its owner a password file from sops, or choose another", "use database %s: the password of %s is no secret of sops", db.Name, *existing.Owner)
	}
	for _, name := range []string{"databaseExtensions", "databaseSchema", "databasePolicy", "databaseMigrations"} {
		if _, ok := m.answer(name); ok && m.known[name].source != "catalog" {
			return inputErrorf("leave it out, or say it where the database is declared", "read %s: database %s is made elsewhere", name, db.Name)
		}
	}
	db.User, db.Password, db.Reused = *existing.Owner, *existing.Password, true
	m.decide(Decision{Name: "databaseUser", Value: db.User, Rule: "the owner of the database that is used", Reason: "evaluation says so",
		Evidence: []Evidence{{Option: m.hub(facts.DatabasesHub) + "." + db.Name + ".owner", Value: db.User}}})
	for _, e := range m.wantedExtensions() {
		if !contains(existing.Extensions, e) {
			m.note(fmt.Sprintf("Database %s has no extension %s, which %s is said to need.", db.Name, e, m.model.DisplayName))
		}
	}
	return nil
}

// passwordFile is the secret with the owner's password, readable as those of
// the repo's other databases are: by whoever makes the database too.
func (m *maker) passwordFile() facts.SecretFile {
	votes, files := map[string]int{}, map[string]facts.SecretFile{}
	restarts, all := 0, 0
	for _, name := range sortedNames(m.Facts.Databases) {
		p := m.Facts.Databases[name].Password
		if p == nil || p.Owner == nil || p.Group == nil || p.Mode == nil {
			continue
		}
		if all++; len(p.RestartUnits) > 0 {
			restarts++
		}
		if u := m.Facts.Users[*p.Owner]; !u.IsNormalUser && *p.Owner == "root" || *p.Owner == "postgres" {
			like := *p.Owner + " " + *p.Group + " " + *p.Mode
			votes[like]++
			files[like] = *p
		}
	}
	password := facts.SecretFile{Owner: new("root"), Group: new("postgres"), Mode: new("0440")}
	d := Decision{Name: "databaseSecret", Rule: "readable as the passwords of the repo's other databases are", Reason: "no other database shows it; whoever makes databases must read it"}
	if best := most(votes); best != "" {
		like := files[best]
		password.Owner, password.Group, password.Mode = like.Owner, like.Group, like.Mode
		d.Reason = fmt.Sprintf("%d of %d are so", votes[best], all)
		d.Evidence = []Evidence{{Option: "sops.secrets." + like.Name, Value: best}}
	}
	if 2*restarts > all && m.Answers["restarts"] != none && m.model.Schedule == nil { // sops would start what runs by the clock
		password.RestartUnits = []string{m.mainUnit() + ".service"}
	}
	password.Name = SecretName(m.Service, "DATABASE_PASSWORD")
	d.Value = password.Name
	m.decide(d)
	return password
}

// publicSchema is the one that every new database of PostgreSQL has.
const publicSchema = "public"

// databaseShape: extensions and permissions, where the repo's option has them.
func (m *maker) databaseShape(db *PostgreSQL) error {
	if db.Reused {
		return nil
	}
	hub, server := m.Facts.Hubs[facts.DatabasesHub], m.Facts.DatabaseServer
	db.Extensions, db.ExtensionFields = m.wantedExtensions(), server.ExtensionFields
	m.said("databaseExtensions")
	if schema, ok := m.said("databaseSchema"); ok {
		switch {
		case len(db.Extensions) == 0:
			return inputErrorf("name them with --set databaseExtensions=NAMES, or leave it out", "read databaseSchema: there is no extension to be made in it")
		case !contains(server.ExtensionFields, "schema"):
			return inputErrorf("leave it out", "read databaseSchema: extensions of the repo's databases have no field for it")
		case schema != publicSchema:
			// CREATE EXTENSION fails without its schema, and with it the unit that all databases wait for.
			return inputErrorf("leave it out, or make it in the database first and then set database.extensions of the module", "use schema %s: nothing makes it before the extensions, and without it no database of the host would be made", schema)
		}
		db.Schema = schema
	}
	if said, ok := m.said("databaseMigrations"); ok {
		if !hub.Has("schemaMigrations") {
			return inputErrorf("leave it out", "read databaseMigrations: the repo's databases have no field for it")
		}
		db.Migrations = commas(said)
	}
	if said, ok := m.answer("databasePolicy"); ok && !contains(server.Policies, said) {
		return inputErrorf("the repo has "+orNone(server.Policies), "read databasePolicy: %q is unknown", said)
	}
	if said, ok := m.said("databasePolicy"); ok {
		db.Policy = said
	} else if len(server.Policies) > 0 {
		m.presetOf(db)
	}
	return nil
}

// wantedExtensions are those that the user or the catalog names.
func (m *maker) wantedExtensions() []string {
	if said := m.Answers["databaseExtensions"]; said != "" {
		return commas(said)
	}
	return nil
}

// readOnlyToo is the preset that lets others read, which is what dashboards and
// dumps need.
const readOnlyToo = "owner-readwrite+readonly-select"

// presetOf takes the preset that most databases of the repo have; custom is
// none, since it grants nothing by itself.
func (m *maker) presetOf(db *PostgreSQL) {
	votes := map[string]int{}
	for _, other := range m.Facts.Databases {
		if p := other.Policy; p != nil && *p != "custom" && contains(m.Facts.DatabaseServer.Policies, *p) {
			votes[*p]++
		}
	}
	d := Decision{Name: "databasePolicy", Rule: "the preset that most databases of the repo have", Evidence: []Evidence{{Option: m.hub(facts.DatabasesHub)}}}
	best := most(votes)
	switch {
	case best != "":
		d.Reason = fmt.Sprintf("%d have it", votes[best])
	case contains(m.Facts.DatabaseServer.Policies, readOnlyToo):
		best, d.Reason = readOnlyToo, "no database has another; others may read, and only the owner writes"
	default:
		best, d.Reason = m.Facts.DatabaseServer.Policies[0], "no database has another"
	}
	db.Policy, d.Value = best, best
	m.decide(d)
}
