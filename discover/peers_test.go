package discover_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// peerFlake has one host, h, on the inputs of the example. A module is a file
// in modules/, and host.nix is the host.
const peerFlake = `{
  inputs = { nixpkgs-lib.follows = ""; nixpkgs.follows = ""; nixpkgs-unstable.follows = ""; sops-nix.follows = ""; };
  outputs = { self, ... }@given:
    let
      inputs = import ./inputs { inputs = given; };
      inherit (inputs.nixpkgs) lib;
      files = dir: map (n: dir + "/${n}") (builtins.attrNames (builtins.readDir dir));
      system = lib.nixosSystem {
        modules = [ ./host.nix { nixpkgs.hostPlatform = "x86_64-linux"; networking.hostName = "h"; system.stateVersion = "25.11"; } ]
          ++ (if builtins.pathExists ./modules then files ./modules else [ ]);
        specialArgs = { };
      };
    in
    { nixosConfigurations.h = system; };
}
`

// peer is a repo that does things its own way.
func peer(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := gittest.Init(t, "repo", nil)
	example := filepath.Join("..", "testdata", "example")
	require.NoError(t, os.CopyFS(filepath.Join(dir, "inputs"), os.DirFS(filepath.Join(example, "inputs"))))
	lock, err := os.ReadFile(filepath.Join(example, "flake.lock"))
	require.NoError(t, err)
	all := map[string]string{"flake.lock": string(lock), "flake.nix": peerFlake, "host.nix": "{ }"}
	maps.Copy(all, files)
	for name, text := range all {
		gittest.Write(t, dir, name, text)
	}
	gittest.Git(t, dir, "add", "-A")
	return dir
}

// factsOf evaluates a peer, which has to be readable at once.
func factsOf(t *testing.T, nix string, files map[string]string, q discover.Query) (*facts.Facts, *discover.Target) {
	t.Helper()
	target, counted := openAt(t, nix, peer(t, files))
	q.Host = "h"
	f, err := target.Facts(t.Context(), q)
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	require.Equal(t, 1, counted.evaluations(t))
	return f, target
}

// module declares a service in a namespace, with an option port.
func module(namespace, name string) string {
	return `{ lib, ... }: {
  options.` + namespace + `.` + name + ` = {
    enable = lib.mkEnableOption "it";
    port = lib.mkOption { type = lib.types.port; default = 8000; description = "Port."; };
  };
}
`
}

func TestNamespaces(t *testing.T) {
	const nested = "my.own.services"
	for _, c := range []struct {
		name     string
		files    map[string]string
		root     []string
		services []string
	}{
		{"none", nil, []string{}, nil},
		{
			"homelab.services", map[string]string{"modules/a.nix": module("homelab.services", "a"), "modules/b.nix": module("homelab.services", "b")},
			[]string{"homelab", "services"}, []string{"a", "b"},
		},
		{"one level", map[string]string{"modules/a.nix": module("homelab", "a"), "modules/b.nix": module("homelab", "b")}, []string{"homelab"}, []string{"a", "b"}},
		{"only one service", map[string]string{"modules/a.nix": module("homelab.services", "a")}, []string{"homelab", "services"}, []string{"a"}},
		{
			"services of NixOS", map[string]string{"modules/a.nix": module("services", "a-of-ours"), "modules/b.nix": module("services", "b-of-ours")},
			[]string{"services"}, []string{"a-of-ours", "b-of-ours"},
		},
		{
			"the one with most", map[string]string{
				"modules/a.nix": module("services", "a-of-ours"), "modules/b.nix": module("homelab.services", "b"), "modules/c.nix": module("homelab.services", "c"),
			}, []string{"homelab", "services"}, []string{"b", "c"},
		},
		{
			"a tie goes by name", map[string]string{"modules/a.nix": module("zoo.services", "a"), "modules/b.nix": module("ark.services", "b")},
			[]string{"ark", "services"}, []string{"b"},
		},
		{"deeper than is looked", map[string]string{"modules/a.nix": module(nested, "a")}, []string{}, nil},
		{
			"names that need quotes", map[string]string{"modules/a.nix": module("homelab.services", `"a.b"`), "modules/b.nix": module("homelab.services", `"sp ace"`)},
			[]string{"homelab", "services"}, []string{"a.b", "sp ace"},
		},
		{
			"an option named enable is no service", map[string]string{"modules/a.nix": `{ lib, ... }: { options.homelab.enable = lib.mkEnableOption "all"; }`},
			[]string{}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, target := factsOf(t, oneNix(t), c.files, discover.Query{})
			require.Equal(t, c.root, f.Root)
			require.Equal(t, c.services, slices.Sorted(maps.Keys(f.Services)))
			for name, s := range f.Services {
				require.False(t, s.Enabled)
				require.Equal(t, 3, s.Declared.Line)
				require.Contains(t, c.files, s.Declared.File, name)
				require.InDelta(t, 8000.0, s.Options["port"].Value, 0)
			}
			for kind, hub := range f.Hubs {
				require.Nil(t, hub, kind)
			}
			require.Empty(t, f.Policies)
			require.Empty(t, f.Networks)
			require.Empty(t, f.DatasetRoot)
			require.NotNil(t, convention.Derive(f, target.Source))
		})
	}
}

