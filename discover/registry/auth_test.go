package registry_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// guarded is a registry that wants a token, and its token server.
type guarded struct {
	*registrytest.Server
	challenge string // what it says to those without
	token     string
	login     string // user:password, empty where everybody gets a token
	field     string // of the token in the answer
	asked     []string
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.asked = append(g.asked, r.Method+" "+r.URL.Path)
	switch {
	case r.URL.Path == "/token" || r.URL.Path == "/v2/auth":
		user, password, _ := r.BasicAuth()
		if g.login != "" && user+":"+password != g.login {
			registrytest.Deny(w, http.StatusForbidden, "DENIED")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{g.field: g.token})
	case r.Header.Get("Authorization") != "Bearer "+g.token:
		w.Header().Set("WWW-Authenticate", g.challenge)
		registrytest.Deny(w, http.StatusUnauthorized, "UNAUTHORIZED")
	default:
		g.Server.ServeHTTP(w, r)
	}
}

func newGuarded(host string) *guarded {
	return &guarded{
		Server: registrytest.Make(), token: "opaque", field: "token",
		challenge: fmt.Sprintf(`Bearer realm="https://%s/token",service="%s",scope="repository:owner/app:pull"`, host, host),
	}
}

// In the normal case five requests are enough, that for the token included: no
// more than a person with curl needs.
func TestFiveRequests(t *testing.T) {
	t.Parallel()
	for host, token := range map[string]string{"ghcr.io": "ghcr.io", "quay.io": "quay.io", "index.docker.io": "auth.docker.io"} {
		for _, field := range []string{"token", "access_token"} {
			g := newGuarded(host)
			g.field = field
			digest := g.Add("owner/app", []string{"1.0.0", "latest"}, registrytest.Image{Attestations: true})
			c, _ := online(t, internet{host: g, token: g})
			img := resolve(t, c, query(host+"/owner/app"))
			require.True(t, strings.HasSuffix(img.Reference, "/owner/app:1.0.0@"+digest))
			require.Equal(t, 5, c.Requests(), g.asked)
			require.Len(t, g.asked, 5)
		}
	}
}

// Other registries are asked first how they give tokens; those without tokens
// need no more requests than that.
func TestOtherTokenServers(t *testing.T) {
	t.Parallel()
	g := newGuarded("login.example.org")
	digest := g.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	c, _ := online(t, internet{"registry.example.org": g, "login.example.org": g})
	require.Equal(t, "registry.example.org/owner/app:1.0.0@"+digest, resolve(t, c, query("registry.example.org/owner/app")).Reference)
	require.Equal(t, 6, c.Requests(), g.asked)

	// One of the largest that has moved its token server says so itself.
	moved := newGuarded("login.example.org")
	moved.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	gone := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			http.NotFound(w, r)
			return
		}
		moved.ServeHTTP(w, r)
	})
	c, _ = online(t, internet{"ghcr.io": gone, "login.example.org": moved})
	require.Equal(t, "1.0.0", resolve(t, c, query("ghcr.io/owner/app")).Tag)
}

// Who gets no token without a login is not publicly there.
func TestTokenDenied(t *testing.T) {
	t.Parallel()
	g := newGuarded("ghcr.io")
	g.login = "user:secret"
	c, _ := online(t, internet{"ghcr.io": g})
	require.Contains(t, failure(t, c, query("ghcr.io/owner/app"), registry.Absent), "not publicly there (403 forbidden, DENIED)")
	require.Equal(t, 1, c.Requests())
}

// A token that does not help is asked for again, but not for ever.
func TestTokenLoop(t *testing.T) {
	t.Parallel()
	g := newGuarded("ghcr.io")
	g.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	loop := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer of another")
		g.ServeHTTP(w, r)
	})
	c, _ := online(t, internet{"ghcr.io": loop})
	failure(t, c, query("ghcr.io/owner/app"), registry.Absent)
	require.LessOrEqual(t, c.Requests(), 6)
}

