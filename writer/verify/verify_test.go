package verify_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

func ptr[T any](v T) *T { return &v }

// planned is a plan with one promise of every kind, some twice.
func planned() *plan.Plan {
	promise := func(kind plan.PromiseKind, subject string, want ...string) plan.Promise {
		p := plan.Promise{Kind: kind, Subject: subject, Text: "x", Want: map[string]string{}}
		for i := 0; i < len(want); i += 2 {
			p.Want[want[i]] = want[i+1]
		}
		return p
	}
	return &plan.Plan{Service: "linkding", Host: "forge", Model: &plan.Model{Packaging: plan.Container, Unit: "podman-linkding", NativeName: "ld"}, Promises: []plan.Promise{
		promise(plan.PromiseService, "linkding", "declared", "modules/linkding/default.nix", "defined", "hosts/forge/services/linkding.nix"),
		promise(plan.PromiseUser, "linkding", "uid", "901", "group", "linkding"),
		promise(plan.PromiseGroup, "linkding", "gid", "901"),
		promise(plan.PromiseRegistry, "linkding", "uid", "901", "gid", "901"),
		promise(plan.PromiseUnit, "podman-linkding"),
		promise(plan.PromiseAccount, "podman-linkding", "user", "linkding", "uid", "901"),
		promise(plan.PromiseHardening, "podman-linkding"),
		promise(plan.PromiseContainer, "linkding", "image", "i:1@sha256:a"),
		promise(plan.PromiseIdentity, "linkding", "uid", "901", "gid", "901"),
		promise(plan.PromiseIdentity, "linkding", "puid", "901", "pgid", "901"),
		promise(plan.PromiseListener, "linkding", "port", "9190", "containerPort", "9090", "address", "127.0.0.1"),
		promise(plan.PromiseVolume, "linkding", "path", "/var/lib/linkding", "inside", "/data"),
		promise(plan.PromiseVolume, "linkding", "path", "/mnt/data", "inside", "/media"),
		promise(plan.PromiseResources, "linkding", "memory", "512M", "memoryReservation", "256M", "cpus", "1.0"),
		promise(plan.PromiseHealth, "linkding", "containerPort", "9090"),
		promise(plan.PromiseNetwork, "linkding", "network", "media-services"),
		promise(plan.PromiseEnvironment, "linkding", "unit", "podman-linkding", "variables", "LD_PATH LD_X", "secrets", "LD_TOKEN LD_KEY"),
		promise(plan.PromiseWritable, "podman-linkding", "path", "/mnt/data"),
		promise(plan.PromiseLogs, "linkding", "unit", "podman-linkding.service"),
		promise(plan.PromiseDataset, "linkding", "mountpoint", "/var/lib/linkding", "recordsize", "16K", "compression", "zstd", "owner", "linkding", "uid", "901", "group", "linkding"),
		promise(plan.PromiseMount, "podman-linkding", "path", "/var/lib/linkding", "after", "zfs-mount.service zfs-datasets.service"),
		promise(plan.PromiseMount, "podman-linkding", "unit", "mnt-data.mount"),
		promise(plan.PromiseBackup, "linkding", "dataset", "tank/services/linkding", "path", "/var/lib/linkding"),
		promise(plan.PromiseRestore, "linkding", "main", "podman-linkding", "methods", "syncoid local", "dataset", "tank/services/linkding", "after", "zfs-datasets.service"),
		promise(plan.PromiseProtection, "linkding", "class", "critical", "dataset", "tank/services/linkding", "tiers", "local-snapshot replication nas-backup offsite-backup automated-restore",
			"mayStartEmpty", "true", "offsite", "linkding-offsite", "repository", "r2", "objectives.rtoSeconds", "7200", "objectives.offsiteRpoSeconds", "0"),
		promise(plan.PromiseHidden, "linkding", "units", "podman-linkding", "containers", "linkding", "variables", "LD_TOKEN LD_KEY"),
		promise(plan.PromiseRestarted, "linkding/token", "kind", "secret", "units", "podman-linkding"),
		promise(plan.PromiseRestarted, "linkding-env", "kind", "template", "units", "podman-linkding"),
		promise(plan.PromiseSnapshot, "tank/services/linkding", "replication", "yes"),
		promise(plan.PromiseReader, "restic-backup", "group", "linkding"),
		promise(plan.PromiseVhost, "linkding", "hostName", "linkding.holthome.net", "port", "9190", "address", "127.0.0.1", "scheme", "http"),
		promise(plan.PromiseAuth, "linkding", "policy", "media"),
		promise(plan.PromiseAlert, "linkding-service-down", "unit", "podman-linkding", "service", "linkding"),
		promise(plan.PromiseNotify, "podman-linkding", "template", "linkding-failure"),
		promise(plan.PromiseMetrics, "linkding", "port", "9190", "path", "/metrics"),
		promise(plan.PromiseTile, "linkding", "group", "Media", "url", "https://linkding.holthome.net"),
		promise(plan.PromiseProbe, "linkding", "url", "http://127.0.0.1:9190", "conditions", "[STATUS] == 200, [RESPONSE_TIME] < 500"),
		promise(plan.PromiseSecret, "linkding/token"),
		promise(plan.PromiseAbsence, "x", "absent", plan.AbsentBackup),
		promise(plan.PromiseNothing, "forge"),
		promise(plan.PromiseAssertions, "forge"),
		promise(plan.PromiseSystem, "forge"),
		promise(plan.PromiseSystem, "nas-1"),
	}}
}

// before is a host without the service.
func before() *facts.Facts {
	f := facts.New()
	f.Host.Name = "forge"
	f.Users["sonarr"] = facts.User{UID: ptr(int64(900)), Group: ptr("media")}
	f.Users["restic-backup"] = facts.User{Group: ptr("restic-backup"), ExtraGroups: []string{"linkding"}}
	f.Containers["sonarr"] = facts.Container{Ports: []string{"8989:8989"}}
	f.Datasets["sonarr"] = facts.Dataset{MountPoint: ptr("/var/lib/sonarr")}
	f.Vhosts["sonarr"] = facts.Vhost{Enable: true, HostName: ptr("sonarr.holthome.net")}
	f.Services["sonarr"] = facts.Service{Declared: &facts.Position{File: "modules/sonarr/default.nix", Line: 3}}
	f.Policies = []facts.Policy{{Name: "media"}}
	f.Restarts = facts.Restarts{Secrets: map[string][]string{}, Templates: map[string][]string{}}
	f.Warnings = []string{"old"}
	f.Scrapes = []facts.Scrape{{Job: "service-sonarr", Path: "/metrics", Targets: []string{"127.0.0.1:8989"}}}
	f.Hubs = map[facts.HubKind]*facts.Hub{facts.TemplatesHub: {Names: []string{"sonarr-failure"}}}
	f.Registries = []facts.Registry{{Path: []string{"mylib", "ids"}, Entries: map[string]facts.RegistryEntry{"sonarr": {UID: ptr(int64(900))}}}}
	return f
}

