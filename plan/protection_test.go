package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// classifying is a host whose datasets have a class: two of the category with
// small pages are critical and backed up offsite, most others standard.
func classifying() plan.Input {
	in := repo()
	f := in.Facts
	f.Protection = &facts.ProtectionPolicy{Optional: true, Fields: map[string]facts.ProtectionField{
		"class":                        {Required: true, Enum: []string{"system", "critical", "standard", "ephemeral"}},
		"objectives.rtoSeconds":        {Required: true},
		"objectives.offsiteRpoSeconds": {Required: true},
		"requiredTiers":                {Required: true},
		"consistency":                  {Default: "crash-consistent", Enum: []string{"crash-consistent", "application-consistent"}},
		"allowEmptyBootstrap":          {Default: false},
		"mechanism.name":               {Default: "standard"}, "mechanism.reason": {}, "notes": {},
	}}
	f.Datasets = map[string]facts.Dataset{}
	add := func(name, class, size, module string, tiers []string, rto int64) {
		p := &facts.Protection{Class: class, RequiredTiers: tiers, Objectives: map[string]*int64{"rtoSeconds": nil, "offsiteRpoSeconds": nil},
			Consistency: ptr("crash-consistent"), AllowEmptyBootstrap: ptr(false), Mechanism: ptr("standard"), At: &facts.Position{File: "hosts/" + name + ".nix", Line: 7}}
		if rto > 0 {
			p.Objectives["rtoSeconds"] = ptr(rto)
		} else {
			p.Mechanism = ptr("none")
		}
		if class == "critical" {
			p.Objectives["offsiteRpoSeconds"] = ptr(int64(86400))
		}
		f.Datasets[name] = facts.Dataset{RecordSize: ptr(size), MountPoint: ptr("/var/lib/" + name), Protection: p}
		f.Services[name] = service(module, true, nil)
		f.Snapshots["tank/services/"+name] = facts.Snapshot{Replication: &facts.Replication{}}
	}
	onsite := []string{"local-snapshot", "replication", "nas-backup", "automated-restore"}
	offsite := []string{"local-snapshot", "replication", "nas-backup", "offsite-backup", "automated-restore"}
	add("plex", "critical", "16K", "modules/sonarr/default.nix", offsite, 7200)
	add("omada", "critical", "16K", "modules/sonarr/default.nix", offsite, 7200)
	add("films", "standard", "1M", "modules/sonarr/default.nix", onsite, 28800)
	add("qui", "standard", "128K", "modules/qui.nix", onsite, 28800)
	add("seerr", "standard", "16K", "modules/seerr.nix", onsite, 28800)
	add("grocy", "standard", "16K", "modules/grocy.nix", onsite, 28800)
	add("redis", "ephemeral", "16K", "modules/redis.nix", nil, 0)
	add("promtail", "ephemeral", "16K", "modules/promtail.nix", nil, 0)
	f.Hubs[facts.BackupJobsHub] = &facts.Hub{Path: []string{"modules", "backup", "jobs"}, Fields: []string{"enable", "repository", "paths", "tags", "useSnapshots", "zfsDataset"}}
	f.BackupJobs["plex-offsite"] = facts.BackupJob{Repository: ptr("r2"), UseSnapshots: true, ZFSDataset: ptr("tank/services/plex")}
	f.BackupJobs["persist-offsite"] = facts.BackupJob{Repository: ptr("b2"), UseSnapshots: true, ZFSDataset: ptr("rpool/persist")}
	return in
}

// TestClass: the class that most datasets of services of its kind have, with who
// has it; the user's word wins.
func TestClass(t *testing.T) {
	p := made(t, classifying())
	d := decision(t, p, "protection")
	require.Equal(t, "critical", d.Value)
	require.Equal(t, "2 of 2 datasets of category media with the same record size have it", d.Reason)
	require.Equal(t, plan.Evidence{Option: "modules.storage.datasets.services.omada.protection.class", Value: "critical", File: "hosts/omada.nix", Line: 7}, d.Evidence[0])
	for name, c := range map[string]struct {
		change        []string
		class, reason string
	}{
		"by category":        {[]string{"workload=media"}, "critical", "2 of 3 datasets of category media have it"},
		"by what is kept":    {[]string{"category=home-automation"}, "standard", "4 of 6 datasets that are backed up have it"},
		"nothing is kept":    {[]string{"backup=no", "snapshots=no", "preseed=no"}, "ephemeral", "2 of 2 datasets of which nothing is kept have it"},
		"said":               {[]string{"protection=standard"}, "standard", "you said so"},
		"said of nothing":    {[]string{"protection=no"}, "no", "you said so"},
		"kept, though alone": {[]string{"backup=no", "preseed=no"}, "critical", "2 of 2 datasets of category media with the same record size have it"},
	} {
		t.Run(name, func(t *testing.T) {
			p := made(t, with(classifying(), c.change...))
			require.Equal(t, c.class, p.String("protection"))
			require.Equal(t, c.reason, decision(t, p, "protection").Reason)
		})
	}
	in := classifying()
	in.Facts.Datasets["omada"].Protection.Class = "standard"
	require.Equal(t, "2 of 3 datasets of category media have it", decision(t, made(t, in), "protection").Reason, "where as many have another, more are looked at")
	require.Equal(t, []plan.Rejected{{Value: "critical", Reason: "1 of them have it"}}, decision(t, made(t, in), "protection").Rejected)
}

