package discover_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nix-community/go-nix/pkg/nar"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// copyInputs brings the second example's copy of the inputs up to date, instead of comparing it:
//
//	go test ./discover -run TestExampleInputs -copy-inputs
var copyInputs = flag.Bool("copy-inputs", false, "copy the inputs of the first example to the second")

var examples = []string{"example", "example-registry"}

// nixConfig lets any Nix since 2.8 evaluate and build offline, as any user, without a registry.
const nixConfig = `extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
sandbox = false
warn-dirty = false
eval-cache = false`

// exampleNixes are the nix commands to test with: SCAFFOLD_NIX_VERSIONS, separated by colons, or `nix`.
func exampleNixes(t *testing.T) []string {
	t.Helper()
	names := strings.FieldsFunc(os.Getenv("SCAFFOLD_NIX_VERSIONS"), func(r rune) bool { return r == ':' || r == ' ' })
	if len(names) == 0 {
		names = []string{"nix"}
	}
	found := make([]string, 0, len(names))
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("%s is not installed: this test evaluates with a real Nix", name)
		}
		found = append(found, path)
	}
	return found
}

// eachNix runs a test once for every Nix.
func eachNix(t *testing.T, test func(t *testing.T, nix string)) {
	t.Helper()
	for _, nix := range exampleNixes(t) {
		version, err := exec.CommandContext(t.Context(), nix, "--version").Output()
		require.NoError(t, err)
		name := strings.Fields(string(version))
		t.Run(name[len(name)-1], func(t *testing.T) { test(t, nix) })
	}
}

// copyExample is a fresh Git repository with the files of an example, all of them in the index.
func copyExample(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repo")
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "testdata", name))))
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"}} {
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	return dir
}

// runNix is what a nix command says, and its error output.
func runNix(ctx context.Context, nix, dir string, args ...string) (stdout []byte, stderr string, err error) {
	cmd := exec.CommandContext(ctx, nix, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NIX_CONFIG="+nixConfig)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.Bytes(), errs.String(), err
}

// evalJSON is the value of a flake attribute, through a function if there is one.
func evalJSON(t *testing.T, nix, dir, attr, apply string, more ...string) gjson.Result {
	t.Helper()
	args := append([]string{"eval", "--json", "--no-write-lock-file", ".#" + attr}, more...)
	if apply != "" {
		args = append(args, "--apply", apply)
	}
	out, stderr, err := runNix(t.Context(), nix, dir, args...)
	require.NoError(t, err, stderr)
	require.True(t, gjson.ValidBytes(out), "%s", out)
	return gjson.ParseBytes(out)
}

// replaceIn changes text of a file that must be there.
func replaceIn(t *testing.T, dir, path, before, after string) {
	t.Helper()
	path = filepath.Join(dir, filepath.FromSlash(path))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), before)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), before, after, 1)), 0o600))
}

const drvPaths = `builtins.mapAttrs (_: h: h.config.system.build.toplevel.drvPath)`

// What discover and the plan can rely on when they are tested with the examples.
const hostFacts = `h: let c = h.config; names = builtins.attrNames; lib = h.lib; in {
  domain = c.networking.domain;
  enabled = names (lib.filterAttrs (_: s: s.enable or false) c.modules.services);
  uids = lib.filterAttrs (_: v: v != null) (builtins.mapAttrs (_: u: u.uid) c.users.users);
  media = c.users.groups.media.gid;
  failed = map (a: a.message) (builtins.filter (a: !a.assertion) c.assertions);
  inherit (c) warnings;
  ports = lib.concatMap (x: x.ports) (lib.attrValues c.virtualisation.oci-containers.containers);
  vhosts = names c.modules.services.caddy.virtualHosts;
  policies = lib.mapAttrs (_: v: v.caddySecurity.policy or null) c.modules.services.caddy.virtualHosts;
  preseeds = lib.filter (lib.hasPrefix "preseed-") (names c.systemd.services);
  unordered = lib.filter (n: !(lib.any (u: lib.elem "${n}.service" u.after) (lib.attrValues c.systemd.services)))
    (lib.filter (lib.hasPrefix "preseed-") (names c.systemd.services));
  owners = lib.mapAttrs (_: d: d.owner) c.modules.storage.datasets.services;
  caddyfile = c.services.caddy.globalConfig + c.services.caddy.extraConfig;
  undefinedVars = lib.filter (v: v != null && !(lib.hasInfix v (c.sops.templates."homepage-env".content or "")))
    (map (x: if x.widget == null || !(x.widget ? key) then null else lib.removePrefix "{{" (lib.removeSuffix "}}" x.widget.key))
      (lib.attrValues c.modules.services.homepage.contributions));
  jobs = names c.modules.services.backup._internal.allJobs;
}`

