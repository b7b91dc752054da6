package facts_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

func decode(t *testing.T, data string) *facts.Facts {
	t.Helper()
	f, err := facts.Decode([]byte(data))
	require.NoError(t, err)
	return f
}

func ptr[T any](v T) *T { return &v }

// TestDecodeModule puts the parts of a native module together, in any order.
func TestDecodeModule(t *testing.T) {
	const (
		native = `"native":{"name":"x","enabled":true,"options":{"a":{"type":"str","description":"d"}}}`
		inside = `"nativeInside":{"inside":{"settings.Port":{"default":80}},"authentication":[{"path":"settings.oidc","kind":"oidc","type":"str","description":"d"}]}`
		values = `"nativeValues":{"digests":{"settings.a":"00"}}`
		units  = `"nativeUnits":{"units":{"x":{"starts":true}}}`
	)
	want := &facts.NativeModule{
		Name: "x", Enabled: true,
		Options:        map[string]facts.NativeOption{"a": {Type: "str", Description: "d"}},
		Inside:         map[string]facts.NativeOption{"settings.Port": {Default: 80.0}},
		Authentication: []facts.NativeAuthOption{{Path: "settings.oidc", Kind: facts.AuthOIDC, Type: "str", Description: "d"}},
		Units:          map[string]facts.UnitDetail{"x": {Starts: true}},
		Digests:        map[string]string{"settings.a": "00"},
	}
	for _, text := range []string{native + "," + inside + "," + values + "," + units, units + "," + values + "," + inside + "," + native} {
		f, err := facts.Decode([]byte("{" + text + "}"))
		require.NoError(t, err)
		require.Equal(t, want, f.Native)
	}
	f, err := facts.Decode([]byte("{" + inside + "," + units + "}"))
	require.NoError(t, err)
	require.Nil(t, f.Native, "the module itself could not be evaluated")
	f, err = facts.Decode([]byte("{" + native + "}"))
	require.NoError(t, err)
	require.Empty(t, f.Native.Units)
	_, err = facts.Decode([]byte(`{` + native + `,"nativeInside":{"authentication":[{"path":1}]}}`))
	require.ErrorContains(t, err, `cell "nativeInside": authentication.0.path is 1, and a string is expected`)
}

// TestDecodedTextIsPlain: what a package or a module says of itself is one short
// line that does nothing to a terminal.
func TestDecodedTextIsPlain(t *testing.T) {
	for text, want := range map[string]string{
		`a\n\tb  c`:              "a b c",
		`\u001b[31mred\u0007`:    "[31mred",
		`a\u202eb\u2028c\u0085`:  "a b c",
		`  `:                     "",
		`ünï 漢`:                  "ünï 漢",
		`${x} \"q\"`:             `${x} "q"`,
		strings.Repeat("ä", 200): strings.Repeat("ä", 148) + "...",
	} {
		f := decode(t, `{"package":{"attribute":"`+text+`","version":"`+text+`","description":"`+text+`","licenses":["`+text+`"],"vulnerabilities":["`+text+`"]},
			"native":{"name":"x","options":{"a":{"description":"`+text+`","default":"`+text+`"}}},
			"nativeInside":{"inside":{"a":{"description":"`+text+`"}},"authentication":[{"path":"`+text+`","description":"`+text+`"}]}}`)
		p := f.Package
		for _, got := range []string{
			p.Attribute, *p.Version, *p.Description, p.Licenses[0], p.Vulnerabilities[0], f.Native.Options["a"].Description,
			f.Native.Inside["a"].Description, f.Native.Authentication[0].Path, f.Native.Authentication[0].Description,
		} {
			require.Equal(t, want, got)
		}
	}
	long := decode(t, `{"native":{"name":"x","options":{"a":{"default":"a\nb"}}}}`)
	require.Equal(t, "a\nb", long.Native.Options["a"].Default, "values stay what they are")
	near := decode(t, `{"near":{"natives":["a-b","a b","a\nb","","ä","${x}","a.b","1a","_a'b"],"packages":["`+strings.Repeat("a", 101)+`","b"]}}`).Near
	require.Equal(t, facts.Near{Natives: []string{"a-b", "_a'b"}, Packages: []string{"b"}}, near, "names that can be given as an answer")
}

