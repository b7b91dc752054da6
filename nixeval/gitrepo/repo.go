// Package gitrepo is the git repository of a flake, as Nix sees it: which
// files are part of the flake, what they contain now, and a flake reference
// under which exactly that content can be evaluated. It reads the repository
// with the git program and changes neither index, work tree nor references.
package gitrepo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Repo is one checkout: the main work tree or a linked one.
type Repo struct {
	// Root is the top folder of the checkout, absolute, symlinks resolved.
	Root string

	gitDir  string // of this checkout: a linked work tree has its own
	objects string // the object database, shared by all work trees
	index   string

	mu      sync.Mutex
	scratch string // where commits for evaluation live
	made    bool   // scratch has been seen to be complete
	listed  listing
}

// Open finds the repository that dir is in. The error is an *Error: git is
// missing, dir is not in a repository, the repository is bare or belongs to
// someone else, or its root has no flake.nix that git tracks.
func Open(ctx context.Context, dir string) (*Repo, error) {
	op := "open repository of " + dir
	if info, err := os.Stat(dir); err != nil {
		return nil, &Error{Kind: NotARepository, Op: op, Detail: reason(err), Hint: "give the folder of the flake with --repo"}
	} else if !info.IsDir() {
		return nil, &Error{Kind: NotARepository, Op: op, Detail: "it is a file", Hint: "give the folder it is in"}
	}
	out, err := git(ctx, nil, "-C", dir, "rev-parse", "--path-format=absolute",
		"--is-bare-repository", "--show-object-format", "--git-dir",
		"--git-path", "objects", "--git-path", "index", "--show-toplevel")
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if lines[0] == "true" {
		return nil, &Error{Kind: Bare, Op: op, Detail: "the repository has no work tree", Hint: "clone it and work there"}
	}
	if err != nil {
		return nil, openError(op, err)
	}
	if len(lines) != 6 {
		return nil, &Error{Kind: Unsupported, Op: op, Detail: "its path contains a line break", Hint: "rename the folder"}
	}
	if lines[1] != "sha1" {
		return nil, &Error{Kind: Unsupported, Op: op, Detail: "its objects are " + lines[1] + ", which Nix does not read", Hint: "use a repository with SHA-1 objects"}
	}
	root, err := filepath.EvalSymlinks(lines[5])
	if err != nil {
		return nil, &Error{Kind: NotARepository, Op: op, Detail: reason(err), err: err}
	}
	r := &Repo{Root: root, gitDir: lines[2], objects: lines[3], index: lines[4]}
	r.scratch = scratchDir(r)
	if err := r.findFlake(ctx, op); err != nil {
		return nil, err
	}
	return r, nil
}

// openError tells the ways apart in which git finds no repository.
func openError(op string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Op = op
	switch {
	case strings.Contains(e.Detail, "dubious ownership"):
		e.Kind, e.Detail = Ownership, "the repository belongs to another user, so git refuses it"
		e.Hint = "run as its owner, or: git config --global --add safe.directory <path>"
	case strings.Contains(e.Detail, "must be run in a work tree"):
		e.Kind, e.Detail, e.Hint = NotARepository, "it is inside git's own folder", "give the folder of the flake"
	case strings.Contains(e.Detail, "not a git repository"):
		e.Kind, e.Detail = NotARepository, "not a git repository"
		e.Hint = "a flake lives in one: git init && git add -N ."
	}
	return e
}

// findFlake checks that Nix would find a flake at the root.
func (r *Repo) findFlake(ctx context.Context, op string) error {
	entries, err := r.entries(ctx)
	if err != nil {
		return err
	}
	var elsewhere []string
	for _, e := range entries {
		if e.Path == "flake.nix" {
			return nil
		}
		if strings.HasSuffix(e.Path, "/flake.nix") {
			elsewhere = append(elsewhere, e.Path)
		}
	}
	err2 := &Error{Kind: NoFlake, Op: op, Detail: "no flake.nix in " + r.Root}
	switch _, statErr := os.Lstat(filepath.Join(r.Root, "flake.nix")); {
	case statErr == nil:
		err2.Detail = "git does not track flake.nix in " + r.Root + ", so Nix does not see it"
		err2.Hint = "git add -N flake.nix"
	case len(elsewhere) > 0:
		slices.Sort(elsewhere)
		err2.Hint = "flakes below the root are not supported; found " + strings.Join(elsewhere[:min(3, len(elsewhere))], ", ")
	default:
		err2.Hint = "give the repository of a flake with --repo"
	}
	return err2
}

// GitPath is the absolute path of a file in git's own folder of this checkout
// (`git rev-parse --git-path`), for example "index" or "scaffold/lock". Git is
// asked only where work trees may share the file: ours they never share.
func (r *Repo) GitPath(ctx context.Context, name string) (string, error) {
	if name == "index" {
		return r.index, nil
	}
	if name == ours || strings.HasPrefix(name, ours+"/") {
		return filepath.Join(r.gitDir, name), nil
	}
	out, err := r.git(ctx, "rev-parse", "--path-format=absolute", "--git-path", name)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// ours is the folder in git's own where everything of ours is.
const ours = "scaffold"
