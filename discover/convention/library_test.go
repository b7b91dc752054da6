package convention_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

func function(arity int, formals ...string) facts.Member {
	m := facts.Member{Kind: "function", Arity: arity, Formals: map[string]bool{}}
	for _, f := range formals {
		m.Formals[f] = false
	}
	return m
}

func typed(fields ...string) facts.Member { return facts.Member{Kind: "type", Fields: fields} }

func set(members map[string]facts.Member) facts.Member {
	return facts.Member{Kind: "set", Members: members}
}

var (
	sharedTypes = map[string]facts.Member{
		"backupSubmodule":  typed("enable", "repository"),
		"metricsSubmodule": typed("enable", "port"),
		"proxySubmodule":   typed("enable", "hostName", "backend"),
	}
	restores = map[string]facts.Member{"mkPreseedService": function(1, "restoreMethods", "mainServiceUnit", "owner")}
)

// modules are three services, whose modules have the text, and host files.
func modules(module, host string) (*facts.Facts, map[string]string) {
	f := facts.New()
	files := map[string]string{"lib/types.nix": "{ lib }: { }", "lib/storage.nix": "{ pkgs, lib }: { }", "h/defaults.nix": "{ config, lib }: { }"}
	for _, name := range []string{"a", "b", "c"} {
		f.Services[name] = service("m/"+name+".nix", "h/services/"+name+".nix")
		files["m/"+name+".nix"] = module
		files["h/services/"+name+".nix"] = host
	}
	return f, files
}

func TestImportedLibraries(t *testing.T) {
	f, files := modules(`{ lib, pkgs, ... }:
let
  sharedTypes = import ../lib/types.nix { inherit lib; };
  storageHelpers = import ../lib/storage.nix { inherit pkgs lib; };
in { }`, `{ config, lib, ... }: let defaults = import ../defaults.nix { inherit config lib; }; in { }`)
	f.Libraries["lib/types.nix"] = facts.Library{Arguments: []string{"lib"}, Members: sharedTypes}
	f.Libraries["lib/storage.nix"] = facts.Library{Arguments: []string{"lib", "pkgs"}, Members: restores}
	values := map[string]map[string]any{"tags": {"media": []any{"media"}}}
	f.Libraries["h/defaults.nix"] = facts.Library{Arguments: []string{"config", "lib"}, Members: map[string]facts.Member{"network": {Kind: "string"}}, Values: values}
	f.Libraries["lib/unused.nix"] = facts.Library{Members: sharedTypes}

	c := convention.Derive(f, tree(files))
	require.Equal(t, &convention.Library{
		Binding: "sharedTypes", File: "lib/types.nix", Arguments: "{ inherit lib; }", Takes: []string{"lib"}, Members: sharedTypes,
	}, c.Types)
	require.Equal(t, "storageHelpers", c.StorageHelpers.Binding)
	require.Equal(t, []string{"lib", "pkgs"}, c.StorageHelpers.Takes)
	require.Equal(t, "import ../../lib/storage.nix { inherit pkgs lib; }", c.StorageHelpers.Expression("m/new/default.nix"))
	require.Equal(t, "defaults", c.HostLibrary.Binding)
	require.Equal(t, values, c.HostLibrary.Values)
	require.Equal(t, "import ../defaults.nix { inherit config lib; }", c.HostLibrary.Expression("h/services/new.nix"))
}

func TestImportedLibraryIsThatOfMost(t *testing.T) {
	f, files := modules("{ }", "{ }")
	files["m/a.nix"] = "let old = import ../lib/old.nix { }; in { }"
	files["m/b.nix"] = "let t = import ../lib/types.nix { inherit lib; }; in { }"
	files["m/c.nix"] = "let types' = import ../lib/types.nix { inherit lib; }; in { }"
	files["lib/old.nix"] = "{ }"
	f.Libraries["lib/old.nix"] = facts.Library{Members: sharedTypes}
	f.Libraries["lib/types.nix"] = facts.Library{Members: sharedTypes}
	c := convention.Derive(f, tree(files))
	require.Equal(t, "lib/types.nix", c.Types.File)
	require.Equal(t, "t", c.Types.Binding, "of two spellings that are used equally the first by name")

	files["m/a.nix"] = "let types' = import ../lib/types.nix { inherit lib; }; in { }"
	c = convention.Derive(f, tree(files))
	require.Equal(t, "types'", c.Types.Binding)
}

