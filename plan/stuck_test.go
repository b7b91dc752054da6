package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// stuckRepo is a host on which somebody has the port of a service that the
// catalog knows as image, and nixpkgs as a package or module.
func stuckRepo(answers ...string) plan.Input {
	in := typed(append([]string{"auth=none", "category=media"}, answers...)...)
	in.Entry = entry()
	in.Entry.Port = 8989 // sonarr's
	in.Facts.Package = &facts.Package{Attribute: "linkding", Version: ptr("1.36"), MainProgram: ptr("linkding-server")}
	return in
}

func rejection(t *testing.T, p *plan.Plan, value string) string {
	t.Helper()
	for _, r := range decision(t, p, "packaging").Rejected {
		if r.Value == value {
			return r.Reason
		}
	}
	return ""
}

// TestStuckUnit: where nothing moves a program off a port that is taken, a
// container goes first, and says why.
func TestStuckUnit(t *testing.T) {
	p := made(t, stuckRepo())
	require.Equal(t, "container", p.String("packaging"))
	require.Equal(t, "its port 8989 is taken by sonarr, and nothing tells it another", rejection(t, p, "unit"))
	in := stuckRepo()
	in.Entry.Port = 80
	require.Equal(t, "a unit without privileges cannot open port 80, and nothing tells it another", rejection(t, made(t, in), "unit"))
	for name, in := range map[string]plan.Input{
		"it can be moved": stuckRepo("arguments=--port {port}"), "another port was said": stuckRepo("port=9191"),
	} {
		require.Equal(t, "unit", made(t, in).String("packaging"), name)
	}
	in = stuckRepo()
	in.Entry.Images = nil
	refused(t, in, "use port 8989: sonarr has it")
	refused(t, stuckRepo("package=linkding"), "use port 8989: sonarr has it")
	refused(t, stuckRepo("packaging=unit"), "use port 8989: sonarr has it")
}

// TestStuckModule is the same of a module of NixOS that has no option for it.
func TestStuckModule(t *testing.T) {
	native := func(options map[string]facts.NativeOption, answers ...string) plan.Input {
		in := stuckRepo(answers...)
		in.Facts.Native = &facts.NativeModule{Name: "linkding", Options: options, Units: map[string]facts.UnitDetail{"linkding": {Starts: true}}}
		return in
	}
	p := made(t, native(nil))
	require.Equal(t, "container", p.String("packaging"))
	require.Equal(t, "its port 8989 is taken by sonarr, and nothing tells it another", rejection(t, p, "native"))
	require.Equal(t, "native", made(t, native(map[string]facts.NativeOption{"port": {Type: "int", HasDefault: true, Default: 8989.0}})).String("packaging"))
	refused(t, native(nil, "native=linkding"), "use port 8989: sonarr has it")
}
