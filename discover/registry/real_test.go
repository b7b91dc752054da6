package registry_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// What holds with a registry in memory holds with one that people run.
func TestRealRegistry(t *testing.T) {
	t.Parallel()
	r := registrytest.Start(t, false)
	r.Push(t, "owner/app", []string{"1.9.0", "latest"}, registrytest.Image{User: "1"})
	digest := r.Push(t, "owner/app", []string{"1.10.0", "1.10"}, registrytest.Image{
		Ports: []string{"8080/tcp"}, Volumes: []string{"/data"}, Env: []string{"PUID=1000"}, Entrypoint: []string{"/init"},
		Platforms: []string{"linux/amd64", "linux/arm64"}, Attestations: true, Files: []string{"usr/bin/curl"}, Layers: [][]string{{"usr/bin/wget", "usr/bin/.wh.curl"}},
	})
	r.Push(t, "owner/app", []string{"1.11.0-rc1"}, registrytest.Image{User: "2"})
	c, err := registry.New(registry.Options{Mirrors: map[string]string{"ghcr.io": r.Host}})
	require.NoError(t, err)

	img := resolve(t, c, query("ghcr.io/owner/app"))
	require.Equal(t, "ghcr.io/owner/app:1.10.0@"+digest, img.Reference)
	require.Equal(t, 5, img.Total)
	require.Equal(t, []string{"linux/amd64", "linux/arm64"}, img.Platforms)
	require.Equal(t, []image.Port{{Number: 8080, Protocol: "tcp"}}, img.Config.Ports)
	require.Equal(t, "puid", img.Follow(0).RunAs.Value)
	require.Equal(t, 5, c.Requests())

	require.Equal(t, []string{"wget"}, resolve(t, c, tools("ghcr.io/owner/app")).Tools)
	require.Equal(t, "ghcr.io/owner/app:1.10@"+digest, resolve(t, c, query("ghcr.io/owner/app:1.10")).Reference)
	require.Equal(t, "ghcr.io/owner/app:1.10.0@"+digest, resolve(t, c, query("ghcr.io/owner/app:1.10.0@"+digest)).Reference)
	require.Contains(t, failure(t, c, query("ghcr.io/owner/none"), registry.Absent), "NAME_UNKNOWN")
	require.Contains(t, failure(t, c, query("ghcr.io/owner/app:9"), registry.Absent), "MANIFEST_UNKNOWN")
	failure(t, c, query("ghcr.io/owner/app@sha256:"+strings.Repeat("0", 64)), registry.Absent)
	failure(t, c, registry.Query{Repositories: []string{"ghcr.io/owner/app"}, Platform: "linux/riscv64"}, registry.NoPlatform)
}

// One that wants a login gets it only when that is allowed.
func TestRealRegistryWithLogin(t *testing.T) {
	r := registrytest.Start(t, true)
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	auth := base64.StdEncoding.EncodeToString([]byte(registrytest.User + ":" + registrytest.Password))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), fmt.Appendf(nil, `{"auths":{%q:{"auth":%q}}}`, r.Host, auth), 0o600))
	digest := r.Push(t, "owner/app", []string{"1.0.0"}, registrytest.Image{})
	for _, login := range []bool{false, true} {
		c, err := registry.New(registry.Options{Mirrors: map[string]string{"ghcr.io": r.Host}, Login: login})
		require.NoError(t, err)
		if login {
			require.Equal(t, "ghcr.io/owner/app:1.0.0@"+digest, resolve(t, c, query("ghcr.io/owner/app")).Reference)
		} else {
			failure(t, c, query("ghcr.io/owner/app"), registry.Absent)
		}
	}
}
