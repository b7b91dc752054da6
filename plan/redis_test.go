package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// withRedis is repo on a host with a Redis that two services share.
func withRedis() plan.Input {
	in := repo()
	in.Facts.Redis["default"] = facts.RedisServer{Enabled: true, Port: 6379, Bind: ptr("0.0.0.0"), Unit: "redis-default", At: &facts.Position{File: "hosts/forge/redis.nix", Line: 4}}
	in.Facts.RedisUses["a"] = []facts.RedisUse{{Port: 6379, Index: 0}, {Port: 6379, Index: 2}}
	in.Facts.RedisUses["b"] = []facts.RedisUse{{Port: 7000, Index: 1}}
	return in
}

// TestRedis: the lowest database that no variable names, and one question less.
func TestRedis(t *testing.T) {
	p := made(t, with(withRedis(), "redis=yes"))
	r := p.Model.Redis
	require.Equal(t, &plan.Redis{Server: "default", Unit: "redis-default", Host: "host.containers.internal", Port: 6379, Index: 1}, r)
	require.Equal(t, []plan.Variable{{Name: "REDIS_URL", Value: "redis://{redisHost}:{redisPort}/{redisIndex}"}}, p.Model.Environment)
	require.Len(t, promises(p, plan.PromiseRedis), 1)
	require.Equal(t, map[string]string{"after": "redis-default.service", "wants": "redis-default.service"}, promises(p, plan.PromiseOrder)[0].Want)
	require.Equal(t, "hosts/forge/redis.nix", decision(t, p, "redis").Evidence[0].File)

	p = made(t, with(withRedis(), "redis=default", "redisVariables=QUEUE={redisHost}:{redisPort},QUEUE_DB={redisIndex}"))
	require.Equal(t, []plan.Variable{{Name: "QUEUE", Value: "{redisHost}:{redisPort}"}, {Name: "QUEUE_DB", Value: "{redisIndex}"}}, p.Model.Environment)
	require.Equal(t, "you said so", decision(t, p, "redis").Reason)
}

// TestRedisKnown: the catalog's need is met where a server is shared.
func TestRedisKnown(t *testing.T) {
	in := need(withRedis(), "redis")
	in.Entry.Secrets = []string{"KEY", "REDIS_URL"}
	p := made(t, in)
	require.NotNil(t, p.Model.Redis)
	require.Equal(t, []string{"KEY"}, p.Model.SecretNames, "the address holds no secret")
	require.Equal(t, "REDIS_URL", p.Model.Environment[0].Name)

	in = need(withRedis(), "redis")
	in.Entry.Environment = map[string]string{"REDIS_HOST": "{redisHost}", "REDIS_DB": "{redisIndex}"}
	in.Facts.Redis = map[string]facts.RedisServer{}
	p = made(t, in)
	require.Nil(t, p.Model.Redis)
	require.Equal(t, []string{"REDIS_HOST"}, p.Model.SecretNames, "what nobody knows is entered by hand")
	require.Equal(t, []plan.Variable{{Name: "REDIS_DB", Value: "0"}}, p.Model.Environment)
	require.Contains(t, strings.Join(p.Notes, "\n"), "needs a Redis, and the host has none that services share")

	p = made(t, need(withRedis(), "redis"))
	require.Nil(t, p.Model.Redis)
	require.Contains(t, strings.Join(p.Notes, "\n"), "does not say how")

	require.Nil(t, made(t, withRedis()).Model.Redis, "nothing needs it")
	require.Nil(t, made(t, with(need(withRedis(), "redis"), "redis=no")).Model.Redis)
}

// TestRedisShared: a service's own server is not shared, nor one that is not
// reached.
func TestRedisShared(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*facts.Facts, *facts.RedisServer)
		want   string
	}{
		{"off", func(_ *facts.Facts, s *facts.RedisServer) { s.Enabled = false }, "it is not enabled"},
		{"socket", func(_ *facts.Facts, s *facts.RedisServer) { s.Port = 0 }, "it listens on a socket alone"},
		{"password", func(_ *facts.Facts, s *facts.RedisServer) { s.Password = true }, "it has a password"},
		{"loopback", func(_ *facts.Facts, s *facts.RedisServer) { s.Bind = ptr("127.0.0.1 ::1") }, "it listens on 127.0.0.1 ::1 alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := withRedis()
			s := in.Facts.Redis["default"]
			c.change(in.Facts, &s)
			in.Facts.Redis["default"] = s
			refused(t, with(in, "redis=default"), "use Redis default: "+c.want)
			refused(t, with(in, "redis=yes"), "has none that services share")
		})
	}
	in := withRedis()
	in.Facts.Services["default"] = facts.Service{}
	refused(t, with(in, "redis=yes"), "has none that services share")
	in = withRedis()
	in.Facts.Upstream["default"] = facts.Upstream{Enabled: true}
	refused(t, with(in, "redis=yes"), "has none that services share")
	refused(t, with(withRedis(), "redis=other"), `"other" is unknown; the host has default`)
	refused(t, with(withRedis(), "redisVariables=R={redisUrl}"), "read redisVariables: it uses no Redis of the host")

	in = withRedis()
	for i := range 16 {
		in.Facts.RedisUses[fmt.Sprint("x", i)] = []facts.RedisUse{{Port: 6379, Index: int64(i)}}
	}
	refused(t, with(in, "redis=yes"), "its 16 databases are all used")
}
