package candidate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nix-community/go-nix/pkg/nar"
	"github.com/nix-community/go-nix/pkg/nixhash"

	"holthome.net/scaffold/nixeval/gitrepo"
)

// NARHash is the hash that Nix gives the source of a flake with this tree, in
// SRI form ("sha256-..."): that of the tree's NAR archive.
func NARHash(ctx context.Context, r *gitrepo.Repo, tree string) (string, error) {
	entries, err := r.ListTree(ctx, tree)
	if err != nil {
		return "", fmt.Errorf("hash tree: %w", err)
	}
	a, err := newArchive(entries)
	if err != nil {
		return "", err
	}
	var ids []string
	var files []node
	for _, n := range a.nodes {
		if n.entry != nil && n.entry.Mode != gitrepo.Submodule {
			ids, files = append(ids, n.entry.ID), append(files, n)
		}
	}
	if len(ids) == 0 {
		return a.sum()
	}
	err = r.ReadBlobs(ctx, ids, func(i int, size int64, content io.Reader) error {
		return a.file(files[i], size, content)
	})
	if err != nil {
		return "", fmt.Errorf("hash tree: %w", err)
	}
	return a.sum()
}

// WorkNARHash is the hash that Nix gives the tracked files of the work tree as
// they are now, in the form of NARHash. It reads the files themselves, past
// git's objects, so that equal hashes mean that what was evaluated is what
// stands in the work tree.
func WorkNARHash(ctx context.Context, r *gitrepo.Repo) (string, error) {
	entries, err := r.Files(ctx)
	if err != nil {
		return "", fmt.Errorf("hash work tree: %w", err)
	}
	a, err := newArchive(entries)
	if err != nil {
		return "", err
	}
	for _, n := range a.nodes {
		if n.entry == nil || n.entry.Mode == gitrepo.Submodule {
			continue
		}
		if err := copyWork(a, r, n); err != nil {
			return "", fmt.Errorf("hash work tree: %w", err)
		}
	}
	return a.sum()
}

func copyWork(a *archive, r *gitrepo.Repo, n node) error {
	f, size, err := r.OpenWork(*n.entry)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.file(n, size, f)
}

// node is a file, or a folder when entry is nil.
type node struct {
	path  string
	entry *gitrepo.Entry
}

// archive writes a NAR of nodes into a hash. Folders are written when the
// first file after them comes.
type archive struct {
	nodes []node
	next  int
	nar   *nar.Writer
	hash  interface{ Sum([]byte) []byte }
}

func newArchive(entries []gitrepo.Entry) (*archive, error) {
	h := sha256.New()
	w, err := nar.NewWriter(h)
	if err != nil {
		return nil, fmt.Errorf("start NAR: %w", err)
	}
	return &archive{nodes: order(entries), nar: w, hash: h}, nil
}

// order adds the folders and sorts as a NAR does: by name within each folder.
// Git sorts a folder as if its name ended with a slash.
func order(entries []gitrepo.Entry) []node {
	nodes := []node{{path: "/"}}
	dirs := map[string]bool{}
	for i := range entries {
		p := "/" + entries[i].Path
		for at := 1; ; {
			slash := strings.IndexByte(p[at:], '/')
			if slash < 0 {
				break
			}
			at += slash + 1
			if dir := p[:at-1]; !dirs[dir] {
				dirs[dir] = true
				nodes = append(nodes, node{path: dir})
			}
		}
		nodes = append(nodes, node{path: p, entry: &entries[i]})
	}
	slices.SortFunc(nodes, func(a, b node) int {
		return slices.Compare(strings.Split(a.path, "/"), strings.Split(b.path, "/"))
	})
	return nodes
}

// file writes the folders up to n, then n.
func (a *archive) file(n node, size int64, content io.Reader) error {
	if err := a.folders(); err != nil {
		return err
	}
	a.next++
	h := &nar.Header{Path: n.path, Type: nar.TypeRegular, Size: size, Executable: n.entry.Mode == gitrepo.Executable}
	if n.entry.Mode == gitrepo.Symlink {
		target, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		h.Type, h.Size, h.LinkTarget = nar.TypeSymlink, 0, string(target)
		return a.nar.WriteHeader(h)
	}
	if err := a.nar.WriteHeader(h); err != nil {
		return fmt.Errorf("write %s: %w", n.path, err)
	}
	copied, err := io.Copy(a.nar, content)
	if err == nil && copied != size {
		err = fmt.Errorf("write %s: it changed while it was read", n.path)
	}
	return err
}

// folders writes what stands before the next file; Nix copies a submodule as
// an empty folder.
func (a *archive) folders() error {
	for ; a.next < len(a.nodes); a.next++ {
		n := a.nodes[a.next]
		if n.entry != nil && n.entry.Mode != gitrepo.Submodule {
			return nil
		}
		if err := a.nar.WriteHeader(&nar.Header{Path: n.path, Type: nar.TypeDirectory}); err != nil {
			return fmt.Errorf("write %s: %w", n.path, err)
		}
	}
	return nil
}

func (a *archive) sum() (string, error) {
	if err := a.folders(); err != nil {
		return "", err
	}
	if err := a.nar.Close(); err != nil {
		return "", fmt.Errorf("end NAR: %w", err)
	}
	h, err := nixhash.NewHash(nixhash.SHA256, a.hash.Sum(nil))
	if err != nil {
		return "", err
	}
	return h.Format(nixhash.SRI, true), nil
}
