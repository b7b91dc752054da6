package render

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"text/template"
	"text/template/parse"
)

//go:embed templates/*.tmpl
var embedded embed.FS

// OverrideDir is where a repo keeps its own copies of templates, each under
// the name of the one that it replaces.
const OverrideDir = ".scaffold/templates"

// Templates are the parsed templates.
type Templates struct{ set *template.Template }

// Load parses the embedded templates, those in overrides (by file name)
// replacing them. A template that does not parse, that is unknown, or that
// would write a value without an escaper is an error.
func Load(overrides map[string][]byte) (*Templates, error) {
	sources := map[string]string{}
	entries, err := fs.ReadDir(embedded, "templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	for _, e := range entries {
		data, err := embedded.ReadFile(path.Join("templates", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read template %s: %w", e.Name(), err)
		}
		sources[e.Name()] = string(data)
	}
	names := make([]string, 0, len(sources))
	for n := range sources {
		names = append(names, n)
	}
	sort.Strings(names)
	for name, data := range overrides {
		if _, ok := sources[name]; !ok {
			return nil, fmt.Errorf("read template %s/%s: there is none of that name; known are %s", OverrideDir, name, strings.Join(names, ", "))
		}
		sources[name] = string(data)
	}
	t := &Templates{}
	t.set = template.New("").Delims("<<", ">>").Option("missingkey=error").Funcs(escapers()).Funcs(helpers())
	t.set.Funcs(template.FuncMap{"blocks": t.blocks, "outdented": t.outdented})
	for _, name := range names {
		if _, err := t.set.New(name).Parse(sources[name]); err != nil {
			return nil, fmt.Errorf("parse template: %w", err)
		}
	}
	return t, t.checkEscaped()
}

// blocks runs templates by name and joins what they give with empty lines,
// leaving out those that give nothing.
func (t *Templates) blocks(data any, names ...string) (string, error) {
	var parts []string
	for _, name := range names {
		var b strings.Builder
		if err := t.set.ExecuteTemplate(&b, name, data); err != nil {
			return "", err
		}
		if s := strings.TrimRight(strings.TrimLeft(b.String(), "\n"), " \n"); strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n"), nil
}

// outdented is blocks one step to the left.
func (t *Templates) outdented(data any, names ...string) (string, error) {
	text, err := t.blocks(data, names...)
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	return b.String(), err
}

// Run gives the text of a template for a view.
func (t *Templates) Run(name string, v *View) ([]byte, error) {
	var b strings.Builder
	if err := t.set.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return []byte(strings.TrimLeft(b.String(), "\n")), nil
}

// checkEscaped walks the templates: every action that writes something must
// end in an escaper.
func (t *Templates) checkEscaped() error {
	allowed := escapers()
	allowed["blocks"], allowed["outdented"] = nil, nil
	for _, tmpl := range t.set.Templates() {
		if tmpl.Tree == nil {
			continue
		}
		if err := checkNodes(tmpl.Root, allowed); err != nil {
			return fmt.Errorf("check template %s: %w", tmpl.Name(), err)
		}
	}
	return nil
}

func checkNodes(n parse.Node, allowed template.FuncMap) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Nodes {
			if err := checkNodes(c, allowed); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return checkBranches(&n.BranchNode, allowed)
	case *parse.RangeNode:
		return checkBranches(&n.BranchNode, allowed)
	case *parse.WithNode:
		return checkBranches(&n.BranchNode, allowed)
	case *parse.ActionNode:
		last := n.Pipe.Cmds[len(n.Pipe.Cmds)-1]
		name, ok := last.Args[0].(*parse.IdentifierNode)
		if !ok {
			return fmt.Errorf("line %d: %s writes a value without an escaper", n.Line, n)
		}
		if _, ok := allowed[name.Ident]; !ok {
			return fmt.Errorf("line %d: %s ends in %s, which is no escaper", n.Line, n, name.Ident)
		}
	}
	return nil
}

func checkBranches(n *parse.BranchNode, allowed template.FuncMap) error {
	if err := checkNodes(n.List, allowed); err != nil {
		return err
	}
	return checkNodes(n.ElseList, allowed)
}
