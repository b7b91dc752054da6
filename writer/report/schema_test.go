package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
)

// compiled is the published schema, with the plan's beside it.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler, id := jsonschema.NewCompiler(), ""
	for _, name := range []string{"plan", "report"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "docs", name+".schema.json"))
		require.NoError(t, err)
		whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		id = whole.(map[string]any)["$id"].(string)
		require.NoError(t, compiler.AddResource(id, whole))
	}
	schema, err := compiler.Compile(id)
	require.NoError(t, err)
	return schema
}

// document is a report as others read it.
func document(t *testing.T, r *report.Report) map[string]any {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.JSON(&b))
	v, err := jsonschema.UnmarshalJSON(&b)
	require.NoError(t, err)
	return v.(map[string]any)
}

// TestSchemaHolds: every kind of run follows the published form.
func TestSchemaHolds(t *testing.T) {
	schema := compiled(t)
	for name, in := range runs(t) {
		t.Run(name, func(t *testing.T) { require.NoError(t, schema.Validate(document(t, report.Make(in)))) })
	}
	require.NoError(t, schema.Validate(document(t, full())))
}

// TestSchemaRefuses: the schema is not so wide that anything follows it.
func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	first := func(d map[string]any, name string) map[string]any { return d[name].([]any)[0].(map[string]any) }
	within := func(d map[string]any, name string) map[string]any { return d[name].(map[string]any) }
	for name, change := range map[string]func(d map[string]any){
		"another field":           func(d map[string]any) { d["more"] = 1 },
		"another version":         func(d map[string]any) { d["schema"] = 2 },
		"no patterns":             func(d map[string]any) { delete(d, "patterns") },
		"unknown status":          func(d map[string]any) { d["status"] = "done" },
		"no tree's id":            func(d map[string]any) { d["tree"] = "abc" },
		"unknown tier":            func(d map[string]any) { within(d, "complexity")["tier"] = "hard" },
		"new file without text":   func(d map[string]any) { delete(first(d, "files"), "content") },
		"edit of a new file":      func(d map[string]any) { first(d, "files")["action"] = "edit" },
		"support that is none":    func(d map[string]any) { first(within(d, "authentication"), "abilities")["support"] = "maybe" },
		"decision without rule":   func(d map[string]any) { delete(first(within(d, "documentation"), "decisions"), "rule") },
		"result without evidence": func(d map[string]any) { delete(first(within(d, "validation"), "results"), "saw") },
		"half built":              func(d map[string]any) { within(within(d, "validation"), "build")["state"] = "half" },
		"summary of nothing":      func(d map[string]any) { d["summary"] = []any{} },
	} {
		t.Run(name, func(t *testing.T) {
			d := document(t, full())
			change(d)
			require.Error(t, schema.Validate(d))
		})
	}
}

// TestSchemaIsComplete holds the schema against the Go types, field by field, and
// wants everything described.
func TestSchemaIsComplete(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	var whole struct {
		Defs map[string]struct {
			Description string                    `json:"description"`
			Properties  map[string]map[string]any `json:"properties"`
			Required    []string                  `json:"required"`
			Additional  *bool                     `json:"additionalProperties"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(data, &whole))
	types := map[string]reflect.Type{
		"report": reflect.TypeFor[report.Report](), "failure": reflect.TypeFor[report.Failure](), "packages": reflect.TypeFor[report.Packages](),
		"package": reflect.TypeFor[report.Package](), "native": reflect.TypeFor[report.Native](), "option": reflect.TypeFor[report.Option](),
		"image": reflect.TypeFor[report.Image](), "rejected": reflect.TypeFor[report.Rejected](), "catalog": reflect.TypeFor[report.Catalog](),
		"authentication": reflect.TypeFor[report.Authentication](), "ability": reflect.TypeFor[report.Ability](), "authOption": reflect.TypeFor[report.AuthOption](),
		"pattern": reflect.TypeFor[report.Pattern](), "line": reflect.TypeFor[report.Line](), "complexity": reflect.TypeFor[report.Complexity](),
		"fact": reflect.TypeFor[report.Fact](), "choice": reflect.TypeFor[report.Choice](), "file": reflect.TypeFor[report.File](),
		"documentation": reflect.TypeFor[report.Documentation](), "contradiction": reflect.TypeFor[report.Contradiction](),
		"integration": reflect.TypeFor[report.Integration](), "validation": reflect.TypeFor[report.Validation](), "build": reflect.TypeFor[report.Build](),
	}
	for name := range whole.Defs {
		require.Contains(t, types, name, "every definition stands for a type")
	}
	for name, typ := range types {
		def, required, fields := whole.Defs[name], []string{}, 0
		for i := range typ.NumField() {
			field, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			fields++
			if options != "omitempty" {
				required = append(required, field)
			}
			require.NotEmpty(t, def.Properties[field]["description"], "%s.%s is described", name, field)
		}
		require.Len(t, def.Properties, fields, "%s has no other field", name)
		require.ElementsMatch(t, required, def.Required, name)
		require.NotNil(t, def.Additional, name)
		require.False(t, *def.Additional, name)
		require.NotEmpty(t, def.Description, name)
	}
}

// TestPlanIsTold: nothing of the plan is left out of the report.
func TestPlanIsTold(t *testing.T) {
	in := runs(t)["planned"]
	r := report.Make(in)
	require.Equal(t, in.Plan.Decisions, r.Documentation.Decisions)
	require.Equal(t, in.Plan.Checklist, r.Checklist)
	require.Equal(t, in.Plan.Notes, r.Notes)
	require.Equal(t, in.Results, r.Validation.Results)
	require.Equal(t, in.Plan.Host, r.Host)
	var page strings.Builder
	require.NoError(t, r.Markdown(&page))
	for _, d := range in.Plan.Decisions {
		require.Contains(t, page.String(), "\n| "+d.Name+" |")
	}
	for _, f := range in.Files {
		if f.Before == nil {
			require.Contains(t, page.String(), "\n```nix\n"+string(f.After)+"```\n")
		}
	}
	for _, s := range in.Plan.Checklist {
		if s.Command != "" {
			require.Contains(t, page.String(), "\n  "+s.Command+"\n")
		}
	}
}

// TestDocs: the documentation names every part of a page, and every tier.
func TestDocs(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "report.md"))
	require.NoError(t, err)
	for line := range strings.Lines(markdown(t, full())) {
		if part, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok && part[0] >= '1' && part[0] <= '9' {
			require.Contains(t, string(docs), "| "+part+" |")
		}
	}
	for _, tier := range []plan.Tier{plan.Simple, plan.Moderate, plan.Complex} {
		require.Contains(t, string(docs), "| "+string(tier)+" |")
	}
}