// TestProtectionPolicy: what the class asks for, as most have it, and only what
// the plan gives.
func TestProtectionPolicy(t *testing.T) {
	p := made(t, classifying())
	require.Equal(t, &plan.Protection{Class: "critical", Tiers: []string{"local-snapshot", "replication", "nas-backup", "offsite-backup", "automated-restore"},
		Objectives:    []plan.Objective{{Name: "offsiteRpoSeconds", Seconds: 86400}, {Name: "rtoSeconds", Seconds: 7200}},
		MayStartEmpty: true, FirstStart: true, Offsite: &plan.OffsiteJob{Name: "linkding-offsite", Repository: "r2"}}, p.Model.Protection)
	require.Equal(t, "r2", p.String("offsiteBackup"))
	promise := promises(p, plan.PromiseProtection)[0]
	require.Equal(t, map[string]string{"class": "critical", "dataset": "tank/services/linkding", "tiers": "local-snapshot replication nas-backup offsite-backup automated-restore",
		"mayStartEmpty": "true", "offsite": "linkding-offsite", "repository": "r2", "objectives.offsiteRpoSeconds": "86400", "objectives.rtoSeconds": "7200"}, promise.Want)

	in := classifying()
	delete(in.Facts.BackupJobs, "plex-offsite")
	p = made(t, in)
	require.Equal(t, []string{"local-snapshot", "replication", "nas-backup", "automated-restore"}, p.Model.Protection.Tiers, "no job shows where to")
	require.Equal(t, []plan.Rejected{{Value: "offsite-backup", Reason: "the class asks for it, and nothing that is planned gives it"}}, decision(t, p, "requiredTiers").Rejected)
	require.Equal(t, plan.Objective{Name: "offsiteRpoSeconds"}, p.Model.Protection.Objectives[0], "nothing keeps that promise")
	require.Contains(t, steps(p), "decide whether the data need offsite-backup, which other datasets of class critical ask for: provide it and add it to requiredTiers in hosts/forge/services/linkding.nix, or leave it")

	p = made(t, with(classifying(), "backup=no", "preseed=no", "protection=standard"))
	require.Equal(t, []string{"local-snapshot", "replication"}, p.Model.Protection.Tiers)
	require.Nil(t, p.Model.Protection.Offsite)

	p = made(t, with(classifying(), "backup=no", "snapshots=no", "preseed=no"))
	require.Equal(t, &plan.Protection{Class: "ephemeral", Tiers: []string{}, Objectives: []plan.Objective{{Name: "offsiteRpoSeconds"}, {Name: "rtoSeconds"}},
		MayStartEmpty: true, Mechanism: "none", Reason: "Nothing is backed up, as decided: what is lost is made anew."}, p.Model.Protection)
	require.NotContains(t, steps(p), "allowEmptyBootstrap", "it always may")
}

// TestFirstStart: a new service may start empty, and the checklist says when that
// ends.
func TestFirstStart(t *testing.T) {
	in := classifying()
	p := made(t, in)
	require.Equal(t, "a new service has nothing to restore, and would not start without", decision(t, p, "allowEmptyBootstrap").Reason)
	require.Contains(t, steps(p), "when the service has its first data, set allowEmptyBootstrap = false in hosts/forge/services/linkding.nix")
	delete(in.Facts.Protection.Fields, "allowEmptyBootstrap")
	p = made(t, in)
	require.False(t, p.Model.Protection.MayStartEmpty)
	require.NotContains(t, steps(p), "allowEmptyBootstrap")
	require.NotContains(t, promises(p, plan.PromiseProtection)[0].Want, "mayStartEmpty")
}

// TestUnclassified: where few datasets have a class, or more must be said than is
// known, none is made up.
func TestUnclassified(t *testing.T) {
	in := classifying()
	for _, n := range []string{"plex", "omada", "films", "qui", "seerr"} {
		d := in.Facts.Datasets[n]
		d.Protection = nil
		in.Facts.Datasets[n] = d
	}
	p := made(t, in)
	require.Equal(t, "3 of 8 datasets have one", decision(t, p, "protection").Reason)
	require.Nil(t, p.Model.Protection)
	require.Empty(t, promises(p, plan.PromiseProtection))
	require.Contains(t, steps(p), "say how well the data must be protected, since datasets of the repo have a class")
	require.NotContains(t, steps(made(t, with(in, "protection=no"))), "say how well")
	require.Equal(t, "standard", made(t, with(in, "protection=standard")).Model.Protection.Class)

	in = classifying()
	in.Facts.Protection.Fields["owner"] = facts.ProtectionField{Required: true}
	require.Equal(t, "owner must be said too, and nothing tells it", decision(t, made(t, in), "protection").Reason)
	refused(t, with(in, "protection=standard"), "read protection: owner must be said too")

	in = classifying()
	for n, d := range in.Facts.Datasets {
		d.Protection = nil
		in.Facts.Datasets[n] = d
	}
	in.Facts.Protection.Optional = false
	require.Equal(t, []string{"protection"}, questions(made(t, in)), "it must be said, and nothing tells it")
}

func TestProtectionRefused(t *testing.T) {
	refused(t, with(repo(), "protection=critical"), "read protection: the repo's datasets have no option that says how they are protected")
	refused(t, with(classifying(), "protection=vital"), `read protection: "vital" is no class; the repo has system, critical, standard, ephemeral`)
	refused(t, with(classifying(), "protection=critical", "workload=stateless", "-dataDir"), "read protection: a stateless service has no dataset")
}

// TestTierMeans: by words, whatever the repo calls them.
func TestTierMeans(t *testing.T) {
	for tier, means := range map[string]string{
		"local-snapshot": plan.TierSnapshot, "replication": plan.TierReplication, "replica": plan.TierReplication, "nas-backup": plan.TierBackup,
		"offsite-backup": plan.TierOffsite, "automated-restore": plan.TierRestore, "independent-restore": "", "external-bootstrap": "",
	} {
		require.Equal(t, means, plan.TierMeans(tier), tier)
	}
}
