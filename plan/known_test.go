package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	imagepkg "holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// entry is a catalog entry with the answers that repo gives by hand.
func entry() *catalog.Entry {
	return &catalog.Entry{
		Name: "linkding", File: "catalog/linkding.yaml", DisplayName: "linkding", Description: "bookmarks", Category: "documents", Group: "Media", Icon: "linkding",
		Images: []string{"ghcr.io/sissbruecker/linkding"}, Port: 9090, DataDirs: []string{"/etc/linkding/data"}, Workload: "sqlite", Memory: "1G", Health: "/health",
	}
}

// looked is the image as a registry has it.
func looked(change func(*imagepkg.Image)) *imagepkg.Image {
	i := &imagepkg.Image{
		Reference: image, Tag: "1.36.0", Choice: "newest of 12 versions", Platforms: []string{"linux/amd64"},
		Config: imagepkg.Config{Ports: []imagepkg.Port{{Number: 9090, Protocol: "tcp"}}, Volumes: []string{"/etc/linkding/data"}, User: "1000"},
	}
	if change != nil {
		change(i)
	}
	return i
}

// typed is the input with what a person typed and nothing else.
func typed(answers ...string) plan.Input {
	in := repo()
	in.Answers = map[string]string{}
	return with(in, answers...)
}

// TestKnownFromCatalogAndImage: with both, only what nobody can know is asked.
func TestKnownFromCatalogAndImage(t *testing.T) {
	in := typed("packaging=container", "auth=caddy-security")
	in.Entry, in.Image = entry(), looked(nil)
	p := made(t, in)
	require.Empty(t, questionsBut(p, "category"))
	for name, want := range map[string]struct{ value, rule string }{
		"containerPort": {"9090", "image"}, "dataDir": {"/etc/linkding/data", "image"}, "workload": {"sqlite", "catalog"},
		"description": {"bookmarks", "catalog"}, "memory": {"1G", "catalog"}, "healthPath": {"/health", "catalog"},
		"image": {image, "the newest stable version of the first registry that has it"},
	} {
		d := decision(t, p, name)
		require.Equal(t, want.value, d.Value, name)
		require.Equal(t, want.rule, d.Rule, name)
		require.NotEmpty(t, d.Evidence, name)
	}
	require.Equal(t, &plan.Lookup{Repositories: []string{"ghcr.io/sissbruecker/linkding"}, Platform: "linux/amd64"}, p.Lookup)
}

func questionsBut(p *plan.Plan, but string) []string {
	var names []string
	for _, q := range p.Questions {
		if q.Name != but {
			names = append(names, q.Name)
		}
	}
	return names
}

// TestImageAlone: a service in no catalog, with an image that tells something
// and with one that tells nothing, needs at most five answers.
func TestImageAlone(t *testing.T) {
	in := typed("packaging=container", "image="+image)
	in.Image = looked(func(i *imagepkg.Image) {
		i.Config.Labels = map[string]string{"org.opencontainers.image.description": "A bookmark manager."}
	})
	p := made(t, in)
	require.Equal(t, []string{"category", "workload", "auth"}, questions(p))
	require.Equal(t, "A bookmark manager", p.String("description"))
	in.Image = looked(func(i *imagepkg.Image) { i.Config = imagepkg.Config{} })
	p = made(t, in)
	require.Equal(t, []string{"category", "workload", "port", "auth"}, questions(p))
	in = with(in, "workload=sqlite")
	require.Equal(t, []string{"category", "port", "dataDir", "auth"}, questions(made(t, in)), "five in all")
}

// TestContradictions: who goes first is believed, and the other is told.
func TestContradictions(t *testing.T) {
	in := with(repo(), "-containerPort", "-workload")
	in.Entry, in.Image = entry(), looked(func(i *imagepkg.Image) { i.Config.Ports = []imagepkg.Port{{Number: 8080, Protocol: "tcp"}} })
	p := made(t, in)
	d := decision(t, p, "containerPort")
	require.Equal(t, "8080", d.Value)
	require.Equal(t, []plan.Rejected{{Value: "9090", Reason: "the catalog says so, and the image goes first", Source: "catalog"}}, d.Rejected)
	p = made(t, with(in, "containerPort=1234"))
	d = decision(t, p, "containerPort")
	require.Equal(t, "user", d.Rule)
	require.Equal(t, []plan.Rejected{{Value: "8080", Reason: "the image says so", Source: "image"}, {Value: "9090", Reason: "the catalog says so", Source: "catalog"}}, d.Rejected)
}

// TestUnsoundSource: what a source says in no form is left aside and told.
func TestUnsoundSource(t *testing.T) {
	in := with(repo(), "-dataDir")
	in.Entry = entry()
	in.Entry.DataDirs = []string{"/a b"}
	p := made(t, in)
	require.Equal(t, []string{"dataDir"}, questions(p))
	require.Contains(t, p.Notes[0], "What the catalog says of dataDir is left aside")
}