// after is the host with the service, every promise kept.
func after() *facts.Facts {
	f := before()
	f.Services["linkding"] = facts.Service{Enabled: true, Declared: &facts.Position{File: "modules/linkding/default.nix", Line: 9}, DefinedIn: []string{"hosts/forge/services/linkding.nix"}, LogUnit: ptr("podman-linkding.service"),
		Options: map[string]facts.Option{"preseed.restoreMethods": {Value: []any{"syncoid", "local"}}}}
	f.Users["linkding"] = facts.User{UID: ptr(int64(901)), Group: ptr("linkding")}
	f.Groups["linkding"] = facts.Group{GID: ptr(int64(901))}
	f.Registries[0].Entries["linkding"] = facts.RegistryEntry{UID: ptr(int64(901)), GID: ptr(int64(901))}
	f.Units["podman-linkding"] = facts.Unit{}
	f.Focus["podman-linkding"] = facts.UnitDetail{
		Unit:  facts.Unit{User: ptr("linkding"), OnFailure: []string{"notify@linkding-failure:%n.service"}},
		After: []string{"zfs-mount.service", "zfs-datasets.service", "mnt-data.mount", "preseed-linkding.service"}, Requires: []string{"mnt-data.mount"},
		Wants: []string{"preseed-linkding.service"}, WantedBy: []string{"multi-user.target"}, RequiresMountsFor: []string{"/var/lib/linkding"},
		Hardening: []string{"NoNewPrivileges", "PrivateTmp", "ProtectSystem", "ProtectHome", "ReadWritePaths"}, Starts: true,
		ReadWritePaths: []string{"/var/lib/linkding -/mnt/data"},
	}
	f.Focus["preseed-linkding"] = facts.UnitDetail{Starts: true, Before: []string{"podman-linkding.service"}, After: []string{"zfs-datasets.service"},
		Datasets: []string{"tank/services/linkding", "repl@nas-1:backup/linkding", "nas-1:backup/linkding..."}}
	f.Focus["restic-backup-linkding-offsite"] = facts.UnitDetail{Starts: true}
	f.BackupJobs["linkding-offsite"] = facts.BackupJob{Repository: ptr("r2"), UseSnapshots: true, ZFSDataset: ptr("tank/services/linkding")}
	f.Handovers["podman-linkding"] = facts.Handover{Files: []string{"/run/linkding-env/env"}, Credentials: map[string]string{"ld-token": "/run/secrets/linkding/ld-token"}}
	f.Focus["restic-backup-service-linkding"] = facts.UnitDetail{Starts: true}
	f.Containers["linkding"] = facts.Container{Image: ptr("i:1@sha256:a"), Ports: []string{"127.0.0.1:9190:9090"},
		IDs: map[string]string{"PUID": "901", "PGID": "901"}, Volumes: []string{"/var/lib/linkding:/data:rw", "/mnt/data:/media"},
		ExtraOptions: []string{"--user=901:901", "--memory=512M", "--memory-reservation=256M", "--cpus", "1.0", "--health-cmd=curl http://127.0.0.1:9090/", "--network=media-services"},
		Environment:  []string{"LD_PATH", "LD_X", "TZ"}, EnvironmentFiles: 1}
	f.Datasets["linkding"] = facts.Dataset{MountPoint: ptr("/var/lib/linkding"), RecordSize: ptr("16K"), Compression: ptr("zstd"), Owner: ptr("linkding"), Group: ptr("linkding"), Mode: ptr("0750"),
		Protection: &facts.Protection{Class: "critical", RequiredTiers: []string{"local-snapshot", "replication", "nas-backup", "offsite-backup", "automated-restore"},
			Objectives: map[string]*int64{"rtoSeconds": ptr(int64(7200)), "offsiteRpoSeconds": nil}, AllowEmptyBootstrap: ptr(true)}}
	f.BackupJobs["service-linkding"] = facts.BackupJob{Repository: ptr("nas"), UseSnapshots: true, ZFSDataset: ptr("tank/services/linkding")}
	f.Snapshots["tank/services/linkding"] = facts.Snapshot{UseTemplate: []string{"services"}, Replication: &facts.Replication{TargetHost: ptr("nas-1"), TargetDataset: ptr("backup/linkding")}}
	f.Vhosts["linkding"] = facts.Vhost{Enable: true, HostName: ptr("linkding.holthome.net"), Backend: &facts.Backend{Scheme: ptr("http"), Host: ptr("127.0.0.1"), Port: ptr(int64(9190))}, Policy: ptr("media"), Portal: ptr("pocketid")}
	f.Alerts["linkding-service-down"] = facts.Alert{Expr: ptr(`container_service_active{name="linkding"} == 0`)}
	f.Hubs[facts.TemplatesHub] = &facts.Hub{Names: []string{"linkding-failure", "sonarr-failure"}}
	f.Scrapes = append(f.Scrapes, facts.Scrape{Job: "service-linkding", Path: "/metrics", Targets: []string{"127.0.0.1:9190"}})
	f.Dashboard["linkding"] = facts.Tile{Group: ptr("Media"), HRef: ptr("https://linkding.holthome.net"), Widget: map[string]any{"key": "{{HOMEPAGE_VAR_LINKDING}}"}}
	f.Templates["linkding-homepage"] = facts.Template{Variables: []string{"HOMEPAGE_VAR_LINKDING"}}
	f.Templates["linkding-env"] = facts.Template{Variables: []string{"LD_KEY", "LD_TOKEN"}}
	f.BlackBox["linkding"] = facts.Probe{URL: ptr("http://127.0.0.1:9190"), Conditions: []string{"[STATUS] == 200", "[RESPONSE_TIME] < 500"}}
	f.Secrets = []string{"linkding/token"}
	f.Restarts.Secrets = map[string][]string{"linkding/token": {"grafana.service", "podman-linkding.service"}}
	f.Restarts.Templates = map[string][]string{"linkding-env": {"podman-linkding.service"}}
	return f
}

func systems() map[string]verify.System {
	return map[string]verify.System{"forge": {Host: "forge", Drv: "/nix/store/a.drv"}, "nas-1": {Host: "nas-1", Drv: "/nix/store/b.drv"}}
}

