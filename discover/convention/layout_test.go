package convention_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// tree reads files given as strings.
func tree(files map[string]string) *source.Tree {
	bytes := map[string][]byte{}
	for name, text := range files {
		bytes[name] = []byte(text)
	}
	return source.Read(bytes)
}

func ptr[T any](v T) *T { return &v }

// service is a module of the repo that is enabled in files of the host.
func service(declared string, definedIn ...string) facts.Service {
	s := facts.Service{Enabled: true, DefinedIn: definedIn, Options: map[string]facts.Option{}}
	if declared != "" {
		s.Declared = &facts.Position{File: declared, Line: 1}
	}
	return s
}

func TestDeriveOfNothing(t *testing.T) {
	c := convention.Derive(facts.New(), source.Read(nil))
	require.Equal(t, convention.Layout{}, c.Module)
	require.Equal(t, convention.Layout{}, c.Host)
	require.Empty(t, c.Categories)
	require.Nil(t, c.HostLibrary)
	require.Nil(t, c.Types)
	require.Nil(t, c.StorageHelpers)
	require.Nil(t, c.Factory)
	require.Nil(t, c.Registry)
	require.Equal(t, convention.IntOption, c.IDStyle, "what a repo without any ids begins with")
	require.Empty(t, c.Restore)
	require.Empty(t, c.Groups)
	require.NotNil(t, c.Storage.RecordSizes)
	require.NotNil(t, c.Submodules)
	require.NotNil(t, c.PolicyHelpers)
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name         string
		services     map[string]facts.Service
		module, host convention.Layout
	}{
		{
			"a folder for each module, a file for each host", map[string]facts.Service{
				"a": service("modules/a/default.nix", "hosts/h/services/a.nix"), "b": service("modules/b/default.nix", "hosts/h/services/b.nix"),
			},
			convention.Layout{Pattern: "modules/{name}/default.nix", Files: []string{"modules/a/default.nix", "modules/b/default.nix"}},
			convention.Layout{Pattern: "hosts/h/services/{name}.nix", Files: []string{"hosts/h/services/a.nix", "hosts/h/services/b.nix"}},
		},
		{
			"most of them decide", map[string]facts.Service{
				"a": service("old/a.nix", "hosts/h/a.nix"), "b": service("modules/b.nix", "hosts/h/services/b.nix"),
				"c": service("modules/c.nix", "hosts/h/services/c.nix"),
			},
			convention.Layout{Pattern: "modules/{name}.nix", Files: []string{"modules/b.nix", "modules/c.nix"}},
			convention.Layout{Pattern: "hosts/h/services/{name}.nix", Files: []string{"hosts/h/services/b.nix", "hosts/h/services/c.nix"}},
		},
		{
			"a tie goes by name", map[string]facts.Service{"a": service("z/a.nix", "y/a.nix"), "b": service("m/b.nix", "n/b.nix")},
			convention.Layout{Pattern: "m/{name}.nix", Files: []string{"m/b.nix"}},
			convention.Layout{Pattern: "n/{name}.nix", Files: []string{"n/b.nix"}},
		},
		{
			"at the root", map[string]facts.Service{"a": service("a.nix", "a/default.nix")},
			convention.Layout{Pattern: "{name}.nix", Files: []string{"a.nix"}},
			convention.Layout{Pattern: "{name}/default.nix", Files: []string{"a/default.nix"}},
		},
		{
			"files that set up many services teach nothing", map[string]facts.Service{
				"a": service("m/a.nix", "hosts/h/default.nix"), "b": service("m/b.nix", "hosts/h/default.nix"), "c": service("m/c.nix", "hosts/h/services/c.nix"),
			},
			convention.Layout{Pattern: "m/{name}.nix", Files: []string{"m/a.nix", "m/b.nix", "m/c.nix"}},
			convention.Layout{Pattern: "hosts/h/services/{name}.nix", Files: []string{"hosts/h/services/c.nix"}},
		},
		{
			"other spelling of the file's name", map[string]facts.Service{"cooklangFederation": service("m/cooklang-federation/default.nix", "h/cooklang-federation.nix")},
			convention.Layout{Pattern: "m/{name}/default.nix", Files: []string{"m/cooklang-federation/default.nix"}},
			convention.Layout{Pattern: "h/{name}.nix", Files: []string{"h/cooklang-federation.nix"}},
		},
		{
			"one file with two services, and two definitions in one file, count once", map[string]facts.Service{
				"a": service("m/all.nix", "h/a.nix", "h/a.nix", "h/a.nix"), "b": service("m/all.nix", "g/b.nix"), "c": service("n/c.nix", "g/c.nix"), "d": service("n/d.nix"),
			},
			convention.Layout{Pattern: "n/{name}.nix", Files: []string{"n/c.nix", "n/d.nix"}},
			convention.Layout{Pattern: "g/{name}.nix", Files: []string{"g/b.nix", "g/c.nix"}},
		},
		{
			"modules that define themselves are no host's files", map[string]facts.Service{
				"a": service("m/a/default.nix", "m/a/default.nix"), "b": service("m/b/default.nix", "m/b/default.nix"), "c": service("m/c/default.nix", "h/c.nix"),
			},
			convention.Layout{Pattern: "m/{name}/default.nix", Files: []string{"m/a/default.nix", "m/b/default.nix", "m/c/default.nix"}},
			convention.Layout{Pattern: "h/{name}.nix", Files: []string{"h/c.nix"}},
		},
		{
			"not declared in the repo", map[string]facts.Service{"a": service("", "h/a.nix")},
			convention.Layout{}, convention.Layout{Pattern: "h/{name}.nix", Files: []string{"h/a.nix"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := facts.New()
			f.Root, f.Services = []string{"homelab", "services"}, c.services
			got := convention.Derive(f, source.Read(nil))
			require.Equal(t, c.module, got.Module)
			require.Equal(t, c.host, got.Host)
			require.Equal(t, f.Root, got.Root)
			require.Equal(t, c.module.Files, got.Exemplars["module file"])
			require.Equal(t, c.host.Files, got.Exemplars["host file"])
		})
	}
}

