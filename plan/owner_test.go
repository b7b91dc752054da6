package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// backupUnit lets the host's backups run as an account.
func backupUnit(in plan.Input, u facts.Unit, account facts.User) plan.Input {
	in.Facts.Units["restic-backup-service-sonarr"] = u
	if u.User != nil {
		in.Facts.Users[*u.User] = account
	}
	return in
}

func TestBackupReader(t *testing.T) {
	reader := facts.Unit{User: ptr("restic-backup")}
	for _, c := range []struct {
		name    string
		unit    facts.Unit
		account facts.User
		answers []string
		want    string
	}{
		{"reads only what its groups may", reader, facts.User{Group: ptr("restic-backup"), ExtraGroups: []string{"media"}}, nil, "restic-backup"},
		{"is in the group", reader, facts.User{Group: ptr("restic-backup"), ExtraGroups: []string{"media"}}, []string{"group=media"}, ""},
		{"has the group as its own", reader, facts.User{Group: ptr("media")}, []string{"group=media"}, ""},
		{"may read all", facts.Unit{User: ptr("restic-backup"), Capabilities: []string{"CAP_DAC_READ_SEARCH"}}, facts.User{}, nil, ""},
		{"is root", facts.Unit{User: ptr("root")}, facts.User{}, nil, ""},
		{"has no account", facts.Unit{}, facts.User{}, nil, ""},
		{"nothing is backed up", reader, facts.User{}, []string{"backup=no"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := made(t, backupUnit(with(repo(), c.answers...), c.unit, c.account))
			promised := promises(p, plan.PromiseReader)
			if c.want == "" {
				require.Empty(t, promised)
				require.Empty(t, p.String("backupReader"))
				return
			}
			require.Equal(t, c.want, p.Model.Backup.Reader)
			require.Len(t, promised, 1)
			require.Equal(t, c.want, promised[0].Subject)
			require.Equal(t, "linkding", promised[0].Want["group"])
		})
	}
}

func TestGroupOfPeers(t *testing.T) {
	peer := func(in plan.Input, name, mount, group string) {
		in.Facts.Services[name] = service("modules/"+name+"/default.nix", true, map[string]any{"nfsMountDependency": mount, "group": group})
	}
	in := with(repo(), "nfs=media")
	require.Equal(t, "linkding", made(t, in).Model.Account.Group, "no other uses the mount")
	peer(in, "radarr", "media", "media")
	require.Equal(t, "linkding", made(t, in).Model.Account.Group, "one is no majority")
	peer(in, "bazarr", "media", "media")
	peer(in, "books", "books", "wheel")
	p := made(t, in)
	require.Equal(t, "media", p.Model.Account.Group)
	require.True(t, p.Model.Account.Shared)
	require.Contains(t, decision(t, p, "group").Reason, "2 services")
	require.Equal(t, "linkding", made(t, with(in, "group=linkding")).Model.Account.Group, "what the user says wins")
	require.Equal(t, "linkding", made(t, with(in, "-nfs")).Model.Account.Group, "without the mount it is nobody's peer")
	peer(in, "radarr", "media", "wheel")
	peer(in, "bazarr", "media", "wheel")
	require.Equal(t, "linkding", made(t, in).Model.Account.Group, "a group without a gid is not kept across hosts")
}

func TestResources(t *testing.T) {
	p := made(t, repo())
	require.Equal(t, "512M", p.Model.Memory.Limit)
	require.Equal(t, "512M", p.String("memory"))
	p = made(t, with(repo(), "memory=2G", "cpus=0.5"))
	require.Equal(t, plan.Memory{Limit: "2G", Reservation: "1G", CPUs: "0.5"}, p.Model.Memory)
	refused(t, with(repo(), "memory=much"), "no amount")
	refused(t, with(repo(), "memory=0M"), "no amount")
	refused(t, with(repo(), "cpus=-1"), "no number")
}

func TestUnreadableResearch(t *testing.T) {
	for _, cell := range []string{"native", "package"} {
		in := unitRepo()
		in.Facts.Unreadable = []facts.Unreadable{{Cell: cell, Reason: "stack overflow"}}
		refused(t, in, "cannot be evaluated: stack overflow")
	}
	in := unitRepo()
	in.Facts.Unreadable = []facts.Unreadable{{Cell: "container x", Reason: "abort"}}
	require.Contains(t, made(t, in).Notes, "unreadable: container x: abort")
}

func TestArguments(t *testing.T) {
	for said, want := range map[string][]string{
		"--port {port}":                   {"--port", "{port}"},
		`--title "two words" -v`:          {"--title", "two words", "-v"},
		`--title='two words' "it's" ''`:   {"--title=two words", "it's", ""},
		"`id` $(id) a\\ b":                {"`id`", "$(id)", "a b"},
		`serve --listen {address}:{port}`: {"serve", "--listen", "{address}:{port}"},
	} {
		require.Equal(t, want, made(t, with(unitRepo(), "arguments="+said)).Model.Arguments, said)
	}
	refused(t, with(unitRepo(), `arguments=--title "two words`), `has a quote " that is not closed`)
}

func TestPrivilegedPort(t *testing.T) {
	refused(t, with(unitRepo(), "port=443", "arguments=--port {port}"), "below 1024")
	require.Equal(t, 443, made(t, with(repo(), "port=443", "containerPort=80")).Model.Port, "podman publishes it as root")
}

func TestPortThatNothingIsTold(t *testing.T) {
	note := "Nothing tells Linkding its port: it must listen on 9090 by itself."
	require.Contains(t, made(t, unitRepo()).Notes, note)
	require.NotContains(t, made(t, with(unitRepo(), "arguments=--port {port}")).Notes, note)
	require.NotContains(t, made(t, with(unitRepo(), "environment.PORT={port}")).Notes, note)
	require.Contains(t, made(t, nativeRepo(map[string]facts.NativeOption{"enable": {Type: "bool"}})).Notes, note)
	require.NotContains(t, made(t, nativeRepo(map[string]facts.NativeOption{"port": {Type: "unsignedInt16"}})).Notes, note)
	require.NotContains(t, made(t, repo()).Notes, note)
}

func TestTrustedHeaderBesideOthers(t *testing.T) {
	refused(t, with(repo(), "auth=trusted-header", "network=media-services"), "every container on network media-services")
	made(t, with(repo(), "auth=trusted-header", "network=no"))
}

func TestSecretsNeedSOPS(t *testing.T) {
	in := with(repo(), "secrets=TOKEN")
	in.Facts.Host.SOPS = false
	refused(t, in, "has no sops")
}

func TestWithoutDatasets(t *testing.T) {
	in := repo()
	in.Facts.Hubs[facts.DatasetsHub] = nil
	p := made(t, in)
	require.Equal(t, "none", p.String("dataset"))
	require.Empty(t, p.String("recordsize"))
	require.Empty(t, promises(p, plan.PromiseDataset))
}

func TestNoKindOfServiceWaits(t *testing.T) {
	in := with(repo(), "category=home-automation", "nfs=media")
	in.Conventions.Factory = &convention.Factory{Path: []string{"mylib", "mkContainerService"}, Profiles: map[string]map[string]any{"home": nil}}
	refused(t, in, "makes no service that waits for one")
}

func TestIDStyleOfHostSoftware(t *testing.T) {
	require.Equal(t, "string", made(t, repo()).String("idStyle"))
	require.Equal(t, "int", made(t, unitRepo()).String("idStyle"))
}
