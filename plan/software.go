package plan

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// errUndecided ends a plan at a question without whose answer all others would
// be guesses.
var errUndecided = errors.New("a question must be answered first")

// packaging: a native module, else a package, else a container.
func (m *maker) packaging() error {
	choice, ok := m.said("packaging")
	if u := m.unreadableSoftware(); u != nil && (!ok || Packaging(choice) != Container) {
		if ok || !m.imageNamed() {
			return inputErrorf("mend it, or choose packaging=container", "look for %s in nixpkgs: it cannot be evaluated: %s", m.Service, u.Reason)
		}
		m.decide(Decision{Name: "packaging", Rule: "user", Value: string(Container), Reason: imageReason})
		choice, ok = string(Container), true
	}
	if !ok {
		if err := m.namesExist(); err != nil {
			return err
		}
		if m.askNear() {
			return errUndecided
		}
		choice = m.bestPackaging()
	}
	switch m.model.Packaging = Packaging(choice); m.model.Packaging {
	case Native:
		return m.nativeName()
	case OwnUnit:
		return m.choosePackage()
	case Container:
		m.chooseImage()
	}
	return nil
}

// unreadableSoftware is a module or a package of the service that could not be
// evaluated, nil if there is none.
func (m *maker) unreadableSoftware() *facts.Unreadable {
	for i, u := range m.Facts.Unreadable {
		if u.Cell == "native" || u.Cell == "package" {
			return &m.Facts.Unreadable[i]
		}
	}
	return nil
}

const imageReason = "you named an image"

// imageNamed tells whether the user named an image, and neither module nor
// package.
func (m *maker) imageNamed() bool {
	for _, other := range []string{"native", "package"} {
		if said, ok := m.answer(other); ok && said != none {
			return false
		}
	}
	_, ok := m.answer("image")
	return ok
}

// namesExist refuses a module or a package that the user named and that is not
// there: that something else is done instead is not what he meant.
func (m *maker) namesExist() error {
	if said, ok := m.answer("native"); ok && said != none && m.Facts.Native == nil {
		return m.nativeName()
	}
	if said, ok := m.answer("package"); ok && said != none && m.Facts.Package == nil && m.Facts.Unstable == nil {
		return m.choosePackage()
	}
	return nil
}

func (m *maker) bestPackaging() string {
	stable, unstable := m.Facts.Package, m.Facts.Unstable
	d := Decision{Name: "packaging", Rule: "native module, then package, then container"}
	reject := func(what Packaging, reason string) {
		d.Rejected = append(d.Rejected, Rejected{Value: string(what), Reason: reason})
	}
	againstNative := cmp.Or(m.againstNative(), m.stuckModule())
	if againstNative == "" {
		d.Value, d.Reason = string(Native), "NixOS has a module for it"
		d.Evidence = []Evidence{{Option: "services." + cmp.Or(m.Facts.Native.Name, m.Service) + ".enable"}}
		if stable.Usable() || unstable.Usable() {
			reject(OwnUnit, "the module of NixOS comes with a unit for the package")
		}
		reject(Container, "NixOS has a module for it")
	} else {
		reject(Native, againstNative)
	}
	switch said, ok := m.answer("package"); {
	case d.Value != nil:
	case said == none:
		reject(OwnUnit, "you said that there is no package")
	case ok:
		d.Value, d.Rule, d.Reason = string(OwnUnit), "user", "you named the package"
	case (stable.Usable() || unstable.Usable()) && m.stuck(OwnUnit) != "":
		reject(OwnUnit, m.stuck(OwnUnit))
	case stable.Usable():
		d.Value, d.Reason = string(OwnUnit), "nixpkgs has the package, and no module of NixOS can be used"
		reject(Container, "nixpkgs has the package")
	case unstable.Usable():
		d.Value, d.Reason = string(OwnUnit), "pkgs.unstable has the package, and no module of NixOS can be used"
		reject(Container, "nixpkgs has the package")
	case stable == nil && unstable == nil && slices.Contains(m.entryPackages(), noneInCatalog):
		reject(OwnUnit, "the catalog says that there is none")
	case stable == nil && unstable == nil:
		reject(OwnUnit, "the host's nixpkgs has none of that name")
	default:
		reject(OwnUnit, "no package of that name can be used"+m.failures())
	}
	if d.Value == nil {
		d.Value, d.Reason = string(Container), "neither a module nor a package was found that can be used"
		m.noteNear()
	}
	if best := d.Value.(string); best != string(Container) && m.imageNamed() {
		d.Value, d.Rule, d.Reason = string(Container), "user", imageReason
		d.Rejected = slices.DeleteFunc(d.Rejected, func(r Rejected) bool { return r.Value != string(Native) })
		reject(Packaging(best), imageReason)
	}
	d.Evidence = append(d.Evidence, m.versions()...)
	m.decide(d)
	return d.Value.(string)
}

// notServers are parts of a package's name that tell that it is not what runs
// on a server.
var notServers = []string{"cli", "client", "desktop", "doc", "lib", "plugin", "plugins", "sdk", "theme", "unwrapped"}

// askNear asks which of the near names is the service, where nothing else says
// what it is and a name begins with the service's. Names that merely have it in
// them are told, and force nothing.
func (m *maker) askNear() bool {
	if m.Entry != nil || m.Facts.Native != nil || m.Facts.Package != nil || m.Facts.Unstable != nil {
		return false
	}
	for _, name := range []string{"image", "native", "package"} {
		if _, ok := m.answer(name); ok {
			return false
		}
	}
	for _, q := range []struct {
		name, prefix, what string
		near               []string
	}{
		{"native", "services.", "module of NixOS", m.Facts.Near.Natives},
		{"package", "pkgs.", "package", m.Facts.Near.Packages},
	} {
		var list []Choice
		for _, n := range q.near {
			words := strings.Split(n, "-")
			if strings.HasPrefix(n, m.Service+"-") && !slices.ContainsFunc(words, func(w string) bool { return contains(notServers, w) }) {
				list = append(list, Choice{Value: n, About: q.prefix + n})
			}
		}
		if len(list) > 0 {
			m.ask(Question{Name: q.name, Text: "Is one of these the " + q.what + " for " + m.Service + "?",
				Why: "none is called " + m.Service + ", and these begin with it", Choices: append(list, Choice{none, "none of them"}),
				DependsOn: []string{"packaging"}})
			return true
		}
	}
	return false
}

// noteNear tells names that are like the service's, where there is nothing else.
func (m *maker) noteNear() {
	if hint := m.nearHint("services.", m.Facts.Near.Natives) + m.nearHint("pkgs.", m.Facts.Near.Packages); hint != "" && m.Entry == nil {
		m.note("Nixpkgs has nothing that is called " + m.Service + hint + ". If one of them is meant, say --set native=NAME or --set package=NAME.")
	}
}

func (m *maker) nearHint(prefix string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; near are " + prefix + strings.Join(names, ", "+prefix)
}
