package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	imagepkg "holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

func TestHealthCheck(t *testing.T) {
	for _, c := range []struct {
		name    string
		image   func(*imagepkg.Image)
		answers []string
		value   string
		check   func(t *testing.T, m *plan.Model)
		promise map[string]string
	}{
		{"nobody looked inside", nil, nil, "ours", func(t *testing.T, m *plan.Model) { t.Helper(); require.Empty(t, m.HealthTool) }, map[string]string{"containerPort": "9090"}},
		{"it has wget and node", func(i *imagepkg.Image) { i.Tools = []string{"node", "wget"} }, nil, "ours, with wget",
			func(t *testing.T, m *plan.Model) { t.Helper(); require.Equal(t, "wget", m.HealthTool) }, map[string]string{"containerPort": "9090"}},
		{"it has nothing", func(i *imagepkg.Image) { i.Tools = []string{} }, nil, "none",
			func(t *testing.T, m *plan.Model) { t.Helper(); require.True(t, m.NoHealthCheck) }, nil},
		{"it has its own", func(i *imagepkg.Image) { i.Config.HealthCheck = []string{"CMD-SHELL", "curl -f localhost"} }, nil, "the image's",
			func(t *testing.T, m *plan.Model) { t.Helper(); require.Len(t, m.HealthCheck, 2) }, map[string]string{"command": "curl -f localhost"}},
		{"a path was said", func(i *imagepkg.Image) { i.Config.HealthCheck = []string{"CMD", "/up"} }, []string{"healthPath=/ok"}, "ours",
			func(t *testing.T, m *plan.Model) { t.Helper(); require.Empty(t, m.HealthCheck) }, map[string]string{"containerPort": "9090"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(repo(), c.answers...)
			in.Image = looked(c.image)
			p := made(t, in)
			require.Equal(t, c.value, decision(t, p, "healthCheck").Value)
			c.check(t, p.Model)
			got := promises(p, plan.PromiseHealth)
			if c.promise == nil {
				require.Empty(t, got)
				return
			}
			actual := got[0].Want
			require.Equal(t, c.promise, actual)
		})
	}
	for _, d := range made(t, repo()).Decisions {
		require.NotEqual(t, "healthCheck", d.Name, "nobody asked a registry")
	}
}

// TestFolders: an image that keeps state in several places has a folder of the
// data for each.
func TestFolders(t *testing.T) {
	for list, want := range map[string][]plan.Folder{
		"/config":                nil,
		"/config, /var/data":     {{Name: "config", Inside: "/config"}, {Name: "data", Inside: "/var/data"}},
		"/a/data,/b/data,/x/y":   {{Name: "root-a-data", Inside: "/a/data"}, {Name: "root-b-data", Inside: "/b/data"}, {Name: "y", Inside: "/x/y"}},
		"/root/.local,/root/-rf": {{Name: "root-root-.local", Inside: "/root/.local"}, {Name: "root-root--rf", Inside: "/root/-rf"}},
	} {
		p := made(t, with(repo(), "dataDir="+list))
		require.Equal(t, want, p.Model.Data.Folders, list)
		if want != nil {
			volumes := promises(p, plan.PromiseVolume)
			require.Len(t, volumes, len(want))
			require.Equal(t, map[string]string{"path": "/var/lib/linkding/" + want[0].Name, "inside": want[0].Inside}, volumes[0].Want)
		}
	}
	refused(t, with(repo(), "dataDir=/a,/a"), "read dataDir: ")
	refused(t, with(unitRepo(), "dataDir=/a,/b"), "software on the host has one folder")
}
