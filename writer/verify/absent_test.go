package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/verify"
)

// TestAbsence: what was decided against must not be there, and what others have
// is not held against the service.
func TestAbsence(t *testing.T) {
	others := func() *facts.Facts {
		f := facts.New()
		for _, name := range []string{"paperless-ai", "ai-proxy"} {
			f.Units["restic-backup-service-"+name] = facts.Unit{}
			f.Focus["restic-backup-service-"+name] = facts.UnitDetail{Starts: true}
			f.Focus["preseed-"+name] = facts.UnitDetail{Starts: true}
			f.BackupJobs["service-"+name] = facts.BackupJob{Paths: []string{"/var/lib/" + name}}
			f.Datasets[name] = facts.Dataset{MountPoint: ptr("/var/lib/" + name)}
			f.Snapshots["tank/services/"+name] = facts.Snapshot{}
			f.Vhosts[name] = facts.Vhost{Enable: true, HostName: ptr(name + ".holthome.net")}
			f.Scrapes = append(f.Scrapes, facts.Scrape{Job: "service-" + name, Path: "/metrics"})
		}
		return f
	}
	for _, c := range []struct {
		what string
		how  func(*facts.Facts)
		saw  string
	}{
		{plan.AbsentBackup, func(f *facts.Facts) { f.Focus["restic-backup-service-ai"] = facts.UnitDetail{Starts: true} }, "there is unit restic-backup-service-ai.service"},
		{plan.AbsentBackup, func(f *facts.Facts) { f.BackupJobs["service-ai"] = facts.BackupJob{} }, "there is job service-ai"},
		{plan.AbsentBackup, func(f *facts.Facts) { f.Services["ai"] = facts.Service{Backup: &facts.BackupJob{}} }, "there is the service's backup"},
		{plan.AbsentRestore, func(f *facts.Facts) { f.Focus["preseed-ai"] = facts.UnitDetail{} }, "there is unit preseed-ai.service"},
		{plan.AbsentSnapshots, func(f *facts.Facts) { f.Snapshots["tank/services/ai"] = facts.Snapshot{} }, "there is an entry for tank/services/ai"},
		{plan.AbsentDataset, func(f *facts.Facts) { f.Datasets["ai"] = facts.Dataset{} }, "there is dataset ai"},
		{plan.AbsentMetrics, func(f *facts.Facts) { f.Scrapes = append(f.Scrapes, facts.Scrape{Job: "service-ai"}) }, "there is job service-ai"},
		{plan.AbsentVhost, func(f *facts.Facts) { f.Vhosts["ai"] = facts.Vhost{} }, "there is virtual host ai"},
		{plan.AbsentVhost, func(f *facts.Facts) { f.Vhosts["other"] = facts.Vhost{HostName: ptr("ai.holthome.net")} }, "there is virtual host other"},
		{"sense", func(*facts.Facts) {}, "nothing looks for sense"},
	} {
		t.Run(c.what+"/"+c.saw, func(t *testing.T) {
			p := planned()
			p.Promises = []plan.Promise{{Kind: plan.PromiseAbsence, Subject: "ai", Want: map[string]string{"absent": c.what, "dataset": "tank/services/ai"}}}
			r := verify.Check(p, others(), others(), nil)[0]
			require.Equal(t, c.what != "sense", r.Kept, r.Saw)
			f := others()
			c.how(f)
			r = verify.Check(p, others(), f, nil)[0]
			require.False(t, r.Kept)
			require.Equal(t, c.saw, r.Saw)
		})
	}
}

// TestBackupOfABackup: what is called backup itself is not backed up by its own
// unit.
func TestBackupOfABackup(t *testing.T) {
	p := planned()
	host := func(units ...string) *facts.Facts {
		f := facts.New()
		for _, u := range units {
			f.Focus[u] = facts.UnitDetail{Unit: facts.Unit{User: ptr("root")}, Starts: true}
		}
		return f
	}
	const backup = "restic-backup-service-photo-backup"
	saw := func(kind plan.PromiseKind, service string, units ...string) string {
		p.Promises = []plan.Promise{{Kind: kind, Subject: service, Want: map[string]string{}}}
		return verify.Check(p, host(), host(units...), nil)[0].Saw
	}
	require.Equal(t, "there is no backup job or unit", saw(plan.PromiseBackup, "photo-backup", "photo-backup", "podman-photo-backup"))
	require.Equal(t, "unit "+backup+".service", saw(plan.PromiseBackup, "photo-backup", "podman-photo-backup", backup))
	require.Equal(t, "unit restic-backup-service-up.service", saw(plan.PromiseBackup, "up", "restic-backup-service-up"))
	require.Equal(t, "1 unit: "+backup, saw(plan.PromiseOneBackup, "photo-backup", "photo-backup", "photo-backup-worker", backup))
	p.Model.Parts = []plan.Part{{Unit: "photo-backup"}}
	require.Equal(t, "1 unit: restic-backup-photo", saw(plan.PromiseOneBackup, "photo", "photo-backup", "restic-backup-photo"))
}

