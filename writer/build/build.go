// Package build finds and runs the build of a host: the repo's own task for it,
// or nix.
package build

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"holthome.net/scaffold/nixeval"
)

// Command is how a host is built.
type Command struct {
	// Args begin with the program: task or nix.
	Args []string
	// Note says why a better way was not taken, if there is one.
	Note string
}

func (c Command) String() string { return strings.Join(c.Args, " ") }

// Find chooses the build of a host: the task nix:build-<host>, else a task that
// builds NixOS and takes the host as a variable, else nix build of the host's
// system. files are the contents of the repo's Taskfiles among others.
func Find(files map[string][]byte, host string) Command {
	nix := Command{Args: []string{"nix", "build", "--no-link", "--print-build-logs",
		".#nixosConfigurations." + nixeval.Quote(host) + ".config.system.build.toplevel"}}
	task := taskFor(tasks(files), host)
	if task == nil {
		return nix
	}
	if _, err := exec.LookPath("task"); err != nil {
		nix.Note = fmt.Sprintf("The repo has %s, and the program task is not in PATH.", strings.Join(task, " "))
		return nix
	}
	return Command{Args: task}
}

// taskFor chooses among the repo's tasks.
func taskFor(all map[string][]string, host string) []string {
	if _, ok := all["nix:build-"+host]; ok {
		return []string{"task", "nix:build-" + host}
	}
	for _, name := range []string{"nix:build", "nix:build-nixos", "build-nixos"} {
		requires, ok := all[name]
		for _, v := range []string{"host", "HOST"} {
			if ok && slices.Contains(requires, v) {
				return []string{"task", name, v + "=" + host}
			}
		}
	}
	return nil
}

// taskfile is what is read of one.
type taskfile struct {
	Includes map[string]any `yaml:"includes"`
	Tasks    map[string]any `yaml:"tasks"`
}

// names under which task looks for its file, in its order.
var taskfileNames = []string{"Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml", "taskfile.dist.yml", "Taskfile.dist.yaml", "taskfile.dist.yaml"}

// tasks are the repo's tasks with the variables that each requires, by the name
// that includes give them.
func tasks(files map[string][]byte) map[string][]string {
	r := reader{files: files, tasks: map[string][]string{}}
	for _, name := range taskfileNames {
		if _, ok := files[name]; ok {
			r.read(name, "", 0)
			break
		}
	}
	return r.tasks
}

// Files may include each other in a circle: how deep they are followed, and how
// many are read.
const (
	maxDepth = 8
	maxFiles = 500
)

// reader follows the includes of Taskfiles.
type reader struct {
	files map[string][]byte
	tasks map[string][]string
	count int
}

func (r *reader) read(name, prefix string, depth int) {
	var t taskfile
	if r.count++; depth > maxDepth || r.count > maxFiles || yaml.Unmarshal(r.files[name], &t) != nil {
		return
	}
	for task, body := range t.Tasks {
		r.tasks[prefix+task] = required(body)
	}
	for _, namespace := range slices.Sorted(maps.Keys(t.Includes)) {
		target, _ := t.Includes[namespace].(string)
		under := prefix + namespace + ":"
		if m, ok := t.Includes[namespace].(map[string]any); ok {
			target, _ = m["taskfile"].(string)
			if m["flatten"] == true {
				under = prefix
			}
		}
		if file, ok := r.find(path.Dir(name), target); ok {
			r.read(file, under, depth+1)
		}
	}
}

var rootDir = regexp.MustCompile(`^\{\{ *\.ROOT_DIR *\}\}/?`)

// find is the Taskfile that an include in the folder means: a file, or a folder
// that has one.
func (r *reader) find(dir, target string) (string, bool) {
	if target == "" {
		return "", false
	}
	below := rootDir.ReplaceAllString(target, "")
	if below == target {
		below = path.Join(dir, target)
	}
	for _, name := range append([]string{""}, taskfileNames...) {
		if file := path.Join(below, name); r.files[file] != nil {
			return file, true
		}
	}
	return "", false
}

func required(body any) []string {
	m, _ := body.(map[string]any)
	requires, _ := m["requires"].(map[string]any)
	vars, _ := requires["vars"].([]any)
	var names []string
	for _, v := range vars {
		switch v := v.(type) {
		case string:
			names = append(names, v)
		case map[string]any:
			if n, ok := v["name"].(string); ok {
				names = append(names, n)
			}
		}
	}
	return names
}

// grace is how long a build may take to end after it was told to.
const grace = 5 * time.Second

// Run builds in the repo's root, with the given nix program where nix is run
// directly, and streams what is printed.
func (c Command) Run(ctx context.Context, root, nix string, out io.Writer) error {
	args := slices.Clone(c.Args)
	if args[0] == "nix" {
		args = append([]string{nix, "--extra-experimental-features", "nix-command flakes", "--option", "accept-flake-config", "false"}, args[1:]...)
		args = append(args, "--no-write-lock-file")
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = grace
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run %s: %w", c, err)
	}
	return nil
}
