package discover_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// runs counts how often nix is run for an answer, and how often an answer was
// remembered.
type runs struct {
	mu             sync.Mutex
	nix, remembered int
	cells          map[string]bool
}

func (r *runs) event(e nixeval.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case e.Cached:
		r.remembered++
	case e.Stage == nixeval.Running:
		r.nix = max(r.nix, e.Run)
		r.cells[e.Cell] = true
	}
}

// openAt opens the repo at dir as it is now, to be evaluated by one nix.
func openAt(t *testing.T, program, dir string) (*discover.Target, *runs) {
	t.Helper()
	nix, _, err := nixeval.Find(t.Context(), program)
	require.NoError(t, err)
	nix.Env = []string{"NIX_CONFIG=" + nixConfig}
	counted := &runs{cells: map[string]bool{}}
	nix.Progress = counted.event
	repo, err := gitrepo.Open(t.Context(), dir)
	require.NoError(t, err)
	target, err := discover.Open(t.Context(), nix, repo)
	require.NoError(t, err)
	return target, counted
}

func TestProbe(t *testing.T) {
	gittest.Isolate(t)
	eachNix(t, func(t *testing.T, nix string) {
		dir := copyExample(t, "example")
		target, counted := openAt(t, nix, dir)
		f, err := target.Facts(t.Context(), discover.Query{Host: "forge"})
		require.NoError(t, err)
		t.Logf("%+v %d cells, %d runs", f.Unreadable, len(counted.cells), counted.nix)
		t.Logf("%+v\n%+v", f.Hubs, f.Root)
	})
}
