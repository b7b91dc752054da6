package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// withServers is repo on a host with PostgreSQL, whose option has what the
// repo's has, and with the database of another service.
func withServers() plan.Input {
	in := repo()
	in.Service = "my-links"
	in.Facts.Hubs[facts.DatabasesHub] = &facts.Hub{Path: []string{"modules", "services", "postgresql", "databases"}, Fields: []string{"owner", "ownerPasswordFile", "extensions", "permissionsPolicy", "schemaMigrations"}}
	in.Facts.DatabaseServer = facts.DatabaseServer{Enabled: true, Port: 5433, Listen: ptr("127.0.0.1,10.88.0.1"), Unit: ptr("postgresql-provision-databases"),
		Policies: []string{"owner-only", "owner-readwrite+readonly-select", "custom"}, ExtensionFields: []string{"name", "schema"}}
	in.Facts.Databases["cars"] = facts.Database{Owner: ptr("driver"), Managed: true, At: &facts.Position{File: "modules/cars/default.nix", Line: 3}, Policy: ptr("owner-only"), Extensions: []string{"cube"},
		Password: &facts.SecretFile{Name: "cars/db_password", Owner: ptr("root"), Group: ptr("postgres"), Mode: ptr("0440")}}
	return with(in, "database=postgresql", "databaseVariables=DATABASE_URL={databaseUrl}")
}

func need(in plan.Input, needs ...string) plan.Input {
	in.Entry = &catalog.Entry{Name: in.Service, DisplayName: "Links", Category: "media", Group: "Media", Icon: "links", Workload: "sqlite", Needs: needs, File: "links.yaml"}
	return in
}

func decided(t *testing.T, p *plan.Plan, name string) plan.Decision {
	t.Helper()
	for _, d := range p.Decisions {
		if d.Name == name {
			return d
		}
	}
	require.Fail(t, "no decision "+name)
	return plan.Decision{}
}

// TestDatabase: named after the service, reached from where it runs, with one
// secret for the password.
func TestDatabase(t *testing.T) {
	p, err := plan.Make(withServers())
	require.NoError(t, err)
	require.Empty(t, p.Questions)
	db := p.Model.Database
	require.Equal(t, "my_links", db.Name)
	require.Equal(t, "my_links", db.User)
	require.Equal(t, "host.containers.internal", db.Host)
	require.Equal(t, 5433, db.Port)
	require.Equal(t, "postgresql-provision-databases", db.Unit)
	require.Equal(t, "owner-only", db.Policy, "as the other database has")
	require.Equal(t, "my-links/database-password", db.Password.Name)
	require.Equal(t, []string{"root", "postgres", "0440"}, []string{*db.Password.Owner, *db.Password.Group, *db.Password.Mode})
	require.Equal(t, []plan.Composed{{Name: "DATABASE_URL", Value: "postgresql://{databaseUser}:{databasePassword}@{databaseHost}:{databasePort}/{databaseName}"}}, p.Model.Composed)
	require.Empty(t, p.Model.Environment, "an address with a password is no plain variable")
	commands := ""
	for _, s := range p.Checklist {
		commands += s.Command + "\n"
	}
	require.Equal(t, 1, strings.Count(commands, "database-password"))
}

// TestDatabaseHost: where the software finds the server depends on what runs it.
func TestDatabaseHost(t *testing.T) {
	in := withServers()
	in.Facts.Host.Backend = ptr("docker")
	p, err := plan.Make(in)
	require.NoError(t, err)
	require.Equal(t, "host.docker.internal", p.Model.Database.Host)
	require.True(t, p.Model.Database.AddHost)

	in = with(withServers(), append(unitAnswers, "package=links", "program=links")...)
	in.Facts.Package = &facts.Package{Attribute: "links", Version: ptr("1")}
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", p.Model.Database.Host)
}

// TestDatabaseSaid: what the user says wins.
func TestDatabaseSaid(t *testing.T) {
	p, err := plan.Make(with(withServers(), "databaseName=links", "databaseUser=linker", "databaseExtensions=pg_trgm,unaccent", "databaseSchema=public", "databasePolicy=custom", "databaseMigrations=1,2"))
	require.NoError(t, err)
	db := p.Model.Database
	require.Equal(t, []string{"links", "linker", "public", "custom"}, []string{db.Name, db.User, db.Schema, db.Policy})
	require.Equal(t, []string{"pg_trgm", "unaccent"}, db.Extensions)
	require.Equal(t, []string{"1", "2"}, db.Migrations)
	for _, name := range []string{"databaseName", "databaseUser", "databaseExtensions", "databaseSchema", "databasePolicy", "databaseMigrations"} {
		require.Equal(t, "user", decided(t, p, name).Rule, name)
	}
}

