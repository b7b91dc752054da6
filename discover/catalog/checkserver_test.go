package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

const server = `name: links
displayName: Links
description: links
category: documents
group: Tools
homepage: https://links.example
icon: links
workload: database
sources: [https://links.example/docs]
`

func withText(text string) error {
	_, err := catalog.Builtin().With(map[string][]byte{catalog.RepoDir + "/links.yaml": []byte(server + text)})
	return err
}

// TestServerPlaceholders: they stand for what the service needs, in its own
// variables alone.
func TestServerPlaceholders(t *testing.T) {
	for _, good := range []string{
		"needs: [postgresql]\nenvironment:\n  A: \"{databaseUrl}?x\"\n  B: \"{databaseHost}:{databasePort}/{databaseName} {databaseUser} {databasePassword}\"\n",
		"needs: [redis]\nenvironment:\n  A: \"{redisUrl} {redisHost} {redisPort} {redisIndex}\"\n",
		"needs: [postgresql]\ndatabaseExtensions: [pg_trgm, uuid-ossp]\n",
	} {
		require.NoError(t, withText(good), good)
	}
	for bad, want := range map[string]string{
		"environment:\n  A: \"{databaseUrl}\"\n":                                                                "{databaseUrl} stands for nothing: needs does not have postgresql",
		"needs: [postgresql]\nenvironment:\n  A: \"{redisUrl}\"\n":                                              "needs does not have redis",
		"needs: [postgresql]\nenvironment:\n  A: \"{databaseURL}\"\n":                                           "{databaseURL} is no placeholder",
		"needs: [postgresql]\nmetrics: {path: /m, authentication: none, environment: {A: \"{databaseUrl}\"}}\n": "{databaseUrl} is no placeholder",
		"databaseExtensions: [cube]\n":                                                                          "needs does not have postgresql",
		"needs: [postgresql]\ndatabaseExtensions: [\"a b\"]\n":                                                  "databaseExtensions[0]",
		"needs: [postgresql]\ndatabaseExtensions: [cube, cube]\n":                                               "is there twice",
	} {
		require.ErrorContains(t, withText(bad), want, bad)
	}
}

// TestPasswordsAreMade: no entry asks for the address of a database that it can
// be told of.
func TestPasswordsAreMade(t *testing.T) {
	c := catalog.Builtin()
	told := 0
	for _, name := range []string{"umami", "linkwarden", "miniflux", "outline", "teslamate", "authentik", "tandoor", "immich", "nextcloud", "joplin-server", "litellm", "firefly-iii", "netbox"} {
		e := c.Find(name)
		require.NotNil(t, e, name)
		require.Contains(t, e.Needs, "postgresql", name)
		for variable, value := range e.Environment {
			if value == "{databasePassword}" || value == "{databaseUrl}" || value == "{databaseUrl}?sslmode=disable" {
				require.NotContains(t, e.Secrets, variable, name)
				told++
			}
		}
	}
	require.Equal(t, 13, told)
}