func TestExampleFacts(t *testing.T) {
	tests := map[string]struct {
		services []string
		uids     map[string]int64
		ports    []string
		policies map[string]string
		preseeds []string
	}{
		"example": {
			services: []string{
				"backup", "caddy", "cloudflared", "dispatcharr", "emqx", "enclosed", "gatus", "grafana", "homepage", "it-tools", "mealie",
				"observability", "paperless", "pgweb", "pocketid", "podman", "postgresql", "qbittorrent", "recyclarr", "sonarr", "tautulli", "zigbee2mqtt",
			},
			uids:     map[string]int64{"sonarr": 915, "dispatcharr": 569, "mealie": 920, "paperless": 913, "pgweb": 924, "pocket-id": 980},
			ports:    []string{"127.0.0.1:8989:8989", "127.0.0.1:8380:80", "1883:1883"},
			policies: map[string]string{"sonarr": "media", "pgweb": "admins", "paperless": "home", "tautulli": "", "mealie": "", "it-tools": ""},
			preseeds: []string{"dispatcharr", "enclosed", "mealie", "paperless", "pocketid", "qbittorrent", "sonarr", "tautulli", "zigbee2mqtt"},
		},
		"example-registry": {
			services: []string{"backup", "caddy", "cloudflared", "emqx", "enclosed", "gatus", "grafana", "homepage", "observability", "pocketid", "podman", "postgresql", "qbittorrent", "recyclarr", "sonarr", "tautulli"},
			uids:     map[string]int64{"sonarr": 915, "enclosed": 912, "recyclarr": 922, "tautulli": 914},
			ports:    []string{"127.0.0.1:8989:8989", "61144:61144/tcp", "61144:61144/udp"},
			policies: map[string]string{"sonarr": "media", "tautulli": "", "enclosed": ""},
			preseeds: []string{"pocketid", "qbittorrent", "sonarr", "tautulli"},
		},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			eachNix(t, func(t *testing.T, nix string) {
				facts := evalJSON(t, nix, copyExample(t, name), "nixosConfigurations.forge", hostFacts)
				require.Equal(t, "home.example", facts.Get("domain").Str)
				require.Equal(t, int64(65537), facts.Get("media").Int())
				require.Equal(t, want.services, stringsOf(facts.Get("enabled")))
				for user, uid := range want.uids {
					require.Equal(t, uid, facts.Get("uids."+gjson.Escape(user)).Int(), user)
				}
				require.Subset(t, stringsOf(facts.Get("ports")), want.ports)
				for vhost, policy := range want.policies {
					require.Contains(t, stringsOf(facts.Get("vhosts")), vhost)
					require.Equal(t, policy, facts.Get("policies."+gjson.Escape(vhost)).Str, vhost)
				}
				for _, service := range want.preseeds {
					require.Contains(t, stringsOf(facts.Get("preseeds")), "preseed-"+service)
					require.Contains(t, stringsOf(facts.Get("jobs")), "service-"+service)
				}

				// Healthy: a tool that finds something wrong here is wrong.
				require.Empty(t, facts.Get("failed").Array())
				require.Empty(t, facts.Get("warnings").Array())
				require.Empty(t, facts.Get("unordered").Array(), "restores that nothing waits for")
				require.Empty(t, facts.Get("undefinedVars").Array(), "dashboard variables that nothing defines")
				require.NotContains(t, facts.Get("owners").String(), `"root"`)
				require.Contains(t, facts.Get("caddyfile").Str, "authorize with media")
				require.Contains(t, facts.Get("caddyfile").Str, "{$QBITTORRENT_API_KEY}")
				require.Contains(t, facts.Get("caddyfile").Str, "{$CADDY_SECURITY_POCKETID_CLIENT_SECRET}")
				require.NotContains(t, facts.Get("caddyfile").Str, "${", "an expression that was taken for text")
			})
		})
	}
}

func stringsOf(list gjson.Result) []string {
	var texts []string
	for _, item := range list.Array() {
		texts = append(texts, item.Str)
	}
	return texts
}

// The same files are the same system, whichever Nix reads them and wherever they are.
func TestExampleIsTheSameForEveryNix(t *testing.T) {
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			var first string
			eachNix(t, func(t *testing.T, nix string) {
				paths := evalJSON(t, nix, copyExample(t, name), "nixosConfigurations", drvPaths)
				require.True(t, paths.Get("forge").Exists())
				require.True(t, paths.Get("nas-1").Exists())
				if first == "" {
					first = paths.Raw
				}
				require.JSONEq(t, first, paths.Raw)
			})
		})
	}
}

func TestExampleBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds some two hundred derivations")
	}
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			nix, dir := exampleNixes(t)[0], copyExample(t, name)
			_, stderr, err := runNix(t.Context(), nix, dir, "build", "--no-link", "--no-write-lock-file",
				".#nixosConfigurations.forge.config.system.build.toplevel", ".#nixosConfigurations.nas-1.config.system.build.toplevel")
			require.NoError(t, err, stderr)

			system, err := os.ReadFile(evalJSON(t, nix, dir, "nixosConfigurations.forge.config.system.build.toplevel", "").Str)
			require.NoError(t, err)
			require.Contains(t, string(system), "-units.json\n")

			_, stderr, err = runNix(t.Context(), nix, dir, "flake", "check", "--no-write-lock-file")
			require.NoError(t, err, stderr)
		})
	}
}

// A lock that every Nix accepts as it is: none rewrites it, none warns.
func TestExampleLockIsLeftAlone(t *testing.T) {
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			eachNix(t, func(t *testing.T, nix string) {
				dir := copyExample(t, name)
				before, err := os.ReadFile(filepath.Join(dir, "flake.lock"))
				require.NoError(t, err)
				_, stderr, err := runNix(t.Context(), nix, dir, "eval", ".#nixosConfigurations.nas-1.config.networking.hostName")
				require.NoError(t, err)
				require.Empty(t, strings.TrimSpace(stderr), "a lock that is not what this Nix would write")
				after, err := os.ReadFile(filepath.Join(dir, "flake.lock"))
				require.NoError(t, err)
				require.Equal(t, string(before), string(after))
			})
		})
	}
}

func TestExampleLib(t *testing.T) {
	libs := map[string]string{"ours": filepath.Join("..", "testdata", "example", "inputs", "nixpkgs-lib")}
	if real := os.Getenv("SCAFFOLD_NIXPKGS_LIB"); real != "" {
		libs["nixpkgs"] = real
	}
	tests, err := filepath.Abs(filepath.Join("..", "testdata", "lib_test.nix"))
	require.NoError(t, err)
	for name, dir := range libs {
		t.Run(name, func(t *testing.T) {
			lib, err := filepath.Abs(filepath.Join(dir, "lib"))
			require.NoError(t, err)
			eachNix(t, func(t *testing.T, nix string) {
				out, stderr, err := runNix(t.Context(), nix, t.TempDir(), "eval", "--impure", "--json",
					"--expr", fmt.Sprintf("import %s { lib = import %s; }", tests, lib))
				require.NoError(t, err, stderr)
				require.JSONEq(t, "[]", string(out))
			})
		})
	}
}

// What Nix says of a module that is wrong: the wording is what tools look for.
func TestExampleLibErrors(t *testing.T) {
	const x = `{ _file = "declared.nix"; options.x = lib.mkOption { type = lib.types.int; }; }`
	tests := map[string]struct{ modules, want string }{
		"not defined":   {x, "The option `x' was accessed but has no value defined."},
		"not declared":  {x + ` { _file = "a.nix"; x = 1; y = 2; }`, "The option `y' does not exist. Definition values:\n"},
		"where it is":   {x + ` { _file = "a.nix"; x = 1; y = 2; }`, "- In `a.nix': 2"},
		"of a type":     {x + ` { _file = "a.nix"; x = "1"; }`, "A definition for option `x' is not of type `signed integer'. Definition values:\n"},
		"conflicting":   {x + ` { x = 1; } { x = 2; }`, "The option `x' has conflicting definition values:"},
		"unsupported":   {x + ` { config.x = 1; y = 2; }`, "has an unsupported attribute `y'"},
		"no such input": {x + ` ({ nothing, ... }: { x = nothing; })`, "attribute 'nothing' missing"},
	}
	lib, err := filepath.Abs(filepath.Join("..", "testdata", "example", "inputs", "nixpkgs-lib", "lib"))
	require.NoError(t, err)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			eachNix(t, func(t *testing.T, nix string) {
				_, stderr, err := runNix(t.Context(), nix, t.TempDir(), "eval", "--impure", "--json", "--expr",
					fmt.Sprintf("let lib = import %s; in (lib.evalModules { modules = [ %s ]; }).config.x", lib, test.modules))
				require.Error(t, err)
				require.Contains(t, strings.ReplaceAll(stderr, "       ", ""), test.want)
			})
		})
	}
}

