// Package render turns a plan into the files and edits that it stands for.
//
// New files come from templates that look like the Nix they produce, and in
// which every value goes through an escaper; existing files are edited at
// anchors and keep every other byte.
package render

import (
	"fmt"
	"sort"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/edit"
)

// File is a file as it is and as it shall be.
type File struct {
	// Path is slash-separated and relative to the repo's root.
	Path string
	// Before is nil for a new file.
	Before []byte
	After  []byte
}

// Files are all that a plan changes, new files first, each part in order of
// path. files are the contents of the repo's files. An edit that has no clear
// place is an *edit.AmbiguousError with the text to put in by hand.
func Files(p *plan.Plan, c *convention.Conventions, f *facts.Facts, files map[string][]byte) ([]File, error) {
	templates, err := Load(overrides(files))
	if err != nil {
		return nil, err
	}
	v := NewView(p, c, f)
	module := map[plan.Packaging]string{plan.Container: "container.nix.tmpl", plan.OwnUnit: "unit.nix.tmpl", plan.Native: "native.nix.tmpl"}[p.Model.Packaging]
	if p.Model.Factory {
		module = "factory.nix.tmpl"
	}
	var list []File
	for _, n := range []struct{ path, template string }{{p.Model.Where.Module, module}, {p.Model.Where.Host, "host.nix.tmpl"}} {
		text, err := templates.Run(n.template, v)
		if err != nil {
			return nil, err
		}
		if _, err := syntax.Parse(text); err != nil {
			return nil, fmt.Errorf("render %s: the template gives no valid Nix: %w", n.path, err)
		}
		list = append(list, File{Path: n.path, After: text})
	}
	edits, err := edits(p, c, files)
	if err != nil {
		return nil, err
	}
	return append(list, edits...), nil
}

func overrides(files map[string][]byte) map[string][]byte {
	found := map[string][]byte{}
	for name, data := range files {
		if base, ok := strings.CutPrefix(name, OverrideDir+"/"); ok {
			found[base] = data
		}
	}
	return found
}

// edits are the registrations.
func edits(p *plan.Plan, c *convention.Conventions, files map[string][]byte) ([]File, error) {
	after := map[string][]byte{}
	change := func(path string, how func([]byte) ([]byte, error)) error {
		src, ok := after[path]
		if !ok {
			if src, ok = files[path]; !ok {
				return fmt.Errorf("edit %s: the file is not in the repo", path)
			}
		}
		out, err := how(src)
		if err != nil {
			return fmt.Errorf("edit %s: %w", path, err)
		}
		after[path] = out
		return nil
	}
	register := func(list, target string) error {
		return change(list, func(src []byte) ([]byte, error) {
			comment := p.Model.DisplayName
			if p.Model.Description != "" {
				comment += " - " + p.Model.Description
			}
			return edit.InsertImport(src, source.Relative(list, target), comment)
		})
	}
	if err := register(p.String("moduleRegistration"), p.Model.Where.Module); err != nil {
		return nil, err
	}
	if err := register(p.String("hostRegistration"), p.Model.Where.Host); err != nil {
		return nil, err
	}
	if c.Registry != nil && c.Registry.File != nil && p.Model.Account.User != "" {
		if err := change(*c.Registry.File, func(src []byte) ([]byte, error) { return registryEntry(src, p, c) }); err != nil {
			return nil, err
		}
	}
	var list []File
	for path, text := range after {
		list = append(list, File{Path: path, Before: files[path], After: text})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list, nil
}

// registryEntry adds the service to the repo's table of ids, with the fields
// that all of its entries have.
func registryEntry(src []byte, p *plan.Plan, c *convention.Conventions) ([]byte, error) {
	name, err := syntax.AttrName(p.Service)
	if err != nil {
		return nil, err
	}
	label := p.Model.DisplayName
	if p.Model.Description != "" {
		label += " - " + p.Model.Description
	}
	description, err := syntax.String(label)
	if err != nil {
		return nil, err
	}
	groups, err := stringList(p.Model.Account.ExtraGroups)
	if err != nil {
		return nil, err
	}
	a := p.Model.Account
	lines := []string{name + " = {", "  uid = " + syntax.Int(a.UID) + ";", "  gid = " + syntax.Int(a.GID) + ";"}
	if common(c.Registry, "description") {
		lines = append(lines, "  description = "+description+";")
	}
	if common(c.Registry, "extraGroups") {
		lines = append(lines, "  extraGroups = "+groups+";")
	}
	if a.Shared && common(c.Registry, "groupName") {
		group, err := syntax.String(a.Group)
		if err != nil {
			return nil, err
		}
		lines = append(lines, "  groupName = "+group+";")
	}
	return edit.InsertBinding(src, nil, strings.Join(append(lines, "};"), "\n"), edit.ByInt("uid"))
}

// common tells whether most entries of the table have the field.
func common(r *facts.Registry, field string) bool {
	n := 0
	for _, e := range r.Entries {
		for _, f := range e.Fields {
			if f == field {
				n++
			}
		}
	}
	return 2*n > len(r.Entries)
}
