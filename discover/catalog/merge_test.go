package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

// below is a catalog with one whole entry.
func below(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Read(map[string][]byte{"catalog/pages.yaml": []byte(whole)})
	require.NoError(t, err)
	return c
}

const added = `name: notes
displayName: Notes
description: keeps notes
category: documents
group: Tools
homepage: https://notes.example.org
icon: notes
workload: config
auth: {}
sources: [https://notes.example.org]
`

func TestWithOverridesFieldByField(t *testing.T) {
	c := below(t)
	before := *c.Find("pages")
	own := `name: pages
port: 9000
dataDirs: [/var/pages]
environment:
  OTHER: "1"
widget: null
memory: null
auth:
  oidc:
    support: no
    source: https://wiki.example.org/pages
    seen: 2026-01-02
  apiKey: null
`
	with, err := c.With(map[string][]byte{catalog.RepoDir + "/pages.yaml": []byte(own), "flake.nix": nil, ".scaffold/catalog/README.md": nil})
	require.NoError(t, err)
	e := with.Find("Page-Turner")
	want := before
	want.File, want.Port, want.DataDirs, want.Environment = catalog.RepoDir+"/pages.yaml", 9000, []string{"/var/pages"}, map[string]string{"OTHER": "1"}
	want.Widget, want.Memory = nil, ""
	want.Auth.OIDC = catalog.Ability{Support: catalog.No, Source: "https://wiki.example.org/pages", Seen: "2026-01-02"}
	want.Auth.APIKey = catalog.Ability{}
	require.Equal(t, asJSON(t, want), asJSON(t, e), "an ability is replaced as a whole, and so is a list")
	require.Equal(t, want.File, e.File)
	for field, file := range map[string]string{
		"port": e.File, "dataDirs": e.File, "auth.oidc": e.File, "memory": e.File, "auth.apiKey": e.File,
		"icon": "catalog/pages.yaml", "auth.multiUser": "catalog/pages.yaml", "images": "catalog/pages.yaml",
	} {
		require.Equal(t, file, e.FileOf(field), field)
	}
	require.Equal(t, []string{"auth.apiKey", "auth.oidc", "dataDirs", "environment", "memory", "port", "widget"}, e.Overridden())
	require.Empty(t, c.Find("pages").Overridden())
	require.Equal(t, before, *c.Find("pages"), "what is below stays as it was")
	require.Equal(t, "catalog/pages.yaml", c.Find("pages").FileOf("port"))
	require.Len(t, with.Entries(), 1)
}

// TestWithTwice: an override of an override leads to the file that says it.
func TestWithTwice(t *testing.T) {
	c, err := below(t).Extend(map[string][]byte{"a/pages.yaml": []byte("name: pages\nport: 1\nmemory: 1G\n")})
	require.NoError(t, err)
	c, err = c.Extend(map[string][]byte{"b/pages.yaml": []byte("name: pages\nport: 2\n")})
	require.NoError(t, err)
	e := c.Find("pages")
	require.Equal(t, 2, e.Port)
	require.Equal(t, []string{"b/pages.yaml", "a/pages.yaml", "catalog/pages.yaml"}, []string{e.FileOf("port"), e.FileOf("memory"), e.FileOf("icon")})
}

func TestWithAdds(t *testing.T) {
	c := below(t)
	with, err := c.With(map[string][]byte{catalog.RepoDir + "/notes.yaml": []byte(added)})
	require.NoError(t, err)
	require.Nil(t, c.Find("notes"))
	require.Equal(t, "documents", with.Category("NOTES"))
	e := with.Find("notes")
	require.Equal(t, catalog.RepoDir+"/notes.yaml", e.FileOf("icon"))
	require.Equal(t, []string{"notes", "pages"}, []string{with.Entries()[0].Name, with.Entries()[1].Name})
	same, err := c.With(map[string][]byte{"flake.nix": nil, "x/.scaffold/catalog/a.yaml": []byte("?")})
	require.NoError(t, err)
	require.Same(t, c, same, "nothing of the repo's own")
}

// TestWithMoves: names follow an override.
func TestWithMoves(t *testing.T) {
	with, err := below(t).Extend(map[string][]byte{"x/pages.yaml": []byte("name: pages\naliases: [sheets]\ncategory: books\n")})
	require.NoError(t, err)
	require.NotNil(t, with.Find("Sheets"))
	require.Nil(t, with.Find("page-turner"))
	require.Equal(t, "books", with.Category("sheets"))
}