// Where tokens are to be had is said by the registry, and may not lead inside.
func TestRealms(t *testing.T) {
	t.Parallel()
	for realm, want := range map[string]string{
		"https://169.254.169.254/token": "private or link-local",
		"https://127.0.0.1/token":       "private or link-local",
		"https://[::1]/token":           "private or link-local",
		"https://10.0.0.1/token":        "private or link-local",
		"https://0x7f.1/token":          "private or link-local",
		"https://100.64.0.1/token":      "an address that is not public",
		"https://localhost/token":       "an address that is not public",
		"http://example.org/token":      `realm scheme "http" not allowed`,
		"file:///etc/passwd":            `realm scheme "file" not allowed`,
		"https://a:b@example.org/token": "an address with a password in it",
		"https://huge.example.org/":     "the answer has more than the 65536 bytes that are allowed",
		"https://inside.example.org/":   "169.254.169.254",
		"https://html.example.org/":     "invalid character",
	} {
		g := newGuarded("")
		g.challenge = fmt.Sprintf(`Bearer realm=%q,service="x"`, realm)
		c, _ := online(t, internet{
			"registry.example.org": g,
			"huge.example.org": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"token":"` + strings.Repeat("x", 100<<10)))
			}),
			"inside.example.org": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://169.254.169.254/latest", http.StatusFound)
			}),
			"html.example.org": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }),
		})
		e := failureOf(t, c, query("registry.example.org/owner/app"))
		require.Contains(t, e.Error(), want, realm)
		if !strings.Contains(realm, "inside") { // which the library refuses in the way of a broken connection
			require.Equal(t, registry.Refused, e.Kind, realm)
		}
	}
}

// Storage is elsewhere and gets no token; what is inside is not reached.
func TestRedirects(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"https://storage.example.org":       "",
		"http://storage.example.org":        "storage.example.org is not asked without encryption",
		"https://127.0.0.1:1":               "ghcr.io sends to 127.0.0.1, an address that is not public",
		"https://localhost":                 "ghcr.io sends to localhost, an address that is not public",
		"https://metadata.localhost":        "an address that is not public",
		"https://192.168.1.1":               "an address that is not public",
		"https://[::ffff:169.254.169.254]":  "an address that is not public",
		"https://[fd00:ec2::254]":           "an address that is not public",
		"https://2852039166":                "an address that is not public",
		"https://0.0.0.0":                   "an address that is not public",
		"https://storage.example.org:8443":  "",
		"https://198.51.100.7":              "",
		"https://user@storage.example.org":  "an address with a password in it",
		"gopher://storage.example.org:70/x": `an address that begins with "gopher"`,
	} {
		g := newGuarded("ghcr.io")
		g.Add("owner/app", []string{"1.0.0"}, registrytest.Image{User: "7"})
		storage := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" { // a token for another
				w.WriteHeader(http.StatusTeapot)
				return
			}
			g.Server.ServeHTTP(w, r)
		})
		front := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/blobs/") {
				http.Redirect(w, r, to+r.URL.Path, http.StatusTemporaryRedirect)
				return
			}
			g.ServeHTTP(w, r)
		})
		net := internet{"ghcr.io": front}
		if want == "" {
			net[strings.TrimPrefix(to, "https://")] = storage
		}
		c, _ := online(t, net)
		if want == "" {
			require.Equal(t, "7", resolve(t, c, query("ghcr.io/owner/app")).Config.User)
		} else {
			require.Contains(t, failure(t, c, query("ghcr.io/owner/app"), registry.Refused), want, to)
		}
	}
}

// A registry that only points to another, which wants a token of its own.
func TestFront(t *testing.T) {
	t.Parallel()
	g := newGuarded("real.example.org")
	digest := g.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	front := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/" {
			w.Header().Set("WWW-Authenticate", g.challenge)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, "https://real.example.org"+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	})
	c, _ := online(t, internet{"front.example.org": front, "real.example.org": g})
	require.Equal(t, "front.example.org/owner/app:1.0.0@"+digest, resolve(t, c, query("front.example.org/owner/app")).Reference)
}

