package nixeval

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFragment(t *testing.T) {
	older, newer := Version{Product: "Nix", Major: 2, Minor: 8}, Version{Product: "Nix", Major: 2, Minor: 19}
	for _, c := range []struct {
		name, want, rest string
		attr             []string
		v                Version
	}{
		{"older", "a.b", "", []string{"a", "b"}, older},
		{"newer", ".a.b", "", []string{"a", "b"}, newer},
		{"Lix", "a", "", []string{"a"}, Version{Product: "Lix", Major: 2, Minor: 93}},
		{"dot", `a."b.c".d`, "", []string{"a", "b.c", "d"}, older},
		{"digit", `a."0b"`, "", []string{"a", "0b"}, older},
		{"the rest is Nix's", "a", "b c,d", []string{"a", "b c", "d"}, older},
		{"empty element", "a", ",b", []string{"a", "", "b"}, older},
	} {
		t.Run(c.name, func(t *testing.T) {
			fragment, rest := Request{Attr: c.attr}.fragment(c.v)
			require.Equal(t, c.want, fragment)
			require.Equal(t, c.rest, strings.Join(rest, ","))
		})
	}
}

func TestRequestRefuses(t *testing.T) {
	good := Request{Flake: "git+file:///r", Attr: []string{"a"}}
	for _, c := range []struct {
		name, want string
		change     func(*Request)
	}{
		{"no flake", "reference is empty", func(r *Request) { r.Flake = "" }},
		{"fragment", "has a fragment", func(r *Request) { r.Flake += "#a" }},
		{"no path", "path is empty", func(r *Request) { r.Attr = nil }},
		{"first element", "not a plain name", func(r *Request) { r.Attr[0] = "a b" }},
		{"flag", "not a plain name", func(r *Request) { r.Attr[0] = "--impure" }},
		{"NUL", "NUL byte", func(r *Request) { r.Apply = "\x00" }},
		{"NUL in the path", "NUL byte", func(r *Request) { r.Attr = append(r.Attr, "\x00") }},
		{"IFD", "IFD is", func(r *Request) { r.IFD = "maybe" }},
		{"length", "a program takes", func(r *Request) { r.Apply = strings.Repeat("x", maxArgument+1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := good
			r.Attr = []string{"a"}
			c.change(&r)
			_, err := r.args(MinVersion, false)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := good.args(MinVersion, false)
	require.NoError(t, err)
}

func TestQuoteIsTheSameString(t *testing.T) {
	if _, err := exec.LookPath("nix-instantiate"); err != nil {
		t.Skip("real nix is needed, and nix-instantiate is not installed")
	}
	// All in one evaluation: a process for each string would take minutes.
	var values []string
	gen := rapid.StringOfN(rapid.SampledFrom([]rune("ab\\\"$${}'\r\n\t ;#é\u2028\U0001F600")), 0, 12, -1)
	for i := range 300 {
		values = append(values, gen.Example(i))
	}
	values = append(values, "${builtins.abort \"x\"}", "''", "$$", "\\${", "a\rb", "")
	var b strings.Builder
	for _, v := range values {
		b.WriteString(Quote(v) + " ")
	}
	cmd := exec.Command("nix-instantiate", "--eval", "--strict", "--json", "-E", "[ "+b.String()+"]")
	out, err := cmd.Output()
	require.NoError(t, err)
	var got []string
	require.NoError(t, json.Unmarshal(out, &got))
	require.Equal(t, values, got)
}
