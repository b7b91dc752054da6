package render_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/writer/render"
)

// named is the scenario of a name.
func named(t *testing.T, name string) scenario {
	t.Helper()
	i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return scenarios[i]
}

// texts are the module, the host's file and all the edits of a scenario.
func texts(t *testing.T, s scenario) (module, host, edits string) {
	t.Helper()
	golden := goldenFiles(t, second(s.render(t)))
	return golden["module.nix"], golden["host.nix"], golden["edits.diff"]
}

func second[A, B any](_ A, b B) B { return b }

// changed is the scenario with one more change of what is known.
func changed(s scenario, how func(*facts.Facts, *convention.Conventions)) scenario {
	before := s.change
	s.change = func(f *facts.Facts, c *convention.Conventions) {
		if before != nil {
			before(f, c)
		}
		how(f, c)
	}
	return s
}

// TestChoices: what the repo has decides what is written.
func TestChoices(t *testing.T) {
	for _, c := range []struct {
		name         string
		s            scenario
		module, host []string // what must be there; with a minus, what must not
	}{
		{"time zone", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { f.Host.TimeZone = nil }), []string{`default = "UTC";`}, nil},
		{"network of the library", everything, nil, []string{"podmanNetwork = forgeDefaults.podmanNetwork;"}},
		{"network of another name", changed(everything, func(_ *facts.Facts, c *convention.Conventions) { c.NetworkHelper = "" }), nil, []string{`podmanNetwork = "media-services";`}},
		{"no network", everything.with("network=no"), []string{"-podmanNetwork"}, []string{"-podmanNetwork"}},
		{"backup that takes tags, from a set of the library", everything.with("category=Media"), nil, []string{`mkBackupWithTags "linkding" forgeDefaults.backupTags.media;`}},
		{"backup that takes tags, of its own", everything, nil, []string{`mkBackupWithTags "linkding" [ "productivity" ];`}},
		{"backup that takes no tags", changed(everything, func(_ *facts.Facts, c *convention.Conventions) { c.BackupHelper = "mkBackupWithSnapshots" }), nil, []string{`forgeDefaults.mkBackupWithSnapshots "linkding";`}},
		{"no protection", everything.with("backup=no", "preseed=no", "snapshots=no"), []string{"-preseed", "-storageHelpers", "-replication"}, []string{"-mkBackup", "-preseed", "-sanoid"}},
		{"no notifications", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { delete(f.Hubs, facts.TemplatesHub) }), []string{"-notif", "-OnFailure"}, nil},
		{"no alerts", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { delete(f.Hubs, facts.AlertsHub) }), nil, []string{"-alerting"}},
		{"no dashboard", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { delete(f.Hubs, facts.DashboardHub) }), nil, []string{"-homepage"}},
		{"no black box", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { delete(f.Hubs, facts.BlackBoxHub) }), nil, []string{"-gatus"}},
		{"no proxy", changed(everything.with("auth=none"), func(f *facts.Facts, _ *convention.Conventions) { delete(f.Hubs, facts.Proxy) }), []string{"-reverseProxy", "-virtualHosts", "-proxied"}, []string{"-reverseProxy", `href = "http://${serviceDomain}:9089";`}},
		{"no domain", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { f.Host.Domain = nil }), nil, []string{`serviceDomain = "links";`, "-networking.domain"}},
		{"path of health", everything.with("auth=none"), nil, []string{`url = "https://${serviceDomain}/health";`}},
		{"no path of health", everything.with("auth=none", "-healthPath"), nil, []string{`url = "https://${serviceDomain}";`}},
		{"backend is asked", everything, nil, []string{`url = "http://127.0.0.1:9089/health";`}},
		{"port in a registry's name", everything.with("image=registry.example:5000/a/b:2@" + digest), []string{"# renovate: datasource=docker depName=registry.example:5000/a/b\n"}, nil},
		{"ids of the image", everything.with("runAs=image"), []string{"--user=", "-PUID"}[1:], nil},
		{"ids as variables", everything.with("runAs=puid"), []string{"PUID = cfg.user;", "PGID = groupId;", "---user="}, nil},
		{"ids as variables, from a number", named(t, "int-ids").with("runAs=puid"), []string{"PUID = toString cfg.uid;"}, nil},
		{"state in several places", everything.with("dataDir=/config,/var/data"), []string{
			`"${cfg.dataDir}/config:/config:rw"`, `"${cfg.dataDir}/data:/var/data:rw"`, "mkdir -p config data", "chown --reference=. config data",
		}, nil},
		{"port below 1024 without root", everything.with("containerPort=80"), []string{`"--sysctl=net.ipv4.ip_unprivileged_port_start=0"`}, nil},
		{"port below 1024 with root", everything.with("containerPort=80", "runAs=puid"), []string{"-sysctl"}, nil},
		{"port from 1024", everything, []string{"-sysctl"}, nil},
		{"group that exists", everything.with("group=media"), []string{`default = "media";`, "-users.groups.${cfg.group} = "}, nil},
		{"own wrapper of containers", changed(everything, func(_ *facts.Facts, c *convention.Conventions) { c.ContainerFunction = nil }), []string{"containers.${serviceName} = {", "-podmanLib", "inherit (cfg) image;"}, nil},
		{"package of the other set", changed(named(t, "unit-stateless").with("description=x"), func(f *facts.Facts, _ *convention.Conventions) { f.Package = nil }), []string{"default = pkgs.unstable.shiori;"}, nil},
		{"module with the package of the other set", changed(named(t, "native"), func(f *facts.Facts, _ *convention.Conventions) {
			f.Package.Broken = true
		}), []string{"package = pkgs.unstable.jellyfin;", "{ lib\n, pkgs\n"}, nil},
		{"module with its own package", named(t, "native"), []string{"-package = ", "-, pkgs\n"}, nil},
		{"port and address in settings", changed(named(t, "native"), func(f *facts.Facts, _ *convention.Conventions) {
			f.Native.Inside = map[string]facts.NativeOption{"settings.server.port": {Type: "unsignedInt16", Default: 80.0}, "settings.Address": {Type: "str"}}
		}), []string{"settings.server.port = cfg.port;", `settings.Address = "127.0.0.1";`}, nil},
		{"parts with data that are restored", named(t, "parts-factory"), []string{"allowEmptyBootstrap = ", "storageHelpers = "}, nil},
		{"parts without data", named(t, "parts-factory").with("-parts.search.dataDir", "-parts.worker.dataDir", "-parts.worker.command", "-parts.worker.environment.WORKER_LANES"), []string{"-allowEmptyBootstrap", "-storageHelpers"}, nil},
		{"database of another, without Grafana", named(t, "database-reused").with("handover=template"), []string{"-passwordFile"}, []string{"-passwordFile"}},
		{"database of another that Grafana asks", named(t, "database-reused").with("handover=template", "grafana=postgresql"), []string{
			"passwordFile = lib.mkOption {", `"channels-db-password:${cfg.database.passwordFile}"`,
		}, []string{`database.passwordFile = config.sops.secrets."postgresql/dispatcharr_password".path;`}},
		{"registry of ids", named(t, "registry-unit"), []string{"default = mylib.serviceUids.gotify.uid;", "gid = mylib.serviceUids.gotify.gid;", ", mylib\n"}, nil},
		{"backend of containers", changed(everything, func(f *facts.Facts, _ *convention.Conventions) { f.Host.Backend = nil }), []string{`containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";`}, nil},
		{"what a proxy can be told is handed on", changed(everything, func(f *facts.Facts, c *convention.Conventions) {
			m := c.Types.Members[c.Submodules["reverseProxy"]]
			m.Fields = append(slices.Clone(m.Fields), "newField", "onlyOurs")
			c.Types.Members[c.Submodules["reverseProxy"]] = m
			f.Hubs[facts.Proxy].Fields = append(f.Hubs[facts.Proxy].Fields, "newField", "onlyTheirs")
		}), []string{"caddySecurity extraConfig reverseProxyBlock security newField;", "-onlyOurs", "-onlyTheirs"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			module, host, _ := texts(t, c.s)
			for text, wants := range map[string][]string{module: c.module, host: c.host} {
				for _, want := range wants {
					if bad, ok := strings.CutPrefix(want, "-"); ok {
						require.NotContains(t, text, bad)
					} else {
						require.Contains(t, text, want)
					}
				}
			}
		})
	}
}

