package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestReachOfDatabase: a container on a network of its own does not find a server
// that listens on the engine's network alone, unless it is on that too.
func TestReachOfDatabase(t *testing.T) {
	joined := func(listen *string, answers ...string) plan.Input {
		in := with(withServers(), answers...)
		in.Facts.Networks = []string{"media-services"}
		in.Facts.DatabaseServer.Listen = listen
		return with(in, "network=media-services")
	}
	hasStep := func(p *plan.Plan) bool {
		for _, s := range p.Checklist {
			if strings.Contains(s.What, "services.postgresql.authentication") {
				return true
			}
		}
		return false
	}

	p := made(t, joined(ptr("127.0.0.1, 10.88.0.1")))
	require.Equal(t, "10.88.0.1", p.Model.Database.Host)
	require.Equal(t, "podman", p.Model.EngineNetwork)
	require.Contains(t, decision(t, p, "engineNetwork").Reason, "media-services alone do not reach")
	var networks []string
	for _, promise := range promises(p, plan.PromiseNetwork) {
		networks = append(networks, promise.Want["network"])
	}
	require.Equal(t, []string{"media-services", "podman"}, networks)
	require.False(t, hasStep(p))

	p = made(t, joined(ptr("*")))
	require.Equal(t, "host.containers.internal", p.Model.Database.Host)
	require.Empty(t, p.Model.EngineNetwork)
	require.True(t, hasStep(p), "who may log in from there only its own rules tell")

	p = made(t, with(withServers()))
	require.Equal(t, "host.containers.internal", p.Model.Database.Host, "it is on the engine's network alone")
	require.Empty(t, p.Model.EngineNetwork)
	require.False(t, hasStep(p))

	refused(t, joined(ptr("127.0.0.1,192.168.1.5")), "use PostgreSQL: it listens on 127.0.0.1,192.168.1.5 alone, which containers on network media-services do not reach")
	docker := joined(ptr("127.0.0.1,10.88.0.1"))
	docker.Facts.Host.Backend = ptr("docker")
	refused(t, docker, "which containers on network media-services do not reach")
}

// TestReachOfRedis: the same of a Redis that is bound.
func TestReachOfRedis(t *testing.T) {
	in := withRedis()
	in.Facts.Networks = []string{"media-services"}
	server := in.Facts.Redis["default"]
	server.Bind = ptr("127.0.0.1 10.88.0.1")
	in.Facts.Redis["default"] = server
	p := made(t, with(in, "redis=yes", "network=media-services"))
	require.Equal(t, "10.88.0.1", p.Model.Redis.Host)
	require.Equal(t, "podman", p.Model.EngineNetwork)
	require.Equal(t, "host.containers.internal", made(t, with(in, "redis=yes")).Model.Redis.Host)
}

// TestReachOfBoth: two servers on the engine's network are one decision.
func TestReachOfBoth(t *testing.T) {
	in := withServers()
	in.Facts.Networks = []string{"media-services"}
	in.Facts.Redis["default"] = facts.RedisServer{Enabled: true, Port: 6379, Bind: ptr("127.0.0.1 10.88.0.1"), Unit: "redis-default"}
	in.Facts.RedisUses["a"] = []facts.RedisUse{{Port: 6379, Index: 0}}
	in.Facts.RedisUses["b"] = []facts.RedisUse{{Port: 6379, Index: 1}}
	p := made(t, with(in, "redis=default", "network=media-services"))
	require.Equal(t, "10.88.0.1", p.Model.Database.Host)
	require.Equal(t, "10.88.0.1", p.Model.Redis.Host)
	decided := 0
	for _, d := range p.Decisions {
		if d.Name == "engineNetwork" {
			decided++
		}
	}
	require.Equal(t, 1, decided)
}
