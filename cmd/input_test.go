package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// wrong wants a run to refuse its input: exit code 2, nothing on standard
// output, a message.
func (f *fleet) wrong(message string, args ...string) {
	f.t.Helper()
	code, stdout, stderr := f.run(args...)
	require.Equal(f.t, 2, code, stderr)
	require.Contains(f.t, stderr, message)
	require.Empty(f.t, stdout)
	require.NoDirExists(f.t, filepath.Join(f.dir, ".git", "scaffold"), "refused before the repo was looked at")
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	defer f.untouched()()
	outside := filepath.Dir(f.dir)
	names := []string{
		"", " ", "..", "../../x", "a/b", "/etc/x", "a b", "a\nb", "a\tb", "a\x7fb", "-", "a-", "a--b", "-rf", "--yes", "_x", "1x", "A", "aB",
		"${x}", "''${x}", `a"b`, "a'b", "a;b", "a.b", "x.service", "a@b", "a:b", "a\\b", "$(id)", "`id`", "ünï", "日本", "a\u202eb", "\xff",
		"if", "then", "let", "in", "rec", "with", "inherit", "assert", "or", "true", "null", "default", "root",
		strings.Repeat("a", 32), strings.Repeat("a", 5000),
	}
	for _, name := range names {
		for _, command := range [][]string{{"--host", "forge", "--yes", "--no-build", "--", name}, {"plan", "--host", "forge", "--", name}} {
			f.wrong("read service name", command...)
		}
	}
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is made beside the repo")
}

func TestNamesThatLookLikeFlags(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	for _, name := range []string{"-rf", "--rf", "-y=3"} {
		f.wrong("read flags", "plan", name)
	}
	f.wrong("unknown flag: --no-build; see scaffold plan --help", "plan", "linkding", "--no-build")
}

func TestHostileValues(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	defer f.untouched()()
	for _, tt := range []struct{ set, want string }{
		{"noequals", "write it as name=value"},
		{"=x", "write it as name=value"},
		{"bogus=x", `"bogus" is unknown; known are alerts.NAME, `},
		{"Port=80", `"Port" is unknown; did you mean port`},
		{"port=", "is no port"},
		{"port=0", "is no port"},
		{"port=65536", "is no port"},
		{"port=080", "is no port"},
		{"port=80; rm -rf /", "is no port"},
		{"port=99999999999999999999", "is no port"},
		{"containerPort=-1", "is no port"},
		{"packaging=docker", "choose one of native, unit, container"},
		{"auth=basic", "choose one of oidc, trusted-header"},
		{"workload=big", "choose one of sqlite, database"},
		{"runAs=root", "choose one of"},
		{"backup=maybe", "choose one of yes, no"},
		{"dataDir=relative", "is no absolute path"},
		{"dataDir=/a/../../etc", "is no absolute path"},
		{"dataDir=/a/./b", "is no absolute path"},
		{"dataDir=/a b", "is no absolute path"},
		{"dataDir=/${x}", "is no absolute path"},
		{"dataDir=/", "is no absolute path"},
		{"mountPath=/a\nb", "is no absolute path"},
		{"healthPath=http://x", "is no path of a URL"},
		{"metricsPath=/a b", "is no path of a URL"},
		{"image=x", "read image"},
		{"image=ghcr.io/x/y:latest@" + digest, "read image"},
		{"image=ghcr.io/x/${y}:1@" + digest, "read image"},
		{"image=ghcr.io/x/y:1@sha256:abc", "read image"},
		{"description=", "is not one line of text"},
		{"description=a\nb", "is not one line of text"},
		{"description=a\x1b[31mb", "is not one line of text"},
		{"description=" + strings.Repeat("x", 201), "more than 200"},
		{"displayName=\t", "is not one line of text"},
		{"group=a b", "is no name"},
		{"policy=../x", "is no name"},
		{"nfs=a/b", "is no name"},
		{"native=services.x; y", "is no name"},
		{"hostName=a.b", "is no DNS label"},
		{"hostName=-a", "is no DNS label"},
		{"secrets=lower", "is no name of an environment variable"},
		{"secrets=A,,B", "is no name of an environment variable"},
		{"environment.=x", "is no name of a variable"},
		{"environment.A B=x", "is no name of a variable"},
		{"environment.${x}=x", "is no name of a variable"},
	} {
		f.wrong(tt.want, "plan", "linkding", "--host", "forge", "--set", tt.set)
	}
}

// What a shell cannot say, a file can.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "example")
	defer f.untouched()()
	file := filepath.Join(t.TempDir(), "answers")
	for _, tt := range []struct{ name, content, want string }{
		{"NUL in a line", `{"description": "a\u0000b"}`, "read description"},
		{"NUL in a variable", `{"environment": {"A": "a\u0000b"}}`, "read environment.A"},
		{"NUL in a name", `{"a\u0000b": "x"}`, "is unknown"},
		{"no mapping", `[1, 2]`, "neither YAML nor JSON"},
		{"a scalar", `just text`, "neither YAML nor JSON"},
		{"broken JSON", `{"port": `, "neither YAML nor JSON"},
		{"null", `port: null`, "port has no value"},
		{"null deeper", `environment: {A: null}`, "environment.A has no value"},
		{"unknown", `bogus: 1`, `"bogus" is unknown`},
		{"unknown deeper", `port: {host: 1}`, `"port.host" is unknown`},
		{"wrong type", `port: true`, `"yes" is no port`},
		{"a fraction", `port: 80.5`, "is no port"},
		{"a list", `port: [1, 2]`, "is no port"},
		{"twice", "port: 1\nport: 2\n", "read answers"},
	} {
		require.NoError(t, os.WriteFile(file, []byte(tt.content), 0o600))
		f.wrong(tt.want, "plan", "linkding", "--host", "forge", "--answers", file)
	}
	f.wrong("read answers", "plan", "linkding", "--answers", filepath.Join(f.dir, "none.yaml"))
	f.wrong("read answers", "plan", "linkding", "--answers", f.dir)
}

// What may be hostile and is allowed is text in the files, never code.
func TestHostileTextIsEscaped(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	text := `a "b" ${builtins.abort "out"} ''${c} \ 'd' */ # e`
	value := `${builtins.abort "x"} "quoted" ''two'' \n $HOME ünï` + "\u00a0"
	code, stdout, stderr := f.run(addArgs("cyberchef", "--yes", "--no-build", "--json",
		"--set", "description="+text, "--set", "displayName=D ${x} \"y\" ''z''", "--set", "environment.MOTD="+value, "--set", "environment.EMPTY=",
		"--set", "icon=${i}\"")...)
	require.Equal(t, 0, code, stderr)
	require.Equal(t, "written", gjson.Get(stdout, "status").String())
	require.False(t, gjson.Get(stdout, "results.#(kept==false)").Exists(), stdout)

	c := f.command()
	nix := needNix(t, "nix")
	c.Path, c.Args = nix, []string{"nix", "eval", "--json", ".#nixosConfigurations.forge.config", "--apply",
		"c: { e = c.virtualisation.oci-containers.containers.cyberchef.environment; d = c.modules.services.homepage.contributions.cyberchef; }"}
	out, err := c.Output()
	require.NoError(t, err)
	require.Equal(t, value, gjson.GetBytes(out, "e.MOTD").String())
	require.True(t, gjson.GetBytes(out, "e.EMPTY").Exists())
	require.Empty(t, gjson.GetBytes(out, "e.EMPTY").String())
	require.Equal(t, text, gjson.GetBytes(out, "d.description").String())
	require.Equal(t, `${i}"`, gjson.GetBytes(out, "d.icon").String())
}
