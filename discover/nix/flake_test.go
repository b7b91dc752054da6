package nix_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// packages stands for nixpkgs: its Go builder gives the program that go built.
const packages = `{
  outputs = _:
    let
      base = import ./nixpkgs { lib = import ./nixpkgs-lib/lib; path = ./nixpkgs; };
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ];
      packages = system: import ./nixpkgs/pkgs { inherit (base) lib; inherit system; } // {
        # Made, not just named: nix run of 2.8 aborts on a path that is no output.
        buildGoModule = given: derivation {
          inherit system;
          name = "${given.pname}-${given.version}";
          builder = "/bin/sh";
          args = [ "-c" "MKDIR -p $out/bin; CP ${./bin}/scaffold $out/bin/" ];
        } // { inherit (given) pname vendorHash meta; };
      };
    in
    {
      lib = base.lib // {
        getExe = p: "${p}/bin/${p.meta.mainProgram}";
        licenses.mit = { };
      };
      legacyPackages = base.lib.genAttrs systems packages;
    };
}
`

// program is built once, into the folder work.
var program sync.Once

// ownFlake is a copy of this project's flake that takes its packages from a
// stand-in, and so needs no network.
func ownFlake(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is needed to build the program, and is not installed")
	}
	root := filepath.Dir(strings.TrimSpace(output(t, ".", "go", "env", "GOMOD")))
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	standIn, own := filepath.Join(dir, "packages"), filepath.Join(dir, "scaffold")
	inputs := filepath.Join(root, "testdata", "example", "inputs")
	for to, from := range map[string]string{
		filepath.Join(standIn, "nixpkgs"):       filepath.Join(inputs, "nixpkgs"),
		filepath.Join(standIn, "nixpkgs-lib"):   filepath.Join(inputs, "nixpkgs-lib"),
		filepath.Join(own, "discover/nix"):      filepath.Join(root, "discover", "nix"),
		filepath.Join(own, "testdata/example"):  filepath.Join(root, "testdata", "example"),
		filepath.Join(own, "nixeval/cells.nix"): filepath.Join(root, "nixeval", "cells.nix"),
		filepath.Join(own, "flake.nix"):         filepath.Join(root, "flake.nix"),
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		output(t, root, "cp", "-r", from, to)
	}
	require.NoError(t, os.WriteFile(filepath.Join(standIn, "flake.nix"), []byte(withTools(t, packages)), 0o644))
	program.Do(func() {
		c := exec.Command("go", "build", "-o", filepath.Join(work, "bin/scaffold"), "./cmd/scaffold")
		c.Dir, c.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		out, err := c.CombinedOutput()
		require.NoError(t, err, string(out))
	})
	require.FileExists(t, filepath.Join(work, "bin/scaffold"), "it was not built; see the first test")
	output(t, root, "cp", "-r", filepath.Join(work, "bin"), filepath.Join(standIn, "bin"))
	replace(t, filepath.Join(own, "flake.nix"), `"github:NixOS/nixpkgs/nixos-unstable"`, `"path:`+standIn+`"`)
	return own
}

// withTools names programs by their paths: builders have no PATH.
func withTools(t *testing.T, text string) string {
	t.Helper()
	for _, program := range []string{"mkdir", "cp"} {
		path, err := exec.LookPath(program)
		require.NoError(t, err)
		text = strings.ReplaceAll(text, strings.ToUpper(program)+" ", path+" ")
	}
	return text
}

// wired is the example fleet with the input, the app and the check.
func wired(t *testing.T, own string) *fleet {
	t.Helper()
	f := newFleet(t, "example")
	f.edit("flake.nix", "  inputs = {\n", "  inputs = {\n    scaffold.url = \"path:"+own+"\";\n")
	f.edit("flake.nix", "        inherit (self) nixosConfigurations;\n      };\n", `        inherit (self) nixosConfigurations;
      } // {
        allocations = inputs.scaffold.lib.allocationCheck {
          pkgs = inputs.nixpkgs.legacyPackages.x86_64-linux;
          flake = self;
        };
      };
      inherit (inputs.scaffold) apps;
`)
	f.commit()
	return f
}

// outputs is what is looked at of the flake, for each of its systems.
const outputs = `flake: builtins.listToAttrs (map
  (name: {
    inherit name;
    value = {
      apps = flake.apps.${name};
      package = flake.packages.${name}.default.pname;
      formatter = flake.formatter.${name}.pname;
      checks = builtins.attrNames flake.checks.${name};
      allocations = flake.checks.${name}.allocations.drvPath;
      overlaid = (flake.overlays.default { buildGoModule = _: "overlaid"; } { }).scaffold;
    };
  }) [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ])`

