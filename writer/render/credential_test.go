package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// startScript is the script that a scenario's unit runs before it starts, as Nix
// makes it with the options' defaults; /run is a folder of the test's own.
func startScript(t *testing.T, s scenario, run string) string {
	t.Helper()
	_, files := s.render(t)
	lines := strings.Split(string(files[0].After), "\n")
	var script []string
	inside := false
	for _, l := range lines {
		switch trimmed := strings.TrimSpace(l); {
		case trimmed == "umask 077":
			inside = true
			script = append(script, trimmed)
		case inside && strings.HasPrefix(trimmed, "''"):
			inside = false
		case inside:
			script = append(script, trimmed)
		}
	}
	require.NotEmpty(t, script)
	p, _, _ := s.plan(t)
	db := p.Model.Database
	text := strings.NewReplacer("${cfg.database.user}", db.User, "${cfg.database.host}", db.Host, "${toString cfg.database.port}", "5432", "${cfg.database.name}", db.Name,
		"/run/", run+"/", "''$", "$").Replace(strings.Join(script, "\n"))
	require.NotContains(t, text, "${cfg")
	return text
}

// TestStartScript runs what is generated: values reach the environment to the
// letter, only the owner reads it, and where a credential is missing nothing is
// there that could be taken for it.
func TestStartScript(t *testing.T) {
	const secret, password = "a$b`c\\d \"e\" 'f' ''g ${h} $(i)", "p4ssw0rd"
	for name, want := range map[string]string{
		"factory-database": "SECRET_KEY_BASE=" + secret + "\nDATABASE_URL=postgresql://my_travels:" + password + "@host.containers.internal:5432/my_travels\n",
		"database-unit": "GOTIFY_DEFAULTUSER_PASS=\"a\\$b\\`c\\\\d \\\"e\\\" 'f' ''g \\${h} \\$(i)\"\n" +
			"GOTIFY_DATABASE_CONNECTION=\"host=127.0.0.1 port=5432 user=gotify_owner dbname=gotify password=" + password + "\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			var s scenario
			for _, other := range scenarios {
				if other.name == name {
					s = other
				}
			}
			run, credentials := t.TempDir(), t.TempDir()
			folder := filepath.Join(run, s.service+"-env")
			require.NoError(t, os.Mkdir(folder, 0o700))
			fails := "" // what goes wrong when all is written aside
			start := func() error {
				cmd := exec.CommandContext(t.Context(), "bash", "-e", "-c", strings.Replace(startScript(t, s, run), "\nmv ", "\n"+fails+"mv ", 1))
				cmd.Env = []string{"CREDENTIALS_DIRECTORY=" + credentials, "PATH=" + os.Getenv("PATH")}
				return cmd.Run()
			}
			put := func(id, value string) {
				require.NoError(t, os.WriteFile(filepath.Join(credentials, id), []byte(value+"\n"), 0o600))
			}
			put("database-password", password)
			require.Error(t, start(), "a credential is missing")
			entries, err := os.ReadDir(folder)
			require.NoError(t, err)
			require.Empty(t, entries, "nothing is left")

			p, _, _ := s.plan(t)
			put(strings.ToLower(strings.ReplaceAll(p.Model.SecretNames[0], "_", "-")), secret)
			fails = "false\n"
			require.Error(t, start(), "it cannot be put in place")
			entries, err = os.ReadDir(folder)
			require.NoError(t, err)
			require.Empty(t, entries, "what was written aside is gone")
			fails = ""
			for range 2 {
				require.NoError(t, start())
				file := filepath.Join(folder, "env")
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Equal(t, want, string(data))
				info, err := os.Stat(file)
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
				entries, err = os.ReadDir(folder)
				require.NoError(t, err)
				require.Len(t, entries, 1, "what is written aside is gone")
			}
		})
	}
}

// TestComposedIsText: what a value has besides placeholders is neither Nix nor
// shell, whatever it is.
func TestComposedIsText(t *testing.T) {
	const rest = "$x`y\\z \"q\" ''r ${s} $(t) $"
	for _, handover := range []string{"template", "credential"} {
		s := scenario{name: "hostile", example: "example", service: "channels", answers: said("packaging=container", "image=ghcr.io/x/channels:1.0.0@"+digest, "containerPort=8080", "workload=stateless",
			"auth=none", "category=Media", "description=list of channels", "database=postgresql", "handover="+handover, "environment.PLAIN="+rest+"{databaseHost}"+rest, "environment.URL="+rest+"{databasePassword}"+rest)}
		_, files := s.render(t)
		for _, f := range files[:2] {
			out, err := instantiate(t, string(f.After), "--parse")
			require.NoError(t, err, "%s", out)
			require.NotContains(t, out, "s cfg")
		}
		if handover == "template" {
			continue
		}
		run, credentials := t.TempDir(), t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(run, "channels-env"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(credentials, "database-password"), []byte("pw"), 0o600))
		script := strings.NewReplacer("'''", "''", "''${", "${").Replace(startScript(t, s, run))
		cmd := exec.CommandContext(t.Context(), "bash", "-e", "-c", script)
		cmd.Env = []string{"CREDENTIALS_DIRECTORY=" + credentials, "PATH=" + os.Getenv("PATH")}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		data, err := os.ReadFile(filepath.Join(run, "channels-env", "env"))
		require.NoError(t, err)
		require.Equal(t, "URL="+rest+"pw"+rest+"\n", string(data))
	}
}