func TestLibrariesThatDoNotFit(t *testing.T) {
	const module = "let t = import ../lib/types.nix { }; s = import ../lib/storage.nix { }; in { }"
	few := maps.Clone(sharedTypes)
	delete(few, "proxySubmodule")
	for _, c := range []struct {
		name    string
		library facts.Library
	}{
		{"two types are no library of types", facts.Library{Members: few}},
		{"it needs what modules do not have", facts.Library{Members: sharedTypes, Missing: []string{"hostConfig"}}},
		{"functions are no types", facts.Library{Members: map[string]facts.Member{"a": function(1), "b": function(1), "c": function(1)}}},
		{"it restores, and no unit is to wait", facts.Library{Members: map[string]facts.Member{"f": function(1, "restoreMethods")}}},
		{"it is empty", facts.Library{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, files := modules(module, "{ }")
			f.Libraries["lib/types.nix"] = c.library
			f.Libraries["lib/storage.nix"] = c.library
			got := convention.Derive(f, tree(files))
			require.Nil(t, got.Types)
			require.Nil(t, got.StorageHelpers)
			require.Empty(t, got.Submodules)
		})
	}
}

func TestArgumentLibraries(t *testing.T) {
	f, files := modules("let t = import ../lib/types.nix { }; in { }", "{ }")
	f.Libraries["lib/types.nix"] = facts.Library{Members: sharedTypes}
	storage := set(restores)
	storage.Applied = true
	f.Arguments["mylib"] = facts.Argument{Members: map[string]facts.Member{"types": set(sharedTypes), "storageHelpers": storage, "other": function(1)}}
	f.Arguments["podmanLib"] = facts.Argument{Members: map[string]facts.Member{"mkContainer": function(2)}}

	c := convention.Derive(f, tree(files))
	require.Equal(t, &convention.Library{
		Binding: "sharedTypes", Argument: "mylib.types", Takes: []string{"mylib"}, Members: sharedTypes,
	}, c.Types, "before what is imported")
	require.Equal(t, "mylib.types", c.Types.Expression("m/new.nix"))
	require.Equal(t, &convention.Library{
		Binding: "storageHelpers", Argument: "mylib.storageHelpers pkgs", Takes: []string{"mylib", "pkgs"}, Members: restores,
	}, c.StorageHelpers, "a function of the package set is applied to it")
	require.Equal(t, []string{"podmanLib", "mkContainer"}, c.ContainerFunction)
}

func TestContainerFunctionTakesNameAndContainer(t *testing.T) {
	f := facts.New()
	f.Arguments["lib2"] = facts.Argument{Members: map[string]facts.Member{"mkContainer": function(1), "mkContainers": function(2)}}
	require.Empty(t, convention.Derive(f, source.Read(nil)).ContainerFunction)
}

func TestLibraryFunction(t *testing.T) {
	var none *convention.Library
	require.Empty(t, none.Function(func(string, facts.Member) bool { return true }))
	l := &convention.Library{Members: map[string]facts.Member{"c": function(2), "b": function(2), "a": function(1)}}
	require.Equal(t, "b", l.Function(func(_ string, m facts.Member) bool { return m.Arity == 2 }))
	require.Empty(t, l.Function(func(string, facts.Member) bool { return false }))
}

func option(fields ...string) facts.Option { return facts.Option{Type: "nullOr", Fields: fields} }

