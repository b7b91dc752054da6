package registry_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// clock stands still, save for who waits on it.
type clock struct {
	at    time.Time
	slept []time.Duration
}

func (c *clock) now() time.Time { return c.at }

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.at = c.at.Add(d)
	return ctx.Err()
}

// internet answers for hosts by name, without any network.
type internet map[string]http.Handler

func (i internet) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := i[r.URL.Host]
	if !ok {
		return nil, &unknownHost{r.URL.Host}
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	response := w.Result()
	response.Request = r
	return response, nil
}

type unknownHost struct{ host string }

func (u *unknownHost) Error() string { return "no such host " + u.host }

// online is a client for an internet.
func online(t *testing.T, i internet) (*registry.Client, *clock) {
	t.Helper()
	return changed(t, func(o *registry.Options) { o.Transport = i })
}

// mirrored is a client that asks s instead of the registries.
func mirrored(t *testing.T, s *registrytest.Server, registries ...string) (*registry.Client, *clock) {
	t.Helper()
	return changed(t, func(o *registry.Options) {
		for _, r := range registries {
			o.Mirrors[r] = s.Host
		}
	})
}

func changed(t *testing.T, change func(*registry.Options)) (*registry.Client, *clock) {
	t.Helper()
	now := &clock{at: time.Now()}
	o := registry.Options{Mirrors: map[string]string{}, Sleep: now.sleep, Now: now.now}
	change(&o)
	c, err := registry.New(o)
	require.NoError(t, err)
	return c, now
}

func resolve(t *testing.T, c *registry.Client, q registry.Query) *image.Image {
	t.Helper()
	img, err := c.Resolve(t.Context(), q)
	require.NoError(t, err)
	return img
}

// failure resolves and wants that to fail for a reason, which it tells in words.
func failure(t *testing.T, c *registry.Client, q registry.Query, kind registry.Kind) string {
	t.Helper()
	img, err := c.Resolve(t.Context(), q)
	require.Nil(t, img)
	var e *registry.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, e.Error())
	require.NotEmpty(t, e.Hint)
	return e.Error()
}

func query(repositories ...string) registry.Query { return registry.Query{Repositories: repositories} }

func TestResolve(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	digest := s.Add("owner/app", []string{"latest", "1.10.0", "1.9.3", "1", "1.10", "1.11.0-rc1", "20261101", "sha-0a1b2c3"}, registrytest.Image{
		Ports: []string{"8080/tcp"}, Volumes: []string{"/data", "/config"}, User: "1000:1000", Platforms: []string{"linux/arm64", "linux/amd64"},
		Entrypoint: []string{"/app"}, Command: []string{"serve"}, WorkingDir: "/app", Env: []string{"A=b"},
		Labels: map[string]string{"org.opencontainers.image.source": "https://example.org/app"}, Healthcheck: []string{"CMD", "/app", "health"}, Attestations: true,
	})
	c, _ := mirrored(t, s, "ghcr.io")
	img := resolve(t, c, query("ghcr.io/owner/app"))
	require.Equal(t, &image.Image{
		Reference: "ghcr.io/owner/app:1.10.0@" + digest, Tag: "1.10.0", Total: 8, Choice: "newest of 2 versions like it",
		Platforms: []string{"linux/amd64", "linux/arm64"}, Rejected: []image.Rejected{},
		Config: image.Config{
			Ports: []image.Port{{Number: 8080, Protocol: "tcp"}}, Volumes: []string{"/config", "/data"}, User: "1000:1000",
			Entrypoint: []string{"/app"}, Command: []string{"serve"}, WorkingDir: "/app", Environment: map[string]string{"A": "b"},
			Labels: map[string]string{"org.opencontainers.image.source": "https://example.org/app"}, HealthCheck: []string{"CMD", "/app", "health"},
		},
	}, img)
	require.Equal(t, 5, c.Requests(), s.Requests())
}