func TestKept(t *testing.T) {
	results := verify.Check(planned(), before(), after(), systems())
	require.Empty(t, verify.Broken(results))
	require.Len(t, results, len(planned().Promises))
	kinds := map[plan.PromiseKind]bool{}
	for i, r := range results {
		require.Equal(t, planned().Promises[i], r.Promise, "in the order of the promises")
		require.NotEmpty(t, r.Saw, r.Kind)
		kinds[r.Kind] = true
	}
	require.Len(t, kinds, 38, "every kind has a case here")
}

// change is a host on which something is not as it was promised.
type change struct {
	name string
	how  func(*facts.Facts)
	saw  string
}

// on changes one entry of a map.
func on[T any](entries func(*facts.Facts) map[string]T, name string, how func(*T)) func(*facts.Facts) {
	return func(f *facts.Facts) {
		e := entries(f)[name]
		how(&e)
		entries(f)[name] = e
	}
}

func gone[T any](entries func(*facts.Facts) map[string]T, name string) func(*facts.Facts) {
	return func(f *facts.Facts) { delete(entries(f), name) }
}

func services(f *facts.Facts) map[string]facts.Service      { return f.Services }
func users(f *facts.Facts) map[string]facts.User            { return f.Users }
func groups(f *facts.Facts) map[string]facts.Group          { return f.Groups }
func focus(f *facts.Facts) map[string]facts.UnitDetail      { return f.Focus }
func units(f *facts.Facts) map[string]facts.Unit            { return f.Units }
func containers(f *facts.Facts) map[string]facts.Container  { return f.Containers }
func datasets(f *facts.Facts) map[string]facts.Dataset      { return f.Datasets }
func vhosts(f *facts.Facts) map[string]facts.Vhost          { return f.Vhosts }
func alerts(f *facts.Facts) map[string]facts.Alert          { return f.Alerts }
func tiles(f *facts.Facts) map[string]facts.Tile            { return f.Dashboard }
func probes(f *facts.Facts) map[string]facts.Probe          { return f.BlackBox }
func jobs(f *facts.Facts) map[string]facts.BackupJob        { return f.BackupJobs }
func snapshots(f *facts.Facts) map[string]facts.Snapshot    { return f.Snapshots }
func templates(f *facts.Facts) map[string]facts.Template    { return f.Templates }
func entries(f *facts.Facts) map[string]facts.RegistryEntry { return f.Registries[0].Entries }

func handovers(f *facts.Facts) map[string]facts.Handover { return f.Handovers }

// protected changes what the dataset says of its protection; nil takes it away.
func protected(how func(*facts.Protection)) func(*facts.Facts) {
	return on(datasets, "linkding", func(d *facts.Dataset) {
		if how == nil {
			d.Protection = nil
			return
		}
		how(d.Protection)
	})
}

const main = "podman-linkding"

