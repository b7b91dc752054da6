package verify_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// Services with a database: in a container with a template of sops, in one of
// the factory with credentials and a Redis, and on the host with credentials.
func init() {
	const answers = "databaseVariables=DATABASE_URL={databaseUrl},DB_HOST={databaseHost}"
	scenarios["database"] = scenario{"example", discover.Query{Service: "linkwarden"}, said("packaging=container", "image=ghcr.io/linkwarden/linkwarden:2.13.1@"+digest,
		"containerPort=3000", "dataDir=/data/data", "workload=config", "auth=builtin", "category=Productivity", "description=bookmark manager",
		"secrets=NEXTAUTH_SECRET", "database=postgresql", "databaseExtensions=pg_trgm,unaccent", answers)}
	scenarios["database-factory"] = scenario{"example-registry", discover.Query{Service: "my-travels"}, said("packaging=container", "image=ghcr.io/x/my-travels:1.2.3@"+digest,
		"containerPort=3000", "dataDir=/storage,/public", "workload=config", "auth=caddy-security", "category=infrastructure", "description=where one has been",
		"secrets=SECRET_KEY_BASE", "database=postgresql", "databaseExtensions=postgis", "redis=yes", "handover=credential", answers)}
	scenarios["database-unit"] = scenario{"example-registry", discover.Query{Service: "gotify", Packages: []string{"gotify-server"}}, said("packaging=unit", "package=gotify-server", "port=8070",
		"workload=stateless", "arguments=--listen {address}:{port}", "auth=builtin", "category=infrastructure", "secrets=GOTIFY_KEY", "database=postgresql", "handover=credential", answers)}
}

// TestDatabaseDefects: what a hand does wrong with a database, a Redis or a
// credential breaks exactly the promise about it.
func TestDatabaseDefects(t *testing.T) {
	kinds := func(k ...plan.PromiseKind) []plan.PromiseKind { slices.Sort(k); return k }
	for _, m := range []mutation{
		{
			"database that nothing makes", "database", []edit{inHost("enable = true;\n        database", "enable = true;\n        database.manageDatabase = false;\n        database")},
			kinds(plan.PromiseDatabase, plan.PromiseOrder), "there is no database linkwarden",
		},
		{
			"database that belongs to another", "database", []edit{inModule("owner = cfg.database.user;", `owner = "postgres";`)},
			kinds(plan.PromiseDatabase), "owner postgres",
		},
		{
			"extension left out", "database", []edit{inModule("inherit (cfg.database) extensions permissionsPolicy;", "inherit (cfg.database) permissionsPolicy;")},
			kinds(plan.PromiseDatabase), "extensions none",
		},
		{
			"permissions left out", "database", []edit{inModule("inherit (cfg.database) extensions permissionsPolicy;", `inherit (cfg.database) extensions; permissionsPolicy = "custom";`)},
			kinds(plan.PromiseDatabase), "policy custom",
		},
		{
			"password that who makes the database cannot read", "database", []edit{inHost(`group = "postgres";`, `group = "root";`)},
			kinds(plan.PromiseDatabase), "postgresql-provision-databases.service, which is postgres cannot read the password",
		},
		{
			"password of another secret", "database", []edit{inHost(`database.passwordFile = config.sops.secrets."linkwarden/database-password".path;`, `database.passwordFile = config.sops.secrets."linkwarden/nextauth-secret".path;`)},
			kinds(plan.PromiseDatabase), "its password is linkwarden/nextauth-secret",
		},
		{
			"unit that starts before its database", "database", []edit{inModule(`          after = [ "postgresql-provision-databases.service" ];`+"\n", "")},
			kinds(plan.PromiseOrder), "it does not start after postgresql-provision-databases.service",
		},
		{
			"unit that starts without its database", "database", []edit{inModule(`          requires = [ "postgresql-provision-databases.service" ];`+"\n", "")},
			kinds(plan.PromiseOrder), "it does not require postgresql-provision-databases.service",
		},
		{
			"unit that waits for what is no unit", "database", []edit{
				inModule(`          requires = [ "postgresql-provision-databases.service" ];`, `          requires = [ "postgresql-provision-databases.service" "x.service" ];`),
				inModule(`          after = [ "postgresql-provision-databases.service" ];`, `          after = [ "postgresql-provision.service" ];`),
			},
			kinds(plan.PromiseOrder), "it does not start after postgresql-provision-databases.service",
		},
		{
			"address that the template lacks", "database", []edit{inHost("        DATABASE_URL=", "        # DATABASE_URL ")},
			kinds(plan.PromiseEnvironment), "no new template has NEXTAUTH_SECRET and DATABASE_URL",
		},
		{
			"variable that does not reach the container", "database", []edit{inModule("          DB_HOST = cfg.database.host;\n", "")},
			kinds(plan.PromiseEnvironment), "has no variable DB_HOST",
		},
		{
			"credential left out", "database-factory", []edit{inModule(`          "database-password:${cfg.database.passwordFile}"`+"\n", "")},
			kinds(plan.PromiseCredential), "my-travels/database-password is no credential",
		},
		{
			"variable that nothing writes", "database-factory", []edit{inModule("        SECRET_KEY_BASE=$secretKeyBase\n", "")},
			kinds(plan.PromiseCredential), "nothing writes SECRET_KEY_BASE before it starts",
		},
		{
			"environment that is not handed over", "database-factory", []edit{inModule(`environmentFiles = [ "/run/my-travels-env/env" ];`, "environmentFiles = [ ];")},
			kinds(plan.PromiseCredential), "/run/my-travels-env/env is no file of its environment",
		},
		{
			"factory's unit that starts before Redis", "database-factory", []edit{inModule(` "redis-default.service" "postgresql-provision-databases.service" ];`, ` "postgresql-provision-databases.service" ];`)},
			kinds(plan.PromiseOrder), "it does not start after redis-default.service",
		},
		{
			"environment of a unit that is not handed over", "database-unit", []edit{inModule(`            EnvironmentFile = "-/run/gotify-env/env";`+"\n", "")},
			kinds(plan.PromiseCredential), "/run/gotify-env/env is no file of its environment",
		},
		{
			"secret that is not declared", "database-unit", []edit{inHost(`        "gotify/gotify-key".restartUnits = [ "gotify.service" ];`+"\n", "")},
			// The unit cannot be evaluated, and so nothing that rests on it.
			kinds(plan.PromiseSecret, plan.PromiseRestarted, plan.PromiseCredential, plan.PromiseAlert, plan.PromiseLogs, plan.PromiseSystem, plan.PromiseNothing), "",
		},
	} {
		t.Run(m.name, func(t *testing.T) {
			st := prepare(t, m.scenario)
			after, systems := st.evaluate(t, m.edits...)
			results := verify.Check(st.plan, st.before, after, systems)
			require.Equal(t, m.broken, broken(results), "%+v", verify.Broken(results))
			seen := ""
			for _, r := range verify.Broken(results) {
				seen += r.Saw + "\n"
			}
			require.Contains(t, seen, m.saw)
		})
	}
}

