package verify_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
)

// unitFile is a unit of the evaluated host: its file, and the commands it runs.
type unitFile struct {
	Text    string            `json:"text"`
	Scripts map[string]string `json:"scripts"`
}

// unitFiles are those of a host, by the names of their files.
func unitFiles(t *testing.T, of *discover.Target) map[string]unitFile {
	t.Helper()
	data, err := of.Nix.Eval(t.Context(), nixeval.Request{
		Flake: of.Flake, Attr: []string{"nixosConfigurations", "forge", "config", "systemd"}, What: "units of forge", Prepare: of.Work.Store,
		Apply: `systemd: builtins.mapAttrs
  (file: unit: {
    inherit (unit) text;
    scripts =
      let
        name = builtins.match "(.*)\\.service" file;
        service = if name == null then { } else systemd.services.${builtins.head name};
      in
      builtins.listToAttrs (builtins.filter (s: s.value != "") (map (hook: { name = hook; value = service.${hook} or ""; })
        [ "script" "preStart" "postStart" "preStop" "postStop" "reload" ]));
  })
  systemd.units`,
	})
	require.NoError(t, err)
	var all map[string]unitFile
	require.NoError(t, json.Unmarshal(data, &all))
	return all
}

// mountOf is the unit of a mount, which systemd makes of the table of file
// systems and which has no file on the evaluated host.
var mountOf = regexp.MustCompile(`[^ =\n]+\.mount\b`)

// added writes the files of all units into a folder, and returns which of them
// are not what they were.
func added(t *testing.T, dir string, before, after map[string]unitFile) []string {
	t.Helper()
	var files []string
	for file, u := range after {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(u.Text), 0o600))
		for _, mount := range mountOf.FindAllString(u.Text, -1) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, mount), []byte("[Mount]\nWhat=tmpfs\nWhere="+strings.ReplaceAll("/"+strings.TrimSuffix(mount, ".mount"), "-", "/")+"\n"), 0o600))
		}
		if before[file].Text != u.Text {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// systemdSays is what systemd objects to in units of a folder, and in what they
// need to start; their commands are not built.
func systemdSays(t *testing.T, dir string, files []string) []string {
	t.Helper()
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed: what systemd makes of generated units cannot be tested")
	}
	cmd := exec.CommandContext(t.Context(), program, "verify", "--man=no")
	for _, file := range files {
		cmd.Args = append(cmd.Args, filepath.Join(dir, file))
	}
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if !errors.As(err, new(*exec.ExitError)) {
		require.NoError(t, err)
	}
	var objections []string
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "is not executable: ") {
			objections = append(objections, strings.ReplaceAll(strings.TrimSpace(line), dir+"/", ""))
		}
	}
	return objections
}

// shellcheckSays is what shellcheck objects to in the commands of units.
func shellcheckSays(t *testing.T, all map[string]unitFile, files []string) []string {
	t.Helper()
	program, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed: the commands of generated units cannot be tested")
	}
	var objections []string
	for _, file := range files {
		for hook, text := range all[file].Scripts {
			cmd := exec.CommandContext(t.Context(), program, "--norc", "--shell=bash", "--format=gcc", "-")
			cmd.Stdin = strings.NewReader("set -e\n" + text)
			if out, err := cmd.CombinedOutput(); err != nil {
				objections = append(objections, file+" "+hook+": "+strings.TrimSpace(string(out)))
			}
		}
	}
	return objections
}

// TestSystemd: systemd understands each line of the units that services bring,
// and can start them: what they require is there, and none waits for itself.
// Their commands are as shellcheck wants them. Evaluation sees none of this.
func TestSystemd(t *testing.T) {
	before := map[string]map[string]unitFile{}
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, name)
			if before[s.example] == nil {
				before[s.example] = unitFiles(t, st.target)
			}
			dir, after := t.TempDir(), unitFiles(t, st.candidate(t))
			files := added(t, dir, before[s.example], after)
			require.NotEmpty(t, files)
			require.Empty(t, systemdSays(t, dir, files))
			require.Empty(t, shellcheckSays(t, after, files))
		})
	}
}

// TestSystemdObjects: what is wrong in a unit is seen.
func TestSystemdObjects(t *testing.T) {
	guard, wants := "NoNewPrivileges = true;", `wants = [ "zfs-service-datasets.service" ];`
	for name, c := range map[string]struct {
		edit edit
		says string
	}{
		"directive that is none":       {inModule(guard, guard+` ProtectSytem = "strict";`), "Unknown key"},
		"directive of another section": {inModule(guard, guard+` After = "network.target";`), "Unknown key"},
		"value that is none":           {inModule(guard, `NoNewPrivileges = "perhaps";`), "perhaps"},
		"unit that is not there":       {inModule(wants, `requires = [ "nowhere.service" ]; `+wants), "nowhere.service not found"},
		"unit that waits for itself":   {inModule(wants, `before = [ "zfs-service-datasets.service" ]; `+wants), "ordering cycle"},
		"variable that is not quoted":  {inModule(wants, `preStart = "ls $HOME"; `+wants), ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := prepare(t, "unit")
			dir, after := t.TempDir(), unitFiles(t, st.candidate(t, c.edit))
			files := added(t, dir, unitFiles(t, st.target), after)
			if c.says == "" {
				require.Contains(t, strings.Join(shellcheckSays(t, after, files), "\n"), "SC2086")
				return
			}
			require.Contains(t, strings.Join(systemdSays(t, dir, files), "\n"), c.says)
		})
	}
}
