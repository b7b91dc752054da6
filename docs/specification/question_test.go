package specification_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// settled requires that something is decided, with a rule and a reason, and not
// asked.
func settled(t *testing.T, p *plan.Plan, name, value string) {
	t.Helper()
	require.NotContains(t, asked(p), name)
	require.Equal(t, value, p.String(name))
	for _, d := range p.Decisions {
		if d.Name == name {
			require.NotEmpty(t, d.Rule)
			require.NotEmpty(t, d.Reason)
		}
	}
}

// looked is an image that its registry told of.
func looked(port int, volume string) *image.Image {
	return &image.Image{Reference: "ghcr.io/x/wanderlust:1.0.0@" + digest, Tag: "1.0.0", Choice: "the newest of 3", Platforms: []string{"linux/amd64"},
		Config: image.Config{Ports: []image.Port{{Number: port, Protocol: "tcp"}}, Volumes: []string{volume}}}
}

// questionRows are what is never asked, and what is.
var questionRows = []row{
	{"unasked/Port: upstream's, moved if it is taken", func(t *testing.T) {
		settled(t, container("linkding").open(t), "port", "9190")
		p := unknown("wanderlust", "image=ghcr.io/x/wanderlust").but(func(in *plan.Input) { in.Image = looked(8989, "/data") }).open(t)
		settled(t, p, "port", "9089")
	}},
	{"unasked/Domain: the name below the host's domain", func(t *testing.T) {
		p := unknown("wanderlust", "image=ghcr.io/x/wanderlust:1@"+digest, "containerPort=8080", "workload=config", "dataDir=/data", "auth=none", "category=Media").open(t)
		require.Empty(t, p.Questions)
		for _, promise := range p.Promises {
			if promise.Kind == plan.PromiseVhost {
				require.Equal(t, "wanderlust.home.example", promise.Want["hostName"])
			}
		}
	}},
	{"unasked/Record size: from the workload", func(t *testing.T) {
		settled(t, container("linkding").open(t), "recordsize", "16K")
		settled(t, bookmarks("workload=media").open(t), "recordsize", "128K")
	}},
	{"unasked/Where to store data: below the host's parent", func(t *testing.T) {
		p := container("linkding").open(t)
		require.NotContains(t, asked(p), "dataDir")
		require.Equal(t, "/var/lib/linkding", p.Model.Data.Dir)
		mine := unknown("wanderlust", "image=ghcr.io/x/wanderlust", "workload=config").but(func(in *plan.Input) { in.Image = looked(8080, "/data") }).open(t)
		require.NotContains(t, asked(mine), "dataDir", "the image says where it keeps data")
	}},
	{"unasked/Monitoring: the host's alerts, checks and tiles", func(t *testing.T) {
		o := bookmarks().made(t)
		for _, kind := range []plan.PromiseKind{plan.PromiseAlert, plan.PromiseProbe, plan.PromiseTile, plan.PromiseNotify, plan.PromiseLogs} {
			require.Len(t, o.promises(kind), 1, kind)
		}
		settled(t, o.Plan, "metricsPath", "none")
	}},
	{"unasked/Backup paths: the dataset", func(t *testing.T) {
		o := container("linkding").made(t)
		settled(t, o.Plan, "backup", "yes")
		require.Equal(t, "/var/lib/linkding", o.want(plan.PromiseBackup)["path"])
	}},
	{"unasked/Hardening: the baseline", func(t *testing.T) {
		require.Len(t, unit().made(t).promises(plan.PromiseHardening), 1)
	}},
	{"asked/unknown software: what nothing tells, at most five at once", func(t *testing.T) {
		p := unknown("wanderlust").open(t)
		require.Equal(t, []string{"image", "category", "workload", "port", "auth"}, asked(p))
		for _, q := range p.Questions {
			require.NotEmpty(t, q.Why, q.Name)
			require.NotEmpty(t, q.DependsOn, q.Name)
		}
		p = unknown("wanderlust", "image=ghcr.io/x/wanderlust").but(func(in *plan.Input) { in.Image = looked(8080, "/data") }).open(t)
		require.Equal(t, []string{"category", "workload", "auth"}, asked(p), "the image tells the rest")
	}},
	{"asked/known software: nothing", func(t *testing.T) {
		for _, name := range []string{"linkding", "radarr", "plex", "paperless-ai", "linkwarden", "prowlarr"} {
			require.Empty(t, container(name).open(t).Questions, name)
		}
	}},
	{"asked/secrets: the catalog's, or said", func(t *testing.T) {
		require.Contains(t, container("linkwarden").made(t).Model.SecretNames, "NEXTAUTH_SECRET")
		require.Equal(t, []string{"TOKEN"}, bookmarks("secrets=TOKEN").made(t).Model.SecretNames)
	}},
	{"asked/version: the newest stable, or said", func(t *testing.T) {
		o := bookmarks("image=ghcr.io/x/bookmarks:1.1.0@" + digest).made(t)
		require.Contains(t, o.module, "bookmarks:1.1.0@")
		require.Equal(t, "user", o.decision("image").Rule)
	}},
	{"asked/PostgreSQL: not asked, the host's for what needs one", func(t *testing.T) {
		o := container("linkwarden").made(t)
		require.Equal(t, "postgresql", o.String("database"))
		require.Len(t, o.promises(plan.PromiseDatabase), 1)
		require.Empty(t, container("linkding").made(t).promises(plan.PromiseDatabase))
	}},
	{"asked/MQTT: not asked, the host's broker for what needs one", func(t *testing.T) {
		needs := func(in *plan.Input) {
			e := *in.Entry
			e.Needs = []string{"mqtt"}
			in.Entry = &e
		}
		require.Len(t, container("radarr").but(needs).made(t).promises(plan.PromiseBroker), 1)
		require.Empty(t, container("radarr").made(t).promises(plan.PromiseBroker))
	}},
	{"asked/Grafana: not asked, when said", func(t *testing.T) {
		require.Len(t, bookmarks("grafana=prometheus").made(t).promises(plan.PromiseSource), 1)
		require.Empty(t, bookmarks().made(t).promises(plan.PromiseSource))
	}},
	{"asked/preseed: not asked, for all that has state", func(t *testing.T) {
		settled(t, bookmarks().open(t), "preseed", "yes")
	}},
	{"asked/LoadCredential: not asked, as the repo does it", func(t *testing.T) {
		settled(t, bookmarks("secrets=TOKEN").open(t), "handover", "template")
		o := bookmarks("secrets=TOKEN").but(func(in *plan.Input) {
			for name := range in.Facts.Containers {
				in.Facts.Handovers["podman-"+name] = facts.Handover{Credentials: map[string]string{"token": "/run/secrets/" + name + "/token"}, Files: []string{"/run/" + name + "/env"}}
			}
		}).open(t)
		settled(t, o, "handover", "credential")
	}},
	{"asked/public access: never by itself", func(t *testing.T) {
		require.NotContains(t, bookmarks().made(t).text(), "cloudflare")
	}},
}
