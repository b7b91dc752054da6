package transaction

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
)

// apply writes what preflight found good, or takes it all back.
func (s *state) apply(ctx context.Context, j *journal) error {
	if err := s.step("stage index"); err != nil {
		return err
	}
	if err := s.stage(ctx, j); err != nil {
		return errors.Join(s.ioError("", err), s.removeStale())
	}
	err := s.step("write journal")
	if err == nil {
		err = s.save(j, journalName)
	}
	if err != nil {
		return errors.Join(err, remove(s.file(journalName)), s.removeStale())
	}
	written := map[string]bool{}
	err = s.write(ctx, j, written)
	if err == nil {
		// What cannot be cleaned up now, the next run cleans up: the run is complete.
		if s.step("clean up") == nil {
			_, _ = s.tidy(j)
		}
		return nil
	}
	cause := s.ioError("", err)
	if _, err := s.revert(context.WithoutCancel(ctx), j, journalName, written); err != nil {
		return &Error{
			Kind: Broken, Op: s.op, Detail: fmt.Sprintf("%v; and taking it back failed: %v", cause, err), err: errors.Join(cause, err),
			Hint: "free what is in the way and run any writing command, which tries again",
		}
	}
	return cause
}

// write does the steps of a run. written gets the files that are in place.
func (s *state) write(ctx context.Context, j *journal, written map[string]bool) error {
	if len(j.Index.Added) > 0 {
		if err := s.step("lock index"); err != nil {
			return err
		}
		if err := s.lockIndex(); err != nil {
			return err
		}
		if same, err := s.unchanged(&j.Index); err != nil || !same {
			return errors.Join(err, s.busy(nil))
		}
	}
	for _, dir := range j.Dirs {
		if err := s.step("make " + dir); err != nil {
			return err
		}
		if err := s.root.Mkdir(dir, 0o777); err != nil {
			return s.ioError(dir, err)
		}
	}
	for i, f := range j.Files {
		if err := errors.Join(ctx.Err(), s.step("write "+f.Path)); err != nil {
			return err
		}
		if err := s.writeBeside(f, temp(j, i, "new"), f.content); err != nil {
			return s.ioError(f.Path, err)
		}
	}
	for i, f := range j.Files {
		if err := errors.Join(ctx.Err(), s.step("place "+f.Path)); err != nil {
			return err
		}
		if err := s.place(j, i, written); err != nil {
			return s.ioError(f.Path, err)
		}
	}
	if err := s.step("sync folders"); err != nil {
		return err
	}
	if err := s.syncDirs(j); err != nil {
		return err
	}
	if len(j.Index.Added) > 0 {
		if err := s.step("install index"); err != nil {
			return err
		}
		if err := s.installIndex(); err != nil {
			return err
		}
	}
	if err := s.step("complete"); err != nil {
		return err
	}
	// With this the run is complete. Should the folder not get to the disk before
	// a power cut, the journal is back and the run is taken back as a whole.
	if err := os.Rename(s.file(journalName), s.file(lastName)); err != nil {
		return err
	}
	_ = syncDir(s.dir)
	return nil
}

// temp is the name of a file of ours beside the i-th target: "new" is content
// to be renamed into place, "old" a second link to what was there.
func temp(j *journal, i int, kind string) string {
	return path.Join(path.Dir(j.Files[i].Path), ".scaffold-"+j.ID+"-"+strconv.Itoa(i)+"."+kind)
}

// writeBeside writes content, durably, with the mode and owner of the file.
func (s *state) writeBeside(f file, name string, content []byte) error {
	mode := f.Mode
	if !f.New {
		mode &= 0o700 // until it is complete and belongs to whom it should
	}
	w, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode|0o200)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	if err == nil && !f.New {
		err = errors.Join(own(w, f), w.Chmod(f.Mode))
	}
	if err == nil {
		err = w.Sync()
	}
	return errors.Join(err, w.Close())
}

// own gives a file the owner of the one that it replaces.
func own(w *os.File, f file) error {
	if f.UID < 0 || f.UID == os.Geteuid() && f.GID == os.Getegid() {
		return nil
	}
	if err := w.Chown(f.UID, f.GID); err != nil {
		return fmt.Errorf("keep its owner: %w", err)
	}
	return nil
}

// place renames the new content into place. What is there is looked at once
// more: for a new file by a link, which never replaces anything; for an edited
// one by a second link to the old content, which also is the way back when the
// disk is full.
func (s *state) place(j *journal, i int, written map[string]bool) error {
	f, fresh, old := j.Files[i], temp(j, i, "new"), temp(j, i, "old")
	if f.New {
		err := s.root.Link(fresh, f.Path)
		if errors.Is(err, fs.ErrExist) {
			return &Error{Kind: Exists, Op: s.op, Detail: "a file that was to be made exists", Paths: []string{f.Path}, err: err}
		}
		if err != nil {
			return err
		}
		written[f.Path] = true
		if err := s.step("unlink " + f.Path); err != nil {
			return err
		}
		return s.root.Remove(fresh)
	}
	if err := s.root.Link(f.Path, old); err != nil {
		return err
	}
	if err := errors.Join(s.isBefore(f, f.Path), s.step("replace "+f.Path)); err != nil {
		return err
	}
	if err := s.root.Rename(fresh, f.Path); err != nil {
		return err
	}
	written[f.Path] = true
	return s.isBefore(f, old) // an editor may have written in between
}

func (s *state) isBefore(f file, name string) error {
	now, err := s.read(name)
	if err != nil || bytes.Equal(now, f.Before) {
		return err
	}
	return &Error{
		Kind: Stale, Op: s.op, Detail: "a file changed while the changes were written", Paths: []string{f.Path},
		Hint: "nothing was written; plan again",
	}
}

// syncDirs makes the names in all folders that the run touches durable.
func (s *state) syncDirs(j *journal) error {
	var dirs []string
	for _, f := range j.Files {
		dirs = append(dirs, path.Dir(f.Path))
	}
	for _, d := range j.Dirs {
		dirs = append(dirs, path.Dir(d))
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		d, err := s.root.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken back
		}
		if err != nil {
			return s.ioError(dir, err)
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return s.ioError(dir, err)
		}
	}
	return nil
}

// tidy removes what a complete run leaves beside its targets and in our
// folder, and says whether there was any.
func (s *state) tidy(j *journal) (bool, error) {
	found, err := s.removeTemps(j)
	return found, errors.Join(err, s.removeStale())
}

func (s *state) removeTemps(j *journal) (found bool, err error) {
	for i := range j.Files {
		for _, kind := range []string{"new", "old"} {
			switch e := s.root.Remove(temp(j, i, kind)); {
			case e == nil:
				found = true
			case !gone(e):
				err = errors.Join(err, s.ioError(temp(j, i, kind), e))
			}
		}
	}
	return found, err
}

// gone says that a file is not there; neither may its folder be.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func sum(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}
