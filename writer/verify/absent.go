package verify

import (
	"maps"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// absence: what was decided against is not there.
func (c *checker) absence(p plan.Promise) (bool, string) {
	look, ok := map[string]func(plan.Promise) string{
		plan.AbsentBackup:    c.foundBackup,
		plan.AbsentRestore:   c.foundRestore,
		plan.AbsentSnapshots: c.foundSnapshots,
		plan.AbsentDataset:   c.foundDataset,
		plan.AbsentMetrics:   c.foundScrape,
		plan.AbsentVhost:     c.foundVhost,
		plan.AbsentTunnel:    c.foundTunnel,
		plan.AbsentTile:      c.foundTile,
		plan.AbsentProbe:     c.foundProbe,
	}[p.Want["absent"]]
	if !ok {
		return false, "nothing looks for " + p.Want["absent"]
	}
	if found := look(p); found != "" {
		return false, "there is " + found
	}
	return true, "there is none"
}

func (c *checker) foundBackup(p plan.Promise) string {
	if unit := c.backupUnit(p.Subject); unit != "" {
		return "unit " + unit + ".service"
	}
	if name, job := c.backupJob("", p.Subject); job != nil {
		return name
	}
	return ""
}

func (c *checker) foundRestore(p plan.Promise) string {
	if _, ok := c.after.Focus["preseed-"+p.Subject]; ok {
		return "unit preseed-" + p.Subject + ".service"
	}
	return ""
}

func (c *checker) foundSnapshots(p plan.Promise) string {
	if _, ok := c.after.Snapshots[p.Want["dataset"]]; ok {
		return "an entry for " + p.Want["dataset"]
	}
	return ""
}

func (c *checker) foundDataset(p plan.Promise) string {
	if _, ok := c.after.Datasets[p.Subject]; ok {
		return "dataset " + p.Subject
	}
	return ""
}

func (c *checker) foundScrape(p plan.Promise) string {
	for _, s := range c.scrapes(p.Subject) {
		return "job " + s.Job
	}
	return ""
}

func (c *checker) foundVhost(p plan.Promise) string {
	for _, name := range slices.Sorted(maps.Keys(c.after.Vhosts)) {
		_, old := c.before.Vhosts[name]
		if host := text(c.after.Vhosts[name].HostName); !old && (name == p.Subject || strings.HasPrefix(host, p.Subject+".")) {
			return "virtual host " + name
		}
	}
	return ""
}

func (c *checker) foundTile(plan.Promise) string {
	for _, name := range slices.Sorted(maps.Keys(c.after.Dashboard)) {
		if _, old := c.before.Dashboard[name]; !old && c.ours(name) {
			return "tile " + name
		}
	}
	return ""
}

func (c *checker) foundProbe(plan.Promise) string {
	for _, name := range slices.Sorted(maps.Keys(c.after.BlackBox)) {
		if _, old := c.before.BlackBox[name]; !old && c.ours(name) {
			return "check " + name
		}
	}
	return ""
}
