package render_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
)

// hostile texts of one line: each would be code somewhere, if it were not
// escaped.
var hostile = []string{
	`${abort "out"}`, `$${abort "out"}`, `$`, `a$`, `$$`, `"; x = abort "out"; y = "`, `"`, `\`, `\"`, `\${x}`, `''`, `'''`, `''${abort "out"}`, `''\`, `'`,
	`*/ abort "out" /*`, `# x`, `]; }) (abort "out")`, `<< .Name >>`, `{{ .Name }}`, `%n%h%%`, "`id`", `$(id)`, `a;b`, `a:b`, `a=b`, `Ünïcödé 漢字 🎉`,
	`{port}`, `${port}`, `--`, `-rf`, strings.Repeat("${", 100),
}

// lines are values of variables, which may have any text.
var lines = append([]string{"a\nb", "\r\n", "a\rb", "\t", "''\n''", "\n} ];\n", "  indented\n    more", ""}, hostile...)

// bare takes everything away that a file imports, so that the files can be
// evaluated alone.
func bare(f *facts.Facts, c *convention.Conventions) {
	c.HostLibrary, c.Types, c.StorageHelpers, c.ContainerFunction = nil, nil, nil, nil
	c.PolicyHelpers = nil
	delete(f.Hubs, facts.Proxy)
}

// alone evaluates a module and a host's file with a stand-in for what NixOS
// would give them, and prints what has the user's text in it.
const alone = `
let
  id = x: x;
  lib = {
    mkOption = id; mkEnableOption = text: { inherit text; }; mkMerge = id; mkIf = _: id; mkForce = id; mkDefault = id; toInt = id;
    optional = c: x: if c then [ x ] else [ ]; optionals = c: x: if c then x else [ ];
    types = { str = 0; port = 0; path = 0; int = 0; package = 0; nullOr = id; listOf = id; enum = id; };
  };
  cfg = {
    enable = true; image = ""; port = 4242; timezone = ""; dataDir = "/data"; user = "u"; group = "g"; uid = 1; package = "/p"; environmentFile = null;
    healthcheck = { enable = true; interval = ""; timeout = ""; retries = 1; startPeriod = ""; }; notifications.enable = true; nfsMountDependency = null;
  };
  config = {
    networking = { hostName = "h"; domain = "d"; };
    virtualisation.oci-containers.backend = "podman";
    users.groups.g.gid = 1;
    modules = { services.linkding = cfg; notifications.enable = true; };
    sops = { placeholder = { "linkding/token" = ""; }; templates.linkding-env.path = ""; };
  };
  call = f: f { inherit lib config; pkgs = { linkding = "/p"; }; utils.escapeSystemdExecArgs = id; };
  module = call (import MODULE);
  host = call (import HOST);
  c = builtins.elemAt module.config 0;
  h = builtins.elemAt host.config 1;
  unit = if c ? systemd.services.linkding then builtins.elemAt c.systemd.services.linkding 0 else { };
in
{
  label = module.options.modules.services.linkding.enable.text;
  about = module.options.modules.services.linkding.port.description;
  title = c.modules.notifications.templates."linkding-failure".title;
  body = c.modules.notifications.templates."linkding-failure".body;
  container = c.virtualisation.oci-containers.containers.linkding.environment or { };
  environment = unit.environment or { };
  start = unit.serviceConfig.ExecStart or [ ];
  tile = h.modules.services.homepage.contributions.linkding;
  probe = h.modules.services.gatus.contributions.linkding;
}
`

type evaluated struct {
	Label, About, Title, Body string
	Container, Environment    map[string]string
	Start                     []string
	Tile, Probe               struct{ Name, Group, Description, Icon string }
}

// evaluate writes both files and evaluates them.
func evaluate(t *testing.T, files []render.File) evaluated {
	t.Helper()
	dir := t.TempDir()
	text := alone
	for i, name := range []string{"MODULE", "HOST"} {
		file := filepath.Join(dir, strings.ToLower(name)+".nix")
		require.NoError(t, os.WriteFile(file, files[i].After, 0o644))
		text = strings.Replace(text, name, file, 1)
	}
	out, err := instantiate(t, text, "--eval", "--strict", "--json")
	require.NoError(t, err, "%s", out)
	var e evaluated
	require.NoError(t, json.Unmarshal(out, &e), "%s", out)
	return e
}

