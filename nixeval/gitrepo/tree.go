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
	"time"

	"golang.org/x/sys/unix"
)

// WorkTree is the git tree id of the flake as it is now: the tracked files
// with the bytes they have in the work tree, uncommitted changes and
// `git add -N` included. Every file is read, so that no time stamp, no
// assume-unchanged flag and no line-end conversion can make two different
// work trees look the same: the id is a content key. Neither index nor work
// tree is touched.
func (r *Repo) WorkTree(ctx context.Context) (string, error) {
	entries, err := r.Work(ctx)
	if err != nil {
		return "", err
	}
	return r.WriteTree(ctx, "", entries)
}

// Work lists the tracked files of the work tree with the ids of their present
// bytes, and stores those that git does not have.
func (r *Repo) Work(ctx context.Context) ([]Entry, error) {
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
	was := make(map[string]string, len(staged))
	for _, e := range staged {
		was[e.Path] = e.ID
	}
	if err := r.hash(ctx, entries); err != nil {
		return nil, err
	}
	var changed []Blob
	for _, e := range entries {
		if e.Mode != Submodule && was[e.Path] != e.ID {
			changed = append(changed, Blob{ID: e.ID, Open: func() (io.ReadCloser, int64, error) { return r.open(e) }})
		}
	}
	return entries, r.writeBlobs(ctx, changed)
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

// hash sets the ids of entries to those of their bytes in the work tree.
func (r *Repo) hash(ctx context.Context, entries []Entry) error {
	next := make(chan int)
	errs := make([]error, min(runtime.GOMAXPROCS(0), 8))
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			buf := make([]byte, 64<<10)
			for i := range next {
				e := &entries[i]
				if e.Mode == Submodule || errs[w] != nil {
					continue
				}
				e.ID, errs[w] = r.hashFile(*e, buf)
			}
		})
	}
	for i := range entries {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return errors.Join(errors.Join(errs...), ctx.Err())
}

func (r *Repo) hashFile(e Entry, buf []byte) (string, error) {
	f, size, err := r.open(e)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha1.New() //nolint:gosec // git's object ids
	fmt.Fprintf(h, "blob %d\x00", size)
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, buf)
	if err != nil {
		return "", readError(e.Path, err)
	}
	if n != size {
		return "", changed(e.Path)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
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
