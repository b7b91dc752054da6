package discover_test

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// everything asks all that can be asked of forge.
var everything = discover.Query{Host: "forge", Service: "sonarr", Natives: []string{"navidrome"}, Packages: []string{"navidrome"}, Toplevel: true}

// TestFactsOfTheExamples evaluates each example with every Nix: once, with the
// same answer, and without touching the repo.
func TestFactsOfTheExamples(t *testing.T) {
	gittest.Isolate(t)
	empty := map[string][]string{
		"example":          {"Hardware", "Registries", "Protection", "Assertions", "Warnings", "Redis", "RedisUses", "Unreadable"},
		"example-registry": {"Assertions", "Warnings", "Databases", "RedisUses", "Brokers", "Unreadable"},
	}
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			var first *facts.Facts
			eachNix(t, func(t *testing.T, nix string) {
				dir := copyExample(t, name)
				before := gittest.State(t, dir)
				target, counted := openAt(t, nix, dir)
				f, err := target.Facts(t.Context(), everything)
				require.NoError(t, err)
				require.Empty(t, f.Unreadable)
				require.Equal(t, 1, counted.evaluations(t))
				require.Equal(t, before, gittest.State(t, dir))
				require.Equal(t, empty[name], emptyFields(f), "every other kind of cell has content")
				if first == nil {
					first = f
				}
				require.Equal(t, first, f)
			})
		})
	}
}

// emptyFields are the fields of facts with nothing in them.
func emptyFields(f *facts.Facts) []string {
	var names []string
	v := reflect.ValueOf(*f)
	for i := range v.NumField() {
		field := v.Field(i)
		if field.IsZero() || (field.Kind() == reflect.Map || field.Kind() == reflect.Slice) && field.Len() == 0 {
			names = append(names, v.Type().Field(i).Name)
		}
	}
	return names
}

