package verify_test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
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

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// scenario is a service that is added to an example.
type scenario struct {
	example string
	query   discover.Query
	answers map[string]string
}

func said(answers ...string) map[string]string {
	all := map[string]string{}
	for _, a := range answers {
		name, value, _ := strings.Cut(a, "=")
		all[name] = value
	}
	return all
}

// scenarios are one service of each packaging, by what they are called here.
var scenarios = map[string]scenario{
	"container": {"example", discover.Query{Service: "linkding"}, said("packaging=container", "image=ghcr.io/sissbruecker/linkding:1.36.0@"+digest,
		"containerPort=9090", "dataDir=/etc/linkding/data", "workload=sqlite", "auth=caddy-security", "category=Productivity", "description=bookmark manager",
		"nfs=media", "network=media-services", "secrets=LD_TOKEN", "metricsPath=/metrics", "environment.LD_PATH=links/")},
	"stateless": {"example", discover.Query{Service: "cyberchef"}, said("packaging=container", "image=ghcr.io/gchq/cyberchef:10.19.4@"+digest,
		"containerPort=8080", "workload=stateless", "auth=none", "category=Productivity", "description=data analysis")},
	"unprotected": {"example", discover.Query{Service: "linkding"}, said("packaging=container", "image=ghcr.io/sissbruecker/linkding:1.36.0@"+digest,
		"containerPort=9090", "dataDir=/etc/linkding/data", "workload=sqlite", "auth=caddy-security", "category=Productivity", "description=bookmark manager",
		"backup=no", "preseed=no", "snapshots=no")},
	"puid": {"example", discover.Query{Service: "bazarr"}, said("packaging=container", "image=lscr.io/linuxserver/bazarr:1.5.3@"+digest,
		"containerPort=6767", "dataDir=/config", "workload=sqlite", "auth=caddy-security", "category=Media", "description=subtitles", "group=media", "nfs=media")},
	"unit": {"example", discover.Query{Service: "ntfy", Packages: []string{"ntfy-sh"}}, said("packaging=unit", "package=ntfy-sh", "port=2586", "workload=config",
		"arguments=serve --listen-http {address}:{port}", "auth=trusted-header", "category=Infrastructure", "description=push notifications", "secrets=NTFY_TOKEN", "nfs=media")},
	"native": {"example", discover.Query{Service: "jellyfin", Natives: []string{"jellyfin"}, Packages: []string{"jellyfin"}}, said("port=8096", "workload=media", "auth=builtin",
		"category=Media", "nfs=media")},
	"dynamic": {"example", discover.Query{Service: "miniflux", Natives: []string{"miniflux"}, Packages: []string{"miniflux"}}, said("port=8585", "workload=config", "auth=builtin",
		"category=Productivity")},
	"factory": {"example-registry", discover.Query{Service: "linkding"}, said("packaging=container", "image=ghcr.io/sissbruecker/linkding:1.36.0@"+digest,
		"containerPort=9090", "dataDir=/etc/linkding/data", "workload=sqlite", "auth=caddy-security", "category=infrastructure", "description=bookmark manager",
		"nfs=media", "secrets=LD_TOKEN")},
	"registry-unit": {"example-registry", discover.Query{Service: "gotify", Packages: []string{"gotify-server"}}, said("packaging=unit", "package=gotify-server", "port=8070",
		"workload=sqlite", "arguments=--listen {address}:{port} --data {dataDir}", "auth=builtin", "category=infrastructure")},
	"registry-native": {"example-registry", discover.Query{Service: "jellyfin", Natives: []string{"jellyfin"}, Packages: []string{"jellyfin"}}, said("port=8096", "workload=media", "auth=builtin",
		"category=media-automation", "nfs=media")},
}

// stage is a scenario that was planned and rendered, ready to be evaluated.
type stage struct {
	target *discover.Target
	query  discover.Query
	before *facts.Facts
	plan   *plan.Plan
	files  []render.File
}

// What every test needs is made once: the copies of the examples, and what is
// planned in them.
var (
	targets   = map[string]*discover.Target{}
	stages    = map[string]*stage{}
	workspace string
)

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "scaffold-verify-")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		workspace = dir
		return m.Run()
	}()
	os.Exit(code)
}

func open(t *testing.T, example string) *discover.Target {
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

// prepare evaluates a scenario's host, plans and renders.
func prepare(t *testing.T, name string) *stage {
	t.Helper()
	s := scenarios[name]
	if st := stages[name]; st != nil {
		return st
	}
	st := &stage{target: open(t, s.example), query: s.query}
	st.query.Host = "forge"
	var err error
	st.before, err = st.target.Facts(t.Context(), st.query)
	require.NoError(t, err)
	require.Empty(t, st.before.Unreadable)
	c := convention.Derive(st.before, st.target.Source)
	st.plan, err = plan.Make(plan.Input{Service: s.query.Service, Facts: st.before, Conventions: c, Answers: maps.Clone(s.answers), Paths: st.target.All, Entry: known[name]})
	require.NoError(t, err)
	require.Empty(t, st.plan.Questions)
	st.files, err = render.Files(st.plan, c, st.before, st.target.Files)
	require.NoError(t, err)
	stages[name] = st
	return st
}

// edit is a change of what was rendered: in the module, or else in the host's
// file.
type edit struct {
	module   bool
	old, new string
}

func inModule(old, changed string) edit { return edit{true, old, changed} }
func inHost(old, changed string) edit   { return edit{false, old, changed} }

// evaluate gives the facts of the host with the files, changed by the edits.
func (st *stage) evaluate(t *testing.T, edits ...edit) (*facts.Facts, map[string]verify.System) {
	t.Helper()
	query := st.query
	query.Toplevel = true
	f, err := st.candidate(t, edits...).Facts(t.Context(), query)
	require.NoError(t, err)
	system := verify.System{Host: "forge", Drv: f.Toplevel}
	for _, u := range f.Unreadable {
		if u.Cell == "toplevel" {
			system.Err = errors.New(u.Reason)
		}
	}
	return f, map[string]verify.System{"forge": system}
}

// candidate is the repo with the files, changed by the edits.
func (st *stage) candidate(t *testing.T, edits ...edit) *discover.Target {
	t.Helper()
	var files []candidate.File
	for i, f := range st.files {
		text := string(f.After)
		for _, e := range edits {
			if i == map[bool]int{true: 0, false: 1}[e.module] {
				require.Equal(t, 1, strings.Count(text, e.old), "what is rendered has the text to change once: %s\n%s", e.old, text)
				text = strings.Replace(text, e.old, e.new, 1)
			}
		}
		files = append(files, candidate.File{Path: f.Path, Content: []byte(text)})
	}
	c, err := candidate.Build(st.target.Repo, st.target.Work, files)
	require.NoError(t, err)
	return st.target.At(c.Tree)
}
