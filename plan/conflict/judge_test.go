package conflict_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan/conflict"
)

func ptr[T any](v T) *T { return &v }

func at(file string) *facts.Position { return &facts.Position{File: file, Line: 1} }

func user(uid int64) facts.User {
	return facts.User{UID: ptr(uid), IsSystemUser: true, At: at("u.nix")}
}

func group(gid int64) facts.Group { return facts.Group{GID: ptr(gid), At: at("g.nix")} }

func service(name string, enabled bool, options map[string]any) facts.Service {
	file := "services/" + name + "/default.nix"
	s := facts.Service{Enabled: enabled, Declared: at(file), Options: map[string]facts.Option{}}
	for option, v := range options {
		s.Options[option] = facts.Option{Value: v, Declared: at(file)}
	}
	return s
}

// fleet is two healthy hosts with everything that looks like a conflict and is
// none.
func fleet() map[string]*facts.Facts {
	hosts := map[string]*facts.Facts{}
	for _, name := range []string{"forge", "nas"} {
		f := facts.New()
		f.Host = facts.Host{Name: name, HostName: ptr(name)}
		f.Root = []string{"modules", "services"}
		f.Hubs = map[facts.HubKind]*facts.Hub{facts.Proxy: {Path: []string{"modules", "proxy"}}, facts.DatasetsHub: {Path: []string{"modules", "datasets"}}}
		f.StaticIDs = facts.StaticIDs{UIDs: map[string]int64{"root": 0, "hass": 286, "postgres": 71}, GIDs: map[string]int64{"root": 0}}
		f.Users["root"], f.Groups["media"] = facts.User{UID: ptr(int64(0))}, group(65537)
		f.Users["someone"] = facts.User{UID: ptr(int64(1000)), IsNormalUser: true, At: at("u.nix")}
		on := name == "forge"
		// A module is declared on every host, and is on where it is wanted.
		f.Services["sonarr"] = service("sonarr", on, map[string]any{"user": "915", "group": "65537", "port": 8989.0, "metrics.port": 8989.0})
		f.Services["radarr"] = service("radarr", on, map[string]any{"user": "916", "group": "65537", "port": 7878.0})
		f.Services["lidarr"] = service("lidarr", false, map[string]any{"user": "917", "port": 8989.0})
		f.Services["cooklangFederation"] = service("cooklang-federation", on, map[string]any{"user": "cooklang-fed", "uid": 920.0, "port": 9086.0})
		f.Services["home-assistant"] = service("home-assistant", on, nil)
		f.Services["paperless"] = service("paperless", on, map[string]any{"user": "paperless", "database.port": 5432.0})
		f.Services["paperless-ai"] = service("paperless-ai", on, map[string]any{"user": "paperless"})
		f.Registries = []facts.Registry{{Path: []string{"lib", "ids"}, File: ptr("ids.nix"), Entries: map[string]facts.RegistryEntry{
			"sonarr": {UID: ptr(int64(915)), GID: ptr(int64(65537))}, "radarr": {UID: ptr(int64(916)), GID: ptr(int64(65537))}, "home-assistant": {UID: ptr(int64(286))},
		}}}
		if on {
			f.Users["sonarr"], f.Users["radarr"], f.Users["hass"], f.Users["paperless"] = user(915), user(916), facts.User{UID: ptr(int64(286))}, user(901)
			f.Users["cooklang-fed"] = user(920)
			f.Containers["sonarr"] = facts.Container{Ports: []string{"8989:8989"}, User: ptr("915:65537"), IDs: map[string]string{"PUID": "915"}}
			f.Containers["radarr"] = facts.Container{Ports: []string{"127.0.0.1:7878:7878", "10.0.0.1:7879:7878"}}
			f.Containers["dns"] = facts.Container{Ports: []string{"53:53/udp", "10.0.0.1:7878:53"}}
			f.Containers["paperless-ai"] = facts.Container{User: ptr("901")}
			f.Containers["mine"] = facts.Container{User: ptr("1000"), IDs: map[string]string{"PGID": "65537"}}
			f.Upstream["paperless"] = facts.Upstream{Enabled: true, Ports: []facts.UpstreamPort{{Option: "services.paperless.port", Port: 28981}}}
			f.Datasets["home-assistant"] = facts.Dataset{Owner: ptr("hass"), MountPoint: ptr("/var/lib/hass")}
			f.Datasets["none"], f.Datasets["legacy"] = facts.Dataset{MountPoint: ptr("none")}, facts.Dataset{MountPoint: ptr("none")}
			f.Vhosts["sonarr"] = facts.Vhost{Enable: true, HostName: ptr("sonarr.example"), Backend: &facts.Backend{Host: ptr("127.0.0.1"), Port: ptr(int64(8989))}}
			f.Vhosts["www"] = facts.Vhost{Enable: true, HostName: ptr("www.example"), Backend: &facts.Backend{Host: ptr("127.0.0.1"), Port: ptr(int64(8989))}}
			f.Vhosts["old"] = facts.Vhost{HostName: ptr("sonarr.example")}
		}
		hosts[name] = f
	}
	return hosts
}

