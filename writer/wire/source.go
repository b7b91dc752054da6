package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/edit"
)

// flakeFile is where a flake is.
const flakeFile = "flake.nix"

// inputName is the name that the input gets.
const inputName = "scaffold"

// HasInput reports whether a flake has an input of the name that is added.
func HasInput(flake []byte) (bool, error) {
	f, err := syntax.Parse(flake)
	if err != nil {
		return false, err
	}
	return inputLine(f, inputName) > 0, nil
}

// CheckURL refuses what cannot be the url of an input.
func CheckURL(url string) error {
	switch {
	case url == "":
		return errors.New("read flake reference: it is empty")
	case strings.ContainsFunc(url, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return fmt.Errorf("read flake reference %q: it has white space in it", url)
	case strings.Contains(url, "#"):
		return fmt.Errorf("read flake reference %q: an input has no fragment; leave out # and what follows", url)
	}
	return nil
}

// source adds the input.
func (w *wiring) source() (Door, error) {
	src := w.text(flakeFile)
	f, err := syntax.Parse(src)
	if err != nil {
		return Door{}, fmt.Errorf("read %s: %w", flakeFile, err)
	}
	if line := inputLine(f, inputName); line > 0 {
		return Door{State: Wired, File: flakeFile, Line: line}, nil
	}
	if err := CheckURL(w.options.URL); err != nil {
		return Door{}, err
	}
	url, err := syntax.String(w.options.URL)
	if err != nil {
		return Door{}, err
	}
	// The program is built with the nixpkgs of its own lock: the target's may
	// have no Go that is new enough.
	line := "url = " + url + ";"
	text := inputName + "." + line
	out, err := insertInput(f, text, line)
	if err != nil {
		return refusal(flakeFile, "inputs."+text, err), nil
	}
	w.now[flakeFile] = out
	return Door{State: Added, File: flakeFile}, nil
}

// insertInput adds the input in the spelling of the others: in one set, or as
// inputs.x.url = ...; each on its own.
func insertInput(f *syntax.File, text, line string) ([]byte, error) {
	if len(f.Find([]string{"inputs"})) > 0 {
		return edit.InsertBinding(f.Src, []string{"inputs"}, text, edit.Last)
	}
	return edit.InsertBinding(f.Src, nil, "inputs."+inputName+"."+line, byInput)
}

// byInput puts inputs.scaffold.url behind the other inputs; in a flake without
// inputs, before the outputs.
func byInput(f *syntax.File, b *syntax.Binding) (string, bool) {
	if b.Inherit {
		return "", false
	}
	switch b.Attrs[0].Name {
	case "description", "nixConfig":
		return "0", !hasDotted(f)
	case "inputs":
		return "1", true
	}
	return "2", !hasDotted(f)
}

// hasDotted reports whether a flake has inputs that are spelt inputs.x.
func hasDotted(f *syntax.File) bool {
	for _, top := range f.Top() {
		for _, b := range top.Node.Bindings {
			if !b.Inherit && len(b.Attrs) > 1 && b.Attrs[0].Name == "inputs" {
				return true
			}
		}
	}
	return false
}

// oneOrMoreLines tries an edit with text of several lines, and with the same
// on one line where the place is within a line.
func oneOrMoreLines(text string, insert func(text string) ([]byte, error)) ([]byte, error) {
	out, err := insert(text)
	var ambiguous *edit.AmbiguousError
	if errors.As(err, &ambiguous) {
		if short, shortErr := insert(strings.Join(strings.Fields(text), " ")); shortErr == nil {
			return short, nil
		}
	}
	return out, err
}

// inputLine is the line on which an input is, 0 without it.
func inputLine(f *syntax.File, name string) int {
	if all := inputBindings(f, name); len(all) > 0 {
		return f.Line(all[0].Start)
	}
	return 0
}

// hasNixpkgs reports whether a flake has an input nixpkgs that is one: an input
// that follows "" is the flake itself.
func hasNixpkgs(f *syntax.File) bool {
	all := inputBindings(f, "nixpkgs")
	for _, b := range all {
		follows := b.Value
		if b.Attrs[len(b.Attrs)-1].Name != "follows" {
			found := f.Within(b.Value, []string{"follows"})
			if len(found) != 1 {
				continue
			}
			follows = found[0].Value
		}
		if follows.Kind == syntax.StringLit && follows.Inner().Len() == 0 {
			return false
		}
	}
	return len(all) > 0
}

// inputBindings are the bindings of an input, in whichever spelling.
func inputBindings(f *syntax.File, name string) []*syntax.Binding {
	var all []*syntax.Binding
	for _, top := range f.Top() {
		for _, b := range top.Node.Bindings {
			switch {
			case b.Inherit || b.Attrs[0].Name != "inputs":
			case len(b.Attrs) > 1:
				if b.Attrs[1].Name == name {
					all = append(all, b)
				}
			default:
				for _, set := range f.Sets(b.Value) {
					for _, in := range set.Node.Bindings {
						if !in.Inherit && in.Attrs[0].Name == name {
							all = append(all, in)
						}
					}
				}
			}
		}
	}
	return all
}