// kinds are one scenario of each packaging whose files can be evaluated alone.
func kinds() map[string]scenario {
	text := []string{"auth=none", "category=Productivity", "description=x", "port=8484", "workload=sqlite"}
	base := scenario{example: "example", service: "linkding", change: bare}
	container, unit, native := base, base, base
	container.answers = said(append(text, "packaging=container", "image="+linkding, "dataDir=/x")...)
	unit.answers = said(append(text, "packaging=unit", "package=shiori", "program=shiori")...)
	unit.pkg = "shiori"
	native.answers = said(append(text, "packaging=native", "native=miniflux")...)
	native.native = "miniflux"
	native.change = func(f *facts.Facts, c *convention.Conventions) {
		bare(f, c)
		f.Native.Units = map[string]facts.UnitDetail{"linkding": {Starts: true}}
	}
	return map[string]scenario{"container": container, "unit": unit, "native": native}
}

// TestHostile gives every text to everything that takes one: it comes back
// unchanged from an evaluation.
func TestHostile(t *testing.T) {
	for kind, s := range kinds() {
		t.Run(kind, func(t *testing.T) {
			for _, text := range hostile {
				answers := []string{"displayName=" + text, "description=" + text, "icon=" + text, "category=" + text}
				argument := "--x=" + text
				if kind == "unit" {
					answers = append(answers, "arguments="+plan.JoinWords([]string{argument}))
				}
				_, files := s.with(answers...).render(t)
				e := evaluate(t, files)
				require.Equal(t, text+", "+text, e.Label)
				require.Contains(t, e.About, text)
				require.Equal(t, text+" failed", e.Title)
				require.True(t, strings.HasPrefix(e.Body, text+" is in a failed state on ${hostname}.\n\nLogs: journalctl -u ${serviceName} -n 100\n"), "%q", e.Body)
				require.Equal(t, text, e.Tile.Name)
				require.Equal(t, text, e.Tile.Description)
				require.Equal(t, text, e.Tile.Icon)
				require.Equal(t, text, e.Probe.Name)
				if kind == "unit" {
					want := []string{strings.ReplaceAll(argument, "{port}", "4242")}
					require.Equal(t, append([]string{"/p/bin/shiori"}, want...), e.Start)
				}
			}
		})
	}
}

// TestHostileEnvironment sets a variable for each text; software that is started
// by a unit of ours is told the port where the text names it.
func TestHostileEnvironment(t *testing.T) {
	var answers []string
	want := map[string]string{}
	for i, text := range lines {
		name := "V" + strings.Repeat("_", i)
		answers, want[name] = append(answers, "environment."+name+"="+text), text
	}
	for kind, s := range kinds() {
		t.Run(kind, func(t *testing.T) {
			_, files := s.with(answers...).render(t)
			e := evaluate(t, files)
			got := e.Environment
			if kind == "container" {
				got = e.Container
			}
			for name, text := range want {
				if kind != "container" {
					// A unit's value is for systemd, which expands percent signs.
					text = strings.NewReplacer("%", "%%", "{port}", "4242").Replace(text)
				}
				require.Equal(t, text, got[name], "%q", text)
			}
		})
	}
}

// TestHostileEverywhere: what a repo or a package set says is text too, and every
// file still parses.
func TestHostileEverywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(lines), rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("${}\"'\\\n\r; #*/[]()<>=a ")))).
			Filter(func(s string) bool { return !strings.ContainsRune(s, 0) && strings.TrimSpace(s) != "" }).Draw(rt, "text")
		s := everything
		if rapid.Bool().Draw(rt, "factory") {
			s = scenarios[slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == "factory" })]
		}
		p, f, c := s.plan(t)
		c.Storage.Parent, c.Storage.Compression = text, text
		f.Host.TimeZone = &text
		m := p.Model
		m.DisplayName, m.Description, m.Icon, m.Group, m.Category, m.PortReason, m.Profile = text, text, text, text, text, text, text
		m.Data.Dir, m.Data.Inside, m.Data.Compression, m.Data.Reason = text, text, text, text
		m.Mount.Name, m.Mount.Inside, m.Mount.Group, m.HealthPath, m.MetricsPath, m.Network = text, text, text, text, text, text
		m.Environment = []plan.Variable{{Name: text, Value: text}}
		m.SecretNames, m.ProbeURL.Conditions, m.Account.ExtraGroups = []string{text}, []string{text}, []string{text}
		m.Preseed = []string{text}
		files, err := render.Files(p, c, f, s.files(t))
		if err != nil {
			rt.Fatalf("%v", err)
		}
		for _, file := range files {
			if _, err := syntax.Parse(file.After); err != nil {
				rt.Fatalf("%s: %v\n%s", file.Path, err, file.After)
			}
		}
	})
}