// TestWithoutAnything evaluates a host without sops, containers, proxy,
// services or files of its own.
func TestWithoutAnything(t *testing.T) {
	flake := `{
  inputs = { nixpkgs-lib.follows = ""; nixpkgs.follows = ""; nixpkgs-unstable.follows = ""; sops-nix.follows = ""; };
  outputs = { self, ... }@given:
    let
      inherit ((import ./inputs { inputs = given; }).nixpkgs) lib;
      # Only what a NixOS of the most meagre kind has.
      anything = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { freeformType = lib.types.attrsOf lib.types.anything; }); default = { }; };
      list = lib.mkOption { type = lib.types.listOf lib.types.anything; default = [ ]; };
      bare = lib.evalModules {
        modules = [{
          options = { users = { users = anything; groups = anything; }; systemd.services = anything; networking.hostName = lib.mkOption { default = "bare"; };
            services = { }; assertions = list; warnings = list; };
        }];
      };
    in
    { nixosConfigurations.h = { inherit (bare) config options; pkgs = { inherit lib; stdenv.hostPlatform.system = "riscv64-linux"; }; }; };
}
`
	f, _ := factsOf(t, oneNix(t), map[string]string{"flake.nix": flake}, discover.Query{Service: "x", Natives: []string{"x"}, Packages: []string{"x"}})
	require.Equal(t, "bare", *f.Host.HostName)
	require.Equal(t, "riscv64-linux", *f.Host.System, "no nixpkgs.hostPlatform, and no lib beside the package set")
	require.Nil(t, f.Host.Domain)
	require.Nil(t, f.Host.Backend)
	require.Nil(t, f.Native)
	require.Nil(t, f.Package)
	require.Empty(t, f.Secrets)
	require.Empty(t, f.Containers)
	require.Empty(t, f.Arguments)
}

func TestSystemOfAHostWithGivenPackages(t *testing.T) {
	flake := `{
  inputs = { nixpkgs-lib.follows = ""; nixpkgs.follows = ""; nixpkgs-unstable.follows = ""; sops-nix.follows = ""; };
  outputs = { self, ... }@given:
    let inherit (import ./inputs { inputs = given; }) nixpkgs; in
    { nixosConfigurations.h = nixpkgs.lib.nixosSystem { pkgs = nixpkgs.legacyPackages.aarch64-linux; modules = [ ./host.nix ]; }; };
}
`
	f, _ := factsOf(t, oneNix(t), map[string]string{"flake.nix": flake}, discover.Query{Only: []string{"host"}})
	require.Equal(t, "aarch64-linux", *f.Host.System)
	require.False(t, f.Host.Unstable)
}

// hub declares an attribute set of submodules with fields, all of them text.
func hub(path string, fields ...string) string {
	text := "{ lib, ... }: { options." + path + " = lib.mkOption { default = { }; description = \"\"; type = lib.types.attrsOf (lib.types.submodule { options = {\n"
	for _, f := range fields {
		text += "  " + f + " = lib.mkOption { type = lib.types.nullOr lib.types.str; default = null; description = \"\"; };\n"
	}
	return text + "}; }); }; }\n"
}