func TestUsable(t *testing.T) {
	require.False(t, (*facts.Package)(nil).Usable())
	for _, p := range []facts.Package{{Broken: true}, {Refused: true}, {Throws: true}} {
		require.False(t, p.Usable(), "%+v", p)
	}
	// Where the repo permits it, what is insecure or unfree can be built.
	for _, p := range []facts.Package{{}, {Insecure: true}, {Unfree: true}, {Unsupported: true}} {
		require.True(t, p.Usable(), "%+v", p)
	}
}

// TestDecodeCells decodes every kind of cell, each alone.
func TestDecodeCells(t *testing.T) {
	for _, c := range []struct {
		cell, value string
		got         func(f *facts.Facts) any
		want        any
	}{
		{
			"host", `{"host":"forge","hostName":"forge","domain":null,"system":"x86_64-linux","source":"/nix/store/x","unstable":true}`,
			func(f *facts.Facts) any { return f.Host },
			facts.Host{Name: "forge", HostName: ptr("forge"), System: ptr("x86_64-linux"), Source: "/nix/store/x", Unstable: true},
		},
		{
			"users sonarr", `{"uid":915,"group":"media","extraGroups":["a","b"],"isSystemUser":true,"isNormalUser":false,"home":"/x"}`,
			func(f *facts.Facts) any { return f.Users },
			map[string]facts.User{"sonarr": {UID: ptr(int64(915)), Group: ptr("media"), ExtraGroups: []string{"a", "b"}, IsSystemUser: true, Home: ptr("/x")}},
		},
		{"groups media", `{"gid":65537}`, func(f *facts.Facts) any { return *f.Groups["media"].GID }, int64(65537)},
		{
			"ids", `{"uids":{"root":0},"gids":{"wheel":1}}`, func(f *facts.Facts) any { return f.StaticIDs },
			facts.StaticIDs{UIDs: map[string]int64{"root": 0}, GIDs: map[string]int64{"wheel": 1}},
		},
		{"root", `{"path":["modules","services"],"count":20}`, func(f *facts.Facts) any { return f.Root }, []string{"modules", "services"}},
		{
			"hubs", `{"proxy":{"path":["m","v"],"fields":["backend"],"required":["hostName"],"declared":{"file":"a.nix","line":3},"names":["x"]},"alerts":null}`,
			func(f *facts.Facts) any { return f.Hubs },
			map[facts.HubKind]*facts.Hub{
				facts.Proxy: {
					Path: []string{"m", "v"}, Fields: []string{"backend"}, Required: []string{"hostName"},
					Declared: &facts.Position{File: "a.nix", Line: 3}, Names: []string{"x"},
				},
				facts.AlertsHub: nil,
			},
		},
		{
			"units x", `{"user":"x","group":null,"dynamicUser":true,"onFailure":["n.service"]}`, func(f *facts.Facts) any { return f.Units["x"] },
			facts.Unit{User: ptr("x"), DynamicUser: true, OnFailure: []string{"n.service"}},
		},
		{
			"timer x", `{"calendar":["daily"],"persistent":true,"delay":null,"unit":"y.service","wantedBy":["timers.target"]}`,
			func(f *facts.Facts) any { return f.Schedules["x"] },
			facts.Timer{Calendar: []string{"daily"}, Persistent: true, Unit: ptr("y.service"), WantedBy: []string{"timers.target"}},
		},
		{
			"stale lib/x.nix", `{"mkStaleAlert":{"expr":"time() - x_check > 600","metrics":{"x_check":["x-check"]}}}`,
			func(f *facts.Facts) any { return f.Stale["lib/x.nix"]["mkStaleAlert"] },
			facts.StaleCheck{Expr: "time() - x_check > 600", Metrics: map[string][]string{"x_check": {"x-check"}}},
		},
		{
			"nodeExporter", `{"enabled":true,"collectors":["systemd"],"textfiles":"/t","units":[],"user":"u","group":null}`, func(f *facts.Facts) any { return f.NodeExporter },
			facts.NodeExporter{Enabled: true, Collectors: []string{"systemd"}, Textfiles: ptr("/t"), Units: []string{}, User: ptr("u")},
		},
		{"timers", `["a","b"]`, func(f *facts.Facts) any { return f.Timers }, []string{"a", "b"}},
		{
			"focus x", `{"user":"u","type":"oneshot","after":["a"],"requiresMountsFor":["/x"],"hardening":["PrivateTmp"],"starts":true}`,
			func(f *facts.Facts) any { return f.Focus["x"] },
			facts.UnitDetail{
				Unit: facts.Unit{User: ptr("u")}, Type: ptr("oneshot"), After: []string{"a"},
				RequiresMountsFor: []string{"/x"}, Hardening: []string{"PrivateTmp"}, Starts: true,
			},
		},
		{
			"socket x", `{"streams":["80"],"datagrams":[],"at":{"file":"x.nix","line":2}}`, func(f *facts.Facts) any { return f.Sockets["x"] },
			facts.Socket{Streams: []string{"80"}, Datagrams: []string{}, At: &facts.Position{File: "x.nix", Line: 2}},
		},
		{"firewall", `{"enabled":true,"tcp":[22],"udp":[]}`, func(f *facts.Facts) any { return f.Firewall }, facts.Firewall{Enabled: true, TCP: []int64{22}, UDP: []int64{}}},
		{
			"upstream x", `{"enabled":true,"enabledIn":["x.nix"],"ports":[{"option":"services.x.port","port":80,"address":null,"listen":null,"at":null}],"proxy":false}`,
			func(f *facts.Facts) any { return f.Upstream["x"] },
			facts.Upstream{Enabled: true, EnabledIn: []string{"x.nix"}, Ports: []facts.UpstreamPort{{Option: "services.x.port", Port: 80}}},
		},
		{
			"policies", `[{"name":"media","path":"a.b","injects":true},{"name":"x","path":"a.b","injects":null}]`, func(f *facts.Facts) any { return f.Policies },
			[]facts.Policy{{Name: "media", Path: "a.b", Injects: ptr(true)}, {Name: "x", Path: "a.b"}},
		},
		{
			"identity", `{"providers":[{"name":"sso","path":"a.b","issuer":"https://id.x","discovery":null}],"unit":"caddy","templates":["caddy-env"]}`,
			func(f *facts.Facts) any { return f.Identity },
			facts.Identity{Providers: []facts.IdentityProvider{{Name: "sso", Path: "a.b", Issuer: ptr("https://id.x")}}, Unit: ptr("caddy"), Templates: []string{"caddy-env"}},
		},
		{"secrets", `["a/b"]`, func(f *facts.Facts) any { return f.Secrets }, []string{"a/b"}},
		{"templates", `{"env":{"variables":["KEY"]}}`, func(f *facts.Facts) any { return f.Templates["env"].Variables }, []string{"KEY"}},
		{
			"arguments", `{"mylib":{"members":{"types":{"kind":"set","members":{"t":{"kind":"type","fields":["a"]}}}}}}`,
			func(f *facts.Facts) any { return f.Arguments["mylib"].Members["types"].Members["t"].Fields }, []string{"a"},
		},
		{
			"registries", `[{"path":["mylib","ids"],"file":null,"entries":{"x":{"uid":1,"gid":null,"line":4,"fields":["uid"]}}}]`,
			func(f *facts.Facts) any { return f.Registries },
			[]facts.Registry{{Path: []string{"mylib", "ids"}, Entries: map[string]facts.RegistryEntry{"x": {UID: ptr(int64(1)), Line: 4, Fields: []string{"uid"}}}}},
		},
		{"networks", `["n"]`, func(f *facts.Facts) any { return f.Networks }, []string{"n"}},
		{
			"scrapes", `[{"job":"j","path":"/m","targets":["a:1"]}]`, func(f *facts.Facts) any { return f.Scrapes },
			[]facts.Scrape{{Job: "j", Path: "/m", Targets: []string{"a:1"}}},
		},
		{"native", `null`, func(f *facts.Facts) any { return f.Native == nil }, true},
		{
			"native", `{"name":"x","enabled":true,"options":{"port":{"type":"port","hasDefault":true,"default":80,"fields":[]}},"units":{"x":{"starts":true}}}`,
			func(f *facts.Facts) any { return f.Native },
			&facts.NativeModule{
				Name: "x", Enabled: true, Options: map[string]facts.NativeOption{"port": {Type: "port", HasDefault: true, Default: 80.0, Fields: []string{}}},
				Units: map[string]facts.UnitDetail{"x": {Starts: true}},
			},
		},
		{"package", `null`, func(f *facts.Facts) any { return f.Package == nil }, true},
		{"nativeInside", `{"inside":{"a.b":{}}}`, func(f *facts.Facts) any { return f.Native == nil }, true},
		{"nativeUnits", `null`, func(f *facts.Facts) any { return f.Native == nil }, true},
		{"near", `{"natives":["a"],"packages":[]}`, func(f *facts.Facts) any { return f.Near }, facts.Near{Natives: []string{"a"}, Packages: []string{}}},
		{
			"package", `{"attribute":"x","version":"1","broken":true,"licenses":["MIT"],"insecure":true,"vulnerabilities":["v"],"unfree":true,"unsupported":true,"refused":true,"throws":false}`,
			func(f *facts.Facts) any { return f.Package },
			&facts.Package{Attribute: "x", Version: ptr("1"), Broken: true, Licenses: []string{"MIT"}, Insecure: true, Vulnerabilities: []string{"v"}, Unfree: true, Unsupported: true, Refused: true},
		},
		{"unstablePackage", `{"version":"2"}`, func(f *facts.Facts) any { return f.Unstable }, &facts.Package{Version: ptr("2")}},
		{"datasetRoot", `"tank/services"`, func(f *facts.Facts) any { return f.DatasetRoot }, "tank/services"},
		{"protection", `null`, func(f *facts.Facts) any { return f.Protection == nil }, true},
		{
			"protection", `{"optional":true,"fields":{"class":{"required":true,"enum":["critical"],"default":null},"may":{"required":false,"enum":[],"default":false}}}`,
			func(f *facts.Facts) any { return f.Protection },
			&facts.ProtectionPolicy{Optional: true, Fields: map[string]facts.ProtectionField{"class": {Required: true, Enum: []string{"critical"}}, "may": {Enum: []string{}, Default: false}}},
		},
		{
			"dataset p", `{"protection":{"class":"critical","objectives":{"rto":60,"rpo":null},"requiredTiers":["backup"],"allowEmptyBootstrap":true,"mechanism":null}}`,
			func(f *facts.Facts) any { return f.Datasets["p"].Protection },
			&facts.Protection{Class: "critical", Objectives: map[string]*int64{"rto": ptr(int64(60)), "rpo": nil}, RequiredTiers: []string{"backup"}, AllowEmptyBootstrap: ptr(true)},
		},
		{
			"container e", `{"exposed":[{"where":"volumes","secret":"x/key"}]}`, func(f *facts.Facts) any { return f.Containers["e"].Exposed },
			[]facts.Exposed{{Where: "volumes", Secret: "x/key"}},
		},
		{
			"focus preseed-x", `{"datasets":["nas:backup/x"],"exposed":[]}`, func(f *facts.Facts) any { return f.Focus["preseed-x"] },
			facts.UnitDetail{Datasets: []string{"nas:backup/x"}, Exposed: []facts.Exposed{}},
		},
		{
			"restarts", `{"secrets":{"a/b":["a.service"]},"templates":{},"options":{"secrets":true,"templates":false}}`, func(f *facts.Facts) any { return f.Restarts },
			facts.Restarts{Secrets: map[string][]string{"a/b": {"a.service"}}, Templates: map[string][]string{}, Options: facts.RestartOptions{Secrets: true}},
		},
		{"datasetRoot", `null`, func(f *facts.Facts) any { return f.DatasetRoot }, ""},
		{"assertions", `["a"]`, func(f *facts.Facts) any { return f.Assertions }, []string{"a"}},
		{"warnings", `["w"]`, func(f *facts.Facts) any { return f.Warnings }, []string{"w"}},
		{"toplevel", `"/nix/store/x.drv"`, func(f *facts.Facts) any { return f.Toplevel }, "/nix/store/x.drv"},
		{
			"service x", `{"declared":{"file":"x.nix","line":1},"enabled":true,"definedIn":["h.nix"],"options":{"preseed.enable":{"type":"bool","value":true}}}`,
			func(f *facts.Facts) any { return f.Services["x"] },
			facts.Service{
				Declared: &facts.Position{File: "x.nix", Line: 1}, Enabled: true, DefinedIn: []string{"h.nix"},
				Options: map[string]facts.Option{"preseed.enable": {Type: "bool", Value: true}},
			},
		},
		{
			"container x", `{"image":"i","ports":["1:1"],"user":null,"environmentFiles":2}`, func(f *facts.Facts) any { return f.Containers["x"] },
			facts.Container{Image: ptr("i"), Ports: []string{"1:1"}, EnvironmentFiles: 2},
		},
		{
			"vhost x", `{"enable":true,"hostName":"h","backend":{"scheme":null,"host":"a","port":80},"auth":true,"policy":"p","bypasses":["bypassPaths"],"extraConfig":"e"}`,
			func(f *facts.Facts) any { return f.Vhosts["x"] },
			facts.Vhost{Enable: true, HostName: ptr("h"), Backend: &facts.Backend{Host: ptr("a"), Port: ptr(int64(80))}, Auth: true, Policy: ptr("p"), Bypasses: []string{"bypassPaths"}, ExtraConfig: "e"},
		},
		{"dataset x", `{"recordsize":"16K"}`, func(f *facts.Facts) any { return f.Datasets["x"] }, facts.Dataset{RecordSize: ptr("16K")}},
		{"alert x", `{"alertname":"A","for":"5m","severity":"high"}`, func(f *facts.Facts) any { return f.Alerts["x"] }, facts.Alert{Name: ptr("A"), For: ptr("5m"), Severity: ptr("high")}},
		{
			"snapshot tank/x", `{"useTemplate":["s"],"replication":{"targetHost":"h","targetDataset":null}}`,
			func(f *facts.Facts) any { return f.Snapshots["tank/x"] },
			facts.Snapshot{UseTemplate: []string{"s"}, Replication: &facts.Replication{TargetHost: ptr("h")}},
		},
		{
			"dashboard x", `{"group":"G","href":"u","widget":{"type":"x"}}`, func(f *facts.Facts) any { return f.Dashboard["x"] },
			facts.Tile{Group: ptr("G"), HRef: ptr("u"), Widget: map[string]any{"type": "x"}},
		},
		{
			"blackbox x", `{"url":"u","conditions":["c"],"alerts":1,"told":[{"type":"mail","fields":["type"],"failures":3,"successes":2}]}`, func(f *facts.Facts) any { return f.BlackBox["x"] },
			facts.Probe{URL: ptr("u"), Conditions: []string{"c"}, Alerts: 1, Told: []facts.ProbeAlert{{Type: ptr("mail"), Fields: []string{"type"}, Failures: 3, Successes: 2}}},
		},
		{
			"job x", `{"paths":["/a"],"useSnapshots":true,"zfsDataset":"t"}`, func(f *facts.Facts) any { return f.BackupJobs["x"] },
			facts.BackupJob{Paths: []string{"/a"}, UseSnapshots: true, ZFSDataset: ptr("t")},
		},
		{"mount x", `{"localPath":"/m","unit":"m.mount"}`, func(f *facts.Facts) any { return f.Mounts["x"] }, facts.Mount{LocalPath: ptr("/m"), Unit: ptr("m.mount")}},
		{
			"helpers lib/x.nix", `{"arguments":["lib"],"missing":[],"members":{"f":{"kind":"function","formals":{"a":true},"arity":1}},"values":{"v":{"k":{"policy":"p"}}}}`,
			func(f *facts.Facts) any { return f.Libraries["lib/x.nix"] },
			facts.Library{
				Arguments: []string{"lib"}, Missing: []string{},
				Members: map[string]facts.Member{"f": {Kind: "function", Formals: map[string]bool{"a": true}, Arity: 1}},
				Values:  map[string]map[string]any{"v": {"k": map[string]any{"policy": "p"}}},
			},
		},
	} {
		t.Run(c.cell, func(t *testing.T) {
			f := decode(t, `{"`+c.cell+`":`+c.value+`}`)
			require.Equal(t, c.want, c.got(f))
			require.Empty(t, f.Unreadable)
		})
	}
}

