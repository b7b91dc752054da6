// Package convention derives from facts and sources how a repo does things:
// where a module lives and is registered, which helper is for what, how ids are
// kept. Each is read from what the existing services do, by majority, and names
// the files it was read from.
package convention

import (
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// Conventions are how the repo does things. What it does not do is empty.
type Conventions struct {
	// Root is the namespace of the service modules.
	Root []string
	// Module and Host are where a service's module and its file of the host
	// live.
	Module, Host Layout
	// Categories are the lists that modules are registered in; a repo with one
	// list for all has one, with an empty name.
	Categories []Category
	// HostList is the file whose imports name the files of the host.
	HostList string
	// HostLibrary has the helpers that files of the host use.
	HostLibrary *Library
	// Types is the library of shared submodules, Submodules the member of it
	// for each standard option of a service.
	Types      *Library
	Submodules map[string]string
	// StorageHelpers has the function that makes restore units.
	StorageHelpers *Library
	// ContainerFunction is the module argument and the function in it that
	// wraps a container, such as podmanLib.mkContainer.
	ContainerFunction []string
	Factory           *Factory
	Registry          *facts.Registry
	IDStyle           IDStyle
	// IDExemplar is a service that keeps its id in that style.
	IDExemplar string
	Storage    Storage
	// ContainerAlert and UnitAlert are the helpers for a service that is down.
	ContainerAlert, UnitAlert string
	// StaleAlert is the helper for a service that is no longer checked.
	StaleAlert string
	// AlertHelpers makes alerting rules of expressions, AlertExemplars are the
	// files of the host that use it.
	AlertHelpers   *Library
	AlertExemplars []string
	Restore        []string // restore methods in use
	// Groups are the dashboard's groups in use, the most used first.
	Groups []string
	// PolicyHelpers are members of the host library that carry a policy, by
	// the policy's name.
	PolicyHelpers map[string][]string
	// BypassHelpers are members that carry a policy and let paths pass unasked.
	BypassHelpers []BypassHelper
	// KeyHelpers are the members of the host library that make a key for
	// machines.
	KeyHelpers map[string]facts.KeyHelper
	// BackupHelper, SnapshotHelper and PreseedHelper are members of the host
	// library.
	BackupHelper, SnapshotHelper, PreseedHelper string
	NetworkHelper                               string
	// Exemplars are the files that taught a convention, by its name.
	Exemplars map[string][]string
}

// BypassHelper is a member of the host library that carries a policy with
// exceptions.
type BypassHelper struct {
	Policy string
	Helper []string
	Paths  []string
}

// Layout is where one file per service lives. In Pattern {name} stands for the
// service.
type Layout struct {
	Pattern string
	Files   []string // the files of existing services that fit it
}

// Category is a list in which modules are registered.
type Category struct {
	Name    string
	File    string
	Members []string // the targets of its imports
}

// Library is a set of helpers and how files get at it.
type Library struct {
	// Binding is the name that files give it.
	Binding string
	// File is the file that is imported, empty if it is a module argument.
	File string
	// Arguments is the source of what the import is applied to.
	Arguments string
	// Argument is the expression that gives it from a module argument, such as
	// mylib.types or mylib.storageHelpers pkgs; Takes the names it needs.
	Argument string
	Takes    []string
	Members  map[string]facts.Member
	Values   map[string]map[string]any
}

// Factory is a function that makes a whole container service.
type Factory struct {
	Path    []string
	Formals map[string]bool
	Spec    []string // fields of its spec, if they are typed
	// Profiles are the kinds of service that the factory knows, with the plain
	// values that each stands for.
	Profiles map[string]map[string]any
	// Users are the module files that call it.
	Users []string
}

// IDStyle is how a service's id is kept.
type IDStyle string

// The styles.
const (
	StringUser  IDStyle = "string"   // user = "915", as an option
	IntOption   IDStyle = "int"      // uid = 915, as an option
	RegistryIDs IDStyle = "registry" // in a table of the repo
)

// Storage is how datasets are made.
type Storage struct {
	Compression string
	// RecordSizes counts the sizes in use.
	RecordSizes map[string]int
	// Parent is the dataset under which services have theirs.
	Parent string
	// Units make and mount the datasets, with their suffix.
	Units []string
}

// Derive reads the conventions of a host.
func Derive(f *facts.Facts, src *source.Tree) *Conventions {
	c := &Conventions{Root: f.Root, Submodules: map[string]string{},
		PolicyHelpers: map[string][]string{}, Exemplars: map[string][]string{}}
	c.layouts(f, src)
	c.libraries(f, src)
	c.submodules(f)
	c.helpers(f, src)
	c.factory(f, src)
	c.ids(f)
	c.storage(f)
	c.dashboard(f)
	return c
}
