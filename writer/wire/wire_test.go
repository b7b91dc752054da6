package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
)

func rangeOf(src, part string) syntax.Range {
	at := strings.Index(src, part)
	return syntax.Range{Start: at, End: at + len(part)}
}

func TestCheckURL(t *testing.T) {
	for _, url := range []string{"github:owner/name", "git+https://example.org/x?ref=main", "path:/srv/scaffold", "flake"} {
		require.NoError(t, CheckURL(url), url)
	}
	for url, why := range map[string]string{
		"":                "it is empty",
		"github:a/b c":    "white space",
		"path:/x\n":       "white space",
		"github:a/b#tool": "no fragment",
		"a\x00":           "white space",
	} {
		require.ErrorContains(t, CheckURL(url), why, url)
	}
}

func TestMakeRefusesWhatIsNotThere(t *testing.T) {
	_, err := Make(Repo{}, Options{Skip: []Name{"cellar"}})
	require.EqualError(t, err, `skip door: there is no "cellar"; there are [input flake task settings]`)
	_, err = Make(Repo{Files: map[string][]byte{"flake.nix": []byte("{ outputs = ")}}, Options{URL: "x"})
	var broken *syntax.Error
	require.ErrorAs(t, err, &broken)
	_, err = Make(Repo{Files: map[string][]byte{"flake.nix": []byte("{ outputs = _: { }; }")}}, Options{})
	require.EqualError(t, err, "read flake reference: it is empty")
}

func TestURLIsQuoted(t *testing.T) {
	w, err := Make(Repo{
		Files: map[string][]byte{"flake.nix": []byte("{\n  inputs = { };\n  outputs = _: { };\n}\n")}, Host: "a", System: "x",
	}, Options{URL: `path:/a"${b}\`, Skip: []Name{Tasks, Settings, Outputs}})
	require.NoError(t, err)
	require.Contains(t, string(w.Files[0].After), `url = "path:/a\"\${b}\\";`)
}

func TestHasInput(t *testing.T) {
	for src, want := range map[string]bool{
		`{ inputs.scaffold.url = "x"; outputs = _: { }; }`:      true,
		`{ inputs.scaffold = { url = "x"; }; outputs = _: 1; }`: true,
		`{ inputs = { scaffold.url = "x"; }; outputs = _: 1; }`: true,
		`{ inputs = { scaffolding.url = "x"; }; }`:              false,
		`{ outputs = { scaffold, ... }: 1; }`:                   false,
	} {
		got, err := HasInput([]byte(src))
		require.NoError(t, err)
		require.Equal(t, want, got, src)
	}
	_, err := HasInput([]byte("{"))
	require.Error(t, err)
}

func TestAddFormals(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"{ self }:", "{ self, scaffold }:"},
		{"{ self, nixpkgs }:", "{ self, nixpkgs, scaffold }:"},
		{"{ self, nixpkgs, }:", "{ self, nixpkgs, scaffold }:"},
		{"{ self, ... }:", "{ self, scaffold, ... }:"},
		{"{ self, ... }@all:", "{ self, scaffold, ... }@all:"},
		{"{ ... }:", "{ scaffold, ... }:"},
		{"{ }:", "{ scaffold }:"},
		{"{ self\n, nixpkgs\n, ...\n}:", "{ self\n, nixpkgs\n, scaffold\n, ...\n}:"},
		{"{ self\n, nixpkgs\n}:", "{ self\n, nixpkgs\n, scaffold\n}:"},
		{"{\n  self,\n  nixpkgs,\n  ...\n}:", "{\n  self,\n  nixpkgs,\n  scaffold,\n  ...\n}:"},
		{"{\n  self,\n  nixpkgs\n}:", "{\n  self,\n  nixpkgs,\n  scaffold\n}:"},
		{"{ self, nixpkgs ? null }:", "{ self, nixpkgs ? null, scaffold }:"},
	} {
		out, err := addFormals([]byte("{ outputs = "+tt.in+" { }; }"), []string{"scaffold"})
		require.NoError(t, err, tt.in)
		require.Equal(t, "{ outputs = "+tt.want+" { }; }", string(out))
	}
	for _, in := range []string{"inputs:", "a.b"} {
		_, err := addFormals([]byte("{ outputs = "+in+" { }; }"), []string{"scaffold"})
		require.Error(t, err, in)
	}
}

func TestScopeNamesInputs(t *testing.T) {
	for _, tt := range []struct{ in, want, needs string }{
		{"inputs: { }", "inputs.scaffold", ""},
		{"{ self, ... }@inputs: { }", "inputs.scaffold", ""},
		{"inputs@{ self, ... }: { }", "inputs.scaffold", ""},
		{"{ self, scaffold }: { }", "scaffold", ""},
		{"{ self, ... }: { }", "scaffold", "scaffold"},
		{"{ self }@inputs: { }", "scaffold", "scaffold"},
		{"{ self, ... }@inputs: let inputs = 1; in { }", "scaffold", "scaffold"},
		{"{ self, ... }@inputs: let scaffold = 1; in { }", "inputs.scaffold", ""},
	} {
		s, err := readScope([]byte("{ outputs = " + tt.in + "; }"))
		require.NoError(t, err)
		got, err := s.input("scaffold")
		require.NoError(t, err)
		require.Equal(t, tt.want, got, tt.in)
		require.Equal(t, tt.needs, strings.Join(s.needs, " "), tt.in)
	}
	s, err := readScope([]byte("{ outputs = { self, ... }: let inherit (self) scaffold; in { }; }"))
	require.NoError(t, err)
	_, err = s.input("scaffold")
	require.EqualError(t, err, "the name scaffold stands for something else there")
	for _, src := range []string{"{ }", "{ outputs = { }; }", "{ outputs = import ./x; }"} {
		_, err := readScope([]byte(src))
		require.ErrorIs(t, err, errNoFunction)
	}
}

func TestHasNixpkgs(t *testing.T) {
	for src, want := range map[string]bool{
		`{ inputs.nixpkgs.url = "x"; }`:                               true,
		`{ inputs = { nixpkgs = { url = "x"; flake = true; }; }; }`:   true,
		`{ inputs.nixpkgs.follows = "other/nixpkgs"; }`:               true,
		`{ inputs.nixpkgs.follows = ""; }`:                            false,
		`{ inputs = { nixpkgs.follows = ""; }; }`:                     false,
		`{ inputs = { nixpkgs = { follows = ""; }; }; }`:              false,
		`{ inputs = { other.inputs.nixpkgs.follows = "nixpkgs"; }; }`: false,
	} {
		f, err := syntax.Parse([]byte(src))
		require.NoError(t, err)
		require.Equal(t, want, hasNixpkgs(f), src)
	}
}
