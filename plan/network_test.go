package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/plan/allocate"
)

// TestPort puts something on the wanted port 9090, or nearly.
func TestPort(t *testing.T) {
	published := func(ports ...string) func(*plan.Input) {
		return func(in *plan.Input) { in.Facts.Containers["x"] = facts.Container{Ports: ports} }
	}
	vhost := func(host string) func(*plan.Input) {
		return func(in *plan.Input) {
			in.Facts.Vhosts["x"] = facts.Vhost{Backend: &facts.Backend{Host: &host, Port: ptr(int64(9090))}}
		}
	}
	socket := func(s string) func(*plan.Input) {
		return func(in *plan.Input) { in.Facts.Sockets["x"] = facts.Socket{Streams: []string{s}} }
	}
	const free, moved = 9090, 9190
	for _, c := range []struct {
		name   string
		change func(*plan.Input)
		want   int
	}{
		{"nothing", func(*plan.Input) {}, free},
		{"published", published("9090:80"), moved},
		{"published on an address", published("127.0.0.1:9090:80"), moved},
		{"published on an IPv6 address", published("[::1]:9090:80"), moved},
		{"published with a protocol", published("9090:80/tcp"), moved},
		{"published twice", published("9090:80/udp", "9090:80/tcp"), moved},
		{"published as a range", published("9000-9100:9000-9100"), moved},
		{"published as a range over the next one too", published("9000-9200:9000-9200"), 9290},
		{"UDP", published("9090:80/udp", "0.0.0.0:9090:80/udp"), free},
		{"SCTP", published("9090:80/sctp"), free},
		{"inside of a container", published("80:9090", "127.0.0.1:80:9090/tcp", "8000-8010:9090-9100"), free},
		{"published on any port", published("9090", "127.0.0.1::9090", "9090/tcp"), free},
		{"nonsense", published("", ":", "::", "x:9090", "9100-9000:80", "9090-:80", "-9090:80", "9000-99999:80", "9090"), free},
		{"option of a service", func(in *plan.Input) {
			in.Facts.Services["x"] = service("x.nix", true, map[string]any{"port": 9090.0})
		}, moved},
		{"option with another name", func(in *plan.Input) {
			in.Facts.Services["x"] = service("x.nix", true, map[string]any{"metrics.port": 1.0, "webPort": 9090.0})
		}, moved},
		{"option of a service that is off", func(in *plan.Input) {
			in.Facts.Services["x"] = service("x.nix", false, map[string]any{"port": 9090.0})
		}, free},
		{"option that is no port", func(in *plan.Input) {
			in.Facts.Services["x"] = service("x.nix", true, map[string]any{"port": nil, "portal": 9090.0, "retention": 9090.0})
		}, free},
		{"module of NixOS", func(in *plan.Input) {
			in.Facts.Upstream["prometheus"] = facts.Upstream{Ports: []facts.UpstreamPort{{Option: "services.prometheus.port", Port: 9090}}}
		}, moved},
		{"socket", socket("9090"), moved},
		{"socket on an address", socket("127.0.0.1:9090"), moved},
		{"socket on an IPv6 address", socket("[::]:9090"), moved},
		{"socket that is a file", socket("/run/9090"), free},
		{"backend of a virtual host", vhost("127.0.0.1"), moved},
		{"backend by name", vhost("localhost"), moved},
		{"backend on IPv6", vhost("[::1]"), moved},
		{"backend on another machine", vhost("10.0.0.2"), free},
		{"backend without an address", func(in *plan.Input) {
			in.Facts.Vhosts["x"] = facts.Vhost{Backend: &facts.Backend{Port: ptr(int64(9090))}}
		}, free},
		{"virtual host without a backend", func(in *plan.Input) { in.Facts.Vhosts["x"] = facts.Vhost{} }, free},
		{"other hosts' ports", func(in *plan.Input) {
			in.Others["nas-1"] = facts.New()
			in.Others["nas-1"].Containers["x"] = facts.Container{Ports: []string{"9090:80"}}
		}, free},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := repo()
			c.change(&in)
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Port)
			require.Equal(t, 9090, p.Model.ContainerPort, "inside it stays")
			d := decision(t, p, "port")
			if c.want == free {
				require.Empty(t, d.Rejected)
				require.Empty(t, p.Model.PortReason)
				return
			}
			require.Equal(t, 9090, d.Rejected[0].Value)
			require.NotEmpty(t, d.Evidence[0].Option)
			require.Equal(t, "9090", d.Evidence[0].Value)
			require.Regexp(t, `^Not 9090, which .+ has\.$`, p.Model.PortReason)
		})
	}
}