// TestDatabaseErrors: what cannot be is refused with what to do.
func TestDatabaseErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string
		change  func(*facts.Facts)
		want    string
	}{
		{"no option", nil, func(f *facts.Facts) { f.Hubs[facts.DatabasesHub] = nil }, "use database postgresql: the repo has no option in which services declare databases, with an owner and extensions; mend it"},
		{"server off", nil, func(f *facts.Facts) { f.DatabaseServer.Enabled = false }, "PostgreSQL is not enabled on forge"},
		{"no sops", nil, func(f *facts.Facts) { f.Host.SOPS = false }, "has no sops"},
		{"no password file", nil, func(f *facts.Facts) { f.Hubs[facts.DatabasesHub].Fields = []string{"owner"} }, "no field ownerPasswordFile"},
		{"loopback alone", nil, func(f *facts.Facts) { f.DatabaseServer.Listen = ptr("localhost, 127.0.0.1") }, "listens on localhost, 127.0.0.1 alone"},
		{"loopback by default", nil, func(f *facts.Facts) { f.DatabaseServer.Listen = nil }, "listens on localhost alone"},
		{"mysql", []string{"database=mysql"}, nil, "use database mysql: the repo has no option that makes databases of MySQL, and the host has no MySQL either; choose postgresql"},
		{"mysql that is there", []string{"database=mysql"}, func(f *facts.Facts) { f.DatabaseServer.MySQL = true }, "what databases the host's MySQL has, is not known"},
		{"taken", []string{"databaseName=cars"}, nil, "make database cars: it is there, owned by driver in modules/cars/default.nix; choose another"},
		{"taken role", []string{"databaseUser=driver"}, nil, "make role driver: it owns database cars"},
		{"reuse of nothing", []string{"databaseReuse=yes"}, nil, "use database my_links: it is not there; the repo has cars"},
		{"reuse with another owner", []string{"databaseName=cars", "databaseReuse=yes", "databaseUser=me"}, nil, "use database cars: driver owns it, not me"},
		{"reuse with an extension", []string{"databaseName=cars", "databaseReuse=yes", "databaseExtensions=x"}, nil, "read databaseExtensions: database cars is made elsewhere"},
		{"reuse without a password", []string{"databaseName=cars", "databaseReuse=yes"}, func(f *facts.Facts) { f.Databases["cars"] = facts.Database{Owner: ptr("driver")} }, "the password of driver is no secret of sops"},
		{"reuse without an owner", []string{"databaseName=cars", "databaseReuse=yes"}, func(f *facts.Facts) { f.Databases["cars"] = facts.Database{} }, "its owner cannot be evaluated"},
		{"schema that nobody makes", []string{"databaseSchema=ext", "databaseExtensions=x"}, nil, "use schema ext: nothing makes it before the extensions"},
		{"schema of nothing", []string{"databaseSchema=ext"}, nil, "there is no extension to be made in it"},
		{"schema that cannot be said", []string{"databaseSchema=ext", "databaseExtensions=x"}, func(f *facts.Facts) { f.DatabaseServer.ExtensionFields = nil }, "have no field for it"},
		{"migrations that cannot be said", []string{"databaseMigrations=1"}, func(f *facts.Facts) { f.Hubs[facts.DatabasesHub].Fields = []string{"owner", "ownerPasswordFile"} }, "have no field for it"},
		{"policy", []string{"databasePolicy=all"}, nil, `read databasePolicy: "all" is unknown; the repo has owner-only, owner-readwrite+readonly-select, custom`},
		{"without a database", []string{"database=no", "databaseName=x"}, nil, "it gets no database of the host"},
		{"value of nothing", []string{"database=no", "-databaseVariables", "environment.DB={databaseHost}"}, nil, "environment.DB: {databaseHost} stands for nothing here"},
		{"unknown placeholder", []string{"environment.DB={databasePass}"}, nil, "{databasePass} stands for nothing; known are"},
		{"many lines", []string{"environment.DB={databasePassword}\nX=1"}, nil, "must be one line"},
		{"redis of nothing", []string{"environment.R={redisHost}", "redis=no"}, nil, "environment.R: {redisHost} stands for nothing here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(withServers(), c.answers...)
			if c.change != nil {
				c.change(in.Facts)
			}
			_, err := plan.Make(in)
			var wrong *plan.InputError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestDatabaseForms: names that could not be those of a database are refused
// before anything is planned.
func TestDatabaseForms(t *testing.T) {
	for _, bad := range []string{
		"databaseName=My DB", "databaseName=" + strings.Repeat("a", 64), "databaseName=1x", "databaseUser=a'b", "databaseExtensions=a,,b", "databaseExtensions=a,a", "databaseExtensions=a;b",
		"databaseSchema=$x", "databaseMigrations=1,$(x)", "database=sqlite", "databaseReuse=maybe", "databaseVariables=DATABASE_URL", "databaseVariables=A=x", "databaseVariables=A={databaseURL}",
		"databaseVariables=A-B={databaseUrl}", "databaseVariables=A=\x00{databaseHost}", "redisVariables=A=\xff{redisHost}", "mqttVariables=A=a\nb{mqttHost}", "redis=a b", "redisVariables=R=x", "handover=mail",
	} {
		name, value, _ := strings.Cut(bad, "=")
		require.Error(t, plan.CheckAnswers(map[string]string{name: value}), bad)
	}
	for _, good := range []string{"databaseVariables=no", "databaseVariables=A={databaseUrl}?x=1, B={databaseHost}:{databasePort}", "databaseExtensions=uuid-ossp, pg_trgm"} {
		name, value, _ := strings.Cut(good, "=")
		require.NoError(t, plan.CheckAnswers(map[string]string{name: value}), good)
	}
}

// TestDatabaseReused: the owner and the password are those that are there, and
// nothing is asked of sops.
func TestDatabaseReused(t *testing.T) {
	p, err := plan.Make(with(withServers(), "databaseName=cars", "databaseReuse=yes"))
	require.NoError(t, err)
	db := p.Model.Database
	require.True(t, db.Reused)
	require.Equal(t, "driver", db.User)
	require.Equal(t, "cars/db_password", db.Password.Name)
	for _, s := range p.Checklist {
		require.NotContains(t, s.Command, "password")
	}
	for _, promise := range p.Promises {
		require.NotEqual(t, "cars/db_password", promise.Subject, "it is not declared anew")
	}

	const fit = "before deployment: see that cars/db_password, the password of database role driver that is there already, has letters and digits alone"
	in := with(withServers(), "databaseName=cars", "databaseReuse=yes")
	require.Contains(t, steps(made(t, with(in, "databaseVariables=DB={databaseUrl}"))), fit)
	require.NotContains(t, steps(made(t, with(in, "databaseVariables=DB_PASS={databasePassword}"))), fit, "alone it may be anything")
}

// TestDatabaseKnown: the catalog's need is met where it can be, with at most one
// question.
func TestDatabaseKnown(t *testing.T) {
	bare := func() plan.Input { return with(withServers(), "-database", "-databaseVariables") }
	in := need(bare(), "postgresql")
	p, err := plan.Make(in)
	require.NoError(t, err)
	require.Equal(t, "postgresql", decided(t, p, "database").Value)
	require.Len(t, p.Questions, 1)
	require.Equal(t, "databaseVariables", p.Questions[0].Name)
	require.Equal(t, "DATABASE_URL={databaseUrl}", p.Questions[0].Default)

	in = need(bare(), "postgresql")
	in.Entry.Environment = map[string]string{"DB_HOST": "{databaseHost}", "DB_PASS": "{databasePassword}", "DB_NAME": "{databaseName}"}
	in.Entry.DatabaseExtensions = []string{"cube"}
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Empty(t, p.Questions)
	require.Equal(t, []string{"cube"}, p.Model.Database.Extensions)
	require.Equal(t, []plan.Composed{{Name: "DB_PASS", Value: "{databasePassword}"}}, p.Model.Composed)
	require.Equal(t, []plan.Variable{{Name: "DB_HOST", Value: "{databaseHost}"}, {Name: "DB_NAME", Value: "{databaseName}"}}, p.Model.Environment)

	in = need(bare(), "postgresql")
	in.Entry.Secrets = []string{"APP_KEY", "APP_DATABASE_URL"}
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Empty(t, p.Questions, "a secret that is called as an address is, is the address")
	require.Equal(t, []string{"APP_KEY"}, p.Model.SecretNames)
	require.Equal(t, "APP_DATABASE_URL", p.Model.Composed[0].Name)

	in = need(bare(), "postgresql")
	in.Facts.DatabaseServer.Enabled = false
	in.Entry.Environment = map[string]string{"DB_HOST": "{databaseHost}", "DB_PASS": "{databasePassword}", "DB_NAME": "{databaseName}", "DB_PORT": "{databasePort}"}
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Nil(t, p.Model.Database)
	require.Equal(t, []string{"DB_HOST", "DB_PASS"}, p.Model.SecretNames, "what nobody knows is entered by hand")
	require.Equal(t, []plan.Variable{{Name: "DB_NAME", Value: "my-links"}, {Name: "DB_PORT", Value: "5432"}}, p.Model.Environment)
	require.Contains(t, strings.Join(p.Notes, "\n"), "PostgreSQL is not enabled on forge")

	in = need(bare(), "mysql")
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Nil(t, p.Model.Database)
	require.Contains(t, strings.Join(p.Notes, "\n"), "needs MySQL")
}

// TestDatabaseSecretTwice: a secret that is called as the password is the
// password, once.
func TestDatabaseSecretTwice(t *testing.T) {
	p, err := plan.Make(with(withServers(), "databaseVariables=DB={databaseHost}", "secrets=DATABASE_PASSWORD,KEY"))
	require.NoError(t, err)
	require.Equal(t, []string{"KEY"}, p.Model.SecretNames)
	require.Equal(t, []plan.Composed{{Name: "DATABASE_PASSWORD", Value: "{databasePassword}"}}, p.Model.Composed)
	steps := 0
	for _, s := range p.Checklist {
		steps += strings.Count(s.Command, "database-password")
	}
	require.Equal(t, 1, steps)
}

// TestDatabasePolicy: as most have it; custom is no example.
func TestDatabasePolicy(t *testing.T) {
	in := withServers()
	in.Facts.Databases["cars"] = facts.Database{Owner: ptr("driver"), Policy: ptr("custom")}
	p, err := plan.Make(in)
	require.NoError(t, err)
	require.Equal(t, "owner-readwrite+readonly-select", p.Model.Database.Policy)
	in.Facts.DatabaseServer.Policies = []string{"owner-only"}
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Equal(t, "owner-only", p.Model.Database.Policy)
	in.Facts.DatabaseServer.Policies = nil
	p, err = plan.Make(in)
	require.NoError(t, err)
	require.Empty(t, p.Model.Database.Policy)
}

// TestHandover: as most software of the same kind with a database has it, else
// as most of that kind.
func TestHandover(t *testing.T) {
	peer := func(f *facts.Facts, name string, credential bool, path string) {
		f.Containers[name] = facts.Container{}
		h := facts.Handover{Templates: []string{name + "-env"}}
		if credential {
			h = facts.Handover{Credentials: map[string]string{"x": path}, Files: []string{"/run/x/env"}}
		}
		f.Handovers["podman-"+name] = h
	}
	for _, c := range []struct {
		name   string
		change func(*facts.Facts)
		want   plan.Handover
		reason string
	}{
		{"nobody", func(*facts.Facts) {}, plan.ByTemplate, "no other shows it"},
		{"templates", func(f *facts.Facts) {
			for i := range 3 {
				peer(f, fmt.Sprint("a", i), false, "")
			}
			peer(f, "b", true, "/run/secrets/b/key")
			peer(f, "c", true, "/run/secrets/c/key")
		}, plan.ByTemplate, "of containers, 3 have them from templates and 2 as credentials"},
		{"those with a database go first", func(f *facts.Facts) {
			for i := range 3 {
				peer(f, fmt.Sprint("a", i), false, "")
			}
			peer(f, "b", true, "/run/secrets/cars/db_password")
			peer(f, "c", true, "/run/secrets/cars/db_password")
		}, plan.ByCredential, "of containers with a database, 0 have them from templates and 2 as credentials"},
		{"one is no habit", func(f *facts.Facts) { peer(f, "b", true, "/run/secrets/cars/db_password") }, plan.ByTemplate, "0 have them from templates and 1 as credentials"},
		{"units on the host do not count", func(f *facts.Facts) {
			for i := range 3 {
				f.Handovers[fmt.Sprint("u", i)] = facts.Handover{Credentials: map[string]string{"x": "/y"}, Files: []string{"/z"}}
			}
		}, plan.ByTemplate, "no other shows it"},
		{"files that software reads itself do not count", func(f *facts.Facts) {
			for i := range 3 {
				f.Containers[fmt.Sprint("u", i)] = facts.Container{}
				f.Handovers[fmt.Sprint("podman-u", i)] = facts.Handover{Credentials: map[string]string{"x": "/y"}}
			}
		}, plan.ByTemplate, "no other shows it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := withServers()
			c.change(in.Facts)
			p, err := plan.Make(in)
			require.NoError(t, err)
			require.Equal(t, c.want, p.Model.Handover)
			require.Contains(t, decided(t, p, "handover").Reason, c.reason)
		})
	}
	p, err := plan.Make(with(withServers(), "handover=credential"))
	require.NoError(t, err)
	require.Equal(t, plan.ByCredential, p.Model.Handover)
	_, err = plan.Make(with(repo(), "handover=credential"))
	require.ErrorContains(t, err, "there is no secret to hand over")
}

// TestPasswordIsNoArgument: everybody can read the arguments of a process.
func TestPasswordIsNoArgument(t *testing.T) {
	for value, want := range map[string]string{
		"--db {databaseUrl}": "everybody on the host can read a password that is an argument",
		"--db {databaseHat}": "{databaseHat} stands for nothing",
	} {
		in := with(withServers(), append(unitAnswers, "package=links", "program=links", "arguments="+value)...)
		in.Facts.Package = &facts.Package{Attribute: "links", Version: ptr("1")}
		_, err := plan.Make(in)
		require.ErrorContains(t, err, want)
	}
}
