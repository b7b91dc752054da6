package gitrepo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Trees and commits for evaluation are written to a repository of our own that
// borrows the objects of the user's. It is disposable, and it is worth having:
//   - the user's repository gets no objects; with git-crypt these would be
//     secrets in plain text;
//   - attributes are off in it. Nix 2.8 takes a commit through `git archive`,
//     which converts line ends, expands $Id$ and leaves out export-ignored
//     files; newer versions do not. Here all of them see the same bytes;
//   - the history of the user's repository does not matter: Nix refuses
//     shallow clones, and 2.8 a repository without a commit;
//   - its path can be chosen: Nix 2.8 cannot open a local repository whose
//     path needs percent-encoding.

// plainPath is a path that means the same in a URL.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9/._-]+$`)

// scratchDir is git's own folder of the checkout if Nix can name it and we can
// write there, else the user's cache, else the folder for temporary files.
func scratchDir(r *Repo) string {
	if dir := filepath.Join(r.gitDir, ours, "tree"); plainPath.MatchString(dir) && unix.Access(r.gitDir, unix.W_OK) == nil && oursOrNew(dir) {
		return dir
	}
	sum := sha256.Sum256([]byte(r.gitDir))
	name := hex.EncodeToString(sum[:10])
	if cache, err := os.UserCacheDir(); err == nil && plainPath.MatchString(cache) {
		dir := filepath.Join(cache, "scaffold", "tree", name)
		if os.MkdirAll(dir, 0o700) == nil && unix.Access(dir, unix.W_OK) == nil {
			return dir
		}
	}
	return filepath.Join(os.TempDir(), "scaffold-"+strconv.Itoa(os.Getuid()), name)
}

// oursOrNew says that a folder is our user's, or nothing yet. One that root
// made under sudo is of no use to the owner of the repository afterwards, and
// the other way round root's files in it would lock the owner out.
func oursOrNew(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil {
		return os.IsNotExist(err)
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return info.IsDir() && ok && int(s.Uid) == os.Geteuid()
}

// scratchGit is the .git folder of the scratch repository, made when missing.
func (r *Repo) scratchGit(ctx context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dir := filepath.Join(r.scratch, ".git")
	if r.made {
		return dir, nil
	}
	if err := os.MkdirAll(r.scratch, 0o700); err != nil {
		return "", scratchError(err)
	}
	// The folder for temporary files is everybody's: use only what is ours.
	if !oursOrNew(r.scratch) {
		return "", &Error{Kind: Ownership, Op: "make scratch repository", Detail: r.scratch + " is not ours", Hint: "remove it"}
	}
	if _, err := os.Lstat(dir); os.IsNotExist(err) {
		if err := r.makeScratch(ctx, dir); err != nil {
			return "", err
		}
	}
	// The path is wrong when the repository was moved.
	alternates := filepath.Join(dir, "objects", "info", "alternates")
	if old, err := os.ReadFile(alternates); err != nil || string(old) != r.objects+"\n" {
		if err := writeFile(alternates, r.objects+"\n"); err != nil {
			return "", scratchError(err)
		}
	}
	tidy(ctx, dir)
	r.made = true
	return dir, nil
}

// makeScratch makes the repository elsewhere and moves it to its place when it
// is complete, as two processes may do this at once. One of them wins.
func (r *Repo) makeScratch(ctx context.Context, place string) error {
	tmp, err := os.MkdirTemp(r.scratch, ".new-*")
	if err != nil {
		return scratchError(err)
	}
	defer os.RemoveAll(tmp)
	if err := fillScratch(ctx, tmp); err != nil {
		return err
	}
	err = os.Rename(filepath.Join(tmp, ".git"), place)
	if _, there := os.Lstat(place); there == nil {
		return nil
	}
	return scratchErrorOrNil(err)
}

func fillScratch(ctx context.Context, top string) error {
	env := []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"}
	if _, err := gitEnv(ctx, nil, env, "-c", "init.defaultBranch=main", "init", "-q", "--template=", "--object-format=sha1", top); err != nil {
		return err
	}
	dir := filepath.Join(top, ".git")
	// As nothing is ever checked out here, only `git archive` reads these.
	const none = "* -text -eol -crlf -ident -filter -working-tree-encoding -export-subst -export-ignore\n"
	if err := writeFile(filepath.Join(dir, "info", "attributes"), none); err != nil {
		return scratchError(err)
	}
	// Nix 2.8 asks for the branch of HEAD, so there must be one.
	tree, err := gitEnv(ctx, strings.NewReader(""), env, "--git-dir="+dir, "mktree")
	if err != nil {
		return err
	}
	commit, err := commitTree(ctx, dir, strings.TrimSpace(string(tree)))
	if err != nil {
		return err
	}
	return scratchErrorOrNil(writeFile(filepath.Join(dir, "refs", "heads", "main"), commit+"\n"))
}

// tidy lets git drop what has been there for two weeks, when there is much.
// One of 256 folders tells how much there is, which is how git itself guesses.
// It comes before all writing: what this run needs must not be among the old.
func tidy(ctx context.Context, dir string) {
	loose, _ := os.ReadDir(filepath.Join(dir, "objects", "17"))
	packs, _ := os.ReadDir(filepath.Join(dir, "objects", "pack"))
	if len(loose) < 64 && len(packs) < 100 {
		return
	}
	// Not being able to tidy up is no reason to fail.
	_, _ = gitEnv(ctx, nil, identity, "--git-dir="+dir, "-c", "gc.autoDetach=false", "gc", "--quiet", "--prune=2.weeks.ago")
}

// writeFile replaces a file in one step; its folder is made when missing.
func writeFile(name, content string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails after the rename, as it should
	_, err = tmp.WriteString(content)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func scratchError(err error) error {
	return &Error{Op: "make scratch repository", Detail: err.Error(), err: err, Hint: "is the disk full or read-only?"}
}

func scratchErrorOrNil(err error) error {
	if err == nil {
		return nil
	}
	return scratchError(err)
}
