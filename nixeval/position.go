package nixeval

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// tree is where a flake's files are: its store path and, for a local flake,
// its directory. Either may be empty.
type tree struct {
	store string
	dirs  []string
}

// metadataTimeout bounds the question for the flake's store path, which is
// only asked to make an error easier to read.
const metadataTimeout = 20 * time.Second

// localDirs is the directory of a git+file:, path: or plain path reference,
// as given and without symbolic links.
func localDirs(flake string) []string {
	path, _, _ := strings.Cut(flake, "?")
	for _, scheme := range []string{"git+file://", "git+file:", "path://", "path:", "file://"} {
		if rest, ok := strings.CutPrefix(path, scheme); ok {
			path = rest
			break
		}
	}
	if p, err := url.PathUnescape(path); err == nil {
		path = p
	}
	if !filepath.IsAbs(path) {
		return nil
	}
	path = filepath.Clean(path)
	dirs := []string{path}
	if real, err := filepath.EvalSymlinks(path); err == nil && real != path {
		dirs = append(dirs, real)
	}
	return dirs
}

var (
	storeSource = regexp.MustCompile(`^(/[^\n]*?/[0-9a-z]{32}-source)(?:/(.*))?$`)
	fetched     = regexp.MustCompile(`^«([^»]*)»/?(.*)$`)
	// The module system quotes files that way; nix's own messages, which may
	// name a file that does not exist, do not.
	quotedPath = regexp.MustCompile("`([/«][^`'\n]+)'")
)

// tree is where the files of the request's flake are, as far as is known.
func (n *Nix) tree(r Request) tree {
	t := tree{store: r.Source, dirs: localDirs(r.Flake)}
	if n.WorkTree != "" {
		t.dirs = append(t.dirs, n.WorkTree)
	}
	return t
}

// locate finds the tree of the request's flake. Errors only cost detail.
func (n *Nix) locate(ctx context.Context, r Request) tree {
	t := n.tree(r)
	if t.store != "" {
		return t
	}
	res := n.run(ctx, runSpec{
		args: []string{
			"flake", "metadata", "--json", "--no-write-lock-file", "--no-update-lock-file",
			"--extra-experimental-features", "nix-command flakes",
			"--option", "accept-flake-config", "false", "--", r.Flake,
		},
		timeout: metadataTimeout,
	})
	if res.err == nil && gjson.ValidBytes(res.stdout) {
		if p := gjson.GetBytes(res.stdout, "path"); p.Type == gjson.String {
			t.store = p.String()
		}
	}
	return t
}

// rel is the part of a path below the flake's tree. Nix writes such a path in
// three ways: in the store, in the work tree, and as «reference»/path.
func (t tree) rel(path string) (string, bool) {
	if m := fetched.FindStringSubmatch(path); m != nil {
		dirs := localDirs(m[1])
		for _, d := range dirs {
			for _, own := range t.dirs {
				if d == own && m[2] != "" {
					return m[2], true
				}
			}
		}
		return "", false
	}
	bases := t.dirs
	if t.store != "" {
		bases = append([]string{t.store}, bases...)
	}
	for _, base := range bases {
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(base, "/")+"/"); ok && rest != "" {
			return rest, true
		}
	}
	return "", false
}

// shorten makes the paths of the tree in a message relative to it.
func (t tree) shorten(msg string) string {
	if t.store == "" {
		return msg
	}
	return strings.ReplaceAll(msg, strings.TrimSuffix(t.store, "/")+"/", "")
}

// best is the position that helps most: the error's own if it is in the tree,
// then a file of the tree that the message or a frame names, nearest to the
// error first, and otherwise where nix says the error is.
func (t tree) best(r report) (p position, inTree bool) {
	in := func(p position) (position, bool) {
		rest, ok := t.rel(p.file)
		p.file = rest
		return p, ok
	}
	if p, ok := in(r.pos); ok {
		return p, true
	}
	if p, ok := t.named(r.message); ok {
		return p, true
	}
	for _, f := range r.frames {
		if p, ok := in(f.pos); ok {
			return p, true
		}
		if p, ok := t.named(f.text); ok {
			return p, true
		}
	}
	for _, f := range append([]frame{{pos: r.pos}}, r.frames...) {
		if f.pos.file == "" || f.pos.file == applySource && f.pos != r.pos {
			continue
		}
		// The query of an input's reference is long and tells nobody where.
		f.pos.file = reference.ReplaceAllString(f.pos.file, "«$1»")
		return f.pos, false
	}
	return position{}, false
}

var reference = regexp.MustCompile(`^«([^»?]*)\?[^»]*»`)

// applySource is what nix calls the function of --apply.
const applySource = "«string»"

func (t tree) named(text string) (position, bool) {
	for _, m := range quotedPath.FindAllStringSubmatch(text, -1) {
		if rest, ok := t.rel(m[1]); ok {
			return position{file: rest}, true
		}
	}
	return position{}, false
}

// exists says whether the path is in the work tree, where git may not know it.
func (t tree) exists(rel string) bool {
	for _, d := range t.dirs {
		if !filepath.IsLocal(rel) {
			return false
		}
		if _, err := os.Lstat(filepath.Join(d, rel)); err == nil {
			return true
		}
	}
	return false
}

// needed says whether the report names a store path that only the flake's own
// store path can tell from those of its inputs.
func (r report) needed() bool {
	if strings.Contains(r.message, "-source/") || storeSource.MatchString(r.pos.file) {
		return true
	}
	for _, f := range r.frames {
		if storeSource.MatchString(f.pos.file) || strings.Contains(f.text, "-source/") {
			return true
		}
	}
	return false
}
