package registry_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// at makes a fault of a handler for what is asked at a path.
func at(part string, f http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, part) {
			return false
		}
		f(w, r)
		return true
	}
}

// An answer that breaks a rule is refused with the reason, and the next
// candidate is taken.
func TestRefused(t *testing.T) {
	t.Parallel()
	digest := func(body string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(body))) }
	image := func(config string) string {
		return fmt.Sprintf(`{"schemaVersion":2,"layers":[],"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":%q,"size":%d}}`, digest(config), len(config))
	}
	send := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	// served answers the manifest that a tag names with one, a blob with another.
	served := func(manifest, blob string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			return at("/manifests/", send(manifest))(w, r) || at("/blobs/", send(blob))(w, r)
		}
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) }
	}
	huge := strings.Repeat("x", 5<<20)
	for _, tt := range []struct {
		name  string
		fault func(http.ResponseWriter, *http.Request) bool
		want  string
	}{
		{"tags in HTML", at("/tags/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<html>log in</html>"))
		}), "it answered with text/html that is no list of tags; is there a login page in between?"},
		{"huge page of tags", at("/tags/", send(huge)), "the answer has more than the 4194304 bytes that are allowed"},
		{"huge manifest, with its size", at("/manifests/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(1<<40))
			w.WriteHeader(http.StatusOK)
		}), "the answer has 1099511627776 bytes, and 4194304 are allowed"},
		{"huge manifest, without", at("/manifests/", send(huge)), "the answer has more than the 4194304 bytes that are allowed"},
		{"huge config", served(image(huge), huge), "its config has 5242880 bytes, and 4194304 are allowed"},
		{"huge config that lies", served(strings.Replace(image("{}"), `"size":2`, `"size":5`, 1), huge), "the answer has more than the 4194304 bytes that are allowed"},
		{"config with a negative size", served(strings.Replace(image("{}"), `"size":2`, `"size":-5`, 1), "[]"), "it gave"},
		{"another config", served(image("{}"), "[]"), "it gave " + digest("[]") + " where " + digest("{}") + " was asked for"},
		{"config that is none", served(image("[]"), "[]"), "read config:"},
		{"config for no platform", served(image("{}"), "{}"), `read config: its platform is ""`},
		{"no manifest", at("/manifests/", send("hello")), "its manifest is none"},
		{"manifest of another kind", at("/manifests/", send(`{"schemaVersion":2}`)), "its manifest is neither an index nor an image"},
		{"old manifest", at("/manifests/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws")
			w.Header().Set("Docker-Content-Digest", digest("something else"))
			_, _ = w.Write([]byte(`{"schemaVersion":1}`))
		}), "its manifest has schema version 1, and only 2 names contents by digest"},
		{"index and image at once", at("/manifests/", send(`{"schemaVersion":2,"manifests":[],"layers":[]}`)), "its manifest says to be an index and an image at once"},
		{"digest of no form", at("/manifests/", send(`{"schemaVersion":2,"config":{"digest":"sha256:../x"}}`)), "its manifest is none"},
		{"redirect to link-local", at("/manifests/", redirect("http://169.254.169.254/latest/meta-data")), "169.254.169.254 is not asked without encryption"},
		{"redirect to link-local with TLS", at("/manifests/", redirect("https://169.254.169.254/latest/meta-data")), "sends to 169.254.169.254, an address that is not public"},
		{"redirect to link-local, in disguise", at("/manifests/", redirect("https://0xa9fea9fe/")), "sends to 0xa9fea9fe, an address that is not public"},
		{"redirect to link-local, IPv6", at("/manifests/", redirect("https://[fe80::1]/")), "sends to fe80::1, an address that is not public"},
		{"redirect to a file", at("/manifests/", redirect("file:///etc/passwd")), `an address that begins with "file" is not followed`},
		{"redirect to a password", at("/manifests/", redirect("https://a:b@example.org/")), "an address with a password in it is not followed"},
		{"redirects without end", at("/manifests/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}), "redirects more than 5 times"},
		{"tags go on elsewhere", at("/tags/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", `<https://example.org/v2/x>; rel="next"`)
			_, _ = w.Write([]byte(`{"tags":["1.0.0"]}`))
		}), "its next page of tags is on another host, example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bad, good := registrytest.New(t), registrytest.New(t)
			bad.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
			bad.Fault(tt.fault)
			good.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
			c, _ := changed(t, func(o *registry.Options) {
				o.Mirrors = map[string]string{"ghcr.io": bad.Host, "quay.io": good.Host}
			})
			e := failure(t, c, query("ghcr.io/owner/app"), registry.Refused)
			require.Contains(t, e, tt.want)
			img := resolve(t, c, query("ghcr.io/owner/app", "quay.io/owner/app"))
			require.True(t, strings.HasPrefix(img.Reference, "quay.io/owner/app:1.0.0@"))
			require.Contains(t, img.Rejected[0].Reason, tt.want)
		})
	}
}

