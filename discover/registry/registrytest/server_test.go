package registrytest_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/registry/registrytest"
)

func get(t *testing.T, s *registrytest.Server, path string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Host+path, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(text)
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	digest := s.Add("owner/app", []string{"2", "1"}, registrytest.Image{Ports: []string{"80/tcp"}, Platforms: []string{"linux/amd64", "linux/arm/v7"}, Attestations: true})
	hidden := s.Add("owner/app", nil, registrytest.Image{User: "1"})
	require.Equal(t, "ghcr.io="+s.Host, s.Mirror("ghcr.io"))

	status, _, body := get(t, s, "/v2/owner/app/tags/list")
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"name":"owner/app","tags":["1","2"]}`, body)

	status, header, body := get(t, s, "/v2/owner/app/manifests/1")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, digest, header.Get("Docker-Content-Digest"))
	require.Equal(t, digest, fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(body))))
	require.Equal(t, "application/vnd.oci.image.index.v1+json", header.Get("Content-Type"))
	index, err := v1.ParseIndexManifest(strings.NewReader(body))
	require.NoError(t, err)
	require.Len(t, index.Manifests, 4)
	require.Equal(t, "linux/arm/v7", index.Manifests[2].Platform.String())
	require.Equal(t, "unknown/unknown", index.Manifests[3].Platform.String())

	// What the index leads to is there, down to config and layers.
	for _, entry := range index.Manifests {
		_, _, body := get(t, s, "/v2/owner/app/manifests/"+entry.Digest.String())
		require.Len(t, body, int(entry.Size))
		m, err := v1.ParseManifest(strings.NewReader(body))
		require.NoError(t, err)
		for _, blob := range append(m.Layers, m.Config) {
			status, _, body := get(t, s, "/v2/owner/app/blobs/"+blob.Digest.String())
			require.Equal(t, http.StatusOK, status)
			require.Len(t, body, int(blob.Size))
		}
	}
	status, _, _ = get(t, s, "/v2/owner/app/manifests/"+hidden)
	require.Equal(t, http.StatusOK, status)
	for _, path := range []string{"/v2/owner/none/tags/list", "/v2/owner/app/manifests/3", "/v2/owner/app/blobs/sha256:0", "/other"} {
		status, _, body := get(t, s, path)
		require.Equal(t, http.StatusNotFound, status)
		require.Contains(t, body, "UNKNOWN")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	var heard [][]string
	s.OnRequest(func(asked []string) { heard = append(heard, asked) })
	s.Fault(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v2/" {
			return false
		}
		registrytest.Deny(w, http.StatusTeapot, "SHORT")
		return true
	})
	status, _, _ := get(t, s, "/v2/")
	require.Equal(t, http.StatusOK, status)
	status, _, body := get(t, s, "/v2/x/tags/list?n=1")
	require.Equal(t, http.StatusTeapot, status)
	require.JSONEq(t, `{"errors":[{"code":"SHORT","message":"no"}]}`, body)
	require.Equal(t, []string{"GET /v2/", "GET /v2/x/tags/list?n=1"}, s.Requests())
	require.Equal(t, [][]string{{"GET /v2/"}, {"GET /v2/", "GET /v2/x/tags/list?n=1"}}, heard)
}
