package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
)

const schemaFile = "../../docs/catalog.schema.json"

// schema is the published form, or a definition in it.
func schema(t *testing.T, def string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	id := whole.(map[string]any)["$id"].(string)
	require.NoError(t, compiler.AddResource(id, whole))
	compiled, err := compiler.Compile(id + def)
	require.NoError(t, err)
	return compiled
}

// document is YAML as a validator of JSON takes it.
func document(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	require.NoError(t, yaml.Unmarshal(text, &value))
	data, err := json.Marshal(value)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return document
}

func TestSchemaHolds(t *testing.T) {
	s := schema(t, "")
	require.NoError(t, s.Validate(document(t, []byte(whole))))
	for name, data := range embedded(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			require.NoError(t, s.Validate(document(t, data)))
		})
	}
}

// TestSchemaRefuses: what is refused here is refused there, as far as a schema
// can say it.
func TestSchemaRefuses(t *testing.T) {
	s := schema(t, "")
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			err := s.Validate(document(t, changed(t, r.old, r.now)))
			if r.schema {
				require.Error(t, err)
			} else {
				require.NoError(t, err, "the schema says it after all: say so in the table")
			}
		})
	}
	require.Error(t, s.Validate(document(t, []byte(whole+"more: x\n"))))
	require.Error(t, s.Validate(document(t, changed(t, "port: 8080", "port: '8080'"))))
	require.Error(t, s.Validate(document(t, changed(t, `"true"`, "true"))))
}

func TestSchemaOfOverrides(t *testing.T) {
	s := schema(t, "#/$defs/override")
	for text, ok := range map[string]bool{
		"name: x\n": true, "name: x\nport: 1\nwidget: null\n": true, "name: x\nauth: {oidc: null, apiKey: {support: unknown}}\n": true, whole: true,
		"port: 1\n": false, "name: null\n": false, "name: x\nauth: null\n": false, "name: x\nauth: {oidc: {support: yes}}\n": false, "name: x\nports: 1\n": false,
	} {
		if err := s.Validate(document(t, []byte(text))); ok {
			require.NoError(t, err, text)
		} else {
			require.Error(t, err, text)
		}
	}
}

// TestSchemaIsComplete holds the schema against the Go types, field by field,
// and wants every field described.
func TestSchemaIsComplete(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	var whole struct {
		Defs map[string]struct {
			Description string                    `json:"description"`
			Properties  map[string]map[string]any `json:"properties"`
			Additional  any                       `json:"additionalProperties"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(data, &whole))
	types := map[string]reflect.Type{
		"entry": reflect.TypeFor[catalog.Entry](), "override": reflect.TypeFor[catalog.Entry](), "metrics": reflect.TypeFor[catalog.Metrics](), "part": reflect.TypeFor[catalog.Part](),
		"widget": reflect.TypeFor[catalog.Widget](), "auth": reflect.TypeFor[catalog.Auth](), "overrideAuth": reflect.TypeFor[catalog.Auth](), "ability": reflect.TypeFor[catalog.Ability](),
	}
	for name, typ := range types {
		def, fields := whole.Defs[name], 0
		for i := range typ.NumField() {
			tag, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
			if tag == "" || tag == "-" {
				continue
			}
			fields++
			require.NotEmpty(t, def.Properties[tag]["description"], "%s.%s is described", name, tag)
		}
		require.Len(t, def.Properties, fields, "%s has no other field", name)
		require.Equal(t, false, def.Additional, name)
	}
	for name, def := range whole.Defs {
		require.NotEmpty(t, def.Description, name)
	}
	for field, want := range map[string][]string{
		"category": keys(catalog.Categories), "workload": catalog.Workloads, "mount": catalog.Mounts, "runAs": catalog.RunAs,
	} {
		require.ElementsMatch(t, want, whole.Defs["entry"].Properties[field]["enum"], field)
	}
	require.ElementsMatch(t, catalog.Needs, whole.Defs["entry"].Properties["needs"]["items"].(map[string]any)["enum"])
	require.ElementsMatch(t, catalog.MetricsAuth, whole.Defs["metrics"].Properties["authentication"]["enum"])
	for _, p := range catalog.Placeholders {
		require.Contains(t, whole.Defs["variables"].Description, "{"+p+"}")
	}
}

func keys[T any](m map[string]T) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	return names
}
