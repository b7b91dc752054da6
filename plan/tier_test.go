package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	discovered "holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// TestTier: what makes a service simple, moderate or complex, and what is told
// of it.
func TestTier(t *testing.T) {
	entry := func(needs ...string) *catalog.Entry {
		return &catalog.Entry{Name: "linkding", DisplayName: "Linkding", File: "catalog/linkding.yaml", Workload: "config", Needs: needs}
	}
	for name, c := range map[string]struct {
		in       plan.Input
		want     plan.Tier
		evidence []plan.Evidence
	}{
		"no state":       {with(repo(), "workload=stateless", "-dataDir"), plan.Simple, nil},
		"only files":     {with(repo(), "workload=config"), plan.Simple, nil},
		"database file":  {with(repo()), plan.Moderate, []plan.Evidence{{Option: "workload", Value: "sqlite"}}},
		"database's own": {with(repo(), "workload=database"), plan.Moderate, []plan.Evidence{{Option: "workload", Value: "database"}}},
		"mount":          {with(repo(), "workload=config", "nfs=media"), plan.Moderate, []plan.Evidence{{Option: "modules.storage.nfsMounts.media"}}},
		"metrics":        {with(repo(), "workload=config", "metricsPath=/m"), plan.Moderate, []plan.Evidence{{Option: "metricsPath", Value: "/m"}}},
		"one secret":     {with(repo(), "workload=config", "secrets=KEY"), plan.Moderate, []plan.Evidence{{Option: "secrets", Value: "KEY"}}},
		"server named by a variable": {with(repo(), "workload=config", "environment.POSTGRES_HOST=db"), plan.Complex,
			[]plan.Evidence{{Option: "environment", Value: "POSTGRES_HOST"}}},
		"server named by a secret": {with(repo(), "workload=config", "secrets=MQTT_PASSWORD"), plan.Complex,
			[]plan.Evidence{{Option: "environment", Value: "MQTT_PASSWORD"}, {Option: "secrets", Value: "MQTT_PASSWORD"}}},
		"a word within a word":   {with(repo(), "workload=config", "environment.NOTMQTTHOST=x"), plan.Simple, nil},
		"database that was said": {with(withServers(), "workload=config"), plan.Complex, []plan.Evidence{{Option: "database", Value: "postgresql"}}},
		"broker that was said":   {with(brokerRepo("1883:1883"), "workload=config", "mqttPassword=CAR_PASS", "mqttVariables=CAR_BROKER={mqttUrl}"), plan.Complex, []plan.Evidence{{Option: "mqtt", Value: "yes"}, {Option: "secrets", Value: "CAR_PASS"}}},
		"cache that was said":    {with(withRedis(), "workload=config", "redis=yes", "redisVariables=QUEUE={redisHost}"), plan.Moderate, []plan.Evidence{{Option: "redis", Value: "default"}}},
		"parts and a secret": {partsRepo("workload=config", "parts.worker.command=work", "secrets=KEY"), plan.Complex,
			[]plan.Evidence{{Option: "parts", Value: "worker"}, {Option: "secrets", Value: "KEY"}}},
		"catalog: server":      {entered(repo(), entry("postgresql")), plan.Complex, []plan.Evidence{{File: "catalog/linkding.yaml", Value: "postgresql"}}},
		"catalog: one outward": {entered(repo(), entry("gpu")), plan.Moderate, []plan.Evidence{{File: "catalog/linkding.yaml", Value: "gpu"}}},
		"catalog: two outward": {entered(repo(), entry("gpu", "redis")), plan.Complex,
			[]plan.Evidence{{File: "catalog/linkding.yaml", Value: "redis"}, {File: "catalog/linkding.yaml", Value: "gpu"}}},
		"image: cache alone": {pictured(with(repo(), "workload=config"), "REDIS_URL"), plan.Moderate, []plan.Evidence{{Option: "image Env", Value: "REDIS_URL"}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := made(t, c.in)
			require.Equal(t, c.want, p.Model.Tier)
			d := decision(t, p, "tier")
			require.Equal(t, string(c.want), d.Value)
			require.Equal(t, append([]plan.Evidence{}, c.evidence...), d.Evidence)
			require.Equal(t, len(c.evidence) == 0, strings.Contains(d.Reason, "nothing beyond"))
		})
	}
}

