package value_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/nixeval/value"
)

const doc = `{
  "uid": null, "gid": 0, "port": 8080, "name": "x", "empty": "", "no": false, "yes": true,
  "big": 12345678901234567890123, "max": 9223372036854775807, "over": 9223372036854775808, "min": -9223372036854775808,
  "half": 1.5, "one": 1.0, "exp": 1e3, "wide": 1e300, "exact": 9007199254740992.0, "inexact": 9007199254740994.0,
  "list": [1, "b", null, {"c": 3}], "strings": ["a", "b"], "none": [],
  "a.b": {"c*": {"|d": {"#": {"@e": {"": {"\n": 7}}}}}}, "0": "zero", "\u00e9\"": 8,
  "twice": {"k": 1, "k": 2, "j": 1, "z": 1, "z": 1}
}`

func TestInt(t *testing.T) {
	v := value.Of([]byte(doc))
	for _, c := range []struct {
		name string
		want int64
		ok   bool
	}{
		{"uid", 0, false}, {"absent", 0, false}, {"gid", 0, true}, {"port", 8080, true}, {"name", 0, false},
		{"big", 0, false}, {"max", 9223372036854775807, true}, {"over", 0, false}, {"min", -9223372036854775808, true},
		{"half", 0, false}, {"one", 1, true}, {"exp", 1000, true}, {"wide", 0, false}, {"exact", 1 << 53, true},
		{"inexact", 0, false}, {"yes", 0, false}, {"list", 0, false}, {"twice", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := v.Get(c.name).Int()
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.want, got)
		})
	}
}

func TestTypes(t *testing.T) {
	v := value.Of([]byte(doc))
	for name, want := range map[string]value.Kind{
		"uid": value.Null, "gid": value.Number, "name": value.Text, "empty": value.Text, "no": value.Boolean,
		"yes": value.Boolean, "list": value.List, "none": value.List, "twice": value.Object, "absent": value.Missing,
	} {
		t.Run(name, func(t *testing.T) {
			e := v.Get(name)
			require.Equal(t, want, e.Kind())
			require.Equal(t, want != value.Missing, e.Exists())
			require.Equal(t, want == value.Null, e.IsNull())
			_, isText := e.String()
			require.Equal(t, want == value.Text, isText)
			_, isBool := e.Bool()
			require.Equal(t, want == value.Boolean, isBool)
			_, isNumber := e.Float()
			require.Equal(t, want == value.Number, isNumber)
			_, isList := e.List()
			require.Equal(t, want == value.List, isList)
		})
	}
	s, ok := v.Get("empty").String()
	require.True(t, ok)
	require.Empty(t, s)
	b, _ := v.Get("yes").Bool()
	require.True(t, b)
	f, _ := v.Get("half").Float()
	require.InDelta(t, 1.5, f, 0)
	_, ok = value.Of([]byte("1e999")).Float()
	require.False(t, ok)
}

func TestGet(t *testing.T) {
	v := value.Of([]byte(doc))
	for _, c := range []struct {
		name string
		path []string
		raw  string
	}{
		{"nothing", nil, v.Raw()},
		{"names that mean something to gjson", []string{"a.b", "c*", "|d", "#", "@e", "", "\n"}, "7"},
		{"no pattern", []string{"a*"}, ""},
		{"no path", []string{"a.b.c*"}, ""},
		{"digit", []string{"0"}, `"zero"`},
		{"escape", []string{`é"`}, "8"},
		{"index", []string{"list", "1"}, `"b"`},
		{"into a list", []string{"list", "3", "c"}, "3"},
		{"past the end", []string{"list", "4"}, ""},
		{"before the start", []string{"list", "-1"}, ""},
		{"no number", []string{"list", "01"}, ""},
		{"count is not an element", []string{"list", "#"}, ""},
		{"into a string", []string{"name", "0"}, ""},
		{"past what is missing", []string{"absent", "x"}, ""},
		{"modifier", []string{"@this"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.raw, v.Get(c.path...).Raw()) })
	}
}

func TestDuplicates(t *testing.T) {
	v := value.Of([]byte(doc))
	require.Equal(t, []string{"k", "z"}, v.Get("twice").Duplicates())
	require.Empty(t, v.Duplicates())
	first, ok := v.Get("twice", "k").Int()
	require.True(t, ok)
	require.EqualValues(t, 1, first)
	require.True(t, v.Get("twice", "k").Duplicate())
	require.False(t, v.Get("twice", "j").Duplicate())
	require.Equal(t, []string{"j", "k", "z"}, v.Get("twice").Keys())
	inner := value.Of([]byte(`{"a":{"b":[1]},"a":{}}`)).Get("a", "b", "0")
	require.True(t, inner.Duplicate(), "what is below may be wrong too")
}

func TestLists(t *testing.T) {
	v := value.Of([]byte(doc))
	list, ok := v.Get("list").List()
	require.True(t, ok)
	require.Len(t, list, 4)
	s, ok := v.Get("strings").Strings()
	require.True(t, ok)
	require.Equal(t, []string{"a", "b"}, s)
	_, ok = v.Get("list").Strings()
	require.False(t, ok, "one is not a string")
	_, ok = v.Get("name").Strings()
	require.False(t, ok)
	empty, ok := v.Get("none").Strings()
	require.True(t, ok)
	require.NotNil(t, empty)
	require.Empty(t, empty)
}

func TestEach(t *testing.T) {
	var names []string
	value.Of([]byte(`{"b":1,"a":2}`)).Each(func(n string, _ value.Value) { names = append(names, n) })
	require.Equal(t, []string{"b", "a"}, names)
	value.Of([]byte(`[1]`)).Each(func(string, value.Value) { t.Error("a list has no names") })
}

func TestInvalid(t *testing.T) {
	for _, s := range []string{"", "{", `{"a":1,"b":}`, "{} {}", "nul", `"\x"`} {
		require.False(t, value.Of([]byte(s)).Exists(), s)
	}
	require.False(t, value.Value{}.Get("a").Exists())
}

func TestAnyNameIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "path")
		want := rapid.Int64().Draw(t, "want")
		b := []byte(strconv.FormatInt(want, 10))
		for i := len(path) - 1; i >= 0; i-- {
			var err error
			b, err = json.Marshal(map[string]json.RawMessage{path[i]: b})
			require.NoError(t, err)
		}
		got, ok := value.Of(b).Get(path...).Int()
		require.True(t, ok)
		require.Equal(t, want, got)
	})
}

// FuzzOf holds every read against encoding/json.
func FuzzOf(f *testing.F) {
	f.Add([]byte(doc), "port")
	f.Add([]byte(`{"a":[1,{"b":null}],"a":-0.0e1}`), "a")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		v := value.Of(b)
		if !json.Valid(b) {
			return // gjson takes a little more, such as other encodings
		}
		require.True(t, v.Exists())
		e := v.Get(name)
		e.Duplicates()
		if i, ok := e.Int(); ok {
			f, ok := e.Float()
			require.True(t, ok)
			require.InEpsilon(t, float64(i)+0.5, f+0.5, 1e-9)
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(b, &object) == nil && object != nil && utf8.Valid(b) {
			_, has := object[name]
			require.Equal(t, has, e.Exists())
			require.Len(t, v.Keys(), len(object))
		}
	})
}