func input(hosts map[string]*facts.Facts) conflict.Input {
	in := conflict.Input{Hosts: map[string]conflict.Host{}, NotChecked: map[string]string{}, SettingsFile: ".scaffold.yaml"}
	for name, f := range hosts {
		in.Hosts[name] = conflict.Host{Facts: f, Claims: claim.Of(f)}
	}
	return in
}

func TestHealthy(t *testing.T) {
	r := conflict.Judge(input(fleet()))
	require.Empty(t, r.Findings)
	require.Empty(t, r.Excepted)
}

// TestJudge puts one thing into the healthy fleet.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(forge, nas *facts.Facts)
		want   string // rule severity value owners, empty for nothing
	}{
		{"two users", func(f, _ *facts.Facts) { f.Users["x"] = user(915) }, "uid-shared error 915 [sonarr x]"},
		{"two users of one service", func(f, _ *facts.Facts) { f.Users["sonarr-2"] = user(915) }, "uid-shared error 915 [sonarr sonarr-2]"},
		{"two groups", func(f, _ *facts.Facts) { f.Groups["x"] = group(65537) }, "gid-shared error 65537 [media x]"},
		{"option of a service that is on", func(f, _ *facts.Facts) { f.Services["x"] = service("x", true, map[string]any{"uid": 915.0}) }, "uid-as-user-of-other error 915 [x sonarr]"},
		{"option of a service that is off", func(f, _ *facts.Facts) { f.Services["x"] = service("x", false, map[string]any{"uid": 915.0}) }, "uid-shared warning 915 [sonarr x]"},
		{"two services that are off", func(f, n *facts.Facts) {
			f.Services["x"], n.Services["x"] = service("x", false, map[string]any{"user": "917"}), service("x", false, map[string]any{"user": "917"})
		}, "uid-shared warning 917 [lidarr x]"},
		{"two services that are on, without accounts", func(f, _ *facts.Facts) {
			f.Services["x"], f.Services["y"] = service("x", true, map[string]any{"user": "930"}), service("y", true, map[string]any{"user": "930"})
		}, "uid-shared error 930 [x y]"},
		{"registry", func(f, n *facts.Facts) {
			f.Registries[0].Entries["x"], n.Registries[0].Entries["x"] = facts.RegistryEntry{UID: ptr(int64(930))}, facts.RegistryEntry{UID: ptr(int64(930))}
			f.Registries[0].Entries["y"], n.Registries[0].Entries["y"] = facts.RegistryEntry{UID: ptr(int64(930))}, facts.RegistryEntry{UID: ptr(int64(930))}
		}, "uid-shared error 930 [x y]"},
		{"an account that is no service's is shared", func(f, _ *facts.Facts) {
			f.Users["apps"] = user(931)
			f.Services["x"], f.Services["y"] = service("x", true, map[string]any{"user": "931"}), service("y", true, map[string]any{"user": "931"})
		}, ""},
		{"container", func(f, _ *facts.Facts) { f.Containers["x"] = facts.Container{User: ptr("916:1")} }, "uid-as-user-of-other error 916 [x radarr]"},
		{"container as root", func(f, _ *facts.Facts) { f.Containers["x"] = facts.Container{User: ptr("0:0")} }, ""},
		{"container with an id that nobody has", func(f, _ *facts.Facts) { f.Containers["x"] = facts.Container{User: ptr("939")} }, ""},
		{"port", func(f, _ *facts.Facts) { f.Containers["x"] = facts.Container{Ports: []string{"8989:1"}} }, "port-shared error 8989/tcp [sonarr x]"},
		{"port on another address", func(f, _ *facts.Facts) { f.Containers["x"] = facts.Container{Ports: []string{"10.0.0.2:7879:1"}} }, ""},
		{"port on another host", func(_, n *facts.Facts) { n.Containers["x"] = facts.Container{Ports: []string{"8989:1"}} }, ""},
		{"ports of two ranges", func(f, _ *facts.Facts) {
			f.Containers["x"], f.Containers["y"] = facts.Container{Ports: []string{"100-120:1"}}, facts.Container{Ports: []string{"110-130:1"}}
		}, "port-shared error 110-120/tcp [x y]"},
		{"host name", func(f, _ *facts.Facts) { f.Vhosts["x"] = facts.Vhost{Enable: true, HostName: ptr("SONARR.example")} }, "hostname-shared error sonarr.example [sonarr x]"},
		{"backend of another service", func(f, _ *facts.Facts) {
			f.Vhosts["radarr"] = facts.Vhost{Enable: true, HostName: ptr("r.example"), Backend: f.Vhosts["sonarr"].Backend}
		}, "port-of-other warning 8989/tcp [radarr sonarr]"},
		{"mountpoint", func(f, _ *facts.Facts) { f.Datasets["x"] = facts.Dataset{MountPoint: ptr("/var/lib/hass/")} }, "dataset-mountpoint error /var/lib/hass [home-assistant x]"},
		{"network mount on a dataset", func(f, _ *facts.Facts) { f.Mounts["x"] = facts.Mount{LocalPath: ptr("/var/lib/hass")} }, "dataset-mountpoint error /var/lib/hass [home-assistant x]"},
		{"host name on two hosts", func(_, n *facts.Facts) { n.Vhosts["x"] = facts.Vhost{Enable: true, HostName: ptr("Sonarr.example")} }, "hostname-shared warning sonarr.example [sonarr x]"},
		{"host name on the image of a host", func(f, n *facts.Facts) {
			n.Host.HostName = f.Host.HostName
			n.Vhosts["sonarr"] = f.Vhosts["sonarr"]
		}, ""},
		{"another user on another host", func(_, n *facts.Facts) { n.Users["x"] = user(915) }, "uid-across-hosts"},
		{"another group on another host", func(_, n *facts.Facts) { n.Groups["x"] = group(65538); n.Groups["media"] = group(65537) }, ""},
		{"gid of another group", func(f, n *facts.Facts) { f.Groups["x"], n.Groups["y"] = group(931), group(931) }, "gid-across-hosts warning 931 [x y]"},
		{"another id on another host", func(_, n *facts.Facts) { n.Users["radarr"] = user(932) }, "id-differs-across-hosts warning radarr [radarr]"},
		{"people may differ", func(_, n *facts.Facts) {
			delete(n.Users, "someone")
			n.Users["other"] = facts.User{UID: ptr(int64(1000)), IsNormalUser: true, At: at("u.nix")}
		}, ""},
		{"reserved by NixOS", func(f, _ *facts.Facts) { f.Users["x"] = user(71) }, "id-reserved warning 71 [x postgres]"},
		{"reserved for dynamic users", func(f, _ *facts.Facts) { f.Users["x"] = user(61184) }, "id-reserved warning 61184 [x]"},
		{"subordinate ids", func(f, _ *facts.Facts) { f.Groups["x"] = group(100000) }, "id-reserved warning 100000 [x]"},
		{"dynamic", func(f, _ *facts.Facts) { f.Users["x"], f.Users["idless"] = user(999), facts.User{} }, "id-in-dynamic-range warning 999 [x]"},
		{"clear of the dynamic", func(f, _ *facts.Facts) { f.Users["x"], f.Users["idless"] = user(998), facts.User{} }, ""},
		{"dynamic, and no account declares it", func(f, _ *facts.Facts) {
			f.Services["x"], f.Users["idless"] = service("x", true, map[string]any{"user": "999"}), facts.User{}
		}, "id-in-dynamic-range warning 999 [x]"},
		{"unreadable", func(f, _ *facts.Facts) { f.Unreadable = []facts.Unreadable{{Cell: "container x", Reason: "throws"}} }, "value-not-read note container x [x]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			hosts := fleet()
			c.change(hosts["forge"], hosts["nas"])
			r := conflict.Judge(input(hosts))
			require.Equal(t, r, conflict.Judge(input(hosts)), "the same every time")
			if c.want == "" {
				require.Empty(t, r.Findings)
				return
			}
			require.NotEmpty(t, r.Findings)
			f := r.Findings[0]
			require.NotEmpty(t, f.Message)
			require.NotEmpty(t, f.Advice)
			require.Contains(t, fmt.Sprint(f.Rule, " ", f.Severity, " ", f.Value, " ", f.Owners()), c.want)
			if len(f.Owners()) > 0 && c.want != string(f.Rule) {
				require.Len(t, r.Findings, 1, "one thing is told once")
			}
		})
	}
}

