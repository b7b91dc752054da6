package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestExtensions: an extension that cannot be made takes the unit with it that
// makes the databases of all services, which evaluation does not see.
func TestExtensions(t *testing.T) {
	known := func(preloaded string, packages ...string) facts.DatabaseExtensions {
		return facts.DatabaseExtensions{Known: true, Packages: packages, Preloaded: &preloaded}
	}
	const lacks, loads = "use database postgresql: PostgreSQL of forge has no extension ", "use database postgresql: PostgreSQL of forge does not load "
	for _, c := range []struct {
		name   string
		wanted string
		has    facts.DatabaseExtensions
		lacks  string
	}{
		{"comes with PostgreSQL", "pg_trgm,uuid-ossp", known(""), ""},
		{"package of its name", "postgis,pg_cron", known("pg_cron", "postgis", "pg_cron"), ""},
		{"package of another name", "vector,vchord", known("pg_stat_statements, vchord", "pgvector", "vectorchord"), ""},
		{"package of several", "postgis_topology", known("", "postgis"), ""},
		{"name as Debian writes it", "rum", known("", "postgresql-rum"), ""},
		{"variant of a package", "timescaledb", known("timescaledb", "timescaledb-apache"), ""},
		{"word of a package", "ulid", known("", "pgx_ulid"), ""},
		{"package of a name that nobody knows", "anon", known("", "postgresql_anonymizer"), ""},
		{"part of a word", "rum", known("", "drum"), lacks + "rum,"},
		{"underscores", "pg_uuidv7", known("", "pg-uuidv7"), ""},
		{"no package", "pg_trgm,timescaledb", known(""), lacks + "timescaledb, for want of a package in services.postgresql.extensions; mend it"},
		{"another package", "vector", known("", "pgvecto-rs", ""), lacks + "vector,"},
		{"not preloaded", "timescaledb", known("pg_stat_statements", "timescaledb"), loads + "timescaledb when it starts, without which it has no extension timescaledb: services.postgresql.settings.shared_preload_libraries lacks it"},
		{"another's library", "vectors", known("vchord", "pgvecto-rs"), loads + "vectors"},
		{"what is preloaded is unknown", "timescaledb", facts.DatabaseExtensions{Known: true, Packages: []string{"timescaledb"}}, ""},
		{"packages are unknown", "timescaledb", facts.DatabaseExtensions{}, ""},
		{"unknown, and not preloaded", "timescaledb", facts.DatabaseExtensions{Preloaded: ptr("")}, loads + "timescaledb"},
		{"in use", "age", known(""), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(withServers(), "databaseExtensions="+c.wanted)
			in.Facts.DatabaseExtensions = c.has
			in.Facts.Databases["graph"] = facts.Database{Owner: ptr("graph"), Extensions: []string{"age"}}
			if c.lacks != "" {
				refused(t, in, c.lacks)
				return
			}
			require.Equal(t, strings.Split(c.wanted, ","), made(t, in).Model.Database.Extensions)
		})
	}
}

// TestExtensionsOfTheCatalog: what only the catalog wants is not made where it
// cannot be, and said.
func TestExtensionsOfTheCatalog(t *testing.T) {
	in := with(need(withServers(), "postgresql"), "-database", "-databaseVariables")
	in.Entry.DatabaseExtensions = []string{"cube", "vchord"}
	require.Equal(t, []string{"cube", "vchord"}, made(t, in).Model.Database.Extensions, "nothing says that it has them not")
	in.Facts.DatabaseExtensions.Known = true
	p := made(t, in)
	require.Nil(t, p.Model.Database)
	require.Equal(t, []plan.Rejected{{Value: "postgresql", Reason: "PostgreSQL of forge has no extension vchord, for want of a package in services.postgresql.extensions"}}, decided(t, p, "database").Rejected)
	require.Contains(t, strings.Join(p.Notes, "\n"), "Links needs PostgreSQL, which it is not given: PostgreSQL of forge has no extension vchord")
	in.Facts.DatabaseExtensions = facts.DatabaseExtensions{Known: true, Packages: []string{"vectorchord"}, Preloaded: ptr("vchord")}
	require.NotNil(t, made(t, in).Model.Database)
}

// TestExtensionsOfAReusedDatabase are there, or its owner's to make.
func TestExtensionsOfAReusedDatabase(t *testing.T) {
	in := with(need(withServers(), "postgresql"), "databaseName=cars", "databaseUser=driver", "databaseReuse=yes")
	in.Entry.DatabaseExtensions = []string{"vchord"}
	in.Facts.DatabaseExtensions.Known = true
	p := made(t, in)
	require.True(t, p.Model.Database.Reused)
	require.Contains(t, strings.Join(p.Notes, "\n"), "Database cars has no extension vchord")
	require.NotContains(t, steps(p), "pg_available_extensions")
}

// TestExtensionSteps: where evaluation cannot say, a person looks.
func TestExtensionSteps(t *testing.T) {
	in := with(withServers(), "databaseExtensions=cube,pg_trgm,vector,uuid-ossp,pg_uuidv7")
	require.Contains(t, steps(made(t, in)), `ssh forge "sudo -u postgres psql -Atc \"SELECT name FROM pg_available_extensions WHERE name IN ('vector', 'pg_uuidv7')\""`)
	in.Facts.DatabaseExtensions = facts.DatabaseExtensions{Known: true, Packages: []string{"pgvector", "pg_uuidv7"}}
	require.NotContains(t, steps(made(t, in)), "pg_available_extensions")
	require.Contains(t, steps(made(t, with(in, "databaseExtensions=vector,anon"))), "WHERE name IN ('anon')", "another package may have it")
	require.NotContains(t, steps(made(t, with(withServers(), "databaseExtensions=cube"))), "pg_available_extensions")
	require.NotContains(t, steps(made(t, repo())), "pg_available_extensions")
}