// TestBackupOfAnother: a unit that was there before, or one that only has the
// name in its own, backs up another service.
func TestBackupOfAnother(t *testing.T) {
	promise := plan.Promise{Kind: plan.PromiseBackup, Subject: "ai", Want: map[string]string{"dataset": "tank/services/ai", "path": "/var/lib/ai"}}
	host := func(units ...string) *facts.Facts {
		f := facts.New()
		for _, u := range units {
			f.Units[u], f.Focus[u] = facts.Unit{}, facts.UnitDetail{Starts: true}
		}
		return f
	}
	p := planned()
	p.Service, p.Promises = "ai", []plan.Promise{promise}
	const other, own = "restic-backup-service-paperless-ai", "restic-backup-service-ai"
	check := func(before, after *facts.Facts) verify.Result { return verify.Check(p, before, after, nil)[0] }
	require.Equal(t, "there is no backup job or unit", check(host(other), host(other)).Saw)
	require.Equal(t, "unit "+own+".service", check(host(other), host(other, own)).Saw)
	require.False(t, check(host(), host("restic-backup-ai-old")).Kept)
	require.False(t, check(host(), host("restic-service-ai")).Kept, "nothing says that it is a backup")

	legacy := host(own)
	legacy.BackupJobs["ai"] = facts.BackupJob{UseSnapshots: true, ZFSDataset: ptr("tank/services/ai")}
	legacy.BackupJobs["service-ai"] = facts.BackupJob{UseSnapshots: true, ZFSDataset: ptr("tank/x")}
	require.Equal(t, "job service-ai takes tank/x", check(host(), legacy).Saw, "the job that the unit runs counts")
}

// TestNothingElseByName: only names that somebody chose tell whose a change is,
// not those of facts and their fields.
func TestNothingElseByName(t *testing.T) {
	for _, c := range []struct {
		service string
		how     func(*facts.Facts)
		foreign string
	}{
		{"dashboard", func(f *facts.Facts) { f.Dashboard["sonarr"] = facts.Tile{} }, "changed: /dashboard/sonarr"},
		{"dashboard", func(f *facts.Facts) { f.Dashboard["dashboard"] = facts.Tile{} }, ""},
		{"snapshots", func(f *facts.Facts) { f.Snapshots["tank/x"] = facts.Snapshot{} }, "changed: /snapshots/tank/x"},
		{"networks", func(f *facts.Facts) { f.Networks = []string{"x"} }, "changed: /networks/x"},
		{"units", func(f *facts.Facts) { f.Units["x"] = facts.Unit{} }, "changed: /units/x"},
		{"users", func(f *facts.Facts) { f.Users["x"] = facts.User{} }, "changed: /users/x"},
		{"uid", on(users, "sonarr", func(u *facts.User) { u.UID = ptr(int64(1)) }), "changed: /users/sonarr/uid"},
		{"user", on(units, "podman-sonarr", func(u *facts.Unit) { u.User = ptr("user") }), "changed: /units/podman-sonarr"},
		{"ids", func(f *facts.Facts) { f.Registries[0].Entries["x"] = facts.RegistryEntry{} }, "changed: /idTables/mylib.ids/x"},
		{"job", func(f *facts.Facts) { f.Scrapes = append(f.Scrapes, facts.Scrape{Job: "x"}) }, `changed: /scrapes/{"job":"x","path":"","targets":null}`},
		{"job", func(f *facts.Facts) { f.Scrapes = append(f.Scrapes, facts.Scrape{Job: "service-job"}) }, ""},
		{"notifications", func(f *facts.Facts) { f.Hubs[facts.TemplatesHub].Names = nil }, "changed: /hubs/notifications/names/sonarr-failure"},
		{"cell", func(f *facts.Facts) { f.Unreadable = []facts.Unreadable{{Cell: "cell x"}} }, "changed: /unreadable/cell x"},
		{"ai", on(containers, "paperless-ai", func(k *facts.Container) { k.Image = ptr("x") }), "changed: /containers/paperless-ai/image"},
		{"ai", func(f *facts.Facts) { f.Timers = []string{"restic-backup-service-paperless-ai"} }, "changed: /timers/restic-backup-service-paperless-ai"},
		{"ai", func(f *facts.Facts) { f.Timers = []string{"restic-backup-service-ai"} }, ""},
		{"paperless", on(containers, "paperless-ai", func(k *facts.Container) { k.Image = ptr("x") }), "changed: /containers/paperless-ai/image"},
		{"type", on(tiles, "x", func(t *facts.Tile) { t.Widget = map[string]any{"type": "type"} }), "changed: /dashboard/x"},
	} {
		t.Run(c.service+" "+c.foreign, func(t *testing.T) {
			host := func() *facts.Facts {
				f := before()
				f.Containers["paperless-ai"] = facts.Container{}
				return f
			}
			p := planned()
			p.Service, p.Model = c.service, &plan.Model{Unit: c.service}
			p.Promises = []plan.Promise{{Kind: plan.PromiseNothing, Subject: "forge"}}
			f := host()
			c.how(f)
			r := verify.Check(p, host(), f, nil)[0]
			require.Equal(t, c.foreign == "", r.Kept, r.Saw)
			if c.foreign == "" {
				require.Equal(t, "1 fact changed, all of them the service's", r.Saw)
			} else {
				require.Equal(t, c.foreign, r.Saw)
			}
		})
	}
}

