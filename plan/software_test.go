package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestPackaging: native module, then package, then container.
func TestPackaging(t *testing.T) {
	native, pkg := &facts.NativeModule{}, &facts.Package{Version: ptr("1"), MainProgram: ptr("x")}
	for _, c := range []struct {
		name             string
		native           *facts.NativeModule
		stable, unstable *facts.Package
		want             plan.Packaging
		rejected         []any
	}{
		{"all", native, pkg, pkg, plan.Native, []any{}},
		{"package", nil, pkg, nil, plan.OwnUnit, []any{"native"}},
		{"unstable package", nil, nil, pkg, plan.OwnUnit, []any{"native"}},
		{"nothing", nil, nil, nil, plan.Container, []any{"native", "unit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(repo(), "-packaging", "-image", "-containerPort", "-dataDir", "port=9090")
			in.Facts.Native, in.Facts.Package, in.Facts.Unstable = c.native, c.stable, c.unstable
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Packaging)
			d := decision(t, p, "packaging")
			require.NotEmpty(t, d.Reason)
			rejected := []any{}
			for _, r := range d.Rejected {
				rejected = append(rejected, r.Value)
			}
			require.Equal(t, c.rejected, rejected)
		})
	}
	in := repo()
	in.Facts.Native = native
	require.Equal(t, plan.Container, made(t, in).Model.Packaging, "the user's word goes first")
	require.Equal(t, "user", decision(t, made(t, in), "packaging").Rule)
}

// TestPackage: stable, else unstable; broken is as good as none.
func TestPackage(t *testing.T) {
	good := func(version string) *facts.Package {
		return &facts.Package{Version: &version, MainProgram: ptr("x")}
	}
	broken := &facts.Package{Version: ptr("0"), Broken: true}
	for _, c := range []struct {
		name             string
		stable, unstable *facts.Package
		said             string
		want, option     string // empty if refused
	}{
		{"stable", good("1"), good("2"), "", "linkding", "pkgs.linkding.version"},
		{"only unstable", nil, good("2"), "", "unstable.linkding", "pkgs.unstable.linkding.version"},
		{"stable is broken", broken, good("2"), "", "unstable.linkding", "pkgs.unstable.linkding.version"},
		{"no unstable", good("1"), nil, "", "linkding", "pkgs.linkding.version"},
		{"unstable is broken", good("1"), broken, "", "linkding", "pkgs.linkding.version"},
		{"both are broken", broken, broken, "", "", ""},
		{"broken and no other", broken, nil, "", "", ""},
		{"none", nil, nil, "", "", ""},
		{"said", good("1"), good("2"), "ld", "ld", "pkgs.ld.version"},
		{"unstable said", good("1"), good("2"), "unstable.ld", "unstable.ld", "pkgs.unstable.ld.version"},
		{"unstable said and not there", good("1"), nil, "unstable.ld", "", ""},
		{"unstable said and broken", good("1"), broken, "unstable.ld", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := unitRepo()
			in.Facts.Package, in.Facts.Unstable = c.stable, c.unstable
			if c.said != "" {
				in = with(in, "package="+c.said)
			}
			if c.want == "" {
				refused(t, in, "the host's package set has n")
				return
			}
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Package)
			d := decision(t, p, "package")
			require.Equal(t, c.option, d.Evidence[0].Option)
			require.Equal(t, c.said != "", d.Rule == "user")
			require.Equal(t, "x", p.Model.Program)
		})
	}
}

func TestProgram(t *testing.T) {
	p := made(t, with(unitRepo(), "program=ld", "arguments=serve  --port {port}"))
	require.Equal(t, "ld", p.Model.Program)
	require.Equal(t, []string{"serve", "--port", "{port}"}, p.Model.Arguments)
	require.Equal(t, "linkding-server", made(t, unitRepo()).Model.Program)
	for _, said := range []string{"package=x", "program=x", "arguments=x"} {
		name, _, _ := strings.Cut(said, "=")
		refused(t, with(repo(), said), "read "+name+": a container has none")
	}
	for _, said := range []string{"image=" + image, "containerPort=80", "runAs=user", "network=media-services"} {
		name, _, _ := strings.Cut(said, "=")
		refused(t, with(unitRepo(), said), "read "+name+": a service that is no container has none")
		refused(t, with(nativeRepo(nil), said), "read "+name+": a service that is no container has none")
	}
}

