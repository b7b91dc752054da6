package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func TestRecordSize(t *testing.T) {
	for workload, size := range map[string]string{"sqlite": "16K", "database": "16K", "config": "16K", "media": "128K", "sequential": "1M"} {
		p := made(t, with(repo(), "workload="+workload))
		d := decision(t, p, "recordsize")
		require.Equal(t, size, d.Value)
		require.NotEmpty(t, p.Model.Data.Reason)
		require.Equal(t, size, promises(p, plan.PromiseDataset)[0].Want["recordsize"])
		if size == "16K" {
			require.Equal(t, []plan.Evidence{{Option: "modules.storage.datasets.services", Value: "1 of 1 datasets"}}, d.Evidence)
		} else {
			require.Empty(t, d.Evidence, "no dataset of the repo has it")
		}
	}
}

func TestCompression(t *testing.T) {
	in := repo()
	in.Conventions.Storage.Compression = "lz4"
	d := decision(t, made(t, in), "compression")
	require.Equal(t, "lz4", d.Value)
	require.Equal(t, "most datasets of the host have it", d.Reason)
	in.Conventions.Storage.Compression = ""
	d = decision(t, made(t, in), "compression")
	require.Equal(t, "zstd", d.Value)
	require.Equal(t, "no dataset of the host shows another", d.Reason)
	require.Empty(t, d.Evidence)
}

// TestDataDir: where data are, on the host and for the software.
func TestDataDir(t *testing.T) {
	option := func(v any) map[string]facts.NativeOption {
		return map[string]facts.NativeOption{"dataDir": {Type: "path", Default: v}}
	}
	const host = "/var/lib/linkding"
	for _, c := range []struct {
		name        string
		in          plan.Input
		dir, inside string
	}{
		{"container", repo(), host, "/etc/linkding/data"},
		{"unit", unitRepo(), host, host},
		{"unit that says", with(unitRepo(), "dataDir=/srv/x"), "/srv/x", "/srv/x"},
		{"native", nativeRepo(nil), host, host},
		{"native with a default", nativeRepo(option("/var/lib/ld")), "/var/lib/ld", "/var/lib/ld"},
		{"native with a default that is no path", nativeRepo(option("ld")), host, host},
		{"native with a default that throws", nativeRepo(option(nil)), host, host},
		{"native that says", with(nativeRepo(option("/var/lib/ld")), "dataDir=/srv/x"), "/srv/x", "/srv/x"},
		{"native, stateDir", nativeRepo(map[string]facts.NativeOption{"stateDir": {Default: "/var/lib/st"}}), "/var/lib/st", "/var/lib/st"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, c.in)
			require.Equal(t, c.dir, p.Model.Data.Dir)
			require.Equal(t, c.inside, p.Model.Data.Inside)
			require.Equal(t, c.dir, promises(p, plan.PromiseDataset)[0].Want["mountpoint"])
			require.Equal(t, map[string]string{"path": c.dir}, promises(p, plan.PromiseMount)[0].Want, "the unit waits for the dataset")
		})
	}
	refused(t, with(unitRepo(), "dataDir=/var/lib/sonarr"), "place data in /var/lib/sonarr: the dataset sonarr is mounted there")
}

// TestStateless contradicts itself where it is told of data.
func TestStateless(t *testing.T) {
	in := with(repo(), "workload=stateless", "-dataDir")
	p := made(t, in)
	require.Nil(t, p.Model.Data)
	require.Equal(t, "no", p.String("backup"))
	for _, said := range []string{"dataDir=/data", "backup=yes", "preseed=yes", "snapshots=yes"} {
		refused(t, with(in, said), "a stateless service has no data")
	}
	made(t, with(in, "backup=no", "preseed=no", "snapshots=no"))
}

