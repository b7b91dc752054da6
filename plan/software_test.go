package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestPackaging: native module, then package, then container.
func TestPackaging(t *testing.T) {
	native, pkg := &facts.NativeModule{Name: "ld"}, &facts.Package{Attribute: "pld", Version: ptr("1"), MainProgram: ptr("x")}
	newer := &facts.Package{Attribute: "pld", Version: ptr("2"), MainProgram: ptr("x")}
	stableAt, unstableAt := plan.Evidence{Option: "pkgs.pld.version", Value: "1"}, plan.Evidence{Option: "pkgs.unstable.pld.version", Value: "2"}
	for _, c := range []struct {
		name             string
		native           *facts.NativeModule
		stable, unstable *facts.Package
		want             plan.Packaging
		rejected         []any
		evidence         []plan.Evidence
	}{
		{"all", native, pkg, newer, plan.Native, []any{"unit", "container"}, []plan.Evidence{{Option: "services.ld.enable"}, stableAt, unstableAt}},
		{"module alone", native, nil, nil, plan.Native, []any{"container"}, []plan.Evidence{{Option: "services.ld.enable"}}},
		{"package", nil, pkg, nil, plan.OwnUnit, []any{"native", "container"}, []plan.Evidence{stableAt}},
		{"unstable package", nil, nil, newer, plan.OwnUnit, []any{"native", "container"}, []plan.Evidence{unstableAt}},
		{"nothing", nil, nil, nil, plan.Container, []any{"native", "unit"}, []plan.Evidence{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(repo(), "-packaging", "-image", "-containerPort", "-dataDir", "port=9090")
			in.Facts.Native, in.Facts.Package, in.Facts.Unstable = c.native, c.stable, c.unstable
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Packaging)
			d := decision(t, p, "packaging")
			require.NotEmpty(t, d.Reason)
			require.Equal(t, c.evidence, d.Evidence)
			rejected := []any{}
			for _, r := range d.Rejected {
				require.NotEmpty(t, r.Reason)
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

// TestPackagingWithAnswers is what naming a module or a package means for it.
func TestPackagingWithAnswers(t *testing.T) {
	settable := map[string]facts.NativeOption{"package": {Type: "package"}}
	pkg := &facts.Package{Attribute: "ld", Version: ptr("1"), MainProgram: ptr("x")}
	for _, c := range []struct {
		name     string
		answers  []string
		native   *facts.NativeModule
		pkg      *facts.Package
		want     plan.Packaging
		refused  string
		rejected string // the reason against a native module
	}{
		{"no module", []string{"native=no"}, nil, pkg, plan.OwnUnit, "", "you said that there is none"},
		{"neither", []string{"native=no", "package=no"}, nil, nil, plan.Container, "", "you said that there is none"},
		{"no package", []string{"package=no"}, nil, nil, plan.Container, "", "the host's nixpkgs has none of that name"},
		{"package and no module", []string{"package=ld"}, nil, pkg, plan.OwnUnit, "", "the host's nixpkgs has none of that name"},
		{"package that the module takes", []string{"package=ld"}, &facts.NativeModule{Name: "x", Options: settable}, pkg, plan.Native, "", ""},
		{"package that the module does not take", []string{"package=ld"}, &facts.NativeModule{Name: "x"}, pkg, plan.OwnUnit, "", "you named a package, and the module has no option for it"},
		{"module that is not there", []string{"native=ld"}, nil, pkg, "", "wrap services.ld: NixOS has no such module on forge; name the module with --set native=NAME, or choose another packaging; near are services.linkding-x", ""},
		{"package that is not there", []string{"package=ld"}, &facts.NativeModule{Name: "x", Options: settable}, nil, "", "use package ld: the host's package set has none that works; name another with --set package=NAME, or choose another packaging; near are pkgs.a, pkgs.b", ""},
		{"package that was removed", []string{"package=ld"}, nil, &facts.Package{Attribute: "ld", Throws: true}, "", "none that works (pkgs.ld to look at it already fails, as where it was removed)", ""},
		{"a module runs a package", []string{"packaging=native", "package=no"}, &facts.NativeModule{Name: "x", Options: settable}, nil, "", "read package: services.x runs a package", ""},
		{"a unit runs a package", []string{"packaging=unit", "package=no"}, nil, pkg, "", "use package linkding: the host's package set has none that works", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(with(repo(), "-packaging", "-image", "-containerPort", "-dataDir", "port=9090"), c.answers...)
			in.Facts.Native, in.Facts.Package = c.native, c.pkg
			in.Facts.Near = facts.Near{Natives: []string{"linkding-x"}, Packages: []string{"a", "b"}}
			if c.refused != "" {
				refused(t, in, c.refused)
				return
			}
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Packaging)
			rejected := ""
			for _, r := range decision(t, p, "packaging").Rejected {
				if r.Value == "native" {
					rejected = r.Reason
				}
			}
			require.Equal(t, c.rejected, rejected)
		})
	}
}

// TestImageNamed: who names an image wants a container, whatever nixpkgs has;
// who names a module or a package too does not say which.
func TestImageNamed(t *testing.T) {
	module := &facts.NativeModule{Name: "ld"}
	const named, contradiction = "you named an image", "read image: a service that is no container has none; leave it out, or choose packaging=container"
	for _, c := range []struct {
		name     string
		module   *facts.NativeModule
		answers  []string
		refused  string
		rejected []plan.Rejected
	}{
		{"module", module, nil, "", []plan.Rejected{{Value: "native", Reason: named}}},
		{"package", nil, nil, "", []plan.Rejected{{Value: "native", Reason: "the host's nixpkgs has none of that name"}, {Value: "unit", Reason: named}}},
		{"no module wanted", module, []string{"native=no"}, "", []plan.Rejected{{Value: "native", Reason: "you said that there is none"}, {Value: "unit", Reason: named}}},
		{"module too", module, []string{"native=ld"}, contradiction, nil},
		{"package too", nil, []string{"package=ld"}, contradiction, nil},
		{"unit", nil, []string{"packaging=unit"}, contradiction, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(with(repo(), "-packaging"), c.answers...)
			in.Facts.Native, in.Facts.Package = c.module, &facts.Package{Attribute: "ld", Version: ptr("1"), MainProgram: ptr("x")}
			if c.refused != "" {
				refused(t, with(in, "-containerPort"), c.refused)
				return
			}
			p := made(t, in)
			require.Equal(t, plan.Container, p.Model.Packaging)
			d := decision(t, p, "packaging")
			require.Equal(t, []any{"user", named, c.rejected}, []any{d.Rule, d.Reason, d.Rejected})
			in.Facts.Unreadable = []facts.Unreadable{{Cell: "native", Reason: "boom"}, {Cell: "package", Reason: "boom"}}
			require.Equal(t, plan.Container, made(t, in).Model.Packaging, "what cannot be evaluated is not wanted")
		})
	}
}

// TestCatalogSaysNone: what nixpkgs has under the name is other software.
func TestCatalogSaysNone(t *testing.T) {
	in := with(repo(), "-packaging", "-image")
	in.Entry = &catalog.Entry{Name: "linkding", File: "linkding.yaml", Native: []string{"none"}, Packages: []string{"none"}}
	require.Equal(t, []plan.Rejected{{Value: "native", Reason: "the catalog says that there is none"}, {Value: "unit", Reason: "the catalog says that there is none"}}, decision(t, made(t, in), "packaging").Rejected)
}

// TestUnreadable: what cannot be evaluated is in nobody's way who wants a
// container, and of a module only what was needed.
func TestUnreadable(t *testing.T) {
	for _, cell := range []string{"native", "package"} {
		in := repo()
		in.Facts.Unreadable = []facts.Unreadable{{Cell: cell, Reason: "boom"}}
		require.Equal(t, plan.Container, made(t, in).Model.Packaging)
		refused(t, with(in, "-packaging", "-image"), "look for linkding in nixpkgs: it cannot be evaluated: boom; mend it, or choose packaging=container")
		refused(t, with(in, "packaging=unit"), "look for linkding in nixpkgs")
	}
	in := nativeRepo(nil)
	in.Facts.Unreadable = []facts.Unreadable{{Cell: "nativeInside", Reason: "boom"}, {Cell: "near", Reason: "boom"}}
	require.Equal(t, plan.Native, made(t, in).Model.Packaging)
}

// TestNear: one question where a name begins with the service's and nothing
// else tells what it is; else near names are told.
func TestNear(t *testing.T) {
	entry := &catalog.Entry{Name: "linkding", File: "linkding.yaml"}
	for _, c := range []struct {
		name     string
		near     facts.Near
		change   func(*plan.Input)
		question string
		choices  []string
		note     bool
	}{
		{"module", facts.Near{Natives: []string{"linkding-ng", "linkdingx"}, Packages: []string{"linkding-ng"}}, nil, "native", []string{"linkding-ng", "no"}, false},
		{"package", facts.Near{Packages: []string{"linkding-cli", "linkding-ng", "linkding-two"}}, nil, "package", []string{"linkding-ng", "linkding-two", "no"}, false},
		{"clients and plugins", facts.Near{Packages: []string{"linkding-cli", "linkding-desktop", "linkding-x-plugin"}}, nil, "", nil, true},
		{"parts of names", facts.Near{Natives: []string{"my-linkding", "linkdingx"}}, nil, "", nil, true},
		{"none", facts.Near{}, nil, "", nil, false},
		{"image said", facts.Near{Natives: []string{"linkding-ng"}}, func(in *plan.Input) { *in = with(*in, "image="+image) }, "", nil, true},
		{"packaging said", facts.Near{Natives: []string{"linkding-ng"}}, func(in *plan.Input) { *in = with(*in, "packaging=container", "image="+image) }, "", nil, false},
		{"no module said", facts.Near{Natives: []string{"linkding-ng"}, Packages: []string{"linkding-ng"}}, func(in *plan.Input) { *in = with(*in, "native=no") }, "", nil, true},
		{"in the catalog", facts.Near{Natives: []string{"linkding-ng"}}, func(in *plan.Input) { in.Entry = entry }, "", nil, false},
		{"there", facts.Near{Natives: []string{"linkding-ng"}}, func(in *plan.Input) {
			in.Facts.Package = &facts.Package{Attribute: "linkding", MainProgram: ptr("x")}
			*in = with(*in, "-containerPort", "-dataDir", "port=9090")
		}, "", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(repo(), "-packaging", "-image")
			in.Facts.Near = c.near
			if c.change != nil {
				c.change(&in)
			}
			p := made(t, in)
			if c.question != "" {
				require.Equal(t, []string{c.question}, questions(p), "all others depend on it")
				var values []string
				for _, choice := range p.Questions[0].Choices {
					values = append(values, choice.Value)
				}
				require.Equal(t, c.choices, values)
				require.NoError(t, plan.CheckAnswers(map[string]string{c.question: values[0]}))
				require.False(t, p.Ready())
				require.Empty(t, p.Promises)
			} else {
				require.NotContains(t, questions(p), "native")
				require.NotContains(t, questions(p), "package")
			}
			noted := slices.ContainsFunc(p.Notes, func(n string) bool {
				return strings.HasPrefix(n, "Nixpkgs has nothing that is called linkding; near are ")
			})
			require.Equal(t, c.note, noted, "%v", p.Notes)
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
		refused(t, with(unitRepo(), "packaging=unit", said), "read "+name+": a service that is no container has none")
		refused(t, with(nativeRepo(nil), "packaging=native", said), "read "+name+": a service that is no container has none")
	}
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
		"a.b/../c:1@" + digest:           "is no name and tag of a repository",
		"a.b/c:..@" + digest:             "is no name and tag of a repository",
		"a.b/c:-x":                       "is no name and tag of a repository",
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
		require.NotRegexp(t, `[/:][.-]`, s)
		require.Regexp(t, `^[A-Za-z0-9._:/-]+(:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64})?$`, s)
	})
}