// TestBroken breaks each promise in every way that its check knows: that promise
// is reported, by what was seen, and no other one of its kind is.
func TestBroken(t *testing.T) {
	for kind, changes := range map[plan.PromiseKind][]change{
		plan.PromiseService: {
			{"no option", gone(services, "linkding"), "there is no module with that option"},
			{"declared elsewhere", on(services, "linkding", func(s *facts.Service) { s.Declared = nil }), "no file of the repo declares it"},
			{"another file", on(services, "linkding", func(s *facts.Service) { s.Declared = &facts.Position{File: "x.nix"} }), "it is declared in x.nix"},
			{"off", on(services, "linkding", func(s *facts.Service) { s.Enabled = false }), "its enable option is false"},
			{"enabled elsewhere", on(services, "linkding", func(s *facts.Service) { s.DefinedIn = []string{"x.nix"} }), "it is enabled in x.nix"},
		},
		plan.PromiseUser: {
			{"no account", gone(users, "linkding"), "there is no such account"},
			{"no uid", on(users, "linkding", func(u *facts.User) { u.UID = nil }), "uid no id, group linkding"},
			{"another uid", on(users, "linkding", func(u *facts.User) { u.UID = ptr(int64(902)) }), "uid 902"},
			{"another group", on(users, "linkding", func(u *facts.User) { u.Group = ptr("users") }), "group users"},
			{"no group", on(users, "linkding", func(u *facts.User) { u.Group = nil }), "group nothing"},
			{"not alone", on(users, "linkding-2", func(u *facts.User) { u.UID = ptr(int64(901)) }), "uid 901, group linkding, which linkding-2 has too"},
		},
		plan.PromiseGroup: {
			{"no group", gone(groups, "linkding"), "there is no such group"},
			{"no gid", on(groups, "linkding", func(g *facts.Group) { g.GID = nil }), "gid no id"},
			{"another gid", on(groups, "linkding", func(g *facts.Group) { g.GID = ptr(int64(1)) }), "gid 1"},
		},
		plan.PromiseRegistry: {
			{"no entry", gone(entries, "linkding"), "there is no entry"},
			{"no table", func(f *facts.Facts) { f.Registries = nil }, "there is no entry"},
			{"another id", on(entries, "linkding", func(e *facts.RegistryEntry) { e.UID = ptr(int64(902)) }), "mylib.ids.linkding: uid 902, gid 901"},
			{"no gid", on(entries, "linkding", func(e *facts.RegistryEntry) { e.GID = nil }), "gid no id"},
		},
		plan.PromiseUnit: {
			{"no unit", gone(focus, main), "there is no such unit"},
			{"nothing to start", on(focus, main, func(u *facts.UnitDetail) { u.Starts = false }), "the unit has nothing to start"},
			{"nobody wants it", on(focus, main, func(u *facts.UnitDetail) { u.WantedBy = nil }), "nothing wants the unit"},
			{"suffix twice", on(units, main+".service", func(*facts.Unit) {}), "there is a unit podman-linkding.service.service"},
		},
		plan.PromiseAccount: {
			{"no unit", gone(focus, main), "there is no such unit"},
			{"dynamic", on(focus, main, func(u *facts.UnitDetail) { u.DynamicUser = true }), "User=linkding, DynamicUser=true"},
			{"root", on(focus, main, func(u *facts.UnitDetail) { u.User = nil }), "User=nothing"},
			{"another", on(focus, main, func(u *facts.UnitDetail) { u.User = ptr("nobody") }), "User=nobody"},
		},
		plan.PromiseHardening: {
			{"no unit", gone(focus, main), "there is no such unit"},
			{"one is missing", on(focus, main, func(u *facts.UnitDetail) { u.Hardening = u.Hardening[1:] }), "NoNewPrivileges is not set"},
			{"none", on(focus, main, func(u *facts.UnitDetail) { u.Hardening = nil }), "is not set"},
		},
		plan.PromiseContainer: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"another image", on(containers, "linkding", func(c *facts.Container) { c.Image = ptr("i:2") }), "i:2"},
			{"no image", on(containers, "linkding", func(c *facts.Container) { c.Image = nil }), "nothing"},
		},
		plan.PromiseListener: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"not published", on(containers, "linkding", func(c *facts.Container) { c.Ports = nil }), ""},
			{"another port", on(containers, "linkding", func(c *facts.Container) { c.Ports = []string{"127.0.0.1:9191:9090"} }), "127.0.0.1:9191:9090"},
			{"another port inside", on(containers, "linkding", func(c *facts.Container) { c.Ports = []string{"9190:90"} }), "9190:90"},
			{"longer port", on(containers, "linkding", func(c *facts.Container) { c.Ports = []string{"19190:9090"} }), "19190:9090"},
			{"open to all", on(containers, "linkding", func(c *facts.Container) { c.Ports = []string{"9190:9090"} }), "9190:9090 is open to other hosts"},
			{"open on another address", on(containers, "linkding", func(c *facts.Container) { c.Ports = []string{"10.0.0.1:9190:9090/tcp"} }), "10.0.0.1:9190:9090/tcp is open to other hosts"},
			{"open by a second port", on(containers, "linkding", func(c *facts.Container) { c.Ports = append(c.Ports, "9999:9090") }), "9999:9090 is open to other hosts"},
			{"not alone", on(containers, "x", func(c *facts.Container) { c.Ports = []string{"9190:80"} }), "container x publishes it too: 9190:80"},
			{"not alone on an address", on(containers, "x", func(c *facts.Container) { c.Ports = []string{"0.0.0.0:9190:80/tcp"} }), "container x publishes it too"},
		},
		plan.PromiseDataset: {
			{"no dataset", gone(datasets, "linkding"), "there is no such dataset"},
			{"not mounted", on(datasets, "linkding", func(d *facts.Dataset) { d.MountPoint = nil }), "16K at nothing"},
			{"elsewhere", on(datasets, "linkding", func(d *facts.Dataset) { d.MountPoint = ptr("/x") }), "16K at /x"},
			{"another size", on(datasets, "linkding", func(d *facts.Dataset) { d.RecordSize = ptr("128K") }), "128K at"},
			{"another compression", on(datasets, "linkding", func(d *facts.Dataset) { d.Compression = ptr("lz4") }), "lz4"},
			{"root's", on(datasets, "linkding", func(d *facts.Dataset) { d.Owner = ptr("root") }), "owner root:linkding"},
			{"another group", on(datasets, "linkding", func(d *facts.Dataset) { d.Group = ptr("root") }), "owner linkding:root"},
			{"not alone", on(datasets, "x", func(d *facts.Dataset) { d.MountPoint = ptr("/var/lib/linkding") }), "dataset x is mounted there too"},
		},
		plan.PromiseMount: {
			{"path", on(focus, main, func(u *facts.UnitDetail) { u.RequiresMountsFor = nil }), "RequiresMountsFor="},
			{"part of a path", on(focus, main, func(u *facts.UnitDetail) { u.RequiresMountsFor = []string{"/var/lib/linkding2 /var"} }), "RequiresMountsFor=/var/lib/linkding2 /var"},
			{"before the datasets", on(focus, main, func(u *facts.UnitDetail) { u.After = u.After[1:] }), "it does not start after zfs-mount.service"},
			{"before the mount", on(focus, main, func(u *facts.UnitDetail) { u.After = append(u.After[:2:2], u.After[3]) }), "it does not start after mnt-data.mount"},
			{"does not need the mount", on(focus, main, func(u *facts.UnitDetail) { u.Requires = nil }), "it does not require mnt-data.mount"},
		},
		plan.PromiseBackup: {
			{"nothing", func(f *facts.Facts) { f.BackupJobs = nil; delete(f.Focus, "restic-backup-service-linkding") }, "there is no backup job or unit"},
			{"a namespace that nothing reads", gone(focus, "restic-backup-service-linkding"), "job service-linkding is declared, and no unit runs it"},
			{"nothing to start", on(focus, "restic-backup-service-linkding", func(u *facts.UnitDetail) { u.Starts = false }), "no unit runs it"},
			{"another dataset", on(jobs, "service-linkding", func(j *facts.BackupJob) { j.ZFSDataset = ptr("tank/x") }), "job service-linkding takes tank/x"},
			{"a snapshot of another dataset, whatever the paths", on(jobs, "service-linkding", func(j *facts.BackupJob) { j.ZFSDataset, j.Paths = ptr("tank/x"), []string{"/var/lib/linkding"} }), "job service-linkding takes tank/x"},
			{"another path", on(jobs, "service-linkding", func(j *facts.BackupJob) { j.ZFSDataset, j.Paths = nil, []string{"/x"} }), "job service-linkding takes /x"},
			{"part of the data", on(jobs, "service-linkding", func(j *facts.BackupJob) { j.ZFSDataset, j.Paths = nil, []string{"/var/lib/linkding/x"} }), "job service-linkding takes /var/lib/linkding/x"},
			{"another's unit", func(f *facts.Facts) {
				delete(f.Focus, "restic-backup-service-linkding")
				f.Focus["restic-backup-service-linkding-2"] = facts.UnitDetail{Starts: true}
			}, "no unit runs it"},
			{"another dataset, without a table of jobs", func(f *facts.Facts) {
				delete(f.BackupJobs, "service-linkding")
				on(services, "linkding", func(s *facts.Service) { s.Backup = &facts.BackupJob{UseSnapshots: true, ZFSDataset: ptr("tank/x")} })(f)
			}, "the service's backup takes tank/x"},
		},
		plan.PromiseRestore: {
			{"no unit", gone(focus, "preseed-linkding"), "there is no unit preseed-linkding.service that starts something"},
			{"nothing to start", on(focus, "preseed-linkding", func(u *facts.UnitDetail) { u.Starts = false }), "there is no unit preseed-linkding.service that starts something"},
			{"main is gone", gone(focus, main), "there is no unit podman-linkding.service"},
			{"for another unit", on(focus, "preseed-linkding", func(u *facts.UnitDetail) { u.Before = []string{"linkding.service"} }), "it does not come before podman-linkding.service"},
			{"not after", on(focus, main, func(u *facts.UnitDetail) { u.After = u.After[:3] }), "podman-linkding.service does not start after it"},
			{"not wanted", on(focus, main, func(u *facts.UnitDetail) { u.Wants = nil }), "podman-linkding.service does not want it"},
			{"before the dataset is made", on(focus, "preseed-linkding", func(u *facts.UnitDetail) { u.After = nil }), "it does not start after zfs-datasets.service"},
			{"by restic", on(services, "linkding", func(s *facts.Service) {
				s.Options = map[string]facts.Option{"preseed.restoreMethods": {Value: []any{"syncoid", "local", "restic"}}}
			}), "it restores by syncoid local restic"},
			{"from another dataset", on(focus, "preseed-linkding", func(u *facts.UnitDetail) { u.Datasets = []string{"repl@nas-1:backup/sonarr"} }),
				"it restores from nas-1:backup/sonarr, and the dataset is replicated to nas-1:backup/linkding"},
			{"from another host", on(focus, "preseed-linkding", func(u *facts.UnitDetail) { u.Datasets = []string{"nas-2:backup/linkding"} }), "it restores from nas-2:backup/linkding"},
			{"from nowhere", on(focus, "preseed-linkding", func(u *facts.UnitDetail) { u.Datasets = []string{"tank/services/linkding"} }), "it does not restore from nas-1:backup/linkding"},
			{"from where nothing is sent", gone(snapshots, "tank/services/linkding"), "it restores from nas-1:backup/linkding, where nothing is replicated to"},
		},
		plan.PromiseProtection: {
			{"no dataset", gone(datasets, "linkding"), "there is no such dataset"},
			{"unclassified", protected(nil), "the dataset says nothing of how it is protected"},
			{"another class", protected(func(p *facts.Protection) { p.Class = "standard" }), "class standard"},
			{"fewer tiers", protected(func(p *facts.Protection) { p.RequiredTiers = p.RequiredTiers[:1] }), "class critical, local-snapshot"},
			{"must not start empty", protected(func(p *facts.Protection) { p.AllowEmptyBootstrap = nil }), "must not start empty"},
			{"slower restore", protected(func(p *facts.Protection) { p.Objectives["rtoSeconds"] = nil }), "rtoSeconds 0"},
			{"a promise that nothing keeps", protected(func(p *facts.Protection) { p.Objectives["offsiteRpoSeconds"] = ptr(int64(60)) }), "offsiteRpoSeconds 60"},
			{"no snapshots", gone(snapshots, "tank/services/linkding"), "local-snapshot is asked for, and there is no entry for the dataset"},
			{"no replication", on(snapshots, "tank/services/linkding", func(s *facts.Snapshot) { s.Replication = nil }), "replication is asked for, and templates services, not replicated"},
			{"no backup", gone(focus, "restic-backup-service-linkding"), "nas-backup is asked for, and there is no backup unit"},
			{"no restore", gone(focus, "preseed-linkding"), "automated-restore is asked for, and there is no unit preseed-linkding.service"},
			{"no offsite job", gone(jobs, "linkding-offsite"), "offsite-backup is asked for, and there is no job linkding-offsite"},
			{"offsite job that no unit runs", gone(focus, "restic-backup-linkding-offsite"), "no unit runs job linkding-offsite"},
			{"offsite to the NAS", on(jobs, "linkding-offsite", func(j *facts.BackupJob) { j.Repository = ptr("nas") }), "job linkding-offsite goes to nas"},
			{"offsite of another", on(jobs, "linkding-offsite", func(j *facts.BackupJob) { j.ZFSDataset = ptr("tank/x") }), "job linkding-offsite takes tank/x"},
		},
		plan.PromiseHidden: {
			{"no container", gone(containers, "linkding"), "there is no container linkding"},
			{"no unit", gone(focus, main), "there is no unit podman-linkding.service"},
			{"mounted", on(containers, "linkding", func(k *facts.Container) { k.Exposed = []facts.Exposed{{Where: "volumes", Secret: "linkding/token"}} }),
				"container linkding has the file or placeholder of linkding/token in its volumes"},
			{"argument of the unit", on(focus, main, func(u *facts.UnitDetail) { u.Exposed = []facts.Exposed{{Where: "command", Secret: "linkding/token"}} }),
				"podman-linkding.service has the file or placeholder of linkding/token in its command"},
			{"written out", on(containers, "linkding", func(k *facts.Container) { k.Environment = append(k.Environment, "LD_KEY") }), "has the value of LD_KEY written out"},
			{"file of the store", on(handovers, main, func(h *facts.Handover) { h.Files = []string{"/nix/store/x-env"} }), "reads its secrets from the store, where everybody can: /nix/store/x-env"},
			{"credential of the store", on(handovers, main, func(h *facts.Handover) { h.Credentials = map[string]string{"a": "/nix/store/x-key"} }), "/nix/store/x-key"},
		},
		plan.PromiseRestarted: {
			{"no secret", func(f *facts.Facts) { f.Secrets = nil }, "there is no secret linkding/token"},
			{"no template", gone(templates, "linkding-env"), "there is no template linkding-env"},
			{"nothing", func(f *facts.Facts) { f.Restarts.Secrets = nil }, "secret linkding/token starts none again, and not podman-linkding.service"},
			{"another", func(f *facts.Facts) { f.Restarts.Templates["linkding-env"] = []string{"linkding.service"} }, "template linkding-env starts linkding.service again, and not podman-linkding.service"},
			{"no unit", gone(units, main), "there is no unit podman-linkding.service"},
		},
		plan.PromiseSnapshot: {
			{"no entry", gone(snapshots, "tank/services/linkding"), "there is no entry for the dataset"},
			{"off", on(snapshots, "tank/services/linkding", func(s *facts.Snapshot) { s.AutoSnap = ptr(false) }), "autosnap is off"},
			{"no template", on(snapshots, "tank/services/linkding", func(s *facts.Snapshot) { s.UseTemplate = nil }), "no template says when"},
			{"no replication", on(snapshots, "tank/services/linkding", func(s *facts.Snapshot) { s.Replication = nil }), "templates services, not replicated"},
			{"to nowhere", on(snapshots, "tank/services/linkding", func(s *facts.Snapshot) { s.Replication = &facts.Replication{TargetHost: ptr("nas-1")} }), "replicated to nowhere"},
		},
		plan.PromiseReader: {
			{"no account", gone(users, "restic-backup"), "there is no such account"},
			{"not in the group", on(users, "restic-backup", func(u *facts.User) { u.ExtraGroups = []string{"media", "media", "x"} }), "groups restic-backup, media, x"},
		},
		plan.PromiseIdentity: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"user lost", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions = c.ExtraOptions[1:] }), "the container runs as the user of its image"},
			{"another user", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions[0] = "--user=0:0" }), "user 0:0"},
			{"another user later", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions = append(c.ExtraOptions, "--user", "0") }), "user 0"},
			{"no group", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions, c.User = nil, ptr("901") }), "user 901"},
			{"not told", on(containers, "linkding", func(c *facts.Container) { c.IDs = nil }), "PUID nothing, PGID nothing"},
			{"told another", on(containers, "linkding", func(c *facts.Container) { c.IDs["PGID"] = "0" }), "PUID 901, PGID 0"},
		},
		plan.PromiseVolume: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"none", on(containers, "linkding", func(c *facts.Container) { c.Volumes = nil }), "volumes "},
			{"mount lost", on(containers, "linkding", func(c *facts.Container) { c.Volumes = c.Volumes[:1] }), "volumes /var/lib/linkding:/data:rw"},
			{"data of another folder", on(containers, "linkding", func(c *facts.Container) { c.Volumes[0] = "/tmp/x:/data:rw" }), "volumes /tmp/x:/data:rw"},
			{"data elsewhere inside", on(containers, "linkding", func(c *facts.Container) { c.Volumes[0] = "/var/lib/linkding:/config" }), "volumes /var/lib/linkding:/config"},
			{"read only", on(containers, "linkding", func(c *facts.Container) { c.Volumes[0] = "/var/lib/linkding:/data:ro,Z" }), "/var/lib/linkding:/data:ro,Z cannot be written"},
			{"no place inside", on(containers, "linkding", func(c *facts.Container) { c.Volumes[0] = "/var/lib/linkding" }), "volumes /var/lib/linkding"},
		},
		plan.PromiseResources: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"lost", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions = nil }), "no --memory, no --memory-reservation, no --cpus"},
			{"one lost", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions[1] = "x" }), "no --memory, --memory-reservation=256M, --cpus=1.0"},
			{"others", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions[4] = "8" }), "--cpus=8"},
		},
		plan.PromiseHealth: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"lost", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions = nil }), "there is no health check"},
			{"another port", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions[5] = "--health-cmd=curl http://127.0.0.1:90900/" }), "curl http://127.0.0.1:90900/"},
		},
		plan.PromiseNetwork: {
			{"no container", gone(containers, "linkding"), "there is no such container"},
			{"lost", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions = nil }), "networks "},
			{"another", on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions[6] = "--network=media-services-2" }), "networks media-services-2"},
		},
		plan.PromiseEnvironment: {
			{"no container and no unit", func(f *facts.Facts) { delete(f.Containers, "linkding"); delete(f.Focus, main) }, "there is no unit podman-linkding.service"},
			{"variable lost", on(containers, "linkding", func(c *facts.Container) { c.Environment = c.Environment[1:] }), "the container has no variable LD_PATH"},
			{"file not handed over", on(containers, "linkding", func(c *facts.Container) { c.EnvironmentFiles = 0 }), "the container is handed no file, though template linkding-env has the secrets"},
			{"secret missing in the template", on(templates, "linkding-env", func(t *facts.Template) { t.Variables = t.Variables[1:] }), "no new template has LD_TOKEN and LD_KEY"},
			{"no template", gone(templates, "linkding-env"), "no new template has"},
		},
		plan.PromiseWritable: {
			{"no unit", gone(focus, main), "there is no such unit"},
			{"lost", on(focus, main, func(u *facts.UnitDetail) { u.ReadWritePaths = nil }), "ReadWritePaths="},
			{"another folder", on(focus, main, func(u *facts.UnitDetail) { u.ReadWritePaths = []string{"/mnt/data2"} }), "ReadWritePaths=/mnt/data2"},
		},
		plan.PromiseLogs: {
			{"no module", gone(services, "linkding"), "there is no module with that option"},
			{"off", on(services, "linkding", func(s *facts.Service) { s.LogUnit = nil }), "logging is off, or names no unit"},
			{"a unit that does not exist", on(services, "linkding", func(s *facts.Service) { s.LogUnit = ptr("linkding.service") }), "linkding.service is no unit"},
			{"another unit", func(f *facts.Facts) {
				f.Units["sonarr"] = facts.Unit{}
				on(services, "linkding", func(s *facts.Service) { s.LogUnit = ptr("sonarr.service") })(f)
			}, "the log of sonarr.service"},
		},
		plan.PromiseVhost: {
			{"none", gone(vhosts, "linkding"), "there is no such virtual host"},
			{"off", on(vhosts, "linkding", func(v *facts.Vhost) { v.Enable = false }), "it is not enabled or has no backend"},
			{"no backend", on(vhosts, "linkding", func(v *facts.Vhost) { v.Backend = nil }), "it is not enabled or has no backend"},
			{"another port", on(vhosts, "linkding", func(v *facts.Vhost) { v.Backend = &facts.Backend{Host: ptr("127.0.0.1"), Port: ptr(int64(1))} }), "linkding.holthome.net to nothing://127.0.0.1:1"},
			{"another name", on(vhosts, "linkding", func(v *facts.Vhost) { v.HostName = ptr("x") }), "x to http://127.0.0.1:9190"},
			{"another host", on(vhosts, "linkding", func(v *facts.Vhost) { v.Backend.Host = ptr("10.0.0.2") }), "to http://10.0.0.2:9190"},
			{"another scheme", on(vhosts, "linkding", func(v *facts.Vhost) { v.Backend.Scheme = ptr("https") }), "to https://127.0.0.1:9190"},
			{"not alone", on(vhosts, "sonarr", func(v *facts.Vhost) { v.HostName = ptr("linkding.holthome.net") }), "and sonarr has the same name"},
		},
		plan.PromiseAuth: {
			{"no virtual host", gone(vhosts, "linkding"), "there is no such virtual host"},
			{"not forwarded", on(vhosts, "linkding", func(v *facts.Vhost) { v.Policy = nil }), "policy nothing"},
			{"another", on(vhosts, "linkding", func(v *facts.Vhost) { v.Policy = ptr("lan") }), "policy lan"},
			{"unknown to the proxy", func(f *facts.Facts) { f.Policies = nil }, "the host has no policy media"},
		},
		plan.PromiseAlert: {
			{"no rule", gone(alerts, "linkding-service-down"), "there is no such rule"},
			{"no expression", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = nil }), "its expression names nothing: nothing"},
			{"names nothing", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr("up == 0") }), "its expression names nothing: up == 0"},
			{"a unit that does not exist", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr(`x{name="linkdin.service"} == 0`) }), "linkdin.service is no unit"},
			{"a container that does not exist", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr(`x{name="linkdin"} == 0`) }), "linkdin is neither a unit nor a container"},
			{"the container, as if it were a unit", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr(`x{name="linkding.service"} == 0`) }), "linkding.service is no unit"},
			{"another's unit", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr(`x{name="podman-linkding-db.service"} == 0`) }), "podman-linkding-db.service is no unit"},
			{"another's", on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr(`x{name="sonarr"} == 0`) }), "it watches sonarr"},
		},
		plan.PromiseNotify: {
			{"no unit", gone(focus, main), "there is no such unit"},
			{"nothing on failure", on(focus, main, func(u *facts.UnitDetail) { u.OnFailure = nil }), "OnFailure="},
			{"a longer name's", on(focus, main, func(u *facts.UnitDetail) { u.OnFailure = []string{"notify@my-linkding-failure:%n.service"} }), "OnFailure=notify@my-linkding-failure"},
			{"another's", on(focus, main, func(u *facts.UnitDetail) { u.OnFailure = []string{"notify@sonarr-failure:%n.service"} }), "OnFailure=notify@sonarr-failure:%n.service"},
			{"no template", func(f *facts.Facts) { f.Hubs[facts.TemplatesHub].Names = []string{"sonarr-failure"} }, "and no template linkding-failure"},
			{"no hub", func(f *facts.Facts) { delete(f.Hubs, facts.TemplatesHub) }, "and no template linkding-failure"},
		},
		plan.PromiseMetrics: {
			{"no job", func(f *facts.Facts) { f.Scrapes = f.Scrapes[:1] }, "there is no scrape job"},
			{"another path", func(f *facts.Facts) { f.Scrapes[1].Path = "/x" }, "job service-linkding: 127.0.0.1:9190/x"},
			{"another port", func(f *facts.Facts) { f.Scrapes[1].Targets = []string{"127.0.0.1:91900"} }, "127.0.0.1:91900/metrics"},
			{"no target", func(f *facts.Facts) { f.Scrapes[1].Targets = nil }, "job service-linkding: /metrics"},
		},
		plan.PromiseTile: {
			{"none", gone(tiles, "linkding"), "there is no such tile"},
			{"another group", on(tiles, "linkding", func(t *facts.Tile) { t.Group, t.Widget["type"] = ptr("Home"), "x" }), "group Home, https://linkding.holthome.net, widget x"},
			{"another address", on(tiles, "linkding", func(t *facts.Tile) { t.HRef = ptr("https://x.holthome.net") }), "group Media, https://x.holthome.net"},
			{"a variable that nothing defines", on(templates, "linkding-homepage", func(t *facts.Template) { t.Variables = nil }), "no template defines HOMEPAGE_VAR_LINKDING"},
		},
		plan.PromiseProbe: {
			{"none", gone(probes, "linkding"), "there is no such check"},
			{"no address", on(probes, "linkding", func(p *facts.Probe) { p.URL = nil }), "nothing, [STATUS] == 200"},
			{"another address", on(probes, "linkding", func(p *facts.Probe) { p.URL = ptr("http://127.0.0.1:9999") }), "http://127.0.0.1:9999, "},
			{"another condition", on(probes, "linkding", func(p *facts.Probe) { p.Conditions[0] = "[STATUS] < 600" }), "[STATUS] < 600"},
			{"no condition", on(probes, "linkding", func(p *facts.Probe) { p.Conditions = nil }), "http://127.0.0.1:9190, "},
		},
		plan.PromiseSecret: {{"not declared", func(f *facts.Facts) { f.Secrets = []string{"linkding/tok"} }, "there is no such entry of sops.secrets"}},
		plan.PromiseNothing: {
			{"another's port", on(containers, "sonarr", func(c *facts.Container) { c.Ports = []string{"1:1"} }), "changed: /containers/sonarr/ports/1:1, /containers/sonarr/ports/8989:8989"},
			{"another's id", on(users, "sonarr", func(u *facts.User) { u.UID = ptr(int64(1)) }), "changed: /users/sonarr/uid"},
			{"a new account", on(users, "x", func(*facts.User) {}), "changed: /users/x"},
			{"an account goes", gone(users, "sonarr"), "changed: /users/sonarr"},
			{"a name that has the service's in it", on(users, "mylinkding2", func(*facts.User) {}), "changed: /users/mylinkding2"},
			{"a timer", func(f *facts.Facts) { f.Timers = []string{"x"} }, "changed: /timers/x"},
			{"many", func(f *facts.Facts) { f.Timers = []string{"a", "b", "c", "d", "e", "f", "g"} }, "/timers/e, and 2 more"},
		},
		plan.PromiseAssertions: {
			{"assertion", func(f *facts.Facts) { f.Assertions = []string{"no"} }, "no"},
			{"warning", func(f *facts.Facts) { f.Warnings = append(f.Warnings, "careful") }, "careful"},
			{"both", func(f *facts.Facts) { f.Assertions, f.Warnings = []string{"no"}, []string{"careful"} }, "no; careful"},
		},
	} {
		for _, c := range changes {
			t.Run(string(kind)+"/"+c.name, func(t *testing.T) {
				f := after()
				c.how(f)
				var broken []verify.Result
				for _, r := range verify.Broken(verify.Check(planned(), before(), f, systems())) {
					if r.Kind == kind {
						broken = append(broken, r)
					}
				}
				require.NotEmpty(t, broken)
				require.Contains(t, broken[0].Saw, c.saw)
			})
		}
	}
}

