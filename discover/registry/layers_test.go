package registry_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
	"holthome.net/scaffold/discover/registry/registrytest"
)

func tools(repository string) registry.Query {
	return registry.Query{Repositories: []string{repository}, Tools: true}
}

// The layers are received when that is asked for and there is no health check.
func TestTools(t *testing.T) {
	t.Parallel()
	s := registrytest.New(t)
	s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{Files: []string{"usr/bin/wget", "opt/curl"}, Layers: [][]string{{"bin/nc"}, nil}})
	s.Add("owner/checked", []string{"1.0.0"}, registrytest.Image{Files: []string{"usr/bin/wget"}, Healthcheck: []string{"CMD", "/app"}})
	s.Add("owner/path", []string{"1.0.0"}, registrytest.Image{Files: []string{"usr/bin/wget", "opt/curl"}, Env: []string{"PATH=/opt:/x"}})
	s.Add("owner/bare", []string{"1.0.0"}, registrytest.Image{Files: []string{"app"}})
	for repository, want := range map[string]struct {
		tools    []string
		requests int
	}{
		"app": {[]string{"wget", "nc"}, 8}, "checked": {nil, 5}, "path": {[]string{"curl"}, 6}, "bare": {[]string{}, 6},
	} {
		c, _ := mirrored(t, s, "ghcr.io")
		img := resolve(t, c, tools("ghcr.io/owner/"+repository))
		require.Equal(t, want.tools, img.Tools, repository)
		require.Empty(t, img.Warning)
		require.Equal(t, want.requests, c.Requests())
	}
	c, _ := mirrored(t, s, "ghcr.io")
	require.Nil(t, resolve(t, c, query("ghcr.io/owner/app")).Tools, "nobody asked")
}

// An image whose layers cannot be listed is as good; why is said.
func TestToolsFail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault func(http.ResponseWriter, *http.Request) bool
		limit func(*registry.Limits)
		want  string
	}{
		{"layers that are not there", func(w http.ResponseWriter, _ *http.Request) bool {
			registrytest.Deny(w, http.StatusNotFound, "BLOB_UNKNOWN")
			return true
		}, nil, "not publicly there (404 not found, BLOB_UNKNOWN)"},
		{"another layer", func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write(archive(t, true, program("bin/curl")))
			return true
		}, nil, "it gave"},
		{"a layer that is none", func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte("hello, this is no archive"))
			return true
		}, nil, "a layer of it is broken"},
		{"zstd", func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0})
			return true
		}, nil, "compressed with zstd, which is not read"},
		{"too large", nil, func(l *registry.Limits) { l.LayerBytes = 3 }, "its layers have more than 0 MB"},
		{"too large when decompressed", nil, func(l *registry.Limits) { l.FileBytes = 600 }, "more bytes than are allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := registrytest.New(t)
			s.Add("owner/app", []string{"1.0.0"}, registrytest.Image{Files: []string{"usr/bin/wget", "usr/bin/x", "usr/bin/y", "usr/bin/z"}})
			seen := 0
			s.Fault(func(w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, "/blobs/") {
					seen++
				}
				return tt.fault != nil && seen > 1 && tt.fault(w, r)
			})
			c, _ := changed(t, func(o *registry.Options) {
				o.Mirrors["ghcr.io"] = s.Host
				if tt.limit != nil {
					tt.limit(&o.Limits)
				}
			})
			img := resolve(t, c, tools("ghcr.io/owner/app"))
			require.Nil(t, img.Tools)
			require.Contains(t, img.Warning, "its files were not listed: ")
			require.Contains(t, img.Warning, tt.want)
		})
	}
}

func program(name string) tar.Header {
	return tar.Header{Name: name, Mode: 0o755, Typeflag: tar.TypeReg}
}

