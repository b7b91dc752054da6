// Package discover finds out what is true of a target repo: it reads the
// repo's tree, has Nix evaluate its hosts, and derives its conventions.
package discover

import (
	"context"
	_ "embed" // nix/facts.nix
	"errors"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
)

// FactsSource is nix/facts.nix, the expression that every fact comes from.
//
//go:embed nix/facts.nix
var FactsSource string

// Target is a repo at one moment: a tree of files and the flake it is.
type Target struct {
	Repo *gitrepo.Repo
	Nix  *nixeval.Nix
	// Work is the tree of the files, uncommitted changes included.
	Work *gitrepo.Tree
	// Tree is its id; two targets with the same one are the same.
	Tree string
	// Flake is a flake reference of exactly that tree.
	Flake string
	// Files are the contents of the files that are read as text: Nix files and
	// Taskfiles.
	Files map[string][]byte
	// All are the paths of all files.
	All []string
	// Source is what the text of the Nix files says.
	Source *source.Tree

	memo *facts.Memo // shared with the targets that At makes
}

// Open reads the repo as it is now. Errors are those of gitrepo.
func Open(ctx context.Context, nix *nixeval.Nix, repo *gitrepo.Repo) (*Target, error) {
	work, err := repo.Snapshot(ctx, func(e gitrepo.Entry, size int64) bool { return isText(e) && size <= maxTextFile })
	if err != nil {
		return nil, fmt.Errorf("read work tree: %w", err)
	}
	t := &Target{Repo: repo, Nix: nix, Work: work, Tree: work.ID, Flake: work.FlakeRef(), Files: work.Content, memo: &facts.Memo{}}
	nixFiles := map[string][]byte{}
	for _, e := range work.Entries {
		t.All = append(t.All, e.Path)
		if data, kept := t.Files[e.Path]; kept && strings.HasSuffix(e.Path, ".nix") {
			nixFiles[e.Path] = data
		}
	}
	t.Source = source.Read(nixFiles)
	return t, nil
}

// At is the same repo with another tree, such as a candidate. What is read as
// text stays as it was.
func (t *Target) At(work *gitrepo.Tree) *Target {
	return &Target{
		Repo: t.Repo, Nix: t.Nix, Work: work, Tree: work.ID, Flake: work.FlakeRef(),
		Files: t.Files, All: t.All, Source: t.Source, memo: t.memo,
	}
}

// request is a question about the tree, which is stored only if nix must run.
func (t *Target) request(what string, attr ...string) nixeval.Request {
	return nixeval.Request{Flake: t.Flake, Key: t.Tree, What: what, Attr: attr, Prepare: t.Work.Store}
}

// maxTextFile is the size in bytes above which a file is not read as text.
const maxTextFile = 4 << 20

func isText(e gitrepo.Entry) bool {
	if e.Mode != gitrepo.Regular && e.Mode != gitrepo.Executable {
		return false
	}
	base := e.Path[strings.LastIndexByte(e.Path, '/')+1:]
	return strings.HasSuffix(base, ".nix") ||
		strings.Contains(strings.ToLower(e.Path), "taskfile") && (strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")) ||
		strings.HasPrefix(e.Path, ".scaffold")
}

// Hosts are the names under nixosConfigurations, sorted.
func (t *Target) Hosts(ctx context.Context) ([]string, error) {
	request := t.request("hosts of the flake", "nixosConfigurations")
	request.Apply = "builtins.attrNames"
	data, err := t.Nix.Eval(ctx, request)
	if err != nil {
		return nil, err
	}
	return decodeNames(data)
}

// Query says what is wanted of a host beyond what every question gets.
type Query struct {
	Host string
	// Service is the one whose units are wanted in detail.
	Service string
	// Natives and Packages are names under services of NixOS and paths in the
	// package set, in order of preference: the facts tell of the first that is
	// there.
	Natives, Packages []string
	// Toplevel instantiates the whole system too, which fails as a rebuild
	// would.
	Toplevel bool
	// Only restricts the answer to these kinds of cells; empty means all.
	Only []string
}

// Facts evaluates a host: one run of nix, if nothing in it is unreadable.
func (t *Target) Facts(ctx context.Context, q Query) (*facts.Facts, error) {
	request := t.request("facts of "+q.Host, "nixosConfigurations")
	data, unreadable, err := t.Nix.EvalCells(ctx, request, func(skip []string) string { return t.expression(q, skip) })
	if err != nil {
		return nil, err
	}
	f, err := t.memo.Decode(data)
	if err != nil {
		return nil, err
	}
	for _, u := range unreadable {
		u.Err = t.why(ctx, request, q, u)
		f.Unreadable = append(f.Unreadable, facts.Unreadable{Cell: u.Cell, Reason: u.Err.Message, Option: u.Err.OptionPath, File: u.Err.File, Line: u.Err.Line})
	}
	return f, nil
}

// why asks for a cell alone that bears the service's name: what was caught
// within Nix has no message, and of the service in question it is wanted.
func (t *Target) why(ctx context.Context, r nixeval.Request, q Query, u nixeval.Unreadable) *nixeval.Error {
	if q.Service == "" || !strings.HasSuffix(u.Cell, " "+q.Service) || u.Err.Kind != nixeval.Throw {
		return u.Err
	}
	r.What, r.Failures = u.Cell, true
	r.Apply = t.expressionOf(q, nixeval.Cells{Only: []string{u.Cell}, Uncaught: true})
	_, err := t.Nix.Eval(ctx, r)
	var e *nixeval.Error
	if errors.As(err, &e) {
		return e
	}
	return u.Err
}

// expression applies facts.nix to the flake. The attribute that nix eval was
// pointed at is left aside: the flake as a whole gives its source too.
func (t *Target) expression(q Query, skip []string) string {
	return t.expressionOf(q, nixeval.Cells{Skip: skip})
}

func (t *Target) expressionOf(q Query, cells nixeval.Cells) string {
	var b strings.Builder
	b.WriteString("_: (" + FactsSource + ") {\n")
	b.WriteString("cells = " + cells.Nix() + ";\n")
	b.WriteString("flake = builtins.getFlake " + nixeval.Quote(t.Flake) + ";\n")
	b.WriteString("host = " + nixeval.Quote(q.Host) + ";\n")
	optional := func(name, value string) {
		if value != "" {
			b.WriteString(name + " = " + nixeval.Quote(value) + ";\n")
		}
	}
	optional("focus", q.Service)
	names := func(name string, values []string) {
		if len(values) > 0 {
			b.WriteString(name + " = " + list(values) + ";\n")
		}
	}
	names("natives", q.Natives)
	names("packages", q.Packages)
	names("only", q.Only)
	b.WriteString("helperFiles = " + list(t.Libraries()) + ";\n")
	fmt.Fprintf(&b, "toplevel = %t;\n}", q.Toplevel)
	return b.String()
}

func list(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = nixeval.Quote(n)
	}
	return "[ " + strings.Join(quoted, " ") + " ]"
}

// minImporters is how many files must import a file under a name before it is
// looked at as a library.
const minImporters = 3

// Libraries are the files that several others import under a name: libraries
// of helpers or types. Sorted.
func (t *Target) Libraries() []string {
	var libraries []string
	for name, users := range t.Source.Users() {
		if users >= minImporters {
			libraries = append(libraries, name)
		}
	}
	slices.Sort(libraries)
	return libraries
}
