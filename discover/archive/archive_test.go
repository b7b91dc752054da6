package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive"
)

// item is an entry of an archive: a folder where the name ends in a slash.
type item struct {
	name, content, target string
	mode                  int64
	kind                  byte
}

// tarball packs items with tar and gzip.
func tarball(tb testing.TB, items ...item) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Mode: i.mode, Size: int64(len(i.content)), Typeflag: i.kind, Linkname: i.target, Format: tar.FormatPAX}
		switch {
		case i.kind == tar.TypeXGlobalHeader:
			h = &tar.Header{Typeflag: i.kind, PAXRecords: map[string]string{"comment": i.content}}
			i.content = ""
		case i.kind != 0:
		case strings.HasSuffix(i.name, "/"):
			h.Typeflag = tar.TypeDir
		case i.target != "":
			h.Typeflag = tar.TypeSymlink
		default:
			h.Typeflag = tar.TypeReg
		}
		if h.Mode == 0 && i.kind != tar.TypeXGlobalHeader {
			h.Mode = 0o644
		}
		require.NoError(tb, w.WriteHeader(h))
		_, err := w.Write([]byte(i.content))
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	require.NoError(tb, z.Close())
	return b.Bytes()
}

// zipped packs items as a zip that was made on Unix.
func zipped(tb testing.TB, items ...item) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate}
		mode := fs.FileMode(i.mode)
		if mode == 0 {
			mode = 0o644
		}
		switch {
		case strings.HasSuffix(i.name, "/"):
			mode |= fs.ModeDir
		case i.target != "":
			mode, i.content = mode|fs.ModeSymlink, i.target
		}
		h.SetMode(mode)
		f, err := w.CreateHeader(h)
		require.NoError(tb, err)
		_, err = f.Write([]byte(i.content))
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return b.Bytes()
}

const dashboard = `{"title": "Cars", "panels": [{"datasource": {"type": "postgres", "uid": "Cars"}}, {"datasource": {"type": "datasource", "uid": "grafana"}},
  {"datasource": {"type": "prometheus", "uid": "${DS}"}}]}`

// upstream is an archive such as a forge makes of a tag.
var upstream = []item{
	{content: "5d41402abc4b2a76b9719d911017c592", kind: tar.TypeXGlobalHeader},
	{name: "cars-1.2.0/"},
	{name: "cars-1.2.0/README.md", content: "# Cars\n"},
	{name: "cars-1.2.0/a.b", content: "sorted after the folder a"},
	{name: "cars-1.2.0/a/"},
	{name: "cars-1.2.0/a/b", content: "1"},
	{name: "cars-1.2.0/bin/run", content: "#!/bin/sh\n", mode: 0o755},
	{name: "cars-1.2.0/bin/only-group", content: "x", mode: 0o654},
	{name: "cars-1.2.0/empty/"},
	{name: "cars-1.2.0/latest", target: "./grafana"},
	{name: "cars-1.2.0/grafana/up", target: "../bin"},
	{name: "cars-1.2.0/grafana/dashboards/trips.json", content: dashboard},
	{name: "cars-1.2.0/grafana/dashboards/Übersicht – 車.json", content: `{"title": "x", "rows": [], "__inputs": [{"name": "DS"}]}`},
	{name: "cars-1.2.0/grafana/dashboards/package.json", content: `{"name": "x"}`},
	{name: "cars-1.2.0/package.json", content: `{"title": 1, "panels": []}`},
}

// onDisk writes what the items unpack to, without a leading folder.
func onDisk(t *testing.T, strip string, items []item) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	for _, i := range items {
		if i.kind == tar.TypeXGlobalHeader {
			continue
		}
		name := filepath.Join(dir, strings.TrimPrefix(i.name, strip))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		switch mode := os.FileMode(i.mode); {
		case strings.HasSuffix(i.name, "/"):
			require.NoError(t, os.MkdirAll(name, 0o755))
		case i.target != "":
			require.NoError(t, os.Symlink(i.target, name))
		default:
			if mode == 0 {
				mode = 0o644
			}
			require.NoError(t, os.WriteFile(name, []byte(i.content), mode))
		}
	}
	return dir
}

// nixHash is what a real Nix says of a folder.
func nixHash(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "nix", "--extra-experimental-features", "nix-command", "hash", "path", dir)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// TestHashIsNix: the hash is the one that Nix has for the same tree, with
// executables, links, empty folders and names beyond ASCII in it.
func TestHashIsNix(t *testing.T) {
	several := []item{{name: "one/x.json", content: dashboard}, {name: "two", content: ""}, {name: ".hidden/"}}
	alone := []item{{name: "board.json", content: dashboard}}
	for name, c := range map[string]struct {
		items   []item
		strip   string
		several bool
	}{
		"of a forge": {upstream, "cars-1.2.0/", false},
		"several":    {several, "", true},
		"one file":   {alone, "", false},
		"big":        {[]item{{name: "d/x", content: strings.Repeat("0123456", 300_001)}}, "d/", false},
	} {
		t.Run(name, func(t *testing.T) {
			want := nixHash(t, onDisk(t, c.strip, c.items))
			for address, data := range map[string][]byte{
				"https://x.example/a.tar.gz": tarball(t, c.items...), "https://x.example/a.tgz": tarball(t, c.items...), "https://x.example/a.zip": zipped(t, named(c.items)...),
			} {
				a, err := archive.Read(address, data, archive.Limits{})
				require.NoError(t, err, address)
				require.Equal(t, want, a.Hash, address)
				require.Equal(t, c.several, a.Several, address)
			}
		})
	}
}

