package nixeval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// corpusTree is where the flake of testdata/stderr lay.
var corpusTree = tree{store: "/nix/store/00000000000000000000000000000000-source", dirs: []string{"/repo"}}

func TestCorpus(t *testing.T) {
	for _, version := range []Version{
		{Raw: "2.8", Major: 2, Minor: 8}, {Raw: "2.26", Major: 2, Minor: 26}, {Raw: "2.34", Major: 2, Minor: 34},
	} {
		for _, c := range []struct {
			file, message, position, option, cell string
			kind                                  Kind
		}{
			{file: "thrown", kind: Throw, message: "first line\nsecond line\n\nfourth line", position: "flake.nix:3:14"},
			{file: "assertion", kind: Assertion, position: "flake.nix:4:17"},
			{file: "abort", kind: Abort, message: "evaluation aborted with the following error message: 'stop'", position: "flake.nix:5:13"},
			{file: "type", kind: Type, message: "cannot add a string to an integer", position: "flake.nix:6:16"},
			{file: "attribute", kind: MissingAttribute, message: "attribute 'prot' missing", position: "flake.nix:7:17"},
			{file: "recursion", kind: InfiniteRecursion, message: "infinite recursion encountered", position: "flake.nix:8:25"},
			{file: "deep", kind: InfiniteRecursion, position: "flake.nix:9:27"},
			{file: "syntax", kind: Syntax, message: "syntax error, unexpected ';'", position: "hosts/syntax.nix:1:7"},
			{file: "undefined", kind: UndefinedVariable, message: "undefined variable 'nowhere'", position: "hosts/undefined.nix:1:1"},
			{file: "missing", kind: MissingFile, position: "flake.nix:12:15"},
			{file: "option", kind: Throw, message: "The option `hosts.web.port' is used but not defined.", option: "hosts.web.port"},
			{file: "cells", kind: Abort, cell: "in ner"},
			{file: "network", kind: Network},
			{file: "ifd", kind: ImportFromDerivation, position: "flake.nix:24:11"},
			{file: "nosuch", kind: MissingAttribute},
		} {
			t.Run(version.Raw+"/"+c.file, func(t *testing.T) {
				b, err := os.ReadFile(filepath.Join("testdata", "stderr", version.Raw, c.file+".txt"))
				require.NoError(t, err)
				r := parseReport(plainText(b))
				r.old = !version.traceFirst()
				var e Error
				e.read(r, corpusTree)
				require.Equal(t, c.kind, e.Kind)
				if c.message != "" {
					require.Equal(t, c.message, e.Message)
				}
				// Nix 2.8 gives no position to what has none of its own.
				if c.position != "" && (!r.old || r.pos.file != "" || c.kind == MissingFile) {
					require.Equal(t, c.position, e.Position())
					require.True(t, e.InRepo)
				}
				require.Equal(t, c.option, e.OptionPath)
				require.Equal(t, c.cell, e.cell)
				require.NotContains(t, e.Message, "-source/")
			})
		}
	}
}

func TestParseReport(t *testing.T) {
	for _, c := range []struct {
		name, text, message string
		frames              []string
		pos                 position
		found               bool
	}{
		{name: "nothing"},
		{name: "warnings only", text: "warning: Git tree '/repo' is dirty\n"},
		{name: "message only", text: "error: x\n", message: "x", found: true},
		{name: "empty message", text: "error: \n", found: true},
		{name: "the last of two", text: "error: builder failed\nerror: 1 dependencies failed\n", message: "1 dependencies failed", found: true},
		{name: "retries are warnings", text: "warning: error: unable to download 'x'; retrying\nerror: no\n", message: "no", found: true},
		{name: "a trace printed before", text: "trace: error: not this\nerror: this\n", message: "this", found: true},
		{name: "words after it", text: "error: unrecognised flag '--x'\nTry 'nix --help' for more information.\n", message: "unrecognised flag '--x'", found: true},
		{
			name: "windows line ends", text: "error: x\r\n\r\n       at /f.nix:1:2:\r\n", message: "x",
			pos: position{"/f.nix", 1, 2}, found: true,
		},
		{
			name: "the innermost first, whatever the order", found: true, message: "m",
			text:   "error:\n       … outer\n         at /a.nix:1:1:\n            1| a\n\n       … inner\n         two lines\n\n       error: m\n",
			frames: []string{"inner\ntwo lines", "outer"},
		},
		{
			name: "a message that has an error in it", found: true, message: "a\nerror: b\n… c",
			text:   "error:\n       … while calling the 'throw' builtin\n\n       error: a\n       error: b\n",
			frames: []string{"while calling the 'throw' builtin"},
		},
		{
			name: "a file with a colon and a space", found: true, message: "x",
			text: "error: x\n       at /a b:3:/c.nix:10:20:\n", pos: position{"/a b:3:/c.nix", 10, 20},
		},
		{name: "a line without a column", found: true, message: "x", text: "error: x\n       at /c.nix:10:\n", pos: position{"/c.nix", 10, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parseReport(plainText([]byte(c.text)))
			require.Equal(t, c.found, r.found)
			if strings.Contains(c.message, "… c") {
				require.Equal(t, "a\nerror: b", r.message)
			} else {
				require.Equal(t, c.message, r.message)
			}
			require.Equal(t, c.pos, r.pos)
			var texts []string
			for _, f := range r.frames {
				texts = append(texts, f.text)
			}
			require.Equal(t, c.frames, texts)
		})
	}
}