// TestStillKept are differences that break nothing.
func TestStillKept(t *testing.T) {
	for name, how := range map[string]func(*facts.Facts){
		"file of a module that a factory declares": on(services, "linkding", func(s *facts.Service) { s.Declared.Line = 90 }),
		"User is the uid":                          on(focus, main, func(u *facts.UnitDetail) { u.User = ptr("901") }),
		"dataset belongs to the uid":               on(datasets, "linkding", func(d *facts.Dataset) { d.Owner = ptr("901") }),
		"published for TCP":                        on(containers, "linkding", func(c *facts.Container) { c.Ports = []string{"127.0.0.1:9190:9090/tcp"} }),
		"user as two words":                        on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions = append(c.ExtraOptions[1:], "--user", "901:901") }),
		"user as the container's own":              on(containers, "linkding", func(c *facts.Container) { c.ExtraOptions, c.User = c.ExtraOptions[1:], ptr("901:901") }),
		"network as the container's own": on(containers, "linkding", func(c *facts.Container) {
			c.ExtraOptions, c.Networks = c.ExtraOptions[:6], []string{"media-services:alias=x"}
		}),
		"autosnap":                         on(snapshots, "tank/services/linkding", func(s *facts.Snapshot) { s.AutoSnap = ptr(true) }),
		"a folder above":                   on(jobs, "service-linkding", func(j *facts.BackupJob) { j.ZFSDataset, j.Paths = nil, []string{"/var/lib/"} }),
		"a legacy job of the same name":    on(jobs, "linkding", func(j *facts.BackupJob) { j.Paths = []string{"/legacy"} }),
		"another publishes it for UDP":     on(containers, "podman-linkding", func(c *facts.Container) { c.Ports = []string{"9190:9090/udp"} }),
		"required restore":                 on(focus, main, func(u *facts.UnitDetail) { u.Wants, u.Requires = nil, append(u.Requires, "preseed-linkding.service") }),
		"paths in one line":                on(focus, main, func(u *facts.UnitDetail) { u.RequiresMountsFor = []string{"/a /var/lib/linkding"} }),
		"job by path":                      on(jobs, "service-linkding", func(j *facts.BackupJob) { j.ZFSDataset, j.Paths = nil, []string{"/var/lib/linkding"} }),
		"backup without a table of jobs":   gone(jobs, "service-linkding"),
		"another job has the name in its":  on(jobs, "a-linkding-archive", func(j *facts.BackupJob) { j.Paths = []string{"/archive"} }),
		"alert on the unit":                on(alerts, "linkding-service-down", func(a *facts.Alert) { a.Expr = ptr(`x{name="podman-linkding.service"}`) }),
		"tile without a widget":            on(tiles, "linkding", func(t *facts.Tile) { t.Widget = nil }),
		"a disabled host of the same name": on(vhosts, "linkding-old", func(v *facts.Vhost) { v.HostName = ptr("linkding.holthome.net") }),
		"another job with its name in it": func(f *facts.Facts) {
			f.Scrapes = append([]facts.Scrape{{Job: "linkding-exporter", Path: "/x"}}, f.Scrapes...)
		},
		"a line moves":       on(services, "sonarr", func(s *facts.Service) { s.Declared = &facts.Position{File: "modules/sonarr/default.nix", Line: 4} }),
		"source and system":  func(f *facts.Facts) { f.Host.Source, f.Toplevel = "/nix/store/x", "/nix/store/y" },
		"the package itself": func(f *facts.Facts) { f.Package, f.Native = &facts.Package{}, &facts.NativeModule{} },
		"order of a list":    func(f *facts.Facts) { f.Scrapes[0], f.Scrapes[1] = f.Scrapes[1], f.Scrapes[0] },
		"NixOS's module":     on(units, "ld", func(*facts.Unit) {}),
	} {
		t.Run(name, func(t *testing.T) {
			f := after()
			how(f)
			require.Empty(t, verify.Broken(verify.Check(planned(), before(), f, systems())))
		})
	}
}

