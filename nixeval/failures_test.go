package nixeval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// failing is a fake that says something different each time.
func failing(t *testing.T, message string) (*Nix, Request) {
	t.Helper()
	n := fake(t, `echo x >>"$DIR/n"; echo "error: `+message+`" >&2; echo "run $(wc -l <"$DIR/n")" >&2; exit 1`)
	n.Cache = &Cache{Dir: t.TempDir()}
	n.Env = []string{"NIX_CONF_DIR=" + t.TempDir(), "NIX_USER_CONF_FILES=/nonexistent"}
	r := request
	r.Key, r.Failures = "tree 1", true
	return n, r
}

func asked(t *testing.T, n *Nix) int {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(filepath.Dir(n.Program), "n"))
	require.NoError(t, err)
	return strings.Count(string(log), "x")
}

func TestFailuresAreRemembered(t *testing.T) {
	n, r := failing(t, "undefined variable 'x'")
	_, first := n.Eval(t.Context(), r)
	r.What = "in other words"
	out, second := n.Eval(t.Context(), r)
	require.Nil(t, out)
	require.Equal(t, 1, asked(t, n))
	var a, b *Error
	require.ErrorAs(t, first, &a)
	require.ErrorAs(t, second, &b)
	require.Equal(t, UndefinedVariable, b.Kind)
	require.Equal(t, a.Message, b.Message)
	require.Equal(t, a.Position(), b.Position())
	require.Equal(t, a.Hint, b.Hint)
	require.Equal(t, "in other words", b.What)
	r.Key = "tree 2"
	_, err := n.Eval(t.Context(), r)
	require.Error(t, err)
	require.Equal(t, 2, asked(t, n), "another tree")
}

func TestFailuresAreAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		message string
		change  func(*Nix, *Request)
	}{
		"not wanted":      {"undefined variable 'x'", func(_ *Nix, r *Request) { r.Failures = false }},
		"no key":          {"undefined variable 'x'", func(_ *Nix, r *Request) { r.Key = "" }},
		"no cache":        {"undefined variable 'x'", func(n *Nix, _ *Request) { n.Cache = nil }},
		"unknown":         {"something else", nil},
		"network":         {"unable to download 'https://x': Could not resolve host", nil},
		"missing file":    {"getting status of '/nix/store/x-source/a.nix': No such file or directory", nil},
		"stack overflow":  {"stack overflow (possible infinite recursion)", nil},
		"lock out of use": {"cannot update unlocked flake input 'a' in pure mode", nil},
	} {
		t.Run(name, func(t *testing.T) {
			n, r := failing(t, c.message)
			if c.change != nil {
				c.change(n, &r)
			}
			for range 2 {
				_, err := n.Eval(t.Context(), r)
				require.Error(t, err)
			}
			require.Equal(t, 2, asked(t, n))
		})
	}
}

// A cell that cannot be read is no failure of the answer it is missing from.
func TestUnreadableCellsAreNoFailure(t *testing.T) {
	require.Nil(t, entry{}.failure())
	require.Nil(t, entry{Unreadable: []Unreadable{{Cell: "a", Err: caught("x")}, {Cell: ""}}}.failure())
	require.NotNil(t, entry{Unreadable: []Unreadable{{Err: caught("x")}}}.failure())
}
