package specification_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/candidate"
	"holthome.net/scaffold/writer/render"
	"holthome.net/scaffold/writer/verify"
)

// nixConfig lets any Nix evaluate offline, as any user.
const nixConfig = `extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
warn-dirty = false`

var (
	targets   = map[string]*discover.Target{}
	workspace string
)

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "scaffold-specification-")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		workspace = dir
		return m.Run()
	}()
	os.Exit(code)
}

// target is a copy of an example in a repo of git, to be evaluated by a real Nix.
func target(t *testing.T, example string) *discover.Target {
	t.Helper()
	program, err := exec.LookPath("nix")
	if err != nil {
		t.Skip("nix is not installed: this test evaluates the examples with a real Nix")
	}
	gittest.Isolate(t)
	if targets[example] != nil {
		return targets[example]
	}
	dir := filepath.Join(workspace, example)
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", example))))
	gittest.Git(t, dir, "init", "--quiet")
	gittest.Git(t, dir, "add", "--all")
	nix, _, err := nixeval.Find(t.Context(), program)
	require.NoError(t, err)
	nix.Env = []string{"NIX_CONFIG=" + nixConfig}
	repo, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	targets[example], err = discover.Open(t.Context(), nix, repo)
	require.NoError(t, err)
	return targets[example]
}

// proved evaluates the example with the files of the service as they were
// rendered: every promise must be kept, and the system must evaluate.
func (s service) proved(t *testing.T) []verify.Result {
	t.Helper()
	target := target(t, s.example)
	query := discover.Query{Host: "forge", Service: s.name, Toplevel: true}
	if s.native != "" {
		query.Natives = []string{s.native}
	}
	if s.pkg != "" {
		query.Packages = []string{s.pkg}
	}
	before, err := target.Facts(t.Context(), query)
	require.NoError(t, err)
	require.Empty(t, before.Unreadable)
	in := s.input(t)
	in.Facts, in.Answers = before, maps.Clone(in.Answers)
	for _, change := range s.changes {
		change(&in)
	}
	p, err := plan.Make(in)
	require.NoError(t, err)
	require.Empty(t, p.Questions)
	list, err := render.Files(p, in.Conventions, before, target.Files)
	require.NoError(t, err)
	var written []candidate.File
	for _, f := range list {
		written = append(written, candidate.File{Path: f.Path, Content: f.After})
	}
	c, err := candidate.Build(target.Repo, target.Work, written)
	require.NoError(t, err)
	after, err := target.At(c.Tree).Facts(t.Context(), query)
	require.NoError(t, err)
	require.Empty(t, after.Unreadable)
	results := verify.Check(p, before, after, map[string]verify.System{"forge": {Host: "forge", Drv: after.Toplevel}})
	require.NotEmpty(t, results)
	require.Empty(t, verify.Broken(results))
	return results
}