// TestHubsByTheirFields: what a hub is for is told by its fields, not its name.
func TestHubsByTheirFields(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		kind  facts.HubKind
		path  []string
		names []string
	}{
		{"a proxy of another name", map[string]string{"modules/p.nix": hub("homelab.ingress.sites", "hostName", "backend", "tls")}, facts.Proxy, []string{"homelab", "ingress", "sites"}, []string{}},
		{"a proxy that is a service", map[string]string{"modules/p.nix": hub("homelab.services.traefik.vhosts", "hostName", "backend")}, facts.Proxy, []string{"homelab", "services", "traefik", "vhosts"}, []string{}},
		{"a field is missing", map[string]string{"modules/p.nix": hub("homelab.services.caddy.virtualHosts", "hostName")}, facts.Proxy, nil, nil},
		{
			"the one that is used", map[string]string{
				"modules/a.nix": hub("homelab.aaa", "recordsize", "mountpoint"), "modules/z.nix": hub("homelab.zzz.pools", "recordsize", "mountpoint"),
				"host.nix": `{ homelab.zzz.pools.x = { recordsize = "16K"; }; }`,
			}, facts.DatasetsHub, []string{"homelab", "zzz", "pools"}, []string{"x"},
		},
		{
			"entries of any name", map[string]string{
				"modules/a.nix": hub("homelab.alerts", "alertname", "expr", "severity"), "host.nix": `{ homelab.alerts = { "a b.c" = { alertname = "A"; }; "é" = { }; }; }`,
			}, facts.AlertsHub, []string{"homelab", "alerts"}, []string{"a b.c", "é"},
		},
		{"not of the repo", map[string]string{"host.nix": `{ services.caddy.enable = true; }`}, facts.Proxy, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"modules/service.nix": module("homelab.services", "a")}
			maps.Copy(files, c.files)
			f, _ := factsOf(t, oneNix(t), files, discover.Query{})
			if c.path == nil {
				require.Nil(t, f.Hubs[c.kind])
				return
			}
			require.Equal(t, c.path, f.Hubs[c.kind].Path)
			require.Equal(t, c.names, f.Hubs[c.kind].Names)
			require.Equal(t, 1, f.Hubs[c.kind].Declared.Line)
		})
	}
}

// TestEntriesOfOtherTypes: an entry whose fields have other types is not lost
// silently, and does not cost the others.
func TestEntriesOfOtherTypes(t *testing.T) {
	gittest.Isolate(t)
	eachNix(t, func(t *testing.T, nix string) {
		target, _ := openAt(t, nix, peer(t, map[string]string{
			"modules/service.nix": module("homelab.services", "a"),
			"modules/hub.nix": `{ lib, ... }: { options.homelab.storage = lib.mkOption { default = { }; description = ""; type = lib.types.attrsOf (lib.types.submodule { options = {
  recordsize = lib.mkOption { type = lib.types.anything; default = null; description = ""; };
  mountpoint = lib.mkOption { type = lib.types.str; default = ""; description = ""; }; }; }); }; }`,
			"host.nix": `{ homelab.storage = { text.recordsize = "16K"; number.recordsize = 16384; }; }`,
		}))
		f, err := target.Facts(t.Context(), discover.Query{Host: "h"})
		require.NoError(t, err)
		require.Equal(t, []facts.Unreadable{{Cell: "dataset number", Reason: "recordsize is 16384, and a string is expected"}}, f.Unreadable)
		require.Equal(t, "16K", *f.Datasets["text"].RecordSize)
	})
}

// users makes a file that imports a library three times, which is when it is
// looked at.
func users(binding string) map[string]string {
	files := map[string]string{}
	for _, name := range []string{"a", "b", "c"} {
		files["modules/"+name+".nix"] = "{ config, lib, pkgs, ... }: let used = " + binding + "; in { options.homelab.services." + name + ".enable = lib.mkEnableOption \"\"; }"
	}
	return files
}