// named are the items that have a name.
func named(items []item) []item {
	var list []item
	for _, i := range items {
		if i.name != "" {
			list = append(list, i)
		}
	}
	return list
}

// TestTarOfThePrograms: what the programs themselves pack is read as they unpack
// it: hard links, folders before and after what is in them, long names.
func TestTarOfThePrograms(t *testing.T) {
	dir := onDisk(t, "", []item{{name: "top/x/" + strings.Repeat("long/", 30) + "a.json", content: dashboard}, {name: "top/run", content: "run", mode: 0o755}, {name: "top/link", target: "run"}})
	require.NoError(t, os.Link(filepath.Join(dir, "top/run"), filepath.Join(dir, "top/run-too")))
	for _, form := range []string{"gnu", "pax"} {
		packed := filepath.Join(t.TempDir(), "x.tar.gz")
		out, err := exec.CommandContext(t.Context(), "tar", "--format="+form, "-czf", packed, "-C", dir, "./top").CombinedOutput()
		require.NoError(t, err, "%s", out)
		data, err := os.ReadFile(packed)
		require.NoError(t, err)
		a, err := archive.Read(packed, data, archive.Limits{})
		require.NoError(t, err)
		require.Equal(t, nixHash(t, filepath.Join(dir, "top")), a.Hash)
	}
}

// TestStorePathIsNix: the path is the one that Nix computes for what has a hash.
func TestStorePathIsNix(t *testing.T) {
	const sri = "sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4="
	cmd := exec.CommandContext(t.Context(), "nix-instantiate", "--eval", "--strict", "-E",
		`(derivation { name = "source"; system = "x"; builder = "x"; outputHashMode = "recursive"; outputHashAlgo = "sha256"; outputHash = "`+sri+`"; }).outPath`)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	require.NoError(t, err)
	path, err := archive.StorePath(sri, "source")
	require.NoError(t, err)
	require.Equal(t, strings.Trim(strings.TrimSpace(string(out)), `"`), path)

	for _, bad := range []string{"", "sha256-", "sha256-AAAA", "sha512-" + strings.Repeat("A", 86) + "==", "sha256:" + strings.Repeat("0", 52), strings.Repeat("0", 64), sri + "x", sri[:len(sri)-1], " " + sri} {
		require.Error(t, archive.CheckHash(bad), bad)
		_, err := archive.StorePath(bad, "source")
		require.ErrorContains(t, err, "find store path")
	}
	require.NoError(t, archive.CheckHash(sri))
}

// TestDashboards: which folders have dashboards, and which data sources those
// name.
func TestDashboards(t *testing.T) {
	a, err := archive.Read("https://x.example/cars-1.2.0.tar.gz", tarball(t, upstream...), archive.Limits{})
	require.NoError(t, err)
	require.Equal(t, []string{"", "a", "bin", "empty", "grafana", "grafana/dashboards"}, a.Paths)
	require.Len(t, a.Folders, 1, "the package.json of the root is no dashboard: %+v", a.Folders)
	require.Equal(t, &archive.Folder{Path: "grafana/dashboards", Dashboards: []string{"trips.json", "Übersicht – 車.json"}, Others: 1,
		Uses: []archive.Use{{Type: "postgres", UID: "Cars", Count: 1}}, Inputs: true}, a.Find("grafana/dashboards"))
	require.Nil(t, a.Find("grafana"))

	a, err = archive.Read("x.tar.gz", tarball(t, item{name: "a.json", content: dashboard}, item{name: "b.json", content: `{"title": "b", "panels": [{"targets": [{"datasource": {"type": "prometheus", "uid": "p"}}]}]}`},
		item{name: "c.json", content: `{"title": "c", "panels": [{"datasource": {"type": "prometheus", "uid": "p"}}, {"datasource": "old"}]}`}), archive.Limits{})
	require.NoError(t, err)
	require.Equal(t, []archive.Use{{Type: "prometheus", UID: "p", Count: 2}, {Type: "postgres", UID: "Cars", Count: 1}}, a.Find("").Uses)
}

func TestIsDashboard(t *testing.T) {
	for text, want := range map[string]bool{
		`{"title": "x", "panels": []}`: true, `{"title": "x", "rows": [{}]}`: true,
		`{"title": "x"}`: false, `{"panels": []}`: false, `{"title": "x", "panels": {}}`: false, `[{"title": "x", "panels": []}]`: false,
		`{"title": "x", "panels": []`: false, `{"title": "x", "panels": []} {}`: false, ``: false, `null`: false, "\xff": false,
	} {
		require.Equal(t, want, archive.IsDashboard([]byte(text)), text)
	}
}
