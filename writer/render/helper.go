package render

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

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
	if v.HostLibrary == nil || v.AlertHub == nil || v.Schedule != nil {
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
	used := v.AlertHelper() != nil || v.Backup != nil || len(v.Preseed) > 0 || v.Snapshots || v.PolicyHelper() != nil || slices.ContainsFunc(v.Alerts, func(a plan.Alert) bool { return a.OfHost }) || v.NetworkValue() != "" && strings.Contains(string(v.NetworkValue()), ".")
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

// DataGroups are the groups that may read the data.
func (v *View) DataGroups() []string { return []string{v.Account.Group} }

// DatasetUnits make and mount the datasets.
func (v *View) DatasetUnits() []string { return v.c.Storage.Units }

// Dataset is the name of the service's dataset.
func (v *View) Dataset() string { return v.c.Storage.Parent + "/" + v.Name }

// NetworkValue is the container network: the library's name for it, if it is
// that one.
func (v *View) NetworkValue() code {
	if v.Network == "" || v.OwnNetwork && !v.Model.Factory {
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