func TestFlakeHasWhatItSays(t *testing.T) {
	own := ownFlake(t)
	eachNix(t, func(t *testing.T, nix string) {
		output(t, own, nix, "flake", "lock", "path:"+own)
		got := gjson.Parse(output(t, own, nix, "eval", "--json", "--impure", "--expr", "("+outputs+`) (builtins.getFlake "path:`+own+`")`))
		require.Len(t, got.Map(), 3)
		for _, system := range got.Map() {
			require.Regexp(t, "^/nix/store/.*/bin/scaffold$", system.Get("apps.scaffold.program").Str)
			require.Equal(t, system.Get("apps.scaffold").Raw, system.Get("apps.default").Raw)
			require.Equal(t, "scaffold", system.Get("package").Str)
			require.Equal(t, "nixpkgs-fmt", system.Get("formatter").Str)
			require.JSONEq(t, `["allocations","tests"]`, system.Get("checks").Raw)
			require.Regexp(t, `-allocations\.drv$`, system.Get("allocations").Str)
			require.Equal(t, "overlaid", system.Get("overlaid").Str)
		}
	})
}

func TestNixRun(t *testing.T) {
	own := ownFlake(t)
	eachNix(t, func(t *testing.T, nix string) {
		f := wired(t, own)
		code, out, stderr := f.run(nix, "run", ".#scaffold", "--", "version")
		require.Zero(t, code, stderr)
		require.Contains(t, out, "scaffold")
		f.commit() // the lock file

		add := func(name string) (int, string, string) {
			return f.run(nix, "run", ".#scaffold", "--", "--nix", nix, "--host", "forge",
				"--set", "packaging=container", "--set", "image=ghcr.io/gchq/cyberchef:10.19.4@sha256:"+strings.Repeat("3f1c8a5e", 8),
				"--set", "containerPort=80", "--set", "auth=none", "--set", "workload=stateless",
				"--set", "category=Tools", "--set", "description=a baker's \"workbench\"", "--yes", "--no-build", "--", name)
		}
		code, _, stderr = add(`my "service`)
		require.Equal(t, 2, code, stderr)
		require.Contains(t, stderr, `my`)
		require.Empty(t, output(t, f.dir, "git", "status", "--porcelain"))

		code, _, stderr = add("cyberchef")
		require.Zero(t, code, stderr)
		require.Contains(t, output(t, f.dir, "git", "status", "--porcelain"), "hosts/forge/services/cyberchef.nix")
	})
}

// plants are conflicts that nothing but the check sees, and what it must say:
// both owners, both places, a way out.
var plants = []struct {
	name, file, was, is string
	says                []string
}{
	{
		"port", "hosts/_modules/nixos/services/qbittorrent/default.nix", "default = 8085", "default = 8086",
		[]string{"port-shared", "qbittorrent", "zigbee2mqtt", "services/qbittorrent/default.nix:30", "services/zigbee2mqtt/default.nix:29", "is free"},
	},
	{
		"host name", "hosts/forge/services/it-tools.nix", `hostName = "it-tools.`, `hostName = "sonarr.`,
		[]string{"hostname-shared", "it-tools", "sonarr", "services/it-tools/default.nix:", "services/sonarr/default.nix:"},
	},
}

func TestFlakeCheck(t *testing.T) {
	own := ownFlake(t)
	eachNix(t, func(t *testing.T, nix string) {
		f := wired(t, own)
		code, _, said := f.run(nix, "flake", "check", "--print-build-logs")
		require.Zero(t, code, said)
		require.NotContains(t, said, "trace:", "nobody follows this evaluation")
		f.commit() // the lock file

		for _, p := range plants {
			t.Run(p.name, func(t *testing.T) {
				f.edit(p.file, p.was, p.is)
				defer f.edit(p.file, p.is, p.was)
				code, _, said := f.run(nix, "flake", "check")
				require.NotZero(t, code)
				for _, s := range p.says {
					require.Contains(t, said, s)
				}
			})
		}
		t.Run("what is wanted", func(t *testing.T) {
			p := plants[0]
			f.edit(p.file, p.was, p.is)
			defer f.edit(p.file, p.is, p.was)
			settings := filepath.Join(f.dir, ".scaffold.yaml")
			require.NoError(t, os.WriteFile(settings, []byte("exceptions:\n- {rule: port-shared, value: \"8086\", owners: [qbittorrent, zigbee2mqtt], reason: one at a time}\n"), 0o644))
			output(t, f.dir, "git", "add", "-N", settings)
			code, _, said := f.run(nix, "flake", "check", "--print-build-logs")
			require.Zero(t, code, said)
			require.NoError(t, os.Remove(settings))
			output(t, f.dir, "git", "reset", "-q")
		})
		t.Run("what NixOS sees too", func(t *testing.T) {
			f.edit("hosts/_modules/nixos/services/recyclarr/default.nix", "uid = 922", "uid = 914")
			code, _, said := f.run(nix, "build", "--no-link", ".#checks.x86_64-linux.allocations")
			require.NotZero(t, code)
			for _, s := range []string{"uid-shared", "recyclarr", "tautulli", "services/recyclarr/default.nix:20", "services/tautulli/default.nix:104"} {
				require.Contains(t, said, s, "NixOS names the number alone")
			}
		})
	})
}
