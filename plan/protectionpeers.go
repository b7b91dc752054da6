package plan

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// classified are the datasets with a class that fit, sorted.
func (m *maker) classified(fits func(name string, p *facts.Protection) bool) []string {
	var names []string
	for _, n := range sortedNames(m.Facts.Datasets) {
		if p := m.Facts.Datasets[n].Protection; p != nil && fits(n, p) {
			names = append(names, n)
		}
	}
	return names
}

// keeps tells whether a policy is about data of which there are copies, made in
// the usual way.
func (m *maker) keeps(p *facts.Protection) bool {
	usual, _ := m.Facts.Protection.Fields["mechanism.name"].Default.(string)
	return len(p.RequiredTiers) > 0 && (p.Mechanism == nil || *p.Mechanism == usual)
}

// likeness is a set of datasets that are like the service's.
type likeness struct {
	what  string
	fits  func(name string, p *facts.Protection) bool
	least int // so many, or they show no habit
}

// likenesses are the nearest first. What is kept and what is not are different
// matters, whatever else they have in common.
func (m *maker) likenesses() []likeness {
	same := func(_ string, p *facts.Protection) bool { return m.keeps(p) }
	if !m.kept() {
		same = func(_ string, p *facts.Protection) bool { return len(p.RequiredTiers) == 0 }
		return []likeness{{"of which nothing is kept", same, 1}}
	}
	files := m.categoryFiles()
	category := func(n string, p *facts.Protection) bool {
		d := m.Facts.Services[n].Declared
		return same(n, p) && d != nil && slices.Contains(files, d.File)
	}
	size := func(n string, _ *facts.Protection) bool {
		s := m.Facts.Datasets[n].RecordSize
		return s != nil && *s == m.model.Data.RecordSize
	}
	name := m.model.Category
	if name == "" {
		name = m.model.Group
	}
	return []likeness{
		{"of category " + name + " with the same record size", func(n string, p *facts.Protection) bool { return category(n, p) && size(n, p) }, 2},
		{"of category " + name, category, 2},
		{"that are backed up", same, 1},
	}
}

// common is what most of the datasets say.
func (m *maker) common(names []string, of func(*facts.Protection) string) string {
	votes := map[string]int{}
	for _, n := range names {
		votes[of(m.Facts.Datasets[n].Protection)]++
	}
	return most(votes)
}

func isOffsite(tier string) bool {
	return strings.Contains(tier, "offsite") || strings.Contains(tier, "off-site")
}

// What a tier asks for.
const (
	TierSnapshot    = "snapshot"
	TierReplication = "replication"
	TierBackup      = "backup"
	TierOffsite     = "offsite"
	TierRestore     = "restore"
)

// TierMeans is what a tier asks for, by its words: empty for what no file of a
// service gives, such as a restore that was rehearsed.
func TierMeans(tier string) string {
	has := func(word string) bool { return strings.Contains(tier, word) }
	switch {
	case isOffsite(tier):
		return TierOffsite
	case has("snapshot"):
		return TierSnapshot
	case has("replica"):
		return TierReplication
	case has("backup"):
		return TierBackup
	case has("restore") && has("auto"):
		return TierRestore
	}
	return ""
}

// gives tells whether the plan has what a tier asks for.
func (m *maker) gives(p *Protection, tier string) bool {
	switch TierMeans(tier) {
	case TierOffsite:
		return p.Offsite != nil
	case TierSnapshot:
		return m.model.Snapshots
	case TierReplication:
		return m.model.Snapshots && m.replicated()
	case TierBackup:
		return m.model.Backup != nil
	case TierRestore:
		return len(m.model.Preseed) > 0
	}
	return false
}

// offsite: where the class asks for a backup at another place, a second job to
// the repository that the repo's other such jobs have.
func (m *maker) offsite(p *Protection, peers []string) {
	hub := m.Facts.Hubs[facts.BackupJobsHub]
	if m.model.Backup == nil || !slices.ContainsFunc(p.Tiers, isOffsite) {
		return
	}
	for _, field := range []string{"enable", "repository", "paths", "useSnapshots", "zfsDataset", "tags"} {
		if !hub.Has(field) {
			return
		}
	}
	votes, example := map[string]int{}, map[string]string{}
	for _, name := range sortedNames(m.Facts.BackupJobs) {
		job := m.Facts.BackupJobs[name]
		if job.Repository == nil || job.ZFSDataset == nil || !job.UseSnapshots || !strings.Contains(name, "offsite") && !strings.Contains(*job.Repository, "offsite") {
			continue
		}
		service, ours := strings.CutPrefix(*job.ZFSDataset, m.Conventions.Storage.Parent+"/")
		if !ours || !slices.Contains(peers, service) {
			continue
		}
		if votes[*job.Repository]++; votes[*job.Repository] == 1 {
			example[*job.Repository] = name
		}
	}
	repository := most(votes)
	if repository == "" {
		return
	}
	p.Offsite = &OffsiteJob{Name: m.Service + "-offsite", Repository: repository}
	m.decide(Decision{Name: "offsiteBackup", Value: repository, Rule: "a second backup where the class asks for one offsite", Reason: "class " + p.Class + " asks for it",
		Evidence: []Evidence{{Option: m.hub(facts.BackupJobsHub) + "." + example[repository] + ".repository", Value: repository}}})
}