func TestLayoutFor(t *testing.T) {
	require.Equal(t, "a/x/default.nix", convention.Layout{Pattern: "a/{name}/default.nix"}.For("x"))
	require.Equal(t, "a/x/x.nix", convention.Layout{Pattern: "a/{name}/{name}.nix"}.For("x"))
	require.Empty(t, convention.Layout{}.For("x"))
}

// TestCategories writes lists of modules, and looks which are categories.
func TestCategories(t *testing.T) {
	modules := []string{"m/a/default.nix", "m/b/default.nix", "m/c/default.nix"}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []convention.Category
	}{
		{
			"one list", map[string]string{"m/default.nix": "{ imports = [ ./a ./b ./c ]; }"},
			[]convention.Category{{File: "m/default.nix", Members: modules}},
		},
		{
			"one list of another name", map[string]string{"m/all.nix": "{ imports = [ ./a ./b ./c ]; }"},
			[]convention.Category{{File: "m/all.nix", Members: modules}},
		},
		{
			"several", map[string]string{
				"m/_categories/media.nix": "{ imports = [ ../a ../c ]; }", "m/_categories/network.nix": "{ imports = [ ../b ]; }",
				"m/default.nix": "{ imports = [ ./_categories/media.nix ./_categories/network.nix ]; }",
			},
			[]convention.Category{
				{Name: "media", File: "m/_categories/media.nix", Members: []string{modules[0], modules[2]}},
				{Name: "network", File: "m/_categories/network.nix", Members: []string{modules[1]}},
			},
		},
		{
			"several, and a rest in the list of all", map[string]string{
				"m/media.nix": "{ imports = [ ./a ]; }", "m/network.nix": "{ imports = [ ./b ]; }", "m/default.nix": "{ imports = [ ./media.nix ./network.nix ./c ]; }",
			},
			[]convention.Category{
				{Name: "media", File: "m/media.nix", Members: []string{modules[0]}}, {Name: "network", File: "m/network.nix", Members: []string{modules[1]}},
			},
		},
		{
			"the longest of two lists", map[string]string{"m/default.nix": "{ imports = [ ./a ./b ]; }", "m/extra.nix": "{ imports = [ ./c ]; }"},
			[]convention.Category{{File: "m/default.nix", Members: modules[:2]}},
		},
		{
			"a module that is imported twice is a member once", map[string]string{"m/default.nix": "{ imports = [ ./a ./a/default.nix ] ++ [ ./a ]; }"},
			[]convention.Category{{File: "m/default.nix", Members: modules[:1]}},
		},
		{"none", map[string]string{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := facts.New()
			files := map[string]string{}
			for i, name := range []string{"a", "b", "c"} {
				f.Services[name] = service(modules[i])
				files[modules[i]] = "{ }"
			}
			for name, text := range c.files {
				files[name] = text
			}
			got := convention.Derive(f, tree(files))
			require.Equal(t, c.want, got.Categories)
			for _, k := range c.want {
				found, ok := got.Category(k.Name)
				require.True(t, ok)
				require.Equal(t, k, found)
			}
			_, ok := got.Category("of no such name")
			require.False(t, ok)
		})
	}
}

func TestHostList(t *testing.T) {
	f := facts.New()
	for _, name := range []string{"a", "b", "c"} {
		f.Services[name] = service("m/"+name+".nix", "h/services/"+name+".nix")
	}
	c := convention.Derive(f, tree(map[string]string{
		"h/default.nix": "{ imports = [ ./services/a.nix ./services/b.nix ]; }", "h/more.nix": "{ imports = [ ./services/c.nix ]; }",
		"h/services/a.nix": "{ }", "h/services/b.nix": "{ }", "h/services/c.nix": "{ }",
	}))
	require.Equal(t, "h/default.nix", c.HostList)

	c = convention.Derive(f, tree(map[string]string{"h/services/a.nix": "{ }"}))
	require.Empty(t, c.HostList, "files that a folder is read for are in no list")
}
