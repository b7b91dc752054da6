package convention_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// fleet is a host with a file for each service, by its text, that has the
// helpers; those of containers are containers.
func fleet(helpers map[string]facts.Member, files map[string]string, containers ...string) *convention.Conventions {
	f := facts.New()
	f.Libraries["h/lib.nix"] = facts.Library{Members: helpers}
	f.Networks = []string{"media-services"}
	texts := map[string]string{"h/lib.nix": "{ }"}
	for name, body := range files {
		f.Services[name] = service("m/"+name+".nix", "h/services/"+name+".nix")
		texts["h/services/"+name+".nix"] = "{ lib, ... }: let d = import ../lib.nix { inherit lib; }; in { " + body + " }"
	}
	for _, name := range containers {
		f.Containers[name] = facts.Container{}
	}
	return convention.Derive(f, tree(texts))
}

func TestAlertHelperByPackaging(t *testing.T) {
	both := map[string]facts.Member{"mkServiceDownAlert": function(3), "mkSystemdServiceDownAlert": function(3), "mkStaleAlert": function(3), "mkDownAlertOf": function(1, "alert")}
	container := `alert = d.mkServiceDownAlert "x" "X" "";`
	unit := `alert = d.mkSystemdServiceDownAlert "x" "X" "";`
	for _, c := range []struct {
		name                string
		helpers             map[string]facts.Member
		files               map[string]string
		containers          []string
		wantContainer, want string
	}{
		{"as most of each kind do", both, map[string]string{"a": container, "b": unit, "c": unit, "d": container, "e": unit}, []string{"a", "b", "d"}, "mkServiceDownAlert", "mkSystemdServiceDownAlert"},
		{"a tie goes by name", both, map[string]string{"a": container, "b": unit, "c": unit}, []string{"a", "b"}, "mkServiceDownAlert", "mkSystemdServiceDownAlert"},
		{"only containers yet", both, map[string]string{"a": container}, []string{"a"}, "mkServiceDownAlert", "mkSystemdServiceDownAlert"},
		{"only units yet", both, map[string]string{"a": unit}, nil, "", "mkSystemdServiceDownAlert"},
		{"units with the helper for containers", both, map[string]string{"a": container, "b": container}, []string{"a"}, "mkServiceDownAlert", "mkSystemdServiceDownAlert"},
		{"neither", both, map[string]string{"a": "", "b": ""}, []string{"a"}, "", "mkSystemdServiceDownAlert"},
		{"another number of arguments", map[string]facts.Member{"mkServiceDownAlert": function(2)}, map[string]string{"a": container}, []string{"a"}, "", ""},
		{"named arguments", map[string]facts.Member{"mkServiceDownAlert": {Kind: "function", Arity: 3, Formals: map[string]bool{"a": true}}}, map[string]string{"a": container}, []string{"a"}, "", ""},
		{"no function", map[string]facts.Member{"mkServiceDownAlert": {Kind: "set", Arity: 3}}, map[string]string{"a": container}, []string{"a"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := fleet(c.helpers, c.files, c.containers...)
			require.NotNil(t, got.HostLibrary)
			require.Equal(t, c.wantContainer, got.ContainerAlert)
			require.Equal(t, c.want, got.UnitAlert)
		})
	}
	require.Equal(t, "mkStaleAlert", fleet(both, map[string]string{"a": container}).StaleAlert, "it is found by its name: few use it")
	require.Empty(t, fleet(map[string]facts.Member{"mkStaleAlert": function(2)}, map[string]string{"a": container}).StaleAlert)
}

func TestHelpersForBackupSnapshotAndRestore(t *testing.T) {
	all := map[string]facts.Member{
		"mkBackupWithTags": function(2), "mkBackupWithSnapshots": function(1), "backupTags": {Kind: "set"},
		"mkSanoidDataset": function(1), "mkSnapshotDataset": function(1), "mkPreseed": function(1), "preseed": {Kind: "if"},
	}
	for _, c := range []struct {
		name, body                string
		backup, snapshot, preseed string
	}{
		{"all", `a = d.mkBackupWithTags "x" [ ]; b = d.mkSanoidDataset "x"; c = d.mkPreseed [ ];`, "mkBackupWithTags", "mkSanoidDataset", "mkPreseed"},
		{"without tags", `a = d.mkBackupWithSnapshots "x";`, "mkBackupWithSnapshots", "", ""},
		{"with tags rather than without", `a = d.mkBackupWithSnapshots "x"; b = d.mkBackupWithSnapshots "y"; c = d.mkBackupWithTags "x" [ ];`, "mkBackupWithTags", "", ""},
		{"another name for snapshots", `b = d.mkSnapshotDataset "x";`, "", "mkSnapshotDataset", ""},
		{"inherited", `inherit (d) mkPreseed;`, "", "", "mkPreseed"},
		{"what nobody uses is no convention", `a = d.backupTags.media; b = d.preseed;`, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := fleet(all, map[string]string{"a": c.body})
			require.Equal(t, c.backup, got.BackupHelper)
			require.Equal(t, c.snapshot, got.SnapshotHelper)
			require.Equal(t, c.preseed, got.PreseedHelper)
		})
	}
}

