package discover_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

func serversOf(t *testing.T, example string) *facts.Facts {
	t.Helper()
	gittest.Isolate(t)
	nix, err := exec.LookPath("nix")
	require.NoError(t, err)
	target, _ := openAt(t, nix, copyExample(t, example))
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	return f
}

// TestDatabases: who owns each, which secret is its password, and who makes it.
func TestDatabases(t *testing.T) {
	f := serversOf(t, "example")
	require.Equal(t, []string{"modules", "services", "postgresql", "databases"}, f.Hubs[facts.DatabasesHub].Path)
	db := f.Databases["dispatcharr"]
	require.Equal(t, "dispatcharr", *db.Owner)
	require.True(t, db.Managed)
	require.Equal(t, []string{"btree_gin", "pg_trgm"}, db.Extensions)
	require.Equal(t, "owner-readwrite+readonly-select", *db.Policy)
	require.Equal(t, "hosts/_modules/nixos/services/dispatcharr/default.nix", db.At.File)
	require.Equal(t, "postgresql/dispatcharr_password", db.Password.Name)
	require.Equal(t, []string{"root", "postgres", "0440"}, []string{*db.Password.Owner, *db.Password.Group, *db.Password.Mode})
	server := f.DatabaseServer
	require.True(t, server.Enabled)
	require.True(t, server.TCP)
	require.Equal(t, int64(5432), server.Port)
	require.Equal(t, "postgresql-provision-databases", *server.Unit)
	require.Equal(t, []string{"owner-only", "owner-readwrite+readonly-select", "custom"}, server.Policies)
	require.Equal(t, []string{"dropBeforeCreate", "dropCascade", "name", "schema", "updateToLatest", "version"}, server.ExtensionFields)
	require.False(t, server.MySQL)
	require.Equal(t, facts.DatabaseExtensions{Known: true, Packages: []string{}, Preloaded: new(string)}, f.DatabaseExtensions)
	require.Equal(t, []string{"sonarr-env"}, f.Handovers["podman-sonarr"].Templates)
	require.Equal(t, map[string]string{"password": "/run/secrets/postgresql/pgweb_password"}, f.Handovers["pgweb"].Credentials)
	require.NotContains(t, f.Handovers, "podman-it-tools", "it has no secret")
}

// TestDatabasesInOneOption: a service that is one option has a hub in it too.
func TestDatabasesInOneOption(t *testing.T) {
	f := serversOf(t, "example-registry")
	require.Equal(t, []string{"modules", "services", "postgresql", "databases"}, f.Hubs[facts.DatabasesHub].Path)
	require.True(t, f.Hubs[facts.DatabasesHub].Has("schemaMigrations"))
	require.Contains(t, f.Hubs[facts.DatabasesHub].Required, "ownerPasswordFile")
	require.Equal(t, "127.0.0.1,10.88.0.1", *f.DatabaseServer.Listen)
	require.Equal(t, "postgresql-provision-databases", *f.DatabaseServer.Unit)
	preloaded := "pg_stat_statements"
	require.Equal(t, facts.DatabaseExtensions{Known: true, Packages: []string{"pgvector", "postgis"}, Preloaded: &preloaded}, f.DatabaseExtensions)
	redis := f.Redis["default"]
	require.True(t, redis.Enabled)
	require.Equal(t, int64(6379), redis.Port)
	require.Equal(t, "0.0.0.0", *redis.Bind)
	require.Equal(t, "redis-default", redis.Unit)
	require.False(t, redis.Password)
	require.Equal(t, "hosts/forge/services/redis.nix", redis.At.File)
}

// TestDatabaseExtensions: they are chosen from those of the server's package,
// come with it, or are a plain list; where they cannot be evaluated, nothing
// else is lost.
func TestDatabaseExtensions(t *testing.T) {
	gittest.Isolate(t)
	nix := oneNix(t)
	with := func(definitions string) *facts.Facts {
		host := "{ lib, pkgs, ... }: lib.mkMerge [ { services.postgresql.enable = lib.mkDefault true; } { " + definitions + " } ]"
		target, _ := openAt(t, nix, peer(t, map[string]string{"host.nix": host}))
		f, err := target.Facts(t.Context(), discover.Query{Host: "h"})
		require.NoError(t, err)
		return f
	}
	ptr := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		definitions string
		want        facts.DatabaseExtensions
	}{
		"chosen twice":      {"services.postgresql.extensions = lib.mkMerge [ (ps: [ ps.pgvector ]) (ps: [ ps.timescaledb ]) ];", facts.DatabaseExtensions{Known: true, Packages: []string{"pgvector", "timescaledb"}, Preloaded: ptr("")}},
		"list":              {"services.postgresql.extensions = [ pkgs.postgresql.pkgs.pgvector ];", facts.DatabaseExtensions{Known: true, Packages: []string{"pgvector"}, Preloaded: ptr("")}},
		"comes with it":     {"services.postgresql.package = pkgs.postgresql // { installedExtensions = [ pkgs.postgresql.pkgs.timescaledb ]; };", facts.DatabaseExtensions{Known: true, Packages: []string{"timescaledb"}, Preloaded: ptr("")}},
		"list of libraries": {`services.postgresql.settings.shared_preload_libraries = [ "timescaledb" "vchord" ];`, facts.DatabaseExtensions{Known: true, Packages: []string{}, Preloaded: ptr("timescaledb,vchord")}},
		"libraries unknown": {`services.postgresql.settings.shared_preload_libraries = throw "no";`, facts.DatabaseExtensions{Known: true, Packages: []string{}}},
		"packages unknown":  {`services.postgresql.package = removeAttrs pkgs.postgresql [ "pkgs" ];`, facts.DatabaseExtensions{Packages: []string{}, Preloaded: ptr("")}},
		"not enabled":       {"services.postgresql.enable = false;", facts.DatabaseExtensions{Packages: []string{}, Preloaded: ptr("")}},
	} {
		t.Run(name, func(t *testing.T) {
			f := with(c.definitions)
			require.Empty(t, f.Unreadable)
			require.Equal(t, c.want, f.DatabaseExtensions)
		})
	}
	f := with("services.postgresql.extensions = ps: [ ps.no-such-extension ];")
	require.Len(t, f.Unreadable, 1)
	require.Equal(t, "databaseExtensions", f.Unreadable[0].Cell)
	require.False(t, f.DatabaseExtensions.Known)
	require.True(t, f.DatabaseServer.Enabled)
}