// TestFreeAlternative: the allocator that the plan uses says what to take.
func TestFreeAlternative(t *testing.T) {
	hosts := fleet()
	hosts["forge"].Users["x"] = user(915)
	hosts["nas"].Users["a"], hosts["nas"].Groups["b"] = user(900), group(902)
	require.Contains(t, conflict.Judge(input(hosts)).Findings[0].Advice, "903 is free on all hosts")
	hosts = fleet()
	hosts["forge"].Containers["x"] = facts.Container{Ports: []string{"8989:1", "9089:1"}}
	f := conflict.Judge(input(hosts)).Findings[0]
	require.Contains(t, f.Advice, "9189 is free on forge")
	require.Contains(t, f.Advice, "modules.proxy.sonarr.backend.port", "what refers to it is told")
}

// TestOnHost: the host's own maps close what evaluation cannot see.
func TestOnHost(t *testing.T) {
	withMap := func(uids map[string]int64) conflict.Result {
		hosts := fleet()
		hosts["forge"].Users["x"], hosts["forge"].Users["idless"] = user(999), facts.User{}
		in := input(hosts)
		h := in.Hosts["forge"]
		h.OnHost, h.HasUIDs = claim.ReadIDMap(claim.UID, "forge", "uid-map", uids), true
		in.Hosts["forge"] = h
		return conflict.Judge(in)
	}
	require.Empty(t, withMap(map[string]int64{"idless": 998, "x": 999}).Findings)
	f := withMap(map[string]int64{"idless": 999}).Findings
	require.Len(t, f, 1)
	require.Equal(t, conflict.IDTakenOnHost, f[0].Rule)
	require.Equal(t, []string{"x", "idless"}, f[0].Owners())
	f = withMap(map[string]int64{"x": 997}).Findings
	require.Len(t, f, 1)
	require.Equal(t, conflict.IDChangedOnHost, f[0].Rule)
}

