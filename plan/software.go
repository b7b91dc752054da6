package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/google/go-containerregistry/pkg/name"

	"holthome.net/scaffold/discover/facts"
)

// packaging: a native module, else a package, else a container.
func (m *maker) packaging() error {
	native, pkg := m.Facts.Native, m.Facts.Package
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
		m.model.Arguments = strings.Fields(args)
	}
	return nil
}

// chooseImage settles a container's image: with tag and digest, or not at all.
func (m *maker) chooseImage() {
	image, ok := m.answer("image")
	if !ok {
		m.ask(Question{Name: "image", Text: "Which image, with tag and digest (registry/name:tag@sha256:...)?",
			Why: "no source names an image for " + m.Service, DependsOn: []string{"container"}})
		return
	}
	m.model.Image = image
	m.decide(Decision{Name: "image", Value: image, Rule: "user", Reason: "you said so; it is pinned by tag and digest"})
}

// CheckImage says what is wrong with an image reference, if anything: it must
// name registry, tag and digest, so that what runs is what was looked at.
func CheckImage(image string) error {
	rest, digest, ok := strings.Cut(image, "@")
	if !ok || !strings.HasPrefix(digest, "sha256:") {
		return fmt.Errorf("%q has no digest, so what runs could change; write it as registry/name:tag@sha256:<digest>, `crane digest` tells it", image)
	}
	if _, err := name.NewDigest(image, name.StrictValidation); err != nil {
		return fmt.Errorf("%w; write it as registry/name:tag@sha256:<digest>", err)
	}
	tag, err := name.NewTag(rest, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("%w; write it as registry/name:tag@sha256:<digest>", err)
	}
	if tag.TagStr() == "latest" {
		return fmt.Errorf("%q has the tag latest, which names no version, so no update can be proposed", image)
	}
	return nil
}

// naming: names for people.
func (m *maker) naming() error {
	if n, ok := m.said("displayName"); ok {
		m.model.DisplayName = n
	} else {
		m.model.DisplayName = title(m.Service)
		m.decide(Decision{Name: "displayName", Value: m.model.DisplayName, Rule: "the service's name in title case", Reason: "nothing says otherwise"})
	}
	if d, ok := m.said("description"); ok {
		m.model.Description = d
	} else if p := m.Facts.Package; p != nil && p.Description != nil && *p.Description != "" && m.model.Packaging != Container && *p.Description != m.Service {
		m.model.Description = *p.Description
		m.decide(Decision{Name: "description", Value: m.model.Description, Rule: "the package's description", Reason: "nixpkgs describes it",
			Evidence: []Evidence{{Option: "pkgs." + m.Service + ".meta.description"}}})
	} else {
		m.ask(Question{Name: "description", Text: "What does " + m.model.DisplayName + " do, in a few words?",
			Why: "alerts, dashboard and comments say it", DependsOn: []string{"alert", "tile"}})
	}
	if i, ok := m.said("icon"); ok {
		m.model.Icon = i
	} else {
		m.model.Icon = m.Service
	}
	return nil
}

func title(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || unicode.IsSpace(r) })
	if len(words) == 0 {
		return s
	}
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// category: where the module is registered, and the dashboard's group.
func (m *maker) category() error {
	c := m.Conventions
	var names []string
	for _, k := range c.Categories {
		if k.Name != "" {
			names = append(names, k.Name)
		}
	}
	known := slices.Clone(names)
	if len(known) == 0 {
		known = c.Groups
	}
	said, ok := m.said("category")
	if !ok {
		if len(known) > 0 {
			m.ask(Question{Name: "category", Text: "Which category does " + m.model.DisplayName + " belong to?",
				Why: "the module's place and the dashboard's group follow from it", Choices: choices(known...), DependsOn: []string{"registration", "tile"}})
		}
		return nil
	}
	m.model.Category = said
	if len(names) > 0 && !slices.Contains(names, said) {
		for _, n := range names {
			if strings.EqualFold(n, said) {
				m.model.Category = n
			}
		}
		if !slices.Contains(names, m.model.Category) {
			return inputErrorf("this repo has "+strings.Join(names, ", "), "read category: %q is unknown", said)
		}
	}
	m.model.Group = title(strings.ToLower(said))
	for _, g := range c.Groups {
		if strings.EqualFold(strings.ReplaceAll(g, " ", "-"), strings.ReplaceAll(said, " ", "-")) {
			m.model.Group = g
		}
	}
	return nil
}
