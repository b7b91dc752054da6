package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive"
)

// TestRefused: what would unpack outside of its folder, or to more than it says,
// or in another way with another program, is not read at all.
func TestRefused(t *testing.T) {
	board := item{name: "d/x.json", content: dashboard}
	var garbage bytes.Buffer
	z := gzip.NewWriter(&garbage)
	_, err := z.Write([]byte(strings.Repeat("no tar ", 200)))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	whole := tarball(t, upstream...)
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":                  {tarball(t), "there is nothing in it"},
		"no gzip":                  {[]byte("<html>log in</html>"), "not compressed with gzip"},
		"no tar":                   {garbage.Bytes(), "its tar cannot be read"},
		"cut off":                  {whole[:len(whole)/2], "cut off"},
		"without its checksum":     {whole[:len(whole)-4], "cut off"},
		"rubbish behind it":        {append(bytes.Clone(whole), "rubbish"...), "its gzip"},
		"path upwards":             {tarball(t, board, item{name: "d/../../x"}), "leads out of its folder"},
		"absolute path":            {tarball(t, board, item{name: "/etc/passwd"}), "is absolute"},
		"backslash":                {tarball(t, board, item{name: `d\x`}), "backslash"},
		"terminal escape":          {tarball(t, board, item{name: "d/\x1b[2J"}), "control character"},
		"no UTF-8":                 {rawName(t, "d/\xff"), "not UTF-8"},
		"name too long":            {tarball(t, item{name: "d/" + strings.Repeat("n", 256)}), "no file system takes"},
		"too deep":                 {tarball(t, item{name: strings.Repeat("d/", 65) + "x"}), "folders deep"},
		"no name":                  {tarball(t, board, item{name: "./", kind: tar.TypeSymlink, target: "d"}), "no name"},
		"absolute link":            {tarball(t, board, item{name: "d/l", target: "/etc"}), "leads out of the archive"},
		"link upwards":             {tarball(t, board, item{name: "d/l", target: ".."}), "leads out of the archive"},
		"link far upwards":         {tarball(t, board, item{name: "d/e/l", target: "../../../etc"}), "leads out of the archive"},
		"link by another link":     {tarball(t, board, item{name: "d/e/l", target: ".."}, item{name: "d/m", target: "e/l/../.."}), "leads out of the archive"},
		"link to a sibling of all": {tarball(t, item{name: "d/l", target: "../e"}), "leads out of the archive"},
		"link alone":               {tarball(t, item{name: "l", target: "x"}), "is a link, and there is nothing else"},
		"link to nothing":          {tarball(t, board, item{name: "d/l", kind: tar.TypeSymlink}), "link to nothing"},
		"file through a link":      {tarball(t, board, item{name: "d/l", target: "e"}, item{name: "d/l/x"}), "which is no folder"},
		"file through a file":      {tarball(t, board, item{name: "d/x.json/y"}), "which is no folder"},
		"folder that is a file":    {tarball(t, board, item{name: "d/x.json/"}), "there twice"},
		"file twice":               {tarball(t, board, board), "there twice"},
		"link over a folder":       {tarball(t, board, item{name: "d", target: "e"}), "there twice"},
		"hard link to nothing":     {tarball(t, board, item{name: "d/h", kind: tar.TypeLink, target: "d/none"}), "which is no file before it"},
		"hard link outwards":       {tarball(t, board, item{name: "d/h", kind: tar.TypeLink, target: "../../etc/passwd"}), "leads out of its folder"},
		"device":                   {tarball(t, board, item{name: "d/c", kind: tar.TypeChar}), "neither a file"},
		"pipe":                     {tarball(t, board, item{name: "d/p", kind: tar.TypeFifo}), "neither a file"},
		"too many":                 {tarball(t, many(21)...), "more than 20 entries"},
		"too many folders above":   {tarball(t, item{name: strings.Repeat("d/", 30) + "x"}), "more than 20 entries"},
		"too large":                {tarball(t, item{name: "d/x", content: strings.Repeat("x", 1<<12+1)}), "more than the 4096 bytes"},
		"too large together":       {tarball(t, item{name: "d/x", content: strings.Repeat("x", 1<<11+1)}, item{name: "d/y", content: strings.Repeat("x", 1<<11)}), "more than the 4096 bytes"},
		"too large by hard links":  {tarball(t, item{name: "d/x", content: strings.Repeat("x", 3000)}, item{name: "d/h", kind: tar.TypeLink, target: "d/x"}), "more than the 4096 bytes"},
		"padding without end":      {padded(t, 4<<20), "more than the 4096 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := archive.Read("https://x.example/a.tar.gz", c.data, archive.Limits{Unpacked: 4 << 10, Entries: 20})
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "read archive a.tar.gz: ")
			require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
		})
	}
	_, err = archive.Read("https://x.example/a.tar.gz", whole, archive.Limits{Packed: 100})
	require.ErrorContains(t, err, "and 100 are allowed")
	for _, address := range []string{"https://x.example/a.tar.xz", "https://x.example/a", "https://x.example/.zip", "https://x.example/a.tar.gz/x", "https://x.example/a.zip?x=1"} {
		require.False(t, archive.IsArchive(address), address)
		_, err = archive.Read(address, whole, archive.Limits{})
		require.ErrorContains(t, err, "its name ends neither in")
	}
}

