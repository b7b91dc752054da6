package transaction

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// index is what a run does to git's index.
type index struct {
	Added  []string `json:"added"`  // paths that get an entry; none: the index stays as it is
	Absent bool     `json:"absent"` // there was no index
	Before []byte   `json:"before"` // its bytes
	After  string   `json:"after"`  // sum of its entries after the run
}

// Flags of an index entry that mean something to the user, as `git ls-files
// --debug` prints them: assume-unchanged, intent-to-add, skip-worktree.
const flagMask = 0x8000 | 1<<29 | 1<<30

// entrySum identifies what is in an index file, apart from what git remembers
// of file times.
func (s *state) entrySum(ctx context.Context, file string) (string, error) {
	out, err := s.r.Git(ctx, file, nil, "ls-files", "-z", "--stage", "--debug")
	if err != nil {
		return "", err
	}
	entries, err := parseDebug(out)
	return sum([]byte(strings.Join(entries, "\x00"))), err
}

// parseDebug reads the output of `git ls-files -z --stage --debug`: for each
// entry "mode id stage<TAB>path<NUL>" and five lines, the last of which ends
// with the flags. It gives the entries with flags and without file times.
func parseDebug(out []byte) ([]string, error) {
	var entries []string
	for len(out) > 0 {
		name, rest, ok := bytes.Cut(out, []byte{0})
		debug := bytes.SplitAfterN(rest, []byte("\n"), 6) // ctime, mtime, dev, uid, size and flags
		if !ok || len(debug) != 6 {
			return nil, errors.New("git ls-files --debug prints an unknown form")
		}
		out = debug[5]
		_, number, ok := bytes.Cut(debug[4], []byte("flags: "))
		flags, err := strconv.ParseUint(strings.TrimSpace(string(number)), 16, 64)
		if !ok || err != nil {
			return nil, errors.New("git ls-files --debug prints no flags")
		}
		entries = append(entries, fmt.Sprintf("%x %s", flags&flagMask, name))
	}
	return entries, nil
}