func TestMount(t *testing.T) {
	for _, c := range []struct {
		name string
		in   plan.Input
		want plan.Mount
	}{
		{"as it is", with(repo(), "nfs=media"), plan.Mount{Inside: "/data"}},
		{"its path said", with(repo(), "nfs=media", "mountPath=/films"), plan.Mount{Inside: "/films"}},
		{"the path is taken by the data", with(repo(), "nfs=media", "dataDir=/data"), plan.Mount{Inside: "/media"}},
		{"without data", with(repo(), "nfs=media", "workload=stateless", "-dataDir"), plan.Mount{Inside: "/data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, c.in)
			c.want.Name, c.want.Path, c.want.Unit, c.want.Group = "media", "/mnt/data", "mnt-data.mount", "media"
			require.Equal(t, &c.want, p.Model.Mount)
			list := promises(p, plan.PromiseMount)
			require.Equal(t, map[string]string{"unit": "mnt-data.mount"}, list[len(list)-1].Want)
		})
	}
	require.Nil(t, made(t, with(repo(), "nfs=no")).Model.Mount)
	in := with(repo(), "nfs=media")
	delete(in.Facts.Groups, "media")
	require.Empty(t, made(t, in).Model.Mount.Group)
}

func TestMountRefused(t *testing.T) {
	refused(t, with(repo(), "nfs=films"), `read nfs: "films" is unknown; the host has media`)
	in := with(repo(), "nfs=media")
	in.Facts.Mounts["media"] = facts.Mount{LocalPath: ptr("/mnt/data")}
	refused(t, in, `mount "media" has no path or no unit`)
	in.Facts.Mounts = nil
	refused(t, in, "the host has none")
	refused(t, with(repo(), "mountPath=/films"), "read mountPath: no network mount was asked for")
	refused(t, with(repo(), "nfs=no", "mountPath=/films"), "read mountPath: no network mount was asked for")
	refused(t, with(repo(), "nfs=media", "mountPath=/etc/linkding/data"), "read mountPath: the service's own data are there")
	refused(t, with(unitRepo(), "nfs=media", "mountPath=/films"), "read mountPath: a service that is no container sees the mount at /mnt/data")
}

// TestMountGroup: the account reads the mount's files as a member of their group.
func TestMountGroup(t *testing.T) {
	for name, in := range map[string]plan.Input{"container": repo(), "unit": unitRepo(), "native": nativeRepo(nil)} {
		require.Equal(t, []string{"media"}, made(t, with(in, "nfs=media")).Model.Account.ExtraGroups, name)
		require.Empty(t, made(t, in).Model.Account.ExtraGroups, name)
		require.Empty(t, made(t, with(in, "nfs=media", "group=media")).Model.Account.ExtraGroups, "it is in the group already")
	}
}

// TestProtection: on for what has state, where the repo has the means.
func TestProtection(t *testing.T) {
	p := made(t, repo())
	require.Equal(t, &plan.Backup{Helper: []string{"forgeDefaults", "mkBackupWithTags"}, Tags: []string{"forgeDefaults", "backupTags", "media"}}, p.Model.Backup)
	require.Equal(t, []string{"syncoid", "local"}, p.Model.Preseed)
	require.True(t, p.Model.Snapshots)
	require.Equal(t, map[string]string{"dataset": "tank/services/linkding", "path": "/var/lib/linkding"}, promises(p, plan.PromiseBackup)[0].Want)
	require.Equal(t, map[string]string{"main": "podman-linkding", "methods": "syncoid local", "dataset": "tank/services/linkding"}, promises(p, plan.PromiseRestore)[0].Want)
	require.Nil(t, made(t, with(repo(), "category=home-automation")).Model.Backup.Tags, "the library has no set of that name")

	for _, c := range []struct {
		name   string
		change func(*plan.Input)
	}{
		{"backup", func(in *plan.Input) { in.Conventions.BackupHelper = "" }},
		{"backup", func(in *plan.Input) { delete(in.Conventions.Submodules, "backup") }},
		{"snapshots", func(in *plan.Input) { in.Conventions.SnapshotHelper = "" }},
		{"snapshots", func(in *plan.Input) { in.Facts.Hubs[facts.SnapshotsHub] = nil }},
		{"preseed", func(in *plan.Input) { in.Conventions.PreseedHelper = "" }},
		{"preseed", func(in *plan.Input) { in.Conventions.StorageHelpers = nil }},
		{"preseed", func(in *plan.Input) { in.Conventions.Restore = nil }},
	} {
		in := repo()
		c.change(&in)
		p := made(t, in)
		require.Equal(t, "no", p.String(c.name))
		require.Regexp(t, "has no helper for it", decision(t, p, c.name).Reason)
		for kind, is := range map[string]bool{"backup": p.Model.Backup != nil, "snapshots": p.Model.Snapshots, "preseed": len(p.Model.Preseed) > 0} {
			require.Equal(t, kind != c.name, is, "%s without %s", kind, c.name)
		}
		refused(t, with(in, c.name+"=yes"), "read "+c.name+": ")
		made(t, with(in, c.name+"=no"))
	}
	for _, name := range []string{"backup", "preseed", "snapshots"} {
		require.Equal(t, "user", decision(t, made(t, with(repo(), name+"=no")), name).Rule)
		require.Equal(t, "user", decision(t, made(t, with(repo(), name+"=yes")), name).Rule)
	}
}