func TestDecodeNothing(t *testing.T) {
	require.Equal(t, facts.New(), decode(t, "{}"), "an absent cell is no error")
	v := reflect.ValueOf(*facts.New())
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Map {
			require.False(t, v.Field(i).IsNil(), "%s can be written to", v.Type().Field(i).Name)
		}
	}
}

// TestDecodeRefuses gives it what facts.nix never says.
func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", ``, "decode facts: not valid JSON"},
		{"cut off", `{"timers":["a"`, "decode facts: not valid JSON"},
		{"what Nix 2.8 prints when it fails", `{"timers":["a"],"host":}`, "decode facts: not valid JSON"},
		{"more than one", `{} {}`, "decode facts: not valid JSON"},
		{"list", `[]`, "decode facts: JSON instead of an object"},
		{"string", `"x"`, "decode facts: String instead of an object"},
		{"null", `null`, "decode facts: Null instead of an object"},
		{"unknown cell", `{"hosts":{}}`, `decode facts: cell "hosts": unknown cell`},
		{"unknown kind of entry", `{"virus x":{}}`, `decode facts: cell "virus x": unknown cell`},
		{"entry without a name", `{"service":{}}`, `decode facts: cell "service": unknown cell`},
		{"name without a kind", `{" x":{}}`, `decode facts: cell " x": unknown cell`},
		{"cell with a name", `{"host x":{}}`, `decode facts: cell "host x": unknown cell`},
		{"cell twice", `{"timers":["a"],"timers":["b"]}`, `decode facts: cell "timers": is there twice`},
		{"entry twice", `{"service x":{},"service x":{}}`, `decode facts: cell "service x": is there twice`},
		{"mistyped entry twice", `{"service x":{},"service x":1}`, `decode facts: cell "service x": is there twice`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := facts.Decode([]byte(c.data))
			require.EqualError(t, err, c.want)
			require.Nil(t, f)
		})
	}
}