// TestNoPolicy: where none was wanted, one is as wrong as another.
func TestNoPolicy(t *testing.T) {
	p := planned()
	p.Promises = []plan.Promise{{Kind: plan.PromiseAuth, Subject: "linkding", Want: map[string]string{"policy": ""}}}
	f := after()
	require.Equal(t, "policy media", verify.Broken(verify.Check(p, before(), f, nil))[0].Saw)
	on(vhosts, "linkding", func(v *facts.Vhost) { v.Policy = nil })(f)
	require.Empty(t, verify.Broken(verify.Check(p, before(), f, nil)))
}

func TestUnitName(t *testing.T) {
	p := planned()
	p.Promises = []plan.Promise{{Kind: plan.PromiseUnit, Subject: "linkding.service"}}
	require.Equal(t, "the name ends in .service, so the unit would be linkding.service.service", verify.Check(p, before(), after(), nil)[0].Saw)
}

func TestSystem(t *testing.T) {
	failed := errors.New("attribute 'x' missing")
	for name, c := range map[string]struct {
		system verify.System
		kept   bool
		saw    string
	}{
		"evaluates":          {verify.System{Drv: "/nix/store/x.drv"}, true, "/nix/store/x.drv"},
		"fails":              {verify.System{Err: failed}, false, "attribute 'x' missing"},
		"failed before, too": {verify.System{Err: failed, BrokenBefore: true}, true, "it does not evaluate, as before: attribute 'x' missing"},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned()
			p.Promises = []plan.Promise{{Kind: plan.PromiseSystem, Subject: "nas-1"}}
			r := verify.Check(p, before(), after(), map[string]verify.System{"nas-1": c.system})[0]
			require.Equal(t, c.kept, r.Kept)
			require.Equal(t, c.saw, r.Saw)
			require.Equal(t, "it was not evaluated", verify.Check(p, before(), after(), nil)[0].Saw)
		})
	}
}

