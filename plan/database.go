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
	named, add := m.addressOfHost()
	if db.Host, err = m.reach("PostgreSQL", databaseListens(server), named); err != nil {
		return err
	}
	db.AddHost = add && db.Host == named
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
	backend := m.engine()
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
	listens := databaseListens(server)
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
	return m.lacksExtensions()
}
