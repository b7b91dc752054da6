package specification_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
)

// answered are the answers of an owner to what is asked of a service that
// nothing knows, as its documentation gives them.
var answered = map[string]string{
	"image": "ghcr.io/x/wanderlust:1.0.0@" + digest, "category": "Productivity", "workload": "media", "port": "3000", "auth": "caddy-security", "dataDir": "/data",
}

// ask answers questions until none is left, and gives those that were asked.
func (s service) ask(t *testing.T, answers map[string]string) (service, []string) {
	t.Helper()
	var all []string
	for {
		p := s.open(t)
		if p.Ready() {
			return s, all
		}
		for _, q := range p.Questions {
			answer, ok := answers[q.Name]
			require.True(t, ok, "it asks for %s", q.Name)
			require.NotContains(t, all, q.Name, "it asks twice")
			all = append(all, q.Name)
			s = s.with(q.Name + "=" + answer)
		}
	}
}

// TestTwoContainersAndDatabase: a service of two containers and a database that
// no catalog knows needs at most six questions, and is proved as it was written,
// without an edit by hand. That it has them is all that is said beforehand.
func TestTwoContainersAndDatabase(t *testing.T) {
	const most = 6
	database := []string{"database=postgresql", "databaseVariables=DATABASE_URL={databaseUrl}"}
	worker := append([]string{"parts.worker.command=work --all"}, database...)
	search := append([]string{"parts.search.image=docker.io/getmeili/meilisearch:v1.12.8@" + digest, "parts.search.port=7700", "parts.search.dataDir=/meili_data",
		"environment.SEARCH_URL=http://wanderlust-search:7700"}, database...)
	for _, c := range []struct {
		name, example, category string
		composition             []string
	}{
		{"worker with the same image", "example", "Productivity", worker},
		{"server with an image and data of its own", "example", "Productivity", search},
		{"worker, through a service factory", "example-registry", "productivity", worker},
		{"server, through a service factory", "example-registry", "productivity", search},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := map[string]string{}
			for name, value := range answered {
				answers[name] = value
			}
			answers["category"] = c.category
			s, questions := unknown("wanderlust", c.composition...).on(c.example).ask(t, answers)
			require.LessOrEqual(t, len(questions), most, "%v", questions)
			require.Equal(t, []string{"auth", "category", "dataDir", "image", "port", "workload"}, slices.Sorted(slices.Values(questions)))
			results := s.proved(t)
			var containers, databases int
			for _, r := range results {
				switch r.Kind {
				case plan.PromiseContainer:
					containers++
				case plan.PromiseDatabase:
					databases++
				}
			}
			require.Equal(t, 2, containers)
			require.Equal(t, 1, databases)
		})
	}
	t.Run("where the image was looked at", func(t *testing.T) {
		s := unknown("wanderlust", append([]string{"image=ghcr.io/x/wanderlust"}, worker...)...).but(func(in *plan.Input) { in.Image = looked(3000, "/data") })
		s, questions := s.ask(t, answered)
		require.Equal(t, []string{"category", "workload", "auth"}, questions)
		s.proved(t)
	})
}