// TestAssertionsBefore: what failed before is not the service's fault.
func TestAssertionsBefore(t *testing.T) {
	b, a := before(), after()
	b.Assertions, a.Assertions = []string{"old failure"}, []string{"old failure"}
	for _, r := range verify.Check(planned(), b, a, systems()) {
		if r.Kind == plan.PromiseAssertions {
			require.True(t, r.Kept)
			require.Equal(t, "1 assertion fails, as before", r.Saw)
		}
	}
}

// TestUnreadable: what could not be evaluated is why a promise looks broken.
func TestUnreadable(t *testing.T) {
	f := after()
	delete(f.Containers, "linkding")
	f.Unreadable = []facts.Unreadable{{Cell: "container sonarr", Reason: "x"}, {Cell: "container linkding", Reason: "attribute 'y' missing", File: "m.nix", Line: 7}}
	for _, r := range verify.Broken(verify.Check(planned(), before(), f, systems())) {
		if r.Kind == plan.PromiseContainer {
			require.Equal(t, "container linkding cannot be evaluated: attribute 'y' missing (m.nix:7), and so there is no such container", r.Saw)
		}
	}
}

func TestUnknownPromise(t *testing.T) {
	p := planned()
	p.Promises = []plan.Promise{{Kind: "wish", Subject: "x"}}
	r := verify.Check(p, before(), after(), nil)[0]
	require.False(t, r.Kept)
	require.Equal(t, "no check knows this kind of promise", r.Saw)
}

