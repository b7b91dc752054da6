package render_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
)

// update evaluates the examples anew with a real Nix and writes what is expected:
//
//	go test ./writer/render -update
var update = flag.Bool("update", false, "evaluate the examples and write the golden files anew")

// testConfig lets any Nix evaluate offline, as any user.
const testConfig = `extra-experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
warn-dirty = false`

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// scenario is a service to be added to an example.
type scenario struct {
	name, example, service string
	native, pkg            string // what is asked of NixOS and of the package set
	answers                map[string]string
	entry                  *catalog.Entry // what the catalog knows of the service
	change                 func(*facts.Facts, *convention.Conventions)
}

// said is a set of answers: NAME=VALUE each.
func said(answers ...string) map[string]string {
	all := map[string]string{}
	for _, a := range answers {
		name, value, _ := strings.Cut(a, "=")
		all[name] = value
	}
	return all
}

// The examples are read and parsed once.
var (
	exampleFiles   = map[string]map[string][]byte{}
	exampleSources = map[string]*source.Tree{}
)

// files are the text files of an example; the map is the caller's.
func (s scenario) files(t *testing.T) map[string][]byte {
	t.Helper()
	if all := exampleFiles[s.example]; all != nil {
		return maps.Clone(all)
	}
	root := os.DirFS(filepath.Join("..", "..", "testdata", s.example))
	all := map[string][]byte{}
	require.NoError(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[path], err = fs.ReadFile(root, path)
		return err
	}))
	exampleFiles[s.example] = all
	return maps.Clone(all)
}

// source is what the text of an example says.
func (s scenario) source(t *testing.T) *source.Tree {
	t.Helper()
	if exampleSources[s.example] == nil {
		nix := s.files(t)
		maps.DeleteFunc(nix, func(name string, _ []byte) bool { return !strings.HasSuffix(name, ".nix") })
		exampleSources[s.example] = source.Read(nix)
	}
	return exampleSources[s.example]
}

// inputs are the facts and conventions that a scenario's plan is made from, with
// no Nix: the facts are stored.
func (s scenario) inputs(t *testing.T) (*facts.Facts, *convention.Conventions) {
	t.Helper()
	f := facts.New()
	load := func(name string) {
		data, err := os.ReadFile(filepath.Join("testdata", "facts", name+".json"))
		require.NoError(t, err, "go test ./writer/render -update makes it")
		require.NoError(t, json.Unmarshal(data, f))
	}
	load(s.example)
	if s.native+s.pkg != "" {
		load(s.software())
	}
	c := convention.Derive(f, s.source(t))
	if s.change != nil {
		s.change(f, c)
	}
	return f, c
}

func (s scenario) software() string {
	return s.example + "-" + cmp.Or(s.native, s.pkg)
}

// software is what is known of one service, beside what is known of a host.
type software struct {
	Native            *facts.NativeModule `json:",omitempty"`
	Package, Unstable *facts.Package      `json:",omitempty"`
}

// evaluate stores the facts of an example, as a real Nix tells them.
func (s scenario) evaluate(t *testing.T) {
	t.Helper()
	gittest.Isolate(t)
	dir := filepath.Join(t.TempDir(), "repo")
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", s.example))))
	gittest.Git(t, dir, "init", "--quiet")
	gittest.Git(t, dir, "add", "--all")
	nix, _, err := nixeval.Find(t.Context(), "")
	require.NoError(t, err)
	nix.Env = []string{"NIX_CONFIG=" + testConfig}
	repo, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	target, err := discover.Open(t.Context(), nix, repo)
	require.NoError(t, err)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Natives: only(s.native), Packages: only(s.pkg)})
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	store := func(name string, v any) {
		data, err := json.MarshalIndent(v, "", " ")
		require.NoError(t, err)
		file := filepath.Join("testdata", "facts", name+".json")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, append(data, '\n'), 0o644))
	}
	if s.native+s.pkg != "" {
		store(s.software(), software{f.Native, f.Package, f.Unstable})
	}
	f.Native, f.Package, f.Unstable, f.Host.Source = nil, nil, nil, ""
	store(s.example, f)
}

// only is a list of the one name, if there is one.
func only(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// plan makes the scenario's plan; nothing may be left to ask.
func (s scenario) plan(t *testing.T) (*plan.Plan, *facts.Facts, *convention.Conventions) {
	t.Helper()
	f, c := s.inputs(t)
	p, err := plan.Make(plan.Input{Service: s.service, Facts: f, Conventions: c, Answers: s.answers, Entry: s.entry})
	require.NoError(t, err)
	require.Empty(t, p.Questions)
	return p, f, c
}

// render gives the files that the plan stands for.
func (s scenario) render(t *testing.T) (*plan.Plan, []render.File) {
	t.Helper()
	p, f, c := s.plan(t)
	files, err := render.Files(p, c, f, s.files(t))
	require.NoError(t, err)
	return p, files
}

// with is the scenario with more answers; -NAME takes one away.
func (s scenario) with(answers ...string) scenario {
	all := maps.Clone(s.answers)
	for name, value := range said(answers...) {
		all[name] = value
		if without, ok := strings.CutPrefix(name, "-"); ok {
			delete(all, name)
			delete(all, without)
		}
	}
	s.answers = all
	return s
}

// linter is the path of one of the linters of Nix files in SCAFFOLD_LINTERS.
func linter(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("SCAFFOLD_LINTERS")
	if dir == "" {
		t.Skip("SCAFFOLD_LINTERS is not set: this test runs the linters of Nix files in that folder")
	}
	path, err := exec.LookPath(filepath.Join(dir, name))
	if err != nil && name == "statix" {
		t.Log("statix is published nowhere that a test can install it from")
		return ""
	}
	require.NoError(t, err)
	return path
}

// instantiate runs nix-instantiate of a real Nix on an expression.
func instantiate(t *testing.T, input string, args ...string) ([]byte, error) {
	t.Helper()
	path, err := exec.LookPath("nix-instantiate")
	if err != nil {
		t.Skip("nix-instantiate is not installed: this test reads what was rendered with a real Nix")
	}
	cmd := exec.CommandContext(t.Context(), path, append(args, "-")...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(os.Environ(), "NIX_CONFIG="+testConfig, "HOME="+t.TempDir())
	return cmd.CombinedOutput()
}