func TestWithRefuses(t *testing.T) {
	dir := catalog.RepoDir + "/"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a name that is an alias", map[string]string{"page-turner.yaml": strings.Replace(added, "notes\n", "page-turner\n", 1)}, dir + `page-turner.yaml:1: name: "page-turner" is also how pages is called`},
		{"an alias that is a name", map[string]string{"notes.yaml": added + "aliases: [Pages]\n"}, dir + `notes.yaml:11: aliases: "Pages" is also how pages is called`},
		{"an alias that is an alias", map[string]string{"notes.yaml": added + "aliases: [pages_2]\n"}, dir + `notes.yaml:11: aliases: "pages_2" is also how pages is called`},
		{"an alias of two", map[string]string{"notes.yaml": added + "aliases: [a]\n", "zettel.yaml": strings.Replace(added, "name: notes", "name: zettel", 1) + "aliases: [A]\n"}, "is also how"},
		{"what is missing", map[string]string{"notes.yaml": strings.Replace(added, "icon: notes\n", "", 1)}, dir + "notes.yaml: icon: it is missing"},
		{"null of a new one", map[string]string{"notes.yaml": added + "memory: null\n"}, dir + "notes.yaml:11: memory: it has no value"},
		{"what must be there", map[string]string{"pages.yaml": "name: pages\nicon: null\n"}, dir + "pages.yaml:2: icon: it is missing"},
		{"null for all of auth", map[string]string{"pages.yaml": "name: pages\nauth: null\n"}, dir + "pages.yaml:2: auth: it has no value"},
		{"null in an ability", map[string]string{"pages.yaml": "name: pages\nauth:\n  oidc:\n    source: null\n"}, dir + "pages.yaml:4: auth.oidc.source: it has no value"},
		{"an ability without source", map[string]string{"pages.yaml": "name: pages\nauth:\n  oidc:\n    support: yes\n"}, dir + "pages.yaml:4: auth.oidc.seen: it is missing: write the day on which the page was read, as YYYY-MM-DD; " + dir + "pages.yaml:4: auth.oidc.source: it is missing"},
		{"what contradicts what is below", map[string]string{"pages.yaml": "name: pages\nworkload: stateless\n"}, dir + "pages.yaml: dataDirs: a stateless service keeps nothing"},
		{"no name", map[string]string{"pages.yaml": "port: 1\n"}, ""},
		{"another name", map[string]string{"pages.yaml": "name: sheets\n"}, `"sheets" is in a file called pages.yaml`},
		{"yml", map[string]string{"notes.yml": added}, dir + "notes.yml: an entry's file ends in .yaml"},
		{"a folder", map[string]string{"tools/notes.yaml": added}, dir + "tools/notes.yaml: entries lie right in " + catalog.RepoDir},
		{"all at once", map[string]string{"a.yaml": "{", "b.yaml": "x: y"}, dir + `b.yaml: "x" is no field`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string][]byte{}
			for n, text := range tt.files {
				files[dir+n] = []byte(text)
			}
			c := below(t)
			with, err := c.With(files)
			if tt.want == "" {
				require.NoError(t, err)
				require.Equal(t, "pages", with.Find("pages").Name, "the file's name is enough")
				return
			}
			require.Nil(t, with)
			require.ErrorContains(t, err, tt.want)
			var e *catalog.Error
			require.ErrorAs(t, err, &e)
		})
	}
}

// TestWithBuiltin: what is embedded can be overridden, and an entry can be
// added beside it.
func TestWithBuiltin(t *testing.T) {
	c, err := catalog.Builtin().With(map[string][]byte{catalog.RepoDir + "/linkding.yaml": []byte("name: linkding\nport: 1234\n"), catalog.RepoDir + "/notes.yaml": []byte(added)})
	require.NoError(t, err)
	require.Equal(t, 1234, c.Find("linkding").Port)
	require.Equal(t, "catalog/linkding.yaml", c.Find("linkding").FileOf("images"))
	require.Equal(t, 9090, catalog.Builtin().Find("linkding").Port)
	require.Len(t, c.Entries(), len(catalog.Builtin().Entries())+1)
}
