package verify

import (
	"fmt"
	"path"
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

// restore: the unit exists, starts something once the dataset is made, reads from
// where the dataset is replicated to, comes first, and is waited for.
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
	for _, unit := range strings.Fields(p.Want["after"]) {
		if !slices.Contains(u.After, unit) {
			return false, "it does not start after " + unit
		}
	}
	if saw := c.otherMethods(p); saw != "" {
		return false, saw
	}
	source, ok := c.restoresFrom(p.Want["dataset"], u.Datasets)
	if !ok {
		return false, source
	}
	return true, main + ".service starts after " + service + source
}

// otherMethods says which methods the service restores by, if they are others
// than were decided. Empty for those, or if the repo does not say.
func (c *checker) otherMethods(p plan.Promise) string {
	list, known := c.after.Services[p.Subject].Options["preseed.restoreMethods"].Value.([]any)
	if !known {
		return ""
	}
	var methods []string
	for _, m := range list {
		methods = append(methods, fmt.Sprint(m))
	}
	if have := strings.Join(methods, " "); have != p.Want["methods"] {
		return "it restores by " + orNothing(methods)
	}
	return ""
}

// restoresFrom tells whether what the script of a restore reads on another host
// is where the dataset is replicated to: said of the dataset, or of one above it.
func (c *checker) restoresFrom(dataset string, names []string) (string, bool) {
	want := ""
	for above := dataset; above != "." && want == ""; above = path.Dir(above) {
		if r := c.after.Snapshots[above].Replication; r != nil && r.TargetHost != nil && r.TargetDataset != nil {
			want = *r.TargetHost + ":" + *r.TargetDataset + dataset[len(above):]
		}
	}
	found := ""
	for _, name := range names {
		host, remote, is := strings.Cut(name, ":")
		if !is || !strings.Contains(remote, "/") {
			continue
		}
		host = host[strings.LastIndexByte(host, '@')+1:]
		switch at := strings.TrimRight(host+":"+remote, "."); {
		case want == "":
			return "it restores from " + at + ", where nothing is replicated to", false
		case at != want:
			return "it restores from " + at + ", and the dataset is replicated to " + want, false
		default:
			found = want
		}
	}
	switch {
	case found != "":
		return ", and restores from " + found, true
	case want != "" && len(names) > 0:
		return "it does not restore from " + want + ", where the dataset is replicated to", false
	}
	return "", true
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
