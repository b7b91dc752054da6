package transaction

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
)

// A file of a run is in one of these conditions.
type condition int

const (
	before condition = iota // as before the run
	after                   // as the run left it
	other                   // neither: somebody edited it
)

// condition looks at a file.
func (s *state) condition(f file) (condition, error) {
	info, err := s.root.Lstat(f.Path)
	switch {
	case gone(err) && f.New:
		return before, nil
	case gone(err):
		return other, nil
	case err != nil:
		return other, s.ioError(f.Path, err)
	case !info.Mode().IsRegular():
		return other, nil
	}
	now, err := s.read(f.Path)
	switch {
	case err != nil:
		return other, s.ioError(f.Path, err)
	case sum(now) == f.After:
		return after, nil
	case !f.New && bytes.Equal(now, f.Before):
		return before, nil
	}
	return other, nil
}

// revertible refuses when going back would lose what somebody edited since.
func (s *state) revertible(j *journal, name string) error {
	var edited []string
	for _, f := range j.Files {
		c, err := s.condition(f)
		if err != nil {
			return err
		}
		if c == other {
			edited = append(edited, f.Path)
		}
	}
	if edited == nil {
		return nil
	}
	e := &Error{Kind: Edited, Op: s.op, Detail: "files were edited since", Paths: edited}
	if name == lastName {
		e.Hint = "nothing was changed; save your edits elsewhere and put these files back as the run left them, or undo by hand with git"
	} else {
		e.Hint = "nothing was changed; save your edits elsewhere and put these files back, or keep all files as they are by removing " + s.file(name)
	}
	return e
}

// revert goes back to what was before a run and then forgets its journal, the
// file name. It can be cut off anywhere and started again. written names the
// files that the run put in place; nil when that is not known.
func (s *state) revert(ctx context.Context, j *journal, name string, written map[string]bool) ([]string, error) {
	if written == nil {
		if err := s.revertible(j, name); err != nil {
			return nil, err
		}
	}
	if err := s.step("unlock index"); err != nil {
		return nil, err
	}
	if err := s.removeStale(); err != nil {
		return nil, s.ioError("", err)
	}
	todo, notes, err := s.unstage(ctx, &j.Index)
	if err != nil {
		return nil, s.ioError("", errors.Join(err, s.unlockIndex()))
	}
	for i, f := range slices.Backward(j.Files) {
		if written != nil && !written[f.Path] {
			continue
		}
		if err := s.step("restore " + f.Path); err != nil {
			return nil, err
		}
		if err := s.restore(j, i); err != nil {
			return nil, s.ioError(f.Path, err)
		}
	}
	if err := s.step("remove temporary files"); err != nil {
		return nil, err
	}
	if _, err := s.removeTemps(j); err != nil {
		return nil, err
	}
	for _, dir := range slices.Backward(j.Dirs) {
		if err := s.step("remove " + dir); err != nil {
			return nil, err
		}
		if err := s.root.Remove(dir); err != nil && !gone(err) {
			if len(s.names(dir)) == 0 {
				return nil, s.ioError(dir, err)
			}
			notes = append(notes, "The folder "+dir+" stays: there are other files in it.")
		}
	}
	if err := s.step("sync folders"); err != nil {
		return nil, err
	}
	if err := s.syncDirs(j); err != nil {
		return nil, err
	}
	if err := s.step("restore index"); err != nil {
		return nil, err
	}
	if err := s.finish(todo); err != nil {
		return nil, s.ioError("", err)
	}
	if err := s.step("forget journal"); err != nil {
		return nil, err
	}
	if err := remove(s.file(name)); err != nil {
		return nil, s.ioError("", err)
	}
	return notes, s.ioError("", syncDir(s.dir))
}

// restore puts one file back. The link to the old content is used where the
// run could not end: it needs no space, and it is the very same file.
func (s *state) restore(j *journal, i int) error {
	f, old := j.Files[i], temp(j, i, "old")
	c, err := s.condition(f)
	if err != nil || c == before {
		return err
	}
	if f.New {
		if c == other {
			return nil // written by somebody else in the meantime: not ours to remove
		}
		return s.root.Remove(f.Path)
	}
	if _, err := s.root.Lstat(old); err == nil {
		return s.root.Rename(old, f.Path)
	}
	if c == other {
		return nil
	}
	fresh := temp(j, i, "new")
	if err := s.root.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.writeBeside(f, fresh, f.Before); err != nil {
		return errors.Join(err, s.root.Remove(fresh))
	}
	return s.root.Rename(fresh, path.Clean(f.Path))
}
