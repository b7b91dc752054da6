package registry_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// What a machine can run is taken for it, the best first; nothing else is.
func TestPlatforms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ want, have, made string }{
		{"linux/amd64", "linux/arm64 linux/amd64", "linux/amd64"},
		{"linux/amd64", "linux/amd64/v1", "linux/amd64/v1"},
		{"linux/amd64", "linux/amd64/v3 linux/amd64", "linux/amd64"},
		{"linux/amd64", "linux/amd64/v3", ""},
		{"linux/amd64", "linux/386 windows/amd64", ""},
		{"linux/arm64", "linux/arm64/v8 linux/arm/v7", "linux/arm64/v8"},
		{"linux/arm64", "linux/arm64/v8 linux/arm64", "linux/arm64"},
		{"linux/arm64/v8", "linux/arm64", "linux/arm64"},
		{"linux/arm/v7", "linux/arm/v5 linux/arm/v6", "linux/arm/v6"},
		{"linux/arm/v7", "linux/arm", "linux/arm"},
		{"linux/arm/v6", "linux/arm/v7", ""},
		{"linux/arm/v6", "linux/arm/v7 linux/arm/v5", "linux/arm/v5"},
		{"linux/riscv64", "linux/riscv64", "linux/riscv64"},
		{"linux/riscv64", "unknown/unknown", ""},
	} {
		for _, single := range []bool{false, true} {
			platforms := strings.Fields(tt.have)
			if single && len(platforms) > 1 {
				continue
			}
			s := registrytest.New(t)
			s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{Platforms: platforms, Single: single})
			c, _ := mirrored(t, s, "ghcr.io")
			q := registry.Query{Repositories: []string{"ghcr.io/owner/app"}, Platform: tt.want}
			if tt.made == "" {
				require.Contains(t, failure(t, c, q, registry.NoPlatform), "it is not made for "+tt.want)
				continue
			}
			img := resolve(t, c, q)
			require.Contains(t, img.Platforms, tt.made)
			require.Empty(t, img.Warning)
			// Which was taken is seen by what was asked for: each platform's
			// manifest is that of the image for it alone.
			alone := s.Add("owner/alone", nil, registrytest.Image{Platforms: []string{tt.made}, Single: true})
			require.Contains(t, strings.Join(s.Requests(), " "), "/manifests/"+choose(single, "1.0.0", alone))
		}
	}
}

func choose(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// crafted serves contents of our own making: by digest, and the last as 1.0.0.
func crafted(t *testing.T, contents ...string) *registry.Client {
	t.Helper()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	s.Fault(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/manifests/1.0.0") {
			_, _ = w.Write([]byte(contents[len(contents)-1]))
			return true
		}
		for _, c := range contents {
			if strings.HasSuffix(r.URL.Path, sha(c)) || strings.HasSuffix(r.URL.Path, sha5(c)) {
				_, _ = w.Write([]byte(c))
				return true
			}
		}
		return false
	})
	c, _ := mirrored(t, s, "ghcr.io")
	return c
}

func sha(text string) string  { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }
func sha5(text string) string { return fmt.Sprintf("sha512:%x", sha512.Sum512([]byte(text))) }

const ociConfig = "application/vnd.oci.image.config.v1+json"

func manifestOf(kind, digest string) string {
	return fmt.Sprintf(`{"schemaVersion":2,"layers":[],"config":{"mediaType":%q,"size":10,"digest":%q}}`, kind, digest)
}

func indexOf(platform, digest string) string {
	return fmt.Sprintf(`{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":%q%s}]}`, digest, platform)
}

