package nixeval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	ownStore   = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-source"
	otherStore = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-source"
)

func TestLocalDirs(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(dir, link))
	for _, c := range []struct {
		flake string
		want  []string
	}{
		{"git+file:///a/b?rev=1", []string{"/a/b"}},
		{"git+file:/a/b", []string{"/a/b"}},
		{"git+file:///a%20b/", []string{"/a b"}},
		{"path:/a", []string{"/a"}},
		{"/a", []string{"/a"}},
		{"github:a/b", nil},
		{"git+https://example.org/a", nil},
		{"nixpkgs", nil},
		{"git+file://" + link, []string{link, dir}},
	} {
		t.Run(c.flake, func(t *testing.T) { require.Equal(t, c.want, localDirs(c.flake)) })
	}
}

func TestRel(t *testing.T) {
	own := tree{store: ownStore, dirs: []string{"/repo", "/real/repo"}}
	for _, c := range []struct {
		name, path, want string
		ok               bool
	}{
		{"store", ownStore + "/hosts/a.nix", "hosts/a.nix", true},
		{"an input's store path", otherStore + "/lib/modules.nix", "", false},
		{"a store path that begins alike", ownStore + "x/a.nix", "", false},
		{"work tree", "/repo/a.nix", "a.nix", true},
		{"work tree by its real name", "/real/repo/a.nix", "a.nix", true},
		{"a folder beside", "/repo2/a.nix", "", false},
		{"the tree itself", "/repo/", "", false},
		{"a reference", "«git+file:///repo?ref=x&rev=1»/a/b.nix", "a/b.nix", true},
		{"another's reference", "«github:NixOS/nixpkgs/1»/lib/a.nix", "", false},
		{"the function", "«string»", "", false},
		{"nothing", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := own.rel(c.path)
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.want, got)
		})
	}
	_, ok := tree{}.rel("/a.nix")
	require.False(t, ok, "a tree that is nowhere has no files")
}

func TestBest(t *testing.T) {
	own := tree{store: ownStore}
	mine, theirs := position{ownStore + "/a.nix", 1, 2}, position{otherStore + "/lib/modules.nix", 3, 4}
	for _, c := range []struct {
		name string
		r    report
		want position
		in   bool
	}{
		{"the error's own", report{pos: mine, frames: []frame{{pos: theirs}}}, position{"a.nix", 1, 2}, true},
		{"named in the message", report{pos: theirs, message: "Definition values:\n- In `" + ownStore + "/b.nix'"}, position{"b.nix", 0, 0}, true},
		{"the frame nearest", report{pos: theirs, frames: []frame{{pos: theirs}, {pos: mine}, {pos: position{ownStore + "/far.nix", 9, 9}}}}, position{"a.nix", 1, 2}, true},
		{"named in a frame", report{pos: theirs, frames: []frame{{text: "while evaluating definitions from `" + ownStore + "/c.nix':"}}}, position{"c.nix", 0, 0}, true},
		{"only an input's", report{pos: theirs}, theirs, false},
		{"only an input's frame", report{frames: []frame{{pos: position{applySource, 1, 1}}, {pos: theirs}}}, theirs, false},
		{"an input by reference", report{pos: position{"«path:/in?narHash=x»/a.nix", 3, 4}}, position{"«path:/in»/a.nix", 3, 4}, false},
		{"the function", report{pos: position{applySource, 1, 2}, frames: []frame{{pos: theirs}}}, position{applySource, 1, 2}, false},
		{"none", report{message: "x", frames: []frame{{text: "y"}}}, position{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, in := own.best(c.r)
			require.Equal(t, c.want, got)
			require.Equal(t, c.in, in)
		})
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		name, want string
		err        Error
	}{
		{"all", "evaluate facts of web: no port (option a.b, hosts/web.nix:3:5); give one", Error{
			What: "facts of web", Message: "no\n  port", OptionPath: "a.b", File: "hosts/web.nix", Line: 3, Column: 5, Hint: "give one",
		}},
		{"no column", "evaluate x: m (f:3)", Error{What: "x", Message: "m", File: "f", Line: 3}},
		{"no line", "evaluate x: m (f)", Error{What: "x", Message: "m", File: "f", Column: 3}},
		{"no words", "evaluate x: abort", Error{What: "x", Kind: Abort}},
		{"many words", "evaluate x: " + strings.Repeat("é", messageLimit/2) + "…", Error{What: "x", Message: strings.Repeat("é", 5000)}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.err.Error()) })
	}
}

func TestLocateWithoutAnswer(t *testing.T) {
	n := fake(t, `printf 'error: x\n       at /nix/store/0123456789abcdfghijklmnpqrsvwxyz-source/a.nix:1:2:\n' >&2; exit 1`)
	_, err := n.Eval(t.Context(), request)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.False(t, e.InRepo, "it may be an input's")
	require.Equal(t, ownStore+"/a.nix:1:2", e.Position())
	r := request
	r.Source = ownStore
	_, err = n.Eval(t.Context(), r)
	require.ErrorAs(t, err, &e)
	require.Equal(t, "a.nix:1:2", e.Position())
}

func TestHeadTail(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit int64
		lines int
		all   bool
	}{{"fits", 1 << 20, 100, true}, {"exactly", 300, 100, true}, {"too much", 100, 1000, false}, {"far too much", 64, 100000, false}} {
		t.Run(c.name, func(t *testing.T) {
			h := &headTail{limit: c.limit}
			text := strings.Repeat("ab\n", c.lines-1) + "zz\n"
			for i := 0; i < len(text); i += 7 {
				_, err := h.Write([]byte(text[i:min(i+7, len(text))]))
				require.NoError(t, err)
			}
			got := string(h.bytes())
			if c.all {
				require.Equal(t, text, got)
				return
			}
			require.LessOrEqual(t, int64(len(got)), c.limit+60)
			require.True(t, strings.HasPrefix(got, "ab\n"))
			require.True(t, strings.HasSuffix(got, "\nzz\n"))
			require.Contains(t, got, "bytes left out]\n")
		})
	}
}

func TestLines(t *testing.T) {
	var got []string
	l := lines{emit: func(s string) { got = append(got, s) }}
	for _, p := range []string{"a", "b\nc", "", "\n\nd\ne"} {
		l.add([]byte(p))
	}
	l.flush()
	require.Equal(t, []string{"ab", "c", "d", "e"}, got)
	got = nil
	l.add([]byte(strings.Repeat("x", 3*lineLimit) + "\ny\n"))
	require.Len(t, got, 2)
	require.Len(t, got[0], lineLimit)
}
