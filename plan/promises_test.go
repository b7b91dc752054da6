package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// wanted is what each promise of a kind wants.
func wanted(p *plan.Plan, kind plan.PromiseKind) []map[string]string {
	var list []map[string]string
	for _, promise := range promises(p, kind) {
		list = append(list, promise.Want)
	}
	return list
}

type want = map[string]string

// TestContainerPromises: all that was decided of a container is promised.
func TestContainerPromises(t *testing.T) {
	in := with(repo(), "nfs=media", "network=media-services", "secrets=LD_TOKEN,LD_KEY", "environment.LD_X=1", "environment.LD_A=2")
	in.Conventions.ContainerFunction = []string{"podmanLib", "mkContainer"}
	in.Conventions.Submodules["resources"] = "containerResourcesSubmodule"
	in.Facts.Containers["sonarr"] = facts.Container{ExtraOptions: []string{"--memory=1G", "--cpus", "2", "--memory-swap=1G"}}
	p := made(t, in)
	for kind, wants := range map[plan.PromiseKind][]want{
		plan.PromiseIdentity:    {{"uid": "901", "gid": "901"}},
		plan.PromiseVolume:      {{"path": "/var/lib/linkding", "inside": "/etc/linkding/data"}, {"path": "/mnt/data", "inside": "/data"}},
		plan.PromiseHealth:      {{"containerPort": "9090"}},
		plan.PromiseNetwork:     {{"network": "media-services"}},
		plan.PromiseResources:   {{"memory": "512M", "cpus": "1.0"}},
		plan.PromiseEnvironment: {{"unit": "podman-linkding", "variables": "LD_A LD_X", "secrets": "LD_KEY LD_TOKEN"}},
		plan.PromiseListener:    {{"port": "9090", "containerPort": "9090", "address": "127.0.0.1"}},
		plan.PromiseWritable:    nil,
	} {
		got := wanted(p, kind)
		require.Equal(t, wants, got, kind)
	}

	in.Conventions.ContainerFunction = nil
	p = made(t, with(in, "runAs=puid", "-secrets", "-environment.LD_X", "-environment.LD_A"))
	require.Equal(t, []want{{"puid": "901", "pgid": "901"}}, wanted(p, plan.PromiseIdentity))
	require.Empty(t, promises(p, plan.PromiseResources), "nothing makes options of them")
	require.Empty(t, promises(p, plan.PromiseEnvironment))
	require.Empty(t, promises(made(t, with(in, "runAs=image")), plan.PromiseIdentity))

	in.Facts.Hubs[facts.Proxy] = nil
	require.NotContains(t, wanted(made(t, with(in, "auth=none")), plan.PromiseListener)[0], "address", "nothing stands before it")
}

// TestFactoryHealth: whether a factory's containers have a health check is seen
// of those that are there.
func TestFactoryHealth(t *testing.T) {
	in := repo()
	in.Conventions.Factory = &convention.Factory{Path: []string{"mylib", "mk"}, Profiles: map[string]map[string]any{"media": {}}}
	require.True(t, made(t, in).Model.Factory)
	require.Empty(t, promises(made(t, in), plan.PromiseHealth))
	in.Facts.Containers["sonarr"] = facts.Container{ExtraOptions: []string{"--health-cmd=true"}}
	require.Len(t, promises(made(t, in), plan.PromiseHealth), 1)
}

// TestUnitPromises: software on the host must be able to write where its files
// are.
func TestUnitPromises(t *testing.T) {
	for name, in := range map[string]plan.Input{"unit": unitRepo(), "native": nativeRepo(nil)} {
		t.Run(name, func(t *testing.T) {
			p := made(t, with(in, "nfs=media", "secrets=LD_TOKEN"))
			require.Equal(t, []want{{"path": "/var/lib/linkding"}, {"path": "/mnt/data"}}, wanted(p, plan.PromiseWritable))
			require.Equal(t, []want{{"unit": "linkding", "secrets": "LD_TOKEN"}}, wanted(p, plan.PromiseEnvironment))
			require.Empty(t, promises(p, plan.PromiseVolume))
		})
	}
}