// TestDecodeTypes puts values of other types where one is expected.
func TestDecodeTypes(t *testing.T) {
	for _, c := range []struct{ cell, value, want string }{
		{"host", `[]`, "it is a list, and an object is expected"},
		{"host", `null`, "it is null, and an object is expected"},
		{"host", `{"host":1}`, "host is 1, and a string is expected"},
		{"host", `{"host":null}`, "host is null, and a string is expected"},
		{"host", `{"unstable":"yes"}`, "unstable is a string, and true or false is expected"},
		{"users x", `{"uid":"915"}`, "uid is a string, and an integer is expected"},
		{"users x", `{"uid":1.5}`, "uid is 1.5, and an integer is expected"},
		{"users x", `{"uid":12345678901234567890123}`, "uid is 12345678901234567890123, and an integer is expected"},
		{"users x", `{"uid":9223372036854775808}`, "uid is 9223372036854775808, and an integer is expected"},
		{"users x", `null`, "it is null, and an object is expected"},
		{"users x", `{"isSystemUser":null}`, "isSystemUser is null, and true or false is expected"},
		{"users x", `{"extraGroups":["a",null]}`, "extraGroups.1 is null, and a string is expected"},
		{"templates", `{"a.b":{"variables":1}}`, "a.b.variables is 1, and a list is expected"},
		{"groups x", `{"gid":true}`, "gid is true, and an integer is expected"},
		{"ids", `{"uids":{"x":null}}`, "uids.x is null, and an integer is expected"},
		{"root", `{"path":"modules.services"}`, "path is a string, and a list is expected"},
		{"hubs", `{"proxy":{"declared":{"file":null,"line":1}}}`, "proxy.declared.file is null, and a string is expected"},
		{"units x", `{"user":0}`, "user is 0, and a string is expected"},
		{"focus x", `{"dynamicUser":null}`, "dynamicUser is null, and true or false is expected"},
		{"timer x", `{"persistent":null}`, "persistent is null, and true or false is expected"},
		{"nodeExporter", `{"enabled":1}`, "enabled is 1, and true or false is expected"},
		{"stale x", `{"f":{"metrics":["m"]}}`, "f.metrics is a list, and an object is expected"},
		{"timers", `{}`, "it is an object, and a list is expected"},
		{"upstream x", `{"ports":[{"port":null}]}`, "ports.0.port is null, and an integer is expected"},
		{"registries", `[{"path":["a"],"entries":{"x":{"uid":null,"line":null}}}]`, "0.entries.x.line is null, and an integer is expected"},
		{"protection", `{"optional":null}`, "optional is null, and true or false is expected"},
		{"dataset x", `{"protection":{"class":null}}`, "protection.class is null, and a string is expected"},
		{"datasetRoot", `1`, "it is 1, and a string is expected"},
		{"toplevel", `null`, "it is null, and a string is expected"},
		{"service x", `[]`, "it is a list, and an object is expected"},
		{"service x", `{"options":{"a.b":{"hasDefault":null}}}`, "options.a.b.hasDefault is null, and true or false is expected"},
		{"container x", `{"ports":{"1":1}}`, "ports is an object, and a list is expected"},
		{"vhost x", `{"backend":{"port":"80"}}`, "backend.port is a string, and an integer is expected"},
		{"vhost x", `{"extraConfig":null}`, "extraConfig is null, and a string is expected"},
		{"dataset x", `{"recordsize":131072}`, "recordsize is 131072, and a string is expected"},
		{"alert x", `{"severity":2}`, "severity is 2, and a string is expected"},
		{"snapshot x", `{"useTemplate":"services"}`, "useTemplate is a string, and a list is expected"},
		{"dashboard x", `{"widget":[]}`, "widget is a list, and an object is expected"},
		{"blackbox x", `{"conditions":[{"status":200}]}`, "conditions.0 is an object, and a string is expected"},
		{"job x", `{"useSnapshots":"x"}`, "useSnapshots is a string, and true or false is expected"},
		{"mount x", `null`, "it is null, and an object is expected"},
		{"helpers x", `{"members":{"f":{"arity":null}}}`, "members.f.arity is null, and an integer is expected"},
	} {
		t.Run(c.cell+" "+c.value, func(t *testing.T) {
			f, err := facts.Decode([]byte(`{"` + c.cell + `":` + c.value + `,"mount other":{}}`))
			if !strings.Contains(c.cell, " ") {
				require.EqualError(t, err, `decode facts: cell "`+c.cell+`": `+c.want)
				return
			}
			// An entry's fields are the repo's to declare: the others stay.
			require.NoError(t, err)
			require.Equal(t, []facts.Unreadable{{Cell: c.cell, Reason: c.want}}, f.Unreadable)
			require.Len(t, f.Mounts, 1)
			require.Empty(t, f.Services)
		})
	}
}

