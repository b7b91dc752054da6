package nixeval

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// testConfig lets any nix evaluate offline, as root or not.
const testConfig = "extra-experimental-features = nix-command flakes\nflake-registry =\nsubstituters =\nbuild-users-group =\nwarn-dirty = false\n"

// eachNix runs a test with every nix named in SCAFFOLD_NIX_VERSIONS, a list of
// programs separated by colons, or with the nix on PATH.
func eachNix(t *testing.T, test func(t *testing.T, n *Nix)) {
	t.Helper()
	programs := []string{"nix"}
	if list := os.Getenv("SCAFFOLD_NIX_VERSIONS"); list != "" {
		programs = strings.Split(list, ":")
	}
	for _, p := range programs {
		path, err := exec.LookPath(p)
		if err != nil {
			t.Skipf("real nix is needed, and %s is not installed", p)
		}
		n, v, err := Find(t.Context(), path)
		require.NoError(t, err)
		n.Env = []string{"NIX_CONFIG=" + testConfig, "XDG_CACHE_HOME=" + t.TempDir()}
		n.Log = zerolog.New(zerolog.NewTestWriter(t))
		t.Run(v.String(), func(t *testing.T) { test(t, n) })
	}
}

// writeFlake makes a git repository with the files committed, and returns its
// folder. Files whose name begins with "+" are not added to git.
func writeFlake(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, content := range files {
		path := filepath.Join(dir, strings.TrimPrefix(name, "+"))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	git(t, dir, "init", "-q", "-b", "main")
	for name := range files {
		if !strings.HasPrefix(name, "+") {
			git(t, dir, "add", "--", name)
		}
	}
	git(t, dir, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "x")
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "core.hooksPath=/dev/null"}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// output is a flake with one output per line of body.
func output(body string) string { return "{ outputs = { self }: {" + body + "\n}; }\n" }

func TestEvalAnswers(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(`
		a = { b = 1; }; c = 4; packages.x86_64-linux.c = 5;
		hosts = { "x.example" = 10; "q\"uo\${te" = 11; "sp ace#?%41^*" = 12; "é" = 13; "" = 14; "-x" = 15; "9" = 16; "new\nline" = 17; };
		impure = builtins.getEnv "HOME"; now = builtins ? currentTime;`)})
	eachNix(t, func(t *testing.T, n *Nix) {
		for _, c := range []struct {
			name, apply, want string
			attr              []string
		}{
			{"value", "", `{"b":1}`, []string{"a"}},
			{"path", "", `1`, []string{"a", "b"}},
			{"function", "v: v // { c = ''two words'' + \"\\n\"; }", `{"b":1,"c":"two words\n"}`, []string{"a"}},
			{"function with a comment at its end", "v: v # done", `10`, []string{"hosts", "x.example"}},
			{"dot", "", `10`, []string{"hosts", "x.example"}},
			{"quote and antiquotation", "", `11`, []string{"hosts", `q"uo${te`}},
			{"what a reference gives a meaning", "", `12`, []string{"hosts", "sp ace#?%41^*"}},
			{"not ASCII", "v: v + 1", `14`, []string{"hosts", "é"}},
			{"empty", "", `14`, []string{"hosts", ""}},
			{"dash", "", `15`, []string{"hosts", "-x"}},
			{"digit", "", `16`, []string{"hosts", "9"}},
			{"line break", "", `17`, []string{"hosts", "new\nline"}},
			{"environment is not seen", "", `""`, []string{"impure"}},
			{"time is not seen", "", `false`, []string{"now"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				out, err := n.Eval(t.Context(), Request{Flake: "git+file://" + dir, Attr: c.attr, Apply: c.apply, What: c.name})
				require.NoError(t, err)
				require.JSONEq(t, c.want, string(out))
			})
		}
		v, err := n.Version(t.Context())
		require.NoError(t, err)
		if !v.exactPath() { // only Nix 2.19 and newer can tell the two apart
			return
		}
		t.Run("an output is not a package of the same name", func(t *testing.T) {
			out, err := n.Eval(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"c"}, What: "test"})
			require.NoError(t, err)
			require.JSONEq(t, "4", string(out))
		})
	})
}

