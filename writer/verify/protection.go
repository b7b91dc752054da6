package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// protection: the dataset has the class, and every tier that it asks for is
// really there.
func (c *checker) protection(p plan.Promise) (bool, string) {
	d, ok := c.after.Datasets[p.Subject]
	if !ok {
		return absent("such dataset")
	}
	if d.Protection == nil {
		return false, "the dataset says nothing of how it is protected"
	}
	has := d.Protection
	saw := "class " + has.Class
	if len(has.RequiredTiers) > 0 {
		saw += ", " + strings.Join(has.RequiredTiers, ", ")
	}
	if has.Class != p.Want["class"] || strings.Join(has.RequiredTiers, " ") != p.Want["tiers"] {
		return false, saw
	}
	if want := p.Want["mayStartEmpty"]; want != "" {
		may := has.AllowEmptyBootstrap != nil && *has.AllowEmptyBootstrap
		if fmt.Sprint(may) != want {
			return false, saw + map[bool]string{true: ", may start empty", false: ", must not start empty"}[may]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Want)) {
		objective, is := strings.CutPrefix(name, "objectives.")
		if !is {
			continue
		}
		seconds := int64(0)
		if s := has.Objectives[objective]; s != nil {
			seconds = *s
		}
		if fmt.Sprint(seconds) != p.Want[name] {
			return false, fmt.Sprintf("%s, %s %d", saw, objective, seconds)
		}
	}
	for _, tier := range has.RequiredTiers {
		if lacking := c.lacksTier(p, tier); lacking != "" {
			return false, tier + " is asked for, and " + lacking
		}
	}
	return true, saw
}

// lacksTier says what is missing of what a tier asks for, empty for nothing.
func (c *checker) lacksTier(p plan.Promise, tier string) string {
	snapshot := plan.Promise{Subject: p.Want["dataset"], Want: map[string]string{}}
	switch plan.TierMeans(tier) {
	case plan.TierSnapshot:
		if ok, saw := c.snapshot(snapshot); !ok {
			return saw
		}
	case plan.TierReplication:
		snapshot.Want["replication"] = "yes"
		if ok, saw := c.snapshot(snapshot); !ok {
			return saw
		}
	case plan.TierBackup:
		if c.backupUnit(p.Subject) == "" {
			return "there is no backup unit"
		}
	case plan.TierRestore:
		if !c.after.Focus["preseed-"+p.Subject].Starts {
			return "there is no unit preseed-" + p.Subject + ".service that starts something"
		}
	case plan.TierOffsite:
		return c.lacksOffsite(p)
	default:
		return "nothing is known that gives it"
	}
	return ""
}

// lacksOffsite looks for the second backup: its job, what it takes, where to, and
// its unit.
func (c *checker) lacksOffsite(p plan.Promise) string {
	name := p.Want["offsite"]
	job, ok := c.after.BackupJobs[name]
	switch {
	case name == "" || !ok:
		return "there is no job " + name
	case text(job.Repository) != p.Want["repository"]:
		return "job " + name + " goes to " + text(job.Repository)
	case !job.UseSnapshots || text(job.ZFSDataset) != p.Want["dataset"]:
		return "job " + name + " takes " + taken(job)
	}
	for _, unit := range slices.Sorted(maps.Keys(c.after.Focus)) {
		if strings.Contains(unit, "backup") && endsIn(unit, name) && c.after.Focus[unit].Starts {
			return ""
		}
	}
	return "no unit runs job " + name
}
