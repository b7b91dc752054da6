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

// Candidate is a tree that was not written yet. Its objects are not stored
// either, until its Store is called.
type Candidate struct {
	*gitrepo.Tree
	repo *gitrepo.Repo
}

// Build makes the candidate: base (what gitrepo.Repo.Snapshot returned) with
// files put in. The work tree, the index and the objects of the repository stay
// untouched. base must list every file it is to have.
func Build(r *gitrepo.Repo, base *gitrepo.Tree, files []File) (*Candidate, error) {
	modes := make(map[string]string, len(base.Entries))
	for _, e := range base.Entries {
		modes[e.Path] = e.Mode
	}
	seen := make(map[string]bool, len(files))
	entries := make([]gitrepo.Entry, len(files))
	contents := make([][]byte, len(files))
	for i, f := range files {
		if err := check(f, modes); err != nil {
			return nil, err
		}
		if seen[f.Path] {
			return nil, fmt.Errorf("add %q to candidate: it is given twice", f.Path)
		}
		seen[f.Path] = true
		entries[i] = gitrepo.Entry{Path: f.Path, Mode: mode(f, modes[f.Path])}
		contents[i] = f.Content
	}
	return &Candidate{Tree: base.With(entries, contents), repo: r}, nil
}

// NARHash is what Nix computes for the source ("sha256-..."). Once the files
// are written, WorkNARHash must give the same. The candidate is stored first.
func (c *Candidate) NARHash(ctx context.Context) (string, error) {
	if err := c.Store(ctx); err != nil {
		return "", fmt.Errorf("store candidate: %w", err)
	}
	return NARHash(ctx, c.repo, c.ID)
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
