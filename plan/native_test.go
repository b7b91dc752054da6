package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func TestNative(t *testing.T) {
	refused(t, with(repo(), nativeAnswers...), "wrap services.linkding: NixOS has no such module on forge")
	in := nativeRepo(nil)
	in.Facts.Native.Enabled = true
	refused(t, in, "wrap services.linkding: it is already enabled on forge")
	p := made(t, with(nativeRepo(nil), "native=ld"))
	require.Equal(t, "ld", p.Model.NativeName)
	require.Equal(t, "user", decision(t, p, "native").Rule)
}

// TestNativeByAnotherName says why it is that one.
func TestNativeByAnotherName(t *testing.T) {
	for name, want := range map[string]string{
		"ld":           "the catalog says that it is called so there",
		"link-ding":    "it is the same name, spelled in another way",
		"linkding-ngx": "none has the service's own name, and this is the same but for the suffix",
	} {
		in := nativeRepo(nil)
		in.Entry = &catalog.Entry{Name: "linkding", File: "linkding.yaml", Native: []string{"ld"}}
		in.Facts.Native.Name = name
		p := made(t, in)
		require.Equal(t, name, p.Model.NativeName)
		d := decision(t, p, "native")
		require.Equal(t, want, d.Reason)
		require.Equal(t, "services."+name+".enable", d.Evidence[0].Option)
	}
	in := nativeRepo(nil)
	in.Facts.Native.Name = "linkding"
	require.Empty(t, made(t, in).String("native"), "its own name needs no reason")
}

// TestNativePackage: the module runs its own package, unless that cannot be
// built and the second package set has it.
func TestNativePackage(t *testing.T) {
	good, broken := &facts.Package{Attribute: "ld", Version: ptr("2")}, &facts.Package{Attribute: "ld", Version: ptr("1"), Broken: true}
	settable := map[string]facts.NativeOption{"package": {Type: "package"}}
	for _, c := range []struct {
		name             string
		options          map[string]facts.NativeOption
		runs             *string
		stable, unstable *facts.Package
		said             string
		want             string // the package that is set, empty for the module's own
		refused          string
	}{
		{"its own", settable, nil, good, good, "", "", ""},
		{"unknown", settable, nil, nil, nil, "", "", ""},
		{"broken", settable, nil, broken, good, "", "unstable.ld", ""},
		{"broken, and it runs it", settable, ptr("ld"), broken, good, "", "unstable.ld", ""},
		{"broken, and it runs another", settable, ptr("other"), broken, good, "", "", ""},
		{"broken and no option", nil, nil, broken, good, "", "", "wrap services.linkding: its package cannot be used: nixpkgs marks it broken"},
		{"broken everywhere", settable, nil, broken, broken, "", "", "wrap services.linkding: its package cannot be used: nixpkgs marks it broken"},
		{"broken and no other", settable, nil, broken, nil, "", "", "wrap services.linkding: its package cannot be used"},
		{"said", settable, nil, good, good, "unstable.ld", "unstable.ld", ""},
		{"said and no option", nil, nil, good, good, "unstable.ld", "", "read package: services.linkding has no option for it"},
		{"said and broken", settable, nil, good, broken, "unstable.ld", "", "none that works"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := nativeRepo(c.options)
			in.Facts.Native.Package, in.Facts.Package, in.Facts.Unstable = c.runs, c.stable, c.unstable
			if c.said != "" {
				in = with(in, "package="+c.said)
			}
			if c.refused != "" {
				refused(t, in, c.refused)
				return
			}
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Package)
			require.Equal(t, c.want != "", p.Model.NativeNames["package"] == "package")
			require.Equal(t, c.want, p.String("package"))
			require.Empty(t, p.Model.Program)
			require.NotContains(t, questions(p), "program")
		})
	}
}

// TestNativeIsLeftAside where what it runs cannot be built.
func TestNativeIsLeftAside(t *testing.T) {
	in := with(nativeRepo(nil), "-packaging")
	in.Facts.Package = &facts.Package{Attribute: "ld", Version: ptr("1"), Broken: true}
	in.Facts.Unstable = &facts.Package{Attribute: "ld", Version: ptr("2"), MainProgram: ptr("ld")}
	p := made(t, in)
	require.Equal(t, plan.OwnUnit, p.Model.Packaging)
	require.Equal(t, "unstable.ld", p.Model.Package)
	require.Equal(t, plan.Rejected{Value: "native", Reason: "its package cannot be used: nixpkgs marks it broken"}, decision(t, p, "packaging").Rejected[0])
	in.Facts.Native.Options = map[string]facts.NativeOption{"package": {}}
	require.Equal(t, plan.Native, made(t, in).Model.Packaging, "the module can be given the other one")
	in.Facts.Unstable = nil
	in = with(in, "image="+image, "containerPort=9090", "dataDir=/data", "-port")
	p = made(t, in)
	require.Equal(t, plan.Container, p.Model.Packaging)
	require.Equal(t, "no package of that name can be used (pkgs.ld 1: nixpkgs marks it broken)", decision(t, p, "packaging").Rejected[1].Reason)
}

// TestNativeOptions are found at the module's top, else in settings of its own.
func TestNativeOptions(t *testing.T) {
	port := facts.NativeOption{Type: "unsignedInt16", Default: 4533.0}
	for _, c := range []struct {
		name     string
		options  map[string]facts.NativeOption
		inside   map[string]facts.NativeOption
		want     map[string]string
		wantPort int
	}{
		{"in settings", nil, map[string]facts.NativeOption{"settings.Port": port, "settings.Address": {}}, map[string]string{"port": "settings.Port", "address": "settings.Address"}, 4533},
		{"in a part of settings", nil, map[string]facts.NativeOption{"settings.server.HTTP_PORT": port}, map[string]string{"port": "settings.server.HTTP_PORT"}, 4533},
		{"of what it uses", nil, map[string]facts.NativeOption{"database.port": port, "settings.smtp.port": port, "settings.redis.host": {}}, map[string]string{}, 0},
		{"the top goes first", map[string]facts.NativeOption{"port": {Type: "port", Default: 80.0}}, map[string]facts.NativeOption{"settings.Port": port}, map[string]string{"port": "port"}, 80},
		{"accounts only at the top", nil, map[string]facts.NativeOption{"settings.user": {}, "settings.group": {}, "settings.dataDir": {}}, map[string]string{}, 0},
		{"a set is none", map[string]facts.NativeOption{"port": {Type: "set"}, "user": {Type: "set"}}, nil, map[string]string{}, 0},
		{"no default", map[string]facts.NativeOption{"port": {Type: "port"}}, nil, map[string]string{"port": "port"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(nativeRepo(c.options), "-port")
			in.Facts.Native.Inside = c.inside
			p := made(t, in)
			require.Equal(t, c.want, p.Model.NativeNames)
			require.Equal(t, c.wantPort, p.Model.Port)
			require.Equal(t, c.wantPort == 0, len(questions(p)) == 1 && questions(p)[0] == "port")
		})
	}
}
