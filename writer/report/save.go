package report

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// maxFormer is the size in bytes above which a file is no report that was
// written before.
const maxFormer = 16 << 20

// Place finds where a report shall be written: the absolute path without
// symlinks. A file that is there already must be empty or a former report, for
// nothing else is ever overwritten.
func Place(file string) (string, error) {
	bad := func(format string, args ...any) (string, error) {
		return "", fmt.Errorf("write report %s: %s", file, fmt.Sprintf(format, args...))
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return bad("%v", err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return bad("its folder cannot be used: %v; make it first", err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return bad("its folder cannot be used: %s is none", dir)
	}
	path = filepath.Join(dir, filepath.Base(path))
	info, err := os.Stat(path)
	if err != nil {
		if _, dangling := os.Lstat(path); dangling == nil {
			return bad("it is a symlink to nothing; name another file")
		}
		return path, nil // what else is wrong with it is told when it is written
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return bad("%v", err)
	}
	switch {
	case info.IsDir():
		return bad("it is a folder; name a file in it")
	case !info.Mode().IsRegular():
		return bad("it is no regular file; name another")
	}
	former, err := readFormer(path)
	if err != nil {
		return bad("what is there cannot be read: %v", err)
	}
	if len(bytes.TrimSpace(former)) > 0 && !IsReport(former) {
		return bad("it has something else in it than a report; name another file, or remove it")
	}
	return path, nil
}

func readFormer(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxFormer))
}

// Save writes the report to a path from Place, whole or not at all: as JSON where
// the name ends in .json, as Markdown else.
func (r *Report) Save(path string) error {
	var b bytes.Buffer
	form := r.Markdown
	if strings.EqualFold(filepath.Ext(path), ".json") {
		form = r.JSON
	}
	if err := form(&b); err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	if err := renameio.WriteFile(path, b.Bytes(), fs.FileMode(0o644)); err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	return nil
}
