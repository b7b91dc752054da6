package facts

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// oracle is unmarshal made of encoding/json and a look at every type: two
// passes, and twice the time.
func oracle(raw []byte, into any) error {
	if err := look(gjson.ParseBytes(raw), reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func look(value gjson.Result, t reflect.Type) error {
	if t.Kind() == reflect.Pointer && value.Type != gjson.Null {
		t = t.Elem()
	}
	null := value.Type == gjson.Null
	var want string
	var ok bool
	switch t.Kind() { //nolint:exhaustive // facts have no others
	case reflect.Pointer, reflect.Interface:
		return nil
	case reflect.Slice:
		want, ok = "a list", value.IsArray() || null
	case reflect.Map:
		want, ok = "an object", value.IsObject() || null
	case reflect.Struct:
		want, ok = "an object", value.IsObject()
	case reflect.String:
		want, ok = "a string", value.Type == gjson.String
	case reflect.Bool:
		want, ok = "true or false", value.IsBool()
	default:
		_, err := strconv.ParseInt(value.Raw, 10, 64)
		want, ok = "an integer", err == nil
	}
	if !ok {
		return mistyped(value.Raw, want)
	}
	if !value.IsObject() && !value.IsArray() {
		return nil
	}
	var err error
	i := 0
	value.ForEach(func(key, v gjson.Result) bool {
		var name string
		_ = json.Unmarshal([]byte(key.Raw), &name) // as it reads a text that is not UTF-8
		switch t.Kind() {                          //nolint:exhaustive // the others hold nothing
		case reflect.Slice:
			name, err = strconv.Itoa(i), look(v, t.Elem())
			i++
		case reflect.Map:
			err = look(v, t.Elem())
		case reflect.Struct:
			if index, known := fieldsOf(t)[name]; known {
				err = look(v, t.FieldByIndex(index).Type)
			}
		}
		if err != nil {
			err = within(err, name)
		}
		return err == nil
	})
	return err
}

// targets are new values of all types that facts have.
var targets = map[string]func() any{
	"host":      func() any { return new(Host) },
	"unit":      func() any { return new(map[string]UnitDetail) },
	"services":  func() any { return new(map[string]Service) },
	"hubs":      func() any { return new(map[HubKind]*Hub) },
	"registry":  func() any { return new([]Registry) },
	"libraries": func() any { return new(map[string]Library) },
	"ids":       func() any { return new(StaticIDs) },
	"ports":     func() any { return new([]UpstreamPort) },
	"native":    func() any { return new(*NativeModule) },
	"tile":      func() any { return new(Tile) },
	"any":       func() any { return new(any) },
	"strings":   func() any { return new([]string) },
}

func compare(t require.TestingT, raw []byte, target func() any) {
	want, got := target(), target()
	wantErr, gotErr := oracle(raw, want), unmarshal(string(raw), got)
	if wantErr != nil {
		require.Error(t, gotErr, "%s", raw)
		require.Equal(t, wantErr.Error(), gotErr.Error(), "%s", raw)
		return
	}
	require.NoError(t, gotErr, "%s", raw)
	require.Equal(t, want, got, "%s", raw)
}

// fitting draws JSON for a type: mostly what fits it, sometimes not.
func fitting(t *rapid.T, typ reflect.Type, depth int) any {
	odd := rapid.IntRange(0, 40).Draw(t, "odd")
	if odd < 8 {
		return []any{nil, true, 1, -3.5, "text", []any{}, map[string]any{}, json.Number("12345678901234567890")}[odd]
	}
	switch typ.Kind() { //nolint:exhaustive // facts have no others
	case reflect.Pointer:
		return fitting(t, typ.Elem(), depth)
	case reflect.Slice:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, fitting(t, typ.Elem(), depth+1))
		}
		return list
	case reflect.Map:
		object := map[string]any{}
		for _, key := range rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "keys") {
			if depth < 6 {
				object[key] = fitting(t, typ.Elem(), depth+1)
			}
		}
		return object
	case reflect.Struct:
		object := map[string]any{}
		for name, index := range fieldsOf(typ) {
			if rapid.IntRange(0, 4).Draw(t, "there") > 0 && depth < 6 {
				object[name] = fitting(t, typ.FieldByIndex(index).Type, depth+1)
			}
		}
		if rapid.Bool().Draw(t, "unknown") {
			object["no field's name"] = []any{1, map[string]any{"a": "}]\""}}
		}
		return object
	case reflect.String:
		return rapid.String().Draw(t, "string")
	case reflect.Bool:
		return rapid.Bool().Draw(t, "bool")
	case reflect.Interface:
		return rapid.SampledFrom([]any{nil, 1, "x", 1e30, []any{"a", nil}, map[string]any{"b": []any{false}}}).Draw(t, "any")
	}
	return rapid.Int64().Draw(t, "number")
}

