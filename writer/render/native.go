package render

import (
	"strings"

	"holthome.net/scaffold/plan"
)

// Setting is an option of the NixOS module that the wrapper sets; Name is its
// dotted path.
type Setting struct {
	Name  string
	Value code
}

// Path is the option's attribute path.
func (s Setting) Path() []string { return strings.Split(s.Name, ".") }

// NativePackage tells whether the NixOS module is given another package than its
// own.
func (v *View) NativePackage() bool { return v.NativeNames["package"] != "" }

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
	case plan.Container:
		return !v.HostNetworked()
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
