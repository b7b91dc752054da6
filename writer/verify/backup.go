package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// backup: a job that really exists, by its unit, and what it takes. A backup
// system that keeps no table of jobs is known by the unit, and by what the
// service declares for it.
func (c *checker) backup(p plan.Promise) (bool, string) {
	unit := c.backupUnit(p.Subject)
	name, job := c.backupJob(unit, p.Subject)
	switch {
	case unit == "" && job != nil:
		return false, name + " is declared, and no unit runs it"
	case unit == "":
		return absent("backup job or unit")
	case job == nil:
		return true, "unit " + unit + ".service"
	case !takes(*job, p):
		return false, name + " takes " + taken(*job)
	}
	return true, fmt.Sprintf("%s of %s to %s, unit %s.service", name, taken(*job), text(job.Repository), unit)
}

// backupJob is the entry in the table of jobs that the unit runs. The table may
// be one that nothing reads, so the entry that the unit's name ends in wins, then
// what the service declares.
func (c *checker) backupJob(unit, service string) (string, *facts.BackupJob) {
	best := ""
	for _, name := range slices.Sorted(maps.Keys(c.after.BackupJobs)) {
		if _, old := c.before.BackupJobs[name]; !old && endsIn(unit, name) && len(name) > len(best) {
			best = name
		}
	}
	declared := c.after.Services[service].Backup
	if best == "" && (unit == "" || declared == nil) {
		for _, name := range slices.Sorted(maps.Keys(c.after.BackupJobs)) {
			if _, old := c.before.BackupJobs[name]; !old && endsIn(name, service) {
				best = name
			}
		}
	}
	if best != "" {
		job := c.after.BackupJobs[best]
		return "job " + best, &job
	}
	return "the service's backup", declared
}

// backupUnit is the unit that backs up the service: one that was not there
// before and ends in its name.
func (c *checker) backupUnit(service string) string {
	for _, name := range slices.Sorted(maps.Keys(c.after.Focus)) {
		_, old := c.before.Units[name]
		_, seen := c.before.Focus[name]
		if !old && !seen && backsUp(name, service) && endsIn(name, service) && c.after.Focus[name].Starts {
			return name
		}
	}
	return ""
}

// backsUp tells whether a unit is one of backups by the words that its name has
// besides the service's: a service may be called backup itself, or up.
func backsUp(unit, service string) bool {
	return strings.Contains(strings.Replace("-"+unit+"-", "-"+service+"-", "-", 1), "backup")
}

// endsIn tells whether a name is another or ends in it, after a hyphen.
func endsIn(name, end string) bool { return name == end || strings.HasSuffix(name, "-"+end) }

// takes tells whether a job takes the data. Where it takes a snapshot of a
// dataset, its paths do not count; otherwise what is below the folder does not
// suffice.
func takes(job facts.BackupJob, p plan.Promise) bool {
	if job.UseSnapshots && job.ZFSDataset != nil {
		return *job.ZFSDataset == p.Want["dataset"]
	}
	if len(job.Paths) == 0 {
		return job.ZFSDataset == nil || *job.ZFSDataset == p.Want["dataset"]
	}
	return slices.ContainsFunc(job.Paths, func(path string) bool { return within(p.Want["path"], path) })
}

func taken(job facts.BackupJob) string {
	switch {
	case job.UseSnapshots && job.ZFSDataset != nil, len(job.Paths) == 0 && job.ZFSDataset != nil:
		return *job.ZFSDataset
	case len(job.Paths) == 0:
		return "the service's own folder"
	}
	return strings.Join(job.Paths, ", ")
}