// TestUnmarshalIsEncodingJSON draws values for every type and compares both
// what is read and what is refused.
func TestUnmarshalIsEncodingJSON(t *testing.T) {
	for name, target := range targets {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				value := fitting(t, reflect.TypeOf(target()).Elem(), 0)
				raw, err := json.Marshal(value)
				require.NoError(t, err)
				if rapid.Bool().Draw(t, "spaced") {
					raw, err = json.MarshalIndent(value, " ", "\t")
					require.NoError(t, err)
				}
				compare(t, raw, target)
			})
		})
	}
}

// FuzzUnmarshal feeds it any valid JSON.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		`{"a":["x","\u00e9\n\"","\ud83d\ude00","\ud83d"]}`, `[[],{},[{}],{"a":{}}]`, ` [ 1 , -2.5e3 , true , null ] `,
		"[\"\xff\xfe\"]", `{"a":1,"a":"2"}`, `[[["]"],"}"],"\\"]`, `1e999`, `"\\"`, `[1.0, 1e2, -0, 9223372036854775808]`, strings.Repeat("[", 50) + strings.Repeat("]", 50),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !gjson.ValidBytes(raw) || !json.Valid(raw) || strings.Count(string(raw), "[")+strings.Count(string(raw), "{") > 200 {
			return
		}
		for _, target := range []func() any{
			targets["any"], targets["strings"],
			func() any { return new(map[string]any) }, func() any { return new(map[string][]string) },
			func() any { return new([]map[string]*int64) }, func() any { return new([]bool) }, func() any { return new(map[HubKind]int64) },
		} {
			compare(t, raw, target)
		}
	})
}

func TestUnmarshalIsBounded(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	var v any
	require.NoError(t, unmarshal(deep(maxDepth), &v))
	require.ErrorContains(t, unmarshal(deep(maxDepth+1), &v), "too deep")
	require.ErrorContains(t, unmarshal(`[{"a":[`+deep(maxDepth)+`]}]`, &v), "too deep")
}

// TestUnmarshalMatchesNamesToTheLetter: encoding/json would take UID for uid.
func TestUnmarshalMatchesNamesToTheLetter(t *testing.T) {
	var u User
	require.NoError(t, unmarshal(`{"UID":1,"uid":2,"Uid":3}`, &u))
	require.EqualValues(t, 2, *u.UID)
}

func BenchmarkUnmarshal(b *testing.B) {
	one := `{"declared":{"file":"modules/nixos/services/x/default.nix","line":12},"enabled":true,"definedIn":["hosts/a/x.nix"],` +
		`"options":{"port":{"type":"16 bit unsigned integer","declared":null,"hasDefault":true,"fields":[],"enum":null,"value":8080}}}`
	raw := []byte(`{"x":` + one + strings.Repeat(`,"y":`+one, 1000) + `}`)
	for name, read := range map[string]func([]byte, any) error{
		"unmarshal":     func(raw []byte, into any) error { return unmarshal(string(raw), into) },
		"encoding/json": oracle,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				var services map[string]Service
				if err := read(raw, &services); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
