package plan

import (
	"cmp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// nativeName settles which module of NixOS is wrapped.
func (m *maker) nativeName() error {
	native := m.Facts.Native
	said, _ := m.answer("native")
	if native == nil {
		name := cmp.Or(said, m.Service)
		if said == none {
			name = m.Service
		}
		return inputErrorf("name the module with --set native=NAME, or choose another packaging"+m.nearHint("services.", m.Facts.Near.Natives),
			"wrap services.%s: NixOS has no such module on %s", name, m.Facts.Host.Name)
	}
	m.model.NativeName = cmp.Or(native.Name, said, m.Service)
	m.model.NativeNames = map[string]string{}
	if native.Enabled {
		return inputErrorf("move what enables it into a module by hand", "wrap services.%s: it is already enabled on %s", m.model.NativeName, m.Facts.Host.Name)
	}
	if said != "" {
		m.said("native")
	} else if m.model.NativeName != m.Service {
		d := m.otherName(m.model.NativeName, m.entryNatives())
		d.Name = "native"
		d.Evidence = append([]Evidence{{Option: "services." + m.model.NativeName + ".enable"}}, d.Evidence...)
		m.decide(d)
	}
	return m.nativePackage()
}

// otherName says why a name that is not the service's own was taken.
func (m *maker) otherName(name string, catalog []string) Decision {
	d := Decision{Value: name, Rule: "the catalog's name, then its own, then the same with or without " + strings.Join(suffixes, " or ")}
	switch {
	case slices.Contains(catalog, name):
		d.Reason, d.Evidence = "the catalog says that it is called so there", []Evidence{{File: m.Entry.File}}
	case sameName(name, m.Service):
		d.Reason = "it is the same name, spelled in another way"
	case slices.Contains(variants(m.Service), name):
		d.Reason = "none has the service's own name, and this is the same but for the suffix"
	default:
		d.Reason = "it is what the module of NixOS runs"
	}
	return d
}

func (m *maker) entryNatives() []string {
	if m.Entry == nil {
		return nil
	}
	return m.Entry.Native
}

// nativePackage: the module runs its own package, unless another was said or
// that one cannot be built and the second package set has one that can.
func (m *maker) nativePackage() error {
	native, stable, unstable := m.Facts.Native, m.Facts.Package, m.Facts.Unstable
	said, ok := m.answer("package")
	if said == none {
		return inputErrorf("leave it out, or choose packaging=container", "read package: services.%s runs a package", m.model.NativeName)
	}
	if !ok && (stable == nil || stable.Usable() || !m.runs(stable)) {
		m.permitted(stable)
		return nil
	}
	_, settable := native.Options["package"]
	if !settable {
		if ok {
			return inputErrorf("leave it out, or choose packaging=unit", "read package: services.%s has no option for it", m.model.NativeName)
		}
		return inputErrorf("choose another packaging", "wrap services.%s: its package cannot be used: %s", m.model.NativeName, against(stable))
	}
	if !ok && !unstable.Usable() {
		return inputErrorf("choose another packaging", "wrap services.%s: its package cannot be used: %s", m.model.NativeName, against(stable))
	}
	if err := m.choosePackage(); err != nil {
		return err
	}
	m.model.NativeNames["package"] = "package"
	return nil
}

// runs tells whether the module runs the package, as far as is known.
func (m *maker) runs(p *facts.Package) bool {
	native := m.Facts.Native
	return native.Package == nil || p.Attribute == "" || *native.Package == p.Attribute
}

// againstNative says why no module of NixOS can be wrapped, empty if one can.
func (m *maker) againstNative() string {
	native, stable := m.Facts.Native, m.Facts.Package
	switch said, _ := m.answer("native"); {
	case said == none:
		return "you said that there is none"
	case native == nil && slices.Contains(m.entryNatives(), noneInCatalog):
		return "the catalog says that there is none"
	case native == nil:
		return "the host's nixpkgs has none of that name"
	}
	_, settable := native.Options["package"]
	if _, ok := m.answer("package"); ok && !settable {
		return "you named a package, and the module has no option for it"
	}
	if stable != nil && !stable.Usable() && m.runs(stable) && (!settable || !m.Facts.Unstable.Usable()) {
		return "its package cannot be used: " + against(stable)
	}
	return ""
}

// nativeNames are the names of options by what they hold, in the order in which
// they are tried: at the module's top, then inside of sets and settings that are
// the software's own.
var nativeNames = []struct {
	ours   string
	theirs []string
	inside bool
}{
	{"port", []string{"port", "listenPort", "httpPort", "webPort", "http-port", "http_port"}, true},
	{"address", []string{"listenAddress", "address", "host", "bindAddress", "listenHost", "http_addr"}, true},
	{"user", []string{"user"}, false},
	{"group", []string{"group"}, false},
	{"dataDir", []string{"dataDir", "stateDir", "configDir"}, false},
	{"openFirewall", []string{"openFirewall"}, false},
}

// ownSets are sets of options that are about the software itself, and not about
// a database or a mail server that it uses.
var ownSets = []string{"settings", "config", "server", "web", "http", "main"}

// nativeOptions finds the options of the module that are set or promised.
func (m *maker) nativeOptions() {
	for _, n := range nativeNames {
		if name, _, ok := m.nativeOption(n.theirs, n.inside); ok {
			m.model.NativeNames[n.ours] = name
		}
	}
	m.model.Port = int(m.nativeDefaultPort())
}

// nativeOption is the first option of the module that is called so.
func (m *maker) nativeOption(names []string, inside bool) (string, facts.NativeOption, bool) {
	if m.Facts.Native == nil {
		return "", facts.NativeOption{}, false
	}
	for _, name := range names {
		if o, ok := m.Facts.Native.Options[name]; ok && o.Type != "set" {
			return name, o, true
		}
	}
	if !inside {
		return "", facts.NativeOption{}, false
	}
	for _, name := range names {
		for _, path := range sortedNames(m.Facts.Native.Inside) {
			parts := strings.Split(path, ".")
			last := len(parts) - 1
			if strings.EqualFold(parts[last], name) && !slices.ContainsFunc(parts[:last], func(p string) bool { return !slices.Contains(ownSets, p) }) {
				return path, m.Facts.Native.Inside[path], true
			}
		}
	}
	return "", facts.NativeOption{}, false
}

// nativeDefaultPort is the port that the NixOS module has by default, 0 if it
// does not say.
func (m *maker) nativeDefaultPort() int64 {
	if _, o, ok := m.nativeOption(nativeNames[0].theirs, nativeNames[0].inside); ok {
		if n, is := number(o.Default); is && n > 0 {
			return n
		}
	}
	return 0
}
