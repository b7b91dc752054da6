package report

import (
	"maps"
	"path"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// exemplar is the service to compare with, else one that keeps its id as most do.
func (m *maker) exemplar() string {
	if m.Plan != nil && m.Plan.Model != nil && m.Plan.Model.Exemplar != "" {
		return m.Plan.Model.Exemplar
	}
	return m.Given.Conventions.IDExemplar
}

func (m *maker) exemplarModule() string {
	if d := m.Given.Facts.Services[m.exemplar()].Declared; d != nil {
		return d.File
	}
	return ""
}

func (m *maker) exemplarHost() string {
	for _, f := range m.Given.Facts.Services[m.exemplar()].DefinedIn {
		if slices.Contains(m.Given.Conventions.Host.Files, f) {
			return f
		}
	}
	return ""
}

// line is a line of a file with its text; number 0 is the file as a whole.
func (m *maker) line(file string, number int) Line {
	l := Line{File: file, Number: max(number, 0)}
	lines := strings.Split(string(m.Sources[file]), "\n")
	if number >= 1 && number <= len(lines) {
		l.Text = excerpt(lines[number-1])
	}
	return l
}

func excerpt(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxExcerpt {
		s = strings.ToValidUTF8(s[:maxExcerpt], "") + " ..."
	}
	return s
}

func (m *maker) position(at *facts.Position) []Line {
	if at == nil {
		return nil
	}
	return []Line{m.line(at.File, at.Line)}
}

// option is where a service declares an option.
func (m *maker) option(service, option string) []Line {
	return m.position(m.Given.Facts.Services[service].Options[option].Declared)
}

// declared are the lines that declare the exemplar and others beside it.
func (m *maker) declared(n int) []Line {
	found := []Line{}
	for _, file := range m.exemplarFirst(m.Given.Conventions.Module.Files) {
		for _, name := range slices.Sorted(maps.Keys(m.Given.Facts.Services)) {
			d := m.Given.Facts.Services[name].Declared
			if d == nil || d.File != file || len(found) == n {
				continue
			}
			l := m.line(d.File, d.Line)
			if d.Line == 0 { // made by a function: then where the file gives it the name
				if named := m.lines([]string{file}, `"`+name+`"`, 1); len(named) > 0 {
					l = named[0]
				}
			}
			found = append(found, l)
			break
		}
	}
	return found
}

// imports is the line of a list that imports a file.
func (m *maker) imports(file string, lists []convention.Category) []Line {
	for _, l := range lists {
		literal := source.Relative(l.File, file)
		for i, text := range strings.Split(string(m.Sources[l.File]), "\n") {
			word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
			if file != "" && (word == literal || path.Base(file) == "default.nix" && word == path.Dir(literal)) {
				return []Line{m.line(l.File, i+1)}
			}
		}
	}
	return nil
}

// lines are the first lines that have a text in them, one of each file, those of
// the exemplar first. Comments teach nothing.
func (m *maker) lines(files []string, text string, n int) []Line {
	found := []Line{}
	for _, file := range m.exemplarFirst(files) {
		for i, l := range strings.Split(string(m.Sources[file]), "\n") {
			if len(found) < n && strings.Contains(l, text) && !strings.HasPrefix(strings.TrimSpace(l), "#") {
				found = append(found, m.line(file, i+1))
				break
			}
		}
	}
	return found
}

// exemplarFirst puts the files of the exemplar first.
func (m *maker) exemplarFirst(files []string) []string {
	first := []string{}
	for _, own := range []string{m.exemplarModule(), m.exemplarHost()} {
		if slices.Contains(files, own) {
			first = append(first, own)
		}
	}
	for _, f := range files {
		if !slices.Contains(first, f) {
			first = append(first, f)
		}
	}
	return first
}
