package specification_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// found is a service that nothing but nixpkgs knows, with what nixpkgs has.
func found(native *facts.NativeModule, stable, unstable *facts.Package) service {
	return unknown("bookmarks", "port=7070", "workload=sqlite", "auth=builtin", "category=Productivity").but(func(in *plan.Input) {
		in.Facts.Native, in.Facts.Package, in.Facts.Unstable = native, stable, unstable
	})
}

func ptr[T any](v T) *T { return &v }

func packaged(version string) *facts.Package {
	return &facts.Package{Version: ptr(version), MainProgram: ptr("bookmarks")}
}

func moduleOfNixOS() *facts.NativeModule {
	return &facts.NativeModule{Options: map[string]facts.NativeOption{"port": {Type: "unsignedInt16", Default: 9090.0}, "package": {Type: "package"}},
		Units: map[string]facts.UnitDetail{"bookmarks": {Starts: true}}}
}

// packageRows are the decision tree of packaging, and the pinning of images.
var packageRows = []row{
	{"package/1 native module: wrapped, the package of the module", func(t *testing.T) {
		o := found(moduleOfNixOS(), packaged("1.0"), packaged("2.0")).made(t)
		require.Equal(t, "native", o.String("packaging"))
		require.Contains(t, o.module, "services.bookmarks = {\n        enable = true;")
		require.Equal(t, []any{"unit", "container"}, rejected(o.decision("packaging")))
		real := jellyfin().made(t)
		require.Equal(t, "native", real.String("packaging"))
	}},
	{"package/2 pkgs.unstable: where the release has none that works", func(t *testing.T) {
		broken := packaged("1.0")
		broken.Broken = true
		for _, stable := range []*facts.Package{nil, broken} {
			o := found(nil, stable, packaged("2.0")).made(t)
			require.Equal(t, "unstable.bookmarks", o.String("package"))
			require.Contains(t, o.module, "default = pkgs.unstable.bookmarks;")
		}
		said := found(nil, packaged("1.0"), packaged("2.0")).with("package=unstable.bookmarks").made(t)
		require.Contains(t, said.module, "default = pkgs.unstable.bookmarks;")
	}},
	{"package/3 pkgs: the release's package first", func(t *testing.T) {
		o := found(nil, packaged("1.0"), packaged("2.0")).made(t)
		require.Equal(t, "unit", o.String("packaging"))
		require.Equal(t, "bookmarks", o.String("package"))
		require.Contains(t, o.module, "default = pkgs.bookmarks;")
		require.Equal(t, []plan.Evidence{{Option: "pkgs.bookmarks.version", Value: "1.0"}, {Option: "pkgs.unstable.bookmarks.version", Value: "2.0"}}, o.decision("package").Evidence)
	}},
	{"package/4 container: last, with the reason", func(t *testing.T) {
		p := found(nil, nil, nil).with("-port").open(t)
		require.Equal(t, "container", p.String("packaging"))
		for _, d := range p.Decisions {
			if d.Name == "packaging" {
				require.Equal(t, []any{"native", "unit"}, rejected(d))
				require.Equal(t, "neither a module nor a package was found that can be used", d.Reason)
			}
		}
		require.Contains(t, asked(p), "image")
	}},
	{"image/pinning: tag and digest", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.module, `default = "ghcr.io/x/bookmarks:1.2.3@`+digest+`";`)
		require.Contains(t, o.module, "# renovate: datasource=docker depName=ghcr.io/x/bookmarks\n")
		require.Equal(t, "ghcr.io/x/bookmarks:1.2.3@"+digest, o.want(plan.PromiseContainer)["image"])
	}},
	{"image/registry: GHCR, then Quay, then Docker Hub", func(t *testing.T) {
		p := known("linkding", "packaging=container", "category=Productivity").open(t)
		require.Equal(t, []string{"ghcr.io/sissbruecker/linkding", "docker.io/sissbruecker/linkding"}, p.Lookup.Repositories, "asked in this order")
		p = known("prometheus", "packaging=container", "category=Monitoring").called("watch").open(t)
		require.Equal(t, []string{"quay.io/prometheus/prometheus", "docker.io/prom/prometheus"}, p.Lookup.Repositories)
		registries := []string{"ghcr.io", "quay.io", "any other", "docker.io"}
		rank := func(image string) int {
			registry, _, _ := strings.Cut(image, "/")
			if i := slices.Index(registries, registry); i >= 0 {
				return i
			}
			return slices.Index(registries, "any other")
		}
		for _, e := range catalog.Builtin().Entries() {
			require.True(t, slices.IsSortedFunc(e.Images, func(a, b string) int { return rank(a) - rank(b) }), "%s: %v", e.Name, e.Images)
		}
	}},
	{"image/version: the newest stable release", func(t *testing.T) {
		c, ok := image.Choose([]string{"latest", "v1.2.3", "v1.10.0", "v2.0.0-rc.1", "main", "sha-0123456"}, "")
		require.True(t, ok)
		require.Equal(t, "v1.10.0", c.Tag)
	}},
}