func TestNetworkHelperNamesANetwork(t *testing.T) {
	text := func(v any) facts.Member { return facts.Member{Kind: "string", Value: v} }
	require.Equal(t, "net", fleet(map[string]facts.Member{"net": text("media-services"), "path": text("/persist")}, map[string]string{"a": ""}).NetworkHelper)
	require.Empty(t, fleet(map[string]facts.Member{"net": text("other"), "odd": text(nil)}, map[string]string{"a": ""}).NetworkHelper)
}

func TestWithoutAHostLibrary(t *testing.T) {
	f := facts.New()
	f.Services["a"] = service("m/a.nix", "h/a.nix")
	c := convention.Derive(f, tree(map[string]string{"h/a.nix": "{ }"}))
	require.Nil(t, c.HostLibrary)
	require.Empty(t, c.ContainerAlert+c.UnitAlert+c.BackupHelper+c.SnapshotHelper+c.PreseedHelper+c.NetworkHelper)
	require.Empty(t, c.PolicyHelpers)
}

func TestPolicyHelpers(t *testing.T) {
	f := facts.New()
	f.Services["a"] = service("m/a.nix", "h/a.nix")
	policy := func(name any) map[string]any { return map[string]any{"policy": name, "enable": true} }
	f.Libraries["lib.nix"] = facts.Library{
		Members: map[string]facts.Member{"x": {Kind: "set"}},
		Values: map[string]map[string]any{
			"caddySecurity": {"media": policy("media"), "mediaWithApiBypass": policy("media"), "admin": policy("admins"), "zz": policy("home"), "aa": policy("home"), "odd": policy(7.0)},
			"other":         {"m": policy("media")},
			"plain":         {"policy": "media", "list": []any{"policy"}, "none": nil, "without": map[string]any{"enable": true}},
		},
	}
	c := convention.Derive(f, tree(map[string]string{"h/a.nix": "let l = import ../lib.nix { }; in { }", "lib.nix": "{ }"}))
	require.Equal(t, map[string][]string{
		"media":  {"other", "m"}, // the shortest name
		"admins": {"caddySecurity", "admin"},
		"home":   {"caddySecurity", "aa"}, // of equal ones the first
	}, c.PolicyHelpers)
}

// restoring is a service with a restore: whether it is on, and its methods.
func restoring(enabled bool, preseed any, methods ...any) facts.Service {
	s := service("")
	s.Enabled = enabled
	s.Options["preseed.restoreMethods"] = facts.Option{Value: methods}
	s.Options["preseed.enable"] = facts.Option{Value: preseed}
	return s
}

func TestRestoreMethods(t *testing.T) {
	for _, c := range []struct {
		name     string
		services map[string]facts.Service
		want     []string
	}{
		{"as most do, in their order", map[string]facts.Service{"a": restoring(true, true, "syncoid", "local"), "b": restoring(true, true, "syncoid", "local"), "c": restoring(true, true, "local", "syncoid")}, []string{"syncoid", "local"}},
		{"a tie goes by name", map[string]facts.Service{"a": restoring(true, true, "syncoid"), "b": restoring(true, true, "local")}, []string{"local"}},
		{"defaults of services without a restore do not count", map[string]facts.Service{"a": restoring(true, true, "syncoid"), "b": restoring(true, false, "restic"), "c": restoring(true, false, "restic")}, []string{"syncoid"}},
		{"defaults of services that are off do not count", map[string]facts.Service{"a": restoring(true, true, "syncoid"), "b": restoring(false, true, "restic"), "c": restoring(false, true, "restic")}, []string{"syncoid"}},
		{"whether it restores is not known", map[string]facts.Service{"a": restoring(true, nil, "syncoid")}, []string{"syncoid"}},
		{"no method", map[string]facts.Service{"a": restoring(true, true)}, nil},
		{"no list", map[string]facts.Service{"a": {Enabled: true, Options: map[string]facts.Option{"preseed.restoreMethods": {Value: "syncoid"}}}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := facts.New()
			f.Services = c.services
			require.Equal(t, c.want, nilIfEmpty(convention.Derive(f, source.Read(nil)).Restore))
		})
	}
}

func nilIfEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

func TestIDStyles(t *testing.T) {
	user := func(v any) facts.Service {
		return facts.Service{Options: map[string]facts.Option{"user": {Value: v}}}
	}
	uid := func(v any) facts.Service {
		return facts.Service{Options: map[string]facts.Option{"uid": {Value: v}}}
	}
	for _, c := range []struct {
		name     string
		services map[string]facts.Service
		want     convention.IDStyle
		exemplar string
	}{
		{"strings", map[string]facts.Service{"a": user("915"), "b": user("916"), "c": uid(917.0)}, convention.StringUser, "b"},
		{"integers", map[string]facts.Service{"a": user("915"), "b": uid(916.0), "c": uid(917.0)}, convention.IntOption, "c"},
		{"a tie goes by name", map[string]facts.Service{"a": user("915"), "b": uid(916.0)}, convention.IntOption, "b"},
		{"a name is no id", map[string]facts.Service{"a": user("sonarr"), "b": user(nil)}, convention.IntOption, ""},
		{"text is no integer", map[string]facts.Service{"a": uid("915")}, convention.IntOption, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := facts.New()
			f.Services = c.services
			got := convention.Derive(f, source.Read(nil))
			require.Equal(t, c.want, got.IDStyle)
			require.Equal(t, c.exemplar, got.IDExemplar)
			require.Nil(t, got.Registry)
		})
	}
}

func TestRegistryOfIDs(t *testing.T) {
	f := facts.New()
	f.Services = map[string]facts.Service{"a": {Options: map[string]facts.Option{"user": {Value: "915"}}}}
	entries := func(names ...string) map[string]facts.RegistryEntry {
		all := map[string]facts.RegistryEntry{}
		for _, n := range names {
			all[n] = facts.RegistryEntry{UID: ptr(int64(900))}
		}
		return all
	}
	f.Registries = []facts.Registry{
		{Path: []string{"mylib", "few"}, Entries: entries("a")},
		{Path: []string{"mylib", "serviceUids"}, Entries: entries("a", "b", "c")},
		{Path: []string{"mylib", "same"}, Entries: entries("a", "b", "c")},
	}
	c := convention.Derive(f, source.Read(nil))
	require.Equal(t, convention.RegistryIDs, c.IDStyle, "a table goes before what options show")
	require.Equal(t, []string{"mylib", "serviceUids"}, c.Registry.Path, "the one with most entries")
}

func TestStorage(t *testing.T) {
	f := facts.New()
	f.DatasetRoot = "tank/services"
	f.Datasets = map[string]facts.Dataset{
		"a": {RecordSize: ptr("16K"), Compression: ptr("zstd")}, "b": {RecordSize: ptr("16K"), Compression: ptr("lz4")},
		"c": {RecordSize: ptr("1M"), Compression: ptr("zstd")}, "d": {},
	}
	require.Equal(t, convention.Storage{Compression: "zstd", RecordSizes: map[string]int{"16K": 2, "1M": 1}, Parent: "tank/services"},
		convention.Derive(f, source.Read(nil)).Storage)
}

func TestDashboardGroups(t *testing.T) {
	f := facts.New()
	for name, group := range map[string]string{"a": "Media", "b": "Tools", "c": "Media", "d": "Home", "e": "Tools", "f": "Media"} {
		f.Dashboard[name] = facts.Tile{Group: ptr(group)}
	}
	f.Dashboard["g"] = facts.Tile{}
	require.Equal(t, []string{"Media", "Tools", "Home"}, convention.Derive(f, source.Read(nil)).Groups)
}

// TestDeriveIsTheSameEveryTime derives from maps, whose order changes.
func TestDeriveIsTheSameEveryTime(t *testing.T) {
	f, files := factoryFacts()
	for i, name := range []string{"k", "l", "m", "n"} {
		f.Dashboard[name] = facts.Tile{Group: ptr(name)}
		f.Datasets[name] = facts.Dataset{RecordSize: ptr(name), Compression: ptr(name)}
		f.Services[name] = restoring(true, true, "m"+name)
		f.Libraries["lib/"+name+".nix"] = facts.Library{Members: sharedTypes}
		files["lib/"+name+".nix"] = "{ }"
		files[[]string{"m/a.nix", "m/b.nix", "m/c.nix", "m/d.nix"}[i]] = "let t = import ../lib/" + name + ".nix { }; in { }"
	}
	first := convention.Derive(f, tree(files))
	for range 20 {
		require.Equal(t, first, convention.Derive(f, tree(files)))
	}
}
