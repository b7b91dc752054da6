package nixeval

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

func TestParseVersion(t *testing.T) {
	for _, c := range []struct {
		line, text                     string
		product                        string
		major, minor, patch            int
		supported, exact, messageLater bool
	}{
		{"nix (Nix) 2.3", "Nix 2.3", "Nix", 2, 3, 0, false, false, false},
		{"nix (Nix) 2.3.16", "Nix 2.3.16", "Nix", 2, 3, 16, false, false, false},
		{"nix (Nix) 2.8.0", "Nix 2.8.0", "Nix", 2, 8, 0, true, false, false},
		{"nix (Nix) 2.18.1", "Nix 2.18.1", "Nix", 2, 18, 1, true, false, true},
		{"nix (Nix) 2.19.0", "Nix 2.19.0", "Nix", 2, 19, 0, true, true, true},
		{"nix (Nix) 2.34", "Nix 2.34", "Nix", 2, 34, 0, true, true, true},
		{"nix (Nix) 2.34pre20260101_abcdef0", "Nix 2.34pre20260101_abcdef0", "Nix", 2, 34, 0, true, true, true},
		{"nix (Nix) 3.0.0", "Nix 3.0.0", "Nix", 3, 0, 0, true, true, true},
		{"nix (Lix, like Nix) 2.91.1", "Lix 2.91.1", "Lix", 2, 91, 1, true, false, true},
		{"nix (Lix, like Nix) 2.94.0-dev-pre20260101", "Lix 2.94dev-pre20260101", "Lix", 2, 94, 0, true, false, true},
		{"nix (Determinate Nix 3.8.5) 2.30.2", "Determinate Nix 2.30.2", "Determinate Nix", 2, 30, 2, true, true, true},
	} {
		t.Run(c.line, func(t *testing.T) {
			v, err := ParseVersion("warning: something\n" + c.line + "\n")
			require.NoError(t, err)
			require.Equal(t, c.line, v.Raw)
			require.Equal(t, []any{c.product, c.major, c.minor, c.patch}, []any{v.Product, v.Major, v.Minor, v.Patch})
			require.Equal(t, c.supported, v.Supported())
			require.Equal(t, c.exact, v.exactPath())
			require.Equal(t, c.messageLater, v.traceFirst())
			require.Equal(t, c.text, v.String())
		})
	}
}

func TestParseVersionRefuses(t *testing.T) {
	for _, s := range []string{"", "nix", "nix (Nix)", "nix (Nix) two", "nix (Nix) 2", "nix (Nix) 99999999999999999999.1", "GNU coreutils 9.1"} {
		t.Run(s, func(t *testing.T) {
			_, err := ParseVersion(s)
			require.ErrorContains(t, err, "read version of nix")
		})
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, script string
		kind         Kind
		text         string
	}{
		{"old", "echo 'nix (Nix) 2.3.16'", NixTooOld, "found Nix 2.3.16, and Nix 2.8 or newer is needed"},
		{"other", "echo 'busybox 1.36'", Unknown, "is not a version line"},
		{"broken", "echo 'error: no' >&2; exit 1", Unknown, "no"},
		{"killed", "kill -9 $$", Killed, "signal 9"},
		{"new", "echo 'nix (Lix, like Nix) 2.93.3'", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "nix")
			require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700))
			n, v, err := Find(t.Context(), path)
			if c.kind == "" {
				require.NoError(t, err)
				require.Equal(t, path, n.Program)
				require.Equal(t, "Lix", v.Product)
				return
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Nil(t, n)
			require.Equal(t, c.kind, e.Kind)
			require.Contains(t, e.Message, c.text)
			require.NotEmpty(t, e.Hint)
		})
	}
}

func TestVersionIsAskedOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "nix")
	script := "#!/bin/sh\necho x >>'" + dir + "/asked'\necho 'nix (Nix) 2.18.1'\n"
	require.NoError(t, os.WriteFile(path, []byte(script), 0o700))
	n := &Nix{Program: path, Log: zerolog.Nop()}
	All(t.Context(), 8, 8, func(ctx context.Context, _ int) (Version, error) { return n.Version(ctx) })
	b, err := os.ReadFile(filepath.Join(dir, "asked"))
	require.NoError(t, err)
	require.Equal(t, "x\n", string(b))
}
