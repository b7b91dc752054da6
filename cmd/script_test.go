package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/tidwall/gjson"
)

// TestScripts runs the stories in testdata/script. Each is what a user, a CI
// job or an agent does with the whole program, on an example fleet.
func TestScripts(t *testing.T) {
	eachNix(t, func(t *testing.T, nix string) {
		testscript.Run(t, testscript.Params{
			Dir:                 "testdata/script",
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
			Setup:               func(e *testscript.Env) error { return setup(e, nix) },
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"example":   cmdExample,
				"exits":     cmdExits,
				"snapshot":  cmdSnapshot,
				"unchanged": cmdUnchanged,
				"restored":  cmdRestored,
				"changed":   cmdChanged,
				"json":      cmdJSON,
				"schema":    cmdSchema,
				"tools":     cmdTools,
				"subst":     cmdSubst,
				"registry":  cmdRegistry,
				"upstream":  cmdUpstream,
				"hash":      cmdHash,
			},
		})
	})
}

// setup hands on the environment of the test binary.
func setup(e *testscript.Env, nix string) error {
	for _, name := range []string{
		"XDG_CACHE_HOME", "SCAFFOLD_OFFLINE", "NIX_CONFIG", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
		"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
	} {
		e.Setenv(name, os.Getenv(name))
	}
	e.Setenv("PATH", filepath.Dir(nix)+":"+e.Getenv("PATH"))
	e.Setenv("NIX", nix)
	e.Setenv("DIGEST", digest)
	e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
	templates, err := filepath.Abs(filepath.Join("..", "writer", "render", "templates"))
	e.Setenv("TEMPLATES", templates)
	e.Values["snapshots"] = map[string]snapshot{}
	return err
}

// cmdExample makes a fleet: example [registry] DIR.
func cmdExample(ts *testscript.TestScript, neg bool, args []string) {
	name := "example"
	if len(args) == 2 && args[0] == "registry" {
		name, args = "example-registry", args[1:]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: example [registry] DIR")
	}
	ts.Check(makeFleet(name, ts.MkAbs(args[0])))
}

// cmdExits runs a program and wants an exit code: exits CODE PROGRAM ARGUMENTS.
// With ! before it, the code must be another.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENTS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if (code == want) == neg {
		ts.Fatalf("exit code is %d, not %d", code, want)
	}
}

func cmdSnapshot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: snapshot DIR")
	}
	s, err := takeSnapshot(ts.MkAbs(args[0]))
	ts.Check(err)
	snapshots(ts)[ts.MkAbs(args[0])] = s
}

// cmdUnchanged wants a folder to be as it was at its snapshot, git's index to
// the byte: unchanged DIR.
func cmdUnchanged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: unchanged DIR")
	}
	same(ts, args[0], nil)
}

// cmdRestored is unchanged, save for objects that git keeps until it collects
// them: to add a file by intent makes the empty one.
func cmdRestored(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: restored DIR")
	}
	same(ts, args[0], func(name string) bool { return strings.HasPrefix(name, ".git/objects/") })
}

func same(ts *testscript.TestScript, dir string, but func(name string) bool) {
	dir = ts.MkAbs(dir)
	now, err := takeSnapshot(dir)
	ts.Check(err)
	names := snapshots(ts)[dir].differs(now)
	if but != nil {
		names = slices.DeleteFunc(names, but)
	}
	if len(names) > 0 {
		ts.Fatalf("changed since the snapshot: %s", strings.Join(names, ", "))
	}
	left, err := filepath.Glob(filepath.Join(dir, ".git", "scaffold", "journal*"))
	ts.Check(err)
	if len(left) > 0 {
		ts.Fatalf("left behind: %s", left)
	}
}

func snapshots(ts *testscript.TestScript) map[string]snapshot {
	return ts.Value("snapshots").(map[string]snapshot)
}

// cmdChanged wants exactly these changes to the last commit, as git's status
// tells them: changed DIR A:FILE M:FILE ...
func cmdChanged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: changed DIR [STATUS:FILE ...]")
	}
	got, err := status(ts.MkAbs(args[0]))
	ts.Check(err)
	want := slices.Sorted(slices.Values(args[1:]))
	if !slices.Equal(got, want) {
		ts.Fatalf("changed are\n  %s\nnot\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// cmdJSON wants a value in a JSON file: json FILE PATH VALUE, with paths as
// gjson has them. Without a value, the path must exist.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	text := ts.ReadFile(args[0])
	if !gjson.Valid(text) {
		ts.Fatalf("%s is not JSON", args[0])
	}
	got := gjson.Get(text, args[1])
	ok := got.Exists()
	if len(args) == 3 {
		ok = got.String() == args[2]
	}
	if ok == neg {
		ts.Fatalf("%s is %q", args[1], got.String())
	}
}

// cmdSchema wants a JSON file to follow a published schema, that of plans
// unless it is named: schema FILE [SCHEMA].
func cmdSchema(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 && len(args) != 2 {
		ts.Fatalf("usage: schema FILE [SCHEMA]")
	}
	err := follows(append(args, "plan.schema.json")[1], ts.ReadFile(args[0]))
	if (err == nil) == neg {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

// follows holds a document against a schema in docs.
func follows(name, text string) error {
	compiler := jsonschema.NewCompiler()
	// One may refer to another, by its published address.
	files, err := filepath.Glob(filepath.Join("..", "docs", "*.schema.json"))
	if err != nil {
		return err
	}
	id := ""
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		own := gjson.GetBytes(data, "$id").String()
		if err := compiler.AddResource(own, whole); err != nil {
			return err
		}
		if filepath.Base(file) == name {
			id = own
		}
	}
	schema, err := compiler.Compile(id)
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(document)
}

// cmdTools makes a folder with links to programs, to be a PATH that has nothing
// else: tools DIR PROGRAM ...
func cmdTools(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: tools DIR PROGRAM ...")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, name := range args[1:] {
		path, err := exec.LookPath(name)
		ts.Check(err)
		ts.Check(os.Symlink(path, filepath.Join(dir, name)))
	}
}

// cmdSubst replaces text in a file, which must be in it: subst FILE OLD NEW.
// \n and \0 in NEW stand for the characters.
func cmdSubst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: subst FILE OLD NEW")
	}
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	if !bytes.Contains(data, []byte(args[1])) {
		ts.Fatalf("%s does not have %q", args[0], args[1])
	}
	var unquoted string
	ts.Check(json.Unmarshal(fmt.Appendf(nil, `"%s"`, strings.NewReplacer(`"`, `\"`, `\0`, `\u0000`).Replace(args[2])), &unquoted))
	info, err := os.Stat(name)
	ts.Check(err)
	ts.Check(os.WriteFile(name, bytes.Replace(data, []byte(args[1]), []byte(unquoted), 1), info.Mode()))
}
