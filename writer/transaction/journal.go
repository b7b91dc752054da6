package transaction

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"holthome.net/scaffold/nixeval/gitrepo"
)

// What lies in our folder of git's folder.
const (
	folder      = "scaffold"
	lockName    = "lock"         // held while a run goes on; holds its process id
	journalName = "journal.json" // a run that is not complete
	lastName    = "last.json"    // the last complete run
	undoName    = "undo.json"    // a complete run that is being undone
	indexName   = "index.new"    // the index as it shall be; git's index.lock is a link to it
	stageName   = "stage"        // empty files by which git makes index entries
)

// version of the journal's form.
const version = 1

// journal is all that is needed to go back.
type journal struct {
	Version int       `json:"version"`
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Message string    `json:"message"`
	Files   []file    `json:"files"`
	Dirs    []string  `json:"dirs"` // folders that the run makes, parents first
	Index   index     `json:"index"`
}

// file is one changed file.
type file struct {
	Path   string      `json:"path"`
	New    bool        `json:"new"`
	Before []byte      `json:"before"`
	After  string      `json:"after"` // SHA-256 of the new content
	Mode   fs.FileMode `json:"mode"`
	UID    int         `json:"uid"`
	GID    int         `json:"gid"`

	content []byte
}

func (j *journal) record() Record {
	rec := Record{ID: j.ID, Time: j.Time, Message: j.Message}
	for _, f := range j.Files {
		if f.New {
			rec.Created = append(rec.Created, f.Path)
		} else {
			rec.Edited = append(rec.Edited, f.Path)
		}
	}
	return rec
}

// newID is unique among runs and sorts by time.
func newID(now time.Time) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return now.UTC().Format("20060102T150405") + "-" + hex.EncodeToString(b[:])
}

// state is one run at work: it has the lock.
type state struct {
	r     *gitrepo.Repo
	op    string
	dir   string // our folder in git's folder of this checkout
	index string // git's index of this checkout
	root  *os.Root
	lock  *flock.Flock
	fault func(string) error
}

func open(ctx context.Context, r *gitrepo.Repo, op string, fault func(string) error) (*state, error) {
	s := &state{r: r, op: op, fault: fault}
	var err error
	if s.dir, err = r.GitPath(ctx, folder); err != nil {
		return nil, s.ioError("", err)
	}
	if s.index, err = r.GitPath(ctx, "index"); err != nil {
		return nil, s.ioError("", err)
	}
	if err := os.MkdirAll(s.dir, 0o777); err != nil { //nolint:gosec // as git does: the umask decides
		return nil, s.ioError(s.dir, err)
	}
	if err := s.acquire(); err != nil {
		return nil, err
	}
	if s.root, err = os.OpenRoot(r.Root); err != nil {
		_ = s.lock.Close()
		return nil, s.ioError(r.Root, err)
	}
	return s, nil
}

// acquire takes the lock or says at once who has it. The lock goes away with
// the process, however that ends.
func (s *state) acquire() error {
	name := filepath.Join(s.dir, lockName)
	s.lock = flock.New(name)
	ok, err := s.lock.TryLock()
	if err != nil {
		return s.ioError(name, err)
	}
	if !ok {
		e := &Error{Kind: Locked, Op: s.op, Detail: "another run is at work", Hint: "wait for it to end"}
		data, _ := os.ReadFile(name)
		if e.PID, _ = strconv.Atoi(strings.TrimSpace(string(data))); e.PID > 0 {
			e.Detail += " (process " + strconv.Itoa(e.PID) + ")"
		}
		return e
	}
	if err := os.WriteFile(name, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		_ = s.lock.Close()
		return s.ioError(name, err)
	}
	return nil
}

func (s *state) close() {
	_ = s.root.Close()
	_ = s.lock.Close()
}

// step is where a test lets a run fail or die.
func (s *state) step(name string) error {
	if s.fault == nil {
		return nil
	}
	return s.ioError("", s.fault(name))
}

// load reads a journal; nil when there is none.
func (s *state) load(name string) (*journal, error) {
	file := filepath.Join(s.dir, name)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // no journal is the usual case
	}
	if err != nil {
		return nil, s.ioError(file, err)
	}
	var j journal
	if err := json.Unmarshal(data, &j); err != nil || j.Version != version {
		e := &Error{Kind: Broken, Op: s.op, Detail: file + " is damaged or of another version", err: err}
		e.Hint = "use the version of scaffold that wrote it, or remove it to keep the work tree as it is"
		return nil, e
	}
	return &j, nil
}

// save makes a journal durable before it returns.
func (s *state) save(j *journal, name string) error {
	data, err := json.Marshal(j)
	if err != nil {
		return s.ioError(name, err)
	}
	tmp := filepath.Join(s.dir, name+".tmp")
	if err := writeSync(tmp, data, 0o600); err != nil {
		_ = os.Remove(tmp)
		return s.ioError(tmp, err)
	}
	return s.rename(name+".tmp", name)
}

// rename moves a file within our folder, durably.
func (s *state) rename(from, to string) error {
	if err := os.Rename(filepath.Join(s.dir, from), filepath.Join(s.dir, to)); err != nil {
		return s.ioError(to, err)
	}
	return s.ioError(s.dir, syncDir(s.dir))
}

// writeSync writes a file and waits until it is on the disk.
func writeSync(name string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the names in a folder durable.
func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