// The digest is that of what was received, whatever the header says; and what
// is asked for by digest must have it.
func TestLyingDigest(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	digest := s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	other := s.Add("owner/other", []string{"1.0.0"}, registrytest.Image{User: "1"})
	s.Fault(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Docker-Content-Digest", other)
		return false
	})
	c, _ := mirrored(t, s, "ghcr.io")
	require.Equal(t, "ghcr.io/owner/app:1.0.0@"+digest, resolve(t, c, query("ghcr.io/owner/app")).Reference)
	s.Fault(func(_ http.ResponseWriter, r *http.Request) bool {
		r.URL.Path = strings.Replace(r.URL.Path, digest, other, 1)
		return false
	})
	e := failure(t, c, query("ghcr.io/owner/app:1.0.0@"+digest), registry.Refused)
	require.Contains(t, e, "it gave "+other+" where "+digest+" was asked for")
}

// Where the platform's manifest or the config is exchanged below a right index,
// the image is refused too.
func TestExchangedBelow(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"/manifests/sha256:", "/blobs/"} {
		s := registrytest.New(t)
		s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
		s.Fault(at(kind, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:` + strings.Repeat("0", 64) + `"}}`))
		}))
		c, _ := mirrored(t, s, "ghcr.io")
		require.Contains(t, failure(t, c, query("ghcr.io/owner/app"), registry.Refused), "was asked for")
	}
}

// Lists of tags that never end are cut off, and what was read is used.
func TestEndlessTags(t *testing.T) {
	t.Parallel()
	pages := func(f func(n int) (tags []string, next string)) func(http.ResponseWriter, *http.Request) bool {
		var n atomic.Int64
		return at("/tags/", func(w http.ResponseWriter, _ *http.Request) {
			tags, next := f(int(n.Add(1)))
			if next != "" {
				w.Header().Set("Link", "<"+next+`>; rel="next"`)
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"tags": tags})
		})
	}
	next := func(n int) string { return fmt.Sprintf("/v2/owner/app/tags/list?last=%d", n) }
	for _, tt := range []struct {
		name     string
		pages    func(n int) ([]string, string)
		tags     int
		requests int
		warning  string
	}{
		{"new ones for ever", func(n int) ([]string, string) { return []string{fmt.Sprintf("0.0.%d", n), "1.0.0"}, next(n) }, 21, 24, "only the first 21 tags were read, so there may be a newer one"},
		{"the same for ever", func(n int) ([]string, string) { return []string{"1.0.0"}, next(n) }, 1, 6, "only the first 1 tags were read, so there may be a newer one"},
		{"none for ever", func(n int) ([]string, string) {
			if n == 1 {
				return []string{"1.0.0"}, next(n)
			}
			return nil, next(n)
		}, 1, 6, "only the first 1 tags were read, so there may be a newer one"},
		{"three pages", func(n int) ([]string, string) {
			return []string{[]string{"0.8.0", "0.9.0", "1.0.0"}[n-1]}, []string{next(1), next(2), ""}[n-1]
		}, 3, 7, ""},
		{"too many", func(n int) ([]string, string) {
			tags := []string{"1.0.0"}
			for i := range 40_000 {
				tags = append(tags, fmt.Sprintf("0.%d.%d", n, i))
			}
			return tags, next(n)
		}, 50_000, 6, "only the first 50000 tags were read, so there may be a newer one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := registrytest.New(t)
			s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
			s.Fault(pages(tt.pages))
			c, _ := mirrored(t, s, "ghcr.io")
			img := resolve(t, c, query("ghcr.io/owner/app"))
			require.Equal(t, "1.0.0", img.Tag)
			require.Equal(t, tt.tags, img.Total)
			require.Equal(t, tt.warning, img.Warning)
			require.Equal(t, tt.requests, c.Requests())
		})
	}
}

