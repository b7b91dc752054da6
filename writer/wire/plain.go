package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/writer/edit"
)

// plainSnippet is what a flake lacks whose outputs are a set.
func (w *wiring) plainSnippet() string {
	return fmt.Sprintf("apps.%s.%s = inputs.scaffold.apps.%s.%s;\nchecks.%s.%s = %s;",
		w.System, appName, w.System, appName, w.System, checkName, w.checkValue("inputs.scaffold", "inputs.self", ""))
}

// checkValue is the check. Without a name for the package set, it is that of
// the host, which every host has.
func (w *wiring) checkValue(input, self, pkgs string) string {
	if pkgs == "" {
		path, err := syntax.AttrPath([]string{"nixosConfigurations", w.Host})
		if err != nil {
			path = "nixosConfigurations." + w.Host
		}
		pkgs = "inherit (" + self + "." + path + ") pkgs;"
	}
	return input + ".lib.allocationCheck { " + pkgs + " flake = " + self + "; }"
}

// plain adds app and check to outputs that are a set.
func (w *wiring) plain(src []byte, app, check bool) ([]byte, error) {
	s, err := readScope(src)
	if err != nil {
		return nil, err
	}
	input, err := s.input(inputName)
	if err != nil {
		return nil, err
	}
	out := src
	if !app {
		add := member{output: "apps", name: appName, system: w.System,
			whole: "apps = builtins.mapAttrs (_: apps: { inherit (apps) " + appName + "; }) " + input + ".apps;",
			value: func(system, _ string) (string, error) { return input + ".apps." + system + "." + appName, nil },
		}
		if out, err = add.to(out); err != nil {
			return nil, err
		}
	}
	if !check {
		self, err := s.input("self")
		if err != nil {
			return nil, err
		}
		nixpkgs := ""
		if hasNixpkgs(s.file) {
			if nixpkgs, err = s.input("nixpkgs"); err != nil {
				return nil, err
			}
		}
		add := member{output: "checks", name: checkName, system: w.System,
			whole: "checks." + attr(w.System) + "." + checkName + " = " + w.checkValue(input, self, "") + ";",
			value: func(system, pkgs string) (string, error) {
				switch {
				case pkgs != "":
					return w.checkValue(input, self, "inherit "+pkgs+";"), nil
				case !strings.HasPrefix(system, "${"):
					return w.checkValue(input, self, ""), nil
				case nixpkgs == "":
					return "", errors.New("the flake has no input nixpkgs to take packages from")
				}
				return w.checkValue(input, self, "pkgs = "+nixpkgs+".legacyPackages."+system+";"), nil
			},
		}
		if out, err = add.to(out); err != nil {
			return nil, err
		}
	}
	return addFormals(out, s.needs)
}

// attr is a name as it is written in an attribute path.
func attr(name string) string {
	if path, err := syntax.AttrPath([]string{name}); err == nil {
		return path
	}
	return name
}

// member is one output to be added for a system.
type member struct {
	output, name, system string
	// whole is the binding for a flake that has no such output at all.
	whole string
	// value is what it is bound to, where the system and a package set are
	// called so; pkgs is empty where none has a name.
	value func(system, pkgs string) (string, error)
}

// to adds the member to the set of outputs, in the way of those that are there.
func (m member) to(src []byte) ([]byte, error) {
	s, err := readScope(src)
	if err != nil {
		return nil, err
	}
	if s.body.Kind != syntax.AttrSet {
		return nil, errors.New("its outputs are not one set")
	}
	set := s.body
	own := slices.DeleteFunc(slices.Clone(set.Bindings), func(b *syntax.Binding) bool {
		if b.Inherit {
			return !inherits(b, m.output)
		}
		return b.Attrs[0].Name != m.output
	})
	if len(own) == 0 {
		return insertIn(src, set, nil, m.whole)
	}
	for _, b := range own {
		if b.Inherit {
			return nil, fmt.Errorf("its %s are inherited", m.output)
		}
		if len(b.Attrs) == 1 && bare(b.Value).Kind == syntax.Apply {
			return m.each(src, b.Value)
		}
	}
	value, err := m.value(m.system, "")
	if err != nil {
		return nil, err
	}
	binding := m.name + " = " + value + ";"
	switch found := s.file.Within(set, []string{m.output, m.system}); {
	case len(found) == 1 && found[0].Value.Kind == syntax.AttrSet:
		return insertIn(src, set, []string{m.output, m.system}, binding)
	case len(found) == 1:
		return appendSet(src, found[0].Value, binding)
	case len(found) > 1:
		return nil, fmt.Errorf("its %s of %s are written in several places", m.output, m.system)
	}
	binding = attr(m.system) + "." + binding
	if found := s.file.Within(set, []string{m.output}); len(found) == 1 {
		return insertIn(src, set, []string{m.output}, binding)
	}
	return insertIn(src, set, nil, m.output+"."+binding)
}

// inherits reports whether a binding inherits a name.
func inherits(b *syntax.Binding, name string) bool {
	return b.Inherit && slices.ContainsFunc(b.Attrs, func(a syntax.Attr) bool { return a.Name == name })
}

// each adds the member to what a function of a system gives, as in
// genAttrs systems (system: { ... }).
func (m member) each(src []byte, call *syntax.Node) ([]byte, error) {
	call = bare(call)
	f := bare(call.Items[len(call.Items)-1])
	if f.Kind != syntax.Lambda || f.Params != nil {
		return nil, fmt.Errorf("its %s are made by a function", m.output)
	}
	set := moduleBody(f.Body)
	if set.Kind != syntax.AttrSet {
		return nil, fmt.Errorf("its %s are made by a function", m.output)
	}
	var value string
	var err error
	switch f.Text {
	case "system":
		value, err = m.value("${system}", "")
	case "pkgs":
		value, err = m.value("${pkgs.stdenv.hostPlatform.system}", "pkgs")
	default:
		err = fmt.Errorf("its %s are made from %s, which may be anything", m.output, f.Text)
	}
	if err != nil {
		return nil, err
	}
	return insertIn(src, set, nil, m.name+" = "+value+";")
}

// insertIn adds a binding to a set within a file, at a path in it.
func insertIn(src []byte, set *syntax.Node, at []string, text string) ([]byte, error) {
	return oneOrMoreLines(text, func(text string) ([]byte, error) {
		return within(src, set.Range, func(src []byte) ([]byte, error) { return edit.InsertBinding(src, at, text, edit.Last) })
	})
}