// TestPlanText: no text that is only true of the examples is in a template.
func TestTemplatesNameNoRepo(t *testing.T) {
	templates, err := render.Load(nil)
	require.NoError(t, err)
	require.NotNil(t, templates)
	for _, s := range []scenario{named(t, "no-hubs")} {
		module, host, _ := texts(t, s)
		for _, word := range []string{"forge", "caddy", "homepage", "gatus", "sanoid", "tank", "pocketid", "holthome", "mylib"} {
			require.NotContains(t, module+host, word, "a repo without it")
		}
	}
}

// TestDefects: forms that evaluate and do nothing are in no file.
func TestDefects(t *testing.T) {
	update := regexp.MustCompile(`//\s*\(?\s*(lib\.)?mk(If|Merge|Force|Default)`)
	doubled := regexp.MustCompile(`systemd\.services\.("[^"]*|[^ ={]*)\.service\b`)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			module, host, _ := texts(t, s)
			for _, text := range []string{module, host} {
				require.NotRegexp(t, update, text, "an update with a conditional loses the rest")
				require.NotRegexp(t, doubled, text, "the suffix is not part of the name")
				require.NotContains(t, text, "with lib;")
				require.NotContains(t, text, "/nix/store")
			}
			if strings.Contains(module, "reverseProxySubmodule") {
				require.Contains(t, module, "inherit (cfg.reverseProxy) hostName auth caddySecurity ", "what is accepted is forwarded")
			}
			if strings.Contains(module, "preseed = {") {
				require.Contains(t, module, "mkPreseedService")
				require.Contains(t, module, `after = [ "preseed-${serviceName}.service" ];`)
			}
			if strings.Contains(module, "users.users.") {
				require.Regexp(t, `uid = lib\.toInt cfg\.user;|inherit \(cfg\) uid group;`, module)
			}
			if guard := strings.Index(host, "(lib.mkIf serviceEnabled {"); guard >= 0 {
				outside := host[:guard]
				for _, hub := range []string{"contributions", "sanoid", "alerting", " sops.secrets", "sops.templates.\"", "virtualHosts"} {
					require.NotContains(t, outside, hub, "inside of the guard")
				}
			}
		})
	}
}