// TestRefusedZip: the same of zips, and what only they can be wrong with.
func TestRefusedZip(t *testing.T) {
	raw := func(h *zip.FileHeader) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		_, err := w.CreateHeader(h)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	bomb := zipped(t, item{name: "d/x", content: strings.Repeat("x", 1<<20)})
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"no zip":           {[]byte("PK, or so it says"), "it is no zip"},
		"nothing":          {zipped(t), "there is nothing in it"},
		"path upwards":     {zipped(t, item{name: "../x"}), "leads out of its folder"},
		"absolute link":    {zipped(t, item{name: "d/l", target: "/etc"}, item{name: "d/x"}), "leads out of the archive"},
		"no character set": {raw(&zip.FileHeader{Name: "d/\x81", NonUTF8: true}), "a character set that it does not tell"},
		"encrypted":        {raw(&zip.FileHeader{Name: "d/x", Flags: 1}), "is encrypted"},
		"two permissions":  {raw(&zip.FileHeader{Name: "d/x", CreatorVersion: 20, ExternalAttrs: 0o100755 << 16}), "told in two ways"},
		"device":           {raw(&zip.FileHeader{Name: "d/x", CreatorVersion: 3 << 8, ExternalAttrs: 0o020644 << 16}), "neither a file"},
		"bomb":             {bomb, "more than the 4096 bytes"},
		"too many":         {zipped(t, many(21)...), "more than 20 entries"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := archive.Read("https://x.example/a.zip", c.data, archive.Limits{Unpacked: 4 << 10, Entries: 20})
			require.ErrorContains(t, err, c.says)
		})
	}
	// Of a zip from elsewhere no file can be executed.
	dos, err := archive.Read("a.zip", raw(&zip.FileHeader{Name: "x", ExternalAttrs: 0x20}), archive.Limits{})
	require.NoError(t, err)
	plain, err := archive.Read("a.tgz", tarball(t, item{name: "x"}), archive.Limits{})
	require.NoError(t, err)
	require.Equal(t, plain.Hash, dos.Hash)
}

func many(n int) []item {
	var list []item
	for i := range n {
		list = append(list, item{name: strings.Repeat("x", i+1)})
	}
	return list
}

// rawName is a tar whose name the library would not write.
func rawName(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg, Format: tar.FormatGNU}))
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	return b.Bytes()
}

// padded is a small tar with zeros behind it.
func padded(t *testing.T, zeros int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "d/x", Mode: 0o644, Typeflag: tar.TypeReg}))
	require.NoError(t, w.Close())
	_, err := z.Write(make([]byte, zeros))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// FuzzRead: whatever the bytes are, there is a hash of a tree or an error that
// can be shown, within the limits.
func FuzzRead(f *testing.F) {
	for _, kind := range []string{"x.tar.gz", "x.zip"} {
		f.Add(kind, []byte("no archive"))
	}
	f.Add("x.tar.gz", tarball(f, upstream...))
	f.Add("x.tgz", tarball(f, item{name: "d/l", target: "/etc"}, item{name: "d/h", kind: tar.TypeLink, target: "d/l"}))
	f.Add("x.zip", zipped(f, named(upstream)...))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		a, err := archive.Read(name, data, archive.Limits{Unpacked: 1 << 20, Entries: 1000})
		if err != nil {
			if strings.ContainsFunc(strings.TrimPrefix(err.Error(), "read archive "+name), unicode.IsControl) && !strings.ContainsFunc(name, unicode.IsControl) {
				t.Fatalf("%q", err)
			}
			return
		}
		if err := archive.CheckHash(a.Hash); err != nil {
			t.Fatal(err)
		}
		for _, folder := range a.Folders {
			if len(folder.Dashboards) == 0 || strings.Contains("/"+folder.Path+"/", "/../") {
				t.Fatalf("%+v", folder)
			}
		}
	})
}