// rejected are the values that a decision was not.
func rejected(d plan.Decision) []any {
	var list []any
	for _, r := range d.Rejected {
		list = append(list, r.Value)
	}
	return list
}

// portOf is the port that the service gets.
func portOf(t *testing.T, answers ...string) (outcome, int) {
	t.Helper()
	o := bookmarks(answers...).made(t)
	return o, o.Model.Port
}

// accountRows are ports, ids, names and accounts.
var accountRows = []row{
	{"port/first choice: upstream's own", func(t *testing.T) {
		o, port := portOf(t, "containerPort=7777")
		require.Equal(t, 7777, port)
		require.Equal(t, "it is free on forge", o.decision("port").Reason)
	}},
	{"port/conflict: a hundred more, and again", func(t *testing.T) {
		_, port := portOf(t, "containerPort=8989") // sonarr's
		require.Equal(t, 9089, port)
		o, port := portOf(t, "containerPort=9090") // a server of NixOS that no service module declares
		require.Equal(t, 9190, port)
		require.NotEmpty(t, o.decision("port").Evidence[0].Option)
	}},
	{"port/conflict: noted in the module", func(t *testing.T) {
		o, _ := portOf(t, "containerPort=8989")
		require.Contains(t, o.module, "# Not 8989, which sonarr has.\n      default = 9089;")
		free, _ := portOf(t, "containerPort=7777")
		require.NotContains(t, free.module, "Upstream's port")
	}},
	{"uid/stable: in the range and free on all hosts", func(t *testing.T) {
		taken := map[int64]bool{}
		in := bookmarks().input(t)
		for _, u := range in.Facts.Users {
			if u.UID != nil {
				taken[*u.UID] = true
			}
		}
		for _, g := range in.Facts.Groups {
			if g.GID != nil {
				taken[*g.GID] = true
			}
		}
		o := bookmarks().made(t)
		uid := o.Model.Account.UID
		require.False(t, taken[uid])
		require.GreaterOrEqual(t, uid, int64(900))
		require.LessOrEqual(t, uid, int64(999))
		require.Contains(t, o.module, "uid = lib.toInt cfg.user;")
		elsewhere := bookmarks().but(func(in *plan.Input) {
			f := facts.New()
			f.Users["other"] = facts.User{UID: &uid}
			in.Others = map[string]*facts.Facts{"nas-1": f}
		}).made(t)
		require.Greater(t, elsewhere.Model.Account.UID, uid, "another host has it")
		bookmarks("uid=999").refused(t, "NixOS hands it out next to accounts without one")
		full := bookmarks().but(func(in *plan.Input) {
			f := facts.New()
			for id := int64(900); id <= 998; id++ {
				f.Users[fmt.Sprint("other-", id)] = facts.User{UID: &id}
			}
			in.Others = map[string]*facts.Facts{"nas-1": f}
		})
		_, err := plan.Make(full.input(t))
		require.ErrorContains(t, err, "none is free from 900 to 995", "999 is free, and NixOS would hand it out first")
	}},
	{"uid/documented: in the option, or in the repo's table", func(t *testing.T) {
		require.Contains(t, bookmarks().made(t).module, "Id of the account that Bookmarks runs as, the same on every host.")
		o := unit("category=infrastructure").on("example-registry").made(t)
		require.Len(t, o.promises(plan.PromiseRegistry), 1)
		require.Contains(t, o.module, "mylib.serviceUids.gotify.uid")
	}},
	{"uid/DynamicUser: never", func(t *testing.T) {
		s := unknown("miniflux", "packaging=native", "port=8585", "workload=config", "auth=builtin", "category=Productivity")
		s.native, s.pkg = "miniflux", "miniflux"
		o := s.made(t)
		require.Contains(t, o.module, "DynamicUser = lib.mkForce false;")
		require.Equal(t, "miniflux", o.want(plan.PromiseAccount)["user"])
	}},
	{"account/native module wrapper: ours wins", func(t *testing.T) {
		o := jellyfin().made(t)
		require.Contains(t, o.module, "users.users.${cfg.user} = lib.mkForce {")
		require.Contains(t, o.module, `home = "/var/empty";`)
		require.Contains(t, o.module, "createHome = false;")
		require.NotContains(t, unit().made(t).module, "users.users.${cfg.user} = lib.mkForce", "nobody else makes it")
	}},
	{"account/media service: in the group of the files", func(t *testing.T) {
		o := container("radarr", "group=media").made(t)
		require.True(t, o.Model.Account.Shared)
		require.Equal(t, int64(65537), o.Model.Account.GID)
		require.Equal(t, map[string]string{"uid": fmt.Sprint(o.Model.Account.UID), "gid": "65537"}, o.want(plan.PromiseIdentity))
		own := container("linkding", "nfs=media", "group=linkding").made(t)
		require.Contains(t, own.module, `extraGroups = [ "media" ];`)
		require.NotContains(t, container("linkding").made(t).module, "extraGroups")
	}},
	{"domain/pattern: below the host's domain", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.host, `serviceDomain = "bookmarks.${config.networking.domain}";`)
		require.Contains(t, o.host, `href = "https://${serviceDomain}";`)
		require.Contains(t, bookmarks("hostName=links").made(t).host, `serviceDomain = "links.${config.networking.domain}";`)
	}},
}