func TestLibrariesOfAllShapes(t *testing.T) {
	for _, c := range []struct {
		name, binding, library string
		arguments, missing     []string
		members                map[string]string // kind by name
	}{
		{"function of a set", "import ../lib.nix { inherit lib; }", "{ lib }: { f = a: b: c: a; t = lib.types.submodule { options.x = lib.mkOption { }; }; n = 1; }", []string{"lib"}, nil, map[string]string{"f": "function", "t": "type", "n": "int"}},
		{"plain set", "import ../lib.nix", `{ a = "x"; b = [ 1 ]; }`, nil, nil, map[string]string{"a": "string", "b": "list"}},
		{"function of lib", "import ../lib.nix lib", "lib: { f = lib.id; s = { }; }", []string{"lib"}, nil, map[string]string{"f": "function", "s": "set"}},
		{"function of something else", "import ../lib.nix 1", "number: { f = number + 1; }", []string{"number"}, []string{"number"}, map[string]string{}},
		{"any arguments", "import ../lib.nix { }", "{ ... }: { f = 1; }", nil, nil, map[string]string{"f": "int"}},
		{"arguments with defaults", "import ../lib.nix { }", "{ lib, other ? 1 }: { f = other; }", []string{"lib", "other"}, nil, map[string]string{"f": "int"}},
		{"arguments that no module has", "import ../lib.nix { x = 1; inherit lib; }", "{ lib, x }: { f = x; }", []string{"lib", "x"}, []string{"x"}, map[string]string{}},
		{"one function", "import ../lib.nix { inherit lib; }", "{ lib }: a: b: a", []string{"lib"}, nil, map[string]string{}},
		{"list", "import ../lib.nix", "[ 1 2 ]", nil, nil, map[string]string{}},
		{"text", "import ../lib.nix", `"text"`, nil, nil, map[string]string{}},
		{"throwing members", "import ../lib.nix { inherit lib; }", `{ lib }: { bad = throw "x"; good = 1; worse = { w = throw "y"; l = [ (throw "z") ]; }; }`, []string{"lib"}, nil, map[string]string{"bad": "unreadable", "good": "int", "worse": "set"}},
		{"members that are no data", "import ../lib.nix { inherit pkgs; }", `{ pkgs }: { p = pkgs.navidrome; s = { p = pkgs.navidrome; l = [ (x: x) 1 ]; n.f = x: x; path = ./lib.nix; null = null; }; }`, []string{"pkgs"}, nil, map[string]string{"p": "set", "s": "set"}},
		{"what evaluates config", "import ../lib.nix { inherit config; }", "{ config }: { h = config.networking.hostName; }", []string{"config"}, nil, map[string]string{"h": "string"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := users(c.binding)
			files["lib.nix"] = c.library
			f, target := factsOf(t, oneNix(t), files, discover.Query{})
			require.Equal(t, []string{"lib.nix"}, target.Libraries())
			l, ok := f.Libraries["lib.nix"]
			require.True(t, ok)
			require.ElementsMatch(t, c.arguments, l.Arguments)
			require.ElementsMatch(t, c.missing, l.Missing)
			kinds := map[string]string{}
			for name, m := range l.Members {
				kinds[name] = m.Kind
			}
			require.Equal(t, c.members, kinds)
		})
	}
}

func TestLibraryMembersInDetail(t *testing.T) {
	files := users("import ../lib.nix lib")
	files["lib.nix"] = `lib: {
  three = a: b: c: { };
  strict = name: if name == "x" then 1 else 2;
  named = { a, b ? 1, ... }: a;
  conditional = lib.mkIf true { enable = true; };
  tags = { media = [ "m" ]; number = 1; f = x: x; deep = { policy = "p"; list = [ "x" ]; sets = [{ a = 1; }]; }; };
  sub = lib.types.submodule { options = { need = lib.mkOption { type = lib.types.str; }; opt = lib.mkOption { default = 1; }; }; };
  nul = lib.types.nullOr (lib.types.submodule { options.inner = lib.mkOption { default = 1; }; });
}`
	gittest.Isolate(t)
	eachNix(t, func(t *testing.T, nix string) {
		f, _ := factsOf(t, nix, files, discover.Query{Only: []string{"helpers"}})
		l := f.Libraries["lib.nix"]
		require.Equal(t, 3, l.Members["three"].Arity)
		require.Equal(t, 1, l.Members["strict"].Arity, "it throws when its argument is looked at")
		require.Equal(t, map[string]bool{"a": false, "b": true}, l.Members["named"].Formals)
		require.Equal(t, 1, l.Members["named"].Arity)
		require.Equal(t, "if", l.Members["conditional"].Kind)
		require.Equal(t, []string{"enable"}, l.Members["conditional"].Fields)
		require.Equal(t, []string{"need", "opt"}, l.Members["sub"].Fields)
		require.Equal(t, []string{"need"}, l.Members["sub"].Required)
		require.Equal(t, []string{"inner"}, l.Members["nul"].Fields)
		require.Equal(t, map[string]any{"media": []any{"m"}, "number": 1.0, "deep": map[string]any{"policy": "p", "list": []any{"x"}}}, l.Values["tags"])
	})
}

