package source_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

func targets(registrations []source.Registration) []string {
	var all []string
	for _, r := range registrations {
		all = append(all, r.Target)
	}
	return all
}

// TestReadResolves gives one file an imports list with one element, and looks
// which file that is.
func TestReadResolves(t *testing.T) {
	others := []string{
		"default.nix", "flake.nix", "a.nix", "dir/default.nix", "dir/b.nix", "dir/sub/default.nix",
		"dir/sub.nix", "both.nix", "both.nix/default.nix", "dir/x.nix", "deep/er/still/c.nix", "we-ird_name+1.nix",
	}
	for _, c := range []struct{ name, from, literal, want string }{
		{"same folder", "x.nix", "./a.nix", "a.nix"},
		{"folder below", "x.nix", "./dir/b.nix", "dir/b.nix"},
		{"folder for its default.nix", "x.nix", "./dir", "dir/default.nix"},
		{"folder and its default.nix", "x.nix", "./dir/default.nix", "dir/default.nix"},
		{"parent", "dir/x.nix", "../a.nix", "a.nix"},
		{"two parents", "dir/sub/x.nix", "../../a.nix", "a.nix"},
		{"sibling folder", "other/x.nix", "../dir", "dir/default.nix"},
		{"up and down again", "dir/x.nix", "../dir/sub", "dir/sub/default.nix"},
		{"the file beside the folder", "dir/x.nix", "./sub.nix", "dir/sub.nix"},
		{"the folder itself", "dir/x.nix", "./.", "dir/default.nix"},
		{"the root itself", "x.nix", "./.", "default.nix"},
		{"the root from below", "dir/x.nix", "../.", "default.nix"},
		{"without a dot", "x.nix", "dir/b.nix", "dir/b.nix"},
		{"what a literal may hold", "x.nix", "./we-ird_name+1.nix", "we-ird_name+1.nix"},
		{"deep", "x.nix", "./deep/er/still/c.nix", "deep/er/still/c.nix"},
		{"a file wins over a folder of its name", "x.nix", "./both.nix", "both.nix"},
		{"itself", "x.nix", "./x.nix", "x.nix"},
		{"missing file", "x.nix", "./nowhere.nix", ""},
		{"folder without default.nix", "x.nix", "./deep", ""},
		{"outside of the repo", "x.nix", "../a.nix", ""},
		{"outside and in again", "x.nix", "../repo/a.nix", ""},
		{"absolute", "x.nix", "/a.nix", ""},
		{"home", "x.nix", "~/a.nix", ""},
		{"search path", "x.nix", "<dir/b.nix>", ""},
		{"computed", "x.nix", "./${name}.nix", ""},
		{"computed in the middle", "dir/x.nix", "../${dir}/b.nix", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for _, name := range others {
				files[name] = "{ }"
			}
			files[c.from] = "{ imports = [ " + c.literal + " ]; }"
			read := tree(files)
			if c.want == "" {
				require.Empty(t, read.File(c.from).Imports)
				return
			}
			require.Equal(t, []source.Registration{{File: c.from, Target: c.want, Literal: c.literal, Line: 1}}, read.File(c.from).Imports)
			require.Equal(t, read.File(c.from).Imports, read.Importers(c.want))
		})
	}
}

func TestImportsOfAllKinds(t *testing.T) {
	read := tree(map[string]string{
		"a.nix": "{ }", "b.nix": "{ }", "c.nix": "{ }", "d.nix": "{ }", "e.nix": "{ }", "f.nix": "{ }", "g/default.nix": "{ }",
		"list.nix": `{ lib, ... }:
{
  imports = [
    ./a.nix # what it is
    ./b.nix
    /* why */ (import ./c.nix { inherit lib; })
    ./g
    # ./f.nix
    inputs.other.nixosModules.default
    { }
  ] ++ lib.optionals true [
    ./d.nix
  ];
  users.ryan.imports = [ ./e.nix ];
  other = [ ./f.nix ];
}
`,
	})
	require.Equal(t, []source.Registration{
		{File: "list.nix", Target: "a.nix", Literal: "./a.nix", Line: 4, Comment: true},
		{File: "list.nix", Target: "b.nix", Literal: "./b.nix", Line: 5},
		{File: "list.nix", Target: "c.nix", Literal: "./c.nix", Line: 6},
		{File: "list.nix", Target: "g/default.nix", Literal: "./g", Line: 7},
		{File: "list.nix", Target: "d.nix", Literal: "./d.nix", Line: 12},
		{File: "list.nix", Target: "e.nix", Literal: "./e.nix", Line: 14},
	}, read.File("list.nix").Imports)
	require.Empty(t, read.Importers("f.nix"), "a path in another list, or in a comment, is not a module")
	require.Equal(t, []string{"lib"}, read.File("list.nix").Formals)
}

