package plan

import (
	"fmt"
	"slices"
	"strings"
)

// contrib are the extensions that come with PostgreSQL 16 to 18 themselves.
// https://www.postgresql.org/docs/current/contrib.html
var contrib = strings.Fields(`amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance
	file_fdw fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache
	pg_freespacemap pg_logicalinspect pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto
	pgrowlocks pgstattuple plpgsql postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent
	uuid-ossp xml2`)

// packagesOf are the packages of well-known extensions in nixpkgs, which are
// called otherwise in part. https://search.nixos.org/packages?query=postgresqlPackages
var packagesOf = map[string]string{
	"age": "age", "h3": "h3-pg", "pg_cron": "pg_cron", "pgroonga": "pgroonga", "postgis": "postgis", "rum": "rum",
	"timescaledb": "timescaledb", "vchord": "vectorchord", "vector": "pgvector", "vectors": "pgvecto-rs",
}

// preloaded are extensions that cannot be made in a database unless the server
// has loaded the library of their name when it started, as each says of itself:
// https://github.com/timescale/timescaledb, https://github.com/tensorchord/VectorChord,
// https://github.com/tensorchord/pgvecto.rs, https://github.com/citusdata/pg_cron
var preloaded = []string{"timescaledb", "vchord", "vectors", "pg_cron"}

// lacksExtensions is why the host's PostgreSQL cannot make an extension that is
// wanted, empty if it can or if that is not known. What fails to be made takes
// the unit with it that makes all databases of the host.
func (m *maker) lacksExtensions() string {
	if m.Answers["databaseReuse"] == "yes" {
		return ""
	}
	has := m.Facts.DatabaseExtensions
	for _, e := range m.wantedExtensions() {
		if m.extensionInUse(e) {
			continue
		}
		if has.Known && !contains(contrib, e) && !m.packaged(e) && !m.unclear(e) {
			return fmt.Sprintf("PostgreSQL of %s has no extension %s, for want of a package in services.postgresql.extensions", m.Facts.Host.Name, e)
		}
		if contains(preloaded, e) && has.Preloaded != nil && !contains(commas(*has.Preloaded), e) {
			return fmt.Sprintf("PostgreSQL of %s does not load %[2]s when it starts, without which it has no extension %[2]s: services.postgresql.settings.shared_preload_libraries lacks it", m.Facts.Host.Name, e)
		}
	}
	return ""
}

// extensionInUse tells whether a database of the host has it already.
func (m *maker) extensionInUse(extension string) bool {
	for _, db := range m.Facts.Databases {
		if contains(db.Extensions, extension) {
			return true
		}
	}
	return false
}

// packaged tells whether a package of the host's PostgreSQL has the extension,
// by its name: timescaledb-apache has timescaledb, and postgis postgis_topology.
func (m *maker) packaged(extension string) bool {
	plain := func(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }
	return slices.ContainsFunc(m.Facts.DatabaseExtensions.Packages, func(p string) bool {
		p = plain(p)
		for _, name := range []string{extension, packagesOf[extension]} {
			if name != "" && strings.Contains("-"+p+"-", "-"+plain(name)+"-") {
				return true
			}
		}
		return p != "" && strings.HasPrefix(plain(extension), p)
	})
}

// unclear tells whether a package of another name may have the extension: it is
// none of those whose package is known, and there are packages.
func (m *maker) unclear(extension string) bool {
	_, known := packagesOf[extension]
	return !known && len(m.Facts.DatabaseExtensions.Packages) > 0
}

// extensionSteps has a person look where evaluation cannot.
func (m *maker) extensionSteps(before func(what, command string)) {
	db := m.model.Database
	if db == nil || db.Reused {
		return
	}
	var unknown []string
	for _, e := range db.Extensions {
		if !contains(contrib, e) && !m.extensionInUse(e) && (!m.Facts.DatabaseExtensions.Known || !m.packaged(e)) {
			unknown = append(unknown, "'"+e+"'")
		}
	}
	if len(unknown) > 0 {
		before("see that PostgreSQL has what is wanted of it: each extension that can be made is printed, and one that cannot takes the unit with it that makes all databases",
			fmt.Sprintf(`ssh %s "sudo -u postgres psql -Atc \"SELECT name FROM pg_available_extensions WHERE name IN (%s)\""`, m.Facts.Host.Name, strings.Join(unknown, ", ")))
	}
}
