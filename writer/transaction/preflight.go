package transaction

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"holthome.net/scaffold/nixeval/gitrepo"
)

// preflight checks everything that can be checked without writing.
func (s *state) preflight(ctx context.Context, changes []Change) (*journal, error) {
	now := time.Now()
	j := &journal{Version: version, ID: newID(now), Time: now}
	entries, err := s.r.Index(ctx)
	if err != nil {
		return nil, s.ioError("", err)
	}
	c := newChecker(s, entries)
	for _, ch := range changes {
		if ch.Before != nil && bytes.Equal(ch.Before, ch.After) && ch.After != nil {
			continue
		}
		f, err := c.check(ch)
		if err != nil {
			return nil, err
		}
		j.Files = append(j.Files, f)
		if f.New && !c.tracked[f.Path] {
			j.Index.Added = append(j.Index.Added, f.Path)
		}
	}
	if err := c.found(); err != nil {
		return nil, err
	}
	if len(j.Files) == 0 {
		return nil, &Error{Kind: Invalid, Op: s.op, Detail: "there is nothing to change"}
	}
	j.Dirs = c.dirs
	if err := s.notIgnored(ctx, j.Index.Added); err != nil {
		return nil, err
	}
	return j, s.indexFree(&j.Index)
}

// checker checks changes one after another.
type checker struct {
	s       *state
	tracked map[string]bool   // files in the index
	modules map[string]bool   // folders of submodules
	known   map[string]bool   // files and folders of the index and of the folders concerned
	spelled map[string]string // the same by their folded form
	seen    map[string]bool   // folders whose names are known
	changed map[string]bool   // files of the changes so far
	made    map[string]bool   // folders to be made
	dirs    []string          // the same, parents first
	stale   []string
	exists  []string
}

func newChecker(s *state, entries []gitrepo.Entry) *checker {
	c := &checker{
		s: s, tracked: map[string]bool{}, modules: map[string]bool{}, known: map[string]bool{}, spelled: map[string]string{},
		seen: map[string]bool{}, made: map[string]bool{}, changed: map[string]bool{},
	}
	for _, e := range entries {
		if e.Mode == gitrepo.Submodule {
			c.modules[e.Path] = true
		} else {
			c.tracked[e.Path] = true
		}
		for p := e.Path; p != "."; p = path.Dir(p) {
			c.know(p)
		}
	}
	return c
}

func (c *checker) know(p string) { c.known[p], c.spelled[fold(p)] = true, p }

// fold maps paths to one that a file system without upper and lower case
// takes for the same file.
func fold(p string) string { return strings.ToLower(strings.ToUpper(p)) }

func (c *checker) err(kind Kind, p, detail, hint string) error {
	return &Error{Kind: kind, Op: c.s.op, Detail: detail, Paths: []string{p}, Hint: hint}
}

// found reports all files that are not as planned, at once.
func (c *checker) found() error {
	if len(c.exists) > 0 {
		return &Error{
			Kind: Exists, Op: c.s.op, Detail: "files that were to be made exist", Paths: c.exists,
			Hint: "nothing was written; move them away or choose another name",
		}
	}
	if len(c.stale) > 0 {
		return &Error{
			Kind: Stale, Op: c.s.op, Detail: "files changed since the plan was made", Paths: c.stale,
			Hint: "nothing was written; plan again",
		}
	}
	return nil
}

func (c *checker) check(ch Change) (file, error) {
	if why := badPath(ch.Path); why != "" {
		return file{}, c.err(Unsafe, fmt.Sprintf("%q", ch.Path), why, "give a path below the root of the repository")
	}
	if ch.After == nil {
		return file{}, c.err(Invalid, ch.Path, "no content to write", "")
	}
	if err := c.parents(ch.Path); err != nil {
		return file{}, err
	}
	if err := c.spelling(ch.Path); err != nil {
		return file{}, err
	}
	sum := sha256.Sum256(ch.After)
	f := file{
		Path: ch.Path, New: ch.Before == nil, Before: ch.Before, After: hex.EncodeToString(sum[:]), content: ch.After,
	}
	info, err := c.s.root.Lstat(ch.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.New:
		f.Mode = 0o666
		if ch.Mode&0o100 != 0 {
			f.Mode = 0o777
		}
		return f, c.addDirs(ch.Path)
	case errors.Is(err, fs.ErrNotExist):
		c.stale = append(c.stale, ch.Path+" (it is gone)")
		return f, nil
	case err != nil:
		return f, c.s.ioError(ch.Path, err)
	case f.New:
		c.exists = append(c.exists, ch.Path)
		return f, nil
	}
	err = c.edited(&f, info)
	return f, err
}

// edited checks a file that is to be changed.
func (c *checker) edited(f *file, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return c.err(Unsafe, f.Path, "not a plain file", "edit what it points to instead")
	}
	if !c.tracked[f.Path] {
		return c.err(Unsafe, f.Path, "git does not track it, so Nix does not see it", "git add -N it first")
	}
	if info.Mode()&0o200 == 0 {
		return c.err(IO, f.Path, "the file is read-only", "chmod u+w it if it may be changed")
	}
	f.Mode, f.UID, f.GID = info.Mode().Perm(), -1, -1
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		f.UID, f.GID = int(st.Uid), int(st.Gid)
	}
	now, err := c.s.read(f.Path)
	if err != nil {
		return c.s.ioError(f.Path, err)
	}
	if !bytes.Equal(now, f.Before) {
		c.stale = append(c.stale, f.Path)
	}
	return c.writable(path.Dir(f.Path))
}

