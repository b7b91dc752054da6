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
		"as written": {"environment:\n  UMASK: 022\n  VERSION: 1.10\n  MASK: 0x1F\n  BIG: 1e21\nimage: 1_000\n", map[string]string{
			"environment.UMASK": "022", "environment.VERSION": "1.10", "environment.MASK": "0x1F", "environment.BIG": "1e21", "image": "1_000"}},
		"variables stay true": {"environment: {A: true, B: No}\nparts: {w: {environment: {C: false}, web: False}}\nweb: True\n", map[string]string{
			"environment.A": "true", "environment.B": "No", "parts.w.environment.C": "false", "parts.w.web": "no", "web": "yes"}},
		"arguments":       {"arguments: [serve, --title=A B, '--list=a,b']\n", map[string]string{"arguments": "serve '--title=A B' --list=a,b"}},
		"several lines":   {"description: >-\n  a\n  b\n", map[string]string{"description": "a b"}},
		"empty documents": {"# a\n---\nport: 1\n---\n# b\n", map[string]string{"port": "1"}},
		"no values":       {"secrets: []\nparts: {}\nname: ''\n", map[string]string{"secrets": "", "name": ""}},
		"byte order mark": {"\ufeffport: 1\r\nweb: false\r\n", map[string]string{"port": "1", "web": "no"}},
		"directive":       {"%YAML 1.2\n---\nport: 1\n", map[string]string{"port": "1"}},
		"JSON":            {`{"port": 1, "parts": {"w": {"port": 2}}}`, map[string]string{"port": "1", "parts.w.port": "2"}},
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
		"- a\n":                    "neither YAML nor JSON",
		"a: [\n":                   "neither YAML nor JSON",
		"port:\n":                  "port has no value; write one, or take the line out",
		"parts: {w: {x: }}":        "parts.w.x has no value",
		"port: 1\n---\nport: 2\n":  "it has a second document after ---",
		"port: 1\n---\n- a\n":      "it has a second document after ---",
		"---\n---\nport: 2\n":      "it has a second document after ---",
		"port\n":                   "neither YAML nor JSON",
		"a: 1\na: 2\n":             "already defined",
		"a: B\xfccher\n":           "it is not UTF-8",
		"environment: {A: {port}}": "environment.A.port has no value; write one, or take the line out; if the braces are text, put it in quotes",
		"a.b: 1\na: {b: 2}\n":      "a.b is there twice",
		"a: [1, {b: 2}]\n":         "an element of a is not a single value",
		"a: [1, null]\n":           "an element of a has no value",
		"a: ['b,c']\n":             `an element of a has a comma, which would make two of it: "b,c"`,
		"a: &x 1\n":                "a has an anchor, an alias or a tag",
		"a: {b: !!str 1}\n":        "a.b has an anchor, an alias or a tag",
		"<<: {a: 1}\n":             "a name has an anchor, an alias or a tag",
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

// FuzzParse: whatever a file is, each name in it has a value that is text, or it
// is refused with an error that does nothing to a terminal.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"port: 8080\n", "parts:\n  w:\n    command: [a, 'b c']\n", "a: &x {b: 1}\nc: *x\n", "secrets: [A, {b: c}]\n", "<<: {a: 1}\n", "a: !!binary aGk=\n", "---\n# a\n---\nb: 1\n", "1: 2\n", "? [a]\n: b\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := answers.Parse(data)
		if err != nil {
			require.NotRegexp(t, `[\x00-\x09\x0b-\x1f\x7f\x{80}-\x{9f}\x{202a}-\x{202e}\x{2028}\x{2029}]`, err.Error())
			return
		}
		again, err := answers.Parse(data)
		require.NoError(t, err)
		require.Equal(t, all, again)
	})
}