func TestChanges(t *testing.T) {
	require.Empty(t, verify.Changes(before(), before()))
	a, b := before(), before()
	b.Users["x"] = facts.User{}
	b.Timers = []string{"80", "80", "81"}
	a.Timers = []string{"80", "82"}
	b.Scrapes[0].Path = "/x"
	b.Registries[0].Entries["x"] = facts.RegistryEntry{UID: ptr(int64(1))}
	require.Equal(t, []string{
		"/idTables/mylib.ids/x", `/scrapes/{"job":"service-sonarr","path":"/metrics","targets":["127.0.0.1:8989"]}`,
		`/scrapes/{"job":"service-sonarr","path":"/x","targets":["127.0.0.1:8989"]}`, "/timers/80", "/timers/81", "/timers/82", "/users/x",
	}, verify.Changes(a, b))
	require.Equal(t, verify.Changes(a, b), verify.Changes(b, a), "both ways")
	credential := func(file string) *facts.Facts {
		f := before()
		f.Handovers = map[string]facts.Handover{"notify@": {Credentials: map[string]string{"id": file}}}
		return f
	}
	require.Empty(t, verify.Changes(credential("/nix/store/a-x"), credential("/nix/store/b-x")), "a file of the store is called after its content")
	require.Equal(t, []string{"/handovers/notify@/credentials/id"}, verify.Changes(credential("/run/secrets/a"), credential("/run/secrets/b")))
}
