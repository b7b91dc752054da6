package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/edit"
)

func TestWithinSeesOneExpression(t *testing.T) {
	src := "{ a = { b = 1; }; }"
	out, err := within([]byte(src), rangeOf(src, "{ b = 1; }"), func(src []byte) ([]byte, error) {
		require.Equal(t, "      { b = 1; }   ", string(src))
		return edit.InsertBinding(src, nil, "c = 2;", edit.Last)
	})
	require.NoError(t, err)
	require.Equal(t, "{ a = { b = 1; c = 2; }; }", string(out))
}

func TestWithinKeepsTheLayout(t *testing.T) {
	src := "# é\n{\r\n\ta = f {\r\n\t\tb = 1;\r\n\t} ; # \"end\r\n}\r\n"
	out, err := within([]byte(src), rangeOf(src, "{\r\n\t\tb = 1;\r\n\t}"), func(src []byte) ([]byte, error) {
		return edit.InsertBinding(src, nil, "c = 2;", edit.Last)
	})
	require.NoError(t, err)
	require.Equal(t, strings.Replace(src, "b = 1;", "b = 1;\r\n\t\tc = 2;", 1), string(out))
	_, err = within([]byte(src), rangeOf(src, "1"), func(src []byte) ([]byte, error) {
		return edit.InsertBinding(src, nil, "c = 2;", edit.Last)
	})
	require.Error(t, err)
}

func TestAppendSet(t *testing.T) {
	for in, want := range map[string]string{
		"f x":                "f x // {\n    n = 1;\n  }",
		"f\n    x":           "f\n    x // {\n      n = 1;\n    }",
		"a.b or c":           "a.b or c // {\n    n = 1;\n  }",
		"a":                  "a // {\n    n = 1;\n  }",
		"(x: y) z":           "(x: y) z // {\n    n = 1;\n  }",
		"a // b":             "a // b // {\n    n = 1;\n  }",
		"x: y":               "",
		"a ++ b":             "",
		"if a then b else c": "",
		"let a = 1; in a":    "",
		"\"text\"":           "",
		"with a; b":          "",
		"-a":                 "",
	} {
		src := "{\n  v = " + in + ";\n}\n"
		f, err := syntax.Parse([]byte(src))
		require.NoError(t, err)
		out, err := appendSet([]byte(src), f.Find([]string{"v"})[0].Value, "n = 1;")
		if want == "" {
			require.ErrorContains(t, err, "not a set or a call", in)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "{\n  v = "+want+";\n}\n", string(out), in)
		after, err := syntax.Parse(out)
		require.NoError(t, err)
		value := after.Find([]string{"v"})[0].Value
		require.Equal(t, "//", value.Text, "it binds weaker than what was there")
	}
}

func TestPlainRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"inputs: a // b":                                                   "its outputs are not one set",
		"inputs: import ./outputs.nix inputs":                              "its outputs are not one set",
		"inputs: { inherit (x) checks; }":                                  "its checks are inherited",
		"inputs: { inherit apps; }":                                        "its apps are inherited",
		"inputs: { checks = f (final: { }); }":                             "its checks are made from final, which may be anything",
		"inputs: { checks = f (system: g system); }":                       "its checks are made by a function",
		"inputs: { checks = f ({ pkgs, ... }: { }); }":                     "its checks are made by a function",
		"inputs: { checks = f (system: { }); }":                            "the flake has no input nixpkgs to take packages from",
		"{ self, ... }: let scaffold = 1; in { }":                          "the name scaffold stands for something else there",
		"inputs: { apps.x86_64-linux = if a then b else c; }":              "its value is not a set or a call",
		"inputs: { apps.x86_64-linux = a; apps = { x86_64-linux = b; }; }": "its apps of x86_64-linux are written in several places",
	} {
		src := "{ inputs.scaffold.url = \"x\"; outputs = " + in + "; }"
		w, err := Make(Repo{Files: map[string][]byte{flakeFile: []byte(src)}, Host: "forge", System: "x86_64-linux"}, Options{Skip: []Name{Tasks, Settings}})
		require.NoError(t, err)
		require.Equal(t, Refused, w.Doors[1].State, in)
		require.Equal(t, want, w.Doors[1].Reason, in)
		require.Empty(t, w.Files)
	}
}