func TestImportersAreInOrderOfFileAndLine(t *testing.T) {
	read := tree(map[string]string{
		"z.nix": "{ imports = [ ./m.nix ]; }", "m.nix": "{ }",
		"a.nix":           "{ imports = [\n./m.nix\n./m.nix ]; }",
		"dir/default.nix": "{ imports = [ ../m.nix ]; }",
	})
	var got []string
	for _, r := range read.Importers("m.nix") {
		got = append(got, r.File)
	}
	require.Equal(t, []string{"a.nix", "a.nix", "dir/default.nix", "z.nix"}, got)
	require.Equal(t, 2, read.Importers("m.nix")[0].Line)
	require.Equal(t, 3, read.Importers("m.nix")[1].Line)
	require.Empty(t, read.Importers("z.nix"))
	require.Empty(t, read.Importers("nowhere.nix"))
}

func TestBindings(t *testing.T) {
	read := tree(map[string]string{
		"lib/types.nix": "{ lib }: { }", "lib/default.nix": "{ }", "hosts/lib/defaults.nix": "{ config, lib }: { }",
		"hosts/services/x.nix": `{ config, lib, pkgs, ... }:
let
  sharedTypes = import ../../lib/types.nix { inherit lib; };
  plain = import ../../lib;
  applied = (import ../lib/defaults.nix { inherit config lib; });
  twice = import ../lib/defaults.nix { inherit config; } lib;
  elsewhere = import <nixpkgs> { };
  missing = import ../../lib/nowhere.nix { };
  given = import (../../lib + "/types.nix") { };
  inherit (import ../../lib/types.nix { inherit lib; }) backup;
in
{
  nested.inner = import ../../lib/types.nix
    { lib = pkgs.lib; };
}
`,
	})
	const types, defaults = "lib/types.nix", "hosts/lib/defaults.nix"
	require.Equal(t, []source.Binding{
		{Name: "sharedTypes", Path: types, Arguments: "{ inherit lib; }", Line: 3},
		{Name: "plain", Path: "lib/default.nix", Line: 4},
		{Name: "applied", Path: defaults, Arguments: "{ inherit config lib; }", Line: 5},
		{Name: "twice", Path: defaults, Arguments: "{ inherit config; } lib", Line: 6},
		{Name: "inner", Path: types, Arguments: "{ lib = pkgs.lib; }", Line: 13},
	}, read.File("hosts/services/x.nix").Bindings)
	require.Equal(t, []string{"config", "lib", "pkgs"}, read.File("hosts/services/x.nix").Formals)
	require.Nil(t, read.File("lib/default.nix").Formals)
}

func TestUses(t *testing.T) {
	read := tree(map[string]string{"x.nix": `{ forge, other, ... }:
let inherit (forge) network tags; inherit (other) nothing; inherit forge; in
{
  a = forge.mkBackup "x" forge.tags.media;
  b = forge.mkBackup "y" [ ];
  c = forge.policies.media // { d = other.mkBackup; };
  e = forge.${"dynamic"};
  f = (forge).mkBackup;
  g = "text ${forge.inString} forge.notCode"; # forge.inComment
  h = forge.optional or forge.fallback;
  i = x.forge.mkBackup;
  j = forge;
}
`})
	got := read.File("x.nix").Uses("forge")
	require.Equal(t, 2, got["forge.mkBackup"], "not of another set, and not of one that holds the same name")
	require.Equal(t, 1, got["forge.tags.media"])
	require.Equal(t, 1, got["forge.policies.media"])
	require.Equal(t, 1, got["forge.inString"])
	require.Equal(t, 1, got["forge.optional"])
	require.Equal(t, 1, got["forge.fallback"])
	require.Equal(t, 1, got["forge.network"], "inherited from it")
	require.Equal(t, 1, got["forge.tags"], "inherited from it")
	for _, name := range []string{"forge.notCode", "forge.inComment", "forge.nothing", "forge"} {
		require.NotContains(t, got, name)
	}
	for selection := range got {
		require.True(t, strings.HasPrefix(selection, "forge."), selection)
	}
	require.Empty(t, read.File("x.nix").Uses("nowhere"))
}

