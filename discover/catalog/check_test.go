package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

// whole is an entry that says everything.
const whole = `name: pages
aliases: [page-turner, "Pages 2"]
displayName: Pages
description: keeps pages
category: documents
group: Productivity
homepage: https://pages.example.org
icon: pages
native: [pages]
packages:
  - pages-server
images:
  - ghcr.io/example/pages
  - docker.io/example/pages
tag: 1.2.3-alpine
port: 8080
dataDirs: [/data, /config]
workload: sqlite
mount: documents
mountPath: /documents
needs: [postgresql, redis]
hardware:
  gpu: optional
  gpuFor: pictures of pages
  device: required
  deviceFor: the scanner
  hostNetwork: optional
  hostNetworkFor: finding scanners
  capabilities: [SYS_NICE]
  capabilitiesFor: quick pages
  shm: 64M
  shmFor: pages
  mountReadOnly: true
  source: https://pages.example.org/hardware
memory: 512M
runAs: puid
environment:
  PAGES_URL: "{url}"
secrets: [PAGES_KEY]
health: /health
metrics:
  path: /metrics
  port: 9100
  authentication: none
  environment:
    PAGES_METRICS: "true"
widget:
  type: pages
  secrets: [key]
  options:
    version: "2"
  fields: [read, unread]
  source: https://gethomepage.dev/widgets/pages
auth:
  oidc:
    support: yes
    source: https://pages.example.org/oidc
    seen: 2026-11-23
    environment:
      OIDC_ISSUER: "{issuer}"
    settings:
      oidc.url: "{discovery}"
      oidc.on: true
      oidc.scopes: [openid, email]
    secret: OIDC_SECRET
    callback: /oidc/callback
    autoCreate: no
    manual: open the settings
    note: works
  trustedHeader:
    support: no
    source: https://pages.example.org/oidc
    seen: 2026-11-23
  disable:
    support: unknown
  apiKey:
    support: yes
    source: https://pages.example.org/api
    seen: 2026-11-23
    header: Authorization
    prefix: "Bearer "
  multiUser:
    support: yes
    source: https://pages.example.org/users
    seen: 2024-02-29
sources:
  - https://pages.example.org/docs
`

// changed is whole with one text replaced.
func changed(t *testing.T, old, now string) []byte {
	t.Helper()
	require.Equal(t, 1, strings.Count(whole, old), "%q", old)
	return []byte(strings.Replace(whole, old, now, 1))
}

func TestWholeIsSound(t *testing.T) {
	c, err := catalog.Read(map[string][]byte{"x/pages.yaml": []byte(whole)})
	require.NoError(t, err)
	e := c.Find("PAGE TURNER")
	require.Equal(t, "pages", e.Name)
	require.Equal(t, "x/pages.yaml", e.File)
	require.Equal(t, []string{"/data", "/config"}, e.DataDirs)
	require.Equal(t, map[string]any{"oidc.url": "{discovery}", "oidc.on": true, "oidc.scopes": []any{"openid", "email"}}, e.Auth.OIDC.Settings)
	require.Equal(t, "2024-02-29", e.Auth.MultiUser.Seen)
	require.True(t, e.Auth.TrustedHeader.Known())
	require.False(t, e.Auth.Disable.Known())
	require.Same(t, e, c.Find("pages2"))
}

