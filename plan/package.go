package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// against says what keeps a package from being used, or speaks against it;
// empty if nothing does.
func against(p *facts.Package) string {
	if p == nil {
		return "there is none of that name"
	}
	var marks []string
	for _, mark := range []struct {
		is   bool
		text string
	}{
		{p.Throws, "to look at it already fails, as where it was removed"},
		{p.Broken, "nixpkgs marks it broken"},
		{p.Insecure, "nixpkgs marks it insecure" + inBrackets(p.Vulnerabilities)},
		{p.Unfree, "it is unfree" + inBrackets(p.Licenses)},
		{p.Unsupported, "it is not meant for this platform"},
	} {
		if mark.is {
			marks = append(marks, mark.text)
		}
	}
	if p.Refused {
		marks = append(marks, "the repo's configuration of nixpkgs does not allow it")
	}
	return strings.Join(marks, ", ")
}

func inBrackets(list []string) string {
	if len(list) == 0 {
		return ""
	}
	const enough = 5
	if len(list) > enough {
		list = append(slices.Clone(list[:enough]), fmt.Sprintf("and %d more", len(list)-enough))
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// permitted notes what speaks against a package that is used all the same,
// because the repo's configuration permits it.
func (m *maker) permitted(p *facts.Package) {
	if p.Usable() && against(p) != "" {
		m.note(fmt.Sprintf("Of the package %s: %s; the repo permits it.", cmp.Or(p.Attribute, m.Service), against(p)))
	}
}

// versions are the package's versions in both package sets, as evidence, with
// what speaks against them.
func (m *maker) versions() []Evidence {
	var list []Evidence
	for _, set := range []struct {
		prefix string
		p      *facts.Package
	}{{"pkgs.", m.Facts.Package}, {"pkgs." + unstablePrefix, m.Facts.Unstable}} {
		if set.p == nil {
			continue
		}
		value := version(set.p)
		if a := against(set.p); a != "" {
			value = strings.TrimPrefix(value+": "+a, ": ")
		}
		list = append(list, Evidence{Option: set.prefix + cmp.Or(set.p.Attribute, m.Service) + ".version", Value: value})
	}
	return list
}

func version(p *facts.Package) string {
	if p == nil || p.Version == nil {
		return ""
	}
	return *p.Version
}

// packageDescription is what nixpkgs says of the package that is run, and the
// option that says so; empty where it says no more than the name.
func (m *maker) packageDescription() (text, option string) {
	if m.model.Packaging == Container {
		return "", ""
	}
	p, prefix := m.Facts.Package, "pkgs."
	if p == nil || strings.HasPrefix(m.model.Package, unstablePrefix) {
		p, prefix = m.Facts.Unstable, "pkgs."+unstablePrefix
	}
	if p == nil || p.Description == nil || lineForm(*p.Description) != nil {
		return "", ""
	}
	for _, name := range []string{m.Service, p.Attribute} {
		if *p.Description == name {
			return "", ""
		}
	}
	return *p.Description, prefix + cmp.Or(p.Attribute, m.Service) + ".meta.description"
}

// choosePackage settles the package of a unit of ours or of a module: the
// release's if it can be used, else that of the second package set.
func (m *maker) choosePackage() error {
	stable, unstable := m.Facts.Package, m.Facts.Unstable
	said, ok := m.answer("package")
	attr, second := strings.CutPrefix(said, unstablePrefix)
	if second && unstable == nil {
		return inputErrorf("choose another package"+m.nearHint("pkgs.", m.Facts.Near.Packages), "use package %s: the host's package set has no such package", said)
	}
	for _, p := range []*facts.Package{unstable, stable} {
		if p != nil && p.Attribute != "" {
			attr = p.Attribute
		}
	}
	if said == none || attr == "" {
		attr = m.Service
	}
	d := Decision{Name: "package", Value: attr, Rule: "the release's package, else the one of pkgs.unstable", Evidence: m.versions()}
	chosen := stable
	switch {
	case said != none && !second && stable.Usable():
		d.Reason = "the release has version " + version(stable)
		if unstable.Usable() {
			d.Rejected = []Rejected{{Value: unstablePrefix + attr, Reason: "the release's goes first; there it is version " + version(unstable)}}
		} else if unstable != nil {
			d.Rejected = []Rejected{{Value: unstablePrefix + attr, Reason: against(unstable)}}
		}
	case said != none && unstable.Usable():
		chosen, d.Value = unstable, unstablePrefix+attr
		d.Reason = "the second package set has version " + version(unstable)
		slices.Reverse(d.Evidence)
		if !second {
			d.Rejected = []Rejected{{Value: attr, Reason: against(stable)}}
		}
	default:
		return inputErrorf("name another with --set package=NAME, or choose another packaging"+m.nearHint("pkgs.", m.Facts.Near.Packages),
			"use package %s: the host's package set has none that works%s", attr, m.failures())
	}
	if ok {
		d.Rule = "user"
	} else if attr != m.Service {
		name := m.otherName(attr, m.entryPackages())
		d.Reason += "; " + name.Reason
		d.Evidence = append(d.Evidence, name.Evidence...)
	}
	m.permitted(chosen)
	m.decide(d)
	m.model.Package = fmt.Sprint(d.Value)
	if m.model.Packaging == OwnUnit {
		return m.program(chosen)
	}
	return nil
}

// failures says of each package set why its package is not used.
func (m *maker) failures() string {
	var list []string
	for _, e := range m.versions() {
		list = append(list, strings.TrimSuffix(e.Option, ".version")+" "+e.Value)
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, "; ") + ")"
}

func (m *maker) entryPackages() []string {
	if m.Entry == nil {
		return nil
	}
	return m.Entry.Packages
}

// program settles what of the package is run, and how.
func (m *maker) program(chosen *facts.Package) error {
	if p, ok := m.said("program"); ok {
		m.model.Program = p
	} else if chosen.MainProgram != nil {
		m.model.Program = *chosen.MainProgram
		m.decide(Decision{Name: "program", Value: m.model.Program, Rule: "the package's main program", Reason: "the package names it",
			Evidence: []Evidence{{Option: "pkgs." + m.model.Package + ".meta.mainProgram"}}})
	} else {
		m.ask(Question{Name: "program", Text: "Which program of the package is the service?", Why: "the package names no main program", DependsOn: []string{"unit"}})
	}
	if args, ok := m.said("arguments"); ok {
		m.model.Arguments = words(args)
	}
	return nil
}