// A registry on this machine may keep its storage beside it.
func TestLocalStorage(t *testing.T) {
	t.Parallel()
	s, storage := registrytest.New(t), registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{User: "7"})
	storage.Add("owner/app", nil, registrytest.Image{User: "7"})
	s.Fault(at("/blobs/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+storage.Host+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	c, _ := mirrored(t, s, "ghcr.io")
	require.Equal(t, "7", resolve(t, c, query("ghcr.io/owner/app")).Config.User)
}

// So may one that was named by an address within a network.
func TestPrivateStorage(t *testing.T) {
	t.Parallel()
	s := registrytest.Make()
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{User: "7"})
	front := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/blobs/") {
			http.Redirect(w, r, "https://10.1.2.4"+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		s.ServeHTTP(w, r)
	})
	c, _ := online(t, internet{"10.1.2.3:5000": front, "10.1.2.4": s})
	require.Equal(t, "7", resolve(t, c, query("10.1.2.3:5000/owner/app")).Config.User)
	require.Equal(t, 6, c.Requests(), "with the one to the storage, and none without encryption")
}

// Logins are used when that is allowed and nothing else helps.
func TestLogin(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("HOME", dir)
	auth := base64.StdEncoding.EncodeToString([]byte("user:secret"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), fmt.Appendf(nil, `{"auths":{"ghcr.io":{"auth":%q},"registry.example.org":{"auth":%q}}}`, auth, auth), 0o600))
	look := func(g http.Handler, login bool, repository string) (*image.Image, *registry.Client, error) {
		c, _ := changed(t, func(o *registry.Options) {
			o.Login, o.Transport = login, internet{"ghcr.io": g, "quay.io": g, "registry.example.org": g}
		})
		img, err := c.Resolve(t.Context(), query(repository))
		return img, c, err
	}
	g := newGuarded("ghcr.io")
	g.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	g.login = "user:secret"
	_, _, err := look(g, false, "ghcr.io/owner/app")
	require.ErrorContains(t, err, "not publicly there")
	img, c, err := look(g, true, "ghcr.io/owner/app")
	require.NoError(t, err)
	require.Equal(t, "1.0.0", img.Tag)
	require.Equal(t, 6, c.Requests(), "once in vain, and then as ever")
	_, _, err = look(g, true, "quay.io/owner/app")
	require.ErrorContains(t, err, "not publicly there", "there is no login for it")

	// An old login does no harm where none is needed.
	g.login = ""
	_, c, err = look(g, true, "ghcr.io/owner/app")
	require.NoError(t, err)
	require.Equal(t, 5, c.Requests())

	// Without tokens, the login is in each request.
	plain := registrytest.Make()
	plain.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	basic := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user+":"+password != "user:secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			registrytest.Deny(w, http.StatusUnauthorized, "UNAUTHORIZED")
			return
		}
		plain.ServeHTTP(w, r)
	})
	_, _, err = look(basic, false, "registry.example.org/owner/app")
	require.ErrorContains(t, err, "not publicly there")
	img, _, err = look(basic, true, "registry.example.org/owner/app")
	require.NoError(t, err)
	require.Equal(t, "1.0.0", img.Tag)
}

// What the client calls itself and what it tells of its requests.
func TestRequestsAreTold(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{})
	s.Fault(func(w http.ResponseWriter, r *http.Request) bool {
		if r.UserAgent() != "scaffold/1" {
			registrytest.Deny(w, http.StatusForbidden, "DENIED")
			return true
		}
		return false
	})
	var told []string
	c, _ := changed(t, func(o *registry.Options) {
		o.UserAgent, o.Mirrors = "scaffold/1", map[string]string{"ghcr.io": s.Host}
		o.OnRequest = func(method, host, path string) {
			require.Equal(t, s.Host, host)
			told = append(told, method+" "+path)
		}
	})
	resolve(t, c, query("ghcr.io/owner/app"))
	require.Len(t, told, 5)
	require.Equal(t, []string{"GET /v2/", "GET /v2/owner/app/tags/list", "GET /v2/owner/app/manifests/1.0.0"}, told[:3])
}