// refusals are changes of an entry that must be refused, at a field. schema
// tells that the published schema says so too.
var refusals = []struct {
	name, old, now, field string
	schema                bool
}{
	{"no source", "    source: https://pages.example.org/users\n", "", "auth.multiUser.source", true},
	{"no day", "    seen: 2024-02-29\n", "", "auth.multiUser.seen", true},
	{"no source of a no", "    source: https://pages.example.org/oidc\n    seen: 2026-11-23\n  disable", "    seen: 2026-11-23\n  disable", "auth.trustedHeader.source", true},
	{"a day that is none", "seen: 2024-02-29", "seen: 2023-02-29", "auth.multiUser.seen", false},
	{"a day in words", "seen: 2024-02-29", "seen: yesterday", "auth.multiUser.seen", true},
	{"source is no page", "https://pages.example.org/users", "the manual", "auth.multiUser.source", true},
	{"source in the clear", "https://pages.example.org/users", "http://pages.example.org/users", "auth.multiUser.source", true},
	{"source with a password", "https://pages.example.org/users", "https://a:b@pages.example.org/users", "auth.multiUser.source", false},
	{"source without host", "https://pages.example.org/users", "https:///users", "auth.multiUser.source", false},
	{"support is a guess", "support: unknown", "support: maybe", "auth.disable.support", true},
	{"unknown with a header", "support: unknown", "support: unknown\n    header: X", "auth.disable.header", true},
	{"no with variables", "trustedHeader:\n    support: no", "trustedHeader:\n    environment: {A: b}\n    support: no", "auth.trustedHeader.environment", true},
	{"autoCreate", "autoCreate: no", "autoCreate: perhaps", "auth.oidc.autoCreate", true},
	{"header", "header: Authorization", `header: "A: b"`, "auth.apiKey.header", true},
	{"callback", "callback: /oidc/callback", "callback: https://x/y", "auth.oidc.callback", true},
	{"callback with a line end", "callback: /oidc/callback", `callback: "/a\n/b"`, "auth.oidc.callback", true},
	{"secret in the clear", "secret: OIDC_SECRET", "secret: OIDC_ISSUER", "auth.oidc.secret", false},
	{"secret", "secret: OIDC_SECRET", "secret: a-b", "auth.oidc.secret", true},
	{"placeholder", `"{issuer}"`, `"{issue}"`, "auth.oidc.environment.OIDC_ISSUER", true},
	{"placeholder of a setting", `"{discovery}"`, `"{Discovery}"`, "auth.oidc.settings.oidc.url", true},
	{"setting without value", "oidc.on: true", "oidc.on: null", "auth.oidc.settings.oidc.on", true},
	{"no login and OIDC", "auth:\n", "auth:\n  none: true\n", "auth.oidc", true},
	{"path of a key", "header: Authorization", "header: Authorization\n    paths: [/api, feed]", "auth.apiKey.paths", true},
	{"pages", "header: Authorization", "header: Authorization\n    pages: some", "auth.apiKey.pages", true},
	{"manual with escape", "open the settings", `"\e[2J"`, "auth.oidc.manual", true},
	{"no name", "name: pages\n", "", "name", true},
	{"name of another file", "name: pages\n", "name: other\n", "name", false},
	{"name in capitals", "name: pages\n", "name: Pages\n", "name", true},
	{"alias", "page-turner", "../x", "aliases[0]", true},
	{"alias twice", "page-turner", "Pages 2", "aliases", true},
	{"no display name", "displayName: Pages\n", "", "displayName", true},
	{"blank display name", "displayName: Pages\n", "displayName: ' '\n", "displayName", true},
	{"long description", "keeps pages", strings.Repeat("x", 121), "description", true},
	{"hidden direction", "keeps pages", "\"a\u202eb\"", "description", false},
	{"category", "category: documents", "category: books2", "category", true},
	{"no group", "group: Productivity\n", "", "group", true},
	{"homepage", "homepage: https://pages.example.org", "homepage: javascript:x", "homepage", true},
	{"icon", "icon: pages", "icon: ../x", "icon", true},
	{"native", "native: [pages]", "native: ['a b']", "native[0]", true},
	{"package", "- pages-server", "- ${x}", "packages[0]", true},
	{"image with tag", "- ghcr.io/example/pages", "- ghcr.io/example/pages:1", "images[0]", true},
	{"image with digest", "- ghcr.io/example/pages", "- ghcr.io/example/pages@sha256:aa", "images[0]", true},
	{"image without registry", "- ghcr.io/example/pages", "- example/pages", "images[0]", true},
	{"image in capitals", "- ghcr.io/example/pages", "- ghcr.io/Example/pages", "images[0]", true},
	{"image twice", "- ghcr.io/example/pages", "- docker.io/example/pages", "images", true},
	{"Docker's other name", "- ghcr.io/example/pages", "- index.docker.io/example/pages", "images[0]", false},
	{"tag", "tag: 1.2.3-alpine", "tag: latest", "tag", true},
	{"tag with a blank", "tag: 1.2.3-alpine", "tag: a b", "tag", true},
	{"port above all", "port: 8080", "port: 65536", "port", true},
	{"port below all", "port: 8080", "port: -1", "port", true},
	{"port of metrics", "port: 9100", "port: 99999", "metrics.port", true},
	{"relative folder", "[/data, /config]", "[data, /config]", "dataDirs[0]", true},
	{"folder above", "[/data, /config]", "[/data/../etc, /config]", "dataDirs[0]", false},
	{"folder twice", "[/data, /config]", "[/data, /data]", "dataDirs", true},
	{"no workload", "workload: sqlite\n", "", "workload", true},
	{"workload", "workload: sqlite", "workload: mysql", "workload", true},
	{"state without a workload", "workload: sqlite", "workload: stateless", "dataDirs", true},
	{"mount", "mount: documents", "mount: music", "mount", true},
	{"mountPath without mount", "mount: documents\n", "", "mountPath", true},
	{"mountPath among data", "mountPath: /documents", "mountPath: /data", "mountPath", false},
	{"graphics card", "gpu: optional", "gpu: maybe", "hardware.gpu", true},
	{"graphics card without purpose", "  gpuFor: pictures of pages\n", "", "hardware.gpuFor", true},
	{"purpose of nothing", "  gpu: optional\n", "", "hardware.gpuFor", true},
	{"device", "device: required", "device: yes", "hardware.device", true},
	{"host network without purpose", "  hostNetworkFor: finding scanners\n", "", "hardware.hostNetworkFor", true},
	{"capability", "[SYS_NICE]", "[sys-nice]", "hardware.capabilities[0]", true},
	{"capability without purpose", "  capabilitiesFor: quick pages\n", "", "hardware.capabilitiesFor", true},
	{"shared memory", "shm: 64M", "shm: 64", "hardware.shm", true},
	{"purpose with a line end", "shmFor: pages", `shmFor: "a\nb"`, "hardware.shmFor", true},
	{"hardware without source", "  source: https://pages.example.org/hardware\n", "", "hardware.source", true},
	{"reads no shared files", "mount: documents\nmountPath: /documents\n", "", "hardware.mountReadOnly", false},
	{"need", "needs: [postgresql", "needs: [mongodb", "needs[0]", true},
	{"memory", "memory: 512M", "memory: much", "memory", true},
	{"runAs", "runAs: puid", "runAs: root", "runAs", true},
	{"variable", "PAGES_URL:", "PAGES-URL:", "environment", true},
	{"secret that is no secret", "[PAGES_KEY]", "[PAGES_URL]", "secrets", false},
	{"health", "health: /health", "health: health", "health", true},
	{"guard of metrics", "authentication: none", "authentication: cookie", "metrics.authentication", true},
	{"widget without a page", "  source: https://gethomepage.dev/widgets/pages\n", "", "widget.source", true},
	{"widget", "type: pages\n", "type: a b\n", "widget.type", true},
	{"sources", "- https://pages.example.org/docs", "- see there", "sources[0]", true},
}