// TestSourcesDoNotDisturb: what a source knows never makes an error of what the
// user wants.
func TestSourcesDoNotDisturb(t *testing.T) {
	in := typed("packaging=container", "image="+image, "workload=stateless", "auth=none", "category=media", "nfs=no")
	in.Entry = entry()
	in.Entry.RunAs, in.Entry.Mount, in.Entry.MountPath, in.Entry.Secrets = "user", "media", "/media", []string{"TOKEN"}
	in.Facts.Host.SOPS = false
	p := made(t, in)
	require.True(t, p.Ready(), p.Questions)
	require.Nil(t, p.Model.Data)
	require.Nil(t, p.Model.Mount)
	require.Empty(t, p.Model.SecretNames)
	require.Contains(t, p.Notes, "It does not start without TOKEN, and the host has no sops to keep secrets in.")
}

func TestMountOfTheCatalog(t *testing.T) {
	for kind, want := range map[string]string{"media": "media", "downloads": "media", "documents": "", "none": "", "": ""} {
		in := repo()
		in.Entry = entry()
		in.Entry.Mount, in.Entry.MountPath = kind, "/library"
		p := made(t, in)
		if want == "" {
			require.Nil(t, p.Model.Mount, kind)
			continue
		}
		require.Equal(t, want, p.Model.Mount.Name)
		require.Equal(t, "/library", p.Model.Mount.Inside)
		in.Entry.MountPath = "/etc/linkding/data"
		require.Equal(t, "/data", made(t, in).Model.Mount.Inside, "the service's own data are at the catalog's path")
	}
}

func TestPortOfTheCatalog(t *testing.T) {
	in := with(repo(), "-image", "-containerPort", "-dataDir", "packaging=unit", "arguments=--port {port}")
	in.Facts.Package, in.Entry = &facts.Package{Version: ptr("1.0"), MainProgram: ptr("linkding"), Description: ptr("x")}, entry()
	p := made(t, in)
	require.Empty(t, questions(p))
	require.Equal(t, int64(9090), decision(t, p, "port").Value)
	require.Equal(t, "catalog/linkding.yaml", decision(t, p, "port").Evidence[0].File)
}

func TestNoWebOfTheCatalog(t *testing.T) {
	in := with(repo(), "-auth", "-containerPort")
	in.Entry = entry()
	in.Entry.NoWeb, in.Entry.Port = true, 0
	p := made(t, in)
	require.True(t, p.Ready(), p.Questions)
	require.False(t, p.Model.Web)
	require.Equal(t, "catalog", decision(t, p, "web").Rule)
}

// TestEnvironmentOfTheCatalog has the service's own address in it.
func TestEnvironmentOfTheCatalog(t *testing.T) {
	in := repo()
	in.Entry = entry()
	in.Entry.Environment = map[string]string{"BASE_URL": "{url}/x", "LISTEN": ":{port}", "HOST": "{host}"}
	require.Equal(t, []plan.Variable{{Name: "BASE_URL", Value: "https://linkding.holthome.net/x"}, {Name: "HOST", Value: "linkding.holthome.net"}, {Name: "LISTEN", Value: ":9090"}},
		made(t, in).Model.Environment)
}

func TestImageIsPinnedByItsRegistry(t *testing.T) {
	in := with(repo(), "image=ghcr.io/sissbruecker/linkding")
	p := made(t, in)
	require.Equal(t, []string{"image"}, questions(p))
	require.Contains(t, p.Questions[0].Why, `"ghcr.io/sissbruecker/linkding" has no digest`)
	require.Equal(t, "ghcr.io/sissbruecker/linkding", p.Lookup.Reference)
	in.Image = looked(func(i *imagepkg.Image) {
		i.Warning, i.Rejected = "there is no stable version", []imagepkg.Rejected{{Repository: "quay.io/x/y", Reason: "not there"}}
	})
	p = made(t, in)
	require.Equal(t, image, p.Model.Image)
	require.Equal(t, "user", decision(t, p, "image").Rule)
	require.Equal(t, []plan.Rejected{{Value: "quay.io/x/y", Reason: "not there"}}, decision(t, p, "image").Rejected)
	require.Contains(t, p.Notes, "Image "+image+": there is no stable version.")
	in = repo()
	in.NoImage = "no route to host"
	require.Contains(t, made(t, in).Notes, "The image was not looked at: no route to host.")
	require.True(t, made(t, in).Lookup.Pinned)
}

func TestPlatform(t *testing.T) {
	for system, want := range map[string]string{"x86_64-linux": "linux/amd64", "aarch64-linux": "linux/arm64", "armv7l-linux": "linux/arm/v7", "i686-linux": "linux/386", "riscv64-linux": "linux/riscv64"} {
		in := repo()
		in.Facts.Host.System = &system
		require.Equal(t, want, made(t, in).Lookup.Platform)
	}
}
