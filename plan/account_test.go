package plan_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/plan/allocate"
)

// TestID puts a claim on the lowest ids, each time from another source.
func TestID(t *testing.T) {
	other := func() *facts.Facts {
		f := facts.New()
		f.Root = []string{"modules", "services"}
		return f
	}
	registry := func(uid, gid *int64) []facts.Registry {
		return []facts.Registry{{Path: []string{"mylib", "serviceUids"}, File: ptr("lib/uids.nix"), Entries: map[string]facts.RegistryEntry{"x": {UID: uid, GID: gid, Line: 7}}}}
	}
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   int64
	}{
		{"nothing else", func(*plan.Input) {}, 901},
		{"uid of this host", func(in *plan.Input) { in.Facts.Users["a"] = facts.User{UID: ptr(int64(901))} }, 902},
		{"gid of this host", func(in *plan.Input) { in.Facts.Groups["a"] = facts.Group{GID: ptr(int64(901))} }, 902},
		{"uid of another host", func(in *plan.Input) {
			in.Others["nas-1"] = other()
			in.Others["nas-1"].Users["a"] = facts.User{UID: ptr(int64(901))}
		}, 902},
		{"gid of another host", func(in *plan.Input) {
			in.Others["nas-1"] = other()
			in.Others["nas-1"].Groups["a"] = facts.Group{GID: ptr(int64(901))}
		}, 902},
		{"id as text of a service that is off", func(in *plan.Input) {
			in.Facts.Services["a"] = service("a.nix", false, map[string]any{"user": "901"})
		}, 902},
		{"id as text of a service on another host", func(in *plan.Input) {
			in.Others["nas-1"] = other()
			in.Others["nas-1"].Services["a"] = service("a.nix", false, map[string]any{"uid": 901.0, "gid": 902.0})
		}, 903},
		{"PUID, PGID and ids with a prefix", func(in *plan.Input) {
			in.Facts.Services["a"] = service("a.nix", false, map[string]any{"puid": "901", "pgid": 902.0, "webUid": 903.0, "db.uid": 904.0})
		}, 905},
		{"options that hold no id", func(in *plan.Input) {
			in.Facts.Services["a"] = service("a.nix", true, map[string]any{"user": "a901", "group": "media", "fluid": 901.0, "port": 901.0, "uid": nil, "gid": 901.5, "puid": true})
		}, 901},
		{"a user without an id is not root", func(in *plan.Input) { in.Facts.Users["a"] = facts.User{} }, 901},
		{"registry", func(in *plan.Input) { in.Facts.Registries = registry(ptr(int64(901)), ptr(int64(902))) }, 903},
		{"registry with holes", func(in *plan.Input) { in.Facts.Registries = registry(nil, nil) }, 901},
		{"NixOS's own table", func(in *plan.Input) {
			in.Facts.StaticIDs = facts.StaticIDs{UIDs: map[string]int64{"a": 901}, GIDs: map[string]int64{"b": 902}}
		}, 903},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := repo()
			c.change(&in)
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Account.UID)
			require.Equal(t, c.want, p.Model.Account.GID)
			require.Equal(t, strconv.FormatInt(c.want, 10), promises(p, plan.PromiseUser)[0].Want["uid"])
			require.Equal(t, strconv.FormatInt(c.want, 10), promises(p, plan.PromiseGroup)[0].Want["gid"])
		})
	}
}

// TestIDEvidence names the ids on both sides and where they are said.
func TestIDEvidence(t *testing.T) {
	in := repo()
	in.Facts.Services["a"] = service("modules/a/default.nix", false, map[string]any{"user": "904"})
	d := decision(t, made(t, in), "uid")
	require.Equal(t, []plan.Evidence{
		{Option: "users.users.sonarr.uid", Value: "900"},
		{Option: "modules.services.a.user", File: "modules/a/default.nix", Line: 12, Value: "904"},
	}, d.Evidence)
	require.Equal(t, "lowest that is free as uid and gid on all hosts, from 900 to 998; those above 998 are left to accounts that NixOS numbers itself (1 on the host with most)", d.Reason)
	delete(in.Facts.Groups, "wheel")
	require.Equal(t, "lowest that is free as uid and gid on all hosts, from 900 to 999", decision(t, made(t, in), "uid").Reason)
}

// TestDynamicIDs: the host with most accounts that have no id counts, as users
// or as groups.
func TestDynamicIDs(t *testing.T) {
	in := repo()
	in.Others["nas-1"], in.Others["nas-2"] = facts.New(), facts.New()
	for i := range 5 {
		in.Others["nas-1"].Users["u"+strconv.Itoa(i)] = facts.User{}
		in.Others["nas-2"].Groups["g"+strconv.Itoa(i)] = facts.Group{}
	}
	in.Others["nas-1"].Groups["g"] = facts.Group{}
	require.Contains(t, decision(t, made(t, in), "uid").Reason, "from 900 to 994; those above 994 are left to accounts that NixOS numbers itself")
}