func TestEvalKinds(t *testing.T) {
	dir := writeFlake(t, map[string]string{
		"sub/syntax.nix":     "{ a = ; }\n",
		"sub/undefined.nix":  "{ }:\n  nowhere\n",
		"+sub/untracked.nix": "1\n",
		"flake.nix": output(`
thrown = throw "line one\nline two";
looks = throw "infinite recursion encountered";
asserted = assert 1 == 2; 1;
modules = throw "\nFailed assertions:\n- no port";
aborted = abort "stop";
added = 1 + "x";
called = (x: x) 1 2;
arity = ({ a }: a) { };
headless = builtins.head [ ];
decoded = builtins.fromJSON "{";
attribute = { ab = 1; }.abc;
itself = let x = x; in x;
deep = let f = x: 1 + f (x + 1); in f 0;
function = x: x;
syntax = import ./sub/syntax.nix;
undefined = import ./sub/undefined.nix { };
missing = import ./sub/missing.nix;
untracked = import ./sub/untracked.nix;
option = builtins.addErrorContext "while evaluating the option ` + "`modules.web.port':" + `" (throw "no port");
unset = throw "The option ` + "`a.b' is used but not defined." + `";
nooption = throw "The option ` + "`a.c' does not exist. Definition values:\\n- In `${toString ./hosts/web.nix}'" + `";
ifd = import (derivation { name = "x"; builder = "/nonexistent"; system = "none"; });
net = builtins.fetchTarball { url = "http://127.0.0.1:9/x.tar.gz"; sha256 = "0000000000000000000000000000000000000000000000000000"; };
fine = 1;`),
	})
	type want struct {
		attr, message, file, option, hint string
		kind                              Kind
		line                              int
		request                           func(*Request)
	}
	cases := []want{
		{attr: "thrown", kind: Throw, message: "line one\nline two"},
		{attr: "looks", kind: Throw, message: "infinite recursion encountered"},
		{attr: "asserted", kind: Assertion, file: "flake.nix", line: 4},
		{attr: "modules", kind: Assertion, message: "Failed assertions:\n- no port"},
		{attr: "aborted", kind: Abort, message: "evaluation aborted with the following error message: 'stop'"},
		{attr: "added", kind: Type, file: "flake.nix", line: 7},
		{attr: "called", kind: Type, file: "flake.nix", line: 8},
		{attr: "arity", kind: Type, file: "flake.nix", line: 9},
		{attr: "headless", kind: Type},
		{attr: "decoded", kind: Type},
		{attr: "attribute", kind: MissingAttribute, message: "attribute 'abc' missing", file: "flake.nix", line: 12, hint: "id you mean"},
		{attr: "itself", kind: InfiniteRecursion, file: "flake.nix", line: 13},
		{attr: "deep", kind: InfiniteRecursion},
		{attr: "function", kind: Type},
		{attr: "syntax", kind: Syntax, file: "sub/syntax.nix", line: 1},
		{attr: "undefined", kind: UndefinedVariable, message: "undefined variable 'nowhere'", file: "sub/undefined.nix", line: 2},
		{attr: "missing", kind: MissingFile, file: "flake.nix", line: 18, hint: "create sub/missing.nix"},
		{attr: "untracked", kind: UntrackedFile, file: "flake.nix", line: 19, hint: "git add -N -- sub/untracked.nix"},
		{attr: "option", kind: Throw, message: "no port", option: "modules.web.port"},
		{attr: "unset", kind: Throw, option: "a.b"},
		{attr: "nooption", kind: MissingAttribute, option: "a.c", file: "hosts/web.nix"},
		{attr: "ifd", kind: Build},
		{attr: "ifd", kind: ImportFromDerivation, request: func(r *Request) { r.IFD = IFDDeny }},
		{attr: "net", kind: Network},
		{attr: "nothing", kind: MissingAttribute},
		{attr: "fine", kind: Usage, request: func(r *Request) { r.Apply = "x: x." }},
		{attr: "thrown", kind: Usage, request: func(r *Request) { r.Attr = nil }},
		{attr: "thrown", kind: Usage, request: func(r *Request) { r.Apply = "x: \"\x00\"" }},
		{attr: "thrown", kind: Usage, request: func(r *Request) { r.Apply = "x: \"" + strings.Repeat("a", 200<<10) + "\"" }},
		{attr: "thrown", kind: FlakeMissing, request: func(r *Request) { r.Flake += "/nowhere" }},
	}
	eachNix(t, func(t *testing.T, n *Nix) {
		n.Env = append(n.Env, "NIX_CONFIG="+testConfig+"download-attempts = 1\n")
		for _, c := range cases {
			for _, clean := range []bool{false, true} {
				name := c.attr + "/" + string(c.kind) + map[bool]string{true: "/commit", false: "/tree"}[clean]
				t.Run(name, func(t *testing.T) {
					r := Request{Flake: "git+file://" + dir, Attr: []string{c.attr}, What: "test"}
					if c.request != nil {
						c.request(&r)
					}
					if clean && c.kind != FlakeMissing { // nix would find the commit in its own cache
						r.Flake += "?rev=" + git(t, dir, "rev-parse", "HEAD")
					}
					_, err := n.Eval(t.Context(), r)
					var e *Error
					require.ErrorAs(t, err, &e)
					require.Equal(t, c.kind, e.Kind, "%+v\n%s", e, e.Trace)
					if c.message != "" {
						require.Equal(t, c.message, e.Message)
					}
					if c.file != "" {
						require.Equal(t, c.file, e.File, e.Trace)
						require.Equal(t, c.line, e.Line)
						require.True(t, e.InRepo)
					}
					require.Equal(t, c.option, e.OptionPath)
					require.Contains(t, e.Hint, c.hint)
					require.NotEmpty(t, e.Hint)
					require.NotContains(t, e.Message, "-source/", "the repository's own paths are relative")
				})
			}
		}
	})
}

