package cmd_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// TestErrorsAsJSON: who reads the JSON alone learns which answer is wrong, what
// to do next and how the program ends.
func TestErrorsAsJSON(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	defer f.untouched()()
	answers := filepath.Join(t.TempDir(), "answers.yaml")
	require.NoError(t, os.WriteFile(answers, []byte("parts:\n  worker:\n    memory: [much]\n"), 0o600))
	for _, tt := range []struct {
		name         string
		args         []string
		code         int64
		answer, hint string
	}{
		{"key", []string{"plan", "linkding", "--set", "prot=80"}, 2, "prot", "did you mean port or probe or protection?"},
		{"value", []string{"plan", "linkding", "--set", "auth=sso"}, 2, "auth", "choose one of oidc, trusted-header, caddy-security, hybrid, builtin, none"},
		{"form", []string{"plan", "linkding", "--set", "port=x"}, 2, "port", ""},
		{"in a file", []string{"plan", "linkding", "--answers", answers}, 2, "parts.worker.memory", ""},
		{"secret", []string{"plan", "linkding", "--set", "environment.API_TOKEN=0123456789abcdef0123456789abcdef"}, 2, "environment.API_TOKEN", "--set secrets=API_TOKEN"},
		{"rule", []string{"plan", "linkding", "--host", "forge", "--offline", "--set", "tunnel=nowhere"}, 2, "", "the host has"},
		{"exists", []string{"plan", "paperless", "--host", "forge", "--offline"}, 2, "", "scaffold adds services"},
		{"flag", []string{"plan", "linkding", "--nope"}, 2, "", ""},
		{"offline", []string{"image", "ghcr.io/a/b", "--offline"}, 5, "", "leave out --offline"},
		{"nothing to undo", []string{"undo"}, 2, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := f.run(append(tt.args, "--json")...)
			require.EqualValues(t, tt.code, code, stderr)
			require.NoError(t, follows("error.schema.json", stdout), stdout)
			got := gjson.Parse(stdout)
			require.Equal(t, tt.code, got.Get("exitCode").Int())
			require.Equal(t, tt.answer, got.Get("answer").String())
			require.Contains(t, got.Get("hint").String(), tt.hint)
			require.Contains(t, stderr, got.Get("message").String())
			require.Contains(t, got.Get("message").String(), got.Get("hint").String())
		})
	}
	_, stdout, _ := f.run("version", "--json")
	require.NotEmpty(t, gjson.Get(stdout, "version").String(), stdout)
}
