package discover_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// cellsOf are the names of unreadable cells.
func cellsOf(unreadable []facts.Unreadable) []string {
	var cells []string
	for _, u := range unreadable {
		cells = append(cells, u.Cell)
	}
	return cells
}

const sonarrFile = "hosts/forge/services/sonarr.nix"

// plantImage gives the example's Sonarr an image.
func plantImage(t *testing.T, dir, value string) {
	t.Helper()
	replaceIn(t, dir, sonarrFile, "        enable = true;\n", "        enable = true;\n        image = "+value+";\n")
}

// TestUnreadableValue plants values that Nix cannot read.
func TestUnreadableValue(t *testing.T) {
	gittest.Isolate(t)
	for _, c := range []struct{ name, value, reason string }{
		{"abort", `abort "planted"`, "planted"},
		{"missing attribute", "{ a = 1; }.planted", "planted"},
		{"wrong type", `"x" + 1`, "integer"},
		{"infinite recursion", "let x = x; in x", "infinite recursion"},
		{"missing file", "builtins.readFile ./planted", "planted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachNix(t, func(t *testing.T, nix string) {
				dir := copyExample(t, "example")
				plantImage(t, dir, c.value)
				target, counted := openAt(t, nix, dir)
				f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Only: []string{"service", "container"}})
				require.NoError(t, err)
				require.Equal(t, []string{"container sonarr", "service sonarr"}, cellsOf(f.Unreadable))
				for _, u := range f.Unreadable {
					require.Contains(t, u.Reason, c.reason)
					if c.name == "abort" && strings.HasSuffix(t.Name(), "/2.8.0") {
						require.Equal(t, "modules.services.sonarr.image", u.Option, "old Nix does not tell where an abort is")
						continue
					}
					require.Equal(t, sonarrFile, u.File)
					require.Equal(t, 12, u.Line)
				}
				require.Equal(t, 3, counted.evaluations(t), "one for each that is left out")
				require.Contains(t, f.Services, "qbittorrent")
			})
		})
	}
}

// TestUnreadableValueLeavesAllElse holds the facts against those of the healthy
// repo.
func TestUnreadableValueLeavesAllElse(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	q := everything
	q.Toplevel = false
	healthy, _ := openAt(t, nix, dir)
	want, err := healthy.Facts(t.Context(), q)
	require.NoError(t, err)

	plantImage(t, dir, `abort "planted"`)
	before := gittest.State(t, dir)
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []string{"container sonarr", "focus podman-sonarr", "service sonarr", "stale hosts/forge/lib/defaults.nix", "units podman-sonarr"}, cellsOf(f.Unreadable))
	require.Equal(t, before, gittest.State(t, dir))
	delete(want.Containers, "sonarr")
	delete(want.Services, "sonarr")
	delete(want.Units, "podman-sonarr")
	delete(want.Focus, "podman-sonarr")
	delete(want.Handovers, "podman-sonarr")
	// Which unit writes what an alert of sonarr asks for is looked for in all units.
	delete(want.Stale, "hosts/forge/lib/defaults.nix")
	want.Host.Source, want.Unreadable = f.Host.Source, f.Unreadable
	require.Equal(t, want, f)
}

// TestThrowIsCaught holds that a throw costs the one value, not its cell, and
// no run of nix.
func TestThrowIsCaught(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	plantImage(t, dir, `throw "planted"`)
	target, counted := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	require.Nil(t, f.Containers["sonarr"].Image)
	require.Nil(t, f.Services["sonarr"].Options["image"].Value)
	require.Equal(t, "915", f.Services["sonarr"].Options["user"].Value)
	require.Equal(t, 1, counted.evaluations(t))
}

