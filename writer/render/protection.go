package render

import (
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// HasRequiredTiers tells whether a dataset's protection says what there must be.
func (v *View) HasRequiredTiers() bool { return v.f.Protection.Has("requiredTiers") }

// OffsiteJob is the second backup, nil for none.
func (v *View) OffsiteJob() *plan.OffsiteJob {
	if v.Protection == nil {
		return nil
	}
	return v.Protection.Offsite
}

// BackupHub is the repo's option for backup jobs.
func (v *View) BackupHub() []string { return v.f.Hubs[facts.BackupJobsHub].Path }