func TestFilesThatDoNotParse(t *testing.T) {
	read := tree(map[string]string{
		"good.nix": "{ imports = [ ./broken.nix ./empty.nix ]; }", "broken.nix": "{ imports = [ ./good.nix ; }", "empty.nix": "",
		"binary.nix": "\x00\xff\xfe", "user.nix": "let b = import ./broken.nix { }; in b",
	})
	require.Equal(t, []string{"binary.nix", "broken.nix", "empty.nix", "good.nix", "user.nix"}, read.Paths())
	require.Nil(t, read.File("broken.nix"))
	require.Nil(t, read.File("never.nix"))
	require.Empty(t, read.Importers("good.nix"), "nothing is read from a file that does not parse")
	require.Equal(t, []string{"broken.nix", "empty.nix"}, targets(read.File("good.nix").Imports), "what it is imported as is known all the same")
	require.Equal(t, "broken.nix", read.File("user.nix").Bindings[0].Path)
	require.Equal(t, map[string]int{"broken.nix": 1}, read.Users())
}

func TestReadNothing(t *testing.T) {
	read := source.Read(nil)
	require.Empty(t, read.Paths())
	require.Nil(t, read.File("a.nix"))
}

func TestRelative(t *testing.T) {
	for _, c := range []struct{ from, target, want string }{
		{"a.nix", "b.nix", "./b.nix"},
		{"flake.nix", "default.nix", "./default.nix"},
		{"flake.nix", "lib/default.nix", "./lib"},
		{"dir/default.nix", "dir/x/default.nix", "./x"},
		{"dir/default.nix", "dir/x.nix", "./x.nix"},
		{"hosts/forge/services/x.nix", "hosts/forge/lib/defaults.nix", "../lib/defaults.nix"},
		{"modules/services/_categories/media.nix", "modules/services/sonarr/default.nix", "../sonarr"},
		{"modules/services/x/default.nix", "lib/types.nix", "../../../lib/types.nix"},
		{"dir/x.nix", "default.nix", "../default.nix"},
		{"dir/x.nix", "dir/default.nix", "../dir"},
		{"dir/sub/x.nix", "dir/default.nix", "../../dir"},
	} {
		require.Equal(t, c.want, source.Relative(c.from, c.target), "%s imports %s", c.from, c.target)
	}
}

// TestRelativeLeadsThere writes the literal into the file, and reads it again.
func TestRelativeLeadsThere(t *testing.T) {
	segment := rapid.StringMatching(`[a-z_][a-z0-9_-]{0,5}`)
	file := rapid.Custom(func(t *rapid.T) string {
		folders := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "hosts", "a-b"}), 0, 4).Draw(t, "folders")
		base := rapid.OneOf(rapid.Just("default"), segment).Draw(t, "base")
		return path.Join(append(slices.Clone(folders), base+".nix")...)
	})
	rapid.Check(t, func(t *rapid.T) {
		from, target := file.Draw(t, "from"), file.Draw(t, "target")
		literal := source.Relative(from, target)
		got := path.Join(path.Dir(from), literal)
		if got != target && path.Join(got, "default.nix") != target {
			t.Fatalf("%s imports %s as %s, which is %s", from, target, literal, got)
		}
		if !strings.HasPrefix(literal, "./") && !strings.HasPrefix(literal, "../") {
			t.Fatalf("%s is not a path literal", literal)
		}
		if from == target {
			return
		}
		read := tree(map[string]string{from: "{ imports = [ " + literal + " ]; }", target: "{ }"})
		if imports := read.File(from).Imports; len(imports) != 1 || imports[0].Target != target {
			t.Fatalf("%s imports %s as %s, which is read as %+v", from, target, literal, imports)
		}
	})
}

// FuzzRead feeds it any text as a Nix file.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "{ imports = [ ./b.nix ../x ]; }", "let l = import ./b.nix { }; in l.a.b", "{ a, b ? 1, ... }@args: a.b.${c} or d",
		"{ imports = [ ./${x}/b.nix (import ./b.nix) ]; }", "''${a}'' + \"${b.c}\"", "{ inherit (l) a \"b\"; }", "\x00", "((((",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := tree(map[string]string{"a.nix": text, "b.nix": "{ }", "dir/default.nix": "{ }"})
		file := read.File("a.nix")
		if file == nil {
			return
		}
		for _, r := range file.Imports {
			require.NotEmpty(t, r.Target)
			require.Contains(t, text, r.Literal)
			require.Contains(t, read.Importers(r.Target), r)
			require.Positive(t, r.Line)
		}
		for _, b := range file.Bindings {
			require.Contains(t, text, b.Arguments)
			for selection := range file.Uses(b.Name) {
				require.True(t, strings.HasPrefix(selection, b.Name+"."))
			}
		}
	})
}
