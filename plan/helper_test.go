package plan_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func ptr[T any](v T) *T { return &v }

const (
	digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	image  = "ghcr.io/sissbruecker/linkding:1.36.0@" + digest
)

// repo is a small host that has everything which a plan can use, and the
// answers to every question about a container with state.
func repo() plan.Input {
	f := facts.New()
	f.Host = facts.Host{Name: "forge", Domain: ptr("holthome.net"), Backend: ptr("podman"), System: ptr("x86_64-linux"), SOPS: true}
	f.Root = []string{"modules", "services"}
	f.Users = map[string]facts.User{
		"root":   {UID: ptr(int64(0)), Group: ptr("root")},
		"sonarr": {UID: ptr(int64(900)), Group: ptr("media")},
	}
	f.Groups = map[string]facts.Group{"root": {GID: ptr(int64(0))}, "media": {GID: ptr(int64(65537))}, "wheel": {}}
	hub := func(path string, fields ...string) *facts.Hub {
		return &facts.Hub{Path: strings.Split(path, "."), Fields: fields}
	}
	f.Hubs = map[facts.HubKind]*facts.Hub{
		facts.Proxy:         hub("modules.services.caddy.virtualHosts", "hostName", "backend", "caddySecurity"),
		facts.DashboardHub:  hub("modules.services.homepage.contributions", "href", "icon"),
		facts.BlackBoxHub:   hub("modules.services.gatus.contributions", "url", "conditions"),
		facts.DatasetsHub:   hub("modules.storage.datasets.services", "recordsize", "mountpoint"),
		facts.SnapshotsHub:  hub("modules.backup.sanoid.datasets", "useTemplate", "autosnap"),
		facts.AlertsHub:     hub("modules.alerting.rules", "alertname", "expr"),
		facts.MountsHub:     hub("modules.storage.nfsMounts", "localPath"),
		facts.TemplatesHub:  hub("modules.notifications.templates", "title", "body", "priority"),
		facts.BackupJobsHub: nil,
	}
	f.Policies = []facts.Policy{{Name: "admins", Path: "modules.services.caddy.policies"}, {Name: "media", Path: "modules.services.caddy.policies"}}
	f.Mounts["media"] = facts.Mount{LocalPath: ptr("/mnt/data"), Unit: ptr("mnt-data.mount")}
	f.Networks = []string{"media-services"}
	f.DatasetRoot = "tank/services"
	f.Services["sonarr"] = service("modules/sonarr/default.nix", true, map[string]any{"port": 8989.0, "user": "900"})
	f.Vhosts["sonarr"] = facts.Vhost{Enable: true, HostName: ptr("sonarr.holthome.net"), Backend: &facts.Backend{Host: ptr("127.0.0.1"), Port: ptr(int64(8989))}, Policy: ptr("media")}
	f.Dashboard["sonarr"] = facts.Tile{Group: ptr("Media")}
	f.Datasets["sonarr"] = facts.Dataset{RecordSize: ptr("16K"), MountPoint: ptr("/var/lib/sonarr")}
	return plan.Input{
		Service: "linkding", Facts: f, Conventions: conventions(), Others: map[string]*facts.Facts{},
		Answers: map[string]string{
			"packaging": "container", "image": image, "containerPort": "9090", "dataDir": "/etc/linkding/data",
			"workload": "sqlite", "auth": "caddy-security", "category": "media", "description": "bookmark manager",
		},
	}
}

func service(file string, enabled bool, values map[string]any) facts.Service {
	s := facts.Service{Declared: &facts.Position{File: file, Line: 12}, Enabled: enabled, Options: map[string]facts.Option{}}
	for name, v := range values {
		s.Options[name] = facts.Option{Value: v, Declared: s.Declared}
	}
	return s
}

