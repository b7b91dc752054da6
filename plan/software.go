package plan

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// packaging: a native module, else a package, else a container.
func (m *maker) packaging() error {
	native, pkg := m.Facts.Native, m.Facts.Package
	for _, u := range m.Facts.Unreadable {
		if u.Cell == "native" || u.Cell == "package" {
			return inputErrorf("mend it, or choose packaging=container", "look for %s in nixpkgs: it cannot be evaluated: %s", m.Service, u.Reason)
		}
	}
	choice, ok := m.said("packaging")
	if !ok {
		choice = m.bestPackaging()
	}
	m.model.Packaging = Packaging(choice)
	switch m.model.Packaging {
	case Native:
		m.model.NativeName = m.Service
		if n, ok := m.answer("native"); ok {
			m.model.NativeName = n
		}
		if native == nil {
			return inputErrorf("name the module with --set native=NAME, or choose another packaging", "wrap services.%s: NixOS has no such module on %s", m.model.NativeName, m.Facts.Host.Name)
		}
		if native.Enabled {
			return inputErrorf("move what enables it into a module by hand", "wrap services.%s: it is already enabled on %s", m.model.NativeName, m.Facts.Host.Name)
		}
	case OwnUnit:
		return m.choosePackage(pkg)
	case Container:
		m.chooseImage()
	}
	return nil
}

func (m *maker) bestPackaging() string {
	d := Decision{Name: "packaging", Rule: "native module, then package, then container"}
	none := func(what string) Rejected {
		return Rejected{Value: what, Reason: "the host's nixpkgs has none of that name"}
	}
	switch {
	case m.Facts.Native != nil:
		d.Value, d.Reason = "native", "NixOS has a module for it"
		d.Evidence = []Evidence{{Option: "services." + m.Service + ".enable"}}
	case m.Facts.Package != nil || m.Facts.Unstable != nil:
		d.Value, d.Reason = "unit", "nixpkgs has the package, and NixOS no module"
		d.Evidence = []Evidence{{Option: "pkgs." + m.Service, Value: version(m.Facts.Package)}}
		d.Rejected = []Rejected{none("native")}
	default:
		d.Value, d.Reason = "container", "neither a module nor a package was found"
		d.Rejected = []Rejected{none("native"), none("unit")}
	}
	m.decide(d)
	return d.Value.(string)
}

func version(p *facts.Package) string {
	if p == nil || p.Version == nil {
		return ""
	}
	return *p.Version
}

// choosePackage settles package and program of a unit of ours.
func (m *maker) choosePackage(stable *facts.Package) error {
	attr := m.Service
	if said, ok := m.answer("package"); ok {
		attr = strings.TrimPrefix(said, "unstable.")
		if attr != said && m.Facts.Unstable == nil {
			return inputErrorf("choose another package", "use package %s: the host's package set has no such package", said)
		}
		if attr != said {
			stable = nil
		}
	}
	chosen, unstable := stable, m.Facts.Unstable
	d := Decision{Name: "package", Value: attr, Rule: "stable, else unstable", Reason: "the stable package set has it"}
	switch {
	case stable != nil && !stable.Broken:
		d.Evidence = []Evidence{{Option: "pkgs." + attr + ".version", Value: version(stable)}}
	case unstable != nil && !unstable.Broken:
		chosen, d.Value = unstable, "unstable."+attr
		d.Reason = "the stable package set lacks it or has it broken"
		d.Evidence = []Evidence{{Option: "pkgs.unstable." + attr + ".version", Value: version(unstable)}}
	default:
		return inputErrorf("name another with --set package=NAME, or choose another packaging", "use package %s: the host's package set has none that works", attr)
	}
	if _, ok := m.answer("package"); ok {
		d.Rule = "user"
	}
	m.decide(d)
	m.model.Package = fmt.Sprint(d.Value)
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
		if strings.ContainsAny(args, "\"'`") {
			return inputErrorf("leave out the quotes; an argument with a blank in it cannot be given here", "read arguments: they are split at blanks, and quotes mean nothing")
		}
		m.model.Arguments = strings.Fields(args)
	}
	return nil
}
