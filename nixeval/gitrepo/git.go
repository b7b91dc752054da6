package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// misleading are variables that point git at another repository. They are set
// when the program runs inside a git hook.
var misleading = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",
	"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
	"GIT_IMPLICIT_WORK_TREE", "GIT_REPLACE_REF_BASE", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS",
	"GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_OPTIONAL_LOCKS", "LC_ALL", "LANGUAGE",
}

// environ is the environment of git: the user's, except for what would lead it
// elsewhere; messages in English because some are told apart by their text.
func environ(more ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(misleading, name)
	})
	env = append(env, "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	return append(env, more...)
}

// git runs one git command and gives its standard output, complete up to the
// point of failure.
func git(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	return gitEnv(ctx, stdin, nil, args...)
}

func gitEnv(ctx context.Context, stdin io.Reader, env []string, args ...string) ([]byte, error) {
	// No hook and no file monitor: both are programs that the repository names.
	args = append([]string{"--literal-pathspecs", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = environ(env...)
	cmd.Stdin = stdin
	cmd.WaitDelay = 2 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.Bytes(), nil
	}
	e := &Error{Op: "run git " + verb(args), Detail: lastLines(stderr.String()), err: err}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		e.Kind, e.Detail, e.Hint = NoGit, "there is no git program", "install git; flakes need it too"
	case ctx.Err() != nil:
		e.Detail, e.err = ctx.Err().Error(), ctx.Err()
	case e.Detail == "":
		e.Detail = err.Error()
	}
	return stdout.Bytes(), e
}

// verb is the git command among its global options.
func verb(args []string) string {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-C" || a == "-c":
			i++
		case !strings.HasPrefix(a, "-"):
			return a
		}
	}
	return ""
}

// lastLines joins what git said, without its advice.
func lastLines(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "hint:") || strings.HasPrefix(line, "warning:") {
			continue
		}
		out = append(out, strings.TrimPrefix(line, "fatal: "))
	}
	return strings.Join(out[max(0, len(out)-3):], "; ")
}

// git runs git in the root of the repository.
func (r *Repo) git(ctx context.Context, args ...string) ([]byte, error) {
	return git(ctx, nil, append([]string{"-C", r.Root}, args...)...)
}

// Git runs one git command in the root of the repository, with index as its
// index file when that is not empty. Hooks and prompts are off. It is for the
// packages that write: everything that only reads has a method of its own.
func (r *Repo) Git(ctx context.Context, index string, stdin io.Reader, args ...string) ([]byte, error) {
	var env []string
	if index != "" {
		env = append(env, "GIT_INDEX_FILE="+index)
	}
	return gitEnv(ctx, stdin, env, append([]string{"-C", r.Root}, args...)...)
}