// A list that breaks off after it began is used as well.
func TestTagsBreakOff(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	s.Fault(at("/tags/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("last") != "" {
			registrytest.Deny(w, http.StatusInternalServerError, "UNKNOWN")
			return
		}
		w.Header().Set("Link", `</v2/owner/app/tags/list?last=1.0.0>; rel="next"`)
		_, _ = w.Write([]byte(`{"tags":["1.0.0"]}`))
	}))
	c, _ := mirrored(t, s, "ghcr.io")
	require.Equal(t, "only the first 1 tags were read, so there may be a newer one", resolve(t, c, query("ghcr.io/owner/app")).Warning)
}

// A registry that is busy is waited for as long as it says, not longer than is
// sensible, and not for ever.
func TestRetry(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	for _, tt := range []struct {
		name   string
		status int
		after  string
		times  int64 // how often it is busy
		slept  []time.Duration
		kind   registry.Kind // empty if it comes to an image
	}{
		{"seconds", 429, "7", 1, []time.Duration{7 * time.Second}, ""},
		{"a date", 429, now.Add(5 * time.Second).UTC().Format(http.TimeFormat), 1, []time.Duration{5 * time.Second}, ""},
		{"a date that was", 503, now.Add(-time.Hour).UTC().Format(http.TimeFormat), 1, []time.Duration{0}, ""},
		{"no time", 429, "", 2, []time.Duration{time.Second, 4 * time.Second}, ""},
		{"at once", 503, "0", 2, []time.Duration{0, 0}, ""},
		{"bad gateway", 502, "", 1, []time.Duration{time.Second}, ""},
		{"too long", 429, "3600", 1, nil, registry.Limited},
		{"longer than anything", 429, "99999999999999999999", 1, nil, registry.Limited},
		{"longer than is left", 429, "20", 9, []time.Duration{20 * time.Second}, registry.Limited},
		{"nonsense", 429, "soon", 1, nil, registry.Limited},
		{"for ever", 429, "1", 99, []time.Duration{time.Second, time.Second}, registry.Limited},
		{"broken for ever", 502, "", 99, []time.Duration{time.Second, 4 * time.Second}, registry.Unreachable},
		{"broken otherwise", 500, "", 99, nil, registry.Unreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := registrytest.New(t)
			s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
			var n atomic.Int64
			s.Fault(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/manifests/1.0.0") || n.Add(1) > tt.times {
					return false
				}
				if tt.after != "" {
					w.Header().Set("Retry-After", tt.after)
				}
				registrytest.Deny(w, tt.status, "TOOMANYREQUESTS")
				return true
			})
			c, clock := mirrored(t, s, "ghcr.io")
			clock.at = now
			if tt.kind == "" {
				require.Equal(t, "1.0.0", resolve(t, c, query("ghcr.io/owner/app")).Tag)
			} else {
				failure(t, c, query("ghcr.io/owner/app"), tt.kind)
			}
			require.Equal(t, tt.slept, clock.slept)
		})
	}
}

// Who is not let in cannot be told from what is not there.
func TestAbsent(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 404} {
		for _, part := range []string{"/v2/", "/tags/", "/manifests/", "/blobs/"} {
			s := registrytest.New(t)
			s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
			s.Fault(at(part, func(w http.ResponseWriter, _ *http.Request) { registrytest.Deny(w, status, "DENIED") }))
			c, _ := mirrored(t, s, "ghcr.io")
			if e := failureOf(t, c, query("ghcr.io/owner/app")); e.Kind != registry.NoTag {
				require.Equal(t, registry.Absent, e.Kind, "%d %s: %v", status, part, e)
				require.Contains(t, e.Error(), fmt.Sprintf("not publicly there (%d ", status))
			}
		}
	}
}

func failureOf(t *testing.T, c *registry.Client, q registry.Query) *registry.Error {
	t.Helper()
	_, err := c.Resolve(t.Context(), q)
	var e *registry.Error
	require.ErrorAs(t, err, &e)
	return e
}

// A body that does not end is given up in time, and the next candidate asked.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	slow, good := registrytest.New(t), registrytest.New(t)
	slow.Fault(at("/tags/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"tags":[`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	good.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	c, _ := changed(t, func(o *registry.Options) {
		o.Mirrors = map[string]string{"ghcr.io": slow.Host, "quay.io": good.Host}
		o.Limits.Candidate = 5 * time.Second // the good one must answer within it too
	})
	img := resolve(t, c, query("ghcr.io/owner/app", "quay.io/owner/app"))
	require.Equal(t, "no whole answer in time", img.Rejected[0].Reason)
}

