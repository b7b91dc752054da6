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
		"- a\n":             "neither YAML nor JSON",
		"a: [\n":            "neither YAML nor JSON",
		"port:\n":           "port has no value",
		"parts: {w: {x: }}": "parts.w.x has no value",
	} {
		_, err := answers.Parse([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}