// TestNothingElseNamed: what the plan calls by a name without the service's in it is
// the service's all the same, and nothing beside it.
func TestNothingElseNamed(t *testing.T) {
	p := planned()
	p.Model.Database = &plan.PostgreSQL{Name: "bookmarks"}
	p.Model.Lines = []plan.Line{{Template: "proxy-env", Variable: "CI_KEY"}}
	p.Model.Grafana = &plan.Grafana{SourceName: `The "best" <links>`, UID: "links", Dashboards: &plan.Dashboards{}}
	p.Promises = []plan.Promise{{Kind: plan.PromiseNothing, Subject: "forge"}}
	host := func(names, variables []string, folder string, databases ...string) *facts.Facts {
		f := before()
		f.Hubs[facts.DatabasesHub] = &facts.Hub{Names: names}
		f.Templates["proxy-env"] = facts.Template{Variables: variables}
		f.Provisioned.Folders = []facts.DashboardFolder{{Name: &folder}}
		for _, d := range databases {
			f.Databases[d] = facts.Database{}
		}
		return f
	}
	old := host(nil, nil, "x")
	old.Provisioned.Folders = nil
	const folder = `The "best" <links>`
	for _, c := range []struct {
		foreign string
		after   *facts.Facts
	}{
		{"", host([]string{"bookmarks"}, []string{"CI_KEY"}, folder, "bookmarks")},
		{"/databases/b", host([]string{"bookmarks"}, []string{"CI_KEY"}, folder, "bookmarks", "b")},
		{"/hubs/databases/names/b", host([]string{"b"}, []string{"CI_KEY"}, folder, "bookmarks")},
		{"/templates/proxy-env/variables/KEY", host([]string{"bookmarks"}, []string{"KEY"}, folder, "bookmarks")},
		{`/provisioned/folders/{"folder":null,"name":"best","path":null}`, host(nil, nil, "best")},
	} {
		r := verify.Check(p, old, c.after, nil)[0]
		require.Equal(t, c.foreign == "", r.Kept, r.Saw)
		require.Contains(t, r.Saw, c.foreign)
	}
	p.Model.Database.Reused = true
	require.Contains(t, verify.Check(p, old, host(nil, nil, folder, "bookmarks"), nil)[0].Saw, "/databases/bookmarks", "it was there before")
}

// TestReadersGroup: the one change of another's account that was decided.
func TestReadersGroup(t *testing.T) {
	p := planned()
	p.Model.Account.Group, p.Model.Backup = "media", &plan.Backup{Reader: "restic-backup"}
	p.Promises = []plan.Promise{{Kind: plan.PromiseNothing, Subject: "forge"}}
	f := before()
	on(users, "restic-backup", func(u *facts.User) { u.ExtraGroups = append(u.ExtraGroups, "media") })(f)
	require.Empty(t, verify.Broken(verify.Check(p, before(), f, nil)))
	on(users, "restic-backup", func(u *facts.User) { u.ExtraGroups = append(u.ExtraGroups, "wheel") })(f)
	require.Len(t, verify.Broken(verify.Check(p, before(), f, nil)), 1)
}

// TestPlaces: a line that is not known is not shown.
func TestPlaces(t *testing.T) {
	p := planned()
	p.Promises = p.Promises[:1]
	f := after()
	require.Equal(t, "enable = true, declared in modules/linkding/default.nix:9", verify.Check(p, before(), f, nil)[0].Saw)
	f.Services["linkding"].Declared.Line = 0
	require.Equal(t, "enable = true, declared in modules/linkding/default.nix", verify.Check(p, before(), f, nil)[0].Saw)
	delete(f.Services, "linkding")
	f.Unreadable = []facts.Unreadable{{Cell: "service linkding", Reason: "r", File: "m.nix"}}
	require.Contains(t, verify.Check(p, before(), f, nil)[0].Saw, "cannot be evaluated: r (m.nix)")
}
