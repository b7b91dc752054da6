package discover

import (
	"context"
	"fmt"
	"slices"
)

// Changed are the files of the repo that are not what they were when the target
// was opened: edited, added or removed. Sorted.
func (t *Target) Changed(ctx context.Context) ([]string, error) {
	now, err := t.Repo.Snapshot(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read work tree: %w", err)
	}
	if now.ID == t.Tree {
		return nil, nil
	}
	ids := map[string]string{}
	for _, e := range t.Work.Entries {
		ids[e.Path] = e.Mode + e.ID
	}
	var changed []string
	for _, e := range now.Entries {
		if ids[e.Path] != e.Mode+e.ID {
			changed = append(changed, e.Path)
		}
		delete(ids, e.Path)
	}
	for path := range ids {
		changed = append(changed, path)
	}
	slices.Sort(changed)
	return changed, nil
}
