package cmd_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/plan"
)

// survey plans services on a host, one after the other, without proof.
type survey struct {
	t           testing.TB
	target      *discover.Target
	host        string
	facts       *facts.Facts
	conventions *convention.Conventions
	catalog     *catalog.Catalog
}

// surveyed is what a plan leaves to ask.
type surveyed struct {
	service, packaging, auth string
	questions                []string
	// refused says why there is no plan, such as that the repo has the service.
	refused string
}

func newSurvey(tb testing.TB, dir, host string) *survey {
	tb.Helper()
	nix, err := nixeval.Look(needNix(tb, "nix"))
	require.NoError(tb, err)
	cache, err := nixeval.DefaultCache()
	require.NoError(tb, err)
	nix.Cache = cache
	repo, err := gitrepo.Open(tb.Context(), dir)
	require.NoError(tb, err)
	nix.WorkTree = repo.Root
	s := &survey{t: tb, host: host}
	s.target, err = discover.Open(tb.Context(), nix, repo)
	require.NoError(tb, err)
	s.catalog, err = s.target.Catalog()
	require.NoError(tb, err)
	s.facts, err = s.target.Facts(tb.Context(), discover.Query{Host: host})
	require.NoError(tb, err)
	s.conventions = convention.Derive(s.facts, s.target.Source)
	return s
}

// softwareCells are the facts that differ from service to service.
var softwareCells = []string{"native", "nativeInside", "nativeValues", "nativeUnits", "nativeAuthentication", "package", "unstable", "near"}

// of plans one service, with what the user says. Registries are not asked: an
// image that the plan would look at is there, and tells nothing.
func (s *survey) of(service string, answers map[string]string) surveyed {
	s.t.Helper()
	entry := s.catalog.Find(service)
	known := entry
	if known == nil {
		known = &catalog.Entry{}
	}
	q := discover.Query{Host: s.host, Service: service, Only: softwareCells, Natives: plan.Candidates(service, answers["native"], known.Native), Packages: plan.Candidates(service, answers["package"], known.Packages)}
	software, err := s.target.Facts(s.t.Context(), q)
	require.NoError(s.t, err)
	f := *s.facts
	f.Native, f.Package, f.Unstable, f.Near = software.Native, software.Package, software.Unstable, software.Near
	f.Unreadable = append(slices.Clone(f.Unreadable), software.Unreadable...)
	in := plan.Input{Service: service, Facts: &f, Conventions: s.conventions, Answers: answers, Paths: s.target.All, Catalog: s.catalog, Entry: entry}
	p, err := plan.Make(in)
	if err == nil && p.Lookup != nil {
		repository := p.Lookup.Reference
		if len(p.Lookup.Repositories) > 0 {
			repository = p.Lookup.Repositories[0]
		}
		in.Image = &image.Image{Reference: repository + ":1.2.3@" + digest, Tag: "1.2.3", Choice: "the only version", Platforms: []string{p.Lookup.Platform}}
		p, err = plan.Make(in)
	}
	var refused *plan.InputError
	if errors.As(err, &refused) {
		return surveyed{service: service, refused: refused.What}
	}
	require.NoError(s.t, err)
	r := surveyed{service: service, packaging: p.String("packaging"), auth: p.String("auth")}
	for _, question := range p.Questions {
		r.questions = append(r.questions, question.Name)
	}
	for _, n := range p.Notes {
		require.NotContains(s.t, n, "is left aside", "what the catalog says of %s is sound", service)
	}
	return r
}

// all plans every service of the catalog and prints a table.
func (s *survey) all() []surveyed {
	s.t.Helper()
	entries := s.catalog.Entries()
	results := nixeval.All(s.t.Context(), 2, len(entries), func(_ context.Context, i int) (surveyed, error) { return s.of(entries[i].Name, nil), nil }) //nolint:contextcheck // the survey's own is the test's
	list := make([]surveyed, len(results))
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "service\tpackaging\tauth\tquestions")
	for i, r := range results {
		require.NoError(s.t, r.Err)
		list[i] = r.Value
		asked := strings.TrimSpace(fmt.Sprintf("%d %s", len(list[i].questions), strings.Join(list[i].questions, ", ")))
		if list[i].refused != "" {
			asked = "refused: " + list[i].refused
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", list[i].service, list[i].packaging, list[i].auth, asked)
	}
	require.NoError(s.t, table.Flush())
	s.t.Logf("%s on %s\n%s", s.target.Repo.Root, s.host, text.String())
	return list
}

// fewQuestions wants what the catalog is for: most services need not be asked
// about.
func fewQuestions(tb testing.TB, list []surveyed) {
	tb.Helper()
	few, none := 0, 0
	for _, r := range list {
		if r.refused == "" && len(r.questions) <= 2 {
			few++
		}
		if r.refused == "" && len(r.questions) == 0 {
			none++
		}
	}
	tb.Logf("of %d services %d have at most two questions, %d have none", len(list), few, none)
	require.GreaterOrEqual(tb, few, 30)
	require.GreaterOrEqual(tb, none, 15)
}

// TestFewQuestions plans the whole catalog on the examples, and on the repo
// that SCAFFOLD_SURVEY_REPO and SCAFFOLD_SURVEY_HOST name, if they do.
func TestFewQuestions(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for _, example := range []string{"example", "example-registry"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			fewQuestions(t, newSurvey(t, newFleet(t, example).dir, "forge").all())
		})
	}
	repo, host := os.Getenv("SCAFFOLD_SURVEY_REPO"), os.Getenv("SCAFFOLD_SURVEY_HOST")
	if repo == "" || host == "" {
		return
	}
	t.Run(filepath.Base(repo), func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "repo")
		out, err := exec.CommandContext(t.Context(), "cp", "-a", repo, dir).CombinedOutput()
		require.NoError(t, err, "%s", out)
		fewQuestions(t, newSurvey(t, dir, host).all())
	})
}

// TestUnknownService: of a service in no catalog, with only an image given, at
// most five things are asked, one after the other until the plan is there.
func TestUnknownService(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for _, example := range []string{"example", "example-registry"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			s := newSurvey(t, newFleet(t, example).dir, "forge")
			answers := map[string]string{"image": "ghcr.io/example/zettelkasten:1.2.3@" + digest}
			likely := map[string]string{"category": "", "workload": "sqlite", "port": "8080", "auth": "builtin", "dataDir": "/data"}
			asked := 0
			for {
				r := s.of("zettelkasten", answers)
				require.Empty(t, r.refused)
				if len(r.questions) == 0 {
					break
				}
				name := r.questions[0]
				require.Contains(t, likely, name)
				answers[name] = likely[name]
				if name == "category" {
					answers[name] = s.category()
				}
				asked++
				require.LessOrEqual(t, asked, 5, "%v", answers)
			}
		})
	}
}

// category is one that the repo has.
func (s *survey) category() string {
	for _, c := range s.conventions.Categories {
		if c.Name != "" {
			return c.Name
		}
	}
	return s.conventions.Groups[0]
}