func entered(in plan.Input, e *catalog.Entry) plan.Input {
	in = with(in, "workload=config")
	in.Entry = e
	return in
}

func pictured(in plan.Input, variable string) plan.Input {
	in.Image = &discovered.Image{Reference: image, Config: discovered.Config{Environment: map[string]string{variable: ""}}}
	return in
}

// TestTierOfWhatIsAsked: the tier is told before all is known, and says so.
func TestTierOfWhatIsAsked(t *testing.T) {
	p := made(t, with(repo(), "-workload"))
	require.Contains(t, questions(p), "workload")
	require.Contains(t, decision(t, p, "tier").Reason, "as far as is known")
	require.NotContains(t, decision(t, made(t, repo()), "tier").Reason, "as far as is known")
}

// peer adds a service with a module and a file of the host.
func peer(in plan.Input, name, category string, change func(*facts.Facts)) {
	module, host := "modules/"+name+"/default.nix", "hosts/forge/services/"+name+".nix"
	s := service(module, true, nil)
	s.DefinedIn = []string{"hosts/forge/default.nix", host}
	in.Facts.Services[name] = s
	c := in.Conventions
	c.Module.Files, c.Host.Files = append(c.Module.Files, module), append(c.Host.Files, host)
	for i, k := range c.Categories {
		if k.Name == category {
			c.Categories[i].Members = append(c.Categories[i].Members, module)
		}
	}
	if change != nil {
		change(in.Facts)
	}
}

// Ways in which a service that is there shows what it needs.
var shown = map[string]struct {
	tier   plan.Tier
	change func(f *facts.Facts)
}{
	"nothing":           {plan.Simple, nil},
	"only files":        {plan.Simple, func(f *facts.Facts) { f.Datasets["peer"] = facts.Dataset{RecordSize: ptr("128K")} }},
	"small records":     {plan.Moderate, func(f *facts.Facts) { f.Datasets["peer"] = facts.Dataset{RecordSize: ptr("16K")} }},
	"secret":            {plan.Moderate, func(f *facts.Facts) { f.Secrets = []string{"peerless/a", "peer/key"} }},
	"another's secret":  {plan.Simple, func(f *facts.Facts) { f.Secrets = []string{"peerless/a"} }},
	"scraped":           {plan.Moderate, func(f *facts.Facts) { f.Scrapes = []facts.Scrape{{Job: "service-peer"}} }},
	"mount":             {plan.Moderate, option("nfsMountDependency", facts.Option{Value: "media"})},
	"no mount":          {plan.Simple, option("nfsMountDependency", facts.Option{})},
	"mounted volume":    {plan.Moderate, container(facts.Container{Volumes: []string{"/mnt/data:/data"}})},
	"database":          {plan.Complex, option("database.host", facts.Option{})},
	"database as set":   {plan.Complex, option("database", facts.Option{Fields: []string{"engine", "passwordFile"}})},
	"database's name":   {plan.Simple, option("database.name", facts.Option{})},
	"broker":            {plan.Complex, option("mqtt.host", facts.Option{})},
	"broker off":        {plan.Simple, func(f *facts.Facts) { f.Services["peer"].Options["mqtt.enable"] = facts.Option{Value: false} }},
	"variable":          {plan.Complex, container(facts.Container{Environment: []string{"TZ", "MYSQL_HOST"}})},
	"device":            {plan.Moderate, container(facts.Container{ExtraOptions: []string{"--device=/dev/dri"}})},
	"device and secret": {plan.Complex, container(facts.Container{ExtraOptions: []string{"--device=/dev/dri"}, EnvironmentFiles: 1})},
	"host's network":    {plan.Moderate, container(facts.Container{ExtraOptions: []string{"--network=host"}})},
	"server and records": {plan.Complex, func(f *facts.Facts) {
		f.Datasets["peer"] = facts.Dataset{RecordSize: ptr("8K")}
		f.Services["peer"].Options["database.url"] = facts.Option{}
	}},
}

