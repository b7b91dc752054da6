package specification_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/render"
)

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// service is one that is to be added to an example fleet.
type service struct {
	example, name string
	// native and pkg are what is asked of NixOS and of the package set.
	native, pkg string
	// entry is the name under which the catalog knows it, empty for unknown.
	entry   string
	answers []string
	changes []func(*plan.Input)
}

// known is a service that the catalog knows, unknown one that nothing knows.
func known(name string, answers ...string) service {
	return service{example: "example", name: name, entry: name, answers: answers}
}

func unknown(name string, answers ...string) service {
	return service{example: "example", name: name, answers: answers}
}

// container is the known service as a container, with an image that is pinned.
func container(name string, answers ...string) service {
	return known(name, append([]string{"packaging=container", "image=ghcr.io/x/" + name + ":1.2.3@" + digest}, answers...)...)
}

// bookmarks is a container with state of which the owner says everything.
func bookmarks(answers ...string) service {
	return unknown("bookmarks", append([]string{"packaging=container", "image=ghcr.io/x/bookmarks:1.2.3@" + digest, "containerPort=9090",
		"dataDir=/data", "workload=sqlite", "auth=caddy-security", "category=Productivity", "description=keeps bookmarks"}, answers...)...)
}

// called is the service under another name, where the host has one of its own.
func (s service) called(name string) service { s.name = name; return s }

// unit is a package that is run by a unit of ours.
func unit(answers ...string) service {
	s := unknown("gotify", append([]string{"packaging=unit", "package=gotify-server", "arguments=--listen {address}:{port} --data {dataDir}", "port=8070",
		"workload=sqlite", "auth=builtin", "category=Infrastructure", "description=messages"}, answers...)...)
	s.pkg = "gotify-server"
	return s
}

// jellyfin is a module of NixOS.
func jellyfin(answers ...string) service {
	s := known("jellyfin", append([]string{"category=Media"}, answers...)...)
	s.native, s.pkg = "jellyfin", "jellyfin"
	return s
}

// on is the service on the other example.
func (s service) on(example string) service { s.example = example; return s }

// with is the service with more answers; -NAME takes one away.
func (s service) with(answers ...string) service {
	s.answers = append(slices.Clone(s.answers), answers...)
	return s
}

// but is the service where something is otherwise.
func (s service) but(change func(*plan.Input)) service {
	s.changes = append(slices.Clone(s.changes), change)
	return s
}

// said are the answers by name.
func (s service) said() map[string]string {
	all := map[string]string{}
	for _, a := range s.answers {
		name, value, _ := strings.Cut(a, "=")
		if without, ok := strings.CutPrefix(name, "-"); ok {
			delete(all, without)
			continue
		}
		all[name] = value
	}
	return all
}

var (
	exampleFiles   = map[string]map[string][]byte{}
	exampleSources = map[string]*source.Tree{}
)

// files are the text files of an example.
func files(t *testing.T, example string) map[string][]byte {
	t.Helper()
	if exampleFiles[example] == nil {
		root := os.DirFS(filepath.Join("..", "..", "testdata", example))
		all, nix := map[string][]byte{}, map[string][]byte{}
		require.NoError(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			all[path], err = fs.ReadFile(root, path)
			if strings.HasSuffix(path, ".nix") {
				nix[path] = all[path]
			}
			return err
		}))
		exampleFiles[example], exampleSources[example] = all, source.Read(nix)
	}
	return maps.Clone(exampleFiles[example])
}

// input is what the plan is made from: what a real Nix told of the example, and
// what the catalog knows.
func (s service) input(t *testing.T) plan.Input {
	t.Helper()
	paths := slices.Sorted(maps.Keys(files(t, s.example)))
	f := facts.New()
	stored := []string{s.example}
	for _, name := range []string{s.native, s.pkg} {
		if name != "" && !slices.Contains(stored, s.example+"-"+name) {
			stored = append(stored, s.example+"-"+name)
		}
	}
	for _, name := range stored {
		data, err := os.ReadFile(filepath.Join("..", "..", "writer", "render", "testdata", "facts", name+".json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, f))
	}
	in := plan.Input{Service: s.name, Facts: f, Answers: s.said(), Paths: paths, Catalog: catalog.Builtin()}
	if s.entry != "" {
		in.Entry = catalog.Builtin().Find(s.entry)
		require.NotNil(t, in.Entry, "the catalog knows %s", s.entry)
	}
	in.Conventions = convention.Derive(f, exampleSources[s.example])
	for _, change := range s.changes {
		change(&in)
	}
	return in
}

// open makes the plan, which may have questions left.
func (s service) open(t *testing.T) *plan.Plan {
	t.Helper()
	p, err := plan.Make(s.input(t))
	require.NoError(t, err)
	return p
}

// refused requires that it cannot be had, and that the error says what to do.
func (s service) refused(t *testing.T, want string) {
	t.Helper()
	_, err := plan.Make(s.input(t))
	var input *plan.InputError
	require.ErrorAs(t, err, &input)
	require.ErrorContains(t, err, want)
	require.NotEmpty(t, input.Error())
}

// refusedAnswer requires that an answer is no answer at all, whatever else is said.
func (s service) refusedAnswer(t *testing.T, want string) {
	t.Helper()
	require.ErrorContains(t, plan.CheckAnswers(s.said()), want)
}

// outcome is what came of a service: its plan, and the files.
type outcome struct {
	*plan.Plan
	t            *testing.T
	given        plan.Input
	files        []render.File
	module, host string
}

// made plans and renders; nothing may be left to ask.
func (s service) made(t *testing.T) outcome {
	t.Helper()
	in := s.input(t)
	p, err := plan.Make(in)
	require.NoError(t, err)
	require.Empty(t, p.Questions)
	list, err := render.Files(p, in.Conventions, in.Facts, files(t, s.example))
	require.NoError(t, err)
	o := outcome{Plan: p, t: t, given: in, files: list}
	for _, f := range list {
		switch f.Path {
		case p.Model.Where.Module:
			o.module = string(f.After)
		case p.Model.Where.Host:
			o.host = string(f.After)
		}
	}
	require.NotEmpty(t, o.module)
	require.NotEmpty(t, o.host)
	return o
}

// text is everything that was generated for the service.
func (o outcome) text() string { return o.module + o.host }

// decision is the one of that name.
func (o outcome) decision(name string) plan.Decision {
	o.t.Helper()
	i := slices.IndexFunc(o.Decisions, func(d plan.Decision) bool { return d.Name == name })
	require.GreaterOrEqual(o.t, i, 0, "there is a decision on %s", name)
	return o.Decisions[i]
}

// promises are those of a kind.
func (o outcome) promises(kind plan.PromiseKind) []plan.Promise {
	return slices.DeleteFunc(slices.Clone(o.Promises), func(p plan.Promise) bool { return p.Kind != kind })
}

// want is what the only promise of a kind wants.
func (o outcome) want(kind plan.PromiseKind) map[string]string {
	o.t.Helper()
	list := o.promises(kind)
	require.Len(o.t, list, 1, "promises of kind %s", kind)
	return list[0].Want
}

// absent tells whether the plan promises that something is not there.
func (o outcome) absent(what string) bool {
	return slices.ContainsFunc(o.promises(plan.PromiseAbsence), func(p plan.Promise) bool { return p.Want["absent"] == what })
}

// asked are the names of a plan's questions.
func asked(p *plan.Plan) []string {
	names := []string{}
	for _, q := range p.Questions {
		names = append(names, q.Name)
	}
	return names
}
