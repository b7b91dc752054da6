package gitrepo

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Modes of a tree entry, as git writes them.
const (
	Regular    = "100644"
	Executable = "100755"
	Symlink    = "120000"
	Submodule  = "160000"
)

// Entry is one file of the index or of a tree.
type Entry struct {
	Path string // slash-separated, relative to the root
	Mode string // one of the modes above
	ID   string // object id, hexadecimal

	skipped bool // left out of the checkout on purpose (sparse checkout)
}

// listing is what git said of an index, and the bytes of that index.
type listing struct{ index, out []byte }

// list is `git ls-files` of the index. What git said of the same bytes before
// is true of them still; time stamps are not asked.
func (r *Repo) list(ctx context.Context) ([]byte, error) {
	index, _ := os.ReadFile(r.index) // without one, git is asked anyway
	r.mu.Lock()
	known := r.listed
	r.mu.Unlock()
	if index != nil && bytes.Equal(index, known.index) {
		return known.out, nil
	}
	out, err := r.git(ctx, "ls-files", "-z", "--stage", "-t")
	if err != nil {
		return nil, err
	}
	// Git may have read another index than we did, before or after.
	if again, err := os.ReadFile(r.index); err == nil && bytes.Equal(again, index) {
		r.mu.Lock()
		r.listed = listing{index, out}
		r.mu.Unlock()
	}
	return out, nil
}

// entries reads the index. Unmerged files are an error: which of their sides
// is meant, nobody can say.
func (r *Repo) entries(ctx context.Context) ([]Entry, error) {
	out, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	entries, unmerged, err := parseStage(out)
	if err != nil {
		return nil, err
	}
	if len(unmerged) > 0 {
		return nil, &Error{
			Kind: Conflict, Op: "read index of " + r.Root, Detail: "unmerged files", Paths: unmerged,
			Hint: "finish or abort the merge first",
		}
	}
	return entries, nil
}

// parseStage reads the output of `git ls-files -z --stage -t`.
func parseStage(out []byte) (entries []Entry, unmerged []string, err error) {
	for len(out) > 0 {
		line, rest, ok := bytes.Cut(out, []byte{0})
		head, name, tab := strings.Cut(string(line), "\t")
		f := strings.Split(head, " ") // tag, mode, id, stage
		if !ok || !tab || len(f) != 4 || name == "" {
			return nil, nil, &Error{Op: "read index", Detail: "git ls-files printed a line of an unknown form"}
		}
		out = rest
		if f[3] != "0" {
			if len(unmerged) == 0 || unmerged[len(unmerged)-1] != name {
				unmerged = append(unmerged, name)
			}
			continue
		}
		entries = append(entries, Entry{Path: name, Mode: f[1], ID: f[2], skipped: f[0] == "S" || f[0] == "s"})
	}
	return entries, unmerged, nil
}

// present keeps the entries that exist in the work tree as what Nix copies:
// files and symlinks, and folders for submodules, none of them behind a
// symlink. Mode is set to what the work tree says.
func (r *Repo) present(entries []Entry) ([]Entry, error) {
	dirs := map[string]bool{".": true}
	var real func(dir string) bool
	real = func(dir string) bool {
		ok, seen := dirs[dir]
		if !seen {
			ok = real(path.Dir(dir))
			if ok {
				info, err := os.Lstat(r.path(dir))
				ok = err == nil && info.IsDir()
			}
			dirs[dir] = ok
		}
		return ok
	}
	out := make([]Entry, 0, len(entries))
	for _, e := range entries {
		if !real(path.Dir(e.Path)) {
			continue
		}
		info, err := os.Lstat(r.path(e.Path))
		if err != nil {
			if os.IsNotExist(err) {
				continue
			}
			return nil, &Error{Op: "read " + e.Path, Detail: reason(err), err: err}
		}
		switch mode := info.Mode(); {
		case e.Mode == Submodule:
			if !mode.IsDir() {
				continue
			}
		case mode.IsRegular():
			e.Mode = fileMode(mode)
		case mode&fs.ModeSymlink != 0:
			e.Mode = Symlink
		default:
			continue // Nix leaves it out as well: git knows it as a file
		}
		out = append(out, e)
	}
	return out, nil
}

// fileMode is the mode of a tree entry for a regular file. Nix looks at the
// owner's permission only.
func fileMode(mode fs.FileMode) string {
	if mode&0o100 != 0 {
		return Executable
	}
	return Regular
}

func (r *Repo) path(name string) string {
	return filepath.Join(r.Root, filepath.FromSlash(name))
}

// Index lists all that git tracks, whether the work tree has it or not.
func (r *Repo) Index(ctx context.Context) ([]Entry, error) { return r.entries(ctx) }

// Files lists what Nix copies of the work tree: tracked files, symlinks and,
// as empty folders, submodules. The ids are those of the index, not of the
// present bytes; Work gives these.
func (r *Repo) Files(ctx context.Context) ([]Entry, error) {
	entries, err := r.entries(ctx)
	if err != nil {
		return nil, err
	}
	return r.present(entries)
}

// Tracked lists the files of the flake as Nix sees them: tracked by git
// (`git add -N` is enough) and present in the work tree. Slash-separated,
// relative to the root, sorted. Folders of submodules are not files.
func (r *Repo) Tracked(ctx context.Context) ([]string, error) {
	return r.names(ctx, func(e Entry) bool { return e.Mode != Submodule })
}

// Submodules lists the folders of submodules. Nix sees them as empty folders in
// a commit, and not at all in a dirty tree, unless it is told to fetch them.
func (r *Repo) Submodules(ctx context.Context) ([]string, error) {
	return r.names(ctx, func(e Entry) bool { return e.Mode == Submodule })
}

func (r *Repo) names(ctx context.Context, want func(Entry) bool) ([]string, error) {
	entries, err := r.Files(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, e := range entries {
		if want(e) {
			names = append(names, e.Path)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Untracked lists the files that git neither tracks nor ignores, sorted. Nix
// does not see them.
func (r *Repo) Untracked(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	names := split0(out)
	slices.Sort(names)
	return names, nil
}

// Dirty says whether tracked files differ from the last commit, in the index
// or in the work tree. Untracked files do not count, as for Nix.
func (r *Repo) Dirty(ctx context.Context) (bool, error) {
	out, err := r.git(ctx, "status", "--porcelain", "-z", "--untracked-files=no")
	return len(out) > 0, err
}

// split0 splits a list in which every item ends with NUL.
func split0(out []byte) []string {
	items := []string{}
	for item := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if item != "" {
			items = append(items, item)
		}
	}
	return items
}
