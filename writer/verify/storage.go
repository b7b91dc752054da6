package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func (c *checker) container(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	return k.Image != nil && *k.Image == p.Want["image"], text(k.Image)
}

// listener: the port is published, and nothing else on the host publishes it.
func (c *checker) listener(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	saw := strings.Join(k.Ports, ", ")
	for name, other := range c.after.Containers {
		for _, published := range other.Ports {
			if name != p.Subject && strings.Contains(":"+published, ":"+p.Want["port"]+":") && !strings.HasSuffix(published, "/udp") {
				return false, "container " + name + " publishes it too: " + published
			}
		}
	}
	want := p.Want["port"] + ":" + p.Want["containerPort"]
	return slices.ContainsFunc(k.Ports, func(s string) bool {
		return s == want || strings.HasSuffix(s, ":"+want)
	}), saw
}

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

// backup: a job that really exists, by its unit, and what it takes. A backup
// system that keeps no table of jobs is known by the unit alone.
func (c *checker) backup(p plan.Promise) (bool, string) {
	other := ""
	for _, name := range slices.Sorted(maps.Keys(c.after.BackupJobs)) {
		job := c.after.BackupJobs[name]
		switch {
		case !hasWord(name, p.Subject):
		case !takes(job, p):
			other = fmt.Sprintf("job %s takes %s", name, taken(job))
		default:
			if unit := c.backupUnit(name); unit != "" {
				return true, fmt.Sprintf("job %s to %s, unit %s.service", name, text(job.Repository), unit)
			}
			return false, "job " + name + " is declared, and no unit runs it"
		}
	}
	if other != "" {
		return false, other
	}
	if unit := c.backupUnit(p.Subject); unit != "" {
		return true, "unit " + unit + ".service"
	}
	return absent("backup job or unit")
}

// takes tells whether a job takes the data. Where it takes a snapshot of a
// dataset, its paths do not count.
func takes(job facts.BackupJob, p plan.Promise) bool {
	if job.UseSnapshots && job.ZFSDataset != nil {
		return *job.ZFSDataset == p.Want["dataset"]
	}
	return text(job.ZFSDataset) == p.Want["dataset"] || slices.Contains(job.Paths, p.Want["path"])
}

func taken(job facts.BackupJob) string {
	if job.UseSnapshots && job.ZFSDataset != nil {
		return *job.ZFSDataset
	}
	return strings.Join(job.Paths, ", ")
}

func (c *checker) backupUnit(subject string) string {
	for _, name := range slices.Sorted(maps.Keys(c.after.Focus)) {
		u := c.after.Focus[name]
		if strings.Contains(name, "backup") && (strings.HasSuffix(name, "-"+subject) || strings.HasSuffix(name, "-"+c.plan.Service)) && u.Starts {
			return name
		}
	}
	return ""
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
	saw := "templates " + strings.Join(s.UseTemplate, ", ")
	if s.Replication != nil {
		saw += ", replicated to " + text(s.Replication.TargetHost) + ":" + text(s.Replication.TargetDataset)
	}
	return true, saw
}