// A tag may move between the list and the manifest, and go.
func TestTagsMove(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0", "1.1.0"}, registrytest.Image{User: "1"})
	var moved string
	var once atomic.Bool
	s.Fault(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/manifests/1.1.0") && once.CompareAndSwap(false, true) {
			moved = s.Add("owner/app", []string{"1.1.0"}, registrytest.Image{User: "2"})
		}
		return false
	})
	c, _ := mirrored(t, s, "ghcr.io")
	img := resolve(t, c, query("ghcr.io/owner/app"))
	require.Equal(t, "ghcr.io/owner/app:1.1.0@"+moved, img.Reference)
	require.Equal(t, "2", img.Config.User, "what was got is what is pinned")

	s.Fault(at("/manifests/1.1.0", func(w http.ResponseWriter, _ *http.Request) { registrytest.Deny(w, 404, "MANIFEST_UNKNOWN") }))
	require.Equal(t, "1.0.0", resolve(t, c, query("ghcr.io/owner/app")).Tag)
	s.Fault(at("/manifests/1", func(w http.ResponseWriter, _ *http.Request) { registrytest.Deny(w, 404, "MANIFEST_UNKNOWN") }))
	require.Contains(t, failure(t, c, query("ghcr.io/owner/app"), registry.NoTag), "none of its 2 tags can be used")
}

// Attestations, signatures and charts are no images.
func TestNoImage(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/chart", []string{"1.0.0"}, registrytest.Image{Single: true, ConfigType: "application/vnd.cncf.helm.config.v1+json"})
	s.Add("owner/signed", []string{"sha256-" + strings.Repeat("0", 64) + ".sig"}, registrytest.Image{})
	s.Add("owner/unknown", []string{"1.0.0"}, registrytest.Image{Platforms: []string{"unknown/unknown"}, Attestations: true})
	s.Add("owner/arm", []string{"1.0.0"}, registrytest.Image{Platforms: []string{"linux/arm64"}, Single: true})
	s.Add("owner/empty", nil, registrytest.Image{})
	c, _ := mirrored(t, s, "ghcr.io")
	require.Contains(t, failure(t, c, query("ghcr.io/owner/chart"), registry.Refused), "it is no image to run, but application/vnd.cncf.helm.config.v1+json")
	require.Contains(t, failure(t, c, query("ghcr.io/owner/signed"), registry.NoTag), "none of its 1 tags")
	require.Contains(t, failure(t, c, query("ghcr.io/owner/unknown"), registry.NoPlatform), "it is not made for linux/amd64, only for nothing")
	require.Contains(t, failure(t, c, query("ghcr.io/owner/arm"), registry.NoPlatform), "only for linux/arm64")
	failure(t, c, query("ghcr.io/owner/empty"), registry.NoTag)
}

// No connection is no answer; only what may change by itself is tried again.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want int // waits
	}{
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 0},
		{"no such name", &net.DNSError{Err: "no such host", IsNotFound: true}, 0},
		{"name server busy", &net.DNSError{Err: "server misbehaving", IsTemporary: true}, 2},
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, 2},
		{"something else", errors.New("x509: certificate signed by unknown authority"), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, clock := changed(t, func(o *registry.Options) { o.Transport = broken{tt.err} })
			e := failure(t, c, query("registry.example.org/owner/app"), registry.Unreachable)
			require.Contains(t, e, "ask for registry.example.org/owner/app: ")
			require.Contains(t, e, "see whether the registry can be reached")
			require.Len(t, clock.slept, tt.want)
		})
	}
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

// What a registry says cannot act on the terminal, and secrets in addresses are
// not shown.
func TestErrorText(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	s.Fault(at("/tags/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("{\"errors\":[{\"code\":\"\\u001b[31mRED\\nline\",\"message\":\"" + strings.Repeat("x", 9000) + "\"}]}"))
	}))
	c, _ := mirrored(t, s, "ghcr.io")
	e := failure(t, c, query("ghcr.io/owner/app"), registry.Absent)
	require.Equal(t, "ask for ghcr.io/owner/app: not publicly there (403 forbidden, [31mRED line); see whether the name is right; for a private image, log in and use --registry-login", e)
	s.Fault(at("/tags/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.org/?signature=secret", http.StatusFound)
	}))
	require.NotContains(t, failure(t, c, query("ghcr.io/owner/app"), registry.Refused), "secret")
}
