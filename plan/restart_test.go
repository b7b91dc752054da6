package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// restarting is a host of which some secret starts a unit again.
func restarting(in plan.Input) plan.Input {
	in.Facts.Restarts = facts.Restarts{
		Secrets:   map[string][]string{"b/key": {"b.service"}, "a/key": {"a.service", "c.service"}},
		Templates: map[string][]string{"d-env": {"d.service"}, "e-env": {"e.service"}},
		Options:   facts.RestartOptions{Secrets: true, Templates: true},
	}
	return in
}

func TestRestarts(t *testing.T) {
	in := restarting(with(repo(), "secrets=LD_TOKEN,LD_KEY"))
	p := made(t, in)
	require.Equal(t, []plan.Restart{{Name: "linkding-env", Template: true, Units: []string{"podman-linkding"}}}, p.Model.Restarts)
	d := decision(t, p, "restarts")
	require.Equal(t, "yes", d.Value)
	require.Equal(t, "4 of the host's secrets and templates do so; without it a changed secret would be read at the next start", d.Reason)
	require.Equal(t, []plan.Evidence{
		{Option: "sops.secrets.a/key.restartUnits", Value: "a.service c.service"},
		{Option: "sops.secrets.b/key.restartUnits", Value: "b.service"},
		{Option: "sops.templates.d-env.restartUnits", Value: "d.service"},
	}, d.Evidence)
	require.Equal(t, []plan.Promise{{
		Kind: plan.PromiseRestarted, Subject: "linkding-env", Text: "a change of template linkding-env starts podman-linkding.service again",
		Want: map[string]string{"kind": "template", "units": "podman-linkding"},
	}}, promises(p, plan.PromiseRestarted))

	p = made(t, with(in, "handover=credential"))
	require.Equal(t, []plan.Restart{
		{Name: "linkding/ld-key", Units: []string{"podman-linkding"}},
		{Name: "linkding/ld-token", Units: []string{"podman-linkding"}},
	}, p.Model.Restarts)
	require.Equal(t, "a change of secret linkding/ld-token starts podman-linkding.service again", promises(p, plan.PromiseRestarted)[1].Text)
}

// TestRestartsOfParts: a part with the service's image reads its secrets too, and
// another has secrets of its own.
func TestRestartsOfParts(t *testing.T) {
	in := restarting(partsRepo("secrets=LD_TOKEN", "parts.work.command=a", "parts.queue.image=docker.io/valkey/valkey:8.1.3@"+digest, "parts.queue.secrets=PASSWORD"))
	require.Equal(t, []plan.Restart{
		{Name: "linkding-env", Template: true, Units: []string{"podman-linkding", "podman-linkding-work"}},
		{Name: "linkding-queue-env", Template: true, Units: []string{"podman-linkding-queue"}},
	}, made(t, in).Model.Restarts)
}

// TestRestartsAsTheRepo: where nothing on the host is restarted so, nothing is,
// unless it is asked for.
func TestRestartsAsTheRepo(t *testing.T) {
	in := restarting(with(repo(), "secrets=LD_TOKEN"))
	in.Facts.Restarts.Secrets, in.Facts.Restarts.Templates = nil, nil
	p := made(t, in)
	require.Equal(t, "no", decision(t, p, "restarts").Value)
	require.Empty(t, p.Model.Restarts)
	require.Empty(t, promises(p, plan.PromiseRestarted))
	require.Len(t, made(t, with(in, "restarts=yes")).Model.Restarts, 1)
	require.Empty(t, made(t, with(restarting(in), "restarts=no")).Model.Restarts)
}

func TestRestartsOfNothing(t *testing.T) {
	for name, in := range map[string]plan.Input{
		"no secret": restarting(repo()),
		"schedule":  restarting(with(repo(), "secrets=LD_TOKEN", "schedule=daily", "-containerPort", "auth=none")),
	} {
		t.Run(name, func(t *testing.T) {
			p := made(t, in)
			require.Empty(t, p.Model.Restarts)
			for _, d := range p.Decisions {
				require.NotEqual(t, "restarts", d.Name)
			}
			refused(t, with(in, "restarts=yes"), "read restarts")
		})
	}
	in := restarting(with(repo(), "secrets=LD_TOKEN"))
	in.Facts.Restarts.Options.Templates = false
	require.Empty(t, made(t, in).Model.Restarts, "its sops has no option for it")
	refused(t, with(in, "restarts=yes"), "no secret that can start a unit again")
}

// TestRestartsOfTheRole: the password of a role starts the service again where
// those of others do theirs, and never what runs by the clock.
func TestRestartsOfTheRole(t *testing.T) {
	in := withServers()
	in.Facts.Databases["cars"].Password.RestartUnits = []string{"cars.service"}
	require.Equal(t, []string{"podman-my-links.service"}, made(t, in).Model.Database.Password.RestartUnits)
	require.Empty(t, made(t, with(restarting(in), "restarts=no")).Model.Database.Password.RestartUnits)
	in = with(in, "schedule=daily", "-containerPort", "-auth")
	require.Empty(t, made(t, in).Model.Database.Password.RestartUnits)
}