// TestFactsAreTrue looks at one fact of every kind.
func TestFactsAreTrue(t *testing.T) {
	target, _ := openAt(t, oneNix(t), copyExample(t, "example"))
	f, err := target.Facts(t.Context(), everything)
	require.NoError(t, err)

	require.Equal(t, "forge", f.Host.Name)
	require.Equal(t, "forge", *f.Host.HostName)
	require.Equal(t, "home.example", *f.Host.Domain)
	require.Equal(t, "x86_64-linux", *f.Host.System)
	require.Equal(t, "25.11", *f.Host.StateVersion)
	require.Equal(t, "podman", *f.Host.Backend)
	require.True(t, f.Host.Unstable)
	require.Regexp(t, `^/.*-source$`, f.Host.Source)

	require.Equal(t, int64(915), *f.Users["sonarr"].UID)
	require.Equal(t, "media", *f.Users["sonarr"].Group)
	require.True(t, f.Users["sonarr"].IsSystemUser)
	require.Equal(t, int64(65537), *f.Groups["media"].GID)
	require.Equal(t, int64(0), f.StaticIDs.UIDs["root"])
	require.Equal(t, []string{"modules", "services"}, f.Root)

	require.Equal(t, []string{"modules", "services", "caddy", "virtualHosts"}, f.Hubs[facts.Proxy].Path)
	require.Contains(t, f.Hubs[facts.Proxy].Names, "sonarr")
	require.True(t, f.Hubs[facts.Proxy].Has("caddySecurity"))
	require.Contains(t, f.Hubs[facts.Proxy].Required, "hostName")
	require.Equal(t, "hosts/_modules/nixos/services/caddy/default.nix", f.Hubs[facts.Proxy].Declared.File)
	require.Equal(t, []string{"modules", "storage", "datasets", "services"}, f.Hubs[facts.DatasetsHub].Path)
	require.Equal(t, []string{"modules", "backup", "sanoid", "datasets"}, f.Hubs[facts.SnapshotsHub].Path)
	require.Equal(t, []string{"modules", "alerting", "rules"}, f.Hubs[facts.AlertsHub].Path)

	require.Contains(t, f.Units, "podman-sonarr")
	require.NotEmpty(t, f.Units["podman-sonarr"].OnFailure)
	require.Contains(t, f.Timers, "restic-backup-service-sonarr")
	main, restore := f.Focus["podman-sonarr"], f.Focus["preseed-sonarr"]
	require.Contains(t, main.After, "preseed-sonarr.service")
	require.Contains(t, restore.Before, "podman-sonarr.service")
	require.True(t, restore.Starts)
	require.Equal(t, "oneshot", *restore.Type)
	for name := range f.Focus {
		require.Contains(t, name, "sonarr")
	}
	require.True(t, slices.ContainsFunc(f.Upstream["prometheus"].Ports, func(p facts.UpstreamPort) bool { return p.Port == 9090 && p.Option == "services.prometheus.port" }))
	require.True(t, slices.ContainsFunc(f.Policies, func(p facts.Policy) bool { return p.Name == "media" }))
	require.True(t, *f.Policies[0].Injects)
	require.Equal(t, "https://id.home.example", *f.Identity.Providers[0].Issuer)
	require.Equal(t, "modules.services.caddy.security.identityProviders", f.Identity.Providers[0].Path)
	require.Equal(t, "caddy", *f.Identity.Unit)
	require.Equal(t, []string{"caddy-env"}, f.Identity.Templates, "the template is a file of the unit's environment")
	require.Contains(t, f.Secrets, "restic/password")
	require.Contains(t, f.Templates["homepage-env"].Variables, "HOMEPAGE_VAR_SONARR_API_KEY")
	require.Contains(t, f.Arguments, "podmanLib")
	require.NotContains(t, f.Arguments, "pkgs")
	require.Equal(t, 2, f.Arguments["podmanLib"].Members["mkContainer"].Arity)
	require.Contains(t, f.Networks, "media-services")
	require.NotEmpty(t, f.Scrapes[0].Targets)

	require.False(t, f.Native.Enabled)
	require.Equal(t, facts.NativeOption{Type: "str", HasDefault: true, Default: "navidrome", Fields: []string{}, Description: "User under which Navidrome runs."}, f.Native.Options["user"])
	require.Contains(t, f.Native.Options["settings"].Fields, "Port")
	require.Equal(t, []string{"navidrome"}, f.Native.Units["navidrome"].StateDirectory)
	require.Equal(t, "0.58.5", *f.Package.Version)
	require.NotEmpty(t, *f.Unstable.Version)
	require.Equal(t, "tank/services", f.DatasetRoot)

	sonarr := f.Services["sonarr"]
	require.True(t, sonarr.Enabled)
	require.Equal(t, "hosts/_modules/nixos/services/sonarr/default.nix", sonarr.Declared.File)
	require.Positive(t, sonarr.Declared.Line)
	require.Equal(t, []string{"hosts/forge/services/sonarr.nix"}, sonarr.DefinedIn)
	require.Equal(t, "915", sonarr.Options["user"].Value)
	require.Equal(t, true, sonarr.Options["preseed.enable"].Value)
	require.Equal(t, []any{"syncoid", "local"}, sonarr.Options["preseed.restoreMethods"].Value)
	require.False(t, f.Services["rest-server"].Enabled, "the module of another host's service is known")
	require.Contains(t, *f.Containers["sonarr"].Image, "ghcr.io/home-operations/sonarr:")
	require.Equal(t, []string{"127.0.0.1:8989:8989"}, f.Containers["sonarr"].Ports)
	require.Contains(t, f.Containers["sonarr"].Environment, "TZ")
	require.Equal(t, fmt.Sprintf("%x", sha256.Sum256([]byte("002"))), f.Containers["sonarr"].Digests["UMASK"])
	require.Empty(t, f.Containers["tautulli"].Digests, "of the service in question alone")
	vhost := f.Vhosts["sonarr"]
	require.Equal(t, "sonarr.home.example", *vhost.HostName)
	require.Equal(t, int64(8989), *vhost.Backend.Port)
	require.Equal(t, "media", *vhost.Policy)
	require.Equal(t, "16K", *f.Datasets["sonarr"].RecordSize)
	require.Equal(t, "sonarr", *f.Datasets["sonarr"].Owner)
	require.Equal(t, "SonarrServiceDown", *f.Alerts["sonarr-service-down"].Name)
	require.NotEmpty(t, *f.Snapshots["tank/services/sonarr"].Replication.TargetHost)
	require.Equal(t, "Media", *f.Dashboard["sonarr"].Group)
	require.Equal(t, "sonarr", f.Dashboard["sonarr"].Widget["type"])
	require.Equal(t, []string{"[STATUS] == any(200, 302)"}, f.BlackBox["sonarr"].Conditions)
	require.Equal(t, 1, f.BlackBox["sonarr"].Alerts)
	require.NotEmpty(t, f.Mounts["media"].LocalPath)
	require.Equal(t, 2, f.Libraries["hosts/forge/lib/defaults.nix"].Members["mkBackupWithTags"].Arity)
	require.Regexp(t, `^/.*\.drv$`, f.Toplevel)
}

