package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// partsRepo is a host with networks of the repo's own.
func partsRepo(changes ...string) plan.Input {
	in := with(repo(), changes...)
	in.Facts.Hubs[facts.NetworksHub] = &facts.Hub{Path: []string{"modules", "networks"}, Fields: []string{"driver"}}
	return in
}

func TestPartsAreOrdered(t *testing.T) {
	p := made(t, partsRepo("parts.queue.image=docker.io/valkey/valkey:8.1.3@"+digest, "parts.clock.command=tick", "parts.clock.kind=scheduler", "parts.clock.after=work", "parts.work.command=a 'b c'"))
	require.Empty(t, questions(p))
	var names []string
	for _, part := range p.Model.Parts {
		names = append(names, part.Full)
	}
	require.Equal(t, []string{"linkding-queue", "linkding-work", "linkding-clock"}, names)
	require.Equal(t, []string{"linkding-queue"}, p.Model.After)
	require.Equal(t, []string{"linkding-queue", "linkding"}, p.Model.Parts[1].After)
	require.Equal(t, []string{"a", "b c"}, p.Model.Parts[1].Command)
	require.True(t, p.Model.OwnNetwork)
	require.Len(t, promises(p, plan.PromiseAlert), 4, "one for each")
	require.Contains(t, p.Checklist, plan.Step{When: "after deployment", What: "see that the units run",
		Command: "ssh forge systemctl status podman-linkding.service podman-linkding-queue.service podman-linkding-work.service podman-linkding-clock.service"})
}

func TestPartsRefused(t *testing.T) {
	for _, tt := range []struct{ answer, more, want string }{
		{"parts.w.image=docker.io/a/b", "parts.w.secrets=a-b", "no name of an environment variable"},
		{"parts.w.kind=worker", "", "nothing says what it runs"},
		{"parts.w=yes", "", "nothing says what it runs"},
		{"parts.w.command=a 'b", "", "not closed"},
		{"parts.service.command=a", "", "no name of a part"},
		{"parts.w.colour=red", "", "is unknown"},
		{"parts.w.command=a", "parts.w.after=x", "no other part"},
		{"parts.w.command=a", "network=no", "do not find each other"},
		{"parts.w.command=a", "parts.w.environment.DB={databaseUrl}", "{databaseUrl} stands for nothing in a part"},
		{"parts.w.command=a", "parts.w.secrets=A", "has the secrets of the service"},
		{"parts.w.command=a", "parts.w.healthPath=/x", "on which port"},
	} {
		changes := []string{tt.answer}
		if tt.more != "" {
			changes = append(changes, tt.more)
		}
		refused(t, partsRepo(changes...), tt.want)
	}
	refused(t, partsRepo("parts.a.command=a", "parts.b.command=b", "parts.a.after=b", "parts.b.after=a"), "wait for each other")
	refused(t, with(repo(), "parts.w.command=a"), "no option in which networks are declared")
}

func TestPartsOfTheCatalog(t *testing.T) {
	in := partsRepo()
	in.Entry = &catalog.Entry{Name: "linkding", Command: []string{"serve", "a b"}, Parts: []catalog.Part{{Name: "search", Kind: "sidecar", Description: "finds", Images: []string{"docker.io/a/search"},
		DataDirs: []string{"/find"}, Secrets: []string{"FIND_KEY"}, ConnectSecrets: []string{"FIND_KEY"}, Connects: map[string]string{"FIND_URL": "http://{part}:7700"}}}}
	p := made(t, in)
	require.Equal(t, []string{"parts.search.image"}, questions(p), "nothing else is asked")
	require.Equal(t, []string{"docker.io/a/search"}, p.PartLookups["search"].Repositories)
	p = made(t, with(in, "parts.search.image=docker.io/a/search:1.2.3@"+digest))
	require.Equal(t, []string{"serve", "a b"}, p.Model.Command)
	require.Contains(t, p.Model.Environment, plan.Variable{Name: "FIND_URL", Value: "http://linkding-search:7700"})
	require.Equal(t, []string{"FIND_KEY"}, p.Model.SecretNames)
	require.Equal(t, []plan.Folder{{Name: "data", Inside: "/etc/linkding/data"}}, p.Model.Data.Folders)
	require.Empty(t, made(t, with(in, "parts.search=no")).Model.Parts)
}

// TestPartsBeforeTheAnswers: what a part keeps can be said before it is known
// what the service itself keeps, and where.
func TestPartsBeforeTheAnswers(t *testing.T) {
	said := []string{"parts.search.image=docker.io/a/search:1.2.3@" + digest, "parts.search.dataDir=/find", "parts.search.runAs=user"}
	in := partsRepo(said...)
	require.Equal(t, []string{"workload"}, questions(made(t, with(in, "-workload"))))
	p := made(t, with(in, "-dataDir"))
	require.Equal(t, []string{"dataDir"}, questions(p))
	require.Empty(t, p.String("folders"))
	p = made(t, in)
	require.Empty(t, p.Questions)
	require.Equal(t, []plan.Folder{{Name: "search", Inside: "/find"}}, p.Model.Parts[0].Folders)
	stateless := with(in, "workload=stateless", "-dataDir")
	refused(t, stateless, "read parts.search.dataDir: a stateless service has no dataset to keep it in")
	refused(t, with(stateless, "-parts.search.dataDir"), "read parts.search.runAs: a service without data has no account")
}

// TestPartsThatStartFirst: what a part with the service's image needs is made when
// the service starts, unless the service makes nothing.
func TestPartsThatStartFirst(t *testing.T) {
	first := []string{"parts.w.command=a", "parts.w.kind=sidecar"}
	require.Empty(t, questions(made(t, partsRepo(first...))))
	refused(t, partsRepo(append(first, "dataDir=/a,/b")...), "start part w before linkding: it runs the same image with the same files and secrets")
	refused(t, partsRepo(append(first, "secrets=A", "handover=credential")...), "say --set parts.w.kind=worker")
	refused(t, partsRepo(append(first, "dataDir=/a,/b", "parts.q.image=ghcr.io/a/q:1@"+digest, "parts.w.after=q")...), "say --set parts.w.after=q,service")
	require.Empty(t, questions(made(t, partsRepo(append(first, "dataDir=/a,/b", "parts.w.after=service")...))))
	require.Empty(t, questions(made(t, partsRepo("parts.w.command=a", "dataDir=/a,/b"))))
	require.Empty(t, questions(made(t, partsRepo("parts.w.command=a", "dataDir=/a,/b", "parts.clock.command=b", "parts.clock.after=w"))), "by way of another")
}

// TestPartsWithCredentials: the file that the service's unit makes is handed to
// the parts with its image.
func TestPartsWithCredentials(t *testing.T) {
	p := made(t, partsRepo("parts.w.command=a", "secrets=A", "handover=credential"))
	var files []string
	for _, promise := range promises(p, plan.PromiseEnvironment) {
		if promise.Subject == "linkding-w" {
			files = append(files, promise.Want["file"])
			require.Empty(t, promise.Want["secrets"])
		}
	}
	require.Equal(t, []string{"/run/linkding-env/env"}, files)
}
