// Package man writes the manual page of a program from its commands.
package man

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Section is what stands at the end of a page, such as what exit codes mean.
type Section struct {
	Title string
	// Lines are a term and what it means, each.
	Lines [][2]string
}

// Write writes one page of section 1 for a command and all below it, in man's
// macros. version stands in its footer. The error is the writer's.
func Write(w io.Writer, root *cobra.Command, version string, more ...Section) error {
	p := &page{w: w}
	root.InitDefaultHelpFlag()
	p.line(".TH %s 1 \"\" %s", quoted(strings.ToUpper(root.Name())), quoted(root.Name()+" "+version))
	p.line(".SH NAME")
	p.line("%s \\- %s", text(root.Name()), text(root.Short))
	p.line(".SH SYNOPSIS")
	p.synopsis(root)
	for _, c := range visible(root) {
		p.line(".br")
		p.synopsis(c)
	}
	p.line(".SH DESCRIPTION")
	p.paragraphs(root.Long)
	p.line(".SH OPTIONS")
	p.flags(root.NonInheritedFlags(), root.PersistentFlags())
	p.line(".SH COMMANDS")
	for _, c := range visible(root) {
		p.line(".SS %s", quoted(usage(c)))
		if c.Long != "" {
			p.paragraphs(c.Long)
		} else {
			p.paragraphs(c.Short + ".")
		}
		p.flags(c.NonInheritedFlags())
	}
	if root.Example != "" {
		p.line(".SH EXAMPLES")
		p.line(".nf")
		for _, l := range strings.Split(root.Example, "\n") {
			p.line("%s", text(strings.TrimPrefix(l, "  ")))
		}
		p.line(".fi")
	}
	for _, s := range more {
		p.line(".SH %s", quoted(s.Title))
		for _, l := range s.Lines {
			p.line(".TP\n.B %s\n%s", text(l[0]), text(l[1]))
		}
	}
	return p.err
}

// page keeps the first error of its writer.
type page struct {
	w   io.Writer
	err error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *page) synopsis(c *cobra.Command) { p.line("%s", text(usage(c))) }

// usage is how a command is called, without a mention of its flags.
func usage(c *cobra.Command) string { return strings.TrimSuffix(c.UseLine(), " [flags]") }

// paragraphs are divided by empty lines; indented lines stand as they are.
func (p *page) paragraphs(s string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		for _, l := range strings.Split(paragraph, "\n") {
			p.line("%s", text(strings.TrimSpace(l)))
		}
	}
}

// flags are listed once each, in the order of their names.
func (p *page) flags(sets ...*pflag.FlagSet) {
	seen := map[string]bool{}
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, set := range sets {
		all.AddFlagSet(set)
	}
	all.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || seen[f.Name] {
			return
		}
		seen[f.Name] = true
		name, use := pflag.UnquoteUsage(f)
		term := "--" + f.Name
		if f.Shorthand != "" {
			term = "-" + f.Shorthand + ", " + term
		}
		if name != "" && f.NoOptDefVal == "" {
			term += " " + name
		}
		p.line(".TP\n.B %s\n%s", text(term), text(use))
	})
}

func visible(c *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			out = append(out, sub)
		}
	}
	return out
}

var escapes = strings.NewReplacer(`\`, `\e`, "-", `\-`)

// text is one line that man shows as it is: a dot or quote at its start is no
// request.
func text(s string) string {
	s = escapes.Replace(strings.ReplaceAll(s, "\n", " "))
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// quoted is one argument of a macro.
func quoted(s string) string { return `"` + strings.ReplaceAll(text(s), `"`, `\(dq`) + `"` }
