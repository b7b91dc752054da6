// Package discover finds out what is true of a target repo: it reads the
// repo's tree, has Nix evaluate its hosts, and derives its conventions.
package discover

import (
	"context"
	_ "embed" // nix/facts.nix
	"errors"
	"fmt"
	"io"
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
	// Tree is the git tree id of the files, uncommitted changes included; two
	// targets with the same one are the same.
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
}

// Open reads the repo as it is now. Errors are those of gitrepo.
func Open(ctx context.Context, nix *nixeval.Nix, repo *gitrepo.Repo) (*Target, error) {
	tree, err := repo.WorkTree(ctx)
	if err != nil {
		return nil, fmt.Errorf("read work tree: %w", err)
	}
	commit, err := repo.Commit(ctx, tree)
	if err != nil {
		return nil, fmt.Errorf("make commit for evaluation: %w", err)
	}
	t := &Target{Repo: repo, Nix: nix, Tree: tree, Flake: repo.FlakeRef(commit)}
	return t, t.read(ctx)
}

// At is the same repo with another tree, such as a candidate.
func (t *Target) At(tree, flake string) *Target {
	return &Target{Repo: t.Repo, Nix: t.Nix, Tree: tree, Flake: flake, Files: t.Files, All: t.All, Source: t.Source}
}

// maxTextFile is the size in bytes above which a file is not read as text.
const maxTextFile = 4 << 20

func (t *Target) read(ctx context.Context) error {
	entries, err := t.Repo.ListTree(ctx, t.Tree)
	if err != nil {
		return fmt.Errorf("list tree: %w", err)
	}
	t.Files = map[string][]byte{}
	var names, ids []string
	for _, e := range entries {
		t.All = append(t.All, e.Path)
		if isText(e) {
			names, ids = append(names, e.Path), append(ids, e.ID)
		}
	}
	err = t.Repo.ReadBlobs(ctx, ids, func(i int, size int64, content io.Reader) error {
		if size > maxTextFile {
			return nil
		}
		data, err := io.ReadAll(content)
		t.Files[names[i]] = data
		return err
	})
	if err != nil {
		return fmt.Errorf("read files: %w", err)
	}
	nix := map[string][]byte{}
	for name, data := range t.Files {
		if strings.HasSuffix(name, ".nix") {
			nix[name] = data
		}
	}
	t.Source = source.Read(nix)
	return nil
}

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
	data, err := t.Nix.Eval(ctx, nixeval.Request{
		Flake: t.Flake, Key: t.Tree, What: "hosts of the flake",
		Attr: []string{"nixosConfigurations"}, Apply: "builtins.attrNames",
	})
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
	// Native and Package are names under services and in the package set.
	Native, Package string
	// Toplevel instantiates the whole system too, which fails as a rebuild
	// would.
	Toplevel bool
	// Only restricts the answer to these kinds of cells; empty means all.
	Only []string
}

// Facts evaluates a host: one run of nix, if nothing in it is unreadable.
func (t *Target) Facts(ctx context.Context, q Query) (*facts.Facts, error) {
	request := nixeval.Request{
		Flake: t.Flake, Key: t.Tree, What: "facts of " + q.Host,
		Attr: []string{"nixosConfigurations"},
	}
	data, unreadable, err := t.Nix.EvalCells(ctx, request, func(skip []string) string { return t.expression(q, skip) })
	if err != nil {
		return nil, err
	}
	f, err := facts.Decode(data)
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
	r.What = u.Cell
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
	optional("nativeModule", q.Native)
	optional("package", q.Package)
	if len(q.Only) > 0 {
		b.WriteString("only = " + list(q.Only) + ";\n")
	}
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
	importers := map[string]map[string]bool{}
	for _, name := range t.Source.Paths() {
		for _, b := range t.Source.File(name).Bindings {
			if importers[b.Path] == nil {
				importers[b.Path] = map[string]bool{}
			}
			importers[b.Path][name] = true
		}
	}
	var libraries []string
	for name, by := range importers {
		if len(by) >= minImporters {
			libraries = append(libraries, name)
		}
	}
	slices.Sort(libraries)
	return libraries
}