// badPath says why a path cannot be used; empty when it can.
func badPath(p string) string {
	switch {
	case p == "" || !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl):
		return "not a printable path"
	case p == "." || p != path.Clean(p) || !filepath.IsLocal(p) || strings.Contains(p, `\`):
		return "not a clean path below the root"
	}
	for part := range strings.SplitSeq(p, "/") {
		switch fold(part) {
		case ".git", "git~1":
			return "it is git's own"
		}
		if len(part) > 200 { // names of ours beside it are longer; file systems take 255 bytes
			return "a name in it is too long"
		}
	}
	return ""
}

// parents checks that a path leads through plain folders of this repository.
func (c *checker) parents(p string) error {
	parts := strings.Split(path.Dir(p), "/")
	if parts[0] == "." {
		return nil
	}
	for i := range parts {
		dir := strings.Join(parts[:i+1], "/")
		if c.modules[dir] {
			return c.err(Unsafe, p, dir+" is a submodule", "add the file there, in its own repository")
		}
		info, err := c.s.root.Lstat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return c.s.ioError(dir, err)
		case info.Mode()&fs.ModeSymlink != 0:
			return c.err(Unsafe, p, dir+" is a symlink", "give the path it leads to")
		case !info.IsDir():
			return c.err(Unsafe, p, dir+" is not a folder", "")
		}
		if _, err := c.s.root.Lstat(dir + "/.git"); err == nil {
			return c.err(Unsafe, p, dir+" is another git repository", "Nix does not look into it")
		}
	}
	return nil
}

// spelling refuses a path that differs from another in upper and lower case
// only: on some file systems both are one.
func (c *checker) spelling(p string) error {
	for q := p; q != "."; q = path.Dir(q) {
		if dir := path.Dir(q); !c.seen[dir] {
			c.seen[dir] = true
			for _, name := range c.s.names(dir) {
				c.know(path.Join(dir, name))
			}
		}
		if other, ok := c.spelled[fold(q)]; ok && !c.known[q] {
			return c.err(Unsafe, q, "differs from "+other+" in upper and lower case only", "choose one spelling")
		}
	}
	if c.changed[p] {
		return c.err(Invalid, p, "it is changed twice", "")
	}
	c.changed[p] = true
	if c.made[p] {
		return c.err(Invalid, p, "it is to be a file and a folder", "")
	}
	c.know(p)
	for q := path.Dir(p); q != "."; q = path.Dir(q) {
		if c.changed[q] {
			return c.err(Invalid, q, "it is to be a file and a folder", "")
		}
		c.know(q)
	}
	return nil
}

// addDirs notes the folders to be made for a new file.
func (c *checker) addDirs(p string) error {
	var missing []string
	dir := path.Dir(p)
	for ; dir != "."; dir = path.Dir(dir) {
		if _, err := c.s.root.Lstat(dir); err == nil {
			break
		}
		if !c.made[dir] {
			c.made[dir] = true
			missing = append(missing, dir)
		}
	}
	slices.Reverse(missing)
	c.dirs = append(c.dirs, missing...)
	return c.writable(dir)
}

func (c *checker) writable(dir string) error {
	if err := unix.Access(filepath.Join(c.s.r.Root, filepath.FromSlash(dir)), unix.W_OK|unix.X_OK); err != nil {
		return c.s.ioError(dir, &fs.PathError{Op: "write to folder", Path: dir, Err: err})
	}
	return nil
}

// names lists a folder; one that does not exist has none.
func (s *state) names(dir string) []string {
	d, err := s.root.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	return names
}

// read reads a plain file of the work tree.
func (s *state) read(p string) ([]byte, error) {
	f, err := s.root.OpenFile(p, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// notIgnored refuses new files that git would ignore: they would be in the
// index now and forgotten at the next `git add`.
func (s *state) notIgnored(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	// check-ignore refuses literal paths; the dot keeps a colon from being magic.
	list := strings.NewReader("./" + strings.Join(paths, "\x00./") + "\x00")
	out, err := s.r.Git(ctx, "", list, "--no-literal-pathspecs", "check-ignore", "-z", "--stdin")
	if len(out) == 0 {
		var exit interface{ ExitCode() int }
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			return nil // git's way to say: none
		}
		return s.ioError("", err)
	}
	ignored := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	for i, p := range ignored {
		ignored[i] = strings.TrimPrefix(p, "./")
	}
	return &Error{
		Kind: Unsafe, Op: s.op, Detail: "git ignores new files", Paths: ignored,
		Hint: "git check-ignore -v <path> names the rule; change it or choose another path",
	}
}

// indexFree says early that git holds its lock; the lock itself is taken later.
func (s *state) indexFree(x *index) error {
	if len(x.Added) == 0 {
		return nil
	}
	if _, err := os.Lstat(s.index + ".lock"); err != nil {
		return nil //nolint:nilerr // usually it does not exist; taking it tells the rest
	}
	return s.busy(nil)
}