func option(name string, o facts.Option) func(*facts.Facts) {
	return func(f *facts.Facts) { f.Services["peer"].Options[name] = o }
}

func container(c facts.Container) func(*facts.Facts) {
	return func(f *facts.Facts) { f.Containers["peer"] = c }
}

// TestExemplarIsOfTheTier: a service is found for a plan of its own tier, by what
// evaluation shows of it, and for no other.
func TestExemplarIsOfTheTier(t *testing.T) {
	answers := map[plan.Tier]string{plan.Simple: "workload=config", plan.Moderate: "workload=sqlite", plan.Complex: "environment.POSTGRES_HOST=db"}
	for name, c := range shown {
		t.Run(name, func(t *testing.T) {
			for tier, answer := range answers {
				in := with(repo(), answer)
				peer(in, "peer", "media", c.change)
				p := made(t, in)
				require.Equal(t, tier, p.Model.Tier)
				want := ""
				if tier == c.tier {
					want = "peer"
				}
				require.Equal(t, want, p.Model.Exemplar, "for %s", tier)
			}
		})
	}
}

// TestExemplarIsNearest: category first, then the way to run, then the needs.
func TestExemplarIsNearest(t *testing.T) {
	in := with(repo(), "secrets=KEY", "metricsPath=/m")
	secret := func(name string) func(*facts.Facts) {
		return func(f *facts.Facts) { f.Secrets = append(f.Secrets, name+"/key") }
	}
	both := func(name string) func(*facts.Facts) {
		return func(f *facts.Facts) {
			secret(name)(f)
			f.Scrapes = append(f.Scrapes, facts.Scrape{Job: name})
			f.Containers[name] = facts.Container{}
		}
	}
	want := func(exemplar string, rejected ...string) {
		t.Helper()
		d := decision(t, made(t, in), "exemplar")
		require.Equal(t, exemplar, d.Value)
		names := []string{}
		for _, r := range d.Rejected {
			names = append(names, r.Value.(string))
		}
		require.ElementsMatch(t, rejected, names)
	}
	want("none")
	peer(in, "elsewhere", "home-automation", both("elsewhere"))
	want("elsewhere")
	peer(in, "native", "media", secret("native"))
	want("native", "elsewhere")
	peer(in, "contained", "media", func(f *facts.Facts) {
		secret("contained")(f)
		f.Containers["contained"] = facts.Container{}
	})
	want("contained", "native", "elsewhere")
	peer(in, "twin", "media", both("twin"))
	want("twin", "contained", "native")
	d := decision(t, made(t, in), "exemplar")
	require.Equal(t, "in common: category media, runs as a container, needs credentials and needs metrics that are scraped", d.Reason)
	require.Equal(t, []plan.Evidence{
		{Option: "modules.services.twin", File: "modules/twin/default.nix", Line: 12},
		{Option: "modules.services.twin.enable", File: "hosts/forge/services/twin.nix"},
	}, d.Evidence)

	// One that is off, or has no file on this host, teaches nothing.
	off := in.Facts.Services["twin"]
	off.Enabled = false
	in.Facts.Services["twin"] = off
	want("contained", "native", "elsewhere")
	bare := in.Facts.Services["contained"]
	bare.DefinedIn = []string{"hosts/forge/default.nix"}
	in.Facts.Services["contained"] = bare
	want("native", "elsewhere")
}

// TestExemplarByGroup: where all modules are in one list, the dashboard tells
// what belongs together.
func TestExemplarByGroup(t *testing.T) {
	in := with(repo(), "category=Media")
	in.Conventions.Categories = []convention.Category{{File: "modules/default.nix"}}
	records := func(name string) func(*facts.Facts) {
		return func(f *facts.Facts) { f.Datasets[name] = facts.Dataset{RecordSize: ptr("16K")} }
	}
	peer(in, "aaa", "", records("aaa"))
	peer(in, "zzz", "", records("zzz"))
	require.Equal(t, "aaa", made(t, in).Model.Exemplar)
	in.Facts.Dashboard["zzz"] = facts.Tile{Group: ptr("media")}
	require.Equal(t, "zzz", made(t, in).Model.Exemplar)
}
