package gitrepo

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's object ids
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// WorkTree is the id of a Snapshot whose objects are stored.
func (r *Repo) WorkTree(ctx context.Context) (string, error) {
	t, err := r.Snapshot(ctx, nil)
	if err != nil {
		return "", err
	}
	return t.ID, t.Store(ctx)
}

// whole refuses a sparse checkout in which files are missing: Nix sees all
// files while the tree is clean, and only some as soon as one is changed.
func (r *Repo) whole(staged, present []Entry) error {
	here := make(map[string]bool, len(present))
	for _, e := range present {
		here[e.Path] = true
	}
	var missing []string
	for _, e := range staged {
		if e.skipped && !here[e.Path] {
			missing = append(missing, e.Path)
		}
	}
	if missing == nil {
		return nil
	}
	return &Error{
		Kind: Sparse, Op: "read work tree of " + r.Root, Paths: missing,
		Detail: "the sparse checkout leaves out tracked files, and Nix would see a different flake after the first change",
		Hint:   "git sparse-checkout disable",
	}
}

// hash sets the ids of entries to those of their bytes in the work tree, and
// gives the bytes of those that are to be kept.
func (r *Repo) hash(ctx context.Context, entries []Entry, keep func(Entry, int64) bool) ([][]byte, error) {
	contents := make([][]byte, len(entries))
	errs := make([]error, min(runtime.GOMAXPROCS(0), 8))
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			buf := make([]byte, 64<<10)
			for i := int(next.Add(1)) - 1; i < len(entries) && errs[w] == nil && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if e := &entries[i]; e.Mode != Submodule {
					e.ID, contents[i], errs[w] = r.hashFile(*e, keep, buf)
				}
			}
		})
	}
	wg.Wait()
	return contents, errors.Join(errors.Join(errs...), ctx.Err())
}

func (r *Repo) hashFile(e Entry, keep func(Entry, int64) bool, buf []byte) (id string, content []byte, err error) {
	f, size, err := r.open(e)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	if keep != nil && keep(e, size) {
		content = make([]byte, size+1) // one more, to see the end
		n, err := io.ReadFull(f, content)
		switch {
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return "", nil, readError(e.Path, err)
		case err == nil, int64(n) != size:
			return "", nil, changed(e.Path)
		}
		return objectID("blob", content[:n]), content[:n], nil
	}
	h := sha1.New() //nolint:gosec // git's object ids
	fmt.Fprintf(h, "blob %d\x00", size)
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, buf)
	if err != nil {
		return "", nil, readError(e.Path, err)
	}
	if n != size {
		return "", nil, changed(e.Path)
	}
	return hex.EncodeToString(h.Sum(nil)), nil, nil
}

// open opens what git would store of a file: its bytes, or the target of a
// symlink. It gives the size too.
func (r *Repo) open(e Entry) (io.ReadCloser, int64, error) {
	name := r.path(e.Path)
	if e.Mode == Symlink {
		target, err := os.Readlink(name)
		if err != nil {
			return nil, 0, readError(e.Path, err)
		}
		return io.NopCloser(strings.NewReader(target)), int64(len(target)), nil
	}
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, readError(e.Path, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = changed(e.Path)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// OpenWork opens a file of the work tree that Work listed, with its size.
func (r *Repo) OpenWork(e Entry) (io.ReadCloser, int64, error) { return r.open(e) }

func readError(name string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return changed(name)
	}
	return &Error{Op: "read " + name, Detail: reason(err), err: err, Hint: "Nix must be able to read every tracked file"}
}

func changed(name string) error {
	return &Error{Kind: Changed, Op: "read work tree", Detail: "a file changed while it was read", Paths: []string{name}, Hint: "try again"}
}

// have says whether the scratch repository holds an object of its own, and
// makes it young again, so that no other run drops it now.
func have(gitDir, id string) bool {
	now := time.Now()
	return os.Chtimes(filepath.Join(gitDir, "objects", id[:2], id[2:]), now, now) == nil
}