func TestEvalLeavesTheRepositoryAlone(t *testing.T) {
	input := writeFlake(t, map[string]string{"flake.nix": output("")})
	dir := writeFlake(t, map[string]string{"flake.nix": `{
		inputs.x.url = "git+file://` + input + `"; nixConfig.extra-substituters = "http://127.0.0.1:9";
		outputs = { self, x }: { a = 1; }; }`})
	eachNix(t, func(t *testing.T, n *Nix) {
		r := Request{Flake: "git+file://" + dir, Attr: []string{"a"}, What: "test", Key: "k"}
		n.Cache = &Cache{Dir: t.TempDir()}
		_, err := n.Eval(t.Context(), r)
		require.Equal(t, LockNeedsUpdate, KindOf(err), "%v", err)

		r.AllowUnlocked = true
		out, err := n.Eval(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, "1", strings.TrimSpace(string(out)))

		require.Empty(t, git(t, dir, "status", "--porcelain"))
		files, err := os.ReadDir(n.Cache.Dir)
		require.NoError(t, err)
		require.Empty(t, files, "what is not locked is not remembered")
	})
}

func TestEvalSeesUncommittedChanges(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output("a = 1;")})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(output("a = import ./b.nix;")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.nix"), []byte("2"), 0o600))
	git(t, dir, "add", "-N", "b.nix")
	eachNix(t, func(t *testing.T, n *Nix) {
		out, err := n.Eval(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"a"}, What: "test"})
		require.NoError(t, err)
		require.Equal(t, "2", strings.TrimSpace(string(out)))
	})
}

func TestEvalFeatureDisabled(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output("a = builtins.fetchClosure { fromStore = \"x\"; };\nb = 1 |> (x: x);")})
	eachNix(t, func(t *testing.T, n *Nix) {
		_, err := n.Eval(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"a"}, What: "test"})
		require.Contains(t, []Kind{FeatureDisabled, Syntax, MissingAttribute}, KindOf(err), "%v", err)
	})
}

func TestEvalNeedsNoConfiguration(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output("a = 1;")})
	eachNix(t, func(t *testing.T, n *Nix) {
		n.Env = []string{"NIX_CONFIG=", "NIX_USER_CONF_FILES=/nonexistent", "XDG_CACHE_HOME=" + t.TempDir()}
		out, err := n.Eval(context.Background(), Request{Flake: "git+file://" + dir, Attr: []string{"a"}, What: "test"})
		require.NoError(t, err)
		require.Equal(t, "1", strings.TrimSpace(string(out)))
	})
}

func TestEvalEndsWhenTold(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output(`
		slow = let f = n: if n == 0 then 0 else f (n - 1); in
			builtins.foldl' (a: i: builtins.seq (f 1000) a) 0 (builtins.genList (i: i) 1000000);`)})
	eachNix(t, func(t *testing.T, n *Nix) {
		n.Grace = 300 * time.Millisecond
		n.Timeout = 300 * time.Millisecond
		start := time.Now()
		_, err := n.Eval(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"slow"}, What: "test"})
		require.Equal(t, Timeout, KindOf(err), "%v", err)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, time.Since(start), 20*time.Second, "an old nix ignores SIGTERM")
	})
}

func TestEvalWithinAGitHook(t *testing.T) {
	dir := writeFlake(t, map[string]string{"flake.nix": output("a = import ./b.nix;"), "b.nix": "1"})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.nix"), []byte("2"), 0o600))
	other := writeFlake(t, map[string]string{"flake.nix": output("a = 3;")})
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_WORK_TREE", other)
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, ".git", "index"))
	eachNix(t, func(t *testing.T, n *Nix) {
		out, err := n.Eval(t.Context(), Request{Flake: "git+file://" + dir, Attr: []string{"a"}, What: "test"})
		require.NoError(t, err)
		require.Equal(t, "2", strings.TrimSpace(string(out)))
	})
}

func TestEvalInputsAreNotTheRepository(t *testing.T) {
	input := writeFlake(t, map[string]string{"flake.nix": output(`lib = import ./lib.nix;`), "lib.nix": "{\n  f = x: x + 1;\n}\n"})
	dir := writeFlake(t, map[string]string{"flake.nix": `{ inputs.x.url = "git+file://` + input + `";
		outputs = { self, x }: { there = x.lib.f "a"; here = import ./lib.nix x; }; }`, "lib.nix": "x:\n\n{ }.missing"})
	eachNix(t, func(t *testing.T, n *Nix) {
		r := Request{Flake: "git+file://" + dir, What: "test", AllowUnlocked: true}
		var e *Error

		r.Attr = []string{"here"}
		_, err := n.Eval(t.Context(), r)
		require.ErrorAs(t, err, &e)
		require.Equal(t, "lib.nix:3:1", e.Position())
		require.True(t, e.InRepo)

		r.Attr = []string{"there"}
		_, err = n.Eval(t.Context(), r)
		require.ErrorAs(t, err, &e)
		require.Equal(t, Type, e.Kind)
		if e.InRepo {
			require.Equal(t, "flake.nix", e.File, "the call, and not the file of the same name")
		} else {
			require.Contains(t, e.File, "/lib.nix")
			require.Equal(t, 2, e.Line)
		}
	})
}
