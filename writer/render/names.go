package render

import (
	"fmt"
	"regexp"
	"strings"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
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
	for n := range v.f.Arguments {
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

// MountGroup is the group that may use the files of the network mount.
func (v *View) MountGroup() string {
	if v.Mount == nil {
		return ""
	}
	return v.Mount.Group
}

// HealthCommand asks the service from inside of its container, with the tool
// that the image has. An image with neither is not called ill. It is empty where
// there is nothing to ask.
func (v *View) HealthCommand() string {
	url := fmt.Sprintf("http://127.0.0.1:%d%s", v.ContainerPort, v.HealthPath)
	if v.ContainerPort == 0 {
		return ""
	}
	return fmt.Sprintf("if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 '%s'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 '%s'; fi || exit 1", url, url)
}

// Web tells whether it has a page that people open.
func (v *View) Web() bool { return v.Model.Web && v.Port > 0 }

// HasDomain tells whether the host has a domain.
func (v *View) HasDomain() bool { return v.f.Host.Domain != nil && *v.f.Host.Domain != "" }

// LocalURL is where the host itself finds the service.
func (v *View) LocalURL() string { return fmt.Sprintf("http://127.0.0.1:%d", v.Port) }

// LocalHealthURL is the same with the path that tells how it is.
func (v *View) LocalHealthURL() string { return v.LocalURL() + v.HealthPath }

// ProbePath is the path that is asked through the proxy.
func (v *View) ProbePath() string {
	if v.HealthPath == "/" {
		return ""
	}
	return v.HealthPath
}

// PolicyHelper is the member of the host library that carries the policy.
func (v *View) PolicyHelper() []string { return v.Auth.Helper }

// PreseedHelper is the member of the host library that configures a restore.
func (v *View) PreseedHelper() []string { return []string{v.c.HostLibrary.Binding, v.c.PreseedHelper} }

// SnapshotHelper is the member that configures snapshots.
func (v *View) SnapshotHelper() []string {
	return []string{v.c.HostLibrary.Binding, v.c.SnapshotHelper}
}

// AlertHelper is the member that makes the alert for this kind of unit.
func (v *View) AlertHelper() []string {
	if v.HostLibrary == nil || v.AlertHub == nil {
		return nil
	}
	member := v.c.UnitAlert
	if v.Packaging == plan.Container {
		member = v.c.ContainerAlert
	}
	if member == "" {
		return nil
	}
	return []string{v.c.HostLibrary.Binding, member}
}

// AlertSubject is what the alert's helper calls the service: a container's name
// or a unit's without its suffix.
func (v *View) AlertSubject() string {
	if v.Packaging == plan.Container {
		return v.Name
	}
	return v.Unit
}

// takes fits a function that has all of the parameters.
func takes(formals ...string) func(string, facts.Member) bool {
	return func(_ string, m facts.Member) bool {
		for _, f := range formals {
			if !m.Takes(f) {
				return false
			}
		}
		return true
	}
}

// takesOnly fits a function that has these parameters and no other.
func takesOnly(formals ...string) func(string, facts.Member) bool {
	all := takes(formals...)
	return func(name string, m facts.Member) bool { return all(name, m) && len(m.Formals) == len(formals) }
}

func (v *View) usesHostLibrary() bool {
	v.HostLibrary = &Library{}
	used := v.AlertHelper() != nil || v.Backup != nil || len(v.Preseed) > 0 || v.Snapshots || v.PolicyHelper() != nil || v.NetworkValue() != "" && strings.Contains(string(v.NetworkValue()), ".")
	v.HostLibrary = nil
	return used
}

// BackupTakesTags tells whether the backup's helper takes tags.
func (v *View) BackupTakesTags() bool {
	return v.c.HostLibrary.Members[v.c.BackupHelper].Arity == 2
}

// BackupTags are the tags where the library has no set for the category.
func (v *View) BackupTags() []string {
	if v.Category == "" {
		return []string{v.Name}
	}
	return []string{strings.ToLower(strings.ReplaceAll(v.Category, " ", "-"))}
}

// Dataset is the name of the service's dataset.
func (v *View) Dataset() string { return v.c.Storage.Parent + "/" + v.Name }

// NetworkValue is the container network: the library's name for it, if it is
// that one.
func (v *View) NetworkValue() code {
	if v.Network == "" {
		return ""
	}
	if l := v.c.HostLibrary; l != nil && v.c.NetworkHelper != "" && l.Members[v.c.NetworkHelper].Value == v.Network {
		return code(l.Binding + "." + v.c.NetworkHelper)
	}
	quoted, err := syntax.String(v.Network)
	if err != nil {
		return ""
	}
	return code(quoted)
}

// PreseedFunction makes the restore's unit.
func (v *View) PreseedFunction() []string {
	return []string{v.c.StorageHelpers.Binding, v.c.StorageHelpers.Function(takes("restoreMethods", "mainServiceUnit"))}
}

// ReplicationHelper is the repo's own look-up of where a dataset is replicated
// to, if it has one.
func (v *View) ReplicationHelper() code {
	if name := v.c.StorageHelpers.Function(takesOnly("config", "datasetPath")); name != "" {
		return code(v.c.StorageHelpers.Binding + "." + name + " { inherit config; datasetPath = dataset; }")
	}
	return ""
}

// EmptyBootstrap is the repo's own look-up of whether a service may start with
// nothing restored.
func (v *View) EmptyBootstrap() code {
	if name := v.c.StorageHelpers.Function(takesOnly("config", "datasetName")); name != "" {
		return code(v.c.StorageHelpers.Binding + "." + name + " { inherit config; datasetName = serviceName; }")
	}
	return ""
}

// PackagePath is the package below pkgs.
func (v *View) PackagePath() []string { return strings.Split(v.Package, ".") }

// ExecArguments are the program's arguments.
func (v *View) ExecArguments() []string { return v.Model.Arguments }

var notPlain = regexp.MustCompile(`[^a-z0-9-]+`)

// SecretTemplate is the sops template that has the service's variables.
func (v *View) SecretTemplate() string { return notPlain.ReplaceAllString(v.Name, "-") + "-env" }

// Secret is a variable and the sops name of its value.
type Secret struct{ Variable, Name string }

// Secrets are the variables that hold secrets.
func (v *View) Secrets() []Secret {
	var list []Secret
	for _, n := range v.SecretNames {
		list = append(list, Secret{Variable: n, Name: plan.SecretName(v.Name, n)})
	}
	return list
}

// SecretPaths are the sops names alone.
func (v *View) SecretPaths() []string {
	var list []string
	for _, s := range v.Secrets() {
		list = append(list, s.Name)
	}
	return list
}

// Setting is an option of the NixOS module that the wrapper sets.
type Setting struct {
	Name  string
	Value code
}

// nativeSettings are the options of the NixOS module, from ours.
func (v *View) nativeSettings() []Setting {
	values := []Setting{
		{"port", "cfg.port"}, {"address", `"127.0.0.1"`}, {"dataDir", "cfg.dataDir"},
		{"user", "cfg.user"}, {"group", "cfg.group"}, {"openFirewall", "false"},
	}
	var settings []Setting
	for _, s := range values {
		name := v.NativeNames[s.Name]
		if name == "" || s.Name == "port" && v.Port == 0 || s.Name == "dataDir" && v.Data == nil || (s.Name == "user" || s.Name == "group") && !v.HasAccount() {
			continue
		}
		settings = append(settings, Setting{name, s.Value})
	}
	return settings
}

// PortMoves tells whether the software is told its port, so that the option
// does something.
func (v *View) PortMoves() bool {
	switch v.Packaging {
	case plan.Native:
		return v.NativeNames["port"] != ""
	case plan.OwnUnit:
		return v.mentions("{port}")
	}
	return true
}

// DataMoves tells the same of the data's folder.
func (v *View) DataMoves() bool {
	if v.Packaging == plan.Native {
		return v.NativeNames["dataDir"] != ""
	}
	return true
}

func (v *View) mentions(placeholder string) bool {
	for _, a := range v.Model.Arguments {
		if strings.Contains(a, placeholder) {
			return true
		}
	}
	for _, e := range v.Environment {
		if strings.Contains(e.Value, placeholder) {
			return true
		}
	}
	return false
}

// NativeInherited are the options of the NixOS module that are called like
// ours and have our value.
func (v *View) NativeInherited() []string {
	var names []string
	for _, s := range v.nativeSettings() {
		if string(s.Value) == "cfg."+s.Name {
			names = append(names, s.Name)
		}
	}
	return names
}

// NativeSettings are the others.
func (v *View) NativeSettings() []Setting {
	var settings []Setting
	for _, s := range v.nativeSettings() {
		if string(s.Value) != "cfg."+s.Name {
			settings = append(settings, s)
		}
	}
	return settings
}