func TestNative(t *testing.T) {
	refused(t, with(repo(), nativeAnswers...), "wrap services.linkding: NixOS has no such module on forge")
	in := nativeRepo(nil)
	in.Facts.Native.Enabled = true
	refused(t, in, "wrap services.linkding: it is already enabled on forge")
	p := made(t, with(nativeRepo(nil), "native=ld"))
	require.Equal(t, "ld", p.Model.NativeName)
}

// TestUnit is the name under which the service's unit is found.
func TestUnit(t *testing.T) {
	in := repo()
	require.Equal(t, "podman-linkding", made(t, in).Model.Unit)
	in.Facts.Host.Backend = ptr("docker")
	require.Equal(t, "docker-linkding", made(t, in).Model.Unit)
	in.Facts.Host.Backend = nil
	require.Equal(t, "podman-linkding", made(t, in).Model.Unit)
	require.Equal(t, "linkding", made(t, unitRepo()).Model.Unit)
	for _, c := range []struct {
		name, native string
		units        map[string]facts.UnitDetail
		want         string
	}{
		{"like the module", "ld", map[string]facts.UnitDetail{"ld": {}, "a": {Starts: true}}, "ld"},
		{"like the service", "ld", map[string]facts.UnitDetail{"linkding": {}, "a": {Starts: true}}, "linkding"},
		{"the one that runs", "ld", map[string]facts.UnitDetail{"a": {}, "b": {Starts: true, Type: ptr("oneshot")}, "c": {Starts: true, Type: ptr("notify")}, "d": {Starts: true}}, "c"},
		{"unknown", "ld", nil, "ld"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(nativeRepo(nil), "native="+c.native)
			in.Facts.Native.Units = c.units
			require.Equal(t, c.want, made(t, in).Model.Unit)
		})
	}
}

func TestCheckImage(t *testing.T) {
	for _, good := range []string{image, "quay.io/a/b/c:1@" + digest, "localhost:5000/x/y:v1.2.3-alpine@" + digest, "docker.io/library/nginx:1.27@" + digest,
		"ghcr.io/a/b", "ghcr.io/a/b:1", "localhost/a"} {
		require.NoError(t, plan.CheckImage(good), good)
	}
	for bad, want := range map[string]string{
		"":                               "is no image",
		"nginx":                          "does not say its registry",
		"a/b:1":                          "does not say its registry",
		"ghcr.io/a/b:latest":             "names no version",
		"ghcr.io/a/b:1@":                 "",
		"ghcr.io/a/b:1@md5:aaaa":         "unsupported digest",
		"ghcr.io/a/b:1@sha256:aaaa":      "invalid checksum digest",
		"ghcr.io/a/b:1@" + digest + "a":  "invalid checksum digest",
		"ghcr.io/a/b:1@" + digest + "\n": "is no image",
		"ghcr.io/a/b@" + digest:          "tag must be",
		"ghcr.io/a/b:latest@" + digest:   "names no version",
		"ghcr.io/A/b:1@" + digest:        "",
		"ghcr.io/${x}:1@" + digest:       "",
		"ghcr.io/a b:1@" + digest:        "",
		"ghcr.io/a/b:1\"@" + digest:      "",
		"ghcr.io/a@b/c:1@" + digest:      "",
		"../b:1@" + digest:               "",
		"-v:1@" + digest:                 "",
		"b:1@" + digest:                  "",
		"a.'$(x)/b:1@" + digest:          "is no image",
		"a.!b/c:1@" + digest:             "is no image",
		"-a.b/c:1@" + digest:             "is no registry",
	} {
		require.ErrorContains(t, plan.CheckImage(bad), want, "%q", bad)
		refused(t, with(repo(), "image="+bad), "read image: ")
	}
}

// FuzzCheckImage: what is accepted has one tag and one digest and needs no
// quoting in a comment, a string or a command.
func FuzzCheckImage(f *testing.F) {
	f.Add(image)
	f.Add("a.b/c:1@" + digest)
	f.Add("ghcr.io/a/b:${x}@" + digest)
	f.Fuzz(func(t *testing.T, s string) {
		if plan.CheckImage(s) != nil {
			return
		}
		require.Regexp(t, `^[A-Za-z0-9._:/-]+(:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64})?$`, s)
	})
}
