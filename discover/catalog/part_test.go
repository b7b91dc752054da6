package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

// withParts is an entry whose service runs in several containers.
const withParts = whole + `command: [serve, --log, "all of it"]
parts:
  - name: queue
    kind: sidecar
    description: holds the work
    images: [docker.io/example/queue, ghcr.io/example/queue]
    tag: 8.1-alpine
    command: [queue-server, --save, "60 1"]
    port: 6379
    dataDirs: [/queue]
    environment:
      QUEUE_OF: "{host}"
    secrets: [QUEUE_KEY]
    connects:
      PAGES_QUEUE: "queue://{part}:6379"
    connectSecrets: [PAGES_QUEUE_KEY]
    healthCommand: [queue-cli, ping]
    memory: 256M
    runAs: user
    need: redis
    source: https://pages.example.org/compose
  - name: worker
    kind: worker
    description: does the work
    command: [work]
    port: 9191
    health: /well
    source: https://pages.example.org/compose
`

func TestParts(t *testing.T) {
	c, err := catalog.Read(map[string][]byte{"x/pages.yaml": []byte(withParts)})
	require.NoError(t, err)
	e := c.Find("pages")
	require.Equal(t, []string{"serve", "--log", "all of it"}, e.Command)
	require.Equal(t, catalog.Part{
		Name: "queue", Kind: "sidecar", Description: "holds the work", Images: []string{"docker.io/example/queue", "ghcr.io/example/queue"}, Tag: "8.1-alpine",
		Command: []string{"queue-server", "--save", "60 1"}, Port: 6379, DataDirs: []string{"/queue"}, Environment: map[string]string{"QUEUE_OF": "{host}"},
		Secrets: []string{"QUEUE_KEY"}, Connects: map[string]string{"PAGES_QUEUE": "queue://{part}:6379"}, ConnectSecrets: []string{"PAGES_QUEUE_KEY"},
		HealthCommand: []string{"queue-cli", "ping"}, Memory: "256M", RunAs: "user", Need: "redis", Source: "https://pages.example.org/compose",
	}, e.Parts[0])
	require.Equal(t, "/well", e.Parts[1].Health)
	require.NoError(t, schema(t, "").Validate(document(t, []byte(withParts))))
	// A repo says all parts or none.
	own, err := c.Extend(map[string][]byte{"repo/pages.yaml": []byte("name: pages\nparts: null\n")})
	require.NoError(t, err)
	require.Empty(t, own.Find("pages").Parts)
	require.NoError(t, schema(t, "#/$defs/override").Validate(document(t, []byte("name: pages\nparts: null\ncommand: null\n"))))
}

// TestPartsRefused: schema tells that the published schema says so too.
func TestPartsRefused(t *testing.T) {
	s := schema(t, "")
	for _, r := range []struct {
		name, old, now, field string
		schema                bool
	}{
		{"empty word", `"all of it"`, `""`, "command[2]", true},
		{"word of two lines", `"all of it"`, `"a\nb"`, "command[2]", true},
		{"no name", "- name: queue\n    kind", "- kind", "parts[0].name", true},
		{"name in capitals", "name: queue", "name: Queue", "parts[0].name", true},
		{"same name", "name: queue", "name: worker", "parts", false},
		{"kind", "kind: sidecar", "kind: database", "parts[0].kind", true},
		{"no description", "    description: holds the work\n", "", "parts[0].description", true},
		{"image with tag", "docker.io/example/queue,", "docker.io/example/queue:1,", "parts[0].images[0]", true},
		{"image without registry", "docker.io/example/queue,", "queue,", "parts[0].images[0]", true},
		{"tag", "tag: 8.1-alpine", "tag: latest", "parts[0].tag", true},
		{"escape in a command", `"60 1"`, `"\e[2J"`, "parts[0].command[2]", true},
		{"port", "port: 6379", "port: 65536", "parts[0].port", true},
		{"folder", "dataDirs: [/queue]", "dataDirs: [queue]", "parts[0].dataDirs[0]", true},
		{"variable", "QUEUE_OF:", "QUEUE-OF:", "parts[0].environment", true},
		{"own name in its own variables", `"{host}"`, `"{part}"`, "parts[0].environment.QUEUE_OF", true},
		{"unknown placeholder", "queue://{part}:6379", "queue://{queue}:6379", "parts[0].connects.PAGES_QUEUE", false},
		{"secret in the clear", "[QUEUE_KEY]", "[QUEUE_OF]", "parts[0].secrets", false},
		{"connection in the clear", "connectSecrets: [PAGES_QUEUE_KEY]", "connectSecrets: [PAGES_QUEUE]", "parts[0].connects", false},
		{"two checks", "port: 9191\n    health: /well", "port: 9191\n    health: /well\n    healthCommand: [true-ish]", "parts[1].healthCommand", false},
		{"check of no port", "    port: 9191\n", "", "parts[1].health", false},
		{"sidecar of the same image and command", "kind: worker\n    description: does the work\n    command: [work]", "kind: sidecar\n    description: does the work", "parts[1].images", false},
		{"memory", "memory: 256M", "memory: much", "parts[0].memory", true},
		{"runAs", "runAs: user", "runAs: root", "parts[0].runAs", true},
		{"need", "need: redis", "need: mongodb", "parts[0].need", true},
		{"need of another", "need: redis", "need: mysql", "parts[0].need", false},
		{"no source", "    source: https://pages.example.org/compose\n  - name", "  - name", "parts[0].source", true},
		{"no field", "    kind: worker\n", "    kind: worker\n    ports: 1\n", "parts[1]", true},
	} {
		t.Run(r.name, func(t *testing.T) {
			text := strings.Replace(withParts, r.old, r.now, 1)
			require.NotEqual(t, withParts, text, "the text is there")
			_, err := catalog.Read(map[string][]byte{"x/pages.yaml": []byte(text)})
			var e *catalog.Error
			require.ErrorAs(t, err, &e)
			var fields []string
			for _, p := range e.Problems {
				fields = append(fields, p.Field)
			}
			require.Contains(t, fields, r.field, "%v", err)
			if err := s.Validate(document(t, []byte(text))); r.schema {
				require.Error(t, err)
			} else {
				require.NoError(t, err, "the schema says it after all: say so in the table")
			}
		})
	}
}