// archive is a layer with files without content.
func archive(tb testing.TB, zipped bool, files ...tar.Header) []byte {
	tb.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = nopCloser{&b}
	if zipped {
		w = gzip.NewWriter(&b)
	}
	a := tar.NewWriter(w)
	for _, h := range files {
		require.NoError(tb, a.WriteHeader(&h))
	}
	require.NoError(tb, a.Close())
	require.NoError(tb, w.Close())
	return b.Bytes()
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// What layers above take away is not there.
func TestPrograms(t *testing.T) {
	t.Parallel()
	curl, wget := program("usr/bin/curl"), program("./usr/bin/wget")
	for _, tt := range []struct {
		name   string
		layers [][]tar.Header // the lowest first
		want   string
	}{
		{"none", nil, ""},
		{"one", [][]tar.Header{{curl}}, "curl"},
		{"two layers", [][]tar.Header{{curl}, {wget}}, "curl wget"},
		{"taken away", [][]tar.Header{{curl, wget}, {program("usr/bin/.wh.curl")}}, "wget"},
		{"taken away and brought again", [][]tar.Header{{curl}, {program("usr/bin/.wh.curl")}, {curl}}, "curl"},
		{"taken away and brought in one layer", [][]tar.Header{{curl}, {program("usr/bin/.wh.curl"), curl}}, "curl"},
		{"its folder taken away", [][]tar.Header{{curl}, {program(".wh.usr")}}, ""},
		{"its folder hidden", [][]tar.Header{{curl}, {program("usr/bin/.wh..wh..opq"), wget}}, "wget"},
		{"all hidden", [][]tar.Header{{curl}, {program(".wh..wh..opq")}}, ""},
		{"another folder hidden", [][]tar.Header{{curl}, {program("usr/lib/.wh..wh..opq")}}, "curl"},
		{"a name that begins alike", [][]tar.Header{{curl}, {program("usr/bin/.wh.cur")}}, "curl"},
		{"not to be run", [][]tar.Header{{{Name: "usr/bin/curl", Mode: 0o644, Typeflag: tar.TypeReg}}}, ""},
		{"a folder", [][]tar.Header{{{Name: "usr/bin/curl/", Mode: 0o755, Typeflag: tar.TypeDir}}}, ""},
		{"busybox", [][]tar.Header{{{Name: "bin/wget", Linkname: "/bin/busybox", Typeflag: tar.TypeSymlink}, {Name: "/bin/nc", Linkname: "bin/busybox", Typeflag: tar.TypeLink}}}, "wget nc"},
		{"elsewhere", [][]tar.Header{{program("opt/x/curl"), program("usr/bin/x/curl")}}, ""},
		{"climbing", [][]tar.Header{{program("opt/../usr/bin/curl"), program("../../bin/wget")}}, "curl wget"},
	} {
		for _, zipped := range []bool{false, true} {
			var layers []io.Reader
			for _, files := range tt.layers {
				layers = append(layers, bytes.NewReader(archive(t, zipped, files...)))
			}
			got, err := registry.Programs("/usr/bin:/bin", 1<<20, layers...)
			require.NoError(t, err, tt.name)
			require.Equal(t, tt.want, strings.Join(got, " "), tt.name)
		}
	}
}

func FuzzPrograms(f *testing.F) {
	f.Add(archive(f, false, program("bin/curl"), program("bin/.wh.wget")))
	f.Add(archive(f, true, program("bin/curl")))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, layer []byte) {
		got, err := registry.Programs("/bin", 1<<20, bytes.NewReader(layer))
		if err != nil {
			require.Nil(t, got)
			return
		}
		require.Subset(t, image.HealthTools, got)
	})
}

func FuzzReadManifest(f *testing.F) {
	f.Add([]byte(`{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"sha256:` + strings.Repeat("0", 64) + `","platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}`))
	f.Add([]byte(`{"schemaVersion":2,"config":{"digest":"sha512:` + strings.Repeat("0", 128) + `"},"layers":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		digest, _, err := registry.ReadManifest(body)
		if err == nil {
			require.Regexp(t, `^sha256:[0-9a-f]{64}$`, digest)
		}
	})
}
