package taskfile_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	taskfile "holthome.net/scaffold/taskfile-snippets"
	"holthome.net/scaffold/writer/build"
)

func TestTasksSayWhatTheyDo(t *testing.T) {
	r := newRepo(t, map[string]string{"Taskfile.yml": plain})
	code, out := r.task(".", nil, "--list", "--json")
	require.Zero(t, code, out)
	var names []string
	for _, task := range gjson.Get(out, "tasks").Array() {
		names = append(names, task.Get("name").Str)
		require.NotEmpty(t, task.Get("desc").Str)
	}
	require.ElementsMatch(t, []string{"service:new", "service:plan", "service:check", "nix:build", "nix:build-*"}, names)
}

// What is typed reaches the program as it was typed, and nothing else happens.
func TestWhatIsTypedArrives(t *testing.T) {
	run := []string{"run", ".#scaffold", "--"}
	system := func(host string) string {
		return `.#nixosConfigurations."` + host + `".config.system.build.toplevel`
	}
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"new", []string{"service:new", "NAME=linkding"}, append(run, "--", "linkding")},
		{"a space and quotes", []string{"service:new", `NAME=my 'odd" name`}, append(run, "--", `my 'odd" name`)},
		{"a command", []string{"service:new", "NAME=$(touch pwned)`touch pwned`;touch pwned"}, append(run, "--", "$(touch pwned)`touch pwned`;touch pwned")},
		{"a variable", []string{"service:new", `NAME=$HOME\${HOME}`}, append(run, "--", `$HOME\${HOME}`)},
		{"a line break", []string{"service:new", "NAME=a\nb"}, append(run, "--", "a\nb")},
		{"what looks like a flag", []string{"service:new", "NAME=-rf"}, append(run, "--", "-rf")},
		{"not ASCII", []string{"service:new", "NAME=bücher"}, append(run, "--", "bücher")},
		{"a name that is a command's", []string{"service:new", "NAME=plan"}, append(run, "--", "plan")},
		{
			"flags", []string{"service:new", "NAME=x", "--", "--host", "forge", "--set", "description=a b 'c'", `--set=x=$(id)*`},
			append(run, "--host", "forge", "--set", "description=a b 'c'", "--set=x=$(id)*", "--", "x"),
		},
		{"plan", []string{"service:plan", "NAME=a b", "--", "--json"}, append(run, "plan", "--json", "--", "a b")},
		{"check", []string{"service:check"}, append(run, "check")},
		{"check with flags", []string{"service:check", "--", "--format", "git hub"}, append(run, "check", "--format", "git hub")},
		{"build of a host", []string{"nix:build", "HOST=forge"}, []string{"build", "--no-link", system("forge")}},
		{"build of a host with a dot", []string{"nix:build", "HOST=forge.example"}, []string{"build", "--no-link", system("forge.example")}},
		{"build of a host with a command", []string{"nix:build", "HOST=$(touch pwned)"}, []string{"build", "--no-link", system("$(touch pwned)")}},
		{"build by name", []string{"nix:build-forge"}, []string{"build", "--no-link", system("forge")}},
		{"build by a name with a dash", []string{"nix:build-nas-1", "--", "-L", "a b"}, []string{"build", "--no-link", "-L", "a b", system("nas-1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t, map[string]string{"Taskfile.yml": plain, "hosts/x": ""})
			code, out := r.task("hosts", nil, c.args...)
			require.Zero(t, code, out)
			require.Empty(t, out)
			dir, args := r.called()
			require.Equal(t, r.dir, dir, "it runs where the flake is")
			require.Equal(t, c.want, args)
			left, err := filepath.Glob(filepath.Join(r.dir, "*pwned*"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func TestExitCodes(t *testing.T) {
	r := newRepo(t, map[string]string{"Taskfile.yml": plain})
	for _, task := range [][]string{{"service:new", "NAME=x"}, {"service:plan", "NAME=x"}, {"service:check"}, {"nix:build", "HOST=x"}, {"nix:build-x"}} {
		for _, code := range []int{0, 1, 2, 3, 4, 5, 130} {
			env := []string{"CODE=" + strconv.Itoa(code)}
			got, out := r.task(".", env, append([]string{"-x"}, task...)...)
			require.Equal(t, code, got, "task -x %v: %s", task, out)
		}
		got, _ := r.task(".", []string{"CODE=3"}, task...)
		require.Equal(t, 201, got, "task %v, as the file says", task)
	}
}

func TestWhatIsRequired(t *testing.T) {
	r := newRepo(t, map[string]string{"Taskfile.yml": plain})
	for task, name := range map[string]string{"service:new": "NAME", "service:plan": "NAME", "nix:build": "HOST"} {
		code, out := r.task(".", nil, task)
		require.NotZero(t, code)
		require.Contains(t, out, "missing required variables: "+name)
		require.NoFileExists(t, r.record())
	}
}

// The program is found by a variable: of the command line, the environment, the
// include or the repo's own Taskfile.
func TestAnotherProgram(t *testing.T) {
	const other = "nix say"
	for name, c := range map[string]struct {
		taskfile string
		env      []string
		args     []string
	}{
		"command line": {plain, nil, []string{"SCAFFOLD=" + other}},
		"environment":  {plain, []string{"SCAFFOLD=" + other}, nil},
		"Taskfile":     {plain + "vars:\n  SCAFFOLD: " + other + "\n", nil, nil},
		"include": {`version: "3"
includes:
  service:
    taskfile: .taskfiles/service
    vars:
      SCAFFOLD: ` + other + "\n", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t, map[string]string{"Taskfile.yml": c.taskfile})
			code, out := r.task(".", c.env, append([]string{"service:plan", "NAME=x"}, c.args...)...)
			require.Zero(t, code, out)
			_, args := r.called()
			require.Equal(t, []string{"say", "plan", "--", "x"}, args)
		})
	}
}

// besides is a repo that has tasks of its own under nix.
var besides = map[string]string{
	"Taskfile.yml": `version: "3"
includes:
  nix:
    taskfile: .taskfiles/nix
    dir: "{{.ROOT_DIR}}"
`,
	".taskfiles/nix/Taskfile.yaml": `version: "3"
includes:
  host:
    taskfile: ../nix-build.yml
    dir: ../..
    flatten: true
tasks:
  build-nixos:
    requires: {vars: [host]}
    cmds: ['nix own {{.host}}']
`,
}

func TestBesideTasksOfTheRepo(t *testing.T) {
	r := newRepo(t, besides)
	code, out := r.task(".", nil, "nix:build-forge")
	require.Zero(t, code, out)
	dir, args := r.called()
	require.Equal(t, r.dir, dir)
	require.Equal(t, `.#nixosConfigurations."forge".config.system.build.toplevel`, args[2])

	code, out = r.task(".", nil, "nix:build-nixos", "host=forge")
	require.Zero(t, code, out)
	_, args = r.called()
	require.Equal(t, []string{"own", "forge"}, args, "the repo's task goes before build-*")
}

// The program itself builds a host with these tasks where a repo has them.
func TestProgramFindsTheBuild(t *testing.T) {
	t.Setenv("PATH", needTools(t)+":"+os.Getenv("PATH"))
	files := func(more map[string]string) map[string][]byte {
		all := map[string][]byte{".taskfiles/nix-build.yml": taskfile.Nix, ".taskfiles/service/Taskfile.yml": taskfile.Service}
		for name, text := range more {
			all[name] = []byte(text)
		}
		return all
	}
	require.Equal(t, []string{"task", "nix:build", "HOST=nas-1"}, build.Find(files(map[string]string{"Taskfile.yml": plain}), "nas-1").Args)
	require.Equal(t, []string{"task", "nix:build", "HOST=nas-1"}, build.Find(files(besides), "nas-1").Args)
}
