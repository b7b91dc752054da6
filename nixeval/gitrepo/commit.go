package gitrepo

import (
	"context"
	"fmt"
	"strings"
)

// identity makes a commit a pure function of its tree: same author, same date
// (1980-01-01, the oldest that archives can hold), no parent.
var identity = []string{
	"GIT_AUTHOR_NAME=scaffold", "GIT_AUTHOR_EMAIL=scaffold@localhost", "GIT_AUTHOR_DATE=315532800 +0000",
	"GIT_COMMITTER_NAME=scaffold", "GIT_COMMITTER_EMAIL=scaffold@localhost", "GIT_COMMITTER_DATE=315532800 +0000",
	"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
}

const commitMessage = "scaffold: tree for evaluation\n"

func commitTree(ctx context.Context, gitDir, tree string) (string, error) {
	out, err := gitEnv(ctx, strings.NewReader(commitMessage), identity,
		"--git-dir="+gitDir, "-c", "commit.gpgSign=false", "-c", "i18n.commitEncoding=utf-8", "commit-tree", tree)
	return strings.TrimSpace(string(out)), err
}

// Commit makes a commit of a tree that WorkTree or WriteTree returned, so that
// Nix can be pointed at it. The same tree always gives the same id: the commit
// has no parent and a fixed date, so an evaluation depends on the tree alone
// (self.lastModified is 315532800, self.revCount is 1). No branch or tag of
// the repository refers to it, and it is not in the repository's objects.
func (r *Repo) Commit(ctx context.Context, treeID string) (string, error) {
	dir, err := r.scratchGit(ctx)
	if err != nil {
		return "", err
	}
	return commitTree(ctx, dir, treeID)
}

// FlakeRef is the flake reference of a commit that Commit made. Every
// character that is not plain in a URL path is percent-encoded; Nix from 2.18
// on decodes it. Nix 2.8 does not, which is one reason for scratchDir.
func (r *Repo) FlakeRef(commit string) string {
	return "git+file://" + escapePath(r.scratch) + "?rev=" + commit
}

func escapePath(p string) string {
	var b strings.Builder
	for i := range len(p) {
		if c := p[i]; plainPath.MatchString(string(c)) && c < 0x80 || c == '~' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