// TestNoSecretIsInTheFacts holds the facts against the text of templates.
func TestNoSecretIsInTheFacts(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	replaceIn(t, dir, "hosts/forge/secrets.nix", "HOMEPAGE_VAR_SONARR_API_KEY=", "HOMEPAGE_VAR_SONARR_API_KEY=hunter2")
	replaceIn(t, dir, "hosts/_modules/nixos/services/sonarr/default.nix", `UMASK = "002"`, `UMASK = "hunter2"`)
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), everything)
	require.NoError(t, err)
	require.Contains(t, f.Templates["homepage-env"].Variables, "HOMEPAGE_VAR_SONARR_API_KEY")
	require.Contains(t, f.Containers["sonarr"].Environment, "UMASK")
	require.NotContains(t, jsonOf(t, f), "hunter2")
}

func TestFactsOfTheOtherHost(t *testing.T) {
	target, _ := openAt(t, oneNix(t), copyExample(t, "example"))
	f, err := target.Facts(t.Context(), discover.Query{Host: "nas-1"})
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	require.Equal(t, "nas-1", *f.Host.HostName)
	require.True(t, f.Services["rest-server"].Enabled)
	require.False(t, f.Services["sonarr"].Enabled)
	require.Empty(t, f.Containers)
	require.Empty(t, f.Toplevel, "not asked for")
	require.Nil(t, f.Native)
	require.Nil(t, f.Package)
	require.Empty(t, f.Focus)
}

func TestFactsOfNoHost(t *testing.T) {
	target, _ := openAt(t, oneNix(t), copyExample(t, "example"))
	for _, host := range []string{"nowhere", "for", "a.b", `q"uo${te`, ""} {
		_, err := target.Facts(t.Context(), discover.Query{Host: host})
		require.Equal(t, nixeval.MissingAttribute, nixeval.KindOf(err), "%v", err)
	}
}

// TestOnly asks for some kinds of cells.
func TestOnly(t *testing.T) {
	target, counted := openAt(t, oneNix(t), copyExample(t, "example"))
	for i, c := range []struct {
		only []string
		want []string
	}{
		{[]string{"users"}, []string{"Users"}},
		{[]string{"groups", "ids", "timers"}, []string{"Groups", "StaticIDs", "Timers"}},
		{[]string{"service"}, []string{"Services"}},
		{[]string{"vhost", "host"}, []string{"Host", "Vhosts"}},
		{[]string{"toplevel"}, []string{"Toplevel"}},
		{[]string{"no such kind"}, nil},
	} {
		f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Only: c.only, Toplevel: true})
		require.NoError(t, err)
		var filled []string
		none := emptyFields(f)
		for field := range reflect.TypeFor[facts.Facts]().Fields() {
			if !slices.Contains(none, field.Name) {
				filled = append(filled, field.Name)
			}
		}
		slices.Sort(filled)
		require.Equal(t, c.want, filled)
		require.Equal(t, i+1, counted.evaluations(t))
	}
}

func TestWhatTheTargetDoesNotHave(t *testing.T) {
	target, _ := openAt(t, oneNix(t), copyExample(t, "example"))
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Service: "no-such-service", Natives: []string{"no-such-module"}, Packages: []string{"no-such-package"}})
	require.NoError(t, err)
	require.Empty(t, f.Unreadable)
	require.Nil(t, f.Native)
	require.Nil(t, f.Package)
	require.Nil(t, f.Unstable)
	require.Empty(t, f.Focus)
}

func TestToplevelIsThatOfARebuild(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "nas-1", Toplevel: true, Only: []string{"toplevel"}})
	require.NoError(t, err)
	require.Equal(t, evalJSON(t, nix, dir, "nixosConfigurations.nas-1.config.system.build.toplevel.drvPath", "").Str, f.Toplevel)
}

func TestAnswersAreRemembered(t *testing.T) {
	nix := oneNix(t)
	dir := copyExample(t, "example")
	target, counted := openAt(t, nix, dir)
	target.Nix.Cache = &nixeval.Cache{Dir: t.TempDir()}
	q := discover.Query{Host: "nas-1"}
	first, err := target.Facts(t.Context(), q)
	require.NoError(t, err)
	second, err := target.Facts(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.Equal(t, 1, counted.evaluations(t))

	q.Packages = []string{"navidrome"}
	_, err = target.Facts(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, 2, counted.evaluations(t), "another question")

	replaceIn(t, dir, "hosts/nas-1/core.nix", "2049", "2050")
	changed, counted := openAt(t, nix, dir)
	changed.Nix.Cache = target.Nix.Cache
	_, err = changed.Facts(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, 1, counted.evaluations(t), "another tree")
}
