package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/plan"
)

// HasAccount tells whether the service has an account of its own.
func (v *View) HasAccount() bool { return v.Account.User != "" }

// OwnGroup tells that a container made by the factory must not get the group
// that the factory would choose.
func (v *View) OwnGroup() bool { return v.Factory() != nil && v.HasAccount() }

// IDStyle is how the module keeps the account's id: "string" or "int". Software
// on the host is started by the account's name, so it keeps both.
func (v *View) IDStyle() string {
	if v.Packaging == plan.Container && v.c.IDStyle == convention.StringUser {
		return "string"
	}
	return "int"
}

// RegistryUID is the expression for the uid in the repo's table of ids.
func (v *View) RegistryUID() code { return v.registry("uid") }

// RegistryGID is the expression for the gid in that table.
func (v *View) RegistryGID() code { return v.registry("gid") }

func (v *View) registry(field string) code {
	if v.c.Registry == nil || !v.HasAccount() {
		return ""
	}
	path, err := selection(append(append([]string{}, v.c.Registry.Path...), v.Name, field))
	if err != nil {
		return ""
	}
	return code(path)
}

// Type is the shared submodule of a standard option, nil if the repo has none.
func (v *View) Type(option string) []string {
	member := v.c.Submodules[option]
	if member == "" || v.SharedTypes == nil {
		return nil
	}
	return []string{v.SharedTypes.Binding, member}
}

// ContainerLib is the function that wraps a container.
func (v *View) ContainerLib() []string { return v.c.ContainerFunction }

// Factory is the repo's service factory, if the container goes through it.
func (v *View) Factory() []string {
	if !v.Model.Factory || v.c.Factory == nil {
		return nil
	}
	return v.c.Factory.Path
}

// FactoryArguments are the module arguments that the factory's caller needs.
func (v *View) FactoryArguments() []string {
	names := []string{v.c.Factory.Path[0]}
	for _, n := range v.FactoryInherits() {
		if n != "lib" && n != names[0] {
			names = append(names, n)
		}
	}
	if v.UsesPkgs && v.Exporter != nil && !slices.Contains(names, "pkgs") {
		names = append(names, "pkgs")
	}
	return append(names, v.hostConfig(names)...)
}

func (v *View) hostConfig(names []string) []string {
	for _, n := range names {
		if n == "config" {
			return nil
		}
	}
	return []string{"config"}
}

// FactoryInherits are the factory's parameters that are module arguments.
func (v *View) FactoryInherits() []string {
	var names []string
	for _, n := range []string{"lib", v.c.Factory.Path[0], "pkgs", "config"} {
		if _, ok := v.c.Factory.Formals[n]; ok {
			names = append(names, n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(v.f.Arguments)) {
		if _, ok := v.c.Factory.Formals[n]; ok && n != v.c.Factory.Path[0] {
			names = append(names, n)
		}
	}
	return names
}

// Function is the label that the factory puts on metrics and logs.
func (v *View) Function() string { return strings.ReplaceAll(v.Name, "-", "_") }

// Renovate is the comment by which Renovate finds the image.
func (v *View) Renovate() string {
	ref, _, _ := strings.Cut(v.Image, "@")
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		ref = ref[:i]
	}
	return "renovate: datasource=docker depName=" + ref
}

// ScrapedByOption tells that the repo's own discovery finds its metrics.
func (v *View) ScrapedByOption() bool { return v.Scraping == plan.Discovered }

// ScrapedByJob tells that a job for its metrics is written.
func (v *View) ScrapedByJob() bool { return v.Scraping == plan.OwnJob }

// MountGroup is the group that may use the files of the network mount.
func (v *View) MountGroup() string {
	if v.Mount == nil {
		return ""
	}
	return v.Mount.Group
}

// Web tells whether it has a page that people open.
func (v *View) Web() bool { return v.Model.Web && v.Port > 0 }

// AccountLabel is the name for people as /etc/passwd can hold it, where a colon
// ends a field.
func (v *View) AccountLabel() string {
	return strings.Join(strings.FieldsFunc(v.DisplayName, func(r rune) bool { return r == ':' }), "")
}

// UsesDomain tells whether the host's file names the service's host name.
func (v *View) UsesDomain() bool {
	return v.Web() && (v.ProxyHub != nil || v.DashboardHub != nil || v.Probed() && !v.ProbeURL.Local)
}

// HasDomain tells whether the host has a domain.
func (v *View) HasDomain() bool { return v.f.Host.Domain != nil && *v.f.Host.Domain != "" }

// LocalURL is where the host itself finds the service.
func (v *View) LocalURL() string { return fmt.Sprintf("http://127.0.0.1:%d", v.Port) }

// LocalHealthURL is the same with the path that tells how it is.
func (v *View) LocalHealthURL() string { return v.LocalURL() + v.HealthPath }

// LocalAddress is where it accepts connections, for a check that asks for nothing.
func (v *View) LocalAddress() string { return fmt.Sprintf("tcp://127.0.0.1:%d", v.Port) }

// Probed tells whether a black-box check asks for it.
func (v *View) Probed() bool {
	return v.BlackBoxHub != nil && len(v.ProbeURL.Conditions) > 0 && v.Port > 0
}

// ProbePath is the path that is asked through the proxy.
func (v *View) ProbePath() string {
	if v.HealthPath == "/" {
		return ""
	}
	return v.HealthPath
}

// Loopback tells that the port is for this host alone: a proxy stands before it.
func (v *View) Loopback() bool { return v.ProxyHub != nil }

// LowPort tells that the process in a container, which is not root, listens on a
// port below 1024. Podman needs to be told, docker allows it anyway.
func (v *View) LowPort() bool {
	return v.Podman() && !v.HostNetworked() && v.RunAs == "user" && v.HasAccount() && v.ContainerPort > 0 && v.ContainerPort < 1024
}

// Podman tells whether podman runs the containers.
func (v *View) Podman() bool { return v.f.Host.Backend != nil && *v.f.Host.Backend == "podman" }

// HomeInData tells that a unit's home is where its data are, because its account
// has none that can be written to.
func (v *View) HomeInData() bool {
	return v.Data != nil && !slices.ContainsFunc(v.Environment, func(e plan.Variable) bool { return e.Name == "HOME" })
}

// UMaskForced tells that the NixOS module would keep its files from the group
// that the backup reads them as.
func (v *View) UMaskForced() bool {
	if v.f.Native == nil || v.Data == nil {
		return false
	}
	u := v.f.Native.Units[v.Unit].UMask
	return u != nil && !strings.HasSuffix(*u, "27") && !strings.HasSuffix(*u, "22")
}

// HasExtraPorts tells whether the factory's services have the option.
func (v *View) HasExtraPorts() bool {
	for _, s := range v.f.Services {
		if _, ok := s.Options["extraPorts"]; ok {
			return true
		}
	}
	return false
}