// The newest version, the platform and the family are what was asked for.
func TestResolveQueries(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	both := registrytest.Image{Platforms: []string{"linux/amd64", "linux/arm/v7"}}
	plain := s.Add("owner/app", []string{"1.2.0", "1.2.0-alpine", "1.3.0"}, both)
	single := s.Add("owner/single", []string{"1.0"}, registrytest.Image{Single: true, Ports: []string{"1/tcp"}})
	odd := s.Add("owner/odd", []string{"latest"}, registrytest.Image{})
	for _, tt := range []struct {
		name            string
		q               registry.Query
		want, warn, why string
		requests        int
	}{
		{"newest", query("ghcr.io/owner/app"), "ghcr.io/owner/app:1.3.0@" + plain, "", "newest of 2 versions like it", 5},
		{"family", registry.Query{Repositories: []string{"ghcr.io/owner/app"}, Family: "1.0.0-alpine"}, "ghcr.io/owner/app:1.2.0-alpine@" + plain, "", "the only version like 1.0.0-alpine", 5},
		{"no such family", registry.Query{Repositories: []string{"ghcr.io/owner/app"}, Family: "1.0.0-debian"}, "ghcr.io/owner/app:1.3.0@" + plain, "no tag is like 1.0.0-debian, which the catalog wants", "newest of 2 versions like it", 5},
		{"platform", registry.Query{Repositories: []string{"ghcr.io/owner/app"}, Platform: "linux/arm/v7"}, "ghcr.io/owner/app:1.3.0@" + plain, "", "newest of 2 versions like it", 5},
		{"tag", query("ghcr.io/owner/app:1.2.0"), "ghcr.io/owner/app:1.2.0@" + plain, "", "named with its tag", 4},
		{"tag and digest", query("ghcr.io/owner/app:1.2.0@" + plain), "ghcr.io/owner/app:1.2.0@" + plain, "", "named with its digest", 4},
		{"digest", query("ghcr.io/owner/app@" + plain), "ghcr.io/owner/app@" + plain, "it has no tag, so no update can be proposed", "named with its digest", 4},
		{"no index", query("ghcr.io/owner/single"), "ghcr.io/owner/single:1.0@" + single, "", "the only version like it", 4},
		{"nothing but latest", query("ghcr.io/owner/odd"), "ghcr.io/owner/odd:latest@" + odd, "no tag is a version, and latest moves", "there is no version", 5},
		{"latest, named", query("ghcr.io/owner/odd:latest"), "ghcr.io/owner/odd:latest@" + odd, "the tag latest names no version, so no update can be proposed", "named with its tag", 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := mirrored(t, s, "ghcr.io")
			img := resolve(t, c, tt.q)
			require.Equal(t, tt.want, img.Reference)
			require.Equal(t, tt.warn, img.Warning)
			require.Equal(t, tt.why, img.Choice)
			require.Equal(t, tt.requests, c.Requests())
		})
	}
}

// Three registries have different tags. The better one wins although another
// is newer or named first, and one that does not have it is passed over.
func TestPreference(t *testing.T) {
	t.Parallel()
	ghcr, quay, hub, other := registrytest.New(t), registrytest.New(t), registrytest.New(t), registrytest.New(t)
	c, _ := changed(t, func(o *registry.Options) {
		o.Mirrors = map[string]string{"ghcr.io": ghcr.Host, "quay.io": quay.Host, "index.docker.io": hub.Host, "registry.example.org": other.Host}
	})
	fresh := hub.Add("owner/app", []string{"1.3.0"}, registrytest.Image{})
	middle := quay.Add("owner/app", []string{"v1.2.0"}, registrytest.Image{})
	all := query("registry.example.org/owner/app", "docker.io/owner/app", "quay.io/owner/app", "ghcr.io/owner/app", "docker.io/owner/app")
	img := resolve(t, c, all)
	require.Equal(t, "quay.io/owner/app:v1.2.0@"+middle, img.Reference)
	require.Equal(t, []image.Rejected{
		{Repository: "ghcr.io/owner/app", Reason: "not publicly there (404 not found, NAME_UNKNOWN)"},
		{Repository: "docker.io/owner/app", Reason: "not asked, as quay.io/owner/app has it"},
		{Repository: "registry.example.org/owner/app", Reason: "not asked, as quay.io/owner/app has it"},
	}, img.Rejected)
	require.Empty(t, hub.Requests())

	ghcr.Add("owner/app", []string{"1.1.0"}, registrytest.Image{Platforms: []string{"linux/arm64"}})
	img = resolve(t, c, query("docker.io/owner/app", "ghcr.io/owner/app"))
	require.Equal(t, "docker.io/owner/app:1.3.0@"+fresh, img.Reference)
	require.Equal(t, []image.Rejected{{Repository: "ghcr.io/owner/app", Reason: "it is not made for linux/amd64, only for linux/arm64"}}, img.Rejected)

	library := hub.Add("library/redis", []string{"8.0"}, registrytest.Image{})
	require.Equal(t, "docker.io/library/redis:8.0@"+library, resolve(t, c, query("docker.io/redis")).Reference)

	e := failure(t, c, query("ghcr.io/owner/none", "quay.io/owner/none"), registry.Absent)
	require.Contains(t, e, "find image among 2 candidates: ghcr.io/owner/none: not publicly there")
	require.Contains(t, e, "quay.io/owner/none: not publicly there")
}