// The examples must notice what NixOS and the repositories they stand for notice.
func TestExampleNoticesWhatIsWrong(t *testing.T) {
	const (
		toplevel = "nixosConfigurations.forge.config.system.build.toplevel.drvPath"
		guard    = "checks.x86_64-linux.deployment-backup-guard.drvPath"
		host     = "hosts/forge/default.nix"
		end      = `system.stateVersion = "25.11";`
	)
	tests := map[string]struct{ example, path, before, after, attr, want string }{
		"an id twice": {
			"example", "hosts/_modules/nixos/services/mealie/default.nix", "uid = 920;", "uid = 915;", toplevel, "UIDs and GIDs must be unique!",
		},
		"a failed assertion": {"example", host, end, end + ` assertions = [{ assertion = false; message = "so it is"; }];`, toplevel, "- so it is"},
		"a long name":        {"example", host, end, end + ` users.users."` + strings.Repeat("n", 32) + `" = { isSystemUser = true; group = "users"; };`, toplevel, "is longer than 31 characters"},
		"an option that does not exist": {
			"example", "hosts/forge/services/sonarr.nix", "enable = true;", "enable = true; portt = 1;", toplevel, "The option `modules.services.sonarr.portt' does not exist.",
		},
		"one backup more":     {"example", "hosts/forge/infrastructure/backup.nix", "jobs.system", `jobs.more = { repository = "nas-primary"; }; jobs.system`, guard, "restic jobs: expected 12, evaluated 13"},
		"one backup more (r)": {"example-registry", "hosts/forge/infrastructure/backup.nix", "jobs.system", `jobs.more = { repository = "nas-primary"; }; jobs.system`, guard, "lib/checks.nix:"},
		"a unit named .service": {
			"example-registry", host, end, end + ` systemd.services."x.service".script = "";`, toplevel, `systemd.services."x.service"`,
		},
		"an alert on a unit that is not": {
			"example-registry", "hosts/forge/services/recyclarr.nix", `name="recyclarr.service"`, `name="recyclar.service"`, toplevel, "recyclar.service",
		},
		"an unknown field of a spec": {
			"example-registry", "modules/nixos/services/enclosed/default.nix", "operationalProfile", "category", toplevel, "service spec: unknown field 'category'",
		},
		"a service without an id": {"example-registry", "lib/service-uids.nix", "  enclosed = {", "  enclosd = {", toplevel, "lib/service-uids.nix has no entry for enclosed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			nix, dir := exampleNixes(t)[0], copyExample(t, test.example)
			replaceIn(t, dir, test.path, test.before, test.after)
			_, stderr, err := runNix(t.Context(), nix, dir, "eval", "--no-write-lock-file", ".#"+test.attr)
			require.Error(t, err)
			require.Contains(t, stderr, test.want)
		})
	}
}

// The inputs have one source, and each example is complete without the other.
func TestExampleInputs(t *testing.T) {
	from := filepath.Join("..", "testdata", "example", "inputs")
	to := filepath.Join("..", "testdata", "example-registry", "inputs")
	if *copyInputs {
		require.NoError(t, os.RemoveAll(to))
		require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	}
	require.Equal(t, narHash(t, from), narHash(t, to), "change the first, then run this test with -copy-inputs")
}

func narHash(t *testing.T, path string) string {
	t.Helper()
	hash := sha256.New()
	require.NoError(t, nar.DumpPath(hash, path))
	return hex.EncodeToString(hash.Sum(nil))
}

// What is generated into a repository must be clean there; it can only be if the repository is.
func TestExampleIsClean(t *testing.T) {
	linters := map[string][]string{
		"nixpkgs-fmt": {"--check", "."},
		"statix":      {"check", ".", "--config", "statix.toml"},
		"deadnix":     {"--fail", "--no-lambda-pattern-names", "."},
	}
	for linter, args := range linters {
		for _, name := range examples {
			t.Run(linter+" "+name, func(t *testing.T) {
				dir := os.Getenv("SCAFFOLD_LINTERS")
				if dir == "" {
					t.Skip("SCAFFOLD_LINTERS is not set: this test runs the linters of Nix files in that folder")
				}
				path, err := exec.LookPath(filepath.Join(dir, linter))
				if err != nil && linter == "statix" {
					t.Log("statix is published nowhere that a test can install it from")
					return
				}
				require.NoError(t, err)
				cmd := exec.CommandContext(t.Context(), path, args...)
				cmd.Dir = filepath.Join("..", "testdata", name)
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, "%s", out)
			})
		}
	}
}
