package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// View is what templates are executed with: the service as it was planned, and
// the names that the repo has for things.
type View struct {
	*plan.Model
	c *convention.Conventions
	f *facts.Facts

	Header, HostHeader []string
	Option             []string // attribute path of the service
	Label              string
	Unit               string // the main unit, without suffix
	TimeZone           string
	HostLabel          string
	AlertName          string
	HostArguments      []string // of the host's file, beyond config and lib
	AppliedHelpers     *Library // for rules, where they take the package set

	SharedTypes, StorageHelpers, HostLibrary *Library
	Arguments                                []string // of the module, beyond lib, pkgs and config
	UsesPkgs                                 bool

	ProxyHub, NotifyHub, NotifyEnable, MountHub, DatasetHub []string
	SnapshotHub, SnapshotRoot, DatasetParent                []string
	AlertHub, DashboardHub, BlackBoxHub                     []string
	ProxyForwarded                                          []string
	RestoreChoices                                          []string

	// Part is set in the view of a part, and main is that of its service.
	Part *plan.Part
	main *View
}

// Library is how the file at hand gets at a set of helpers.
type Library struct {
	Binding    string
	Expression code
}

// NewView joins a plan with what is known of the repo.
func NewView(p *plan.Plan, c *convention.Conventions, f *facts.Facts) *View {
	v := &View{Model: p.Model, c: c, f: f, Option: append(slices.Clone(c.Root), p.Service),
		Unit: p.Model.Unit, HostLabel: p.Model.HostLabel, AlertName: p.Service + "-service-down", TimeZone: "UTC"}
	if d := f.Host.Domain; d != nil && *d != "" {
		v.Model = withoutDomain(p.Model, *d)
	}
	if tz := f.Host.TimeZone; tz != nil && *tz != "" {
		v.TimeZone = *tz
	}
	v.hubs()
	v.Label = v.DisplayName
	if v.Description != "" {
		v.Label += ", " + v.Description
	}
	if c.Types != nil && len(c.Submodules) > 0 {
		v.SharedTypes = library(c.Types, p.Model.Where.Module)
		v.use(c.Types)
	}
	if len(p.Model.Preseed) > 0 {
		v.StorageHelpers = library(c.StorageHelpers, p.Model.Where.Module)
		v.use(c.StorageHelpers)
	}
	if c.HostLibrary != nil && v.usesHostLibrary() {
		v.HostLibrary = library(c.HostLibrary, p.Model.Where.Host)
	}
	if v.Packaging == plan.Container && len(c.ContainerFunction) > 0 {
		v.argument(c.ContainerFunction[0])
	}
	if v.NativePackage() {
		v.argument("pkgs")
	}
	if v.RegistryUID() != "" {
		v.argument(c.Registry.Path[0])
	}
	if v.Exporter != nil {
		v.argument("pkgs")
	}
	v.alertArguments()
	if g := v.Grafana; g != nil && g.Dashboards != nil && g.Dashboards.URL != "" {
		v.argument("pkgs")
	}
	v.headers(p)
	return v
}

func library(l *convention.Library, file string) *Library {
	return &Library{Binding: l.Binding, Expression: code(l.Expression(file))}
}

// use notes the module arguments that a library takes.
func (v *View) use(l *convention.Library) {
	for _, name := range l.Takes {
		v.argument(name)
	}
}

func (v *View) argument(name string) {
	switch {
	case name == "pkgs":
		v.UsesPkgs = true
	case name != "lib" && name != "config" && !slices.Contains(v.Arguments, name):
		v.Arguments = append(v.Arguments, name)
	}
}

func (v *View) hubs() {
	path := func(kind facts.HubKind) []string {
		if h := v.f.Hubs[kind]; h != nil {
			return h.Path
		}
		return nil
	}
	if v.Port > 0 {
		v.ProxyHub = path(facts.Proxy)
	}
	v.MountHub = path(facts.MountsHub)
	v.DatasetHub = path(facts.DatasetsHub)
	v.SnapshotHub = path(facts.SnapshotsHub)
	v.AlertHub = path(facts.AlertsHub)
	v.DashboardHub = path(facts.DashboardHub)
	v.BlackBoxHub = path(facts.BlackBoxHub)
	if n := path(facts.TemplatesHub); n != nil && v.c.Submodules["notifications"] != "" {
		v.NotifyHub = n
		v.NotifyEnable = append(slices.Clone(n[:len(n)-1]), "enable")
	}
	if v.SnapshotHub != nil {
		v.SnapshotRoot = v.SnapshotHub[:len(v.SnapshotHub)-1]
	}
	if v.DatasetHub != nil {
		v.DatasetParent = v.DatasetHub[:len(v.DatasetHub)-1]
	}
	// What the service's reverseProxy option and a virtual host both have must
	// be handed on: what is accepted and not forwarded does nothing.
	if v.c.Types != nil {
		proxy := v.c.Types.Members[v.c.Submodules["reverseProxy"]]
		for _, field := range proxy.Fields {
			if h := v.f.Hubs[facts.Proxy]; h.Has(field) && !slices.Contains([]string{"enable", "hostName", "backend"}, field) {
				v.ProxyForwarded = append(v.ProxyForwarded, field)
			}
		}
	}
	v.RestoreChoices = v.restoreChoices()
}

// restoreChoices are the methods that the repo knows.
func (v *View) restoreChoices() []string {
	for _, service := range slices.Sorted(maps.Keys(v.f.Services)) {
		s := v.f.Services[service]
		var names []string
		for _, e := range s.Options["preseed.restoreMethods"].Enum {
			if n, ok := e.(string); ok {
				names = append(names, n)
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			for _, m := range v.Preseed {
				if !slices.Contains(names, m) {
					names = nil
				}
			}
		}
		if len(names) > 0 {
			return names
		}
	}
	return v.Preseed
}

// headers are the comments at the top of the files: what it is, and why it is
// run as it is.
func (v *View) headers(p *plan.Plan) {
	first := v.DisplayName
	if v.Description != "" {
		first += " - " + v.Description
	}
	v.Header = []string{first}
	for _, d := range p.Decisions {
		if d.Name == "packaging" && d.Rule != "user" {
			v.Header = append(v.Header, "", fmt.Sprintf("Run as %s: %s.", d.Value, d.Reason))
		}
	}
	v.HostHeader = []string{first, ""}
	var parts []string
	switch v.Auth.Kind {
	case plan.NoAuth:
		parts = append(parts, "No login: whoever reaches the proxy may use it.")
	case plan.OIDC:
		parts = append(parts, "It has its own login, through the identity provider.")
	case plan.Builtin:
		parts = append(parts, "It has its own login.")
	default:
		parts = append(parts, fmt.Sprintf("The proxy asks for a login, policy %s.", v.Auth.Policy))
	}
	if !v.Web() {
		parts = []string{"It has no web page."}
	}
	if v.Tunnel != nil {
		parts = append(parts, fmt.Sprintf("The internet reaches it, through tunnel %s.", v.Tunnel.Name))
	}
	if s := v.Schedule; s != nil {
		parts = []string{scheduleHeader(s, len(v.Alerts) > 0)}
	}
	v.HostHeader = append(v.HostHeader, strings.Join(parts, " "))
	v.HostHeader = append(v.HostHeader, v.omitted()...)
}
