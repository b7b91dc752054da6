package taskfile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	taskfile "holthome.net/scaffold/taskfile-snippets"
	"holthome.net/scaffold/testdata"
)

// nixConfig lets any nix evaluate and build offline, as root or not.
const nixConfig = `extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
sandbox = false
warn-dirty = false
`

// newFleet is the example with our tasks, and with the real nix and program.
func newFleet(t *testing.T) *repo {
	t.Helper()
	tools := needTools(t)
	for _, program := range []string{"nix", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("real %s is needed, and is not installed", program)
		}
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(root, testdata.FS))
	r := &repo{t: t, dir: filepath.Join(root, "example")}
	none := filepath.Join(root, "none")
	r.env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"), "NO_COLOR=1", "SCAFFOLD=scaffold", "SCAFFOLD_HOST=", "SCAFFOLD_OFFLINE=1",
		"NIX_CONFIG="+nixConfig, "XDG_CACHE_HOME="+filepath.Join(root, "cache"), "HOME="+none,
		"GIT_CONFIG_GLOBAL="+none, "GIT_CONFIG_SYSTEM="+none, "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.org",
		"GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.org")
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "Taskfile.yml"), []byte(plain), 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(r.dir, ".taskfiles/service"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, ".taskfiles/service/Taskfile.yml"), taskfile.Service, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, ".taskfiles/nix-build.yml"), taskfile.Nix, 0o644))
	r.git("init", "-q", "-b", "main")
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "fleet")
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	c := exec.CommandContext(r.t.Context(), "git", args...)
	c.Dir, c.Env = r.dir, r.env
	out, err := c.CombinedOutput()
	require.NoError(r.t, err, string(out))
	return string(out)
}

func TestStory(t *testing.T) {
	r := newFleet(t)
	flags := []string{
		"--", "--host", "forge", "--set", "packaging=container",
		"--set", "image=ghcr.io/gchq/cyberchef:10.19.4@sha256:" + strings.Repeat("3f1c8a5e", 8),
		"--set", "containerPort=80", "--set", "auth=none", "--set", "workload=stateless",
		"--set", "category=Tools", "--set", "description=a baker's \"workbench\"", "--yes", "--no-build",
	}
	run := func(args ...string) (int, string) { return r.task("hosts", nil, append([]string{"-x"}, args...)...) }

	code, out := run(append([]string{"service:new", `NAME=cyber "chef`}, flags...)...)
	require.Equal(t, 2, code, out)
	require.Contains(t, out, `cyber`)
	require.Empty(t, r.git("status", "--porcelain"), "a name with a space and a quote changes nothing")

	code, out = run("service:plan", "NAME=cyberchef", "--", "--host", "forge")
	require.Equal(t, 3, code, "questions are left: %s", out)
	require.Empty(t, r.git("status", "--porcelain"))

	code, out = run(append([]string{"service:new", "NAME=cyberchef"}, flags...)...)
	require.Zero(t, code, out)
	require.Contains(t, r.git("status", "--porcelain"), "hosts/forge/services/cyberchef.nix")
	require.Contains(t, r.git("grep", "-h", "workbench"), `a baker's \"workbench\"`)

	code, out = run(append([]string{"service:new", "NAME=cyberchef"}, flags...)...)
	require.Equal(t, 2, code, "the service exists: %s", out)

	code, out = run("nix:build-forge", "--", "--dry-run")
	require.Zero(t, code, out)
	require.Contains(t, out, "nixos-system", "the real nix knows what it would build")
}
