package verify_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

func init() {
	maps.Copy(scenarios, map[string]scenario{
		"worker": {"example", discover.Query{Service: "feeds"}, said("packaging=container", "image=ghcr.io/x/feeds:1.0.0@"+digest, "workload=stateless", "web=no",
			"category=Media", "description=fetches feeds")},
		"backend": {"example-registry", discover.Query{Service: "vectors"}, said("packaging=container", "image=ghcr.io/x/vectors:1.0.0@"+digest, "workload=database", "dataDir=/data",
			"port=6333", "web=no", "probe=yes", "metricsPath=/metrics", "category=infrastructure", "secrets=VECTORS_KEY", "description=finds what is alike")},
	})
}

// TestRestoreDefects: what goes wrong with the protection of data and with their
// restore evaluates cleanly, and exactly the promises that it breaks are reported,
// in both styles.
func TestRestoreDefects(t *testing.T) {
	kinds := func(k ...plan.PromiseKind) []plan.PromiseKind { slices.Sort(k); return k }
	const class = "        class = \"standard\";\n"
	for _, m := range []mutation{
		{"restore that is off", "container", []edit{inHost(`        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];`+"\n", "")}, kinds(plan.PromiseRestore), "there is no unit preseed-linkding.service"},
		{"restore by restic", "container", []edit{inHost(`mkPreseed [ "syncoid" "local" ]`, `mkPreseed [ "syncoid" "local" "restic" ]`)}, kinds(plan.PromiseRestore), "it restores by syncoid local restic"},
		{"restore from another's dataset", "container", []edit{inModule("targetDataset = target.targetDataset + lib.removePrefix replicated dataset;", `targetDataset = "backup/forge/sonarr";`)}, kinds(plan.PromiseRestore), "it restores from "},
		{"restore of a dataset that is not found", "container", []edit{inModule("  replicated = replicatedBy dataset;\n", "  replicated = replicatedBy serviceName;\n")}, kinds(plan.PromiseRestore), "it does not restore from "},
		{"restore of a factory's service that is off", "backend", []edit{inHost(`        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];`+"\n", "")}, kinds(plan.PromiseRestore, plan.PromiseProtection), "automated-restore is asked for, and there is no unit"},
		{"restore of a factory's service by restic", "backend", []edit{inHost(`mkPreseed [ "syncoid" "local" ]`, `mkPreseed [ "restic" ]`)}, kinds(plan.PromiseRestore), "it restores by restic"},
		{"another class", "backend", []edit{inHost(class, "        class = \"ephemeral\";\n")}, kinds(plan.PromiseProtection), "class ephemeral"},
		{"class of another dataset", "backend", []edit{inHost("services.vectors.protection", "services.vector.protection")}, kinds(plan.PromiseProtection, plan.PromiseAssertions, plan.PromiseNothing), "the dataset says nothing"},
		{"tier that nothing gives", "backend", []edit{inHost("forgeDefaults.mkSanoidDataset \"vectors\"", "forgeDefaults.mkSanoidDataset \"vectors\" // { replication = null; }")}, kinds(plan.PromiseProtection, plan.PromiseSnapshot), "replication is asked for, and"},
		{"backup below a part of a factory's service", "parts-factory", []edit{inHost("        backup = forge", "        parts.backup = forge"), inModule("  extraOptions = {", "  extraOptions = {\n    parts.backup = lib.mkOption { type = lib.types.attrs; default = { }; };\n    backup = lib.mkOption { type = lib.types.anything; default = null; };")},
			kinds(plan.PromiseBackup, plan.PromiseOneBackup, plan.PromiseProtection), "there is no backup job or unit"},
		{"tile of a service without a page", "worker", []edit{inHost("(lib.mkIf serviceEnabled {", `(lib.mkIf serviceEnabled {
      modules.services.homepage.contributions.feeds = { group = "Media"; name = "x"; icon = "x"; href = "https://x"; description = "x"; };`)}, kinds(plan.PromiseAbsence), "there is tile feeds"},
		{"check of a service that is not asked", "worker", []edit{inHost("(lib.mkIf serviceEnabled {", `(lib.mkIf serviceEnabled {
      modules.services.gatus.contributions.feeds = { name = "x"; url = "https://x"; };`)}, kinds(plan.PromiseAbsence), "there is check feeds"},
		{"check of another port", "backend", []edit{inHost("tcp://127.0.0.1:6333", "tcp://127.0.0.1:6334")}, kinds(plan.PromiseProbe), "tcp://127.0.0.1:6334"},
	} {
		t.Run(m.name, func(t *testing.T) { m.run(t) })
	}
}

