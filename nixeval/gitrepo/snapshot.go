package gitrepo

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git's object ids
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Tree is a state of the flake's files. Its ids are computed here, and git
// gets its objects only when Store is called: what Nix has answered before
// needs none of them.
type Tree struct {
	// ID is the git tree id: a content key of all files with their modes.
	ID string
	// Commit is the id of the commit that FlakeRef names.
	Commit string
	// Entries are the files, sorted by path.
	Entries []Entry
	// Content is the bytes of the files that Snapshot was asked to keep, by
	// path: those that their ids are of.
	Content map[string][]byte

	repo  *Repo
	fresh []Blob // what the user's repository may not have

	mu     sync.Mutex
	stored bool
}

// Snapshot is the flake as it is now: the tracked files with the bytes they
// have in the work tree, uncommitted changes and `git add -N` included. Every
// file is read, so that no time stamp, no assume-unchanged flag and no
// line-end conversion can make two different work trees look the same. Neither
// index nor work tree is touched. keep, if not nil, says of which files the
// Tree is to hold the bytes; size is theirs.
func (r *Repo) Snapshot(ctx context.Context, keep func(e Entry, size int64) bool) (*Tree, error) {
	staged, err := r.entries(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := r.present(staged)
	if err != nil {
		return nil, err
	}
	if err := r.whole(staged, entries); err != nil {
		return nil, err
	}
	contents, err := r.hash(ctx, entries, keep)
	if err != nil {
		return nil, err
	}
	was := make(map[string]string, len(staged))
	for _, e := range staged {
		was[e.Path] = e.ID
	}
	t := &Tree{repo: r, Entries: entries, Content: map[string][]byte{}}
	for i, e := range entries {
		if contents[i] != nil {
			t.Content[e.Path] = contents[i]
		}
		if e.Mode != Submodule && was[e.Path] != e.ID {
			t.fresh = append(t.fresh, Blob{ID: e.ID, Open: r.opener(e, contents[i])})
		}
	}
	t.identify()
	return t, nil
}

// opener reads a file again when its bytes were not kept.
func (r *Repo) opener(e Entry, content []byte) func() (io.ReadCloser, int64, error) {
	if content == nil {
		return func() (io.ReadCloser, int64, error) { return r.open(e) }
	}
	return func() (io.ReadCloser, int64, error) {
		return io.NopCloser(bytes.NewReader(content)), int64(len(content)), nil
	}
}

// With is the tree with files put in or replaced; contents are theirs, in the
// same order. The ids of the entries are set. Nothing is stored.
func (t *Tree) With(files []Entry, contents [][]byte) *Tree {
	next := &Tree{repo: t.repo, fresh: slices.Clone(t.fresh), Content: maps.Clone(t.Content)}
	put := make(map[string]bool, len(files))
	for i, e := range files {
		put[e.Path] = true
		e.ID = objectID("blob", contents[i])
		next.Entries = append(next.Entries, e)
		next.fresh = append(next.fresh, Blob{ID: e.ID, Open: t.repo.opener(e, notNil(contents[i]))})
		if _, kept := t.Content[e.Path]; kept {
			next.Content[e.Path] = contents[i]
		}
	}
	for _, e := range t.Entries {
		if !put[e.Path] {
			next.Entries = append(next.Entries, e)
		}
	}
	next.identify()
	return next
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (t *Tree) identify() {
	slices.SortFunc(t.Entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	t.ID = treeID(t.Entries, 0)
	t.Commit = commitID(t.ID)
}

// FlakeRef is the flake reference of the tree. Nix can follow it once the tree
// is stored.
func (t *Tree) FlakeRef() string { return t.repo.FlakeRef(t.Commit) }

// Store gives git what Nix needs to evaluate the tree: files, tree and commit.
// It may be called often and by several goroutines. A file that is not any more
// what it was is an error of kind Changed.
func (t *Tree) Store(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stored {
		return nil
	}
	if err := t.repo.writeBlobs(ctx, t.fresh); err != nil {
		return err
	}
	tree, err := t.repo.WriteTree(ctx, "", t.Entries)
	if err != nil {
		return err
	}
	commit, err := t.repo.Commit(ctx, tree)
	if err != nil {
		return err
	}
	// Answers are remembered under these ids, so nothing is taken on trust.
	if tree != t.ID || commit != t.Commit {
		return &Error{Op: "store tree", Detail: fmt.Sprintf("git made tree %s and commit %s of what is %s and %s", tree, commit, t.ID, t.Commit)}
	}
	t.stored = true
	return nil
}

// objectID is the id that git gives an object.
func objectID(kind string, content []byte) string {
	h := sha1.New() //nolint:gosec // git's object ids
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// treeID is the id of the tree of entries, whose paths have the first depth
// bytes in common. Sorted by path they are in the order of git's trees too: a
// folder counts as if its name ended with a slash.
func treeID(entries []Entry, depth int) string {
	var tree []byte
	for i := 0; i < len(entries); {
		mode, id := entries[i].Mode, entries[i].ID
		name, _, folder := strings.Cut(entries[i].Path[depth:], "/")
		next := i + 1
		if folder {
			prefix := entries[i].Path[:depth+len(name)+1]
			for next < len(entries) && strings.HasPrefix(entries[next].Path, prefix) {
				next++
			}
			mode, id = "40000", treeID(entries[i:next], len(prefix))
		}
		tree = append(append(append(tree, mode...), ' '), name...)
		tree = append(tree, 0)
		tree, _ = hex.AppendDecode(tree, []byte(id)) // an id that is none gives another tree than git's, which Store refuses
		i = next
	}
	return objectID("tree", tree)
}

// commitID is the id of the commit that Commit makes of a tree.
func commitID(tree string) string {
	const who = "scaffold <scaffold@localhost> 315532800 +0000\n"
	return objectID("commit", []byte("tree "+tree+"\nauthor "+who+"committer "+who+"\n"+commitMessage))
}
