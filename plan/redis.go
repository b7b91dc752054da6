package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Redis is a numbered database of a Redis of the host.
type Redis struct {
	// Server is its name in services.redis.servers, Unit its systemd service.
	Server, Unit string
	Host         string
	Port, Index  int
	AddHost      bool
}

var redisKeys = []key{
	{name: "redis", check: wordForm, about: "Redis of the host that it uses: its name, yes for the one that services share, or no"},
	{name: "redisVariables", check: variablesForm, about: "variables that tell it of its Redis, as NAME=VALUE with commas and {redisUrl}, {redisHost}, {redisPort} and {redisIndex}, or no"},
}

// maxIndex is the last database of a Redis that is not told otherwise.
const maxIndex = 15

// redis: a database of the Redis that the host's services share.
func (m *maker) redis() error {
	server, reason, err := m.wantedRedis()
	if err != nil {
		return err
	}
	if server == "" {
		if _, ok := m.answer("redisVariables"); ok && m.known["redisVariables"].source == "" {
			return inputErrorf("leave it out, or say --set redis=yes", "read redisVariables: it uses no Redis of the host")
		}
		return m.unfilled("{redis", "redis=yes")
	}
	s := m.Facts.Redis[server]
	r := &Redis{Server: server, Unit: s.Unit, Port: int(s.Port)}
	named, add := m.addressOfHost()
	listens := "*"
	if s.Bind != nil && *s.Bind != "" {
		listens = *s.Bind
	}
	if r.Host, err = m.reach("Redis", listens, named); err != nil {
		return err
	}
	r.AddHost = add && r.Host == named
	taken := map[int64]string{}
	for _, name := range sortedNames(m.Facts.RedisUses) {
		for _, u := range m.Facts.RedisUses[name] {
			if u.Port == s.Port {
				taken[u.Index] = name
			}
		}
	}
	for r.Index <= maxIndex && taken[int64(r.Index)] != "" {
		r.Index++
	}
	if r.Index > maxIndex {
		return inputErrorf("run one beside it, or say --set redis=no", "use Redis %s: its %d databases are all used", server, maxIndex+1)
	}
	d := Decision{Name: "redis", Value: server, Rule: "the host's server for what needs one", Reason: reason,
		Evidence: []Evidence{{Option: "services.redis.servers." + server, Value: fmt.Sprint(s.Port)}}}
	if s.At != nil {
		d.Evidence[0].File, d.Evidence[0].Line = s.At.File, s.At.Line
	}
	m.decide(d)
	m.decide(Decision{Name: "redisIndex", Value: r.Index, Rule: "the lowest database that no variable names", Reason: fmt.Sprintf("%d are named, by %s", len(taken), orNone(sortedNames(m.Facts.RedisUses)))})
	m.model.Redis = r
	return m.redisVariables()
}

// wantedRedis is the server that is used and why, empty for none.
func (m *maker) wantedRedis() (server, reason string, err error) {
	said, ok := m.answer("redis")
	needed := m.Entry != nil && contains(m.Entry.Needs, "redis")
	shared := m.sharedRedis()
	switch {
	case ok && said == "no":
		m.said("redis")
		return "", "", nil
	case ok && said != "yes":
		if _, there := m.Facts.Redis[said]; !there {
			return "", "", inputErrorf("the host has "+orNone(sortedNames(m.Facts.Redis)), "read redis: %q is unknown", said)
		}
		if lacks := m.lacksRedis(said); lacks != "" {
			return "", "", inputErrorf("choose another, or say --set redis=no", "use Redis %s: %s", said, lacks)
		}
		return said, "you said so", nil
	case ok && shared == "":
		return "", "", inputErrorf("run one beside it as a part of the service, and tell it the address with --set environment.NAME=VALUE", "use Redis: host %s has none that services share and that this one reaches", m.Facts.Host.Name)
	case ok:
		return shared, "you said so, and services share it", nil
	case m.model.Packaging == Native && needed && !m.mentioned("{redis"), !needed && !m.mentioned("{redis"), m.mentioned("redis://"):
		return "", "", nil
	case shared == "":
		m.note(m.model.DisplayName + " needs a Redis, and the host has none that services share and that this one reaches: run one beside it as a part of the service, and tell it the address.")
		return "", "", nil
	}
	return shared, "it needs one, and services share this", nil
}

// sharedRedis is the server that is no service's own and that this one reaches:
// the one that most use.
func (m *maker) sharedRedis() string {
	votes := map[string]int{}
	for name, s := range m.Facts.Redis {
		own := slices.ContainsFunc(sortedNames(m.Facts.Services), func(service string) bool { return sameName(service, name) && !sameName(service, "redis") }) ||
			m.Facts.Upstream[name].Enabled && name != "redis"
		if own || m.lacksRedis(name) != "" {
			continue
		}
		votes[name] = 1
		for _, uses := range m.Facts.RedisUses {
			if slices.ContainsFunc(uses, func(u facts.RedisUse) bool { return u.Port == s.Port }) {
				votes[name]++
			}
		}
	}
	return most(votes)
}

// lacksRedis is why a server cannot be used, empty if it can.
func (m *maker) lacksRedis(name string) string {
	s := m.Facts.Redis[name]
	address, _ := m.addressOfHost()
	loopbackOnly := s.Bind != nil && !slices.ContainsFunc(strings.Fields(*s.Bind), func(a string) bool { return a != loopback && a != "::1" && a != "localhost" })
	switch {
	case !s.Enabled:
		return "it is not enabled"
	case s.Port == 0:
		return "it listens on a socket alone"
	case s.Password:
		return "it has a password, which only its own services know"
	case address != loopback && loopbackOnly:
		return "it listens on " + *s.Bind + " alone, where no container reaches it"
	}
	return ""
}

// redisVariables: what the user or the catalog says, else a secret that is called
// as an address is, else the variable that most software has.
func (m *maker) redisVariables() error {
	if said, ok := m.said("redisVariables"); ok {
		m.giveVariables(said)
		return nil
	}
	if m.mentioned("{redis") || m.addressAmongSecrets(redisURLName, "{redisUrl}") {
		return nil
	}
	if m.Entry != nil && m.Answers["redis"] == "" {
		m.model.Redis = nil
		m.note("The catalog does not say how " + m.model.DisplayName + " is told of its Redis: say --set redisVariables=NAME={redisUrl}, or run one beside it.")
		return nil
	}
	const usual = "REDIS_URL={redisUrl}"
	m.giveVariables(usual)
	m.decide(Decision{Name: "redisVariables", Value: usual, Rule: "the usual variable where no source says it", Reason: "most software that uses a Redis reads it; --set redisVariables=NAME=VALUE says otherwise"})
	return nil
}