// TestAbsences: what was decided against is promised not to be there.
func TestAbsences(t *testing.T) {
	for name, c := range map[string]struct {
		in     plan.Input
		absent []string
	}{
		"everything": {with(repo(), "metricsPath=/metrics"), nil},
		"no metrics": {repo(), []string{plan.AbsentMetrics}},
		"refused":    {with(repo(), "backup=no", "preseed=no", "snapshots=no"), []string{plan.AbsentBackup, plan.AbsentRestore, plan.AbsentSnapshots, plan.AbsentMetrics}},
		"stateless":  {with(repo(), "workload=stateless", "-dataDir"), []string{plan.AbsentDataset, plan.AbsentBackup, plan.AbsentRestore, plan.AbsentSnapshots, plan.AbsentMetrics}},
		"no page":    {with(repo(), "web=no", "-auth"), []string{plan.AbsentMetrics, plan.AbsentVhost, plan.AbsentTile, plan.AbsentProbe}},
	} {
		t.Run(name, func(t *testing.T) {
			var absent []string
			for _, p := range promises(made(t, c.in), plan.PromiseAbsence) {
				absent = append(absent, p.Want["absent"])
				require.Equal(t, "linkding", p.Subject)
				if p.Want["absent"] == plan.AbsentSnapshots {
					require.Equal(t, "tank/services/linkding", p.Want["dataset"])
				}
			}
			require.Equal(t, c.absent, absent)
		})
	}
}

// TestReplicationPromise is made where the datasets of most services have it.
func TestReplicationPromise(t *testing.T) {
	in := repo()
	promise := func() plan.Promise { return promises(made(t, in), plan.PromiseSnapshot)[0] }
	require.Equal(t, "the dataset has snapshots", promise().Text, "no other dataset shows it")
	sent := facts.Snapshot{Replication: &facts.Replication{TargetHost: ptr("nas-1")}}
	in.Facts.Snapshots = map[string]facts.Snapshot{"tank/services/a": sent, "tank/services/b": sent, "tank/services/c": {}, "rpool/home": {}, "rpool/root": {}}
	require.Equal(t, "the dataset has snapshots and replication", promise().Text)
	require.Equal(t, want{"replication": "yes"}, promise().Want)
	in.Facts.Snapshots["tank/services/d"] = facts.Snapshot{}
	require.Empty(t, promise().Want, "as many have it not")
}

// TestWatchPromises: addresses and conditions are those that were decided.
func TestWatchPromises(t *testing.T) {
	p := made(t, with(repo(), "healthPath=/health"))
	require.Equal(t, []want{{"url": "http://127.0.0.1:9090/health", "conditions": "[STATUS] == 200"}}, wanted(p, plan.PromiseProbe), "the portal would answer")
	require.Equal(t, []want{{"group": "Media", "url": "https://linkding.holthome.net"}}, wanted(p, plan.PromiseTile))
	require.Equal(t, []want{{"hostName": "linkding.holthome.net", "port": "9090", "address": "127.0.0.1", "scheme": "http"}}, wanted(p, plan.PromiseVhost))
	p = made(t, with(repo(), "auth=none"))
	require.Equal(t, "https://linkding.holthome.net", wanted(p, plan.PromiseProbe)[0]["url"])
	p = made(t, with(repo(), "auth=builtin", "healthPath=/health"))
	require.Equal(t, "https://linkding.holthome.net/health", wanted(p, plan.PromiseProbe)[0]["url"])
	in := with(repo(), "auth=none")
	in.Facts.Hubs[facts.Proxy] = nil
	p = made(t, in)
	require.Equal(t, "http://127.0.0.1:9090/", wanted(p, plan.PromiseProbe)[0]["url"])
	require.Equal(t, "http://linkding.holthome.net:9090", wanted(p, plan.PromiseTile)[0]["url"])

	in = repo()
	require.Empty(t, promises(made(t, in), plan.PromiseLogs), "services have no option for it")
	in.Conventions.Types, in.Conventions.Submodules["logging"] = &convention.Library{Binding: "types"}, "loggingSubmodule"
	require.Equal(t, []want{{"unit": "podman-linkding.service"}}, wanted(made(t, in), plan.PromiseLogs))
}
