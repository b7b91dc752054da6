package fetch_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nix-community/go-nix/pkg/nixhash"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive/fetch"
)

// entry is a folder where the name ends in a slash, a link where target is set.
type entry struct {
	name, text, target string
	mode               int64
}

func tarOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.text)), Typeflag: tar.TypeReg, Linkname: e.target}
		switch {
		case e.target != "":
			h.Typeflag = tar.TypeSymlink
		case strings.HasSuffix(e.name, "/"):
			h.Typeflag = tar.TypeDir
		}
		require.NoError(t, w.WriteHeader(h))
		_, err := w.Write([]byte(e.text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	return b.Bytes()
}

func zipOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		mode, text := fs.FileMode(e.mode), e.text
		switch {
		case e.target != "":
			mode, text = mode|fs.ModeSymlink, e.target
		case strings.HasSuffix(e.name, "/"):
			mode |= fs.ModeDir
		}
		h.SetMode(mode)
		f, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = f.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// TestNixDownloadsTheSame: Nix, which downloads and unpacks by itself, comes to
// the same hash from the same server.
func TestNixDownloadsTheSame(t *testing.T) {
	program, err := exec.LookPath("nix-prefetch-url")
	if err != nil {
		t.Skip("nix is not installed: this test downloads with a real Nix")
	}
	one := []entry{
		{"cars-1.0.0/", "", "", 0o755},
		{"cars-1.0.0/grafana/", "", "", 0o755},
		{"cars-1.0.0/grafana/cars.json", `{"title": "Cars", "panels": []}`, "", 0o644},
		{"cars-1.0.0/run", "#!/bin/sh\n", "", 0o755},
		{"cars-1.0.0/latest", "", "grafana/cars.json", 0o777},
		{"cars-1.0.0/empty/", "", "", 0o755},
	}
	several := []entry{{"a/", "", "", 0o755}, {"a/x.json", `{"title": "A", "panels": []}`, "", 0o644}, {"run", "x", "", 0o755}}
	files := map[string][]byte{
		"/one.tar.gz": tarOf(t, one), "/one.tgz": tarOf(t, one), "/one.zip": zipOf(t, one),
		"/several.tar.gz": tarOf(t, several), "/several.zip": zipOf(t, several),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(files[r.URL.Path]) }))
	t.Cleanup(server.Close)
	for name := range files {
		a, err := fetch.Get(t.Context(), server.URL+name, fetch.Options{})
		require.NoError(t, err, name)
		require.Equal(t, strings.Contains(name, "several"), a.Several, name)
		cmd := exec.CommandContext(t.Context(), program, "--unpack", "--type", "sha256", "--name", "source", server.URL+name)
		var stderr strings.Builder
		cmd.Env, cmd.Stderr = append(os.Environ(), "HOME="+t.TempDir()), &stderr
		out, err := cmd.Output()
		require.NoError(t, err, "%s", stderr.String())
		want, err := nixhash.ParseAny("sha256:"+strings.TrimSpace(string(out)), nil)
		require.NoError(t, err)
		require.Equal(t, want.Format(nixhash.SRI, true), a.Hash, name)
	}
}