// baselineRows are hardening and storage.
var baselineRows = []row{
	{"security/baseline: every directive on a unit of ours", func(t *testing.T) {
		o := unit().made(t)
		for _, directive := range []string{"User = cfg.user;", "Group = cfg.group;", "NoNewPrivileges = true;", "PrivateTmp = true;", `ProtectSystem = "strict";`, "ProtectHome = true;", "ReadWritePaths = [ cfg.dataDir ];"} {
			require.Contains(t, o.module, directive)
		}
		require.Len(t, o.promises(plan.PromiseHardening), 1)
	}},
	{"security/containers: the account's ids, a loopback port, limits", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Empty(t, o.promises(plan.PromiseHardening), "directives on podman's unit do not confine what is in the container")
		require.Equal(t, fmt.Sprint(o.Model.Account.UID), o.want(plan.PromiseIdentity)["uid"])
		require.Equal(t, "127.0.0.1", o.want(plan.PromiseListener)["address"])
		require.Equal(t, "512M", o.want(plan.PromiseResources)["memory"])
	}},
	{"security/secrets: through sops alone", func(t *testing.T) {
		o := bookmarks("secrets=TOKEN").made(t)
		require.Contains(t, o.host, `sops.secrets = {`)
		require.Contains(t, o.host, `TOKEN=${config.sops.placeholder."bookmarks/token"}`)
		bookmarks("secrets=TOKEN").but(func(in *plan.Input) { in.Facts.Host.SOPS = false }).refused(t, "has no sops")
		bookmarks("secrets=ADDRESS", "environment.ADDRESS=x").refused(t, "ADDRESS is in environment too")
		bookmarks("environment.TOKEN=x").refused(t, "looks like a secret")
	}},
	{"storage/dataset: below the host's parent, mounted where the service looks", func(t *testing.T) {
		o := bookmarks().made(t)
		require.Contains(t, o.module, "modules.storage.datasets.services.${serviceName} = {")
		require.Equal(t, "/var/lib/bookmarks", o.want(plan.PromiseDataset)["mountpoint"])
		require.NotContains(t, o.module, "zfs_fs", "the option has no type")
		require.Empty(t, stateless().made(t).promises(plan.PromiseDataset))
	}},
	{"storage/recordsize: by workload, with the reason beside it", func(t *testing.T) {
		for workload, size := range map[string]string{"sqlite": "16K", "database": "16K", "config": "16K", "media": "128K", "sequential": "1M"} {
			o := bookmarks("workload=" + workload).made(t)
			require.Contains(t, o.module, `recordsize = "`+size+`"; # `+o.Model.Data.Reason, workload)
			require.NotEmpty(t, o.Model.Data.Reason)
			require.Equal(t, size, o.want(plan.PromiseDataset)["recordsize"])
		}
	}},
	{"storage/compression: what most datasets of the host have", func(t *testing.T) {
		require.Equal(t, "zstd", bookmarks().made(t).want(plan.PromiseDataset)["compression"])
		o := bookmarks().but(func(in *plan.Input) { in.Conventions.Storage.Compression = "lz4" }).made(t)
		require.Equal(t, "lz4", o.want(plan.PromiseDataset)["compression"])
	}},
	{"storage/snapshots: by the host's helper", func(t *testing.T) {
		o := bookmarks().made(t)
		require.NotContains(t, o.text(), "com.sun:auto-snapshot", "the helper's template takes them")
		require.Len(t, o.promises(plan.PromiseSnapshot), 1)
	}},
}