func TestIDsExhausted(t *testing.T) {
	in := repo()
	for i := range int64(100) {
		in.Facts.Users["u"+strconv.FormatInt(i, 10)] = facts.User{UID: ptr(900 + i)}
	}
	p, err := plan.Make(in)
	require.Nil(t, p)
	require.EqualError(t, err, "allocate id for linkding: find free id: none is free from 900 to 998")
	var exhausted *allocate.Exhausted
	require.ErrorAs(t, err, &exhausted)
}

// TestNoAccount: who owns no file needs none.
func TestNoAccount(t *testing.T) {
	stateless := with(repo(), "workload=stateless", "-dataDir")
	for _, in := range []plan.Input{stateless, with(stateless, "nfs=no")} {
		p := made(t, in)
		require.Equal(t, "none", p.String("account"))
		require.Empty(t, p.Model.Account.User)
		require.Equal(t, "image", p.Model.RunAs)
	}
	require.Equal(t, "linkding", made(t, with(stateless, "nfs=media")).Model.Account.User)
	require.Equal(t, "linkding", made(t, with(unitRepo(), "workload=stateless")).Model.Account.User, "a unit runs as somebody")
	for _, kind := range []string{"user", "puid"} {
		refused(t, with(stateless, "runAs="+kind), "a container without data has no account")
	}
	refused(t, with(stateless, "group=media"), "a container without data has no account")
	made(t, with(stateless, "runAs=image"))
}

func TestGroup(t *testing.T) {
	p := made(t, with(repo(), "group=media"))
	require.Equal(t, plan.Account{User: "linkding", UID: 901, Group: "media", GID: 65537, Shared: true}, p.Model.Account)
	require.Equal(t, "media", promises(p, plan.PromiseUser)[0].Want["group"])
	require.Equal(t, "65537", promises(p, plan.PromiseGroup)[0].Want["gid"])
	p = made(t, with(repo(), "group=linkding"))
	require.False(t, p.Model.Account.Shared, "a group of its own")
	refused(t, with(repo(), "group=arr"), `"arr" is unknown on forge`)
	in := repo()
	in.Facts.Groups["arr"] = facts.Group{}
	refused(t, with(in, "group=arr"), `"arr" has no gid`)
}

func TestIDStyle(t *testing.T) {
	p := made(t, repo())
	require.Equal(t, "string", p.String("idStyle"))
	require.Equal(t, []plan.Evidence{{Option: "modules.services.sonarr", File: "modules/sonarr/default.nix"}}, decision(t, p, "idStyle").Evidence)
	in := repo()
	in.Conventions.IDStyle = convention.RegistryIDs
	in.Conventions.Registry = &facts.Registry{Path: []string{"mylib", "serviceUids"}, File: ptr("lib/uids.nix")}
	p = made(t, in)
	require.Equal(t, []plan.Evidence{{Option: "mylib.serviceUids", File: "lib/uids.nix"}}, decision(t, p, "idStyle").Evidence)
	require.Equal(t, map[string]string{"uid": "901", "gid": "901"}, promises(p, plan.PromiseRegistry)[0].Want)
	require.Empty(t, promises(made(t, with(in, "workload=stateless", "-dataDir")), plan.PromiseRegistry), "no account, no entry")
}

func TestRunAs(t *testing.T) {
	require.Equal(t, "user", made(t, repo()).Model.RunAs)
	lsio := with(repo(), "image=lscr.io/linuxserver/sonarr:4.0.0@"+digest)
	require.Equal(t, "puid", made(t, lsio).Model.RunAs)
	require.Equal(t, "user", made(t, with(lsio, "runAs=user")).Model.RunAs)
	p := made(t, with(repo(), "runAs=image"))
	require.Equal(t, "image", p.Model.RunAs)
	require.Contains(t, p.Notes, "The container runs as the user that its image names. Files on the dataset must belong to that user; the account on the host does not.")
}

// TestIDSaid: an id that the host has all the same, which evaluation cannot see, is
// changed for another that is free.
func TestIDSaid(t *testing.T) {
	p := made(t, with(repo(), "uid=905"))
	require.Equal(t, int64(905), p.Model.Account.UID)
	require.Equal(t, int64(905), p.Model.Account.GID)
	require.Equal(t, "user", decision(t, p, "uid").Rule)
	in := with(repo(), "uid=905")
	in.Facts.Users["a"] = facts.User{UID: ptr(int64(905))}
	refused(t, in, "use id 905: a has it (users.users.a.uid)")
	in = with(repo(), "uid=905")
	in.Facts.Groups["a"] = facts.Group{GID: ptr(int64(905))}
	refused(t, in, "use id 905: a has it")
	in = with(repo(), "uid=998")
	for _, name := range []string{"a", "b", "c"} {
		in.Facts.Users[name] = facts.User{}
	}
	refused(t, in, "use id 998: NixOS hands it out next to accounts without one")
	for _, wrong := range []string{"0", "399", "1000", "0905", "x", "-1"} {
		refused(t, with(repo(), "uid="+wrong), "is no id of a service")
	}
	refused(t, with(repo(), "uid=905", "workload=stateless", "-dataDir"), "a container without data has no account")
}
