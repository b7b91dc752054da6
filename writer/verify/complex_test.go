package verify_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/plan/answers"
	"holthome.net/scaffold/writer/verify"
)

// complexServices are the services of testdata/services, each described in a file as a
// user would write it, with what is asked of nixpkgs.
var complexServices = map[string]discover.Query{
	"drivelog":  {},
	"paperdesk": {},
	"doorcam":   {},
	"sweeper":   {},
	"ledger":    {Packages: []string{"gotify-server"}},
}

func init() {
	for name, query := range complexServices {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "services", name+".yaml"))
		if err != nil {
			panic(err)
		}
		said, err := answers.Parse(data)
		if err != nil {
			panic(name + ": " + err.Error())
		}
		query.Service = name
		for _, example := range []string{"example", "example-registry"} {
			scenarios[name+" in "+example] = scenario{example, query, maps.Clone(said)}
		}
	}
}

// TestComplexServicesAreAll: there is no file of a service that nothing tests.
func TestComplexServicesAreAll(t *testing.T) {
	files, err := os.ReadDir(filepath.Join("..", "..", "testdata", "services"))
	require.NoError(t, err)
	require.Len(t, files, len(complexServices))
}

// TestComplexServicesBroken: of each complex service, each integration is broken by
// hand, and the promise that it was to keep is reported.
func TestComplexServicesBroken(t *testing.T) {
	for service, breaks := range map[string][]struct {
		what string
		edit edit
		kind plan.PromiseKind
		saw  string
	}{
		"drivelog": {
			{"database of another owner", inModule("owner = cfg.database.user;", `owner = "postgres";`), plan.PromiseDatabase, "owner postgres"},
			{"extension left out", inModule(`          { name = "earthdistance"; schema = "private"; }`+"\n", ""), plan.PromiseDatabase, "extensions cube,"},
			{"start without the database", inModule(`requires = [ "postgresql-provision-databases.service" ];`, ""), plan.PromiseOrder, "it does not require postgresql-provision-databases"},
			{"credential left out", inModule(`"encryption-key:${cfg.secrets.encryptionKeyFile}"`, ""), plan.PromiseCredential, ""},
			{"account that nobody registers", inModule("registerIntegration) {", "registerIntegration && false) {"), plan.PromiseBroker, "no account of it"},
			{"topics of another", inModule("inherit (cfg.mqtt) topics;", `topics = [ "x" ];`), plan.PromiseBroker, "no rule lets it"},
			{"data source of another database", inModule("database = cfg.database.name;", `database = "postgres";`), plan.PromiseSource, ""},
			{"dashboards that are not in the archive's folder", inModule("/grafana/dashboards", "/dashboards"), plan.PromiseDashboards, "/dashboards"},
		},
		"paperdesk": {
			{"worker without its command", inModule(`cmd = [ "paperdesk" "worker" ];`, ""), plan.PromiseCommand, "the command of its image"},
			{"cache that is not checked", inModule(`"--health-cmd=[\"valkey-cli\",\"ping\"]"`, ""), plan.PromiseHealth, ""},
			{"documents that are not mounted", inModule("}:/srv/documents:rw", "}:/srv/elsewhere:rw"), plan.PromiseVolume, ""},
		},
		"ledger": {
			{"start without the database", inModule(`requires = [ "postgresql-provision-databases.service" ];`, ""), plan.PromiseOrder, "it does not require postgresql-provision-databases"},
			{"hardening left out", inModule("            NoNewPrivileges = true;\n", ""), plan.PromiseHardening, "NoNewPrivileges is not set"},
			{"metrics of another port", inHost("port = 8075;", "port = 8076;"), plan.PromiseMetrics, "8076"},
		},
	} {
		for _, b := range breaks {
			t.Run(service+"/"+b.what, func(t *testing.T) {
				st := prepare(t, service+" in example")
				after, systems := st.evaluate(t, b.edit)
				seen, kinds := "", broken(verify.Check(st.plan, st.before, after, systems))
				for _, r := range verify.Broken(verify.Check(st.plan, st.before, after, systems)) {
					if r.Kind == b.kind {
						seen += r.Saw + "\n"
					}
				}
				require.Contains(t, kinds, b.kind)
				require.Contains(t, seen, b.saw)
			})
		}
	}
}