func TestDecodeSortsWhatIsUnreadable(t *testing.T) {
	f := decode(t, `{"vhost b":1,"mount z":2,"vhost a":3,"alert x":4}`)
	var cells []string
	for _, u := range f.Unreadable {
		cells = append(cells, u.Cell)
	}
	require.Equal(t, []string{"alert x", "mount z", "vhost a", "vhost b"}, cells)
}

func TestDecodeNullIsNotZero(t *testing.T) {
	f := decode(t, `{
		"users none": {"uid":null,"group":null,"home":null}, "users root": {"uid":0}, "users absent": {},
		"groups none": {"gid":null}, "groups root": {"gid":0},
		"registries": [{"path":["a","b"],"file":null,"entries":{"none":{"uid":null,"gid":null,"line":0,"fields":[]}}}],
		"vhost x": {"backend":null}, "vhost y": {"backend":{"port":null}},
		"service x": {"options":{"port":{"value":null}}}
	}`)
	require.Nil(t, f.Users["none"].UID)
	require.Nil(t, f.Users["absent"].UID)
	require.NotNil(t, f.Users["root"].UID)
	require.Zero(t, *f.Users["root"].UID)
	require.Nil(t, f.Groups["none"].GID)
	require.NotNil(t, f.Groups["root"].GID)
	require.Nil(t, f.Registries[0].Entries["none"].UID)
	require.Nil(t, f.Registries[0].Entries["none"].GID)
	require.Nil(t, f.Vhosts["x"].Backend)
	require.Nil(t, f.Vhosts["y"].Backend.Port)
	require.Nil(t, f.Services["x"].Options["port"].Value)
	require.Nil(t, f.Users["nobody of this name"].UID)
}