func TestSubmodulesHaveTheSameFields(t *testing.T) {
	f, files := modules("let t = import ../lib/types.nix { }; in { }", "{ }")
	f.Libraries["lib/types.nix"] = facts.Library{Members: sharedTypes}
	options := f.Services["a"].Options
	options["backup"] = option("enable", "repository")
	options["metrics"] = option("enable", "port")
	options["reverseProxy"] = option("enable", "hostName")
	options["logging"] = option()
	f.Services["b"].Options["metrics"] = option("own")
	f.Services["c"].Options["metrics"] = option("enable", "port")
	c := convention.Derive(f, tree(files))
	require.Equal(t, map[string]string{"backup": "backupSubmodule", "metrics": "metricsSubmodule"}, c.Submodules,
		"not the proxy's, which has other fields, and not logging, which has none")
}

func factoryFacts() (*facts.Facts, map[string]string) {
	f, files := modules("{ mylib, ... }: mylib.mkContainerService { name = \"x\"; }", "{ }")
	files["m/c.nix"] = "{ mylib, ... }: mylib.mkOther { }"
	types := maps.Clone(sharedTypes)
	types["spec"] = typed("image", "port", "volumes")
	profiles := facts.Member{Kind: "set", Fields: []string{"media", "plain"}, Members: map[string]facts.Member{
		"media": {Kind: "set", Values: map[string]any{"hasNfsMount": true}}, "plain": {Kind: "set"},
	}}
	f.Arguments["mylib"] = facts.Argument{Members: map[string]facts.Member{
		"mkContainerService": function(1, "name", "spec"), "mkOther": function(1, "name"), "types": set(types), "operationalProfileDefaults": profiles,
	}}
	return f, files
}

func TestFactory(t *testing.T) {
	f, files := factoryFacts()
	c := convention.Derive(f, tree(files))
	require.Equal(t, &convention.Factory{
		Path: []string{"mylib", "mkContainerService"}, Formals: map[string]bool{"name": false, "spec": false},
		Spec:     []string{"image", "port", "volumes"},
		Profiles: map[string]map[string]any{"media": {"hasNfsMount": true}, "plain": nil},
		Users:    []string{"m/a.nix", "m/b.nix"},
	}, c.Factory)
	require.Equal(t, c.Factory.Users, c.Exemplars["service factory"])
}

func TestFactoryWithoutTypesOrProfiles(t *testing.T) {
	f, files := factoryFacts()
	delete(f.Arguments["mylib"].Members, "types")
	delete(f.Arguments["mylib"].Members, "operationalProfileDefaults")
	c := convention.Derive(f, tree(files))
	require.Empty(t, c.Factory.Spec)
	require.Empty(t, c.Factory.Profiles)

	delete(f.Arguments["mylib"].Members, "mkContainerService")
	require.Nil(t, convention.Derive(f, tree(files)).Factory, "a function without a spec makes no service")
}

// TestAlertHelpers are found by what they take, in whatever argument.
func TestAlertHelpers(t *testing.T) {
	threshold := map[string]facts.Member{"mkThresholdAlert": function(1, "name", "alertname", "expr"), "mkHighCpuAlert": function(1, "job")}
	f, files := modules("{ }: { }", "{ mylib, ... }: mylib.rules.mkThresholdAlert { }")
	files["h/services/c.nix"] = "{ mylib, ... }: mylib.types.x"
	f.Arguments["mylib"] = facts.Argument{Members: map[string]facts.Member{"types": set(sharedTypes), "rules": set(threshold)}}
	c := convention.Derive(f, tree(files))
	require.Equal(t, "mylib.rules", c.AlertHelpers.Argument)
	require.Equal(t, []string{"mylib"}, c.AlertHelpers.Takes)
	require.Equal(t, threshold, c.AlertHelpers.Members)
	require.Equal(t, []string{"h/services/a.nix", "h/services/b.nix"}, c.AlertExemplars)

	f.Arguments["mylib"] = facts.Argument{Members: map[string]facts.Member{"rules": set(map[string]facts.Member{"mkHighCpuAlert": function(1, "job")})}}
	c = convention.Derive(f, tree(files))
	require.Nil(t, c.AlertHelpers, "none takes any expression")
	require.Empty(t, c.AlertExemplars)
}
