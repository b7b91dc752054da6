package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// PostgreSQL is the database of the service on the host's PostgreSQL.
type PostgreSQL struct {
	Name, User string
	// Host and Port are where the service finds the server.
	Host string
	Port int
	// AddHost tells that the container must be told what Host is.
	AddHost bool
	// Password is the owner's password, Reused tells that another made the
	// database and the password.
	Password facts.SecretFile
	Reused   bool
	// Extensions are made in Schema, empty for the usual one. ExtensionFields
	// are what can be said of one, empty where one is only a name.
	Extensions, ExtensionFields []string
	Schema                      string
	// Policy is the preset of permissions, empty where the repo has none.
	Policy string
	// Migrations are versions that are marked as done.
	Migrations []string
	// Unit makes the database, without suffix.
	Unit string
}

var (
	identifierForm = func(s string) error {
		if !regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,62}$`).MatchString(s) {
			return fmt.Errorf("%q is no name in a database: small letters, digits, _ and -, at most 63", s)
		}
		return nil
	}
	identifiersForm = func(s string) error { return eachForm(s, identifierForm) }
	versionsForm    = func(s string) error {
		return eachForm(s, func(v string) error {
			if !regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`).MatchString(v) {
				return fmt.Errorf("%q is no version", v)
			}
			return nil
		})
	}
)

// eachForm checks the elements of a list with commas; none may be there twice.
func eachForm(list string, form func(string) error) error {
	seen := map[string]bool{}
	for _, e := range commas(list) {
		if err := form(e); err != nil {
			return err
		}
		if seen[e] {
			return fmt.Errorf("%q is there twice", e)
		}
		seen[e] = true
	}
	return nil
}

// commas are the elements of a list that is written with commas.
func commas(list string) []string {
	var all []string
	for _, e := range strings.Split(list, ",") {
		all = append(all, strings.TrimSpace(e))
	}
	return all
}

var databaseKeys = []key{
	{name: "database", choices: []string{"postgresql", "mysql", "no"}, about: "database server of the host that it uses"},
	{name: "databaseName", check: identifierForm, about: "name of its database"},
	{name: "databaseUser", check: identifierForm, about: "role that owns the database"},
	{name: "databaseReuse", choices: yesNo, about: "whether a database that is there already is used"},
	{name: "databaseExtensions", check: identifiersForm, about: "extensions of the database, with commas"},
	{name: "databaseSchema", check: identifierForm, about: "schema that the extensions are made in"},
	{name: "databasePolicy", check: lineForm, about: "preset of permissions of the database"},
	{name: "databaseMigrations", check: versionsForm, about: "versions of migrations that are marked as done, with commas"},
	{name: "databaseVariables", check: variablesForm, about: "variables that tell it of its database, as NAME=VALUE with commas and {databaseUrl}, {databaseHost} and so on, or no"},
}

// hostOfContainers is the name under which a container finds the host, by what
// runs it.
var hostOfContainers = map[string]string{"podman": "host.containers.internal", "docker": "host.docker.internal"}

// database: one on the host's PostgreSQL, through the repo's own option, for
// what needs one.
func (m *maker) database() error {
	wanted, err := m.wantsDatabase()
	if err != nil {
		return err
	}
	if !wanted {
		return m.withoutDatabase()
	}
	server := m.Facts.DatabaseServer
	db := &PostgreSQL{Port: int(server.Port), Unit: "postgresql"}
	if server.Unit != nil {
		db.Unit = *server.Unit
	}
	db.Host, db.AddHost = m.addressOfHost()
	m.model.Database = db
	if err := m.databaseNames(db); err != nil {
		return err
	}
	if err := m.databaseShape(db); err != nil {
		return err
	}
	return m.databaseVariables()
}

// addressOfHost is where the software finds a server of the host, and whether a
// container must be told what that name is.
func (m *maker) addressOfHost() (string, bool) {
	if m.model.Packaging != Container || m.Answers["hostNetwork"] == "yes" {
		return loopback, false
	}
	backend := "podman"
	if b := m.Facts.Host.Backend; b != nil {
		backend = cmp.Or(*b, backend)
	}
	return cmp.Or(hostOfContainers[backend], hostOfContainers["podman"]), backend == "docker"
}