// TestPortEvidence says who has the port, and where that is written.
func TestPortEvidence(t *testing.T) {
	in := with(repo(), "port=8989")
	d := decision(t, made(t, in), "port")
	require.Equal(t, "8989 is taken by sonarr", d.Reason)
	require.Equal(t, []plan.Evidence{{Option: "modules.services.sonarr.port", File: "modules/sonarr/default.nix", Line: 12, Value: "8989"}}, d.Evidence)
	require.Equal(t, int64(9089), d.Value)
}

// TestMovable: software is moved to another port only where it is told of it.
func TestMovable(t *testing.T) {
	taken := func(in plan.Input) plan.Input {
		in.Facts.Containers["x"] = facts.Container{Ports: []string{"9090:80"}}
		return in
	}
	for _, told := range []string{"arguments=serve {port}", "environment.LD_PORT={port}"} {
		require.Equal(t, 9190, made(t, taken(with(unitRepo(), told))).Model.Port)
	}
	refused(t, taken(unitRepo()), "nothing tells linkding another; hand it over as {port}")
}

func TestPortExhausted(t *testing.T) {
	in := with(repo(), "port=65500")
	in.Facts.Sockets["x"] = facts.Socket{Streams: []string{"65500"}}
	p, err := plan.Make(in)
	require.Nil(t, p)
	require.EqualError(t, err, "allocate port for linkding: find free port: none is free from 65500 to 65535")
	var exhausted *allocate.Exhausted
	require.ErrorAs(t, err, &exhausted)
}

// TestWantedPort: what the user says of the host goes before what is known of
// the software.
func TestWantedPort(t *testing.T) {
	p := made(t, with(repo(), "port=80"))
	require.Equal(t, 80, p.Model.Port)
	require.Equal(t, 9090, p.Model.ContainerPort)
	p = made(t, with(repo(), "port=80", "-containerPort"))
	require.Equal(t, 80, p.Model.ContainerPort)
	require.Equal(t, map[string]string{"port": "80", "containerPort": "80", "address": "127.0.0.1"}, promises(p, plan.PromiseListener)[0].Want)
}

// TestNativePort reads port and names from the options of NixOS's module.
func TestNativePort(t *testing.T) {
	option := func(v any) facts.NativeOption { return facts.NativeOption{Type: "port", HasDefault: true, Default: v} }
	for name, c := range map[string]struct {
		options map[string]facts.NativeOption
		port    int
		option  string
	}{
		"port":              {map[string]facts.NativeOption{"port": option(8096.0), "httpPort": option(1.0)}, 8096, "port"},
		"httpPort":          {map[string]facts.NativeOption{"httpPort": option(8096.0)}, 8096, "httpPort"},
		"port as text":      {map[string]facts.NativeOption{"listenPort": option("8096")}, 8096, "listenPort"},
		"no default":        {map[string]facts.NativeOption{"port": option(nil)}, 0, "port"},
		"no option":         {map[string]facts.NativeOption{"ports": option(1.0)}, 0, ""},
		"port of ephemeral": {map[string]facts.NativeOption{"port": option(0.0)}, 0, "port"},
	} {
		t.Run(name, func(t *testing.T) {
			p := made(t, with(nativeRepo(c.options), "-port"))
			require.Equal(t, c.port, p.Model.Port)
			require.Equal(t, c.option, p.Model.NativeNames["port"])
			if c.port == 0 {
				require.Equal(t, []string{"port"}, questions(p))
			}
		})
	}
	in := nativeRepo(map[string]facts.NativeOption{"port": option(8096.0)})
	in.Facts.Sockets["x"] = facts.Socket{Streams: []string{"8096"}}
	require.Equal(t, 8196, made(t, with(in, "-port")).Model.Port)
	in = nativeRepo(nil)
	in.Facts.Sockets["x"] = facts.Socket{Streams: []string{"9090"}}
	refused(t, in, "use port 9090: x has it (systemd.sockets.x.listenStreams), and services.linkding has no option to move")
}

func TestNativeNames(t *testing.T) {
	str := facts.NativeOption{Type: "str"}
	p := made(t, nativeRepo(map[string]facts.NativeOption{
		"port": {Type: "port"}, "stateDir": str, "dataDir": {Type: "set"}, "user": str, "group": str, "listenAddress": str, "host": str, "openFirewall": {Type: "bool"},
	}))
	require.Equal(t, map[string]string{
		"port": "port", "dataDir": "stateDir", "user": "user", "group": "group", "address": "listenAddress", "openFirewall": "openFirewall",
	}, p.Model.NativeNames)
}