// TestThrowOfTheServiceInQuestionIsExplained: Nix does not tell a message that
// was caught, so it is asked for.
func TestThrowOfTheServiceInQuestionIsExplained(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	replaceIn(t, dir, "hosts/forge/core/users.nix", "{\n", "{\n  systemd.services.tautulli.serviceConfig = throw \"planted\";\n")
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Only: []string{"focus"}, Service: "tautulli"})
	require.NoError(t, err)
	require.Equal(t, []string{"focus tautulli"}, cellsOf(f.Unreadable))
	require.Equal(t, "planted", f.Unreadable[0].Reason)
	require.Contains(t, f.Unreadable[0].Option, "systemd.services.tautulli")
	require.Contains(t, f.Focus, "preseed-tautulli")

	f, err = target.Facts(t.Context(), discover.Query{Host: "forge", Only: []string{"focus"}, Service: "tautul"})
	require.NoError(t, err)
	require.Equal(t, []string{"focus tautulli"}, cellsOf(f.Unreadable))
	require.NotContains(t, f.Unreadable[0].Reason, "planted", "of others it is not")
}

// TestUnreadableTogether plants two at once, and one that all cells need.
func TestUnreadableTogether(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	plantImage(t, dir, `abort "one"`)
	replaceIn(t, dir, "hosts/forge/core/users.nix", "{\n", "{\n  users.users.planted = { uid = abort \"two\"; isSystemUser = true; group = \"media\"; };\n")
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Toplevel: true})
	require.NoError(t, err)
	require.Equal(t, []string{"assertions", "container sonarr", "service sonarr", "toplevel", "units podman-sonarr", "users planted"}, cellsOf(f.Unreadable))
	require.Contains(t, f.Users, "sonarr")
	require.NotEmpty(t, f.Groups)
	require.NotEmpty(t, f.Vhosts)
	require.Contains(t, f.Services, "qbittorrent")
	require.Empty(t, f.Toplevel)
}

// TestBrokenRepo is about what leaves no facts at all: why and where is said.
func TestBrokenRepo(t *testing.T) {
	gittest.Isolate(t)
	for _, c := range []struct {
		name, file, before, after string
		kind                      nixeval.Kind
		names                     string // what the error names
	}{
		{"a file that does not parse", "hosts/forge/services/sonarr.nix", "config = lib.mkMerge [", "config = lib.mkMerge ] [", nixeval.Syntax, "hosts/forge/services/sonarr.nix:"},
		{"an enable that aborts", "hosts/forge/services/sonarr.nix", "        enable = true;\n", "        enable = abort \"planted\";\n", nixeval.Abort, "modules.services.sonarr.enable"},
		{"an option that does not exist", "hosts/forge/services/sonarr.nix", "        enable = true;\n", "        enable = true;\n        planted = 1;\n", nixeval.MissingAttribute, "hosts/forge/services/sonarr.nix"},
		{"an import that is missing", "hosts/forge/default.nix", "./services/emqx.nix", "./services/planted.nix ./services/emqx.nix", nixeval.MissingFile, "hosts/forge/services/planted.nix"},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachNix(t, func(t *testing.T, nix string) {
				dir := copyExample(t, "example")
				replaceIn(t, dir, c.file, c.before, c.after)
				target, counted := openAt(t, nix, dir)
				f, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
				require.Nil(t, f)
				var e *nixeval.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, c.kind, e.Kind, "%v", err)
				require.ErrorContains(t, err, c.names)
				require.NotEmpty(t, e.Hint)
				require.LessOrEqual(t, counted.evaluations(t), 2)
			})
		})
	}
}

// TestFailingAssertion keeps the facts, and says which assertion.
func TestFailingAssertion(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	replaceIn(t, dir, "hosts/forge/core/users.nix", "{\n", "{\n  assertions = [ { assertion = false; message = \"planted\"; } { assertion = false; message = throw \"x\"; } ];\n  warnings = [ \"beware\" ];\n")
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Toplevel: true})
	require.NoError(t, err)
	require.Equal(t, []string{"planted", "an assertion that fails and has no readable message"}, f.Assertions)
	require.Equal(t, []string{"beware"}, f.Warnings)
	require.Equal(t, []string{"toplevel"}, cellsOf(f.Unreadable))
	require.NotEmpty(t, f.Services)
}