// TestNetwork joins one that exists.
func TestNetwork(t *testing.T) {
	require.Equal(t, "media-services", made(t, with(repo(), "network=media-services")).Model.Network)
	require.Empty(t, made(t, with(repo(), "network=no")).Model.Network)
	refused(t, with(repo(), "network=lan"), `read network: "lan" is unknown; the host has media-services`)
}

// TestFactory: containers with state go through it.
func TestFactory(t *testing.T) {
	in := repo()
	require.False(t, made(t, in).Model.Factory)
	in.Conventions.Factory = &convention.Factory{Path: []string{"mylib", "mkContainerService"}, Users: []string{"a.nix", "b.nix", "c.nix", "d.nix"}}
	d := decision(t, made(t, in), "factory")
	require.Equal(t, "yes", d.Value)
	require.Len(t, d.Evidence, 3)
	require.NotContains(t, promises(made(t, in), plan.PromiseService)[0].Want, "declared", "the factory's file declares it")
	p := made(t, with(in, "workload=stateless", "-dataDir"))
	require.False(t, p.Model.Factory)
	require.Equal(t, "mylib.mkContainerService always makes a dataset and a backup", decision(t, p, "factory").Reason)
	unit := with(unitRepo())
	unit.Conventions.Factory = in.Conventions.Factory
	require.False(t, made(t, unit).Model.Factory)
}

// TestProfile: what a kind of service lacks, the factory accepts and does not do.
func TestProfile(t *testing.T) {
	nfs := map[string]any{"nfsMount": true}
	for _, c := range []struct {
		name     string
		profiles map[string]map[string]any
		answers  []string
		want     string
	}{
		{"like the category", map[string]map[string]any{"media": nil, "home": nil}, nil, "media"},
		{"beginning of the category", map[string]map[string]any{"media": nil, "home": nil}, []string{"category=home-automation"}, "home"},
		{"the whole name goes first", map[string]map[string]any{"home": nil, "home-automation": nil}, []string{"category=home-automation"}, "home-automation"},
		{"another", map[string]map[string]any{"productivity": nil}, nil, "productivity"},
		{"none is known", nil, nil, "productivity"},
		{"waits for the mount", map[string]map[string]any{"home": {"nfsMount": false}, "downloads": nfs}, []string{"category=home-automation", "nfs=media"}, "downloads"},
		{"media before others that wait", map[string]map[string]any{"home": nil, "downloads": nfs, "media": nfs, "x": nfs}, []string{"category=home-automation", "nfs=media"}, "media"},
		{"its own waits", map[string]map[string]any{"home": nfs, "media": nfs}, []string{"category=home-automation", "nfs=media"}, "home"},
		{"no mount is needed", map[string]map[string]any{"home": nil, "media": nfs}, []string{"category=home-automation"}, "home"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(repo(), c.answers...)
			in.Conventions.Factory = &convention.Factory{Path: []string{"mylib", "mkContainerService"}, Profiles: c.profiles}
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Profile)
			for _, r := range decision(t, p, "profile").Rejected {
				require.NotEqual(t, c.want, r.Value)
			}
		})
	}
}