// What makes no sense is said before anybody is asked.
func TestBadReference(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	for _, text := range []string{
		"", "app", "owner/app", "ghcr.io", "ghcr.io/", "ghcr.io/Owner/App", "ghcr.io/owner/app:", "ghcr.io/owner/app:a b", "../x/y", "ghcr.io/../x",
		"ghcr.io/owner/app@sha256:12", "ghcr.io/owner/app@md5:d41d8cd98f00b204e9800998ecf8427e", "ghcr.io/owner/app@", "-x.y/z/a", "ghcr.io:port/owner/app",
		"ghcr.io/owner/${app}", "ghcr.io/owner/app\n", "https://ghcr.io/owner/app", "user:pass@ghcr.io/owner/app",
	} {
		c, _ := mirrored(t, s, "ghcr.io")
		require.Contains(t, failure(t, c, query(text), registry.BadReference), "write it as registry/name")
		require.Zero(t, c.Requests())
	}
	c, _ := mirrored(t, s, "ghcr.io")
	failure(t, c, query(), registry.BadReference)
	for _, platform := range []string{"linux", "linux/", "linux/amd64/v1/x", "Linux/amd64", "linux amd64"} {
		failure(t, c, registry.Query{Repositories: []string{"ghcr.io/owner/app"}, Platform: platform}, registry.BadReference)
	}
	require.Empty(t, s.Requests())
}

func TestOffline(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	c, _ := changed(t, func(o *registry.Options) { o.Offline, o.Mirrors = true, map[string]string{"ghcr.io": s.Host} })
	failure(t, c, query("ghcr.io/owner/app"), registry.Offline)
	require.Zero(t, c.Requests())
	require.Empty(t, s.Requests())
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.Fault(func(http.ResponseWriter, *http.Request) bool { cancel(); return false })
	c, _ := mirrored(t, s, "ghcr.io")
	_, err := c.Resolve(ctx, query("ghcr.io/owner/app", "ghcr.io/owner/other"))
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, s.Requests(), 1)
}

func TestMirrors(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	digest := s.Add("cache/ghcr/owner/app", []string{"1.0.0"}, registrytest.Image{})
	c, _ := changed(t, func(o *registry.Options) { o.Mirrors["ghcr.io"] = s.Host + "/cache/ghcr/" })
	require.Equal(t, "ghcr.io/owner/app:1.0.0@"+digest, resolve(t, c, query("ghcr.io/owner/app")).Reference)

	for text, want := range map[string][2]string{
		"ghcr.io=127.0.0.1:5000": {"ghcr.io", "127.0.0.1:5000"}, "docker.io=mirror.lan/hub": {"docker.io", "mirror.lan/hub"}, "quay.io=[::1]:5000": {"quay.io", "[::1]:5000"},
	} {
		from, to, err := registry.ParseMirror(text)
		require.NoError(t, err)
		require.Equal(t, want, [2]string{from, to})
	}
	for _, text := range []string{"", "ghcr.io", "=x.y", "ghcr.io=", "ghcr.io=https://x.y", "ghcr=x.y", "ghcr.io=x.y/UP", "ghcr.io=x.y/a b", "ghcr.io=x y.z", "ghcr.io=a@b.c"} {
		_, _, err := registry.ParseMirror(text)
		var e *registry.Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, registry.BadReference, e.Kind)
	}
	_, err := registry.New(registry.Options{Mirrors: map[string]string{"ghcr.io": "http://x"}})
	require.Error(t, err)
}
