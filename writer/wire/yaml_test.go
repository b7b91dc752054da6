package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMappingTellsWhyNot(t *testing.T) {
	for src, want := range map[string]string{
		"a: [":            "it is no YAML",
		"a: 1\n---\nb: 2": "it has several documents",
		"- a\n- b\n":      "it is not written as keys on lines of their own",
		"{ a: 1 }":        "it is not written as keys on lines of their own",
		"text":            "it is not written as keys on lines of their own",
		"a: 1\rb: 2\r\n":  "it has a carriage return without a line feed",
	} {
		_, _, err := mapping([]byte(src))
		require.ErrorContains(t, err, want, src)
	}
	for _, src := range []string{"includes: { a: b }", "includes:\n- a\n", "includes:\n", "includes: x\n"} {
		_, there, err := mapping([]byte(src), "includes")
		require.ErrorContains(t, err, "keys on lines", src)
		require.True(t, there, src)
	}
	for _, src := range []string{"", "# only this\n", "---\n", "a: 1\n"} {
		_, there, err := mapping([]byte(src), "includes")
		require.NoError(t, err, src)
		require.False(t, there, src)
	}
}

func TestMappingIsWhereItIs(t *testing.T) {
	got, there, err := mapping([]byte("---\n# c\nx: 1\nincludes:\n    one: a\n    \"two\": b # c\n\n    three:\n      taskfile: c\n"), "includes")
	require.NoError(t, err)
	require.True(t, there)
	require.Equal(t, []entry{{"one", 5, 5}, {"two", 6, 5}, {"three", 8, 5}}, got)
}

func TestAddKey(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"no end of line":         {"a: 1", "a: 1\nnew: x\n"},
		"end of file":            {"a: 1\n", "a: 1\nnew: x\n"},
		"blank lines at the end": {"a: 1\n\n\n", "a: 1\nnew: x\n\n\n"},
		"list as deep as keys":   {"a:\n- 1\n- 2\n", "a:\n- 1\n- 2\nnew: x\n"},
		"deeper list":            {"a:\n  - 1\n  # 2\n", "a:\n  - 1\n  # 2\nnew: x\n"},
		"comment of its own":     {"a: 1 # one\n# the end\n", "a: 1 # one\nnew: x\n# the end\n"},
		"text of several lines":  {"a: |\n  b\n\n  # c\n", "a: |\n  b\n\n  # c\nnew: x\n"},
		"folded text":            {"a: >-\n  b\n\n  c\n\n# d\n", "a: >-\n  b\n\n  c\nnew: x\n\n# d\n"},
		"quoted over lines":      {"a: \"b\n  c\"\n", "a: \"b\n  c\"\nnew: x\n"},
		"blank lines between":    {"a: 1\n\nb: 2\n\nc: 3\n", "a: 1\n\nb: 2\n\nc: 3\n\nnew: x\n"},
		"end of the document":    {"a: 1\n...\n", "a: 1\nnew: x\n...\n"},
		"a list within":          {"a:\n  b:\n  - 1\n  c: 2\n", "a:\n  b:\n  - 1\n  c: 2\nnew: x\n"},
		"the key is there":       {"new: y\n", ""},
		"an anchor":              {"a: &a\n  b: 1\nc: *a\n", "a: &a\n  b: 1\nc: *a\nnew: x\n"},
	} {
		t.Run(name, func(t *testing.T) {
			entries, _, err := mapping([]byte(tt.src))
			require.NoError(t, err)
			out, err := addKey([]byte(tt.src), nil, entries, len(entries)-1, "new: x\n")
			if tt.want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, string(out))
		})
	}
}

func TestAddKeyBelowAnother(t *testing.T) {
	src := "version: 3\nvars:\n  a: b\n"
	entries, _, err := mapping([]byte(src))
	require.NoError(t, err)
	out, err := addKey([]byte(src), nil, entries, 0, "includes:\n  x: y\n\n  z: |\n    a\n")
	require.NoError(t, err)
	require.Equal(t, "version: 3\nincludes:\n  x: y\n\n  z: |\n    a\nvars:\n  a: b\n", string(out))
}

func TestOnlyAddedSeesAnythingElse(t *testing.T) {
	before := []byte("a: 1\nb:\n  c: 2\n")
	require.NoError(t, onlyAdded(before, []byte("a: 1\nb:\n  c: 2\n  n: x\n"), []string{"b"}, "n: x\n"))
	for _, after := range []string{
		"a: 1\nb:\n  c: 2\n",                // not there
		"a: 1\nb:\n  c: 2\nn: x\n",          // elsewhere
		"a: 1\nb:\n  c: 2\n  n: y\n",        // another value
		"a: 2\nb:\n  c: 2\n  n: x\n",        // another value of another
		"b:\n  c: 2\n  n: x\na: 1\n",        // another order
		"a: 1\nb:\n  c: 2\n  n: x\nd: 1\n",  // one key more
		"a: 1\nb:\n  c: 2\n  n: x\nb: [1\n", // broken
	} {
		require.Error(t, onlyAdded(before, []byte(after), []string{"b"}, "n: x\n"), after)
	}
}

func TestStyleIsThatOfMost(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		want style
	}{
		"none":    {"version: 3\n", style{folder: ".taskfiles", extension: ".yml"}},
		"files":   {"includes:\n  a: ./tasks/a/Taskfile.yml\n  b: {taskfile: tasks/b/Taskfile.yml}\n", style{folder: "tasks", extension: ".yml"}},
		"folders": {"includes:\n  a: ./tasks/a\n", style{folder: "tasks", extension: ".yml", bare: true}},
		"top":     {"includes:\n  a: ./a\n  b: ./b\n", style{folder: ".taskfiles", extension: ".yml", bare: true}},
		"remote":  {"includes:\n  a: https://example.org/Taskfile.yml\n  b: '{{.X}}/y'\n", style{folder: ".taskfiles", extension: ".yml"}},
		"quoted": {
			"includes:\n  a:\n    taskfile: \".t/a\"\n    dir: \"{{.ROOT_DIR}}\"\n",
			style{folder: ".t", extension: ".yml", bare: true, quote: `"`, dir: `dir: "{{.ROOT_DIR}}"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &wiring{Repo: Repo{Files: map[string][]byte{"Taskfile.yml": []byte(tt.src)}}}
			parsed, err := readTaskfile([]byte(tt.src))
			require.NoError(t, err)
			require.Equal(t, tt.want, w.style("Taskfile.yml", parsed))
		})
	}
}

func TestOursIsToldByItsTasks(t *testing.T) {
	require.True(t, ours([]byte(service), []byte(service)))
	require.True(t, ours([]byte("tasks:\n  new: nix run .#scaffold\n  more: x\n"), []byte(service)))
	require.False(t, ours([]byte("tasks:\n  new: other\n"), []byte(service)))
	require.False(t, ours([]byte("tasks:\n  old: scaffold\n"), []byte(service)))
	require.False(t, ours([]byte("{"), []byte(service)))
	require.False(t, ours(nil, []byte(service)))
}
