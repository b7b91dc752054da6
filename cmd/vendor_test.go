package cmd_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nix-community/go-nix/pkg/nar"
	"github.com/stretchr/testify/require"
)

var updateVendorHash = flag.Bool("update-vendor-hash", false, "write the hash of the vendored modules into flake.nix")

var vendorHash = regexp.MustCompile(`vendorHash = "(sha256-[A-Za-z0-9+/]+=)";`)

// buildGoModule fetches the modules as `go mod vendor` lays them out, and Nix
// compares the NAR hash of that folder with vendorHash.
func TestVendorHash(t *testing.T) {
	root := filepath.Dir(goEnv(t, "GOMOD"))
	src := t.TempDir()
	files := run(t, root, "git", "ls-files", "-z", "--", "*.go", "go.mod", "go.sum", "testdata")
	for _, name := range strings.Split(strings.TrimSuffix(files, "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		target := filepath.Join(src, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o755))
		require.NoError(t, os.WriteFile(target, data, 0o644))
	}
	run(t, src, "go", "mod", "vendor")

	hash := sha256.New()
	require.NoError(t, nar.DumpPath(hash, filepath.Join(src, "vendor")))
	want := "sha256-" + base64.StdEncoding.EncodeToString(hash.Sum(nil))

	flake := filepath.Join(root, "flake.nix")
	text, err := os.ReadFile(flake)
	require.NoError(t, err)
	match := vendorHash.FindSubmatch(text)
	require.NotNil(t, match, "flake.nix has a vendorHash")
	if *updateVendorHash {
		text = bytes.Replace(text, match[1], []byte(want), 1)
		require.NoError(t, os.WriteFile(flake, text, 0o644))
		return
	}
	require.Equal(t, want, string(match[1]), "run: go test ./cmd -run TestVendorHash -update-vendor-hash")
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(run(t, ".", "go", "env", name))
}

func run(tb testing.TB, dir, program string, args ...string) string {
	tb.Helper()
	c := exec.CommandContext(tb.Context(), program, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	require.NoError(tb, err, "%s %v: %s", program, args, stderr.String())
	return string(out)
}
