package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

func (c *checker) dataset(p plan.Promise) (bool, string) {
	d, ok := c.after.Datasets[p.Subject]
	if !ok {
		return absent("such dataset")
	}
	saw := fmt.Sprintf("%s at %s, %s, owner %s:%s, mode %s", text(d.RecordSize), text(d.MountPoint), text(d.Compression), text(d.Owner), text(d.Group), text(d.Mode))
	for name, other := range c.after.Datasets {
		if name != p.Subject && other.MountPoint != nil && d.MountPoint != nil && *other.MountPoint == *d.MountPoint {
			return false, "dataset " + name + " is mounted there too"
		}
	}
	return text(d.MountPoint) == p.Want["mountpoint"] && text(d.RecordSize) == p.Want["recordsize"] &&
		text(d.Compression) == p.Want["compression"] && text(d.Group) == p.Want["group"] &&
		(text(d.Owner) == p.Want["owner"] || text(d.Owner) == p.Want["uid"]), saw
}

// mount: the unit waits for the path or for the unit that mounts it.
func (c *checker) mount(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	if path := p.Want["path"]; path != "" {
		for _, unit := range strings.Fields(p.Want["after"]) {
			if !slices.Contains(u.After, unit) {
				return false, "it does not start after " + unit
			}
		}
		saw := "RequiresMountsFor=" + strings.Join(u.RequiresMountsFor, " ")
		if after := p.Want["after"]; after != "" {
			saw += ", after " + after
		}
		return slices.ContainsFunc(u.RequiresMountsFor, func(s string) bool {
			return slices.Contains(strings.Fields(s), path)
		}), saw
	}
	unit := p.Want["unit"]
	if !slices.Contains(u.After, unit) {
		return false, "it does not start after " + unit
	}
	if !slices.Contains(u.Requires, unit) {
		return false, "it does not require " + unit
	}
	return true, "after and requires " + unit
}

// restore: the unit exists, starts something, comes first, and is waited for.
func (c *checker) restore(p plan.Promise) (bool, string) {
	main := p.Want["main"]
	name := "preseed-" + p.Subject
	u, ok := c.after.Focus[name]
	if !ok || !u.Starts {
		return absent("unit " + name + ".service that starts something")
	}
	m, ok := c.after.Focus[main]
	if !ok {
		return absent("unit " + main + ".service")
	}
	service := name + ".service"
	switch {
	case !slices.Contains(u.Before, main+".service"):
		return false, "it does not come before " + main + ".service"
	case !slices.Contains(m.After, service):
		return false, main + ".service does not start after it"
	case !slices.Contains(m.Wants, service) && !slices.Contains(m.Requires, service):
		return false, main + ".service does not want it"
	}
	return true, main + ".service starts after " + service
}

func (c *checker) snapshot(p plan.Promise) (bool, string) {
	s, ok := c.after.Snapshots[p.Subject]
	if !ok {
		return absent("entry for the dataset")
	}
	switch {
	case s.AutoSnap != nil && !*s.AutoSnap:
		return false, "autosnap is off"
	case len(s.UseTemplate) == 0:
		return false, "no template says when"
	}
	saw := "templates " + strings.Join(s.UseTemplate, ", ")
	if r := s.Replication; r != nil {
		if r.TargetHost == nil || r.TargetDataset == nil {
			return false, saw + ", replicated to nowhere"
		}
		return true, saw + ", replicated to " + *r.TargetHost + ":" + *r.TargetDataset
	}
	if p.Want["replication"] != "" {
		return false, saw + ", not replicated"
	}
	return true, saw
}

// writable: the unit may write the folder.
func (c *checker) writable(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	var paths []string
	for _, s := range u.ReadWritePaths {
		paths = append(paths, strings.Fields(s)...)
	}
	return slices.ContainsFunc(paths, func(s string) bool {
		return within(p.Want["path"], strings.TrimLeft(s, "-+"))
	}), "ReadWritePaths=" + strings.Join(paths, " ")
}

// within tells whether a path is a folder or below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}