func TestDecodeIntegers(t *testing.T) {
	f := decode(t, `{"users most":{"uid":9223372036854775807},"users least":{"uid":-9223372036854775808},"users nobody":{"uid":65534}}`)
	require.Equal(t, int64(9223372036854775807), *f.Users["most"].UID, "not rounded as a float is")
	require.Equal(t, int64(-9223372036854775808), *f.Users["least"].UID)
	require.Equal(t, int64(65534), *f.Users["nobody"].UID)
}

// TestDecodeNames uses names that mean something to gjson, to JSON or to Nix.
func TestDecodeNames(t *testing.T) {
	for _, name := range []string{
		"a.b", "a b", " a", "a ", "a  b", "", `quo"te`, `back\slash`, "new\nline", "tab\t", "*", "a|b", "#", "@this", "é", "\u2028",
		"${x}", "name service", "0", "-", "a:b", "tank/services/x", "__proto__", "host", "NUL\x00",
	} {
		t.Run(name, func(t *testing.T) {
			kinds := map[string]func(f *facts.Facts) []string{
				"service":   func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Services)) },
				"container": func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Containers)) },
				"vhost":     func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Vhosts)) },
				"dataset":   func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Datasets)) },
				"alert":     func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Alerts)) },
				"snapshot":  func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Snapshots)) },
				"dashboard": func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Dashboard)) },
				"blackbox":  func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.BlackBox)) },
				"job":       func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.BackupJobs)) },
				"mount":     func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Mounts)) },
				"helpers":   func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Libraries)) },
				"users":     func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Users)) },
				"groups":    func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Groups)) },
				"units":     func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Units)) },
				"focus":     func(f *facts.Facts) []string { return slices.Collect(maps.Keys(f.Focus)) },
			}
			cells := map[string]any{}
			for kind := range kinds {
				cells[kind+" "+name] = map[string]any{}
			}
			data, err := json.Marshal(cells)
			require.NoError(t, err)
			f := decode(t, string(data))
			for kind, names := range kinds {
				require.Equal(t, []string{name}, names(f), kind)
			}
		})
	}
}

