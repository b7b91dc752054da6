package verify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/writer/verify"
)

// published is the part of the published schema that a promise and what became of
// it are held to.
func published(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "plan.schema.json"))
	require.NoError(t, err)
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	id := whole.(map[string]any)["$id"].(string)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource(id, whole))
	schema, err := compiler.Compile(id + "#/$defs/result")
	require.NoError(t, err)
	return schema
}

// requirePublished: what a client reads of each result is as it was published.
func requirePublished(t *testing.T, schema *jsonschema.Schema, results []verify.Result) {
	t.Helper()
	for _, r := range results {
		data, err := json.Marshal(r)
		require.NoError(t, err)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(value), "%s", data)
	}
}