// TestRedisPromise: a number that another names is not free.
func TestRedisPromise(t *testing.T) {
	p := &plan.Plan{Service: "travels", Model: &plan.Model{Name: "travels"}, Promises: []plan.Promise{{Kind: plan.PromiseRedis, Subject: "default", Want: map[string]string{"port": "6379", "index": "1"}}}}
	check := func(server facts.RedisServer, uses map[string][]facts.RedisUse) verify.Result {
		after := facts.New()
		after.Redis["default"], after.RedisUses = server, uses
		return verify.Check(p, facts.New(), after, nil)[0]
	}
	on := facts.RedisServer{Enabled: true, Port: 6379}
	require.True(t, check(on, map[string][]facts.RedisUse{"travels": {{Port: 6379, Index: 1}}, "podman-travels": {{Port: 6379, Index: 1}}, "cars": {{Port: 6379, Index: 2}, {Port: 7000, Index: 1}}}).Kept)
	for saw, r := range map[string]verify.Result{
		"cars uses database 1 too":          check(on, map[string][]facts.RedisUse{"cars": {{Port: 6379, Index: 1}}}),
		"there is no enabled Redis default": check(facts.RedisServer{Port: 6379}, nil),
		"it has port 7000":                  check(facts.RedisServer{Enabled: true, Port: 7000}, nil),
	} {
		require.False(t, r.Kept)
		require.Equal(t, saw, r.Saw)
	}
}

// TestPasswordReader: who makes databases reads the password as its owner, by a
// group, as root or as anybody.
func TestPasswordReader(t *testing.T) {
	p := &plan.Plan{Model: &plan.Model{}, Promises: []plan.Promise{{Kind: plan.PromiseDatabase, Subject: "x", Want: map[string]string{"owner": "x", "secret": "x/password"}}}}
	for _, c := range []struct {
		owner, group, mode, user string
		kept                     bool
	}{
		{"postgres", "root", "0400", "postgres", true},
		{"root", "postgres", "0440", "postgres", true},
		{"root", "readers", "0440", "postgres", true},
		{"root", "root", "0444", "postgres", true},
		{"root", "root", "0400", "root", true},
		{"root", "root", "0440", "postgres", false},
		{"postgres", "root", "0040", "postgres", false},
		{"root", "postgres", "0400", "postgres", false},
	} {
		after := facts.New()
		after.DatabaseServer.Unit = ptr("provision")
		after.Units["provision"] = facts.Unit{User: &c.user}
		after.Users["postgres"] = facts.User{Group: ptr("postgres"), ExtraGroups: []string{"readers"}}
		after.Databases["x"] = facts.Database{Owner: ptr("x"), Managed: true, Password: &facts.SecretFile{Name: "x/password", Owner: &c.owner, Group: &c.group, Mode: &c.mode}}
		require.Equal(t, c.kept, verify.Check(p, facts.New(), after, nil)[0].Kept, "%+v", c)
	}
	after := facts.New()
	after.Databases["x"] = facts.Database{Owner: ptr("x"), Password: &facts.SecretFile{Name: "x/password"}}
	require.Equal(t, "nothing makes it: managed is off", verify.Check(p, facts.New(), after, nil)[0].Saw)
	after.Databases["x"] = facts.Database{Owner: ptr("x"), Managed: true}
	require.Contains(t, verify.Check(p, facts.New(), after, nil)[0].Saw, "its password is no secret of sops")
}
