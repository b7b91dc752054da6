package claim_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

func ptr[T any](v T) *T { return &v }

func host() *facts.Facts {
	f := facts.New()
	f.Host.Name = "forge"
	f.Root = []string{"modules", "services"}
	f.Hubs = map[facts.HubKind]*facts.Hub{
		facts.Proxy:       {Path: []string{"modules", "proxy", "hosts"}},
		facts.DatasetsHub: {Path: []string{"modules", "storage", "services"}},
		facts.BlackBoxHub: {Path: []string{"modules", "probes"}},
	}
	return f
}

func service(file string, enabled bool, options map[string]any) facts.Service {
	s := facts.Service{Enabled: enabled, Declared: &facts.Position{File: file, Line: 3}, Options: map[string]facts.Option{}}
	for name, v := range options {
		s.Options[name] = facts.Option{Value: v, Declared: &facts.Position{File: file, Line: 9}}
	}
	return s
}

// TestOf gives each source of claims alone.
func TestOf(t *testing.T) {
	at := &facts.Position{File: "x.nix", Line: 4}
	for _, c := range []struct {
		name   string
		change func(f *facts.Facts)
		want   []claim.Claim
	}{
		{"nothing", func(*facts.Facts) {}, nil},
		{"user", func(f *facts.Facts) { f.Users["a"] = facts.User{UID: ptr(int64(901)), At: at} }, []claim.Claim{
			{Kind: claim.UID, Value: 901, Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "users.users.a.uid", File: "x.nix", Line: 4},
		}},
		{"user without an id", func(f *facts.Facts) { f.Users["a"] = facts.User{} }, nil},
		{"group with a name that needs quotes", func(f *facts.Facts) { f.Groups["a.b"] = facts.Group{GID: ptr(int64(0))} }, []claim.Claim{
			{Kind: claim.GID, Value: 0, Host: "forge", Owner: "a.b", Service: "ab", Strength: claim.Static, Option: `users.groups."a.b".gid`},
		}},
		{"NixOS's table", func(f *facts.Facts) { f.StaticIDs.UIDs = map[string]int64{"root": 0} }, []claim.Claim{
			{Kind: claim.UID, Owner: "root", Service: "root", Strength: claim.Table, Option: "ids.uids.root"},
		}},
		{"registry", func(f *facts.Facts) {
			f.Registries = []facts.Registry{{Path: []string{"my", "ids"}, File: ptr("ids.nix"), Entries: map[string]facts.RegistryEntry{"a": {UID: ptr(int64(1)), Line: 7}}}}
		}, []claim.Claim{
			{Kind: claim.UID, Value: 1, Owner: "a", Service: "a", Strength: claim.Registry, Option: "my.ids.a", File: "ids.nix", Line: 7},
		}},
		{"option of a service that is off", func(f *facts.Facts) {
			f.Services["a"] = service("a.nix", false, map[string]any{"user": "905", "port": 80.0})
		}, []claim.Claim{
			{Kind: claim.UID, Value: 905, Host: "forge", Owner: "a", Service: "a", Strength: claim.Disabled, Option: "modules.services.a.user", File: "a.nix", Line: 9},
		}},
		{"ports of a service", func(f *facts.Facts) {
			f.Services["a"] = service("a.nix", true, map[string]any{"port": 80.0, "database.port": 5432.0, "dnsUdpPort": 53.0, "import": 7.0})
		}, []claim.Claim{
			{Kind: claim.Port, Value: 5432, Protocol: "tcp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.services.a.database.port", File: "a.nix", Line: 9, Reference: true},
			{Kind: claim.Port, Value: 53, Protocol: "udp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.services.a.dnsUdpPort", File: "a.nix", Line: 9},
			{Kind: claim.Port, Value: 80, Protocol: "tcp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.services.a.port", File: "a.nix", Line: 9},
		}},
		{"container", func(f *facts.Facts) {
			f.Containers["a"] = facts.Container{Ports: []string{"127.0.0.1:80-81:80-81/udp"}, User: ptr("905:0"), At: at, Declared: at, IDs: map[string]string{"PGID": "906"}}
		}, []claim.Claim{
			{Kind: claim.UID, Value: 905, Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "virtualisation.oci-containers.containers.a.user", File: "x.nix", Line: 4, Reference: true, Container: "a"},
			{Kind: claim.GID, Value: 906, Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "virtualisation.oci-containers.containers.a.environment.PGID", File: "x.nix", Line: 4, Reference: true, Container: "a"},
			{Kind: claim.Port, Value: 80, Last: 81, Protocol: "udp", Address: "127.0.0.1", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "virtualisation.oci-containers.containers.a.ports", File: "x.nix", Line: 4, Container: "a"},
		}},
		{"module of NixOS", func(f *facts.Facts) {
			f.Upstream["a"] = facts.Upstream{Enabled: true, Ports: []facts.UpstreamPort{
				{Option: "services.a.port", Port: 80, Address: ptr("::1"), At: at}, {Option: "services.a.settings.listen", Listen: ptr("127.0.0.1:81")},
				{Option: "services.a.settings.smtp.port", Port: 25}, {Option: "services.a.settings.path", Listen: ptr("/run/a:1x")},
			}}
		}, []claim.Claim{
			{Kind: claim.Port, Value: 80, Protocol: "tcp", Address: "::1", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "services.a.port", File: "x.nix", Line: 4},
			{Kind: claim.Port, Value: 81, Protocol: "tcp", Address: "127.0.0.1", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "services.a.settings.listen"},
			{Kind: claim.Port, Value: 25, Protocol: "tcp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "services.a.settings.smtp.port", Reference: true},
		}},
		{"exporter, named after what it looks at", func(f *facts.Facts) {
			f.Upstream["prometheus"] = facts.Upstream{Ports: []facts.UpstreamPort{{Option: "services.prometheus.exporters.redis.port", Port: 9121}}}
		}, []claim.Claim{
			{Kind: claim.Port, Value: 9121, Protocol: "tcp", Host: "forge", Owner: "redis-exporter", Service: "redisexporter", Strength: claim.Static, Option: "services.prometheus.exporters.redis.port"},
		}},
		{"Caddy that is told another port", func(f *facts.Facts) {
			f.Upstream["caddy"] = facts.Upstream{Enabled: true, Proxy: true, EnabledIn: []string{"c.nix"}, WebPorts: map[string]int64{"http_port": 8080}}
		}, []claim.Claim{
			{Kind: claim.Port, Value: 8080, Protocol: "tcp", Host: "forge", Owner: "caddy", Service: "caddy", Strength: claim.Static, Option: "services.caddy.enable", File: "c.nix"},
			{Kind: claim.Port, Value: 443, Protocol: "tcp", Host: "forge", Owner: "caddy", Service: "caddy", Strength: claim.Static, Option: "services.caddy.enable", File: "c.nix"},
		}},
		{"sockets", func(f *facts.Facts) {
			f.Sockets["a"] = facts.Socket{Streams: []string{"/run/a", "@a", "80", "[::]:81"}, Datagrams: []string{"127.0.0.1:53"}, At: at}
		}, []claim.Claim{
			{Kind: claim.Port, Value: 80, Protocol: "tcp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "systemd.sockets.a.listenStreams", File: "x.nix", Line: 4},
			{Kind: claim.Port, Value: 81, Protocol: "tcp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "systemd.sockets.a.listenStreams", File: "x.nix", Line: 4},
			{Kind: claim.Port, Value: 53, Protocol: "udp", Address: "127.0.0.1", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "systemd.sockets.a.listenDatagrams", File: "x.nix", Line: 4},
		}},
		{"virtual host", func(f *facts.Facts) {
			f.Vhosts["a"] = facts.Vhost{Enable: true, HostName: ptr("A.Example."), Backend: &facts.Backend{Host: ptr("127.0.0.1"), Port: ptr(int64(80))}, At: at}
			f.Vhosts["off"] = facts.Vhost{HostName: ptr("off.example")}
		}, []claim.Claim{
			{Kind: claim.Port, Value: 80, Protocol: "tcp", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.proxy.hosts.a.backend.port", File: "x.nix", Line: 4, Reference: true},
			{Kind: claim.HostName, Text: "a.example", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.proxy.hosts.a.hostName", File: "x.nix", Line: 4},
		}},
		{"what looks at a port", func(f *facts.Facts) {
			f.Scrapes = []facts.Scrape{{Job: "j", Targets: []string{"localhost:9100", "nas:9100"}}}
			f.BlackBox["p"] = facts.Probe{URL: ptr("http://127.0.0.1:8080/x")}
			f.BlackBox["q"] = facts.Probe{URL: ptr("https://q.example:8443")}
		}, []claim.Claim{
			{Kind: claim.Port, Value: 9100, Protocol: "tcp", Host: "forge", Owner: "j", Service: "j", Strength: claim.Static, Option: "services.prometheus.scrapeConfigs", Reference: true},
			{Kind: claim.Port, Value: 8080, Protocol: "tcp", Host: "forge", Owner: "p", Service: "p", Strength: claim.Static, Option: "modules.probes.p.url", Reference: true},
		}},
		{"dataset", func(f *facts.Facts) {
			f.Datasets["a"] = facts.Dataset{MountPoint: ptr("/var//lib/a/"), Owner: ptr("905"), Group: ptr("media"), At: at}
			f.Datasets["b"] = facts.Dataset{MountPoint: ptr("none"), Owner: ptr("0")}
		}, []claim.Claim{
			{Kind: claim.UID, Value: 905, Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.storage.services.a.owner", File: "x.nix", Line: 4, Reference: true},
			{Kind: claim.Mountpoint, Text: "/var/lib/a", Host: "forge", Owner: "a", Service: "a", Strength: claim.Static, Option: "modules.storage.services.a.mountpoint", File: "x.nix", Line: 4},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := host()
			c.change(f)
			require.Equal(t, c.want, claim.Of(f))
			again := claim.Of(f)
			require.Equal(t, c.want, again, "the same every time")
		})
	}
}

// TestFlags reads users and ports from the arguments of podman.
func TestFlags(t *testing.T) {
	for _, options := range [][]string{
		{"--user=905", "--publish=80:1"}, {"--user", "905", "--publish", "80:1"}, {"-u", "905", "-p", "80:1"}, {"-u=905", "-p=80:1"},
		{"-u905", "-p80:1"}, {"--user 905", "--publish 80:1"}, {"--memory=1g", "--user=905:1", "--pids-limit=5", "-p", "80:1/tcp"},
	} {
		f := host()
		f.Containers["a"] = facts.Container{ExtraOptions: options}
		claims := claim.Of(f)
		has := func(kind claim.Kind, v int64) bool {
			return slices.ContainsFunc(claims, func(c claim.Claim) bool { return c.Kind == kind && c.Value == v })
		}
		require.True(t, has(claim.UID, 905), options)
		require.True(t, has(claim.Port, 80), options)
	}
}

// TestNamespaces: who shares a network listens as one.
func TestNamespaces(t *testing.T) {
	f := host()
	f.Containers["vpn"] = facts.Container{Ports: []string{"80:80"}}
	f.Containers["app"] = facts.Container{Ports: []string{"81:81"}, ExtraOptions: []string{"--network=container:vpn"}}
	f.Containers["sub"] = facts.Container{Ports: []string{"82:82"}, Networks: []string{"container:app"}}
	f.Containers["pod"] = facts.Container{Ports: []string{"83:83"}, ExtraOptions: []string{"--pod=p"}}
	f.Containers["ring"] = facts.Container{Ports: []string{"84:84"}, Networks: []string{"container:ring"}}
	got := map[string]string{}
	for _, c := range claim.Of(f) {
		got[c.Owner] = c.Container
	}
	require.Equal(t, map[string]string{"vpn": "vpn", "app": "vpn", "sub": "vpn", "pod": "pod p", "ring": "ring"}, got)
}

// TestOwners: names that evaluation shows to be one service, and names that
// only look alike.
func TestOwners(t *testing.T) {
	f := host()
	f.Services["cooklangFederation"] = service("services/cooklang-federation/default.nix", true, map[string]any{"user": "cooklang-fed"})
	f.Services["cooklang"] = service("services/cooklang/default.nix", true, map[string]any{"user": "cooklang"})
	f.Services["home-assistant"] = service("services/home-assistant/default.nix", true, nil)
	f.Services["sonarr"] = service("services/sonarr/default.nix", true, map[string]any{"user": "arr"})
	f.Services["radarr"] = service("services/radarr/default.nix", true, map[string]any{"user": "arr"})
	f.Services["resilioSync"] = service("services/resilio-sync/default.nix", true, nil)
	f.Datasets["home-assistant"] = facts.Dataset{Owner: ptr("hass")}
	f.Upstream["resilio"] = facts.Upstream{Enabled: true, EnabledIn: []string{"services/resilio-sync/default.nix"}, Ports: []facts.UpstreamPort{{Option: "services.resilio.port", Port: 1}}}
	for i, name := range []string{"cooklang-fed", "cooklang", "hass", "arr", "other", "helper"} {
		f.Users[name] = facts.User{UID: ptr(int64(900 + i))}
	}
	f.Users["helper"] = facts.User{UID: ptr(int64(999)), At: &facts.Position{File: "services/cooklang/health.nix"}}
	f.Containers["sonarr-exporter"] = facts.Container{Ports: []string{"2:2"}}
	f.Containers["sonarrx"] = facts.Container{Ports: []string{"3:3"}}
	got := map[string]string{}
	for _, c := range claim.Of(f) {
		got[c.Owner] = c.Service
	}
	require.Equal(t, map[string]string{
		"cooklang-fed": "cooklangfederation", "cooklang": "cooklang", "hass": "homeassistant", "arr": "arr", "other": "other",
		"helper": "cooklang", "sonarr-exporter": "sonarr", "sonarrx": "sonarrx", "resilio": "resiliosync",
	}, got)
}

func TestLocate(t *testing.T) {
	text := "{\n  # uid = 901;\n  a.uid = 900;\n  b.uid = 901;\n  c = { \"x.y\" = 5; port = 80; };\n  d.port = p;\n  ports = [ \"1:1\" ];\n}\n"
	for _, c := range []struct {
		option, owner string
		value         int64
		want          int
	}{
		{"users.users.b.uid", "b", 901, 4},
		{"users.users.a.uid", "a", 900, 3},
		{"users.users.z.uid", "z", 7, 0},
		{`m."x.y"`, "m", 5, 5},
		{"m.port", "m", 80, 5},
		{"m.port", "m", 81, 0},
		{"c.ports", "c", 9, 7},
		{"m.nothing", "m", 1, 0},
	} {
		claims := []claim.Claim{{Kind: claim.UID, Value: c.value, Owner: c.owner, Option: c.option, File: "x.nix"}, {Option: c.option, File: "x.nix", Line: 99}, {Option: c.option, File: "y.nix"}}
		claim.Locate(claims, map[string][]byte{"x.nix": []byte(text)})
		require.Equal(t, c.want, claims[0].Line, "%s of %s", c.option, c.owner)
		require.Equal(t, 99, claims[1].Line, "what is known stays")
		require.Zero(t, claims[2].Line)
	}
}

func TestReadIDMap(t *testing.T) {
	require.Equal(t, []claim.Claim{
		{Kind: claim.GID, Value: 998, Host: "forge", Owner: "a", Service: "a", Strength: claim.OnHost, Option: "m: a"},
		{Kind: claim.GID, Value: 997, Host: "forge", Owner: "b", Service: "b", Strength: claim.OnHost, Option: "m: b"},
	}, claim.ReadIDMap(claim.GID, "forge", "m", map[string]int64{"b": 997, "a": 998}))
}