func TestExceptions(t *testing.T) {
	judge := func(notChecked bool, e ...conflict.Exception) conflict.Result {
		hosts := fleet()
		hosts["forge"].Users["x"] = user(915)
		hosts["forge"].Containers["y"] = facts.Container{Ports: []string{"8989:1"}}
		in := input(hosts)
		in.Exceptions = e
		if notChecked {
			in.NotChecked["broken"] = "does not evaluate"
		}
		return conflict.Judge(in)
	}
	uid := conflict.Exception{Rule: "uid-shared", Value: "915", Owners: []string{"x", "sonarr"}, Reason: "why"}
	port := conflict.Exception{Rule: "port-shared", Value: "8989", Reason: "why"}
	require.Len(t, judge(false).Findings, 2)
	r := judge(false, uid, port)
	require.Empty(t, r.Findings)
	require.Equal(t, "why", r.Excepted[0].Reason)
	for _, e := range []conflict.Exception{
		{Rule: "gid-shared", Value: "915", Reason: "r"}, {Rule: "uid-shared", Value: "916", Reason: "r"},
		{Rule: "uid-shared", Owners: []string{"x", "radarr"}, Reason: "r"},
	} {
		r := judge(false, e)
		require.Len(t, r.Findings, 3)
		require.Equal(t, conflict.ExceptionUnused, r.Findings[2].Rule)
		require.Contains(t, r.Findings[2].Message, "reason given: r")
		require.Len(t, judge(true, e).Findings, 3, "it may match on the host that is not checked")
	}
	require.Equal(t, conflict.HostNotChecked, judge(true).Findings[2].Rule)
	require.Len(t, judge(true, conflict.Exception{Rule: "host-not-checked", Value: "broken", Reason: "r"}).Findings, 3, "that cannot be allowed")
}

// TestDevices: a device that has one user at a time, and one that has several.
func TestDevices(t *testing.T) {
	f := facts.New()
	f.Host = facts.Host{Name: "forge", HostName: ptr("forge")}
	give := func(device string) facts.Container {
		return facts.Container{ExtraOptions: []string{"--device=" + device}}
	}
	f.Containers["films"], f.Containers["cameras"] = give("/dev/dri:/dev/dri"), give("/dev/dri")
	f.Containers["zigbee"] = facts.Container{Devices: []string{"/dev/ttyUSB0"}, ExtraOptions: []string{"--device=/dev/ttyUSB0"}}
	of := func() []conflict.Finding {
		return conflict.Judge(conflict.Input{Hosts: map[string]conflict.Host{"forge": {Facts: f, Claims: claim.Of(f)}}}).Findings
	}
	require.Empty(t, of(), "one container is told twice, and several may use a card")
	f.Containers["zwave"] = give("/dev/ttyUSB0:/dev/stick")
	found := of()
	require.Len(t, found, 1)
	require.Equal(t, conflict.DeviceShared, found[0].Rule)
	require.Len(t, found[0].Parties, 2)
	require.Contains(t, found[0].Message, "/dev/ttyUSB0 of forge")
}

// TestRules: every rule has a name and says what it is about.
func TestRules(t *testing.T) {
	seen := map[conflict.Rule]bool{}
	for _, r := range conflict.Rules() {
		require.NotEmpty(t, r.About)
		require.False(t, seen[r.Rule])
		seen[r.Rule] = true
	}
	require.Len(t, seen, 18)
}