func TestCheckRefuses(t *testing.T) {
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			_, err := catalog.Read(map[string][]byte{"x/pages.yaml": changed(t, r.old, r.now)})
			var e *catalog.Error
			require.ErrorAs(t, err, &e)
			var fields []string
			for _, p := range e.Problems {
				require.Equal(t, "x/pages.yaml", p.File)
				fields = append(fields, p.Field)
			}
			require.Contains(t, fields, r.field, "%v", err)
			require.NotContains(t, err.Error(), "\x1b")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

// TestParseRefuses: what the reader of YAML would take for something else.
func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, field, want string }{
		{"unknown field", "nome: x\n", "", `"nome" is no field`},
		{"unknown field below", "auth:\n  oidc:\n    supports: yes\n", "auth.oidc", `"supports" is no field`},
		{"twice", "name: a\nname: b\n", "", "already defined"},
		{"a part of a number", "port: 80.5\n", "port", "it must be a whole number"},
		{"text for a number", "port: '80'\n", "port", "it must be a whole number"},
		{"number for text", "environment:\n  A: 1.50\n", "environment.A", "it must be text"},
		{"true for text", "environment:\n  A: true\n", "environment.A", "it must be text"},
		{"text for a list", "dataDirs: /x\n", "dataDirs", "it must be a list"},
		{"list for text", "name: [a]\n", "name", "it must be text"},
		{"list for names", "auth: [a]\n", "auth", "it must be names with values"},
		{"names for text", "name: {a: b}\n", "name", "it must be text"},
		{"names for a list", "images: {a: b}\n", "images", "it must be a list"},
		{"nothing", "name:\n", "name", "it has no value"},
		{"null", "widget: ~\n", "widget", "it has no value"},
		{"an item without value", "images:\n  -\n", "images[0]", "it has no value"},
		{"anchor", "name: &a x\n", "name", "anchors"},
		{"alias", "name: &a x\nicon: *a\n", "icon", "anchors"},
		{"merge", "auth:\n  <<: {none: true}\n", "auth", "the name must be text"},
		{"tag", "name: !!str 3\n", "name", "anchors"},
		{"number for a name", "environment:\n  1: x\n", "environment", "the name must be text"},
		{"two documents", "name: a\n---\nname: b\n", "", "2 documents"},
		{"no document", "", "", "it holds nothing"},
		{"a comment alone", "# nothing\n", "", "it holds nothing"},
		{"a list", "- a\n", "", "it must be names with values"},
		{"text", "hello\n", "", "it must be names with values"},
		{"no UTF-8", "name: \xff\n", "", "UTF-8"},
		{"long", "name: " + strings.Repeat("x", 70000), "", "70006 bytes"},
		{"deep", "auth: {oidc: {settings: {a: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "}}}", "", "too deep"},
		{"deep below each other", deep(), "", "too deep"},
		{"syntax", "name: [a\n", "", ""},
		{"escape code", "\"\\e[2J\": x\n", "", "is no field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := catalog.Parse("dir/x.yaml", []byte(tt.text))
			require.Nil(t, e)
			require.ErrorContains(t, err, tt.want)
			var problems *catalog.Error
			require.ErrorAs(t, err, &problems)
			last := problems.Problems[len(problems.Problems)-1]
			require.Equal(t, tt.field, last.Field)
			require.Contains(t, err.Error(), "read catalog: dir/x.yaml")
			require.NotContains(t, err.Error(), "\x1b")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func deep() string {
	var b strings.Builder
	for i := range 250 {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestErrorNamesLines: an error leads to the line, and does not fill the screen.
func TestErrorNamesLines(t *testing.T) {
	_, err := catalog.Read(map[string][]byte{"x/pages.yaml": changed(t, "memory: 512M", "memory: much")})
	require.EqualError(t, err, `read catalog: x/pages.yaml:35: memory: "much" is none; it must match ^[1-9][0-9]*[MG]$`)
	_, err = catalog.Read(map[string][]byte{"x/a.yaml": []byte("name: a\n"), "x/b.yaml": []byte("name: b\nport: x\n")})
	require.ErrorContains(t, err, "; and 3 more (scaffold catalog --check)")
	require.ErrorContains(t, err, "x/a.yaml: category: it is missing")
	var e *catalog.Error
	require.ErrorAs(t, err, &e)
	require.Len(t, e.Problems, 8)
	require.Equal(t, catalog.Problem{File: "x/b.yaml", Line: 2, Field: "port", What: "it must be a whole number"}, e.Problems[7])
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	for _, r := range refusals {
		f.Add([]byte(strings.Replace(whole, r.old, r.now, 1)))
	}
	f.Add([]byte("name: &a [*a, *a]\n"))
	f.Add([]byte("? {a: b}\n: c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := catalog.Parse("x/pages.yaml", data)
		if err != nil {
			var problems *catalog.Error
			require.ErrorAs(t, err, &problems)
			require.NotEmpty(t, problems.Problems)
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), "\x1b")
			return
		}
		require.NotNil(t, e)
		c, err := catalog.Read(map[string][]byte{"x/pages.yaml": data})
		if err != nil {
			return
		}
		require.Equal(t, e, c.Find("pages"), "what is read is what is found")
		for _, a := range []catalog.Ability{e.Auth.OIDC, e.Auth.TrustedHeader, e.Auth.Disable, e.Auth.APIKey, e.Auth.MultiUser} {
			require.True(t, !a.Known() || strings.HasPrefix(a.Source, "https://") && len(a.Seen) == 10)
		}
	})
}