// TestServicesOfAFactory: options that a function makes are declared by the
// module that calls it.
func TestServicesOfAFactory(t *testing.T) {
	files := map[string]string{
		"lib.nix": "{ lib }: { make = name: {\n  options.homelab.services.${name} = {\n    enable = lib.mkEnableOption name;\n  };\n}; }\n",
	}
	for _, name := range []string{"a", "b", "c"} {
		files["modules/"+name+"/default.nix"] = "{ lib, ... }: (import ../../lib.nix { inherit lib; }).make \"" + name + "\""
	}
	files["modules/plain.nix"] = module("homelab.services", "plain")
	f, target := factsOf(t, oneNix(t), files, discover.Query{})
	require.Equal(t, &facts.Position{File: "modules/a/default.nix"}, f.Services["a"].Declared)
	require.Equal(t, &facts.Position{File: "lib.nix", Line: 3}, f.Services["a"].Options["enable"].Declared, "the option itself is there")
	require.Equal(t, &facts.Position{File: "modules/plain.nix", Line: 3}, f.Services["plain"].Declared)
	c := convention.Derive(f, target.Source)
	require.Equal(t, "modules/{name}/default.nix", c.Module.Pattern)
	require.Equal(t, []string{"modules/a/default.nix", "modules/b/default.nix", "modules/c/default.nix"}, c.Module.Files)
}

func TestStandardOptionsAreThoseOfFour(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		files["modules/"+name+".nix"] = `{ lib, ... }: { options.homelab.services.` + name + ` = {
  enable = lib.mkEnableOption "";
  common = lib.mkOption { type = lib.types.str; default = "not read"; };
  backup.enable = lib.mkEnableOption "";
  sizes = lib.mkOption { type = lib.types.listOf (lib.types.enum [ "s" "m" ]); default = [ "m" ]; };
  user = lib.mkOption { type = lib.types.str; default = throw "no user"; };
}; }`
	}
	files["modules/a.nix"] = `{ lib, ... }: { options.homelab.services.a = {
  enable = lib.mkEnableOption "";
  rare = lib.mkOption { type = lib.types.str; default = ""; };
  httpPort = lib.mkOption { type = lib.types.nullOr lib.types.port; default = 81; };
  common = lib.mkOption { type = lib.types.enum [ "x" "y" ]; default = "x"; };
  backup.enable = lib.mkEnableOption "" // { default = true; };
}; }`
	files["host.nix"] = "{\n  homelab.services.a.enable = true;\n}\n"
	f, _ := factsOf(t, oneNix(t), files, discover.Query{})
	a := f.Services["a"].Options
	require.Equal(t, []string{"backup.enable", "common", "enable", "httpPort"}, slices.Sorted(maps.Keys(a)), "not what only it has, unless it may claim something")
	require.InDelta(t, 81.0, a["httpPort"].Value, 0)
	require.Equal(t, []any{"x", "y"}, a["common"].Enum)
	require.Nil(t, a["common"].Value, "only what claims something is read")
	require.Equal(t, true, a["backup.enable"].Value)
	require.Equal(t, true, a["enable"].Value)
	b := f.Services["b"].Options
	require.Nil(t, b["user"].Value, "a throw costs only itself")
	require.Equal(t, "str", b["user"].Type)
	require.NotContains(t, b, "sizes", "three have it")
	require.True(t, f.Services["a"].Enabled)
	require.Equal(t, []string{"host.nix"}, f.Services["a"].DefinedIn)
	require.False(t, f.Services["b"].Enabled)
}

// TestRegistriesOfIDs finds tables in arguments, and no other sets.
func TestRegistriesOfIDs(t *testing.T) {
	files := map[string]string{
		"ids.nix":             "{\n  a = { uid = 901; gid = 901; };\n  b = { uid = 902; };\n  c = { uid = 903; gid = null; description = \"\"; };\n  fn = x: x;\n}\n",
		"modules/service.nix": module("homelab.services", "a"),
		"host.nix":            "{ _module.args.mine = { ids = import ./ids.nix; few = { a = { uid = 1; }; b = { uid = 2; }; }; text.a = \"x\"; helper = y: y; bad = throw \"x\"; }; }",
	}
	f, _ := factsOf(t, oneNix(t), files, discover.Query{})
	require.Len(t, f.Registries, 1)
	r := f.Registries[0]
	require.Equal(t, []string{"mine", "ids"}, r.Path)
	require.Equal(t, "ids.nix", *r.File)
	require.Equal(t, []string{"a", "b", "c"}, slices.Sorted(maps.Keys(r.Entries)))
	require.Equal(t, int64(902), *r.Entries["b"].UID)
	require.Nil(t, r.Entries["b"].GID)
	require.Nil(t, r.Entries["c"].GID)
	require.Equal(t, 4, r.Entries["c"].Line)
	require.Equal(t, []string{"description", "gid", "uid"}, r.Entries["c"].Fields)
	require.Contains(t, f.Arguments["mine"].Members, "helper")
	require.NotContains(t, f.Arguments, "lib")
}