func TestDecodeWithinAnEntryTheLastOfTwoCounts(t *testing.T) {
	// Nix prints none twice; what matters is that it is not a mix of both.
	f := decode(t, `{"mount x":{"localPath":"/a","localPath":"/b"}}`)
	require.Equal(t, "/b", *f.Mounts["x"].LocalPath)
}

func TestDecodeIgnoresWhatItDoesNotKnowOfAnEntry(t *testing.T) {
	f := decode(t, `{"mount x":{"localPath":"/a","later":{"version":null}}}`)
	require.Equal(t, "/a", *f.Mounts["x"].LocalPath)
}

func TestHubHas(t *testing.T) {
	var none *facts.Hub
	require.False(t, none.Has("hostName"), "a repo may have no such hub")
	hub := &facts.Hub{Fields: []string{"hostName", "backend"}}
	require.True(t, hub.Has("backend"))
	require.False(t, hub.Has("back"))
	require.False(t, hub.Has(""))
}

func TestMemberTakes(t *testing.T) {
	m := facts.Member{Formals: map[string]bool{"needed": false, "optional": true}}
	require.True(t, m.Takes("needed"))
	require.True(t, m.Takes("optional"))
	require.False(t, m.Takes("other"))
	require.False(t, facts.Member{}.Takes("needed"))
}

// FuzzDecode holds that whatever is accepted was an object of known cells, is
// decoded to the same every time, and that no null became an id.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"users a":{"uid":null}}`, `{"users a":{"uid":12345678901234567890123}}`, `{"host":}`, `{"service a.b":{"enabled":true}}`,
		`{"mount x":{},"mount x":{}}`, `{"vhost x":{"backend":{"port":-0}}}`, `{"ids":{"uids":{"a":0}}}`, `{"hubs":{"proxy":null}}`,
		`{"arguments":{"a":{"members":{"b":{"members":{"c":{}}}}}}}`, `{"native":{"options":{"a":{"default":[null]}}}}`, "{\"mount \xff\":{}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := facts.Decode(data)
		if err != nil {
			require.Nil(t, got)
			require.True(t, strings.HasPrefix(err.Error(), "decode facts: "))
			return
		}
		again, err := facts.Decode(data)
		require.NoError(t, err)
		require.Equal(t, got, again)
		var plain map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(data, &plain))
		for name, raw := range plain {
			if user, ok := strings.CutPrefix(name, "users "); ok && string(raw) == `{"uid":null}` {
				require.Nil(t, got.Users[user].UID)
			}
		}
	})
}
