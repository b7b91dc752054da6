package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/edit"
)

// The names that the flake gets.
const (
	appName   = "scaffold"
	checkName = "allocations"
)

// outputs adds the app and the check.
func (w *wiring) outputs() (Door, error) {
	app, check := slices.Contains(w.Apps, appName), slices.Contains(w.Checks, checkName)
	if app && check {
		return Door{State: Wired, File: flakeFile, Reason: fmt.Sprintf("apps.%s.%s and checks.%s.%s are there", w.System, appName, w.System, checkName)}, nil
	}
	src := w.text(flakeFile)
	if line, err := moduleLine(src); err == nil && line > 0 {
		return Door{State: Wired, File: flakeFile, Line: line}, nil
	}
	s, err := readScope(src)
	if err == nil && isMkFlake(s.body) {
		return w.edited(src, partsSnippet, w.parts)
	}
	return w.edited(src, w.plainSnippet(), func(src []byte) ([]byte, error) { return w.plain(src, app, check) })
}

// edited is the door after an edit of the flake, or its refusal.
func (w *wiring) edited(src []byte, snippet string, insert func([]byte) ([]byte, error)) (Door, error) {
	if state := w.state(Source); state == Refused || state == Skipped && !w.hasInput() {
		return Door{State: Refused, File: flakeFile, Reason: "it needs the input first", Snippet: snippet}, nil
	}
	out, err := insert(src)
	if err != nil {
		return refusal(flakeFile, snippet, err), nil
	}
	w.now[flakeFile] = out
	return Door{State: Added, File: flakeFile}, nil
}

func (w *wiring) hasInput() bool {
	has, err := HasInput(w.text(flakeFile))
	return has && err == nil
}

// partsSnippet is what a flake made with flake-parts lacks.
const partsSnippet = "imports = [ inputs.scaffold.flakeModules.default ];   # in the module given to mkFlake"

// moduleSuffix is how the module is spelt, behind what stands for the input.
const moduleSuffix = "scaffold.flakeModules.default"

// moduleLine is where the flake-parts module is imported, 0 if it is not.
func moduleLine(src []byte) (int, error) {
	f, err := syntax.Parse(src)
	if err != nil {
		return 0, err
	}
	line := 0
	f.Root.Walk(func(n *syntax.Node) bool {
		if n.Kind == syntax.Select && strings.HasSuffix(n.Range.Text(src), moduleSuffix) {
			line = f.Line(n.Start)
		}
		return line == 0
	})
	return line, nil
}

// isMkFlake reports whether an expression is a call of flake-parts' function.
func isMkFlake(n *syntax.Node) bool {
	if n.Kind != syntax.Apply || len(n.Items) != 3 {
		return false
	}
	switch f := n.Items[0]; f.Kind {
	case syntax.Ident:
		return f.Text == "mkFlake"
	case syntax.Select:
		return len(f.Attrs) > 0 && f.Attrs[len(f.Attrs)-1].Name == "mkFlake"
	}
	return false
}

// parts imports the module into the one that is given to mkFlake.
func (w *wiring) parts(src []byte) ([]byte, error) {
	s, err := readScope(src)
	if err != nil {
		return nil, err
	}
	input, err := s.input(inputName)
	if err != nil {
		return nil, err
	}
	element := input + strings.TrimPrefix(moduleSuffix, inputName)
	module := s.body.Items[2]
	if len(s.file.Sets(moduleBody(module))) == 0 {
		return nil, errors.New("the module given to mkFlake is in another file")
	}
	out, err := within(src, module.Range, func(src []byte) ([]byte, error) {
		f, err := syntax.Parse(src)
		if err != nil {
			return nil, err
		}
		if len(f.Find([]string{"imports"})) > 0 {
			return edit.AppendElement(src, []string{"imports"}, element)
		}
		return edit.InsertBinding(src, nil, "imports = [ "+element+" ];", afterSystems)
	})
	if err != nil {
		return nil, err
	}
	return addFormals(out, s.needs)
}

// moduleBody is what a module says, after its arguments.
func moduleBody(n *syntax.Node) *syntax.Node {
	for n.Kind == syntax.Paren || n.Kind == syntax.Lambda || n.Kind == syntax.Let || n.Kind == syntax.With {
		n = n.Body
	}
	return n
}

// afterSystems puts imports at the head of a module, where flakes have them.
func afterSystems(_ *syntax.File, b *syntax.Binding) (string, bool) {
	return "", !b.Inherit && (b.Attrs[0].Name == "systems" || b.Attrs[0].Name == "imports")
}
