package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git's object ids
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Blob is content to be stored: its object id and how to read it.
type Blob struct {
	ID   string
	Open func() (content io.ReadCloser, size int64, err error)
}

// WriteBlobs stores contents for a tree that WriteTree makes and gives their
// ids, in the same order.
func (r *Repo) WriteBlobs(ctx context.Context, contents ...[]byte) ([]string, error) {
	ids := make([]string, len(contents))
	blobs := make([]Blob, len(contents))
	for i, content := range contents {
		ids[i] = objectID("blob", content)
		blobs[i] = Blob{ID: ids[i], Open: func() (io.ReadCloser, int64, error) {
			return io.NopCloser(bytes.NewReader(content)), int64(len(content)), nil
		}}
	}
	return ids, r.writeBlobs(ctx, blobs)
}

// writeBlobs stores any number of blobs with one process. It takes the bytes
// as they are; `git hash-object` would cost a process for each, or a list of
// names that cannot hold every name.
func (r *Repo) writeBlobs(ctx context.Context, blobs []Blob) error {
	dir, err := r.scratchGit(ctx)
	if err != nil {
		return err
	}
	var missing []Blob
	for _, b := range blobs {
		if !have(dir, b.ID) {
			missing = append(missing, b)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	in, out := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(out, 64<<10)
		err := importStream(w, missing)
		if err == nil {
			err = w.Flush()
		}
		out.CloseWithError(err)
	}()
	// The stream's own error is the cause when there is one.
	source := &remember{r: in}
	_, err = gitEnv(ctx, source, identity, "--git-dir="+dir, "fast-import", "--quiet", "--done")
	in.Close()
	if source.err != nil {
		return source.err
	}
	return err
}

func importStream(w *bufio.Writer, blobs []Blob) error {
	for _, b := range blobs {
		f, size, err := b.Open()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "blob\ndata %d\n", size)
		h := sha1.New() //nolint:gosec // git's object ids
		fmt.Fprintf(h, "blob %d\x00", size)
		_, err = io.CopyN(io.MultiWriter(w, h), f, size)
		f.Close()
		if err != nil || hex.EncodeToString(h.Sum(nil)) != b.ID {
			return &Error{Kind: Changed, Op: "store work tree", Detail: "a file changed while it was read", Hint: "try again", err: err}
		}
		if err := w.WriteByte('\n'); err != nil {
			return err
		}
	}
	_, err := w.WriteString("done\n")
	return err
}

// remember keeps the error that ended a reader.
type remember struct {
	r   io.Reader
	err error
}

func (s *remember) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// WriteTree makes a tree: the one named base (none when empty) with entries
// put in or replaced. An entry with an empty ID is taken out. It gives the id.
func (r *Repo) WriteTree(ctx context.Context, base string, entries []Entry) (string, error) {
	dir, err := r.scratchGit(ctx)
	if err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(r.scratch, ".index-*")
	if err != nil {
		return "", scratchError(err)
	}
	defer os.RemoveAll(tmp)
	env := append([]string{"GIT_INDEX_FILE=" + filepath.Join(tmp, "index")}, identity...)
	run := func(in io.Reader, args ...string) ([]byte, error) {
		return gitEnv(ctx, in, env, append([]string{"--git-dir=" + dir}, args...)...)
	}
	if base != "" {
		if _, err := run(nil, "read-tree", base); err != nil {
			return "", err
		}
	}
	var list bytes.Buffer
	for _, e := range entries {
		if e.ID == "" {
			fmt.Fprintf(&list, "0 %040d\t%s\x00", 0, e.Path)
		} else {
			fmt.Fprintf(&list, "%s %s\t%s\x00", e.Mode, e.ID, e.Path)
		}
	}
	if _, err := run(&list, "update-index", "-z", "--index-info"); err != nil {
		return "", err
	}
	out, err := run(nil, "write-tree")
	return strings.TrimSpace(string(out)), err
}

// ListTree lists the files of a tree, folders resolved, in git's order.
func (r *Repo) ListTree(ctx context.Context, tree string) ([]Entry, error) {
	dir, err := r.scratchGit(ctx)
	if err != nil {
		return nil, err
	}
	out, err := gitEnv(ctx, nil, identity, "--git-dir="+dir, "ls-tree", "-r", "-z", "--full-tree", tree)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, line := range split0(out) {
		head, name, _ := strings.Cut(line, "\t")
		f := strings.Fields(head) // mode, type, id
		if len(f) != 3 || name == "" {
			return nil, &Error{Op: "read tree " + tree, Detail: "git ls-tree printed a line of an unknown form"}
		}
		entries = append(entries, Entry{Path: name, Mode: f[0], ID: f[2]})
	}
	return entries, nil
}

// ReadBlobs reads the contents of blobs one after another with one process.
// each gets the position in ids and must read content to its end.
func (r *Repo) ReadBlobs(ctx context.Context, ids []string, each func(i int, size int64, content io.Reader) error) error {
	dir, err := r.scratchGit(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "--git-dir="+dir, "cat-file", "--batch")
	cmd.Env, cmd.WaitDelay = environ(identity...), 2*time.Second
	cmd.Stdin = strings.NewReader(strings.Join(ids, "\n") + "\n")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return &Error{Kind: NoGit, Op: "run git cat-file", Detail: err.Error(), err: err}
	}
	if err := readBatch(bufio.NewReaderSize(pipe, 64<<10), ids, each); err != nil {
		cancel()
		_ = cmd.Wait() // the error that matters is the one above
		return err
	}
	if err := cmd.Wait(); err != nil {
		return &Error{Op: "run git cat-file", Detail: err.Error(), err: err}
	}
	return nil
}

func readBatch(in *bufio.Reader, ids []string, each func(i int, size int64, content io.Reader) error) error {
	for i, id := range ids {
		line, err := in.ReadString('\n')
		f := strings.Fields(line) // id, type, size
		if err != nil || len(f) != 3 || f[1] != "blob" {
			return &Error{Op: "read object " + id, Detail: "git does not have it as a file"}
		}
		size, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil {
			return &Error{Op: "read object " + id, Detail: err.Error(), err: err}
		}
		content := io.LimitReader(in, size)
		if err := each(i, size, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
		if _, err := in.Discard(1); err != nil { // the line end after the content
			return err
		}
	}
	return nil
}
