// Package candidate makes the flake as it would be after a change, as a commit
// that Nix can evaluate, before anything is written to the work tree.
package candidate

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/gitrepo"
)

// File is one file as it shall be.
type File struct {
	Path    string      // slash-separated, relative to the root of the repository
	Content []byte      // all of it
	Mode    fs.FileMode // only the owner's x bit counts; 0: as it is now, 0644 for a new file
}

// Candidate is a tree that was not written yet.
type Candidate struct {
	Tree   string // git tree id; the key of its evaluations
	Commit string // the commit that Flake names
	Flake  string // flake reference for Nix
	// NARHash is what Nix computes for the source ("sha256-..."). Once the
	// files are written, WorkNARHash must give the same.
	NARHash string
}

// Build makes the candidate: baseTree (usually what gitrepo.Repo.WorkTree
// returned) with files put in. The work tree, the index and the objects of
// the repository stay untouched. baseTree must list every file it is to have.
func Build(ctx context.Context, r *gitrepo.Repo, baseTree string, files []File) (*Candidate, error) {
	entries, err := merge(ctx, r, baseTree, files)
	if err != nil {
		return nil, err
	}
	c := &Candidate{}
	if c.Tree, err = r.WriteTree(ctx, baseTree, entries); err != nil {
		return nil, fmt.Errorf("build candidate tree: %w", err)
	}
	if c.Commit, err = r.Commit(ctx, c.Tree); err != nil {
		return nil, fmt.Errorf("build candidate commit: %w", err)
	}
	c.Flake = r.FlakeRef(c.Commit)
	c.NARHash, err = NARHash(ctx, r, c.Tree)
	return c, err
}

// merge stores the files and says where they go in the tree.
func merge(ctx context.Context, r *gitrepo.Repo, base string, files []File) ([]gitrepo.Entry, error) {
	old, err := r.ListTree(ctx, base)
	if err != nil {
		return nil, fmt.Errorf("read base tree: %w", err)
	}
	modes := make(map[string]string, len(old))
	for _, e := range old {
		modes[e.Path] = e.Mode
	}
	seen := make(map[string]bool, len(files))
	var entries []gitrepo.Entry
	var contents [][]byte
	for _, f := range files {
		if err := check(f, modes); err != nil {
			return nil, err
		}
		if seen[f.Path] {
			return nil, fmt.Errorf("add %q to candidate: it is given twice", f.Path)
		}
		seen[f.Path] = true
		entries = append(entries, gitrepo.Entry{Path: f.Path, Mode: mode(f, modes[f.Path])})
		contents = append(contents, f.Content)
	}
	ids, err := r.WriteBlobs(ctx, contents...)
	if err != nil {
		return nil, fmt.Errorf("store candidate files: %w", err)
	}
	for i, id := range ids {
		entries[i].ID = id
	}
	return entries, nil
}

// check refuses what could not be written later: git would silently replace a
// file by a folder of the same name.
func check(f File, modes map[string]string) error {
	bad := func(why string) error { return fmt.Errorf("add %q to candidate: %s", f.Path, why) }
	if f.Path == "" || f.Path != path.Clean(f.Path) || f.Path == "." || path.IsAbs(f.Path) || strings.ContainsRune(f.Path, 0) {
		return bad("not a clean path below the root")
	}
	parts := strings.Split(f.Path, "/")
	if slices.ContainsFunc(parts, func(p string) bool { return p == ".." || strings.EqualFold(p, ".git") }) {
		return bad("the path leaves the work tree")
	}
	switch modes[f.Path] {
	case gitrepo.Symlink, gitrepo.Submodule:
		return bad("it is a symlink or a submodule now")
	}
	for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
		if modes[dir] != "" {
			return bad(dir + " is not a folder")
		}
	}
	for p := range modes {
		if strings.HasPrefix(p, f.Path+"/") {
			return bad("it is a folder now")
		}
	}
	return nil
}

func mode(f File, now string) string {
	switch {
	case f.Mode == 0 && now != "":
		return now
	case f.Mode&0o100 != 0:
		return gitrepo.Executable
	}
	return gitrepo.Regular
}