// wantsDatabase tells whether it gets a database of the host's PostgreSQL: when
// asked for, or when the catalog says that it needs one.
func (m *maker) wantsDatabase() (bool, error) {
	lacks := m.lacksDatabase()
	switch said, ok := m.answer("database"); {
	case said == "mysql":
		there := "the host has no MySQL either"
		if m.Facts.DatabaseServer.MySQL {
			there = "what databases the host's MySQL has, is not known"
		}
		return false, inputErrorf("choose postgresql if it can, or run one beside it and tell it the address with --set environment.NAME=VALUE and the password with --set secrets=NAME",
			"use database mysql: the repo has no option that makes databases of MySQL, and %s", there)
	case said == "postgresql" && lacks != "":
		return false, inputErrorf("mend it, or leave out database and tell it of another with --set environment.NAME=VALUE and --set secrets=NAME", "use database postgresql: %s", lacks)
	case ok:
		m.said("database")
		return said == "postgresql", nil
	}
	d := Decision{Name: "database", Value: "postgresql", Rule: "the host's server for what needs one"}
	switch {
	case m.Entry != nil && contains(m.Entry.Needs, "postgresql"):
		d.Reason = "the catalog says that it needs PostgreSQL"
		d.Evidence = []Evidence{{File: m.Entry.FileOf("needs"), Value: strings.Join(m.Entry.Needs, ", ")}}
	case m.mentioned("{database"):
		d.Reason = "a variable or an argument names it"
	default:
		if m.Entry != nil && contains(m.Entry.Needs, "mysql") {
			m.note(m.model.DisplayName + " needs MySQL, for which the repo has no option: run one beside it, and tell it the address.")
		}
		return false, nil
	}
	if m.model.Packaging == Native {
		lacks = "the module of NixOS is told of its database by its own options"
	}
	if lacks != "" {
		d.Value = "no"
		d.Rejected = []Rejected{{Value: "postgresql", Reason: lacks}}
		m.note(m.model.DisplayName + " needs PostgreSQL, which it is not given: " + lacks + ".")
	} else {
		d.Evidence = append(d.Evidence, Evidence{Option: m.hub(facts.DatabasesHub), Value: fmt.Sprintf("%d databases", len(m.Facts.Databases))})
	}
	m.decide(d)
	return lacks == "", nil
}

// lacksDatabase is why the host's PostgreSQL cannot be used, empty if it can.
func (m *maker) lacksDatabase() string {
	hub, server, host := m.Facts.Hubs[facts.DatabasesHub], m.Facts.DatabaseServer, m.Facts.Host.Name
	listens := "localhost"
	if server.Listen != nil {
		listens = *server.Listen
	} else if server.TCP {
		listens = "*"
	}
	apart := func(address string) bool {
		return !slices.Contains([]string{"localhost", loopback, "::1", ""}, strings.TrimSpace(address))
	}
	address, _ := m.addressOfHost()
	switch {
	case hub == nil:
		return "the repo has no option in which services declare databases, with an owner and extensions"
	case !server.Enabled:
		return "PostgreSQL is not enabled on " + host
	case !hub.Has("ownerPasswordFile"):
		return hub.Path[len(hub.Path)-1] + " of the repo have no field ownerPasswordFile"
	case !m.Facts.Host.SOPS:
		return "host " + host + " has no sops to keep its password in"
	case m.model.Packaging == Container && address != loopback && !slices.ContainsFunc(strings.Split(listens, ","), apart):
		return "PostgreSQL listens on " + listens + " alone, where no container reaches it"
	}
	return ""
}

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
	if 2*restarts > all {
		password.RestartUnits = []string{m.mainUnit() + ".service"}
	}
	password.Name = SecretName(m.Service, "DATABASE_PASSWORD")
	d.Value = password.Name
	m.decide(d)
	return password
}

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