func TestCrafted(t *testing.T) {
	t.Parallel()
	const amd64 = `,"platform":{"os":"linux","architecture":"amd64"}`
	arm := `{"os":"linux","architecture":"arm64","config":{}}`
	good := `{"os":"linux","architecture":"amd64","config":{"User":"7"}}`
	inner := manifestOf(ociConfig, sha(good))
	armed := manifestOf(ociConfig, sha(arm))
	wide := manifestOf(ociConfig, sha5(good))
	nested := indexOf(amd64, sha(inner))
	for _, tt := range []struct {
		name     string
		contents []string
		kind     registry.Kind
		want     string // of the failure, or of the warning
	}{
		{"plain", []string{good, inner}, "", ""},
		{"index", []string{good, inner, nested}, "", ""},
		{"Docker's type", []string{good, manifestOf("application/vnd.docker.container.image.v1+json", sha(good))}, "", ""},
		{"config by SHA-512", []string{good, wide}, "", ""},
		{"config by a hash of its own", []string{good, manifestOf(ociConfig, "md5:d41d8cd98f00b204e9800998ecf8427e")}, registry.Refused, "its manifest is none"},
		{"no config", []string{`{"schemaVersion":2,"layers":[]}`}, registry.Refused, "neither an index nor an image"},
		{"config of no type", []string{good, manifestOf("", sha(good))}, registry.Refused, "it is no image to run, but"},
		{"index of an index", []string{good, inner, nested, indexOf(amd64, sha(nested))}, registry.Refused, "its index leads to another index"},
		{"index and config differ", []string{arm, armed, indexOf(amd64, sha(armed))}, "", "its index says linux/amd64, its config linux/arm64"},
		{"no platform in the index", []string{good, inner, indexOf("", sha(inner))}, registry.NoPlatform, "only for nothing"},
		{"odd platform in the index", []string{good, inner, indexOf(`,"platform":{"os":"linux","architecture":"amd64\u001b"}`, sha(inner))}, registry.NoPlatform, "only for nothing"},
		{"an attestation for the platform", []string{good, inner, indexOf(amd64+`,"annotations":{"vnd.docker.reference.type":"attestation-manifest"}`, sha(inner))}, registry.NoPlatform, "only for nothing"},
		{"empty index", []string{`{"schemaVersion":2,"manifests":[]}`}, registry.NoPlatform, "only for nothing"},
		{"not JSON after all", []string{good, inner + "}"}, registry.Refused, "its manifest is none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := crafted(t, tt.contents...)
			if tt.kind != "" {
				require.Contains(t, failure(t, c, query("ghcr.io/owner/app"), tt.kind), tt.want)
				return
			}
			img := resolve(t, c, query("ghcr.io/owner/app"))
			require.Equal(t, "ghcr.io/owner/app:1.0.0@"+sha(tt.contents[len(tt.contents)-1]), img.Reference)
			require.Equal(t, tt.want, img.Warning)
		})
	}
}

// All candidates together have a limit too, of time and of requests.
func TestTotals(t *testing.T) {
	t.Parallel()
	slow, unasked := registrytest.New(t), registrytest.New(t)
	slow.Fault(at("/v2/", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	c, _ := changed(t, func(o *registry.Options) {
		o.Mirrors = map[string]string{"ghcr.io": slow.Host, "quay.io": unasked.Host, "docker.io": unasked.Host}
		o.Limits.Total = 2 * time.Second
	})
	e := failure(t, c, query("ghcr.io/owner/app", "quay.io/owner/app", "docker.io/owner/app"), registry.Unreachable)
	require.Equal(t, 3, strings.Count(e, "no whole answer in time"))
	require.NotEmpty(t, slow.Requests())
	require.Empty(t, unasked.Requests(), "there was no time left")

	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	c, _ = changed(t, func(o *registry.Options) { o.Mirrors["ghcr.io"], o.Limits.Requests = s.Host, 4 })
	require.Contains(t, failure(t, c, query("ghcr.io/owner/app"), registry.Refused), "more than 4 requests are needed")
	require.Len(t, s.Requests(), 4)
}

func FuzzPlace(f *testing.F) {
	for _, s := range []string{"ghcr.io/owner/app", "docker.io/redis:8", "x.y:5000/a/b:c@sha256:" + strings.Repeat("0", 64), "[::1]:5000/a", "localhost/a", "ghcr.io/../x", "ghcr.io/a:..", "ghcr.io/a:a..b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown, asked, err := registry.Place(text, map[string]string{"ghcr.io": "127.0.0.1:5000/cache"})
		if err != nil {
			return
		}
		again, same, err := registry.Place(shown, map[string]string{"ghcr.io": "127.0.0.1:5000/cache"})
		require.NoError(t, err)
		require.Equal(t, shown, again)
		require.Equal(t, asked, same)
		require.NotRegexp(t, `[/:]\.`, shown)
		require.Regexp(t, `^[^/\s]+/[a-z0-9._/-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$`, shown)
		if strings.HasPrefix(shown, "ghcr.io/") {
			require.True(t, strings.HasPrefix(asked, "127.0.0.1:5000/cache/"), asked)
		}
	})
}
