package registry_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// BenchmarkResolve is what a lookup costs beside the network.
func BenchmarkResolve(b *testing.B) {
	s := registrytest.New(b)
	tags := make([]string, 1000)
	for n := range tags {
		tags[n] = fmt.Sprintf("1.%d.%d", n/10, n%10)
	}
	s.Add("owner/app", tags, registrytest.Image{Platforms: []string{"linux/amd64", "linux/arm64"}, Attestations: true})
	for b.Loop() {
		c, err := registry.New(registry.Options{Mirrors: map[string]string{"ghcr.io": s.Host}})
		require.NoError(b, err)
		img, err := c.Resolve(b.Context(), query("ghcr.io/owner/app"))
		require.NoError(b, err)
		require.Equal(b, "1.99.9", img.Tag)
	}
}

// BenchmarkChoose is the longest list that is read.
func BenchmarkChoose(b *testing.B) {
	tags := make([]string, registry.DefaultLimits().Tags)
	for n := range tags {
		tags[n] = fmt.Sprintf("v1.%d.%d-%s", n/10, n%10, []string{"alpine", "rc1", "ls45", "0a1b2c3"}[n%4])
	}
	for b.Loop() {
		_, ok := image.Choose(tags, "")
		require.True(b, ok)
	}
}