func TestOption(t *testing.T) {
	for _, c := range []struct {
		name, message, frame, want string
	}{
		{"of the message", "The option `a.b' is used but not defined.", "while evaluating the option `a':", "a.b"},
		{"was accessed", "The option `a.b' was accessed but has no value defined. Try setting the option.", "", "a.b"},
		{"does not exist", "The option `a.\"x y\".b' does not exist. Definition values:", "", `a."x y".b`},
		{"wrong type", "A definition for option `a.b' is not of type `string'.", "", "a.b"},
		{"of the trace", "no", "while evaluating the option `a.b':", "a.b"},
		{"other quotes", "no", "while evaluating the option 'a.b':", "a.b"},
		{"none", "no option `a' here", "while evaluating the attribute 'x'", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, report{message: c.message, frames: []frame{{text: c.frame}}}.option())
		})
	}
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		name, message, frame string
		old                  bool
		pos                  string
		kind                 Kind
	}{
		{name: "daemon", message: "cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Connection refused", kind: Store},
		{name: "full", message: "writing to file: No space left on device", kind: Store},
		{name: "builders", message: "the group 'nixbld' specified in 'build-users-group' does not exist", kind: Store},
		{name: "feature", message: "experimental Nix feature 'flakes' is disabled; add '--extra-experimental-features flakes' to enable it", kind: FeatureDisabled},
		{name: "flag", message: "unrecognised flag '--x'", kind: Usage},
		{name: "lock", message: "cannot write modified lock file of flake 'x' (use '--no-write-lock-file' to ignore)", kind: LockNeedsUpdate},
		{name: "resolver", message: "unable to download 'https://x': Couldn't resolve host name (6)", kind: Network},
		{name: "no flake", message: "source tree referenced by 'git+file:///x' does not contain a '/flake.nix' file", kind: FlakeMissing},
		{name: "no input", message: "path '/x' does not exist", frame: "while fetching the input 'path:/x'", kind: FlakeMissing},
		{name: "builder", message: "builder for '/nix/store/x.drv' failed with exit code 1", kind: Build},
		{name: "new builder", message: "Cannot build '/nix/store/x.drv'.\nReason: builder failed with exit code 1.", kind: Build},
		{name: "hook", message: "unexpected EOF reading a line", frame: "while reading the response from the build hook", kind: Build},
		{name: "module type", message: "A definition for option `a' is not of type `string'.", frame: "while calling the 'throw' builtin", kind: Type},
		{name: "module assertion", message: "\nFailed assertions:\n- x", frame: "while calling the 'throw' builtin", kind: Assertion},
		{name: "thrown words", message: "undefined variable 'x'", frame: "while calling the 'throw' builtin", kind: Throw},
		{name: "old thrown words", message: "undefined variable 'x'", old: true, kind: Throw},
		{name: "old and real", message: "undefined variable 'x'", old: true, pos: "/x", kind: UndefinedVariable},
		{name: "old stack", message: "stack overflow (possible infinite recursion)", old: true, kind: InfiniteRecursion},
		{name: "new and unheard of", message: "something else", kind: Unknown},
		{name: "function", message: "function 'anonymous lambda' called without required argument 'a'", kind: Type},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := report{found: true, message: c.message, old: c.old, pos: position{file: c.pos}}
			if c.frame != "" {
				r.frames = []frame{{text: c.frame}}
			}
			kind, hint := classify(r)
			require.Equal(t, c.kind, kind)
			require.NotEmpty(t, hint)
		})
	}
}

func FuzzReport(f *testing.F) {
	files, err := filepath.Glob("testdata/stderr/*/*.txt")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b, true)
	}
	f.Add([]byte(strings.Repeat("error:\n"+indent, 3)+"x"), false)
	f.Fuzz(func(t *testing.T, b []byte, old bool) {
		text := plainText(b)
		require.True(t, utf8.ValidString(text))
		r := parseReport(text)
		r.old = old
		var e Error
		e.read(r, corpusTree)
		require.NotEmpty(t, e.Kind)
		require.LessOrEqual(t, len(e.Error()), messageLimit+len(e.Hint)+len(e.File)+len(e.OptionPath)+200)
		require.NotContains(t, e.Error(), "\n\n")
		require.GreaterOrEqual(t, e.Line, 0)
		if !r.found {
			require.Equal(t, Unknown, e.Kind)
		}
		if e.InRepo {
			require.NotEmpty(t, e.File)
		}
	})
}
