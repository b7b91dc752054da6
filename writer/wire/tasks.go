package wire

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// include is the name under which the tasks are included; otherName is what a
// repo may call them in which that name is taken.
const (
	include   = "service"
	otherName = "scaffold"
)

// taskfiles are the names under which task looks for its file, in its order.
var taskfiles = []string{
	"Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml",
	"Taskfile.dist.yml", "taskfile.dist.yml", "Taskfile.dist.yaml", "taskfile.dist.yaml",
}

// taskfile is what is read of one.
type taskfile struct {
	Includes map[string]any `yaml:"includes"`
	Tasks    map[string]any `yaml:"tasks"`
}

// tasks copies the taskfile and includes it.
func (w *wiring) tasks() (Door, error) {
	if len(w.options.Service) == 0 {
		return Door{}, errors.New("wire tasks: there is no taskfile to copy")
	}
	i := slices.IndexFunc(taskfiles, func(name string) bool { return w.text(name) != nil })
	if i < 0 {
		s := style{folder: ".taskfiles", extension: ".yml"}
		main := "Taskfile.yml"
		w.now[main] = []byte("---\nversion: \"3\"\n\nincludes:\n" + indented(s.block()))
		w.now[s.file()] = w.options.Service
		return Door{State: Added, File: main}, nil
	}
	main := taskfiles[i]
	src := w.text(main)
	var t taskfile
	if err := yaml.Unmarshal(src, &t); err != nil {
		return refusal(main, style{folder: ".taskfiles", extension: path.Ext(main)}.snippet(), fmt.Errorf("it is no taskfile: %s", firstLine(err))), nil
	}
	s := w.style(main, t)
	if d, done := w.taken(main, t, s); done {
		return d, nil
	}
	out, err := s.add(src)
	if err == nil {
		var after taskfile
		if yaml.Unmarshal(out, &after) != nil || after.Includes[include] == nil {
			err = errors.New("it is laid out in an unknown way")
		}
	}
	if err != nil {
		d := refusal(main, s.snippet(), err)
		d.Reason += "; " + s.file() + " is there to be included"
		w.now[s.file()] = w.options.Service
		return d, nil
	}
	w.now[main], w.now[s.file()] = out, w.options.Service
	return Door{State: Added, File: main}, nil
}

// taken tells what stands where the tasks are to go.
func (w *wiring) taken(main string, t taskfile, s style) (Door, bool) {
	d := Door{File: main}
	entries, _, _ := mapping(w.text(main), "includes")
	for _, e := range entries {
		if e.key == include {
			d.Line = e.line
		}
	}
	if there, ok := t.Includes[include]; ok {
		for _, name := range included(main, there) {
			if ours(w.text(name), w.options.Service) {
				d.State = Wired
				return d, true
			}
		}
		d.State, d.Reason = Refused, "it includes another taskfile as "+include+"; copy taskfile-snippets/service.yml of scaffold and include it under another name"
		s.name = otherName
		d.Snippet = s.snippet()
		return d, true
	}
	for _, name := range tasksOf(w.options.Service) {
		if _, ok := t.Tasks[include+":"+name]; ok {
			d.State, d.Reason = Refused, "it has a task "+include+":"+name+"; copy taskfile-snippets/service.yml of scaffold and include it under another name"
			s.name = otherName
			d.Snippet = s.snippet()
			return d, true
		}
	}
	there := w.text(s.file())
	if there == nil && slices.Contains(w.All, s.file()) || there != nil && !bytes.Equal(there, w.options.Service) {
		d.State, d.Reason, d.Snippet = Refused, s.file()+" is there and says something else", s.snippet()
		return d, true
	}
	return d, false
}

// included are the files that an include may mean.
func included(main string, value any) []string {
	name, _ := value.(string)
	if m, ok := value.(map[string]any); ok {
		name, _ = m["taskfile"].(string)
	}
	if name == "" {
		return nil
	}
	name = path.Join(path.Dir(main), name)
	names := []string{name}
	for _, f := range taskfiles {
		names = append(names, path.Join(name, f))
	}
	return names
}

// ours reports whether a taskfile has the tasks of the one that is copied.
// What its owner changed in it is theirs to change.
func ours(text, service []byte) bool {
	is := tasksOf(text)
	for _, name := range tasksOf(service) {
		if !slices.Contains(is, name) {
			return false
		}
	}
	return bytes.Contains(text, []byte("scaffold"))
}

// tasksOf are the names of the tasks in a taskfile, sorted.
func tasksOf(text []byte) []string {
	var t taskfile
	if yaml.Unmarshal(text, &t) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(t.Tasks))
}

// style is how a taskfile includes others.
type style struct {
	name      string // of the include; "" for the usual one
	folder    string // in which there is one folder for each
	extension string // of the taskfiles
	bare      bool   // the folder is named, not the file in it
	quote     string // around the path
	dir       string // the line with the folder in which tasks run; "" for none
}

// style reads how most includes of a taskfile are written.
func (w *wiring) style(main string, t taskfile) style {
	s := style{folder: ".taskfiles", extension: path.Ext(main)}
	var folders []string
	bare, rootDir := 0, 0
	for _, value := range t.Includes {
		name, _ := value.(string)
		if m, ok := value.(map[string]any); ok {
			name, _ = m["taskfile"].(string)
			if dir, _ := m["dir"].(string); strings.Contains(dir, "ROOT_DIR") {
				rootDir++
			}
		}
		if name == "" || strings.Contains(name, "://") || strings.Contains(name, "{{") {
			continue
		}
		name = path.Clean(name)
		isBare := path.Ext(name) != ".yml" && path.Ext(name) != ".yaml"
		if isBare {
			bare++
			name = path.Join(name, "Taskfile")
		}
		folders = append(folders, path.Dir(path.Dir(name)))
	}
	slices.Sort(folders)
	if n := len(folders); n > 0 {
		s.folder, s.bare = folders[n/2], bare*2 > n // the middle one is that of the majority
		if rootDir*2 > n {
			s.dir = `dir: "{{.ROOT_DIR}}"`
		}
		if strings.Contains(string(w.text(main)), `taskfile: "`) {
			s.quote = `"`
		}
		if s.folder == "." {
			s.folder = ".taskfiles"
		}
	}
	return s
}

// file is the taskfile to be made.
func (s style) file() string { return path.Join(s.folder, s.include(), "Taskfile"+s.extension) }

func (s style) include() string {
	if s.name != "" {
		return s.name
	}
	return include
}

// block is the entry among the includes.
func (s style) block() string {
	name := s.file()
	if s.bare {
		name = path.Dir(name)
	}
	block := s.include() + ":\n  taskfile: " + s.quote + name + s.quote + "\n"
	if s.dir != "" {
		block += "  " + s.dir + "\n"
	}
	return block
}

func (s style) snippet() string { return "includes:\n" + indented(s.block()) }

// indented is a block one level deeper.
func indented(block string) string {
	var b strings.Builder
	for l := range strings.Lines(block) {
		b.WriteString("  " + l)
	}
	return b.String()
}

// add puts the entry among the includes; without any, below the version.
func (s style) add(src []byte) ([]byte, error) {
	entries, there, err := mapping(src, "includes")
	if err != nil {
		return nil, err
	}
	if there {
		return addKey(src, []string{"includes"}, entries, len(entries)-1, s.block())
	}
	top, _, err := mapping(src)
	if err != nil {
		return nil, err
	}
	if len(top) == 0 {
		return nil, errors.New("it is empty")
	}
	i := max(0, slices.IndexFunc(top, func(e entry) bool { return e.key == "version" }))
	return addKey(src, nil, top, i, s.snippet())
}
