package wire

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

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

func readTaskfile(text []byte) (taskfile, error) {
	var t taskfile
	if err := yaml.Unmarshal(text, &t); err != nil {
		return t, fmt.Errorf("it is no taskfile: %s", firstLine(err))
	}
	return t, nil
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
	t, err := readTaskfile(src)
	if err != nil {
		return refusal(main, style{folder: ".taskfiles", extension: path.Ext(main)}.snippet(), err), nil
	}
	s := w.style(main, t)
	if d, done := w.taken(main, t, s); done {
		return d, nil
	}
	out, err := s.add(src)
	if err == nil {
		if after, readErr := readTaskfile(out); readErr != nil || after.Includes[include] == nil {
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
	t, err := readTaskfile(text)
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(t.Tasks))
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