// TestHiddenDefects: a secret that is a volume, an argument or in the store, in
// both styles.
func TestHiddenDefects(t *testing.T) {
	hidden := []plan.PromiseKind{plan.PromiseHidden}
	key := `${config.sops.secrets."linkwarden/nextauth-secret".path}`
	for _, m := range []mutation{
		{"file of a secret as a volume", "parts", []edit{inModule(`"${cfg.dataDir}/search:/meili_data:rw"`, `"${cfg.dataDir}/search:/meili_data:rw" "`+key+`:/run/key:ro"`)}, hidden, "linkwarden-search has the file or placeholder of linkwarden/nextauth-secret in its volumes"},
		{"folder of all secrets as a volume", "parts", []edit{inModule(`"${cfg.dataDir}/search:/meili_data:rw"`, `"${cfg.dataDir}/search:/meili_data:rw" "/run/secrets:/run/secrets:ro"`)}, hidden, "in its volumes"},
		{"file of a secret as an argument", "parts", []edit{inModule(`          "--no-healthcheck"`, `          "--no-healthcheck"`+"\n"+`          "--secret=`+key+`"`)}, hidden, "in its options"},
		{"placeholder as a variable", "parts", []edit{inModule(`MEILI_NO_ANALYTICS = "true";`, `MEILI_NO_ANALYTICS = "true"; KEY = config.sops.placeholder."linkwarden/nextauth-secret";`)}, hidden, "in its environment"},
		{"secret that is written out", "parts", []edit{inModule(`MEILI_NO_ANALYTICS = "true";`, `MEILI_NO_ANALYTICS = "true"; MEILI_MASTER_KEY = "hunter2";`)}, hidden, "has the value of MEILI_MASTER_KEY written out, and so it is in the store"},
		{"file of a secret as a volume of a factory's service", "backend", []edit{inModule(`"${cfg.dataDir}:/data:rw"`, `"${cfg.dataDir}:/data:rw" "${config.sops.secrets."vectors/vectors-key".path}:/key:ro"`)}, hidden, "vectors has the file or placeholder of vectors/vectors-key in its volumes"},
		{"label with a secret's file", "backend", []edit{inModule("    skipDefaultConfigMount = true;", "    skipDefaultConfigMount = true;\n    labels.key = config.sops.secrets.\"vectors/vectors-key\".path;")}, hidden, "in its labels"},
		{"argument of a unit", "database-unit", []edit{inModule(`              "--listen"`, `              "--key=${config.sops.secrets."gotify/gotify-key".path}" "--listen"`)}, hidden, "gotify.service has the file or placeholder of gotify/gotify-key in its command"},
		{"credential of the store", "database-unit", []edit{inHost(`gotifyKeyFile = config.sops.secrets."gotify/gotify-key".path;`, `gotifyKeyFile = builtins.toFile "key" "hunter2";`)}, []plan.PromiseKind{plan.PromiseCredential, plan.PromiseHidden}, "reads its secrets from the store, where everybody can: /nix/store/"},
	} {
		t.Run(m.name, func(t *testing.T) { m.run(t) })
	}
}

// TestCauseFirst: one secret that is missing takes a unit with it, and each
// promise that is broken by it says so first.
func TestCauseFirst(t *testing.T) {
	st := prepare(t, "database-unit")
	after, systems := st.evaluate(t, inHost(`        "gotify/gotify-key".restartUnits = [ "gotify.service" ];`+"\n", ""))
	for _, r := range verify.Broken(verify.Check(st.plan, st.before, after, systems)) {
		if slices.Contains([]plan.PromiseKind{plan.PromiseCredential, plan.PromiseAlert, plan.PromiseLogs}, r.Kind) {
			require.Regexp(t, `^units gotify cannot be evaluated: attribute '"?gotify/gotify-key"?' missing.*, and so `, r.Saw, r.Kind)
		}
	}
}

// run does to what is rendered what a hand would, and looks at what breaks.
func (m mutation) run(t *testing.T) {
	t.Helper()
	st := prepare(t, m.scenario)
	after, systems := st.evaluate(t, m.edits...)
	results := verify.Check(st.plan, st.before, after, systems)
	require.Equal(t, m.broken, broken(results), "%+v", verify.Broken(results))
	seen := ""
	for _, r := range verify.Broken(results) {
		seen += r.Saw + "\n"
	}
	require.Contains(t, seen, m.saw)
}