func conventions() *convention.Conventions {
	return &convention.Conventions{
		Root:     []string{"modules", "services"},
		Module:   convention.Layout{Pattern: "modules/{name}/default.nix", Files: []string{"modules/sonarr/default.nix"}},
		Host:     convention.Layout{Pattern: "hosts/forge/services/{name}.nix", Files: []string{"hosts/forge/services/sonarr.nix"}},
		HostList: "hosts/forge/default.nix",
		Categories: []convention.Category{
			{Name: "media", File: "modules/_categories/media.nix", Members: []string{"modules/sonarr/default.nix"}},
			{Name: "home-automation", File: "modules/_categories/home-automation.nix"},
		},
		Groups:         []string{"Media", "Home Automation"},
		HostLibrary:    &convention.Library{Binding: "forgeDefaults", Values: map[string]map[string]any{"backupTags": {"media": []any{"media"}}}},
		StorageHelpers: &convention.Library{Binding: "storageHelpers"},
		Submodules:     map[string]string{"backup": "backupSubmodule", "notifications": "notificationSubmodule", "metrics": "metricsSubmodule"},
		IDStyle:        convention.StringUser, IDExemplar: "sonarr",
		Storage:        convention.Storage{Compression: "zstd", RecordSizes: map[string]int{"16K": 1}, Parent: "tank/services"},
		ContainerAlert: "mkServiceDownAlert", UnitAlert: "mkSystemdServiceDownAlert",
		BackupHelper: "mkBackupWithTags", SnapshotHelper: "mkSanoidDataset", PreseedHelper: "mkPreseed",
		Restore:       []string{"syncoid", "local"},
		PolicyHelpers: map[string][]string{"media": {"caddySecurity", "media"}, "admins": {"caddySecurity", "admin"}},
	}
}

// with gives the input other answers: NAME=VALUE sets one, -NAME takes it away.
func with(in plan.Input, changes ...string) plan.Input {
	in.Answers = maps.Clone(in.Answers)
	for _, c := range changes {
		if name, ok := strings.CutPrefix(c, "-"); ok {
			delete(in.Answers, name)
			continue
		}
		name, value, _ := strings.Cut(c, "=")
		in.Answers[name] = value
	}
	return in
}

// unitAnswers and nativeAnswers turn the container of repo into one of another
// packaging.
var (
	notContainer  = []string{"-image", "-containerPort", "-dataDir", "port=9090"}
	unitAnswers   = append([]string{"packaging=unit"}, notContainer...)
	nativeAnswers = append([]string{"packaging=native"}, notContainer...)
)

// nativeRepo is a host whose NixOS has a module for the service.
func nativeRepo(options map[string]facts.NativeOption) plan.Input {
	in := with(repo(), nativeAnswers...)
	in.Facts.Native = &facts.NativeModule{Options: options, Units: map[string]facts.UnitDetail{"linkding": {Starts: true}}}
	return in
}

// unitRepo is a host whose package set has the service.
func unitRepo() plan.Input {
	in := with(repo(), unitAnswers...)
	in.Facts.Package = &facts.Package{Version: ptr("1.36"), MainProgram: ptr("linkding-server")}
	return in
}

func made(t *testing.T, in plan.Input) *plan.Plan {
	t.Helper()
	p, err := plan.Make(in)
	require.NoError(t, err)
	return p
}

// refused requires the error that says what the user asked for cannot be.
func refused(t *testing.T, in plan.Input, want string) {
	t.Helper()
	p, err := plan.Make(in)
	require.ErrorContains(t, err, want)
	require.Nil(t, p)
	var input *plan.InputError
	require.ErrorAs(t, err, &input, "it is the user's to mend")
}

func decision(t *testing.T, p *plan.Plan, name string) plan.Decision {
	t.Helper()
	var found []plan.Decision
	for _, d := range p.Decisions {
		if d.Name == name {
			found = append(found, d)
		}
	}
	require.Len(t, found, 1, "decisions on %s", name)
	return found[0]
}

func questions(p *plan.Plan) []string {
	names := []string{}
	for _, q := range p.Questions {
		names = append(names, q.Name)
	}
	return names
}

func promises(p *plan.Plan, kind plan.PromiseKind) []plan.Promise {
	var list []plan.Promise
	for _, promise := range p.Promises {
		if promise.Kind == kind {
			list = append(list, promise)
		}
	}
	return list
}
