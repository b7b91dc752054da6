// Package transaction writes a set of changes to a checkout as one: all of
// them or none, whatever happens on the way, and undoes them to the byte, the
// git index included.
//
// How: everything is checked in memory first. A journal with all that is
// needed to go back is made durable. Contents are written beside their targets
// and renamed into place while git's own lock on the index is held; new files
// are in the index as `git add --intent-to-add` would put them, or Nix would
// not see them. The run is complete in the moment in which the journal is
// renamed to the record that Undo reads. A journal that is found later belongs
// to a run that was killed, and leads back.
package transaction

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"holthome.net/scaffold/nixeval/gitrepo"
)

// Change is one file as it was when the change was planned and as it shall be.
type Change struct {
	Path   string      // slash-separated, relative to the root of the repository
	Before []byte      // what the file holds; nil: there must be no file
	After  []byte      // what it shall hold; not nil
	Mode   fs.FileMode // new files: the owner's x bit makes it executable; edited files keep theirs
}

// Options of Apply.
type Options struct {
	Message string // what the run was for; kept in the record
	// Fault is called before every step with its name; an error makes the step
	// fail. For tests.
	Fault func(step string) error
}

// Record is a run that was applied.
type Record struct {
	ID      string // unique in the repository; starts with the time
	Time    time.Time
	Message string   // as in Options
	Created []string // new files, by path
	Edited  []string // changed files, by path
}

// Action is what Undo or Recover did.
type Action string

// The actions.
const (
	None       Action = "none"        // there was nothing to mend
	RolledBack Action = "rolled back" // a killed run was taken back
	Completed  Action = "completed"   // a killed run had done everything but its cleaning up
	Undone     Action = "undone"      // the last run was taken back, or a killed Undo finished
)

// Report tells what Undo or Recover did.
type Report struct {
	Action Action
	Record Record
	Notes  []string // sentences for the user: what was left as it is, and why
}

// Apply writes changes as one. The error is an *Error that says what stands in
// the way; then nothing was changed, or what was changed is as it was before,
// unless its kind is Broken. It fails at once when another run is going on,
// and first mends what a killed run left.
func Apply(ctx context.Context, r *gitrepo.Repo, changes []Change, o Options) (*Record, error) {
	s, err := open(ctx, r, "apply changes", o.Fault)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if _, err := s.mend(ctx); err != nil {
		return nil, err
	}
	j, err := s.preflight(ctx, changes)
	if err != nil {
		return nil, err
	}
	j.Message = o.Message
	if err := s.apply(ctx, j); err != nil {
		return nil, err
	}
	rec := j.record()
	return &rec, nil
}

// Undo takes back the last applied run. It changes nothing and returns an
// *Error of kind Edited when a file was edited since, of kind Nothing when there
// is no run. The index gets back its bytes when nothing but the run is in it;
// otherwise only the entries of new files are taken out.
func Undo(ctx context.Context, r *gitrepo.Repo) (*Report, error) {
	return undo(ctx, r, nil)
}

func undo(ctx context.Context, r *gitrepo.Repo, fault func(string) error) (*Report, error) {
	s, err := open(ctx, r, "undo last run", fault)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if rep, err := s.mend(ctx); err != nil || rep.Action == Undone {
		return rep, err // a killed Undo is finished: not one more
	}
	j, err := s.load(lastName)
	if err != nil {
		return nil, err
	}
	if j == nil {
		return nil, &Error{Kind: Nothing, Op: s.op, Detail: "no run was applied here, or it was undone already"}
	}
	// Before the record becomes a journal: a refusal must leave it the record.
	if err := s.revertible(j, lastName); err != nil {
		return nil, err
	}
	if err := s.indexFree(&j.Index); err != nil {
		return nil, err
	}
	if err := s.step("begin undo"); err != nil {
		return nil, err
	}
	if err := s.rename(lastName, undoName); err != nil {
		return nil, err
	}
	notes, err := s.revert(ctx, j, undoName, nil)
	if err != nil {
		return nil, err
	}
	return &Report{Action: Undone, Record: j.record(), Notes: notes}, nil
}

// Recover mends what a killed run left and says what it did. Commands that
// write call it first; Apply and Undo do so themselves. It changes nothing in
// a repository in which no run was killed.
func Recover(ctx context.Context, r *gitrepo.Repo) (*Report, error) {
	return recoverRun(ctx, r, nil)
}

func recoverRun(ctx context.Context, r *gitrepo.Repo, fault func(string) error) (*Report, error) {
	s, err := open(ctx, r, "recover from killed run", fault)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return s.mend(ctx)
}

// Last is the run that Undo would take back; nil when there is none.
func Last(ctx context.Context, r *gitrepo.Repo) (*Record, error) {
	return look(ctx, r, "read last run", lastName)
}

// Unfinished is the run that is writing now, or that was killed while it wrote
// and waits for Recover; nil when there is none. It changes nothing, so that
// commands that only read can say why the repo is as it is.
func Unfinished(ctx context.Context, r *gitrepo.Repo) (*Record, error) {
	return look(ctx, r, "look for unfinished run", journalName, undoName)
}

// look reads the first journal that is there, without the lock.
func look(ctx context.Context, r *gitrepo.Repo, op string, names ...string) (*Record, error) {
	dir, err := r.GitPath(ctx, folder)
	if err != nil {
		return nil, err
	}
	s := &state{dir: dir, op: op}
	for _, name := range names {
		j, err := s.load(name)
		if err != nil {
			return nil, err
		}
		if j != nil {
			rec := j.record()
			return &rec, nil
		}
	}
	return nil, nil //nolint:nilnil // no run is the usual case
}

// mend brings a killed run to an end.
func (s *state) mend(ctx context.Context) (*Report, error) {
	for _, name := range []string{journalName, undoName} {
		j, err := s.load(name)
		if err != nil {
			return nil, err
		}
		if j == nil {
			continue
		}
		notes, err := s.revert(ctx, j, name, nil)
		if err != nil {
			return nil, err
		}
		action := RolledBack
		if name == undoName {
			action = Undone
		}
		return &Report{Action: action, Record: j.record(), Notes: notes}, nil
	}
	j, err := s.load(lastName)
	if err != nil || j == nil {
		return &Report{Action: None}, errors.Join(err, s.removeStale())
	}
	cleaned, err := s.tidy(j)
	if err != nil || !cleaned {
		return &Report{Action: None}, err
	}
	return &Report{Action: Completed, Record: j.record()}, nil
}
