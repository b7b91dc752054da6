// Package wire connects a target repo with scaffold: the flake's input, its app
// and check, the tasks, and the repo's settings. It edits what it can edit
// safely, each by insertions that leave every other byte as it is, and gives
// the exact text and place for what it cannot.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"holthome.net/scaffold/writer/edit"
)

// Name is a thing that init wires.
type Name string

// The doors, in the order in which they are wired.
const (
	Source   Name = "input"    // the flake's input scaffold
	Outputs  Name = "flake"    // apps.<system>.scaffold and checks.<system>.allocations
	Tasks    Name = "task"     // task service:new, service:plan, service:check
	Settings Name = "settings" // .scaffold.yaml with the host
)

// Names are all doors.
var Names = []Name{Source, Outputs, Tasks, Settings}

// State is how it stands with a door.
type State string

// The states.
const (
	Wired   State = "wired"   // it is there, and is left as it is
	Added   State = "added"   // the changes add it
	Refused State = "refused" // it cannot be edited safely; see Snippet
	Skipped State = "skipped" // not wanted
)

// Door is one way in, and what is done about it.
type Door struct {
	Name  Name  `json:"name"`
	State State `json:"state"`
	// File is where it is or belongs; Line counts from 1, 0 is unknown.
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	// Reason says why it was refused, or what stands there.
	Reason string `json:"reason,omitempty"`
	// Snippet is the exact text to put in by hand, when refused.
	Snippet string `json:"snippet,omitempty"`
}

// File is a change: Before is nil for a new file.
type File struct {
	Path          string
	Before, After []byte
}

// Repo is the target, as it was read and evaluated.
type Repo struct {
	Files map[string][]byte // contents by path: flake.nix, Taskfiles, settings
	All   []string          // the paths of all files
	// Apps and Checks are the names that the flake gives for System now.
	Apps, Checks []string
	Host, System string
}

// Options say what is wanted.
type Options struct {
	URL     string // flake reference of scaffold; not needed when the input is there
	Service []byte // the taskfile with the tasks of scaffold
	Skip    []Name
}

// Wiring is what is to be done.
type Wiring struct {
	Doors []Door
	Files []File // the changes, by path
}

// Make decides what to do about each door. It is pure. The error is about the
// flake as a whole (it does not parse) or about the options; a door that cannot
// be wired is no error.
func Make(r Repo, o Options) (*Wiring, error) {
	for _, name := range o.Skip {
		if !slices.Contains(Names, name) {
			return nil, fmt.Errorf("skip door: there is no %q; there are %v", name, Names)
		}
	}
	w := &wiring{Repo: r, options: o, now: map[string][]byte{}}
	for _, door := range []struct {
		name Name
		wire func() (Door, error)
	}{{Source, w.source}, {Outputs, w.outputs}, {Tasks, w.tasks}, {Settings, w.settings}} {
		d := Door{State: Skipped}
		if !slices.Contains(o.Skip, door.name) {
			var err error
			if d, err = door.wire(); err != nil {
				return nil, err
			}
		}
		d.Name = door.name
		w.doors = append(w.doors, d)
	}
	out := &Wiring{Doors: w.doors}
	for path, after := range w.now {
		if before := r.Files[path]; !bytes.Equal(before, after) || before == nil {
			out.Files = append(out.Files, File{path, before, after})
		}
	}
	slices.SortFunc(out.Files, func(a, b File) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return out, nil
}

// Refused are the doors that are left to the user.
func (w *Wiring) Refused() []Door {
	return slices.DeleteFunc(slices.Clone(w.Doors), func(d Door) bool { return d.State != Refused })
}

// Has reports whether a file is among the changes.
func (w *Wiring) Has(path string) bool {
	return slices.ContainsFunc(w.Files, func(f File) bool { return f.Path == path })
}

// wiring is the work going on.
type wiring struct {
	Repo
	options Options
	doors   []Door
	now     map[string][]byte // files that were changed, as they are now
}

// text is a file as it is after the edits so far; nil if there is none.
func (w *wiring) text(path string) []byte {
	if t, ok := w.now[path]; ok {
		return t
	}
	return w.Files[path]
}

// state is that of a door which was dealt with already.
func (w *wiring) state(name Name) State {
	for _, d := range w.doors {
		if d.Name == name {
			return d.State
		}
	}
	return ""
}

// refusal makes a door of an edit that found no place.
func refusal(file, snippet string, err error) Door {
	d := Door{State: Refused, File: file, Reason: err.Error(), Snippet: snippet}
	var ambiguous *edit.AmbiguousError
	if errors.As(err, &ambiguous) {
		d.Reason, d.Line = ambiguous.Reason, ambiguous.Line
	}
	var present *edit.PresentError
	if errors.As(err, &present) {
		d.Reason, d.Line = "something of that name is there, written in another way", present.Line
	}
	return d
}
