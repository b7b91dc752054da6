package plan_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/convention"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

const schemaFile = "../docs/plan.schema.json"

// planSchema is the schema's part for a plan alone, with nothing beside it.
func planSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	id := whole.(map[string]any)["$id"].(string)
	require.NoError(t, compiler.AddResource(id, whole))
	require.NoError(t, compiler.AddResource("plan.json", map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": id + "#/$defs/plan", "unevaluatedProperties": false,
	}))
	_, err = compiler.Compile(id)
	require.NoError(t, err, "the schema is valid")
	schema, err := compiler.Compile("plan.json")
	require.NoError(t, err)
	return schema
}

func asJSON(t *testing.T, v any) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return document.(map[string]any)
}

// TestSchemaHolds: every kind of plan follows the published form.
func TestSchemaHolds(t *testing.T) {
	schema := planSchema(t)
	registry := repo()
	registry.Conventions.Registry, registry.Conventions.IDStyle = &facts.Registry{Path: []string{"mylib", "ids"}}, convention.RegistryIDs
	registry.Conventions.Factory = &convention.Factory{Path: []string{"mylib", "mk"}, Users: []string{"a.nix"}, Profiles: map[string]map[string]any{"x": {"nfs": true}}}
	busy := with(unitRepo(), "secrets=A,B", "environment.X=${y}\n", "arguments=a {port}", "metricsPath=/m", "auth=none", "nfs=media")
	busy.Facts.Sockets["x"] = facts.Socket{Streams: []string{"9090"}}
	busy.Others["nas-1"] = facts.New()
	busy.NotChecked = []string{"nas-2"}
	busy.Facts.Unreadable = []facts.Unreadable{{Cell: "a b", Reason: "c"}}
	for name, in := range map[string]plan.Input{
		"container": with(repo(), "nfs=media", "network=media-services", "group=media"), "stateless": with(repo(), "workload=stateless", "-dataDir"),
		"unit": busy, "native": nativeRepo(nil), "registry and factory": with(registry, "nfs=media"), "no page": with(repo(), "web=no", "-auth"),
		"by the clock": scheduled("alerts.x.expr=up{job=\"node\"} == 0", "alerts.x.severity=low"), "once": with(watched("-auth", "-containerPort", "oneshot=yes")),
		"rules":     watched("alerts.stale=healthcheck-stale", "alerts.m=memory", "alerts.m.job=node", "alerts.u.expr=node_systemd_unit_state{name=\"postgresql.service\"} == 0", "alerts.u.for=5m"),
		"questions": {Service: "x", Facts: repo().Facts, Conventions: conventions()}, "nothing known": {Service: "x", Facts: bare(), Conventions: conventions()},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, schema.Validate(asJSON(t, made(t, in))))
		})
	}
}

// bare is a host that has nothing but a namespace.
func bare() *facts.Facts {
	f := facts.New()
	f.Root = []string{"modules"}
	f.Host.Name = "x"
	return f
}

// TestSchemaRefuses: the form is strict; what is not in it is an error.
func TestSchemaRefuses(t *testing.T) {
	schema := planSchema(t)
	first := func(document map[string]any, list string) map[string]any {
		return document[list].([]any)[0].(map[string]any)
	}
	for name, change := range map[string]func(map[string]any){
		"unknown field":               func(d map[string]any) { d["model"] = map[string]any{} },
		"unknown field of a decision": func(d map[string]any) { first(d, "decisions")["why"] = "x" },
		"unknown field of a promise":  func(d map[string]any) { first(d, "promises")["kept"] = true },
		"unknown field of want":       func(d map[string]any) { first(d, "promises")["want"].(map[string]any)["x"] = "y" },
		"unknown kind":                func(d map[string]any) { first(d, "promises")["kind"] = "wish" },
		"no reason":                   func(d map[string]any) { first(d, "decisions")["reason"] = "" },
		"no rule":                     func(d map[string]any) { delete(first(d, "decisions"), "rule") },
		"no evidence":                 func(d map[string]any) { first(d, "decisions")["evidence"] = nil },
		"another version":             func(d map[string]any) { d["schema"] = json.Number("2") },
		"a name that is none":         func(d map[string]any) { d["service"] = "../x" },
		"another time":                func(d map[string]any) { first(d, "checklist")["when"] = "later" },
		"no promises":                 func(d map[string]any) { d["promises"] = []any{} },
		"promises beside questions": func(d map[string]any) {
			d["questions"] = []any{map[string]any{"name": "x", "text": "x", "why": "x", "dependsOn": []any{}}}
		},
		"notes are missing": func(d map[string]any) { delete(d, "notes") },
	} {
		t.Run(name, func(t *testing.T) {
			document := asJSON(t, made(t, repo()))
			require.NoError(t, schema.Validate(document))
			change(document)
			require.Error(t, schema.Validate(document))
		})
	}
}

// TestSchemaIsComplete holds the schema against the Go types, field by field, and
// wants every field described.
func TestSchemaIsComplete(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	var whole struct {
		Defs map[string]struct {
			Description string                    `json:"description"`
			Properties  map[string]map[string]any `json:"properties"`
			Required    []string                  `json:"required"`
			Additional  *bool                     `json:"additionalProperties"`
			Enum        []string                  `json:"enum"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(data, &whole))
	for name, typ := range map[string]reflect.Type{
		"plan": reflect.TypeFor[plan.Plan](), "decision": reflect.TypeFor[plan.Decision](), "evidence": reflect.TypeFor[plan.Evidence](),
		"rejected": reflect.TypeFor[plan.Rejected](), "question": reflect.TypeFor[plan.Question](), "choice": reflect.TypeFor[plan.Choice](),
		"promise": reflect.TypeFor[plan.Promise](), "step": reflect.TypeFor[plan.Step](),
	} {
		def, required, all := whole.Defs[name], []string{}, []string{}
		for i := range typ.NumField() {
			field, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if field == "-" {
				continue
			}
			all = append(all, field)
			if options != "omitempty" {
				required = append(required, field)
			}
			require.NotEmpty(t, def.Properties[field]["description"], "%s.%s is described", name, field)
		}
		require.Len(t, def.Properties, len(all), "%s has no other field", name)
		require.ElementsMatch(t, required, def.Required, name)
		if name != "plan" {
			require.NotNil(t, def.Additional, name)
			require.False(t, *def.Additional, name)
		}
	}
	for name, def := range whole.Defs {
		require.NotEmpty(t, def.Description, name)
		for field, property := range def.Properties {
			require.NotEmpty(t, property["description"], "%s.%s is described", name, field)
		}
	}
	require.True(t, slices.Contains(whole.Defs["kind"].Enum, string(plan.PromiseNothing)))
}

// TestSchemaHasAllPromises: a kind that is added is published too.
func TestSchemaHasAllPromises(t *testing.T) {
	source, err := os.ReadFile("promise.go")
	require.NoError(t, err)
	var kinds []any
	for _, found := range regexp.MustCompile(`PromiseKind = "([a-z-]+)"`).FindAllSubmatch(source, -1) {
		kinds = append(kinds, string(found[1]))
	}
	require.NotEmpty(t, kinds)
	data, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	var schema struct {
		Defs struct {
			Kind struct{ Enum []any }
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(data, &schema))
	require.ElementsMatch(t, kinds, schema.Defs.Kind.Enum)
}
