package answers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan/answers"
)

func TestParse(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want map[string]string
	}{
		"nothing":       {"", map[string]string{}},
		"plain values":  {"port: 8080\ncpus: 1.5\nauth: builtin\n", map[string]string{"port": "8080", "cpus": "1.5", "auth": "builtin"}},
		"yes and no":    {"backup: true\npreseed: no\nsnapshots: yes\n", map[string]string{"backup": "yes", "preseed": "no", "snapshots": "yes"}},
		"nested":        {"parts:\n  worker:\n    memory: 1G\nenvironment:\n  A_B: \"1\"\n", map[string]string{"parts.worker.memory": "1G", "environment.A_B": "1"}},
		"list":          {"secrets: [A, B]\n", map[string]string{"secrets": "A,B"}},
		"command":       {"command: [serve, 'a b']\nparts: {w: {entrypoint: [x]}}\n", map[string]string{"command": "serve 'a b'", "parts.w.entrypoint": "x"}},
		"command, text": {"command: serve 'a b'\n", map[string]string{"command": "serve 'a b'"}},
		"one document":  {"---\nport: 1\n", map[string]string{"port": "1"}},
		"comments":      {"# nothing\n", map[string]string{}},
		"JSON":          {`{"port": 1, "parts": {"w": {"port": 2}}}`, map[string]string{"port": "1", "parts.w.port": "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answers.Parse([]byte(tt.text))
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"- a\n":                   "neither YAML nor JSON",
		"a: [\n":                  "neither YAML nor JSON",
		"port:\n":                 "port has no value",
		"parts: {w: {x: }}":       "parts.w.x has no value",
		"port: 1\n---\nport: 2\n": "it has a second document after ---",
		"port: 1\n---\n- a\n":     "it has a second document after ---",
	} {
		_, err := answers.Parse([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}

// TestParseErrorIsVisible: the file that an error quotes does nothing to the
// terminal.
func TestParseErrorIsVisible(t *testing.T) {
	for _, text := range []string{"port: [\x1b[2J\n", "a: \x1b]0;x\x07 [\nb: {\n", "port: [\u202e\u009b31m\n"} {
		_, err := answers.Parse([]byte(text))
		require.ErrorContains(t, err, "neither YAML nor JSON", "%q", text)
		require.NotRegexp(t, `[\x00-\x09\x0b-\x1f\x7f\x{80}-\x{9f}\x{202e}]`, err.Error(), "%q", text)
	}
}