// stage makes the index as it shall be in our folder. Git makes the entries
// itself, from a work tree of empty files: the real files do not exist yet.
func (s *state) stage(ctx context.Context, j *journal) error {
	if len(j.Index.Added) == 0 {
		return nil
	}
	before, err := os.ReadFile(s.index)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	j.Index.Before, j.Index.Absent = before, err != nil
	if err := s.removeStale(); err != nil {
		return err
	}
	if !j.Index.Absent {
		if err := s.newIndex(before); err != nil {
			return err
		}
	}
	stage := s.file(stageName)
	for _, f := range j.Files {
		if !slices.Contains(j.Index.Added, f.Path) {
			continue
		}
		name := filepath.Join(stage, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(name, nil, f.Mode|0o600); err != nil {
			return err
		}
	}
	list := strings.NewReader(strings.Join(j.Index.Added, "\x00") + "\x00")
	_, err = s.r.Git(ctx, s.file(indexName), list, "-C", stage, "--git-dir="+filepath.Dir(s.index), "--work-tree="+stage,
		"add", "--intent-to-add", "--force", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul")
	if err != nil {
		return err
	}
	if j.Index.After, err = s.entrySum(ctx, s.file(indexName)); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(stage), s.finishIndex())
}

// newIndex starts the new index. A killed run can have left one that is a link
// to git's index: it must not be written to.
func (s *state) newIndex(data []byte) error {
	if err := s.removeStale(); err != nil {
		return err
	}
	f, err := os.OpenFile(s.file(indexName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (s *state) file(name string) string { return filepath.Join(s.dir, name) }

// removeStale removes what a killed run left in our folder. Nothing there is
// needed once its journal is gone.
func (s *state) removeStale() error {
	if err := s.unlockIndex(); err != nil {
		return err
	}
	return errors.Join(remove(s.file(indexName)), remove(s.file(indexName+".lock")), remove(s.file(journalName+".tmp")),
		os.RemoveAll(s.file(stageName)))
}

func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// finishIndex gives the new index the mode of the old one and makes it durable.
func (s *state) finishIndex() error {
	name := s.file(indexName)
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(s.index); err == nil {
		mode = info.Mode().Perm()
	}
	if err := os.Chmod(name, mode); err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// lockIndex takes git's own lock on the index. The lock file is a link to the
// new index, so it is complete as soon as it is there, and known to be ours.
func (s *state) lockIndex() error {
	err := os.Link(s.file(indexName), s.index+".lock")
	if errors.Is(err, fs.ErrExist) {
		return s.busy(err)
	}
	return err
}

func (s *state) busy(err error) error {
	return &Error{
		Kind: Locked, Op: s.op, Detail: "git is at work in this repository", err: err,
		Hint: "wait for it to end and run again; if no git runs, remove " + s.index + ".lock",
	}
}

// unlockIndex gives up git's lock if it is ours.
func (s *state) unlockIndex() error {
	ours, err := os.Lstat(s.file(indexName))
	if err != nil {
		return nil //nolint:nilerr // without it we never had the lock
	}
	lock, err := os.Lstat(s.index + ".lock")
	if err != nil || !os.SameFile(ours, lock) {
		return nil //nolint:nilerr // no lock, or git's
	}
	return os.Remove(s.index + ".lock")
}

// unchanged says whether the index is what the run started from.
func (s *state) unchanged(x *index) (bool, error) {
	now, err := os.ReadFile(s.index)
	if errors.Is(err, fs.ErrNotExist) {
		return x.Absent, nil
	}
	return !x.Absent && bytes.Equal(now, x.Before), err
}

// installIndex puts the new index in the place of the old one and ends the lock.
func (s *state) installIndex() error {
	if err := os.Rename(s.index+".lock", s.index); err != nil {
		return err
	}
	if err := s.step("release index"); err != nil {
		return err
	}
	return errors.Join(remove(s.file(indexName)), syncDir(filepath.Dir(s.index)))
}

// restoration is what has to be done to take a run out of the index.
type restoration int

const (
	keep  restoration = iota // nothing
	put                      // install the new index
	erase                    // there was no index before
)

// unstage makes the index without the run in our folder and takes git's lock.
func (s *state) unstage(ctx context.Context, x *index) (restoration, []string, error) {
	if len(x.Added) == 0 {
		return keep, nil, nil
	}
	if same, err := s.unchanged(x); same || err != nil {
		return keep, nil, err
	}
	now, err := os.ReadFile(s.index)
	if err != nil {
		return keep, nil, err
	}
	sum, err := s.entrySum(ctx, "")
	if err != nil {
		return keep, nil, err
	}
	todo, data := put, x.Before
	var notes []string
	switch exact := sum == x.After && s.readable(ctx, x); {
	case !exact:
		drop, committed, err := s.ours(ctx, x.Added)
		if err != nil {
			return keep, nil, err
		}
		if len(committed) > 0 {
			notes = append(notes, "Committed since, so their removal is a change to commit: "+strings.Join(committed, ", ")+".")
		}
		if len(drop) == 0 {
			return keep, notes, nil
		}
		notes = append(notes, "The git index was changed since; only the entries of the new files were taken out of it.")
		if err := s.without(ctx, now, drop); err != nil {
			return keep, nil, err
		}
		return put, notes, errors.Join(s.finishIndex(), s.lockIndex())
	case x.Absent:
		todo, data = erase, now
	}
	if err := s.newIndex(data); err != nil {
		return keep, nil, err
	}
	if err := s.finishIndex(); err != nil {
		return keep, nil, err
	}
	return todo, notes, s.lockIndex()
}

// readable says whether git can still read the old index: one that is split
// needs a second file, which git removes after a while.
func (s *state) readable(ctx context.Context, x *index) bool {
	if x.Absent {
		return true
	}
	name := s.file(indexName + ".old")
	defer func() { _ = remove(name) }()
	if os.WriteFile(name, x.Before, 0o600) != nil {
		return false
	}
	_, err := s.entrySum(ctx, name)
	return err == nil
}

// ours divides the paths that are in the index into those whose entries are
// the run's, and those that are in the last commit by now: without an entry
// these would be staged as deleted, and that is the user's to do.
func (s *state) ours(ctx context.Context, paths []string) (drop, committed []string, err error) {
	entries, err := s.r.Index(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if !slices.Contains(paths, e.Path) {
			continue
		}
		if _, err := s.r.Git(ctx, "", nil, "cat-file", "-e", "HEAD:"+e.Path); err == nil {
			committed = append(committed, e.Path)
		} else {
			drop = append(drop, e.Path)
		}
	}
	return drop, committed, nil
}

// without makes the new index from data, less some entries.
func (s *state) without(ctx context.Context, data []byte, drop []string) error {
	if err := s.newIndex(data); err != nil {
		return err
	}
	list := strings.NewReader(strings.Join(drop, "\x00") + "\x00")
	_, err := s.r.Git(ctx, s.file(indexName), list, "update-index", "-z", "--force-remove", "--stdin")
	return err
}

// finish does what unstage prepared.
func (s *state) finish(todo restoration) error {
	switch todo {
	case put:
		return s.installIndex()
	case erase:
		// The lock goes last: git must not start a new index before.
		if err := remove(s.index); err != nil {
			return err
		}
		if err := s.unlockIndex(); err != nil {
			return err
		}
		return errors.Join(remove(s.file(indexName)), syncDir(filepath.Dir(s.index)))
	case keep:
	}
	return nil
}
