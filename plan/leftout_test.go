package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestLeftOut: all that a service is not wired into is said, with the reason.
func TestLeftOut(t *testing.T) {
	const nothing, page, metrics = "it keeps nothing", "it has no web page", "none is known; a scrape of nothing would only alert"
	bare := repo()
	bare.Facts.Hubs[facts.DashboardHub], bare.Facts.Hubs[facts.BlackBoxHub], bare.Facts.Hubs[facts.AlertsHub] = nil, nil, nil
	for name, c := range map[string]struct {
		in   plan.Input
		want []plan.Omission
	}{
		"everything is there": {with(repo(), "metricsPath=/m"), nil},
		"stateless":           {with(repo(), "workload=stateless", "-dataDir"), []plan.Omission{{"dataset", nothing}, {"backup", nothing}, {"snapshots", nothing}, {"restore before the first start", nothing}, {"metrics", metrics}}},
		"worker": {with(repo(), "workload=stateless", "-dataDir", "-containerPort", "web=no", "-auth"), []plan.Omission{{"dataset", nothing}, {"backup", nothing}, {"snapshots", nothing},
			{"restore before the first start", nothing}, {"reverse proxy", page}, {"dashboard", page}, {"black-box check", "it has no web page, and its unit is watched"}, {"metrics", metrics}}},
		"backend": {with(repo(), "web=no", "-auth", "probe=yes", "metricsPath=/m"), []plan.Omission{{"reverse proxy", page}, {"dashboard", page}}},
		"by the clock": {watched("workload=stateless", "-dataDir", "-containerPort", "-auth", "schedule=daily", "image="+image), []plan.Omission{{"dataset", nothing}, {"backup", nothing}, {"snapshots", nothing},
			{"restore before the first start", nothing}, {"reverse proxy", page}, {"dashboard", page}}},
		"machines only": {with(outsideRepo(), "page=no", "metricsPath=/m"), []plan.Omission{{"dashboard", "only machines use it"}}},
		"as asked":      {with(repo(), "backup=no", "probe=no", "metricsPath=/m"), []plan.Omission{{"backup", "as asked"}, {"black-box check", "as asked"}}},
		"bare host":     {with(bare, "metricsPath=/m"), []plan.Omission{{"dashboard", "the host has no dashboard"}, {"black-box check", "the host has no black-box check that services register with"}, {"alert", "the host library has none for units of this kind"}}},
		"still open":    {with(repo(), "-dataDir", "web=no", "-auth"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, made(t, c.in).Model.LeftOut)
		})
	}
}

// TestDataOfTheServer: a service whose data are in the host's database has nothing
// of its own to restore, and that is said.
func TestDataOfTheServer(t *testing.T) {
	p := made(t, with(withServers(), "workload=stateless", "-dataDir"))
	require.Empty(t, p.Model.Preseed)
	require.Equal(t, "its data are in database my_links, and what protects the server protects them", decision(t, p, "preseed").Reason)
}

// TestPortProbe: a check of a service without a page is made on request: of its
// port, or of the path that tells how it is.
func TestPortProbe(t *testing.T) {
	probe := func(changes ...string) plan.Promise {
		return promises(made(t, with(with(repo(), "web=no", "-auth", "probe=yes"), changes...)), plan.PromiseProbe)[0]
	}
	require.Equal(t, map[string]string{"url": "tcp://127.0.0.1:9090", "conditions": "[CONNECTED] == true"}, probe().Want)
	require.Equal(t, map[string]string{"url": "http://127.0.0.1:9090/health", "conditions": "[STATUS] == 200"}, probe("healthPath=/health").Want)
	require.Empty(t, promises(made(t, with(repo(), "web=no", "-auth")), plan.PromiseProbe))
	require.Empty(t, promises(made(t, with(repo(), "probe=no")), plan.PromiseProbe))
	require.NotEmpty(t, promises(made(t, with(repo(), "probe=yes")), plan.PromiseProbe))

	refused(t, with(repo(), "web=no", "-auth", "probe=yes", "-containerPort", "workload=stateless", "-dataDir"), "read probe: the service has no port that could be asked")
	in := with(repo(), "probe=yes")
	in.Facts.Hubs[facts.BlackBoxHub] = nil
	refused(t, in, "read probe: the host has no black-box check that services register with")
}

// TestHidden: that no secret lies open is promised of all containers and units.
func TestHidden(t *testing.T) {
	promise := func(in plan.Input) map[string]string { return promises(made(t, in), plan.PromiseHidden)[0].Want }
	require.Equal(t, map[string]string{"units": "podman-linkding", "containers": "linkding"}, promise(repo()))
	require.Equal(t, map[string]string{"units": "podman-linkding", "containers": "linkding", "variables": "A B"}, promise(with(repo(), "secrets=B,A")))
	require.Equal(t, map[string]string{"units": "linkding"}, promise(unitRepo()))
}