// TestSecretValues: no value of a secret is ever written, only where sops has it.
func TestSecretValues(t *testing.T) {
	_, host, _ := texts(t, everything)
	require.Contains(t, host, `LD_TOKEN=${config.sops.placeholder."linkding/ld-token"}`)
	require.Contains(t, host, `"linkding/ld-token" = { };`)
	require.Contains(t, host, "environmentFile = config.sops.templates.linkding-env.path;")
	module, _, _ := texts(t, everything)
	require.NotContains(t, module, "LD_TOKEN", "the module knows the file alone")
}

// TestRegistryEntry has the fields that most entries of the table have.
func TestRegistryEntry(t *testing.T) {
	entry := func(fields ...string) string {
		_, files := changed(named(t, "factory").with("group=media", "nfs=no"), func(_ *facts.Facts, c *convention.Conventions) {
			for name, e := range c.Registry.Entries {
				e.Fields = fields
				c.Registry.Entries[name] = e
			}
		}).render(t)
		i := slices.IndexFunc(files, func(f render.File) bool { return f.Path == "lib/service-uids.nix" })
		_, rest, _ := strings.Cut(string(files[i].After), "  linkding = {")
		inside, _, _ := strings.Cut(rest, "};")
		return strings.Join(strings.Fields(inside), " ")
	}
	require.Equal(t, "uid = 900; gid = 65537;", entry("uid", "gid"))
	require.Equal(t, `uid = 900; gid = 65537; groupName = "media";`, entry("uid", "gid", "groupName"))
	require.Equal(t, `uid = 900; gid = 65537; description = "Linkding - bookmark manager"; extraGroups = [ ];`, entry("uid", "gid", "description", "extraGroups"))
}
